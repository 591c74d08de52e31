"""Where requests meet for certain: a third connection holds what they want until so many of them wait for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from conftest import Rows


@asynccontextmanager
async def held(rows: Rows, locking: str, *values: Any) -> AsyncIterator[None]:
    """What a query locks is held by somebody else meanwhile."""
    await rows("begin")
    await rows(locking, *values)
    try:
        yield
    finally:
        await rows("rollback")


async def until_waiting(rows: Rows, count: int = 1) -> None:
    """Wait until so many requests wait for a lock."""
    async with asyncio.timeout(60):
        while (await rows("select count(*) from pg_locks where not granted"))[0][0] < count:
            await asyncio.sleep(0.01)
