"""API keys; an `Idempotency-Key` belongs to whoever acts: a person or an API key."""

from typing import Any

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
create table api_keys (
  id uuid not null constraint pk_api_keys primary key,
  project_id uuid not null constraint fk_api_keys_project_id references projects,
  person_id uuid not null constraint fk_api_keys_person_id references people,
  name text not null,
  prefix text not null constraint uq_api_keys_prefix unique constraint ck_api_keys_prefix check (prefix ~ '^[a-z0-9]{8}$'),
  secret_hash bytea not null constraint ck_api_keys_secret_hash check (length(secret_hash) = 32),
  scopes text[] not null
    constraint ck_api_keys_scopes
      check (scopes <@ array['read', 'write', 'generate', 'review', 'deploy', 'live'] and scopes <> '{}'),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null constraint ck_api_keys_expires_at check (expires_at > created_at),
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by_id uuid constraint fk_api_keys_revoked_by_id references people,
  constraint ck_api_keys_revoked check ((revoked_at is null) = (revoked_by_id is null))
);
create index ix_api_keys_project_id on api_keys (project_id);
create index ix_api_keys_person_id on api_keys (person_id);

alter table idempotency_keys drop constraint fk_idempotency_keys_person_id;
alter table idempotency_keys rename column person_id to actor_id;
"""

TRIGGERS = """
create function refuse_revival() returns trigger language plpgsql as $$
begin
  raise exception 'a revoked key stays revoked' using errcode = 'check_violation';
end $$;

create trigger api_keys_fixed before update on api_keys for each row execute function refuse_change_but(
  'last_used_at', 'revoked_at', 'revoked_by_id');
create trigger api_keys_revoked before update on api_keys for each row
  when (old.revoked_at is not null and (new.revoked_at, new.revoked_by_id) is distinct from (old.revoked_at, old.revoked_by_id))
  execute function refuse_revival();
create trigger api_keys_kept before delete on api_keys for each row execute function refuse_change();
create trigger api_keys_whole before truncate on api_keys for each statement execute function refuse_change();
"""


def upgrade() -> None:
    """Make them."""
    psycopg: Any = op.get_bind().connection.driver_connection  # without parameters, so that % is a character like any other
    for sql in (TABLES, TRIGGERS):
        psycopg.execute(sql)
