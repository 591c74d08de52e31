"""Signing in and out, one's own sessions and password, and finding out who is asking."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, TextClause, event, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from voiceops.audit import record
from voiceops.config import settings
from voiceops.db import ask
from voiceops.errors import Malformed, NotFound, NotSignedIn
from voiceops.limits.signing_in import WrongPassword, forgive_attempt
from voiceops.models import Action, LoginSession, Membership, Person, Project, Role
from voiceops.models.actor import Actor, ActorKind
from voiceops.passwords import HASHING, hashed, matches, too_near
from voiceops.policy import authorize
from voiceops.tokens import digest, new_token

SEEN_EVERY = 60  # seconds between writes of a session's last use
GOING_ON: Final = (
    "sessions.ended_at is null and now() < sessions.created_at + make_interval(secs => {absolute})"
    " and now() < sessions.last_seen_at + make_interval(secs => {idle})"
)
"""A session that has neither ended nor is over by itself, by the database's clock."""
WHO: Final = f"""
    select sessions.id, sessions.person_id, p.is_admin, extract(epoch from now() - sessions.last_seen_at),
      (select json_agg(json_build_array(m.project_id, m.role)) from memberships m where m.person_id = sessions.person_id)
    from sessions join people p on p.id = sessions.person_id
    where sessions.token_hash = %(token)s and p.deactivated_at is null
      and {GOING_ON.format(absolute="%(absolute)s", idle="%(idle)s")}
"""  # noqa: S608 - ours
"""Asked with every request."""


async def check_password(db: AsyncSession, actor: Actor, *, email: str, password: str) -> Person:
    """Return whose e-mail address and password these are, and give their attempt back; they stay theirs until we are done.

    Raises `WrongPassword`, with the same words for every cause.
    """
    async with HASHING:  # first: a crowd that waits here holds no connection to the database
        person = (await db.execute(select(Person).where(func.lower(Person.email) == email.strip().lower()))).scalar_one_or_none()
        same, better = await matches(password, person.password_hash if person else None)
    if person is None or not same or not await _still(db, person, password):
        answer = NotSignedIn("This e-mail address and password do not belong together.")
        raise WrongPassword(answer, actor=actor, email=email, person_id=person.id if person else None)
    await forgive_attempt(db, actor, email)
    if better:
        person.password_hash = better
    return person


async def sign_in(
    db: AsyncSession, actor: Actor, person: Person, *, before: str | None = None, user_agent: str | None = None
) -> tuple[Actor, str]:
    """Begin a session of somebody who has shown who they are; returns them and its token.

    `before` is the token the browser came with: that session ends, so that nobody goes on in a session somebody else began.
    """
    actor = await as_of_now(db, replace(actor, kind=ActorKind.PERSON, person_id=person.id, is_admin=person.is_admin))
    authorize(actor, Action.SESSION_SIGN_IN)
    replaced = await _end(db, LoginSession.token_hash == digest(before)) if before else ()
    token = new_token()
    session = LoginSession(token_hash=digest(token), person_id=person.id, address=actor.address, user_agent=user_agent)
    db.add(session)
    await db.flush()
    await record(db, actor, Action.SESSION_SIGN_IN, session, changes={"ended": [str(one) for one in replaced]} if replaced else {})
    return replace(actor, session_id=session.id), token


async def _still(db: AsyncSession, person: Person, password: str) -> bool:
    """Tell whether the password is theirs to this moment, and they may sign in; it stays so until we are done."""
    compared = person.password_hash
    await db.refresh(person, with_for_update={"key_share": True})
    if person.password_hash != compared:  # another sign-in may just have hashed the same anew
        async with HASHING:
            same, _ = await matches(password, person.password_hash)
        return same and person.deactivated_at is None
    return person.deactivated_at is None


async def sign_out(db: AsyncSession, actor: Actor) -> None:
    """End the session at once."""
    authorize(actor, Action.SESSION_SIGN_OUT)  # first: an API key has no session to fetch
    session = (await db.execute(select(LoginSession).where(LoginSession.id == actor.session_id).with_for_update())).scalar_one()
    session.ended_at = func.now()
    await record(db, actor, Action.SESSION_SIGN_OUT, session)


async def sessions(db: AsyncSession, actor: Actor) -> Sequence[LoginSession]:
    """Return the sessions the person is signed in with now, the last used first."""
    mine = select(LoginSession).where(LoginSession.person_id == actor.person, _going_on())
    return (await db.execute(mine.order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc()))).scalars().all()


