"""`/api-keys`: what machines sign in with."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import Select, and_, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from voiceops.api.deps import Db, Part, PersonOnly, cursor_after, paged
from voiceops.api.payloads import In, Instant, Out, Page, PersonOut, Time, Title
from voiceops.models import Action, ApiKey, Membership, Person, Project, Scope
from voiceops.models.actor import Actor
from voiceops.policy import allowed, find
from voiceops.workflow import keys

router = APIRouter(tags=["keys"])
Revoker = aliased(Person)


class KeyState(StrEnum):
    """Whether a key works. `asleep`: its person is deactivated or no member at present."""

    ACTIVE = "active"
    ASLEEP = "asleep"
    EXPIRED = "expired"
    REVOKED = "revoked"


class KeyIn(In):
    """A new key."""

    project_id: Annotated[UUID, Field(description="The one project it is good for.")]
    name: Annotated[Title, Field(examples=["Course player"])]
    scopes: Annotated[list[Scope], Field(min_length=1, description="What it may do, of what you may.")]
    expires_at: Annotated[Instant | None, Field(description="At most a year ahead; 90 days if left out.")] = None


class KeyOut(Out):
    """A key, as it may be shown again: without its secret."""

    id: UUID
    project_id: UUID
    person: PersonOut
    name: str
    prefix: Annotated[str, Field(description="What its secret begins with, after `vo_`.")]
    scopes: list[Scope]
    state: KeyState
    created_at: Time
    expires_at: Time
    last_used_at: Annotated[Time | None, Field(description="To the minute; null if it never was.")]
    revoked_at: Time | None
    revoked_by: PersonOut | None
    can: list[Action]


class NewKeyOut(KeyOut):
    """A key that was just made, with its secret, which is shown this one time."""

    secret: Annotated[str, Field(description="Send it as `Authorization: Bearer <secret>`.")]


def _shown() -> Select[ApiKey, Person, Person | None, str]:
    member = exists().where(Membership.person_id == ApiKey.person_id, Membership.project_id == ApiKey.project_id)
    state = case(
        (ApiKey.revoked_at.is_not(None), KeyState.REVOKED),
        (ApiKey.expires_at <= func.now(), KeyState.EXPIRED),
        (and_(Person.deactivated_at.is_(None), member), KeyState.ACTIVE),
        else_=KeyState.ASLEEP,
    )
    return (
        select(ApiKey, Person, Revoker, state)
        .join(Person, Person.id == ApiKey.person_id)
        .outerjoin(Revoker, Revoker.id == ApiKey.revoked_by_id)
    )


def _out(actor: Actor, key: ApiKey, person: Person, revoker: Person | None, state: str) -> KeyOut:
    return KeyOut(
        id=key.id,
        project_id=key.project_id,
        person=PersonOut.of(person),
        name=key.name,
        prefix=key.prefix,
        scopes=[Scope(scope) for scope in key.scopes],
        state=KeyState(state),
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
        revoked_by=PersonOut.of(revoker) if revoker else None,
        can=allowed(actor, key),
    )


async def _show(db: AsyncSession, actor: Actor, key_id: UUID) -> KeyOut:
    await db.flush()
    return _out(actor, *(await db.execute(_shown().where(ApiKey.id == key_id))).one())


@router.get("/api-keys")
async def list_api_keys(db: Db, actor: PersonOnly, part: Part, project: UUID | None = None) -> Page[KeyOut]:
    """List the caller's keys, the newest first; of a project, and to its owners everybody's of it."""
    wanted = [keys.seen_by(actor)] if project else [keys.seen_by(actor), ApiKey.person_id == actor.person]
    if project:
        wanted.append(ApiKey.project_id == (await find(db, actor, Project, project)).id)
    rows = (await db.execute(paged(_shown().where(*wanted), ApiKey.id, part))).all()
    items = [_out(actor, *row) for row in rows[: part.limit]]
    return Page(items=items, next_cursor=cursor_after(items, rows, part))


@router.post("/api-keys", status_code=201)
async def create_api_key(body: KeyIn, response: Response, db: Db, actor: PersonOnly) -> NewKeyOut:
    """Make a key for oneself. The answer alone holds its secret, so an `Idempotency-Key` does not count here."""
    wanted = keys.Wanted(name=body.name, scopes=body.scopes, expires_at=body.expires_at)
    key, secret = await keys.create(db, actor, body.project_id, wanted)
    response.headers["Cache-Control"] = "no-store"
    return NewKeyOut(**(await _show(db, actor, key.id)).model_dump(), secret=secret)


@router.delete("/api-keys/{key}")
async def revoke_api_key(key: UUID, db: Db, actor: PersonOnly) -> KeyOut:
    """Revoke a key: it ends at once and for good."""
    await keys.revoke(db, actor, key)
    return await _show(db, actor, key)
