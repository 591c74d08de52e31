"""What holds people, sessions, memberships and kept answers; whose password everybody knows."""

from typing import Any

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Who was made with the demo is told by the event that made them, whatever address they have by now.
TABLES = """
alter table people add column has_public_password boolean not null default false;
update people set has_public_password = true
  from audit_events made
  where made.action = 'studio.seed' and (made.payload::jsonb #> '{changes,people}') ? people.id::text
    and not exists (select from audit_events e where e.action = 'password.change' and e.subject_id = people.id::text);

create index ix_idempotency_keys_created_at on idempotency_keys (created_at);
"""

TRIGGERS = """
create trigger people_fixed before update on people for each row execute function refuse_change_but(
  'name', 'email', 'password_hash', 'has_public_password', 'is_admin', 'deactivated_at');

create function refuse_resumption() returns trigger language plpgsql as $$
begin
  raise exception 'an ended session stays ended' using errcode = 'check_violation';
end $$;
create trigger sessions_fixed before update on sessions for each row execute function refuse_change_but(
  'token_hash', 'last_seen_at', 'ended_at');
create trigger sessions_ended before update on sessions for each row
  when (old.ended_at is not null) execute function refuse_resumption();
create trigger sessions_kept before delete on sessions for each row execute function refuse_change();
create trigger sessions_whole before truncate on sessions for each statement execute function refuse_change();

-- Roles come and go as whole rows
create trigger memberships_fixed before update on memberships for each row execute function refuse_change();
create trigger memberships_whole before truncate on memberships for each statement execute function refuse_change();

create trigger idempotency_keys_fixed before update on idempotency_keys for each row execute function refuse_change();
create trigger idempotency_keys_kept before delete on idempotency_keys for each row
  when (old.created_at > now() - interval '24 hours') execute function refuse_change();
create trigger idempotency_keys_whole before truncate on idempotency_keys for each statement execute function refuse_change();

-- Asked at the end, and of one transaction after the other: two that leave at once would each still see the other
create function keep_owner() returns trigger language plpgsql as $$
begin
  perform from projects where id = old.project_id for no key update;
  if not exists (
    select from memberships m join people p on p.id = m.person_id
    where m.project_id = old.project_id and m.role = 'owner' and p.deactivated_at is null
  ) then
    raise exception 'a project keeps an owner who can sign in' using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger memberships_owned after delete on memberships deferrable initially deferred for each row
  when (old.role = 'owner') execute function keep_owner();

create function keep_admin() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(x'61646d69'::int);
  if not exists (select from people where is_admin and deactivated_at is null) then
    raise exception 'the installation keeps an administrator who can sign in' using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger people_managed after update on people deferrable initially deferred for each row
  when (old.is_admin and old.deactivated_at is null and (not new.is_admin or new.deactivated_at is not null))
  execute function keep_admin();
"""


def upgrade() -> None:
    psycopg: Any = op.get_bind().connection.driver_connection
    for sql in (TABLES, TRIGGERS):
        psycopg.execute(sql)
