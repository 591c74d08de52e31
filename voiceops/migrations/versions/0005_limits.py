"""Limits, budgets and rates; what each generation takes of them; which generations wait for their project's turn."""

from typing import Any

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = """
create table limits (
  project_id uuid not null constraint pk_limits primary key constraint fk_limits_project_id references projects,
  person_per_minute integer not null default 60
    constraint ck_limits_person_per_minute check (person_per_minute between 1 and 60000),
  person_burst integer not null default 120 constraint ck_limits_person_burst check (person_burst between 1 and 60000),
  project_per_minute integer not null default 300
    constraint ck_limits_project_per_minute check (project_per_minute between 1 and 60000),
  project_burst integer not null default 300 constraint ck_limits_project_burst check (project_burst between 1 and 60000),
  concurrency integer not null default 8 constraint ck_limits_concurrency check (concurrency between 1 and 1000),
  characters bigint not null default 1000000 constraint ck_limits_characters check (characters between 0 and 1000000000000),
  money_micros bigint constraint ck_limits_money_micros check (money_micros between 0 and 1000000000000000),
  currency text not null default 'USD'
);
insert into limits (project_id) select id from projects;

create table budgets (
  project_id uuid not null constraint fk_budgets_project_id references projects,
  month date not null,
  characters_used bigint not null default 0,
  characters_reserved bigint not null default 0,
  micros_used bigint not null default 0,
  micros_reserved bigint not null default 0,
  constraint pk_budgets primary key (project_id, month),
  constraint ck_budgets_characters check (characters_used >= 0 and characters_reserved >= 0),
  constraint ck_budgets_micros check (micros_used >= 0 and micros_reserved >= 0)
) with (fillfactor = 50);

create table rates (
  key text not null constraint pk_rates primary key,
  full_at timestamptz not null
) with (fillfactor = 50);
"""

TRIGGERS = """
create function give_limits() returns trigger language plpgsql as $$
begin
  insert into limits (project_id) values (new.id);
  return null;
end $$;
create trigger projects_limited after insert on projects for each row execute function give_limits();

create function refuse_change_of_key() returns trigger language plpgsql as $$
begin
  raise exception 'a row of % stays with its project', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger limits_placed before update on limits for each row
  when (new.project_id <> old.project_id) execute function refuse_change_of_key();
create trigger limits_kept before delete on limits for each row execute function refuse_change();
create trigger budgets_placed before update on budgets for each row
  when (new.project_id <> old.project_id or new.month <> old.month) execute function refuse_change_of_key();
create trigger budgets_kept before delete on budgets for each row execute function refuse_change();
"""

# What was asked for before there were budgets takes nothing of them.
GENERATIONS = """
drop trigger generations_fixed on generations;
alter table generations
  add column characters integer not null default 0 constraint ck_generations_characters check (characters >= 0),
  add column micros bigint not null default 0 constraint ck_generations_micros check (micros >= 0),
  add column currency text,
  add column reserved_on date;
update generations set reserved_on = (created_at at time zone 'UTC')::date;
alter table generations
  alter column characters drop default, alter column micros drop default, alter column reserved_on set not null;
create trigger generations_fixed before update on generations for each row execute function refuse_change_but(
  'status', 'attempt', 'attempts_before', 'failures', 'progress', 'job_id', 'error_code', 'error_message', 'started_at',
  'finished_at', 'reserved_on');

create index ix_generations_running on generations (project_id, provider) where status = 'running';
create index ix_generations_held_back on generations (project_id, id) where status = 'queued' and job_id is null;
create index ix_generations_project_id_reserved_on on generations (project_id, reserved_on);
"""


def upgrade() -> None:
    psycopg: Any = op.get_bind().connection.driver_connection
    for sql in (TABLES, TRIGGERS, GENERATIONS):
        psycopg.execute(sql)
