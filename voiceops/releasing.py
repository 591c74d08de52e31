"""The job that begins and ends releases at their times. What it needs is rendered and proved before its one transaction."""

from uuid import UUID

import structlog
from procrastinate import App

from voiceops import fitting
from voiceops.acceptance import Fitted
from voiceops.db import Database
from voiceops.errors import Refused, Unavailable
from voiceops.jobs import RELEASE, Again, AskedFor
from voiceops.rendering import Renderer
from voiceops.storage import Store
from voiceops.workflow import schedule
from voiceops.workflow.schedule import Due

log = structlog.get_logger()

BACK_SECONDS = 5.0
"""After what a release needs, such as the store, was away."""


def register(queue: App, database: Database, store: Store, renderer: Renderer) -> None:
    """Teach the queue to begin and end releases."""

    @queue.task(name=RELEASE, retry=AskedFor())
    async def release(release_id: str) -> None:
        await perform(database, store, renderer, UUID(release_id))


async def perform(database: Database, store: Store, renderer: Renderer, release_id: UUID) -> None:
    """Do what is due, wholly; a release that cannot begin fails and says why. Raises `Again` where something is away."""
    async with database.session.begin() as db:
        due = await schedule.look(db, release_id)
    if due is None:
        return
    try:
        made = await _made(database, store, renderer, due)
        async with database.session.begin() as db:
            await (schedule.end if due.ends else schedule.start)(db, release_id, made)
    except Unavailable as away:
        log.warning("release_waits", release_id=str(release_id), why=away.detail)
        raise Again(BACK_SECONDS) from away
    except Refused as refused:
        async with database.session.begin() as db:
            await schedule.fail(db, release_id, why=refused.detail)


async def _made(database: Database, store: Store, renderer: Renderer, due: Due) -> dict[tuple[UUID, UUID], Fitted]:
    """Prove and render what is wanted. What cannot come back at an end is left out, and retired."""
    made, proven = {}, set[str]()
    for one in due.wanted:
        try:
            fitted = await fitting.prove(database, store, renderer, one.version, one.profile, proven=proven)
            made[one.target_id, one.version.id] = fitted
        except Unavailable:
            raise
        except Refused:
            if not due.ends:
                raise
    return made
