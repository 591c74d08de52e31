"""The job that mails notices: composes one, hands it in, and tries for half a day where the mail server does not take it."""

import asyncio
from asyncio import CancelledError
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from procrastinate import App, BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from voiceops.config import Settings
from voiceops.db import Database
from voiceops.jobs import MAIL
from voiceops.mail import MailRefused, MailServer
from voiceops.workflow import mailing

log = structlog.get_logger()

ATTEMPTS: Final = 9
AT_ONCE: Final = 2
"""Mails one worker hands in at the same time."""


class Patiently(BaseRetryStrategy):
    """Waits `wait` seconds before the second attempt and four times as long before each next one."""

    def __init__(self, wait: float) -> None:
        self._wait = wait

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again; None once it was tried often enough."""
        if isinstance(exception, CancelledError):  # its worker stops: the next one may begin at once
            return RetryDecision(retry_at=datetime.now(UTC))
        log.warning("mail_failed", notice_id=job.task_kwargs["notice_id"], attempt=job.attempts + 1, error=str(exception))
        if job.attempts + 1 >= ATTEMPTS:
            return None
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=self._wait * 4**job.attempts))


def register(queue: App, settings: Settings, database: Database) -> list[str]:
    """Teach the queue to mail, and return the queues to work on: none where no mail server is configured."""
    if settings.smtp_url is None:
        return []
    server = MailServer.of(settings.smtp_url.get_secret_value())

    @queue.task(name=MAIL, retry=Patiently(settings.retry_wait))
    async def mail(notice_id: str) -> None:
        await deliver(settings, database, server, UUID(notice_id))

    return [MAIL]


async def deliver(settings: Settings, database: Database, server: MailServer, notice_id: UUID) -> None:
    """Mail one notice, unless nobody needs it any more. What the server will never take is given up, and logged."""
    try:
        async with database.session.begin() as db:
            message = await mailing.compose(db, notice_id, sender=settings.smtp_from or "", url=settings.url)
        if message is None:
            return
        await asyncio.to_thread(server.send, message)
    except (MailRefused, ValueError) as error:
        log.warning("mail_refused", notice_id=str(notice_id), error=str(error))
        return
    async with database.session.begin() as db:
        await mailing.sent(db, notice_id)


async def rescue(queue: App, stalled: float) -> None:
    """Put back the mails of workers silent for so many seconds: a mail may be sent twice then, but none is lost."""
    for job in await queue.job_manager.get_stalled_jobs(task_name=MAIL, seconds_since_heartbeat=stalled):
        await queue.job_manager.retry_job(job)
