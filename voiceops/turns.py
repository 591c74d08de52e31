"""So many at once, and the others wait: for what takes a core, or memory, as long as it lasts."""

import asyncio
from weakref import WeakKeyDictionary


class Turns:
    """A semaphore for each event loop, for one alone would belong to the first that waits for it."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._of: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    @property
    def taken(self) -> bool:
        """Tell whether the next one would have to wait."""
        return self._here().locked()

    async def __aenter__(self) -> None:
        await self._here().acquire()

    async def __aexit__(self, *_: object) -> None:
        self._here().release()

    def _here(self) -> asyncio.Semaphore:
        return self._of.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._count))
