"""The sweep: what workers that died left behind, taken up again by those that live."""

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from sqlalchemy import text

from voiceops import mailing
from voiceops.db import Database
from voiceops.limits import rates, running
from voiceops.providers.base import Provider
from voiceops.workflow import examining, orphans, requests, schedule, settling

log = structlog.get_logger()

SWEEP_SECONDS: Final = 2.0
SWEEP_LOCK: Final = 0x7377_6565


async def sweep(database: Database, queue: App, providers: Mapping[str, Provider], *, stalled: float) -> None:
    """Take the jobs of dead workers away, give every generation that has none a new one, and end what nobody can speak.

    One process at a time. Dead is who was silent for `stalled` seconds. A job is never handed on: its first worker may wake, and
    would then end the job of the second. What was held back gets a job where there is room by now.
    """
    async with database.session.begin() as db:
        alone = await db.execute(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": SWEEP_LOCK})
        if not alone.scalar_one():
            return
        for job in await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled):
            with suppress(ConnectorException):  # it was no dead worker's after all, and has ended meanwhile
                await queue.job_manager.finish_job(job, Status.FAILED, delete_job=True)
                log.info("job_rescued", job_id=job.id, attempts=job.attempts)
        await mailing.rescue(queue, stalled)
        await orphans.requeue_orphans(db)
        await examining.queue_missing(db)
        await rates.forget(db)
        await requests.forget(db)
        await schedule.queue_due(db)
        waiting = await running.projects_waiting(db)
        lost = await settling.unspeakable(db, providers)
    for generation_id in lost:
        async with database.session.begin() as db:
            await settling.abandon(db, generation_id, code="provider_off", message="This voice's provider is switched off here.")
    for project_id in waiting:  # each in a transaction of its own, which holds the lock of one project alone
        async with database.session.begin() as db:
            await running.wake(db, project_id)


async def keep_sweeping(database: Database, queue: App, providers: Mapping[str, Provider], *, stalled: float) -> None:
    """Sweep every two seconds, for ever."""
    while True:
        await sweep(database, queue, providers, stalled=stalled)
        await asyncio.sleep(SWEEP_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load
