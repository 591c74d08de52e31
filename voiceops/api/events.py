"""`/events`: live changes of everything the reader may see."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter
from sse_starlette import EventSourceResponse, ServerSentEvent

from voiceops.api.deps import Caller, Held, Parts
from voiceops.api.identity import Identity, Shown
from voiceops.api.live import event, visible
from voiceops.models.actor import Actor

router = APIRouter(tags=["events"])

RECHECK_SECONDS = 10.0
"""A session or key that ended, or a membership that was taken away, stops being told within this."""


@router.get(
    "/events",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def events(actor: Caller, held: Held, shown: Identity) -> EventSourceResponse:
    """Stream `change` events. A `ready` event says that changes may have been missed: fetch what is shown afresh."""
    return EventSourceResponse(_stream(held, actor, shown), ping=15)


async def _stream(held: Parts, actor: Actor, shown: Shown) -> AsyncIterator[ServerSentEvent]:
    now = asyncio.get_running_loop().time
    projects, checked = frozenset(actor.roles), now()
    with held.broadcaster.reader() as changes:
        yield ServerSentEvent(event="ready", data="{}")
        while True:
            if now() - checked >= RECHECK_SECONDS:
                async with held.database.session.begin() as db:
                    known = await shown.known(db, actor, used=False)
                if known is None:
                    return
                projects, checked = frozenset(known.roles), now()
            try:
                change = await asyncio.wait_for(changes.get(), checked + RECHECK_SECONDS - now())
            except TimeoutError:
                continue
            if change is None:
                yield ServerSentEvent(event="ready", data="{}")
            elif visible(change, projects):
                yield ServerSentEvent(event="change", data=event(change))
