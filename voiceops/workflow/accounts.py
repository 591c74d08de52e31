"""Signing in and out, and finding out who is asking."""

import asyncio
import hashlib
import os
import secrets
from collections import defaultdict
from dataclasses import replace
from functools import cache
from typing import Final
from uuid import UUID

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.config import settings
from voiceops.errors import NotSignedIn
from voiceops.limits.signing_in import forgive_attempt
from voiceops.models import Action, LoginSession, Membership, Person, Role
from voiceops.models.actor import Actor, ActorKind
from voiceops.policy import authorize

PASSWORDS: Final = PasswordHash([Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)])
"""argon2id at OWASP's minimum (19 MiB, 2 passes, 1 lane): 40 ms of one core."""

HASHING: Final = asyncio.Semaphore(min(max(1, (os.cpu_count() or 1) - 1), 4))
"""So many hashes at once, one fewer than there are processors: a crowd signing in leaves the server its cores and its memory."""

SEEN_EVERY = 60  # seconds between writes of a session's last use


async def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    async with HASHING:
        return await asyncio.to_thread(PASSWORDS.hash, password)


async def sign_in(db: AsyncSession, actor: Actor, *, email: str, password: str) -> tuple[Actor, str]:
    """Return who signed in and the new session's token; raises `NotSignedIn` with the same words for every cause."""
    async with HASHING:  # first: a crowd that waits here holds no connection to the database
        person = (await db.execute(select(Person).where(func.lower(Person.email) == email.strip().lower()))).scalar_one_or_none()
        matches = await asyncio.to_thread(PASSWORDS.verify, password, person.password_hash if person else _nobodys_hash())
    if person is None or not matches or person.deactivated_at is not None:
        raise NotSignedIn("This e-mail address and password do not belong together.")
    roles = await _roles(db, person.id)
    actor = replace(actor, kind=ActorKind.PERSON, person_id=person.id, is_admin=person.is_admin, roles=roles)
    authorize(actor, Action.SESSION_SIGN_IN)
    await forgive_attempt(db, actor, email)
    token = secrets.token_urlsafe(32)
    session = LoginSession(token_hash=_digest(token), person_id=person.id)
    db.add(session)
    await db.flush()
    await record(db, actor, Action.SESSION_SIGN_IN, session)
    return replace(actor, session_id=session.id), token


async def sign_out(db: AsyncSession, actor: Actor) -> None:
    """End the session at once."""
    session = (await db.execute(select(LoginSession).where(LoginSession.id == actor.session_id).with_for_update())).scalar_one()
    authorize(actor, Action.SESSION_SIGN_OUT)
    session.ended_at = func.now()
    await record(db, actor, Action.SESSION_SIGN_OUT, session)


async def who(
    db: AsyncSession, token: str, *, request_id: str | None = None, address: str | None = None, used: bool = True
) -> Actor | None:
    """Return the person behind a session's token with the roles they have now, or None if it is no (longer a) session.

    `used` tells that somebody acts, which keeps the session from going idle.
    """
    query = (
        select(LoginSession, Person.is_admin, func.extract("epoch", func.now() - LoginSession.last_seen_at))
        .join(Person, Person.id == LoginSession.person_id)
        .where(
            LoginSession.token_hash == _digest(token),
            LoginSession.ended_at.is_(None),
            Person.deactivated_at.is_(None),
            func.now() < LoginSession.created_at + func.make_interval(0, 0, 0, 0, 0, 0, settings().session_absolute),
            func.now() < LoginSession.last_seen_at + func.make_interval(0, 0, 0, 0, 0, 0, settings().session_idle),
        )
    )
    found = (await db.execute(query)).one_or_none()
    if found is None:
        return None
    session, is_admin, idle = found
    if used and idle > SEEN_EVERY:
        await db.execute(update(LoginSession).where(LoginSession.id == session.id).values(last_seen_at=func.now()))
    return Actor(
        ActorKind.PERSON,
        person_id=session.person_id,
        session_id=session.id,
        is_admin=is_admin,
        roles=await _roles(db, session.person_id),
        request_id=request_id,
        address=address,
    )


async def _roles(db: AsyncSession, person_id: UUID) -> dict[UUID, frozenset[Role]]:
    roles: dict[UUID, set[Role]] = defaultdict(set)
    rows = await db.execute(select(Membership.project_id, Membership.role).where(Membership.person_id == person_id))
    for project_id, role in rows:
        roles[project_id].add(role)
    return {project_id: frozenset(found) for project_id, found in roles.items()}


def _digest(token: str) -> bytes:
    """Return what is kept of a token: it has 256 random bits, so a plain SHA-256 can't be guessed back."""
    return hashlib.sha256(token.encode()).digest()


@cache
def _nobodys_hash() -> str:
    """Return a hash to verify against when there is no such person, so that the answer takes as long."""
    return PASSWORDS.hash(secrets.token_urlsafe(16))
