"""`/events`: live changes of everything the reader may see."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import APIRouter
from sse_starlette import EventSourceResponse, ServerSentEvent

from voiceops.api.deps import Caller, Held, Parts
from voiceops.api.identity import Identity, Shown
from voiceops.api.live import concerns, event, visible
from voiceops.changes import Change
from voiceops.models import ApiKey
from voiceops.models.actor import Actor
from voiceops.workflow import keys

router = APIRouter(tags=["events"])

RECHECK_SECONDS = 10.0
"""What ends a right is told here at once, as any change is; what nobody tells, such as an end by age, within this."""


@router.get(
    "/events",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def events(actor: Caller, held: Held, shown: Identity) -> EventSourceResponse:
    """Stream `change` events. A `ready` event says that changes may have been missed: fetch what is shown afresh."""
    return EventSourceResponse(_stream(held, actor, shown), ping=15)


async def _stream(held: Parts, reader: Actor, shown: Shown) -> AsyncIterator[ServerSentEvent]:
    now = asyncio.get_running_loop().time
    checked = now()
    with held.broadcaster.reader() as changes:
        yield ServerSentEvent(event="ready", data="{}")
        while True:
            change, missed = await _next(changes, checked + RECHECK_SECONDS - now())
            if now() - checked >= RECHECK_SECONDS or (change and concerns(change, reader)):
                async with held.database.session.begin() as db:
                    known = await shown.known(db, reader, used=False)
                if known is None:
                    return
                reader, checked = known, now()
            if missed:
                yield ServerSentEvent(event="ready", data="{}")
            elif change and await _hears(held, change, reader):
                yield ServerSentEvent(event="change", data=event(change))


async def _hears(held: Parts, change: Change, reader: Actor) -> bool:
    """Tell whether a reader may hear of a change; whose a key is, the database knows alone."""
    if not visible(change, reader):
        return False
    if change.type != ApiKey.noun:
        return True
    async with held.database.session.begin() as db:
        return await keys.sees(db, reader, UUID(change.id))


async def _next(changes: asyncio.Queue[Change | None], within: float) -> tuple[Change | None, bool]:
    """Return the next change if there is one in so many seconds, and whether some were missed instead."""
    try:
        change = await asyncio.wait_for(changes.get(), max(0.0, within))
    except TimeoutError:
        return None, False
    return change, change is None
