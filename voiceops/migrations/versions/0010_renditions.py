"""A version's audio in other formats, made when somebody asks for it and kept for whoever asks next."""

from typing import Any

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# A cache: rows may go, and one that was made anew may have other bytes.
TABLES = """
create table renditions (
  version_id uuid not null,
  profile text not null,
  project_id uuid not null,
  asset_id uuid not null,
  sha256 text not null constraint fk_renditions_sha256 references blobs,
  created_at timestamptz not null default now(),
  used_on date not null default current_date,
  constraint pk_renditions primary key (version_id, profile),
  constraint fk_renditions_version foreign key (project_id, asset_id, version_id) references versions (project_id, asset_id, id)
);
create index ix_renditions_project_id_used_on on renditions (project_id, used_on);
create index ix_renditions_sha256 on renditions (sha256);
"""

TRIGGERS = """
create trigger renditions_fixed before update on renditions for each row
  execute function refuse_change_but('sha256', 'created_at', 'used_on');
"""


def upgrade() -> None:
    """Make them."""
    psycopg: Any = op.get_bind().connection.driver_connection
    for sql in (TABLES, TRIGGERS):
        psycopg.execute(sql)