async def end_session(db: AsyncSession, actor: Actor, session_id: UUID) -> None:
    """End one of one's own sessions at once; `NotFound` if it is no session of theirs that goes on."""
    mine = (LoginSession.id == session_id, LoginSession.person_id == actor.person)
    session = (await db.execute(select(LoginSession).where(*mine, _going_on()).with_for_update())).scalar_one_or_none()
    if session is None:
        raise NotFound(f"You have no session {session_id}; it may have ended already.")
    authorize(actor, Action.SESSION_END)
    session.ended_at = func.now()
    await record(db, actor, Action.SESSION_END, session)


async def change_password(db: AsyncSession, actor: Actor, *, current: str, new: str) -> str:
    """Take a new password: every other session of the person ends, and this one gets the token returned.

    Called within `HASHING`, waited for before any connection is held.
    """
    theirs = select(Person).where(Person.id == actor.person).with_for_update(key_share=True)
    person = (await db.execute(theirs)).scalar_one()
    authorize(actor, Action.PASSWORD_CHANGE)
    same, _ = await matches(current, person.password_hash)
    if not same:
        answer = Malformed.field("current", "This is not your present password.")
        raise WrongPassword(answer, actor=actor, email=person.email, person_id=person.id)
    if new == current:
        raise Malformed.field("new", "This is the password you have already.")
    around = select(Project).join(Membership, Membership.project_id == Project.id).where(Membership.person_id == person.id)
    places = [word for one in (await db.execute(around)).scalars() for word in (one.key, one.name)]
    if why := too_near(new, [person.name, person.email, *places]):
        raise Malformed.field("new", why)
    await forgive_attempt(db, actor, str(actor.person))
    person.password_hash, person.has_public_password = await hashed(new), False
    token = new_token()
    await db.execute(update(LoginSession).where(LoginSession.id == actor.session_id).values(token_hash=digest(token)))
    ended = await _end(db, LoginSession.person_id == actor.person, LoginSession.id != actor.session_id)
    await record(db, actor, Action.PASSWORD_CHANGE, person, changes={"ended": sorted(str(one) for one in ended)})
    return token


async def who(
    db: AsyncSession, token: str, *, request_id: str | None = None, address: str | None = None, used: bool = True
) -> Actor | None:
    """Return the person behind a session's token with the roles they have now, or None if it is no (longer a) session.

    `used` tells that somebody acts, which keeps the session from going idle.
    """
    values = {"token": digest(token), "absolute": settings().session_absolute, "idle": settings().session_idle}
    found = await ask(db, WHO, values)
    if not found:
        return None
    ((session_id, person_id, is_admin, idle, held),) = found
    if used and idle > SEEN_EVERY:
        _note_use(db, session_id)
    return Actor(
        ActorKind.PERSON,
        person_id=person_id,
        session_id=session_id,
        is_admin=is_admin,
        roles=_by_project((UUID(project), Role(role)) for project, role in held or ()),
        request_id=request_id,
        address=address,
    )


def _note_use(db: AsyncSession, session_id: UUID) -> None:
    """Note a session's last use as the last thing its transaction does, and only if nobody else has its row.

    Held from the start, the row would keep the session's other requests waiting; and who ends the session would wait for us, while
    we may wait for them.
    """
    free = select(LoginSession.id).where(LoginSession.id == session_id, LoginSession.ended_at.is_(None))
    noting = (
        update(LoginSession)
        .where(LoginSession.id.in_(free.with_for_update(skip_locked=True, key_share=True)))
        .values(last_seen_at=func.now())
        .execution_options(synchronize_session=False)
    )

    def note(session: Session) -> None:
        if not session.in_nested_transaction():
            session.execute(noting)

    event.listen(db.sync_session, "before_commit", note)


async def as_of_now(db: AsyncSession, actor: Actor) -> Actor:
    """Return the actor with the roles they have at this moment."""
    rows = await db.execute(select(Membership.project_id, Membership.role).where(Membership.person_id == actor.person))
    return replace(actor, roles=_by_project((project_id, role) for project_id, role in rows))


def _by_project(held: Iterable[tuple[UUID, Role]]) -> dict[UUID, frozenset[Role]]:
    roles: dict[UUID, set[Role]] = defaultdict(set)
    for project_id, role in held:
        roles[project_id].add(role)
    return {project_id: frozenset(found) for project_id, found in roles.items()}


def _going_on() -> TextClause:
    asked = text(GOING_ON.format(absolute=":absolute", idle=":idle"))
    return asked.bindparams(absolute=settings().session_absolute, idle=settings().session_idle)


async def _end(db: AsyncSession, *which: ColumnElement[bool]) -> Sequence[UUID]:
    ended = update(LoginSession).where(LoginSession.ended_at.is_(None), *which).values(ended_at=func.now())
    return (await db.execute(ended.returning(LoginSession.id))).scalars().all()
