"""Bytes that were dropped: brought back where somebody makes the very same, deleted where nobody did.

Whoever names a blob locks its row first. To drop it is to mark the row, in the transaction that looked at who names it; the bytes
are deleted later, under the row's lock again, and only if it is marked still. So who finds the row marked stores the bytes anew
under that lock, and no row names bytes that are not there.
"""

from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.db import Database, ask
from voiceops.models.version import BlobState
from voiceops.storage import StorageError, Store

log = structlog.get_logger()

AT_ONCE: Final = 500
LOCK: Final = "select state from blobs where sha256 = %(sha256)s for update"
BACK: Final = "update blobs set state = 'stored' where sha256 = %(sha256)s"
MARKED: Final = "select sha256 from blobs where state = 'dropped' and deleted_at is null order by dropped_at limit %(limit)s"
LOCK_MARKED: Final = """
    select 1 from blobs where sha256 = %(sha256)s and state = 'dropped' and deleted_at is null for update skip locked
"""
DELETED: Final = "update blobs set deleted_at = now() where sha256 = %(sha256)s"


class BytesDropped(Exception):
    """What a row was about to name is dropped: nothing was written. Bring the bytes back, then write it again."""


async def bring_back(db: AsyncSession, store: Store, data: bytes, media_type: str, *, sha256: str) -> bool:
    """Store dropped bytes anew; False if they were back already. Raises what the store does, and then they are dropped still."""
    ((state,),) = await ask(db, LOCK, {"sha256": sha256})
    await store.put(data, media_type)
    await ask(db, BACK, {"sha256": sha256})
    return bool(state == BlobState.DROPPED)


async def delete_dropped(database: Database, store: Store) -> int:
    """Delete what was dropped and is there still, each in a transaction of its own; returns how many.

    Where the store does not answer the rest waits for the next time.
    """
    deleted = 0
    async with database.session() as db:
        marked = await ask(db, MARKED, {"limit": AT_ONCE})
    for (sha256,) in marked:
        async with database.session.begin() as db:
            if not await ask(db, LOCK_MARKED, {"sha256": sha256}):
                continue  # brought back meanwhile, or somebody else is at it
            try:
                await store.delete(sha256)
            except StorageError as error:
                log.warning("delete_failed", sha256=sha256, error=error.message)
                break
            await ask(db, DELETED, {"sha256": sha256})
        deleted += 1
    return deleted
