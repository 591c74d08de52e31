"""Everybody here, as who manages the installation sees them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.errors import Conflict, FieldError, Malformed, NotFound
from voiceops.models import Action, LoginSession, Person
from voiceops.models.actor import Actor
from voiceops.models.people import email_sha256
from voiceops.policy import authorize


async def change(
    db: AsyncSession, actor: Actor, person_id: UUID, changes: Mapping[str, Any], *, reason: str | None = None
) -> Person:
    """Change name, e-mail address, or whether they manage the installation, which asks for a reason."""
    authorize(actor, Action.PERSON_CHANGE)
    admins, person = await _found(db, person_id)
    before = {name: getattr(person, name) for name, value in changes.items() if getattr(person, name) != value}
    if "is_admin" in before:
        if reason is None:
            raise Malformed.field("reason", "Say why: this changes what they may do.")
        if admins == [person.id]:
            raise Conflict("This is the installation's last administrator. Make somebody else one first.", possible=[])
    try:
        async with db.begin_nested():
            for name in before:
                setattr(person, name, changes[name])
    except IntegrityError as error:
        words = "Somebody else here has this e-mail address."
        raise Conflict(words, errors=[FieldError("email", words)], possible=[]) from error
    if before:
        told = {name: _told(name, value, changes[name]) for name, value in before.items()}
        await record(db, actor, Action.PERSON_CHANGE, person, reason=reason, changes=told)
    return person


async def deactivate(db: AsyncSession, actor: Actor, person_id: UUID, *, reason: str) -> Person:
    """Let them in no more, at once and everywhere; their memberships stay for when they come back."""
    authorize(actor, Action.PERSON_DEACTIVATE)
    admins, person = await _found(db, person_id)
    if person.deactivated_at is not None:
        raise Conflict("They are deactivated already.", possible=[str(one) for one in person.possible])
    if admins == [person.id]:
        raise Conflict("This is the installation's last administrator. Make somebody else one first.", possible=[])
    person.deactivated_at = func.now()
    going_on = (LoginSession.person_id == person.id, LoginSession.ended_at.is_(None))
    ended = await db.execute(update(LoginSession).where(*going_on).values(ended_at=func.now()).returning(LoginSession.id))
    sessions = sorted(str(one) for one in ended.scalars())
    await record(db, actor, Action.PERSON_DEACTIVATE, person, reason=reason, changes={"ended": sessions})
    return person


async def reactivate(db: AsyncSession, actor: Actor, person_id: UUID, *, reason: str) -> Person:
    """Let them in again, with the memberships they had."""
    authorize(actor, Action.PERSON_REACTIVATE)
    _, person = await _found(db, person_id)
    if person.deactivated_at is None:
        raise Conflict("They are active already.", possible=[str(one) for one in person.possible])
    person.deactivated_at = None
    await record(db, actor, Action.PERSON_REACTIVATE, person, reason=reason)
    return person


async def _found(db: AsyncSession, person_id: UUID) -> tuple[Sequence[UUID], Person]:
    """Return who manages the installation, and the person, all of them locked: nobody leaves that duty meanwhile.

    The person comes last, as they are by then, so that of many who change the same each sees what the one before did.
    """
    managing = select(Person.id).where(Person.is_admin, Person.deactivated_at.is_(None)).order_by(Person.id)
    admins = (await db.execute(managing.with_for_update(key_share=True))).scalars().all()
    theirs = select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    person = (await db.execute(theirs, execution_options={"populate_existing": True})).scalar_one_or_none()
    if person is None:
        raise NotFound(f"There is no person {person_id} here.")
    return admins, person


def _told(name: str, before: Any, after: Any) -> object:  # noqa: ANN401 - text or truth
    """Tell a change without telling who it is: the record holds neither names nor addresses."""
    if name == "email":
        return {"from_sha256": email_sha256(before), "to_sha256": email_sha256(after)}
    return {"from": before, "to": after} if name == "is_admin" else {"changed": True}
