"""Exports on their way: one for each person, so many for all of them together, and each so long."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Final
from uuid import UUID

import structlog
from fastapi.responses import StreamingResponse
from starlette import types

from voiceops.config import settings
from voiceops.errors import TooMany

log = structlog.get_logger()

AT_ONCE: Final = 4
"""An export holds every hash of its log for as long as its reader takes: who comes fifth is told to come back."""
BACK_S: Final = 15

_readers: Final[set[UUID]] = set()


@contextmanager
def turn(person_id: UUID) -> Iterator[None]:
    """Have somebody's one export on its way in this process, or raise `TooMany`."""
    if person_id in _readers:
        raise TooMany("An export of yours is on its way already. Ask again when it has ended.", retry_after=BACK_S)
    if len(_readers) >= AT_ONCE:
        raise TooMany("Other exports are on their way already. Ask again when one of them has ended.", retry_after=BACK_S)
    _readers.add(person_id)
    try:
        yield
    finally:
        _readers.discard(person_id)


class ExportAnswer(StreamingResponse):
    """An export on its way, which has its turn until the last byte is sent, its reader has gone, or it took too long.

    What took too long breaks off, so that nobody takes it for whole.
    """

    def __init__(self, lines: AsyncIterator[str], having: ExitStack, media_type: str, headers: Mapping[str, str]) -> None:
        super().__init__(lines, media_type=media_type, headers=headers)
        self._having = having

    async def __call__(self, scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        """Send it."""
        with self._having:
            try:
                async with asyncio.timeout(settings().export_timeout):
                    await super().__call__(scope, receive, send)
            except TimeoutError:
                log.warning("export_broken_off", after_s=settings().export_timeout)
