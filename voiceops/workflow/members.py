"""Who is a member of a project, and with which roles."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.errors import Conflict, NotFound
from voiceops.models import Action, Member, Membership, Person, Project, Role
from voiceops.models.actor import Actor
from voiceops.policy import authorize, find


class Listed(NamedTuple):
    """A member, who that is, and since when."""

    member: Member
    person: Person
    since: datetime


async def listed(db: AsyncSession, project_id: UUID) -> Sequence[Listed]:
    """Return a project's members by name."""
    query = (
        select(Person, func.array_agg(Membership.role), func.min(Membership.created_at))
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.project_id == project_id)
        .group_by(Person.id)
        .order_by(Person.name, Person.id)
    )
    rows = [(person, frozenset(map(Role, roles)), since) for person, roles, since in await db.execute(query)]
    owners = [person.id for person, roles, _ in rows if Role.OWNER in roles and person.deactivated_at is None]
    return [
        Listed(Member(project_id, person.id, roles, is_last_owner=owners == [person.id]), person, since)
        for person, roles, since in rows
    ]


async def change(
    db: AsyncSession, actor: Actor, project_id: UUID, person_id: UUID, *, roles: Collection[Role], reason: str
) -> Member:
    """Give a member these roles and no others, since when they joined; the last owner stays one."""
    member, _, since = await _found(db, actor, project_id, person_id)
    authorize(actor, Action.MEMBER_CHANGE, project_id)
    wanted = frozenset(roles)
    if member.is_last_owner and Role.OWNER not in wanted:
        raise _ownerless(possible=[])
    gone, come = member.roles - wanted, wanted - member.roles
    if gone or come:
        await _take(db, member, gone)
        db.add_all(Membership(project_id=project_id, person_id=person_id, role=role, created_at=since) for role in sorted(come))
        changes = {"roles": {"from": sorted(member.roles), "to": sorted(wanted)}}
        await record(db, actor, Action.MEMBER_CHANGE, member, reason=reason, changes=changes)
    return replace(member, roles=wanted)


async def remove(db: AsyncSession, actor: Actor, project_id: UUID, person_id: UUID, *, reason: str) -> None:
    """Take a member out of the project: with the next request it is not there for them."""
    member = (await _found(db, actor, project_id, person_id)).member
    authorize(actor, Action.MEMBER_REMOVE, project_id)
    if member.is_last_owner:
        raise _ownerless(possible=member.possible)
    await _take(db, member, member.roles)
    changes = {"roles": {"from": sorted(member.roles), "to": []}}
    await record(db, actor, Action.MEMBER_REMOVE, member, reason=reason, changes=changes)


async def _found(db: AsyncSession, actor: Actor, project_id: UUID, person_id: UUID) -> Listed:
    """Return the member, with the project locked: its owners leave one after the other, so that one stays."""
    await find(db, actor, Project, project_id, lock=True)
    for one in await listed(db, project_id):
        if one.person.id == person_id:
            return one
    raise NotFound(f"There is no member {person_id} here.")


async def _take(db: AsyncSession, member: Member, roles: Collection[Role]) -> None:
    mine = (Membership.project_id == member.project_id, Membership.person_id == member.id)
    await db.execute(delete(Membership).where(*mine, Membership.role.in_(roles)))


def _ownerless(*, possible: Collection[Action]) -> Conflict:
    words = "This is the project's last owner. Make another member owner first."
    return Conflict(words, possible=[str(one) for one in possible])
