"""The job queue (procrastinate): enqueued by name in the caller's transaction, so that row and job commit or vanish together."""

from asyncio import CancelledError
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.db import APP_ROLE, ask, take_role

GENERATE: Final = "generate"
MAIL: Final = "mail"
"""The job that mails one notice, and the queue it waits in."""
RELEASE: Final = "release"
"""The job that begins or ends a release at its time, and the queue it waits in."""
EXAMINE: Final = "examine"
"""Task and queue of examinations: one at a time in each worker, whatever else it does."""
RETENTION: Final = "retention"
"""The job that drops what projects keep no longer, once an hour, and the queue it waits in."""
DELETE: Final = "delete"
"""The job that deletes the bytes of what somebody dropped; it waits in the same queue."""
RETENTION_MINUTE: Final = 20
"""Of every hour."""
BACKGROUND: Final = -10
"""Priority of jobs nobody waits for."""
DEFER: Final = """
    (procrastinate_defer_jobs_v1(array[
      row(%(queue)s, %(task)s, %(priority)s, null, null, %(arguments)s, %(at)s)::procrastinate_job_to_defer_v1
    ]))[1]
"""
"""The id of a new job, as an expression: whatever statement it stands in enqueues it."""

DATABASE_BACK_SECONDS: Final = 1.0


class Again(Exception):
    """A job asks to run again after `wait` seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"again in {wait:g} s")
        self.wait = wait


class AskedFor(BaseRetryStrategy):
    """Run every job again that did not end by itself; the generation itself counts attempts."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002 - their signature
        """Return when to run again."""
        match exception:
            case Again():
                wait = exception.wait
            case CancelledError():  # its worker stops: the next one may begin at once
                wait = 0.0
            case _:
                wait = DATABASE_BACK_SECONDS
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=wait))


def generation_queue(provider: str) -> str:
    """Return the queue of one provider's generations: each provider has its own concurrency."""
    return f"generate.{provider}"


def queue_app(url: str, *, pool_size: int) -> App:
    """Return the queue as a worker needs it, with connections of its own.

    They aren't tried before each use, which would cost a round trip: a worker that loses the database begins again anyway.
    """
    return App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=pool_size, configure=_prepare, pool_factory=_pool))


def _pool(**asked: Any) -> AsyncConnectionPool:  # noqa: ANN401 - its many settings
    return AsyncConnectionPool(**{**asked, "check": None})


async def _prepare(connection: AsyncConnection[Any]) -> None:
    """The worker's own statements each stand alone: BEGIN and COMMIT around them cost as much as they do."""
    await connection.set_autocommit(True)
    await take_role(connection, APP_ROLE)


def next_retention(now: datetime) -> datetime:
    """Return when the job of retention comes next."""
    here = now.replace(minute=RETENTION_MINUTE, second=0, microsecond=0)
    return here if here > now else here + timedelta(hours=1)


async def enqueue(
    db: AsyncSession,
    task: str,
    queue: str,
    *,
    priority: int = 0,
    at: datetime | None = None,
    **arguments: Any,  # noqa: ANN401 - JSON
) -> int:
    """Add a job in the open transaction of `db` and return its id. The worker hears of it at commit, or takes it `at` its time."""
    ((job_id,),) = await ask(db, f"select {DEFER}", {**deferred(task, queue, priority=priority, **arguments), "at": at})
    return int(job_id)


def deferred(task: str, queue: str, *, priority: int = 0, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the values of `DEFER`."""
    return {"task": task, "queue": queue, "priority": priority, "arguments": Jsonb(arguments), "at": None}
