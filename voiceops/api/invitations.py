"""`/projects/{project}/invitations` and `/invitations`: asking people in, and coming in."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from voiceops.api.deps import Anonymous, Caller, Db, Held, Part, Parts, cursor_after, paged
from voiceops.api.identity import session_before, set_session
from voiceops.api.members import Roles
from voiceops.api.payloads import Asked, Email, In, NewPassword, Out, Page, PersonName, PersonOut, Reason, Time
from voiceops.api.projects import ProjectIn
from voiceops.api.session import SessionOut, browser_of, session_of
from voiceops.config import settings
from voiceops.errors import Malformed
from voiceops.models import Action, Invitation, Person, Project, Role
from voiceops.models.actor import Actor
from voiceops.passwords import HASHING, hashed, too_near
from voiceops.policy import allowed, authorize, find
from voiceops.workflow import accounts, invitations
from voiceops.workflow.invitations import Newcomer

router = APIRouter(tags=["invitations"])

Token = Annotated[Asked, Field(max_length=200, description="What stands behind the # of the link.")]


class State(StrEnum):
    """Whether a link still opens something."""

    OPEN = "open"
    OVER = "over"


class InvitationIn(In):
    """Whom to invite, as what."""

    email: Email
    roles: Roles
    reason: Reason | None = None


class InvitationOut(Out):
    """An invitation nobody has accepted. When it is `over` (too old, or its writer is no owner any more), `why` tells."""

    id: UUID
    email: str
    roles: list[Role]
    invited_by: PersonOut | None
    created_at: Time
    expires_at: Time
    state: State
    why: str | None
    can: list[Action]


class InvitedOut(InvitationOut):
    """A new invitation. The link is told this once; send it to who is invited."""

    link: str


class LookIn(In):
    """The token of a link."""

    token: Token


class LookOut(Out):
    """What a link is for. `project` is null for the first owner's, `has_account` asks to sign in first."""

    email: str | None
    project: str | None
    roles: list[Role]
    invited_by: str | None
    expires_at: Time
    has_account: bool


class AcceptIn(In):
    """Coming in: signed in, the token is enough; else name and password; the first owner tells everything."""

    token: Token
    name: PersonName | None = None
    email: Email | None = None
    password: NewPassword | None = None
    project: ProjectIn | None = None


@router.get("/projects/{project}/invitations")
async def list_invitations(project: UUID, db: Db, actor: Caller, part: Part) -> Page[InvitationOut]:
    """List the invitations nobody has accepted, the newest first."""
    await find(db, actor, Project, project)
    authorize(actor, Action.MEMBER_INVITE, project)
    pending = (Invitation.project_id == project, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    rows = (await db.execute(paged(_shown().where(*pending), Invitation.id, part))).all()
    items = [_out(actor, *row) for row in rows[: part.limit]]
    return Page(items=items, next_cursor=cursor_after(items, rows, part))


@router.post("/projects/{project}/invitations", status_code=201)
async def invite(project: UUID, body: InvitationIn, request: Request, response: Response, db: Db, actor: Caller) -> InvitedOut:
    """Invite somebody. Inviting an address again ends the link before, so this takes no `Idempotency-Key`."""
    made, token = await invitations.invite(db, actor, project, email=body.email, roles=body.roles, reason=body.reason)
    query = _shown().where(Invitation.id == made.id).execution_options(populate_existing=True)
    shown = _out(actor, *(await db.execute(query)).one())
    response.headers["Cache-Control"] = "no-store"
    here = settings().url if settings().base_url else str(request.base_url).rstrip("/")
    return InvitedOut(**shown.model_dump(), link=f"{here}/welcome#{token}")


@router.delete("/invitations/{invitation:uuid}", status_code=204)
async def revoke_invitation(invitation: UUID, db: Db, actor: Caller) -> None:
    """End an invitation: its link opens nothing any more."""
    await invitations.revoke(db, actor, invitation)


@router.post("/invitations/look")
async def look(body: LookIn, db: Db) -> LookOut:
    """Tell who holds a link what it is for."""
    invitation = await invitations.opened(db, body.token)
    inviter = await db.get(Person, invitation.invited_by_id) if invitation.invited_by_id else None
    project = await db.get(Project, invitation.project_id) if invitation.project_id else None
    theirs = select(Person.id).where(func.lower(Person.email) == (invitation.email or "").lower())
    return LookOut(
        email=invitation.email,
        project=project and project.name,
        roles=[Role(role) for role in invitation.roles],
        invited_by=inviter and inviter.name,
        expires_at=invitation.expires_at,
        has_account=(await db.execute(theirs)).first() is not None,
    )


@router.post("/invitations/accept")
async def accept(body: AcceptIn, request: Request, response: Response, db: Db, held: Held, origin: Anonymous) -> SessionOut:
    """Come in. Who was not signed in is now."""
    newcomer = await _newcomer(held, body)
    token = session_before(request)
    known = await accounts.who(db, token, request_id=origin.request_id, address=origin.address) if token else None
    if body.project:
        person = await _found(db, origin, body, newcomer)
    else:
        member = await invitations.accept(db, known or origin, body.token, newcomer)
        if known:
            return await session_of(db, await accounts.as_of_now(db, known))
        person = await db.get_one(Person, member.id)
    actor, token = await accounts.sign_in(db, origin, person, before=token, user_agent=browser_of(request))
    set_session(request, response, token)
    return await session_of(db, actor)


async def _newcomer(held: Parts, body: AcceptIn) -> Newcomer | None:
    """Return who comes in without an account. Nothing is locked while a password is hashed, and none is for who has no link."""
    if not body.name or not body.password:
        return None
    async with held.database.session.begin() as db:
        invitation = await invitations.opened(db, body.token)
        project = await db.get(Project, invitation.project_id) if invitation.project_id else body.project
    place = (project.key, project.name) if project else ()
    if why := too_near(body.password, [body.name, invitation.email or body.email or "", *place]):
        raise Malformed.field("password", why)
    async with HASHING:
        return Newcomer(body.name, await hashed(body.password))


async def _found(db: AsyncSession, actor: Actor, body: AcceptIn, newcomer: Newcomer | None) -> Person:
    if newcomer is None or body.project is None:
        raise Malformed.field("password" if body.name else "name", "The first owner needs a name and a password.")
    if body.email is None:
        raise Malformed.field("email", "The first owner needs an e-mail address to sign in with.")
    person, _ = await invitations.found(
        db, actor, body.token, newcomer, email=body.email, key=body.project.key, name=body.project.name
    )
    return person


def _shown() -> Select[Invitation, str | None]:
    return select(Invitation, invitations.why_over()).options(joinedload(Invitation.invited_by))


def _out(actor: Actor, invitation: Invitation, why: str | None) -> InvitationOut:
    return InvitationOut(
        id=invitation.id,
        email=invitation.email or "",
        roles=[Role(role) for role in invitation.roles],
        invited_by=invitation.invited_by and PersonOut.of(invitation.invited_by),
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
        state=State.OVER if why else State.OPEN,
        why=why,
        can=allowed(actor, invitation),
    )
