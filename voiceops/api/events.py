"""`/events`: live changes of everything the reader may see."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from sse_starlette import EventSourceResponse, ServerSentEvent

from voiceops.api.deps import Caller, Held, Parts, cookie
from voiceops.api.live import event, visible
from voiceops.models.actor import Actor
from voiceops.workflow import accounts

router = APIRouter(tags=["events"])

RECHECK_SECONDS = 10.0
"""A session that ended, or a membership that was taken away, stops being told within this."""


@router.get(
    "/events",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def events(actor: Caller, held: Held, token: Annotated[str | None, Depends(cookie)]) -> EventSourceResponse:
    """Stream `change` events. A `ready` event says that changes may have been missed: fetch what is shown afresh."""
    return EventSourceResponse(_stream(held, actor, token or ""), ping=15)


async def _stream(held: Parts, actor: Actor, token: str) -> AsyncIterator[ServerSentEvent]:
    now = asyncio.get_running_loop().time
    projects, checked = frozenset(actor.roles), now()
    with held.broadcaster.reader() as changes:
        yield ServerSentEvent(event="ready", data="{}")
        while True:
            if now() - checked >= RECHECK_SECONDS:
                async with held.database.session.begin() as db:
                    known = await accounts.who(db, token, used=False)
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
