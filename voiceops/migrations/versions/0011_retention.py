"""Since when a version is archived, whose audio was dropped and why, and which dropped bytes are still to be deleted."""

from typing import Any

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = """
alter table versions add column archived_at timestamptz;
drop trigger versions_fixed on versions;
update versions v set archived_at = coalesce(
  (select max(e.recorded_at) from audit_events e where e.version_id = v.id::text and e.action = 'version.archive'), now())
  where status = 'archived';
create index ix_versions_archived on versions (project_id, archived_at) where status = 'archived';
create index ix_versions_audio_sha256 on versions (audio_sha256);

alter table blobs add column dropped_at timestamptz, add column deleted_at timestamptz;
drop trigger blobs_fixed on blobs;
update blobs set dropped_at = now() where state = 'dropped';
alter table blobs add constraint ck_blobs_dropped check ((state = 'dropped') = (dropped_at is not null));
alter table blobs add constraint ck_blobs_deleted check (deleted_at is null or state = 'dropped');
create index ix_blobs_undeleted on blobs (dropped_at) where state = 'dropped' and deleted_at is null;

create table drops (
  id uuid not null constraint pk_drops primary key,
  project_id uuid not null,
  asset_id uuid not null,
  version_id uuid not null,
  person_id uuid constraint fk_drops_person_id references people,
  days integer,
  reason text,
  at timestamptz not null default now(),
  constraint ck_drops_why check ((days is null) <> (reason is null)),
  constraint fk_drops_version foreign key (project_id, asset_id, version_id) references versions (project_id, asset_id, id)
);
create index ix_drops_version_id_id on drops (version_id, id);
"""

# Clocks that no code can forget to start or to stop: a version's is set with its status, a blob's with its state.
TRIGGERS = """
create function note_archived() returns trigger language plpgsql as $$
begin
  if new.status = old.status then new.archived_at := old.archived_at;
  elsif new.status = 'archived' then new.archived_at := now();
  else new.archived_at := null;
  end if;
  return new;
end $$;
create trigger versions_archived before update on versions for each row execute function note_archived();
create trigger versions_fixed before update on versions for each row execute function refuse_change_but('status', 'archived_at');

create function note_dropped() returns trigger language plpgsql as $$
begin
  if new.state = old.state then new.dropped_at := old.dropped_at;
  else
    new.dropped_at := case new.state when 'dropped' then now() end;
    new.deleted_at := null;
  end if;
  return new;
end $$;
create trigger blobs_dropped before update on blobs for each row execute function note_dropped();
create trigger blobs_fixed before update on blobs for each row execute function refuse_change_but(
  'state', 'dropped_at', 'deleted_at');

create trigger drops_fixed before update on drops for each row execute function refuse_change();
create trigger drops_kept before delete on drops for each row execute function refuse_change();
create trigger drops_whole before truncate on drops for each statement execute function refuse_change();
"""


def upgrade() -> None:
    psycopg: Any = op.get_bind().connection.driver_connection
    for sql in (TABLES, TRIGGERS):
        psycopg.execute(sql)
