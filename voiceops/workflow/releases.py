"""Releases: many versions go live as one act, all of them or none; at once, or at a time; where a target says so, by two people.

What takes long is done between transactions: `look` finds what is to be proved and rendered; what acts checks it all again, with
every slot locked in one order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from voiceops import notices
from voiceops.audit import record
from voiceops.carrying import (
    Piece,
    Renditions,
    carry_out,
    check_asked,
    check_fits,
    check_may,
    clock,
    find_pieces,
    pieces_of,
    shown,
    text,
    told,
)
from voiceops.db import new_id
from voiceops.errors import Conflict, Forbidden, Malformed
from voiceops.jobs import RELEASE, enqueue
from voiceops.models import Action, Project, Release, ReleaseItem, ReleaseStatus
from voiceops.models.actor import Actor, ActorKind
from voiceops.models.notice import NoticeKind
from voiceops.notices import About
from voiceops.policy import allowed, authorize, find, members_who_may


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: versions for targets, why, and from when until when."""

    items: Sequence[tuple[UUID, UUID]]
    reason: str
    ticket: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    over_pin: bool = False


async def look(db: AsyncSession, actor: Actor, project_id: UUID, wish: Wish) -> list[Piece]:
    """Return what is to be proved and rendered, if all of it may be asked for now."""
    await find(db, actor, Project, project_id)
    authorize(actor, Action.RELEASE_CREATE, project_id)
    await _check_times(db, wish)
    pieces = await find_pieces(db, project_id, wish.items)
    for piece in pieces:
        check_asked(actor, piece)
    return pieces


async def create(db: AsyncSession, actor: Actor, project_id: UUID, wish: Wish, made: Renditions) -> Release:
    """Ask for a release. It is carried out at once unless it has to wait, for its time or for a second person."""
    pieces = await look(db, actor, project_id, wish)
    two = any(piece.target.two_people for piece in pieces)
    release = Release(
        id=new_id(),
        project_id=project_id,
        status=ReleaseStatus.WAITING if two else ReleaseStatus.SCHEDULED,
        two_people=two,
        over_pin=wish.over_pin and actor.kind is ActorKind.PERSON,
        reason=wish.reason,
        ticket=wish.ticket,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        requested_by_id=actor.person,
        requested_key_id=actor.key_id,
    )
    db.add(release)
    await db.flush()
    place = {"release_id": release.id, "project_id": project_id}
    for one in pieces:
        ids = {"target_id": one.target.id, "asset_id": one.asset.id, "version_id": one.version.id}
        db.add(ReleaseItem(**place, **ids, position=one.position))
    await db.flush()
    for piece in pieces:
        await check_fits(db, piece, made)
    what = {"items": [told(piece) for piece in pieces], "ticket": wish.ticket}
    times = {"starts_at": text(wish.starts_at), "ends_at": text(wish.ends_at), "two_people": two}
    await record(db, actor, Action.RELEASE_CREATE, release, reason=wish.reason, changes={**what, **times})
    if two:
        await _ask_for_second(db, release, pieces[0])
    else:
        await _begin_or_wait(db, actor, release, pieces, made)
    return release


async def confirm(db: AsyncSession, actor: Actor, release_id: UUID, made: Renditions, *, reason: str) -> Release:
    """Let it happen, as the second person: somebody else with the right, who has looked."""
    release = await find(db, actor, Release, release_id, lock=True)
    check_may_confirm(actor, release)
    pieces = await pieces_of(db, release)
    for piece in pieces:
        check_may(actor, piece)
    now = await clock(db)
    if release.ends_at and release.ends_at <= now:
        raise Conflict(
            f"It was to end at {shown(release.ends_at)}, which is past. Cancel it, and ask anew.", possible=can(actor, release)
        )
    release.confirmed_by_id, release.confirmed_at = actor.person, now
    await record(db, actor, Action.RELEASE_CONFIRM, release, reason=reason, changes={"items": [told(piece) for piece in pieces]})
    await _begin_or_wait(db, Actor.worker_for(release.requested_by_id, actor.request_id), release, pieces, made)
    return release


async def cancel(db: AsyncSession, actor: Actor, release_id: UUID, *, reason: str) -> Release:
    """Take it back before it began. Of one that is live, its end is taken back: what it put there stays."""
    release = await find(db, actor, Release, release_id, lock=True)
    authorize(actor, Action.RELEASE_CANCEL, release.project_id)
    if Action.RELEASE_CANCEL not in release.possible:
        raise Conflict(f"This release is {release.status}; there is nothing left to cancel.", possible=can(actor, release))
    for piece in await pieces_of(db, release):
        check_may(actor, piece)
    before, stays = release.status, release.status is ReleaseStatus.LIVE
    release.finished_at = await clock(db)
    if not stays:
        release.status = ReleaseStatus.CANCELLED
    await db.flush()
    changes = {"status": {"from": before, "to": release.status}, "ends_at": {"from": text(release.ends_at), "to": None}}
    await record(db, actor, Action.RELEASE_CANCEL, release, reason=reason, changes=changes)
    return release


def check_may_confirm(actor: Actor, release: Release) -> None:
    """Raise unless this is the second person, and the release waits for one."""
    authorize(actor, Action.RELEASE_CONFIRM, release.project_id)
    if release.requested_by_id == actor.person:
        raise Forbidden("Who asked for a release does not confirm it: that takes a second person.")
    if release.status is not ReleaseStatus.WAITING:
        raise Conflict(f"This release is {release.status}; it waits for nobody.", possible=can(actor, release))


def can(actor: Actor, release: Release) -> list[Action]:
    """Return what somebody may do to a release: nobody confirms what they asked for."""
    own = release.requested_by_id == actor.person_id
    return [action for action in allowed(actor, release) if not (own and action is Action.RELEASE_CONFIRM)]


async def _begin_or_wait(db: AsyncSession, actor: Actor, release: Release, pieces: Sequence[Piece], made: Renditions) -> None:
    if release.starts_at is None or release.starts_at <= await clock(db):
        await carry_out(db, actor, release, pieces, made)
        return
    release.status = ReleaseStatus.SCHEDULED
    await db.flush()
    await enqueue(db, RELEASE, RELEASE, at=release.starts_at, release_id=str(release.id))


async def _check_times(db: AsyncSession, wish: Wish) -> None:
    now = await clock(db)
    if wish.starts_at is not None and wish.starts_at <= now:
        raise Malformed.field("starts_at", f"A release starts in the future; it is {shown(now)}. Leave it out to start at once.")
    if wish.ends_at is not None and wish.ends_at <= (wish.starts_at or now):
        raise Malformed.field("ends_at", "A release ends after it starts, and in the future.")


async def _ask_for_second(db: AsyncSession, release: Release, first: Piece) -> None:
    """Tell those who may confirm it."""
    people = (await db.execute(members_who_may(Action.RELEASE_CONFIRM, release.project_id))).scalars().all()
    await notices.tell(db, NoticeKind.RELEASE_ASKED, About(first.version, release.requested_by_id), people)
