"""Renditions as the process sees it that wants them: a child for each, which reads the master and stores the file by itself."""

import asyncio
import contextlib
import io
import os
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import structlog

from voiceops.profiles import Profile
from voiceops.providers.wire import Header, frame, read_frame

log = structlog.get_logger()

LONG_SECONDS: Final = 300.0
"""Of longer recordings one is made at a time, so that a short one never waits for them."""
PATIENCE_SECONDS: Final = 60.0
PATIENCE_SHARE: Final = 2.0
"""How long one waits for a rendition: it takes a second a minute of a processor it has for itself, loud ones four."""
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class NotRendered(Exception):
    """There will be no rendition. `message` is for people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendition in the store: its SHA-256, how many bytes, and what was measured of it if it was levelled."""

    sha256: str
    bytes: int
    measured: Mapping[str, Any] | None = None


class Renderer:
    """Makes renditions of what lies in a store, as many at once as there are processors; what several ask for is made once."""

    def __init__(self, store_url: str) -> None:
        self._store_url = store_url
        self._slots = asyncio.Semaphore(max(2, os.cpu_count() or 1))
        self._long = asyncio.Semaphore(1)
        self._under_way: dict[tuple[str, str], asyncio.Task[Rendered]] = {}

    async def render(self, sha256: str, profile: Profile, *, seconds: float) -> Rendered:
        """Make and store the rendition of a master that lasts so many seconds. Raises `NotRendered`.

        It is made to its end though whoever asked has gone: the next one who asks finds it.
        """
        key = sha256, profile.name
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.create_task(self._in_turn(sha256, profile, seconds))
            task.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """End what is under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, key: tuple[str, str], task: asyncio.Task[Rendered]) -> None:
        del self._under_way[key]
        if not task.cancelled():
            task.exception()  # is seen by whoever waits, and needs no complaint if nobody does

    async def _in_turn(self, sha256: str, profile: Profile, seconds: float) -> Rendered:
        async with self._long if seconds > LONG_SECONDS else contextlib.nullcontext(), self._slots:
            answer = await self._ask(sha256, profile, seconds)
        if answer is None:
            log.error("renderer_lost", sha256=sha256, profile=profile.name)
            raise NotRendered("Making this file failed. Trying again may help; the log of the server tells why.")
        if "refused" in answer:
            raise NotRendered(answer["refused"])
        return Rendered(**answer)

    async def _ask(self, sha256: str, profile: Profile, seconds: float) -> Header | None:
        """Return the answer of a new child, None if it dies of the question or takes too long."""
        asked = frame({"store": self._store_url, "sha256": sha256, "seconds": seconds, "profile": asdict(profile)})
        command = (sys.executable, "-m", "voiceops.rendering.child")
        child = await create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env={**os.environ, **_ONE_THREAD})
        try:
            async with asyncio.timeout(PATIENCE_SECONDS + PATIENCE_SHARE * seconds):
                told, _ = await child.communicate(asked)
        except TimeoutError:
            return None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        received = read_frame(io.BytesIO(told))
        return received[0] if received else None
