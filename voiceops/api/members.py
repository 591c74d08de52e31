"""`/projects/{project}/members`: who is in a project, and with which roles."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, Field
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.api.deps import Caller, Db, PersonOnly
from voiceops.api.payloads import All, Out, Time, WhyIn
from voiceops.models import Action, Project, Role
from voiceops.models.actor import Actor
from voiceops.policy import allowed, find
from voiceops.workflow import accounts, members
from voiceops.workflow.members import Listed

router = APIRouter(tags=["members"])

Roles = Annotated[list[Role], Field(min_length=1, max_length=6), AfterValidator(lambda roles: sorted(set(roles)))]


class RolesIn(WhyIn):
    """The roles a member is to have, all of them, and why."""

    roles: Roles


class MemberPerson(Out):
    """Who a member is."""

    id: UUID
    name: str
    email: str


class MemberOut(Out):
    """A member; one who is not `active` can't sign in."""

    person: MemberPerson
    roles: list[Role]
    since: Time
    active: bool
    is_you: bool
    can: list[Action]


def _out(actor: Actor, one: Listed) -> MemberOut:
    person = MemberPerson(id=one.person.id, name=one.person.name, email=one.person.email)
    return MemberOut(
        person=person,
        roles=sorted(one.member.roles),
        since=one.since,
        active=one.person.deactivated_at is None,
        is_you=one.person.id == actor.person,
        can=allowed(actor, one.member),
    )


async def _all(db: AsyncSession, actor: Actor, project: UUID) -> list[MemberOut]:
    return [_out(actor, one) for one in await members.listed(db, project)]


@router.get("/projects/{project}/members")
async def list_members(project: UUID, db: Db, actor: PersonOnly) -> All[MemberOut]:
    """List the project's members by name."""
    await find(db, actor, Project, project)
    return All(items=await _all(db, actor, project))


@router.put("/projects/{project}/members/{person}")
async def change_member(project: UUID, person: UUID, body: RolesIn, db: Db, actor: Caller) -> MemberOut:
    """Give a member other roles, from their next request on."""
    member = await members.change(db, actor, project, person, roles=body.roles, reason=body.reason)
    return next(one for one in await _all(db, await accounts.as_of_now(db, actor), project) if one.person.id == member.id)


@router.delete("/projects/{project}/members/{person}", status_code=204)
async def remove_member(project: UUID, person: UUID, body: WhyIn, db: Db, actor: Caller) -> None:
    """Take a member out of the project, from their next request on."""
    await members.remove(db, actor, project, person, reason=body.reason)
