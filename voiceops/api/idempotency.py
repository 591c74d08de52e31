"""`Idempotency-Key`: asking again gives the same answer, and never does the thing again.

The key, what it answered and what it did are one transaction. While that runs, its key is locked in PostgreSQL, so that a second
request under it learns at once that the first is still running (draft-ietf-httpapi-idempotency-key-header).
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request, Response
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.api.deps import Caller, Db
from voiceops.api.payloads import Out
from voiceops.errors import Conflict, Malformed
from voiceops.models import IdempotencyKey
from voiceops.models.actor import Actor

Answer = TypeVar("Answer", bound=Out)
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$", description="Any string of your own."),
]


class Idempotent:
    """Runs a route's work once for each key of each person, and of each API key."""

    def __init__(self, request: Request, response: Response, db: AsyncSession, actor: Actor, key: str | None) -> None:
        self._request = request
        self._response = response
        self._db = db
        self._actor = actor
        self._key = key

    @property
    def has_key(self) -> bool:
        """Whether the answer may be one that is stored."""
        return self._key is not None

    async def __call__(self, create: Callable[[], Awaitable[tuple[Answer, str]]]) -> Answer:
        """Return what `create` makes, or made when this key was used before; it returns its answer and its location."""
        if self._key is None:
            answer, location = await create()
            self._response.headers["Location"] = location
            return answer
        asked = await self._digest()
        known = await self._lock(self._key)
        if known is None:
            return await self._first(self._key, asked, create)
        if known.request_hash != asked:
            raise Malformed.field("Idempotency-Key", "This key was used for another request; choose a new one.")
        return self._replay(known)  # type: ignore[return-value] # FastAPI sends a response as it is

    def _replay(self, known: IdempotencyKey) -> Response:
        """Answer with the bytes of then, which another release may have written."""
        headers = {"Location": known.location, "Idempotency-Replayed": "true"}
        status: int = self._request.scope["route"].status_code
        return Response(known.body, status, headers, media_type="application/json")

    async def _digest(self) -> bytes:
        request = self._request
        asked = b"\0".join((request.method.encode(), request.url.path.encode(), await request.body()))
        return hashlib.sha256(asked).digest()

    async def _lock(self, key: str) -> IdempotencyKey | None:
        locked = text("select pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
        name = f"idempotency {self._actor.own_id} {key}"
        if not (await self._db.execute(locked, {"name": name})).scalar_one():
            raise Conflict("A request with this Idempotency-Key is still running; ask again.", possible=[], retry_after=1)
        mine = (IdempotencyKey.actor_id == self._actor.own_id, IdempotencyKey.key == key)
        return (await self._db.execute(select(IdempotencyKey).where(*mine))).scalar_one_or_none()

    async def _first(self, key: str, asked: bytes, create: Callable[[], Awaitable[tuple[Answer, str]]]) -> Answer:
        answer, location = await create()
        self._response.headers["Location"] = location
        body = answer.model_dump_json()
        self._db.add(IdempotencyKey(actor_id=self._actor.own_id, key=key, request_hash=asked, location=location, body=body))
        return answer


async def idempotent(request: Request, response: Response, db: Db, actor: Caller, key: Key = None) -> Idempotent:
    """Read the key."""
    return Idempotent(request, response, db, actor, key)


Once = Annotated[Idempotent, Depends(idempotent)]
