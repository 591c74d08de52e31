"""By which API key a decision was taken."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.execute("alter table decisions add column key_id uuid constraint fk_decisions_key_id references api_keys")
