"""API keys: making them, ending them, and finding out whose one is."""

import hashlib
import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.errors import Conflict, Malformed, NotFound
from voiceops.models import Action, ApiKey, Membership, Person, Project, Role, Scope
from voiceops.models.actor import Actor, ActorKind
from voiceops.models.key import KEY_FORM
from voiceops.policy import authorize, find

LIFETIME: Final = timedelta(days=90)
LONGEST: Final = timedelta(days=366)
USED_EVERY: Final = timedelta(minutes=1)
"""Between two writes of a key's last use."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants a key for; without `expires_at` it lasts 90 days."""

    name: str
    scopes: Iterable[Scope]
    expires_at: datetime | None


async def create(db: AsyncSession, actor: Actor, project_id: UUID, wanted: Wanted) -> tuple[ApiKey, str]:
    """Make a key for the actor; returns it and, this one time, what is to be sent."""
    project = await find(db, actor, Project, project_id)
    authorize(actor, Action.KEY_CREATE, project.id)
    prefix = "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(8))
    secret = secrets.token_urlsafe(32)
    key = ApiKey(
        project_id=project.id,
        person_id=actor.person,
        name=wanted.name,
        prefix=prefix,
        secret_hash=digest(secret),
        scopes=[scope for scope in Scope if scope in set(wanted.scopes)],
        expires_at=await _end(db, wanted.expires_at),
    )
    db.add(key)
    await db.flush()
    told = {"name": key.name, "prefix": prefix, "scopes": key.scopes, "expires_at": key.expires_at.isoformat()}
    await record(db, actor, Action.KEY_CREATE, key, changes=told)
    return key, f"vo_{prefix}_{secret}"


async def revoke(db: AsyncSession, actor: Actor, key_id: UUID) -> ApiKey:
    """End a key at once and for good: one's own, or as owner any of the project."""
    key = await find_key(db, actor, key_id)
    authorize(actor, Action.KEY_REVOKE, key.project_id)
    if key.revoked_at is not None:
        raise Conflict("This key is revoked already.", possible=[])
    key.revoked_at, key.revoked_by_id = func.now(), actor.person
    await record(db, actor, Action.KEY_REVOKE, key, changes={"prefix": key.prefix})
    return key


async def find_key(db: AsyncSession, actor: Actor, key_id: UUID) -> ApiKey:
    """Return a key that the actor may see, locked; raise `NotFound` for any other."""
    query = select(ApiKey).where(ApiKey.id == key_id, seen_by(actor)).with_for_update()
    key = (await db.execute(query)).scalar_one_or_none()
    if key is None:
        raise NotFound(f"There is no key {key_id} here.")
    return key


async def sees(db: AsyncSession, actor: Actor, key_id: UUID) -> bool:
    """Tell whether the actor may see a key."""
    return (await db.execute(select(ApiKey.id).where(ApiKey.id == key_id, seen_by(actor)))).first() is not None


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return which keys somebody sees: their own where they are a member, and all of the projects they own."""
    owned = [project for project, roles in actor.roles.items() if Role.OWNER in roles]
    own = and_(ApiKey.person_id == actor.person, ApiKey.project_id.in_(actor.roles))
    return or_(own, ApiKey.project_id.in_(owned))


async def who(
    db: AsyncSession, sent: str, *, request_id: str | None = None, address: str | None = None, used: bool = True
) -> Actor | None:
    """Return the key that was sent, acting with the roles its person has now, or None if it is no (longer a) key.

    `used` tells that something is done with it, which is noted once a minute.
    """
    form = KEY_FORM.fullmatch(sent)
    if form is None:
        return None
    stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < func.now() - USED_EVERY)
    query = (
        select(ApiKey, Membership.role, stale)
        .join(Person, Person.id == ApiKey.person_id)
        .join(Membership, and_(Membership.person_id == ApiKey.person_id, Membership.project_id == ApiKey.project_id))
        .where(
            ApiKey.prefix == form[1],
            ApiKey.secret_hash == digest(form[2]),
            ApiKey.revoked_at.is_(None),
            ApiKey.expires_at > func.now(),
            Person.deactivated_at.is_(None),
        )
    )
    rows = (await db.execute(query)).all()
    if not rows:
        return None
    key, _, unnoted = rows[0]
    if used and unnoted:
        # Nobody waits for the lock: whoever has it writes the same
        free = select(ApiKey.id).where(ApiKey.id == key.id, stale).with_for_update(skip_locked=True, key_share=True)
        await db.execute(update(ApiKey).where(ApiKey.id.in_(free)).values(last_used_at=func.now()))
    return Actor(
        ActorKind.KEY,
        person_id=key.person_id,
        key_id=key.id,
        scopes=frozenset(map(Scope, key.scopes)),
        roles={key.project_id: frozenset(role for _, role, _ in rows)},
        request_id=request_id,
        address=address,
    )


async def _end(db: AsyncSession, asked: datetime | None) -> datetime:
    now: datetime = (await db.execute(select(func.now()))).scalar_one()
    if asked is None:
        return now + LIFETIME
    if not now < asked <= now + LONGEST:
        raise Malformed.field("expires_at", "A key ends in the future, at most a year ahead.")
    return asked


def digest(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()
