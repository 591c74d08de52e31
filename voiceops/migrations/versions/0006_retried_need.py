"""What a generation takes of a budget is reckoned anew when it is asked for again."""

from typing import Any

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What was asked for before there were budgets takes nothing of them until then.
RETRIED = """
drop trigger generations_fixed on generations;
create trigger generations_fixed before update on generations for each row execute function refuse_change_but(
  'status', 'attempt', 'attempts_before', 'failures', 'progress', 'job_id', 'error_code', 'error_message', 'started_at',
  'finished_at', 'reserved_on', 'characters', 'micros', 'currency');
create trigger generations_need before update on generations for each row
  when (not (old.status = 'failed' and new.status = 'queued')
    and (old.characters, old.micros, old.currency) is distinct from (new.characters, new.micros, new.currency))
  execute function refuse_change();
"""


def upgrade() -> None:
    psycopg: Any = op.get_bind().connection.driver_connection
    psycopg.execute(RETRIED)
