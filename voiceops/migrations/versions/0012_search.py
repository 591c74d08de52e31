"""What an asset is found by, kept beside it; where PostgreSQL has pg_trgm, an index finds it."""

from typing import Any

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Named so that it acts after assets_fixed, which lets nobody else set it. A script may come before its number is counted or after.
SEARCHED = """
alter table assets add column searched text not null default '';
create function what_is_searched() returns trigger language plpgsql as $$
declare said text;
begin
  select text into said from scripts where asset_id = new.id and number = new.script_count;
  if not found and tg_op = 'UPDATE' and new.script_count > old.script_count then
    return new;  -- it is about to come, and then this is written once
  end if;
  new.searched = lower(concat_ws(e'\\n', new.key, new.title, array_to_string(new.tags, e'\\n'), said));
  return new;
end $$;
create trigger assets_searched before insert or update of title, tags, script_count on assets
  for each row execute function what_is_searched();
create function search_script() returns trigger language plpgsql as $$
begin
  update assets set script_count = script_count where id = new.asset_id and script_count = new.number;
  return null;
end $$;
create trigger scripts_searched after insert on scripts for each row execute function search_script();
update assets set script_count = script_count;
"""

# A part of PostgreSQL's own distribution that need not be installed, or may be kept from us: without it a search reads every asset.
INDEX = """
do $$ begin
  create extension if not exists pg_trgm;
  create index ix_assets_searched on assets using gin (searched gin_trgm_ops);
exception when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
  raise notice 'pg_trgm cannot be had here: % Searching a large library takes longer.', sqlerrm;
end $$;
"""


def upgrade() -> None:
    """Add the column, its triggers and its index."""
    psycopg: Any = op.get_bind().connection.driver_connection
    for sql in (SEARCHED, INDEX):
        psycopg.execute(sql)
