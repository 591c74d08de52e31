"""`/session/password` and `/sessions`: one's own account."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from voiceops.api.deps import CallerBriefly, Db, Held, PersonOnly
from voiceops.api.identity import set_session
from voiceops.api.payloads import All, In, NewPassword, Out, Time
from voiceops.api.session import SessionOut, session_of
from voiceops.limits.signing_in import check_attempt
from voiceops.models import Action
from voiceops.passwords import HASHING
from voiceops.policy import authorize
from voiceops.workflow import accounts

router = APIRouter(tags=["session"])


class PasswordIn(In):
    """The password one has, and the one to have."""

    current: Annotated[str, Field(max_length=1024)]
    new: NewPassword


class BrowserOut(Out):
    """One browser one is signed in with. `last_seen_at` is true to the minute."""

    id: UUID
    created_at: Time
    last_seen_at: Time
    address: str | None
    user_agent: str | None
    is_this: bool


@router.put("/session/password")
async def change_password(
    body: PasswordIn, request: Request, response: Response, db: Db, held: Held, actor: CallerBriefly
) -> SessionOut:
    """Take a new password: every other session of yours ends, and this one gets a new cookie."""
    authorize(actor, Action.PASSWORD_CHANGE)  # a key is refused before it counts as a guess
    async with held.database.session.begin() as counted:  # kept when the password is wrong and the request undone
        await check_attempt(counted, actor, str(actor.person))
    async with HASHING:  # before anything is asked of the database: who waits here holds no connection
        token = await accounts.change_password(db, actor, current=body.current, new=body.new)
    set_session(request, response, token)
    return await session_of(db, actor)


@router.get("/sessions")
async def list_sessions(db: Db, actor: PersonOnly) -> All[BrowserOut]:
    """List where you are signed in, the last used first."""
    return All(
        items=[
            BrowserOut(
                id=one.id,
                created_at=one.created_at,
                last_seen_at=one.last_seen_at,
                address=one.address,
                user_agent=one.user_agent,
                is_this=one.id == actor.session_id,
            )
            for one in await accounts.sessions(db, actor)
        ]
    )


@router.delete("/sessions/{session}", status_code=204)
async def end_session(session: UUID, db: Db, actor: PersonOnly) -> None:
    """Sign out another browser of yours."""
    await accounts.end_session(db, actor, session)
