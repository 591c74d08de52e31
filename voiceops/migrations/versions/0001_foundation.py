"""People, projects, assets, scripts, generations, versions, audit events; the triggers that keep them; the job queue's tables."""

from typing import Any

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
create table people (
  id uuid not null constraint pk_people primary key,
  name text not null,
  email text not null,
  password_hash text not null,
  is_admin boolean not null,
  created_at timestamptz not null default now(),
  deactivated_at timestamptz
);
create unique index uq_people_email on people (lower(email));

create table sessions (
  id uuid not null constraint pk_sessions primary key,
  token_hash bytea not null constraint uq_sessions_token_hash unique,
  person_id uuid not null constraint fk_sessions_person_id references people,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  ended_at timestamptz
);
create index ix_sessions_person_id on sessions (person_id);

create table projects (
  id uuid not null constraint pk_projects primary key,
  key text not null constraint uq_projects_key unique,
  name text not null,
  created_at timestamptz not null default now()
);

create table memberships (
  project_id uuid not null constraint fk_memberships_project_id references projects,
  person_id uuid not null constraint fk_memberships_person_id references people,
  role varchar(32) not null
    constraint ck_memberships_role check (role in ('viewer', 'author', 'reviewer', 'publisher', 'auditor', 'owner')),
  created_at timestamptz not null default now(),
  constraint pk_memberships primary key (project_id, person_id, role)
);
create index ix_memberships_person_id on memberships (person_id);

create table idempotency_keys (
  person_id uuid not null constraint fk_idempotency_keys_person_id references people,
  key text not null,
  request_hash bytea not null,
  location text not null,
  body text not null,
  created_at timestamptz not null default now(),
  constraint pk_idempotency_keys primary key (person_id, key)
);

create table assets (
  id uuid not null constraint pk_assets primary key,
  project_id uuid not null constraint fk_assets_project_id references projects,
  key text not null,
  title text not null,
  language text not null,
  tags text[] not null,
  owner_id uuid not null constraint fk_assets_owner_id references people,
  script_count integer not null,
  version_count integer not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint uq_assets_project_id_key unique (project_id, key),
  constraint uq_assets_project_id_id unique (project_id, id)
);

create table scripts (
  id uuid not null constraint pk_scripts primary key,
  project_id uuid not null,
  asset_id uuid not null,
  number integer not null,
  text text not null,
  note text,
  created_at timestamptz not null default now(),
  created_by_id uuid not null constraint fk_scripts_created_by_id references people,
  constraint uq_scripts_asset_id_number unique (asset_id, number),
  constraint uq_scripts_project_id_asset_id_id unique (project_id, asset_id, id),
  constraint fk_scripts_project_id_asset_id foreign key (project_id, asset_id) references assets (project_id, id)
);

create table generations (
  id uuid not null constraint pk_generations primary key,
  project_id uuid not null,
  asset_id uuid not null,
  script_id uuid not null,
  voice text not null,
  provider text not null,
  delivery jsonb not null,
  reason text,
  parent_version_id uuid,
  unspoken text not null,
  requested_by_id uuid not null constraint fk_generations_requested_by_id references people,
  created_at timestamptz not null default now(),
  status varchar(32) not null
    constraint ck_generations_status check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  attempt integer not null,
  attempts_before integer not null,
  failures integer not null,
  progress double precision not null constraint ck_generations_progress check (progress between 0 and 1),
  job_id bigint,
  error_code text,
  error_message text,
  started_at timestamptz,
  finished_at timestamptz,
  constraint uq_generations_project_id_asset_id_id unique (project_id, asset_id, id),
  constraint ck_generations_error check ((error_code is null) = (error_message is null)),
  constraint fk_generations_project_id_asset_id foreign key (project_id, asset_id) references assets (project_id, id),
  constraint fk_generations_project_id_asset_id_script_id
    foreign key (project_id, asset_id, script_id) references scripts (project_id, asset_id, id)
);
create index ix_generations_asset_id_id on generations (asset_id, id);
create index ix_generations_pending on generations (status) where status in ('queued', 'running');

create table blobs (
  sha256 text not null constraint pk_blobs primary key constraint ck_blobs_sha256 check (sha256 ~ '^[0-9a-f]{64}$'),
  media_type text not null,
  bytes integer not null constraint ck_blobs_bytes check (bytes > 0),
  state varchar(32) not null constraint ck_blobs_state check (state in ('stored', 'dropped')),
  created_at timestamptz not null default now()
);

create table versions (
  id uuid not null constraint pk_versions primary key,
  project_id uuid not null,
  asset_id uuid not null,
  number integer not null constraint ck_versions_number check (number >= 1),
  generation_id uuid not null constraint uq_versions_generation_id unique,
  script_id uuid not null,
  parent_version_id uuid,
  voice text not null,
  provider text not null,
  delivery jsonb not null,
  applied_delivery jsonb not null,
  provider_metadata jsonb not null,
  unspoken text not null,
  reason text,
  audio_sha256 text not null constraint fk_versions_audio_sha256 references blobs,
  sample_rate_hz integer not null,
  duration_ms integer not null constraint ck_versions_duration check (duration_ms > 0),
  measurements jsonb not null,
  words jsonb not null,
  fingerprint text not null,
  created_at timestamptz not null default now(),
  created_by_id uuid not null constraint fk_versions_created_by_id references people,
  status varchar(32) not null constraint ck_versions_status check (status in ('draft', 'in_review', 'approved', 'archived')),
  constraint uq_versions_asset_id_number unique (asset_id, number),
  constraint uq_versions_project_id_asset_id_id unique (project_id, asset_id, id),
  constraint fk_versions_project_id_asset_id_generation_id
    foreign key (project_id, asset_id, generation_id) references generations (project_id, asset_id, id),
  constraint fk_versions_project_id_asset_id_script_id
    foreign key (project_id, asset_id, script_id) references scripts (project_id, asset_id, id),
  constraint fk_versions_parent_version
    foreign key (project_id, asset_id, parent_version_id) references versions (project_id, asset_id, id)
);
alter table generations add constraint fk_generations_parent_version
  foreign key (project_id, asset_id, parent_version_id) references versions (project_id, asset_id, id);

