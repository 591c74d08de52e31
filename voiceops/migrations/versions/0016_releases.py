"""Releases: what goes live by several at once, by two people or at a time; and the rendition that is heard on a target."""

from typing import Any

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = """
alter table targets add column two_people boolean not null default false;
alter table renditions add column measurements jsonb;

alter table deployments
  add column rendering jsonb,
  add column audio_sha256 text constraint fk_deployments_audio_sha256 references blobs,
  drop constraint ck_deployments_kind,
  drop constraint ck_deployments_restores,
  add constraint ck_deployments_kind check (kind in ('deploy', 'rollback', 'retire', 'return')),
  add constraint ck_deployments_restores check ((restores_id is null) = (kind not in ('rollback', 'return'))),
  add constraint ck_deployments_audio
    check ((rendering is null) = (audio_sha256 is null) and (rendering is null or version_id is not null));
create index ix_deployments_audio_sha256 on deployments (audio_sha256);

alter table notices drop constraint ck_notices_kind, add constraint ck_notices_kind check (
  kind in ('review_asked', 'approved', 'changes_requested', 'mentioned', 'replied', 'release_asked', 'release_failed'));

create table releases (
  id uuid not null constraint pk_releases primary key,
  project_id uuid not null constraint fk_releases_project_id references projects,
  status varchar(32) not null
    constraint ck_releases_status check (status in ('waiting', 'scheduled', 'live', 'ended', 'cancelled', 'failed')),
  two_people boolean not null,
  over_pin boolean not null,
  reason text not null,
  ticket text,
  starts_at timestamptz,
  ends_at timestamptz,
  requested_by_id uuid not null constraint fk_releases_requested_by_id references people,
  requested_key_id uuid constraint fk_releases_requested_key_id references api_keys,
  requested_at timestamptz not null default now(),
  confirmed_by_id uuid constraint fk_releases_confirmed_by_id references people,
  confirmed_at timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  error text,
  constraint uq_releases_project_id_id unique (project_id, id),
  constraint ck_releases_times check (starts_at < ends_at),
  constraint ck_releases_confirmed check ((confirmed_by_id is null) = (confirmed_at is null)),
  constraint ck_releases_second check (confirmed_by_id <> requested_by_id)
);
create index ix_releases_due on releases (starts_at) where status = 'scheduled';
create index ix_releases_ending on releases (ends_at) where status = 'live' and finished_at is null;

create table release_items (
  release_id uuid not null,
  position integer not null,
  project_id uuid not null,
  target_id uuid not null,
  asset_id uuid not null,
  version_id uuid not null,
  deployment_id uuid,
  constraint pk_release_items primary key (release_id, position),
  constraint uq_release_items_release_id_target_id_asset_id unique (release_id, target_id, asset_id),
  constraint fk_release_items_release foreign key (project_id, release_id) references releases (project_id, id),
  constraint fk_release_items_target foreign key (project_id, target_id) references targets (project_id, id),
  constraint fk_release_items_version
    foreign key (project_id, asset_id, version_id) references versions (project_id, asset_id, id),
  constraint fk_release_items_deployment
    foreign key (target_id, asset_id, deployment_id) references deployments (target_id, asset_id, id)
);
create index ix_release_items_target_id on release_items (target_id);
create index ix_release_items_deployment_id on release_items (deployment_id);
"""

TRIGGERS = """
drop trigger targets_fixed on targets;
create trigger targets_fixed before update on targets for each row execute function refuse_change_but(
  'name', 'profile', 'languages', 'deployers', 'two_people', 'frozen_from', 'frozen_until');

create trigger releases_fixed before update on releases for each row execute function refuse_change_but(
  'status', 'confirmed_by_id', 'confirmed_at', 'started_at', 'finished_at', 'error');
create function refuse_release_step() returns trigger language plpgsql as $$
begin
  if (old.status, new.status) not in (('waiting', 'scheduled'), ('waiting', 'live'), ('waiting', 'cancelled'),
      ('waiting', 'failed'), ('scheduled', 'live'), ('scheduled', 'cancelled'), ('scheduled', 'failed'), ('live', 'ended')) then
    raise exception 'a release does not go from % to %', old.status, new.status using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger releases_step before update on releases for each row
  when (old.status <> new.status) execute function refuse_release_step();
create function refuse_second_answer() returns trigger language plpgsql as $$
begin
  raise exception 'what is known of a release stays' using errcode = 'check_violation';
end $$;
create trigger releases_confirmed before update on releases for each row
  when (old.confirmed_at is not null
    and (old.confirmed_at, old.confirmed_by_id) is distinct from (new.confirmed_at, new.confirmed_by_id))
  execute function refuse_second_answer();
create trigger releases_started before update on releases for each row
  when (old.started_at is not null and old.started_at is distinct from new.started_at) execute function refuse_second_answer();
create trigger releases_finished before update on releases for each row
  when (old.finished_at is not null) execute function refuse_second_answer();

create trigger release_items_fixed before update on release_items for each row execute function refuse_change_but('deployment_id');
create trigger release_items_done before update on release_items for each row
  when (old.deployment_id is not null) execute function refuse_second_answer();
do $$ declare name text; begin
  foreach name in array array['releases', 'release_items'] loop
    execute format('create trigger %I before delete on %I for each row execute function refuse_change()', name || '_kept', name);
    execute format(
      'create trigger %I before truncate on %I for each statement execute function refuse_change()', name || '_whole', name);
  end loop;
end $$;
"""


def upgrade() -> None:
    psycopg: Any = op.get_bind().connection.driver_connection  # without parameters, so that % is a character like any other
    for sql in (TABLES, TRIGGERS):
        psycopg.execute(sql)
