"""What each version was examined for and what was found; which findings somebody waived, and why."""

from typing import Any

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = """
create table examinations (
  version_id uuid not null constraint pk_examinations primary key,
  project_id uuid not null,
  asset_id uuid not null,
  state varchar(32) not null default 'pending' constraint ck_examinations_state check (state in ('pending', 'done', 'failed')),
  attempt integer not null default 0,
  made_at timestamptz not null default now(),
  finished_at timestamptz,
  findings jsonb not null default '[]',
  say_back jsonb,
  words jsonb,
  facts jsonb not null default '{}',
  error text,
  constraint ck_examinations_finished check ((state = 'pending') = (finished_at is null)),
  constraint ck_examinations_error check ((state = 'failed') = (error is not null)),
  constraint fk_examinations_version foreign key (project_id, asset_id, version_id) references versions (project_id, asset_id, id)
);
create index ix_examinations_pending on examinations (made_at) where state = 'pending';

create table waivers (
  id uuid not null constraint pk_waivers primary key,
  version_id uuid not null,
  project_id uuid not null,
  asset_id uuid not null,
  check_name varchar(32) not null constraint ck_waivers_check_name check (check_name in ('clipping', 'silence_before',
    'silence_after', 'pause', 'cut_off', 'pace', 'loudness', 'true_peak', 'say_back')),
  reason text not null,
  person_id uuid not null constraint fk_waivers_person_id references people,
  at timestamptz not null default now(),
  constraint uq_waivers_version_id_check_name unique (version_id, check_name),
  constraint fk_waivers_version foreign key (project_id, asset_id, version_id) references versions (project_id, asset_id, id)
);

insert into examinations (version_id, project_id, asset_id) select id, project_id, asset_id from versions;
"""

# The row comes with the version whoever makes that; its job is queued by the worker, and by the sweep where there is none.
TRIGGERS = """
create function await_examination() returns trigger language plpgsql as $$
begin
  insert into examinations (version_id, project_id, asset_id) values (new.id, new.project_id, new.asset_id);
  return null;
end $$;
create trigger versions_examined after insert on versions for each row execute function await_examination();

create trigger examinations_settled before update on examinations for each row
  when (old.state <> 'pending') execute function refuse_change();
create trigger examinations_fixed before update on examinations for each row execute function refuse_change_but(
  'state', 'attempt', 'finished_at', 'findings', 'say_back', 'words', 'facts', 'error');
create trigger examinations_attempts before update on examinations for each row
  when (new.attempt < old.attempt) execute function refuse_lost_count();
create trigger examinations_kept before delete on examinations for each row execute function refuse_change();
create trigger examinations_whole before truncate on examinations for each statement execute function refuse_change();

create trigger waivers_fixed before update on waivers for each row execute function refuse_change();
create trigger waivers_kept before delete on waivers for each row execute function refuse_change();
create trigger waivers_whole before truncate on waivers for each statement execute function refuse_change();
"""


def upgrade() -> None:
    psycopg: Any = op.get_bind().connection.driver_connection
    for sql in (TABLES, TRIGGERS):
        psycopg.execute(sql)
