"""What routes depend on: the transaction, who is asking, the parts of this process, pages."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol, TypeVarTuple
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlalchemy import Select, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from voiceops.api.border import SAFE
from voiceops.api.identity import Identity
from voiceops.api.live import Broadcaster
from voiceops.db import Database, is_lost
from voiceops.errors import Forbidden, NotSignedIn, Unavailable
from voiceops.limits.refusing import LimitReached, note
from voiceops.limits.signing_in import WrongPassword, note_wrong
from voiceops.models import Scope, Script, Version
from voiceops.models.actor import Actor, ActorKind
from voiceops.policy import in_scope
from voiceops.providers.base import Provider
from voiceops.rendering import Renderer
from voiceops.storage import Store

IN_DOUBT = (
    "The database went away while this was being saved: it may or may not have been done."
    " Look before you ask again, or ask again under the same Idempotency-Key."
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What this process holds for its whole life."""

    database: Database
    store: Store
    providers: Mapping[str, Provider]
    broadcaster: Broadcaster
    renderer: Renderer


async def parts(request: Request) -> Parts:
    """Return the parts the application was started with. Async, for FastAPI hands a plain function to a thread."""
    held: Parts = request.app.state.parts
    return held


Held = Annotated[Parts, Depends(parts)]


async def transaction(held: Held) -> AsyncIterator[AsyncSession]:
    """One request is one transaction; it is committed before the answer goes out, which is why its scope is the function's.

    That a limit refused it, or a password was wrong, is written down after the rest is undone and its connection free again.
    """
    try:
        async with held.database.session() as db:
            yield db
            await _commit(db)
    except LimitReached as refused:
        async with held.database.session.begin() as db:
            await note(db, refused)
        raise
    except WrongPassword as wrong:
        async with held.database.session.begin() as db:
            await note_wrong(db, wrong)
        raise wrong.answer from None


async def _commit(db: AsyncSession) -> None:
    try:
        await db.commit()
    except DBAPIError as error:
        raise (Unavailable(IN_DOUBT, retry_after=2) if is_lost(error) else error) from error


Db = Annotated[AsyncSession, Depends(transaction, scope="function")]


async def somebody(request: Request, db: Db, shown: Identity) -> Actor:
    """Return who is asking, a person or a key with whatever scopes; raises `NotSignedIn`."""
    actor = await shown.known(db, anonymous(request))
    if actor is None:
        raise NotSignedIn(shown.refusal)
    return actor


Somebody = Annotated[Actor, Depends(somebody)]


async def reader(actor: Somebody) -> Actor:
    """Return who is asking; a key needs the scope `read`."""
    if not in_scope(actor, Scope.READ):
        raise Forbidden(f"This API key lacks the scope {Scope.READ}.")
    return actor


async def caller(request: Request, actor: Somebody) -> Actor:
    """Return who is asking; to read, a key needs the scope `read`. What is done needs its own: `policy.SCOPES`."""
    return await reader(actor) if request.method in SAFE else actor


async def person(actor: Somebody) -> Actor:
    """Return the person who is asking, for what no key may do or see."""
    if not in_scope(actor):
        raise Forbidden("This is for people: no API key may do it.")
    return actor


Caller = Annotated[Actor, Depends(caller)]
Reader = Annotated[Actor, Depends(reader)]
PersonOnly = Annotated[Actor, Depends(person)]


async def briefly(request: Request, held: Held, shown: Identity) -> Actor:
    """Return who is asking, found in a transaction of its own: for what takes longer than one may stay open."""
    async with held.database.session.begin() as db:
        return await caller(request, await somebody(request, db, shown))


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


async def paging(
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


class Listed(Protocol):
    """What a list shows."""

    @property
    def id(self) -> UUID:
        """Its id."""


def cursor_after(items: Sequence[Listed], rows: Sequence[object], part: Paging) -> str | None:
    """Return the cursor of what comes after the items shown of these rows; None if that is nothing."""
    return str(items[-1].id) if len(rows) > part.limit else None


def numbered(query: Select[*Columns], kind: type[Script | Version], asset_id: UUID, part: Paging) -> Select[*Columns]:
    """Limit a query of an asset's scripts or versions to one part, as `paged` does, by number: ids are of many machines' clocks."""
    query = query.where(kind.asset_id == asset_id)
    if part.cursor is not None:
        last = select(kind.number).where(kind.id == part.cursor, kind.asset_id == asset_id)
        query = query.where(kind.number < last.scalar_subquery())
    return query.order_by(kind.number.desc()).limit(part.limit + 1)