create table waveforms (
  version_id uuid not null constraint fk_waveforms_version_id references versions,
  samples_per_peak integer not null,
  peaks bytea not null,
  constraint pk_waveforms primary key (version_id, samples_per_peak)
);

create table audit_events (
  id uuid not null constraint pk_audit_events primary key,
  seq bigint generated always as identity constraint uq_audit_events_seq unique,
  payload text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  action text not null generated always as (payload::jsonb ->> 'action') stored,
  actor_id text generated always as (payload::jsonb #>> '{actor,id}') stored,
  subject_id text not null generated always as (payload::jsonb #>> '{subject,id}') stored,
  project_id text generated always as (payload::jsonb ->> 'project_id') stored,
  asset_id text generated always as (payload::jsonb ->> 'asset_id') stored,
  version_id text generated always as (payload::jsonb ->> 'version_id') stored
);
create index ix_audit_events_project_id_seq on audit_events (project_id, seq);
create index ix_audit_events_asset_id_seq on audit_events (asset_id, seq);
"""

TRIGGERS = """
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused: its rows are written once', lower(tg_op), tg_table_name
    using errcode = 'insufficient_privilege';
end $$;

-- tg_argv: the columns that may change
create function refuse_change_but() returns trigger language plpgsql as $$
begin
  if to_jsonb(new) - tg_argv is distinct from to_jsonb(old) - tg_argv then
    raise exception 'update of % is refused: only % may change', tg_table_name, array_to_string(tg_argv, ', ')
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

create function refuse_step() returns trigger language plpgsql as $$
begin
  raise exception '% may not go from % to %', tg_table_name, old.status, new.status using errcode = 'check_violation';
end $$;

create function refuse_lost_count() returns trigger language plpgsql as $$
begin
  raise exception 'numbers of % never go back', tg_table_name using errcode = 'check_violation';
end $$;

create trigger generations_fixed before update on generations for each row execute function refuse_change_but(
  'status', 'attempt', 'attempts_before', 'failures', 'progress', 'job_id', 'error_code', 'error_message', 'started_at',
  'finished_at');
create trigger generations_steps before update on generations for each row
  when (not (
    (old.status = 'queued' and new.status in ('queued', 'running', 'failed', 'cancelled'))
    or (old.status = 'running' and new.status in ('running', 'queued', 'succeeded', 'failed', 'cancelled'))
    or (old.status = 'failed' and new.status = 'queued')))
  execute function refuse_step();
create trigger generations_attempts before update on generations for each row
  when (new.attempt < old.attempt) execute function refuse_lost_count();

create trigger versions_fixed before update on versions for each row execute function refuse_change_but('status');
create trigger versions_steps before update on versions for each row
  when (not (
    (old.status = 'draft' and new.status in ('in_review', 'archived'))
    or (old.status = 'in_review' and new.status in ('approved', 'draft', 'archived'))
    or (old.status = 'approved' and new.status = 'archived')
    or (old.status = 'archived' and new.status = 'draft')))
  execute function refuse_step();

create trigger assets_fixed before update on assets for each row execute function refuse_change_but(
  'title', 'language', 'tags', 'owner_id', 'script_count', 'version_count', 'updated_at');
create trigger assets_counts before update on assets for each row
  when (new.script_count < old.script_count or new.version_count < old.version_count)
  execute function refuse_lost_count();

create trigger blobs_fixed before update on blobs for each row execute function refuse_change_but('state');

do $$ declare name text; begin
  foreach name in array array['scripts', 'waveforms', 'audit_events'] loop
    execute format('create trigger %I before update on %I for each row execute function refuse_change()', name || '_fixed', name);
  end loop;
  foreach name in array array[
    'people', 'projects', 'assets', 'scripts', 'generations', 'versions', 'waveforms', 'blobs', 'audit_events'
  ] loop
    execute format('create trigger %I before delete on %I for each row execute function refuse_change()', name || '_kept', name);
    execute format(
      'create trigger %I before truncate on %I for each statement execute function refuse_change()', name || '_whole', name);
  end loop;
  -- ALWAYS: session_replication_role = replica doesn't switch them off
  foreach name in array array['audit_events_fixed', 'audit_events_kept', 'audit_events_whole'] loop
    execute format('alter table audit_events enable always trigger %I', name);
  end loop;
end $$;
"""


def upgrade() -> None:
    """Make everything. The queue's schema is that of the procrastinate release pinned in pyproject.toml."""
    psycopg: Any = op.get_bind().connection.driver_connection  # without parameters, so that % is a character like any other
    for sql in (TABLES, TRIGGERS, SchemaManager.get_schema()):
        psycopg.execute(sql)
