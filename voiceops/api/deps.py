"""What routes depend on: the transaction, who is asking, the parts of this process, pages."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated, TypeVarTuple
from uuid import UUID

from fastapi import Depends, Query, Request
from fastapi.security import APIKeyCookie
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from voiceops.api.live import Broadcaster
from voiceops.db import Database
from voiceops.errors import NotSignedIn
from voiceops.models.actor import Actor, ActorKind
from voiceops.providers.base import Provider
from voiceops.storage import Store
from voiceops.witness import Witness
from voiceops.workflow import accounts

COOKIE = "voiceops_session"


@dataclass(frozen=True, slots=True)
class Parts:
    """What this process holds for its whole life."""

    database: Database
    store: Store
    witness: Witness
    providers: Mapping[str, Provider]
    broadcaster: Broadcaster


def parts(request: Request) -> Parts:
    """Return the parts the application was started with."""
    held: Parts = request.app.state.parts
    return held


Held = Annotated[Parts, Depends(parts)]


async def transaction(held: Held) -> AsyncIterator[AsyncSession]:
    """One request is one transaction; it is committed before the answer goes out, which is why its scope is the function's."""
    async with held.database.session.begin() as db:
        yield db


Db = Annotated[AsyncSession, Depends(transaction, scope="function")]

cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="The session of somebody who signed in.")


async def caller(request: Request, db: Db, token: Annotated[str | None, Depends(cookie)]) -> Actor:
    """Return who is asking; raises `NotSignedIn`."""
    origin = anonymous(request)
    actor = await accounts.who(db, token, request_id=origin.request_id, address=origin.address) if token else None
    if actor is None:
        raise NotSignedIn("Sign in first.")
    return actor


Caller = Annotated[Actor, Depends(caller)]


async def briefly(request: Request, held: Held, token: Annotated[str | None, Depends(cookie)]) -> Actor:
    """Return who is asking, found in a transaction of its own: for what takes longer than one may stay open."""
    async with held.database.session.begin() as db:
        return await caller(request, db, token)


CallerBriefly = Annotated[Actor, Depends(briefly)]


def anonymous(request: Request) -> Actor:
    """Return somebody not known yet, with where the request came from."""
    address = request.client.host if request.client else None
    return Actor(ActorKind.ANONYMOUS, request_id=request.scope.get("request_id"), address=address)


Anonymous = Annotated[Actor, Depends(anonymous)]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is asked for. The cursor is the id of the last item of the part before."""

    limit: int
    cursor: UUID | None


def paging(
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[UUID | None, Query(description="`next_cursor` of the part before.")] = None,
) -> Paging:
    """Read the part asked for."""
    return Paging(limit, cursor)


Part = Annotated[Paging, Depends(paging)]
Columns = TypeVarTuple("Columns")


def paged(query: Select[*Columns], by: InstrumentedAttribute[UUID], part: Paging) -> Select[*Columns]:
    """Limit a query to one part, newest first, and one row more that tells whether there is another."""
    if part.cursor is not None:
        query = query.where(by < part.cursor)
    return query.order_by(by.desc()).limit(part.limit + 1)
