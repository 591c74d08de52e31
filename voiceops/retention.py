"""The job of retention: once an hour it drops what projects keep no longer, and deletes what was dropped."""

import structlog
from procrastinate import App

from voiceops.blobs import delete_dropped
from voiceops.db import Database
from voiceops.jobs import DELETE, RETENTION, RETENTION_MINUTE
from voiceops.storage import Store
from voiceops.workflow import dropping

log = structlog.get_logger()


def register(queue: App, database: Database, store: Store) -> None:
    """Teach the queue both jobs. One of each kind at a time; what one leaves undone, because it died, the next one does."""

    @queue.periodic(cron=f"{RETENTION_MINUTE} * * * *")
    @queue.task(name=RETENTION, queue=RETENTION, lock=RETENTION, queueing_lock=RETENTION)
    async def retention(timestamp: int) -> None:  # noqa: ARG001 - the hour it is the job of
        await run(database, store)

    @queue.task(name=DELETE, queue=RETENTION)
    async def delete() -> None:
        await delete_dropped(database, store)


async def run(database: Database, store: Store) -> None:
    """Drop unused renditions first, then masters, in batches of a transaction each; then delete all bytes that were dropped."""
    renditions = masters = 0
    for batch in (dropping.drop_unused, dropping.drop_old):
        while True:
            async with database.session.begin() as db:
                dropped = await batch(db)
            if not dropped:
                break
            if batch is dropping.drop_old:
                masters += dropped
            else:
                renditions += dropped
    deleted = 0
    while some := await delete_dropped(database, store):
        deleted += some
    if renditions or masters or deleted:
        log.info("retention", renditions=renditions, masters=masters, deleted=deleted)
