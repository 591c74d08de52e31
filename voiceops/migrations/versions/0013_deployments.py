"""Targets, deployments, and what is live in each slot: one asset on one target."""

from typing import Any

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = """
create table targets (
  id uuid not null constraint pk_targets primary key,
  project_id uuid not null constraint fk_targets_project_id references projects,
  key text not null,
  name text not null,
  channel varchar(32) not null
    constraint ck_targets_channel check (channel in ('support_bot', 'sales_intro', 'course_narration')),
  environment varchar(32) not null constraint ck_targets_environment check (environment in ('staging', 'production')),
  profile jsonb not null default '{}',
  languages text[] not null default '{}',
  deployers varchar(32) not null default 'publishers'
    constraint ck_targets_deployers check (deployers in ('publishers', 'owners')),
  frozen_from timestamptz,
  frozen_until timestamptz,
  created_at timestamptz not null default now(),
  created_by_id uuid not null constraint fk_targets_created_by_id references people,
  constraint uq_targets_project_id_key unique (project_id, key),
  constraint uq_targets_project_id_id unique (project_id, id),
  constraint ck_targets_frozen check ((frozen_from is null) = (frozen_until is null) and frozen_from < frozen_until)
);

create table deployments (
  id uuid not null constraint pk_deployments primary key,
  project_id uuid not null,
  target_id uuid not null,
  asset_id uuid not null,
  version_id uuid,
  kind varchar(32) not null constraint ck_deployments_kind check (kind in ('deploy', 'rollback', 'retire')),
  replaces_id uuid,
  restores_id uuid,
  reason text not null,
  ticket text,
  deployed_at timestamptz not null,
  deployed_by_id uuid not null constraint fk_deployments_deployed_by_id references people,
  manifest text,
  manifest_sha256 text,
  constraint uq_deployments_target_id_asset_id_deployed_at unique (target_id, asset_id, deployed_at),
  constraint uq_deployments_target_id_asset_id_id unique (target_id, asset_id, id),
  constraint fk_deployments_project_id_target_id foreign key (project_id, target_id) references targets (project_id, id),
  constraint fk_deployments_project_id_asset_id foreign key (project_id, asset_id) references assets (project_id, id),
  constraint fk_deployments_project_id_asset_id_version_id
    foreign key (project_id, asset_id, version_id) references versions (project_id, asset_id, id),
  constraint fk_deployments_replaces
    foreign key (target_id, asset_id, replaces_id) references deployments (target_id, asset_id, id),
  constraint fk_deployments_restores
    foreign key (target_id, asset_id, restores_id) references deployments (target_id, asset_id, id),
  constraint ck_deployments_manifest check ((version_id is null) = (manifest is null)),
  constraint ck_deployments_manifest_sha256 check ((manifest is null) = (manifest_sha256 is null)),
  constraint ck_deployments_version check ((version_id is null) = (kind = 'retire')),
  constraint ck_deployments_restores check ((restores_id is null) = (kind <> 'rollback'))
);
create index ix_deployments_project_id_id on deployments (project_id, id);
create index ix_deployments_version_id on deployments (version_id);

create table slots (
  target_id uuid not null,
  asset_id uuid not null,
  project_id uuid not null,
  deployment_id uuid,
  version_id uuid,
  deployed_at timestamptz,
  pinned_at timestamptz,
  pinned_by_id uuid constraint fk_slots_pinned_by_id references people,
  pin_reason text,
  constraint pk_slots primary key (target_id, asset_id),
  constraint fk_slots_project_id_target_id foreign key (project_id, target_id) references targets (project_id, id),
  constraint fk_slots_project_id_asset_id foreign key (project_id, asset_id) references assets (project_id, id),
  constraint fk_slots_deployment foreign key (target_id, asset_id, deployment_id) references deployments (target_id, asset_id, id),
  constraint ck_slots_pinned check ((pinned_at is null) = (pinned_by_id is null) and (pinned_at is null) = (pin_reason is null)),
  constraint ck_slots_pin check (pinned_at is null or version_id is not null)
);
create index ix_slots_project_id on slots (project_id);
create index ix_slots_version_id on slots (version_id);
"""

# The newest deployment of a slot is live. The slot's row follows, so that nobody can record the one and forget the other.
TRIGGERS = """
create function put_live() returns trigger language plpgsql as $$
declare before slots;
begin
  if new.version_id is not null and not exists (select from versions where id = new.version_id and status = 'approved') then
    raise exception 'a deployment of a version that is not approved is refused' using errcode = 'check_violation';
  end if;
  insert into slots (target_id, asset_id, project_id) values (new.target_id, new.asset_id, new.project_id) on conflict do nothing;
  select * into before from slots where target_id = new.target_id and asset_id = new.asset_id for update;
  if new.deployed_at <= before.deployed_at or before.deployment_id is distinct from new.replaces_id then
    raise exception 'a deployment that does not follow what is live is refused' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger deployments_follow before insert on deployments for each row execute function put_live();

create function show_live() returns trigger language plpgsql as $$
begin
  update slots set deployment_id = new.id, version_id = new.version_id, deployed_at = new.deployed_at,
    pinned_at = null, pinned_by_id = null, pin_reason = null
    where target_id = new.target_id and asset_id = new.asset_id;
  return null;
end $$;
create trigger deployments_live after insert on deployments for each row execute function show_live();

create function refuse_false_live() returns trigger language plpgsql as $$
begin
  if new.deployment_id is not null and not exists (
    select from deployments d where d.id = new.deployment_id and (d.version_id, d.deployed_at)
      is not distinct from (new.version_id, new.deployed_at)
      and not exists (select from deployments later
        where (later.target_id, later.asset_id) = (d.target_id, d.asset_id) and later.deployed_at > d.deployed_at)) then
    raise exception 'a slot that shows another than its newest deployment is refused' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger slots_true before update on slots for each row
  when ((old.deployment_id, old.version_id, old.deployed_at)
    is distinct from (new.deployment_id, new.version_id, new.deployed_at)) execute function refuse_false_live();
create trigger slots_placed before update on slots for each row execute function refuse_change_but(
  'deployment_id', 'version_id', 'deployed_at', 'pinned_at', 'pinned_by_id', 'pin_reason');

create function refuse_archive_of_live() returns trigger language plpgsql as $$
begin
  if exists (select from slots where version_id = new.id) then
    raise exception 'archiving a version that is live is refused' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger versions_live before update on versions for each row
  when (old.status = 'approved' and new.status = 'archived') execute function refuse_archive_of_live();

create trigger targets_fixed before update on targets for each row execute function refuse_change_but(
  'name', 'profile', 'languages', 'deployers', 'frozen_from', 'frozen_until');

do $$ declare name text; begin
  foreach name in array array['deployments'] loop
    execute format('create trigger %I before update on %I for each row execute function refuse_change()', name || '_fixed', name);
  end loop;
  foreach name in array array['targets', 'deployments', 'slots'] loop
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
