"""`/people`: everybody here, for who manages the installation."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.api.deps import Caller, Db, Part, cursor_after, paged
from voiceops.api.payloads import Asked, Email, In, Out, Page, PersonName, Reason, Time, WhyIn
from voiceops.errors import NotFound
from voiceops.models import Action, LoginSession, Membership, Person, Project, Role
from voiceops.models.actor import Actor
from voiceops.policy import allowed, authorize
from voiceops.workflow import people

router = APIRouter(tags=["people"])


class PersonPatch(In):
    """What of a person may change; what is left out, or null, stays. Changing `is_admin` asks for a reason."""

    name: PersonName | None = None
    email: Email | None = None
    is_admin: bool | None = None
    reason: Reason | None = None


class Belonging(Out):
    """A project somebody is a member of, and with which roles; nothing of what is in it."""

    id: UUID
    key: str
    name: str
    roles: list[Role]


class AccountOut(Out):
    """A person and their account. `last_seen_at` is true to the minute, null if they never signed in."""

    id: UUID
    name: str
    email: str
    is_admin: bool
    is_you: bool
    created_at: Time
    deactivated_at: Time | None
    last_seen_at: Time | None
    projects: list[Belonging]
    can: list[Action]


@router.get("/people")
async def list_people(
    db: Db,
    actor: Caller,
    part: Part,
    query: Annotated[Asked | None, Query(max_length=200, description="In name or address.")] = None,
) -> Page[AccountOut]:
    """List everybody, the newest first."""
    authorize(actor, Action.PERSON_CHANGE)
    wanted = select(Person)
    if query:
        wanted = wanted.where(or_(*(field.icontains(query, autoescape=True) for field in (Person.name, Person.email))))
    rows = (await db.execute(paged(wanted, Person.id, part))).scalars().all()
    items = await _out(db, actor, rows[: part.limit])
    return Page(items=items, next_cursor=cursor_after(items, rows, part))


@router.get("/people/{person}")
async def get_person(person: UUID, db: Db, actor: Caller) -> AccountOut:
    """Show one person."""
    authorize(actor, Action.PERSON_CHANGE)
    return await _show(db, actor, person)


@router.patch("/people/{person}")
async def change_person(person: UUID, body: PersonPatch, db: Db, actor: Caller) -> AccountOut:
    """Change what somebody is called, their address, or whether they manage the installation."""
    changes = body.model_dump(exclude_none=True, exclude={"reason"})
    await people.change(db, actor, person, changes, reason=body.reason)
    return await _show(db, actor, person)


@router.post("/people/{person}/deactivate")
async def deactivate_person(person: UUID, body: WhyIn, db: Db, actor: Caller) -> AccountOut:
    """Let somebody in no more: every session of theirs ends at once. Their memberships stay."""
    await people.deactivate(db, actor, person, reason=body.reason)
    return await _show(db, actor, person)


@router.post("/people/{person}/reactivate")
async def reactivate_person(person: UUID, body: WhyIn, db: Db, actor: Caller) -> AccountOut:
    """Let somebody in again."""
    await people.reactivate(db, actor, person, reason=body.reason)
    return await _show(db, actor, person)


async def _show(db: AsyncSession, actor: Actor, person_id: UUID) -> AccountOut:
    await db.flush()
    person = (await db.execute(select(Person).where(Person.id == person_id))).scalar_one_or_none()
    if person is None:
        raise NotFound(f"There is no person {person_id} here.")
    return (await _out(db, actor, [person]))[0]


async def _out(db: AsyncSession, actor: Actor, shown: Iterable[Person]) -> list[AccountOut]:
    found = list(shown)
    ids = [person.id for person in found]
    seen = select(LoginSession.person_id, func.max(LoginSession.last_seen_at)).group_by(LoginSession.person_id)
    last_seen = dict((await db.execute(seen.where(LoginSession.person_id.in_(ids)))).all())
    belongs = await _belongings(db, Membership.person_id.in_(ids))
    alone = await _only_admin(db)
    return [
        AccountOut(
            id=person.id,
            name=person.name,
            email=person.email,
            is_admin=person.is_admin,
            is_you=person.id == actor.person,
            created_at=person.created_at,
            deactivated_at=person.deactivated_at,
            last_seen_at=last_seen.get(person.id),
            projects=belongs[person.id],
            can=[one for one in allowed(actor, person) if one is not Action.PERSON_DEACTIVATE or person.id != alone],
        )
        for person in found
    ]


async def _belongings(db: AsyncSession, whose: ColumnElement[bool]) -> dict[UUID, list[Belonging]]:
    query = (
        select(Membership.person_id, Project, func.array_agg(Membership.role))
        .join(Project, Project.id == Membership.project_id)
        .where(whose)
        .group_by(Membership.person_id, Project.id)
        .order_by(Project.name)
    )
    belongs: dict[UUID, list[Belonging]] = defaultdict(list)
    for person_id, project, roles in await db.execute(query):
        mine = sorted(Role(role) for role in roles)
        belongs[person_id].append(Belonging(id=project.id, key=project.key, name=project.name, roles=mine))
    return belongs


async def _only_admin(db: AsyncSession) -> UUID | None:
    managing = select(Person.id).where(Person.is_admin, Person.deactivated_at.is_(None)).limit(2)
    found = (await db.execute(managing)).scalars().all()
    return found[0] if len(found) == 1 else None
