"""Inviting people, and accepting: the one way in. The first owner comes in by an invitation that nobody wrote."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.errors import Conflict, FieldError, Forbidden, Malformed, NotFound
from voiceops.models import Action, Invitation, Member, Membership, Person, Project, Role
from voiceops.models.actor import Actor, ActorKind
from voiceops.models.people import email_sha256
from voiceops.policy import authorize, find
from voiceops.tokens import digest, new_token

LASTS: Final = timedelta(days=7)
FOUNDING: Final = 0x7365_6564
"""Advisory lock of who fills an empty database, so that only one does."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who accepts without an account. The hash is made beforehand: it takes as long as much of the rest."""

    name: str
    password_hash: str


async def nobody_yet(db: AsyncSession) -> bool:
    """Tell whether the database is empty, and keep anybody else from filling it in this transaction's time."""
    await db.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": FOUNDING})
    return not (await db.execute(select(exists().select_from(Person)))).scalar_one()


async def first_owner(db: AsyncSession) -> str | None:
    """Return a new token for the first owner, which ends the one before; None once somebody is here."""
    if not await nobody_yet(db):
        return None
    still_open = (Invitation.is_admin, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    await db.execute(update(Invitation).where(*still_open).values(revoked_at=func.now()))
    token = new_token()
    db.add(Invitation(token_hash=digest(token), roles=[], is_admin=True, expires_at=func.now() + LASTS))
    return token


async def invite(
    db: AsyncSession, actor: Actor, project_id: UUID, *, email: str, roles: Collection[Role], reason: str | None
) -> tuple[Invitation, str]:
    """Return an invitation and its token. One that was open for the address ends; who is a member already is a `Conflict`."""
    project = await find(db, actor, Project, project_id, lock=True)
    authorize(actor, Action.MEMBER_INVITE, project.id)
    theirs = select(Membership).join(Person).where(Membership.project_id == project.id, func.lower(Person.email) == email.lower())
    if (await db.execute(theirs.limit(1))).first():
        words = "They are a member of this project already. Change their roles instead."
        raise Conflict(words, errors=[FieldError("email", words)], possible=[str(Action.MEMBER_CHANGE)])
    before = (Invitation.project_id == project.id, func.lower(Invitation.email) == email.lower())
    ended = update(Invitation).where(*before).values(revoked_at=func.now(), email=None).returning(Invitation.id)
    replaced = (await db.execute(ended)).scalar_one_or_none()
    token = new_token()
    invitation = Invitation(
        token_hash=digest(token),
        email=email,
        project_id=project.id,
        roles=sorted(roles),
        is_admin=False,
        invited_by_id=actor.person,
        expires_at=func.now() + LASTS,
    )
    db.add(invitation)
    await db.flush()
    changes = {"email_sha256": email_sha256(email), "roles": sorted(roles), "replaces": str(replaced) if replaced else None}
    await record(db, actor, Action.MEMBER_INVITE, invitation, reason=reason, changes=changes)
    return invitation, token


async def revoke(db: AsyncSession, actor: Actor, invitation_id: UUID) -> None:
    """End an invitation: its link opens nothing any more."""
    invitation = await find(db, actor, Invitation, invitation_id, lock=True)
    authorize(actor, Action.INVITATION_REVOKE, invitation.project_id)
    if not invitation.possible:
        raise Conflict(f"This invitation was {'accepted' if invitation.accepted_at else 'revoked'} already.", possible=[])
    changes = {"email_sha256": email_sha256(invitation.email or ""), "roles": invitation.roles}
    invitation.revoked_at, invitation.email = func.now(), None
    await record(db, actor, Action.INVITATION_REVOKE, invitation, changes=changes)


async def opened(db: AsyncSession, token: str) -> Invitation:
    """Return the invitation of a link, locked; who holds the link may know why it is over (`Conflict`)."""
    query = select(Invitation, why_over()).where(Invitation.token_hash == digest(token)).with_for_update(of=Invitation)
    found = (await db.execute(query)).one_or_none()
    if found is None:
        raise NotFound("This link is no invitation. Copy it whole, or ask for a new one.")
    invitation, why = found
    if why:
        raise Conflict(f"{why} Ask for a new one.", possible=[])
    return invitation


def why_over() -> ColumnElement[str | None]:
    """Return why an invitation opens nothing any more, null while it does. It ends with its inviter's right to invite."""
    owner = (Membership.project_id == Invitation.project_id, Membership.role == Role.OWNER, Person.deactivated_at.is_(None))
    inviting = exists().where(Membership.person_id == Person.id, Person.id == Invitation.invited_by_id, *owner)
    return case(
        (Invitation.accepted_at.is_not(None), "This invitation was used already."),
        (Invitation.revoked_at.is_not(None), "This invitation was taken back."),
        (func.now() >= Invitation.expires_at, "This invitation is over: it was open for 7 days."),
        (Invitation.project_id.is_(None) | inviting, None),
        else_="Who wrote this invitation may no longer invite.",
    )


async def accept(db: AsyncSession, actor: Actor, token: str, newcomer: Newcomer | None) -> Member:
    """Become a member: as who is signed in, or as a newcomer, who gets an account. Roles they have already stay."""
    invitation = await opened(db, token)
    if invitation.project_id is None:
        raise Malformed.field("project", "This link makes the first owner, who names the first project.")
    person = await _accepting(db, actor, invitation, newcomer)
    actor = replace(actor, kind=ActorKind.PERSON, person_id=person.id)
    authorize(actor, Action.MEMBER_ACCEPT)
    mine = (Membership.project_id == invitation.project_id, Membership.person_id == person.id)
    held = dict((await db.execute(select(Membership.role, Membership.created_at).where(*mine))).all())
    before = frozenset(held)
    member = Member(invitation.project_id, person.id, before | frozenset(map(Role, invitation.roles)))
    new = sorted(member.roles - before)
    since = {"created_at": min(held.values())} if held else {}
    db.add_all(Membership(project_id=member.project_id, person_id=person.id, role=role, **since) for role in new)
    _close(invitation, person)
    changes = {"invitation_id": str(invitation.id), "roles": {"from": sorted(before), "to": sorted(member.roles)}}
    await record(db, actor, Action.MEMBER_ACCEPT, member, changes=changes)
    return member


async def found(
    db: AsyncSession, actor: Actor, token: str, newcomer: Newcomer, *, email: str, key: str, name: str
) -> tuple[Person, Project]:
    """Make the first person, who manages the installation and owns the first project."""
    if not await nobody_yet(db):
        raise Conflict("Somebody was here first: this studio has its owner. Ask them for an invitation.", possible=[])
    invitation = await opened(db, token)
    if invitation.project_id is not None:
        raise Malformed.field("project", "This link is to a project that is there already.")
    person = Person(name=newcomer.name, email=email, password_hash=newcomer.password_hash, is_admin=True)
    project = Project(key=key, name=name)
    db.add_all([person, project])
    await db.flush()
    actor = replace(actor, kind=ActorKind.PERSON, person_id=person.id, is_admin=True)
    authorize(actor, Action.STUDIO_FOUND)
    db.add(Membership(project_id=project.id, person_id=person.id, role=Role.OWNER))
    _close(invitation, person)
    changes = {"invitation_id": str(invitation.id), "key": key, "name": name, "owner_id": str(person.id)}
    await record(db, actor, Action.STUDIO_FOUND, project, changes=changes)
    return person, project


async def _accepting(db: AsyncSession, actor: Actor, invitation: Invitation, newcomer: Newcomer | None) -> Person:
    """Return who accepts. Whoever reads these refusals holds the link, and knows the address it was written for."""
    email = invitation.email or ""
    theirs = select(Person).where(func.lower(Person.email) == email.lower())
    person = (await db.execute(theirs)).scalar_one_or_none()
    if actor.kind is ActorKind.PERSON:
        if person is None or person.id != actor.person:
            raise Forbidden(f"This invitation is for {email}. Sign out, then open the link again.")
        return person
    if person is not None and person.deactivated_at:
        raise Conflict(f"The account for {email} is deactivated. Who manages this studio can let it in again.", possible=[])
    if person is not None:
        raise _known(email)
    if newcomer is None:
        raise Malformed(
            "Choose a name and a password.", errors=[FieldError(one, "This is needed.") for one in ("name", "password")]
        )
    person = Person(name=newcomer.name, email=email, password_hash=newcomer.password_hash)
    try:
        async with db.begin_nested():
            db.add(person)
    except IntegrityError as error:  # another invitation for the address was accepted in this moment
        raise _known(email) from error
    return person


def _known(email: str) -> Conflict:
    words = f"There is an account for {email}. Sign in with it, then open the link again."
    return Conflict(words, possible=[str(Action.SESSION_SIGN_IN)])


def _close(invitation: Invitation, person: Person) -> None:
    invitation.accepted_at, invitation.accepted_by_id, invitation.email = func.now(), person.id, None
