"""The record can be proved: sealed into a tree, signed, watched over from outside."""

from typing import Any

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = r"""
-- convert_to() is only stable, for encodings can be redefined; ours is UTF-8 and is not
create function audit_leaf(payload text) returns bytea language sql immutable parallel safe
  return sha256('\x00'::bytea || convert_to(payload, 'UTF8'));

alter table audit_events
  add column xid bigint not null default (pg_current_xact_id()::text::bigint),
  add column at text not null generated always as (payload::jsonb ->> 'at') stored,
  add column log uuid not null generated always as
    (coalesce((payload::jsonb ->> 'project_id')::uuid, '00000000-0000-0000-0000-000000000000'::uuid)) stored,
  add column leaf bytea not null generated always as (audit_leaf(payload)) stored;
create index ix_audit_events_xid_seq on audit_events (xid, seq);
create index ix_audit_events_log_seq on audit_events (log, seq);
create index ix_audit_events_log_at on audit_events (log, at);
create index ix_audit_events_log_action_seq on audit_events (log, action, seq);
create index ix_audit_events_log_actor_id_seq on audit_events (log, actor_id, seq);
create index ix_audit_events_subject_id_seq on audit_events (subject_id, seq);
create index ix_audit_events_version_id_seq on audit_events (version_id, seq);
drop index ix_audit_events_project_id_seq;

create table audit_leaves (
  log uuid not null,
  index bigint not null constraint ck_audit_leaves_index check (index >= 0),
  event_id uuid not null constraint uq_audit_leaves_event_id unique,
  hash bytea not null constraint ck_audit_leaves_hash check (length(hash) = 32),
  constraint pk_audit_leaves primary key (log, index)
);

create table audit_checkpoints (
  log uuid not null,
  size bigint not null constraint ck_audit_checkpoints_size check (size >= 1),
  root bytea not null constraint ck_audit_checkpoints_root check (length(root) = 32),
  frontier bytea not null,
  note text not null,
  sealed_at timestamptz not null,
  constraint pk_audit_checkpoints primary key (log, size)
);

-- how far each log's checkpoints have been written outside the database
create table audit_witness (
  log uuid not null constraint pk_audit_witness primary key,
  size bigint not null
);

-- every event of a transaction below `low` is sealed; in the cluster with this identifier, for transactions count anew in another
create table audit_watermark (
  id smallint not null constraint pk_audit_watermark primary key constraint ck_audit_watermark_only check (id = 1),
  low bigint not null,
  cluster text not null
);
insert into audit_watermark values (1, 0, '');

create table signing_keys (
  id uuid not null constraint pk_signing_keys primary key,
  name text not null constraint uq_signing_keys_name unique,
  public bytea not null constraint ck_signing_keys_public check (length(public) = 32),
  secret bytea not null,
  proof bytea not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);

create trigger audit_leaves_fixed before update on audit_leaves for each row execute function refuse_change();
create trigger audit_checkpoints_fixed before update on audit_checkpoints for each row execute function refuse_change();
create trigger signing_keys_fixed before update on signing_keys for each row execute function refuse_change_but('retired_at');

do $$ declare name text; kind text; begin
  foreach name in array array['audit_leaves', 'audit_checkpoints', 'audit_witness', 'audit_watermark', 'signing_keys'] loop
    execute format('create trigger %I before delete on %I for each row execute function refuse_change()', name || '_kept', name);
    execute format(
      'create trigger %I before truncate on %I for each statement execute function refuse_change()', name || '_whole', name);
    foreach kind in array array['_fixed', '_kept', '_whole'] loop
      if exists (select from pg_trigger where tgname = name || kind and tgrelid = name::regclass) then
        execute format('alter table %I enable always trigger %I', name, name || kind);
      end if;
    end loop;
  end loop;
end $$;
"""


def upgrade() -> None:
    """Events written so far get this migration's transaction, so the first sealing takes them all."""
    psycopg: Any = op.get_bind().connection.driver_connection  # without parameters, so that % is a character like any other
    psycopg.execute(TABLES)
