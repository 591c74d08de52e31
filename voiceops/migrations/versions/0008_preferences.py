"""Preferences: what somebody liked best of versions heard blind."""

from typing import Any

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
create table preferences (
  id uuid not null constraint pk_preferences primary key,
  project_id uuid not null constraint fk_preferences_project_id references projects,
  asset_id uuid,
  version_ids uuid[] not null constraint ck_preferences_version_ids check (cardinality(version_ids) between 2 and 4),
  preferred_id uuid constraint fk_preferences_preferred_id references versions,
  note text,
  person_id uuid not null constraint fk_preferences_person_id references people,
  at timestamptz not null default now(),
  constraint ck_preferences_preferred_id check (preferred_id is null or preferred_id = any (version_ids)),
  constraint fk_preferences_project_id_asset_id foreign key (project_id, asset_id) references assets (project_id, id)
);
create index ix_preferences_project_id_id on preferences (project_id, id);
create index ix_preferences_version_ids on preferences using gin (version_ids);
"""

# An array has no foreign keys. Versions never leave their project, so what holds at the insert holds for good.
TRIGGERS = """
create function refuse_foreign_versions() returns trigger language plpgsql as $$
begin
  if cardinality(new.version_ids) <> (
    select count(*) from versions
    where id = any (new.version_ids) and project_id = new.project_id and (new.asset_id is null or asset_id = new.asset_id))
  then
    raise exception 'the versions of a preference are different ones of its project' using errcode = 'foreign_key_violation';
  end if;
  return new;
end $$;

create trigger preferences_within before insert on preferences for each row execute function refuse_foreign_versions();
create trigger preferences_fixed before update on preferences for each row execute function refuse_change();
create trigger preferences_kept before delete on preferences for each row execute function refuse_change();
create trigger preferences_whole before truncate on preferences for each statement execute function refuse_change();
"""


def upgrade() -> None:
    """Make them."""
    psycopg: Any = op.get_bind().connection.driver_connection
    for sql in (TABLES, TRIGGERS):
        psycopg.execute(sql)
