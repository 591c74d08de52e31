"""What a worker does for who asked: a release begins at its time, and ends at its time, or fails and says why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import exists, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops import notices, placing, slots
from voiceops.acceptance import Fitted, heard_then
from voiceops.audit import record
from voiceops.carrying import carry_out, clock, pieces_of
from voiceops.errors import Refused
from voiceops.jobs import RELEASE, enqueue
from voiceops.models import (
    Action,
    Asset,
    Deployment,
    DeploymentKind,
    Release,
    ReleaseItem,
    ReleaseStatus,
    Slot,
    Status,
    Target,
    Version,
)
from voiceops.models.actor import Actor
from voiceops.models.notice import NoticeKind
from voiceops.notices import About
from voiceops.placing import WHOLE
from voiceops.policy import authorize
from voiceops.profiles import Profile
from voiceops.slots import Placing

FURTHEST: Final = 100
"""How many ended releases in a row an end looks behind."""
DUE: Final = """
    select r.id from releases r
    where (r.status = 'scheduled' and r.starts_at <= now() or r.status = 'live' and r.finished_at is null and r.ends_at <= now())
      and not exists (select from procrastinate_jobs j where j.task_name = :task and j.args ->> 'release_id' = r.id::text
        and j.status in ('todo', 'doing') and coalesce(j.scheduled_at, now()) <= now() + interval '5 seconds')
    limit 50
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A version that has to be rendered for a target before anything is done."""

    target_id: UUID
    version: Version
    profile: Profile


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done with a release now: begin it or end it, with these versions."""

    ends: bool
    wanted: Sequence[Wanted]


@dataclass(frozen=True, slots=True)
class Left:
    """A slot that is locked, where what an item put is still live, and what comes back: nothing, where nothing can."""

    slot: Slot
    target: Target
    asset: Asset
    earlier: Deployment | None
    version: Version | None


async def queue_due(db: AsyncSession) -> None:
    """Give each release whose time has come a job, where its own was lost."""
    for release_id in (await db.execute(text(DUE), {"task": RELEASE})).scalars().all():
        await enqueue(db, RELEASE, RELEASE, release_id=str(release_id))


async def look(db: AsyncSession, release_id: UUID) -> Due | None:
    """Return what is to be done now; None where nothing is, as for a job that comes late, twice or by a clock that was set back."""
    release = await _due(db, release_id)
    if release is None:
        return None
    if release.status is ReleaseStatus.SCHEDULED:
        pieces = await pieces_of(db, release)
        return Due(ends=False, wanted=[Wanted(one.target.id, one.version, one.profile) for one in pieces])
    found = [(one, one.earlier, one.version) for one in await _left(db, release)]
    back = [
        Wanted(one.target.id, version, heard_then(earlier, one.target)) for one, earlier, version in found if earlier and version
    ]
    return Due(ends=True, wanted=back)


async def start(db: AsyncSession, release_id: UUID, made: Mapping[tuple[UUID, UUID], Fitted]) -> None:
    """Carry it out for who asked, with the rights they have by now; raises what keeps it from that."""
    release = await _due(db, release_id)
    if release is None or release.status is not ReleaseStatus.SCHEDULED:
        return
    actor = Actor.worker_for(release.requested_by_id)
    authorize(actor, Action.RELEASE_START, release.project_id)
    pieces = await pieces_of(db, release)
    await carry_out(db, actor, release, pieces, made)
    items = await db.execute(select(ReleaseItem.deployment_id).where(ReleaseItem.release_id == release.id))
    told = {"deployment_ids": sorted(str(one) for one in items.scalars())}
    await record(db, actor, Action.RELEASE_START, release, reason=release.reason, changes=told)


async def fail(db: AsyncSession, release_id: UUID, *, why: str) -> None:
    """End it without having done any of it, and tell who asked."""
    release = await _due(db, release_id)
    if release is None or release.status is not ReleaseStatus.SCHEDULED:
        return
    actor = Actor.worker_for(release.requested_by_id)
    authorize(actor, Action.RELEASE_FAIL, release.project_id)
    release.status, release.error, release.finished_at = ReleaseStatus.FAILED, why, await clock(db)
    await db.flush()
    await record(db, actor, Action.RELEASE_FAIL, release, reason=why)
    await _tell(db, release)


async def end(db: AsyncSession, release_id: UUID, made: Mapping[tuple[UUID, UUID], Fitted]) -> None:
    """Let what was there before come back, wherever what it put there is still live."""
    release = await _due(db, release_id)
    if release is None or release.status is not ReleaseStatus.LIVE:
        return
    actor = Actor.worker_for(release.requested_by_id)
    authorize(actor, Action.RELEASE_END, release.project_id)
    stays = []
    for left in await _left(db, release):
        try:
            await _bring_back(db, actor, release, left, made)
        except Refused as refused:
            stays.append(f"{left.asset.key} on {left.target.key} stays: {refused.detail}")
    release.status, release.finished_at, release.error = ReleaseStatus.ENDED, await clock(db), " ".join(stays) or None
    await db.flush()
    await record(db, actor, Action.RELEASE_END, release, reason=release.reason, changes={"stays": stays})
    if stays:
        await _tell(db, release)


async def _due(db: AsyncSession, release_id: UUID) -> Release | None:
    """Return the release, locked, if its time has come."""
    query = select(Release).where(Release.id == release_id).with_for_update().execution_options(populate_existing=True)
    release = (await db.execute(query)).scalar_one_or_none()
    if release is None or release.finished_at is not None:
        return None
    at = {ReleaseStatus.SCHEDULED: release.starts_at, ReleaseStatus.LIVE: release.ends_at}.get(release.status)
    return release if at is not None and at <= await clock(db) else None


async def _left(db: AsyncSession, release: Release) -> list[Left]:
    """Return the items that are still live, their slots locked, with what was there before."""
    query = select(ReleaseItem, Target, Asset).join(Target, Target.id == ReleaseItem.target_id)
    query = query.join(Asset, Asset.id == ReleaseItem.asset_id).where(ReleaseItem.release_id == release.id)
    rows = (await db.execute(query.order_by(ReleaseItem.position))).all()
    locked = await slots.lock(db, release.project_id, [(item.target_id, item.asset_id) for item, _, _ in rows])
    found = []
    for item, target, asset in rows:
        slot = locked[item.target_id, item.asset_id]
        if slot.deployment_id == item.deployment_id:
            earlier = await _before(db, item.deployment_id)
            version = await _approved(db, earlier) if earlier else None
            found.append(Left(slot, target, asset, earlier if version else None, version))
    return found


async def _before(db: AsyncSession, deployment_id: UUID | None) -> Deployment | None:
    """Return what was live before it, but nothing that a release put there which has ended meanwhile."""
    ended = exists().where(
        ReleaseItem.deployment_id == Deployment.id,
        Release.id == ReleaseItem.release_id,
        or_(Release.status == ReleaseStatus.ENDED, (Release.finished_at.is_(None)) & (Release.ends_at <= text("now()"))),
    )
    at = deployment_id
    for turn in range(FURTHEST):
        row = (await db.execute(select(Deployment, ended).where(Deployment.id == at))).one_or_none()
        if row is None:
            return None
        deployment, over = row
        if turn and not over:
            return deployment if deployment.version_id else None
        at = deployment.replaces_id
    return None


async def _approved(db: AsyncSession, earlier: Deployment) -> Version | None:
    query = select(Version).where(Version.id == earlier.version_id, Version.status == Status.APPROVED).options(*WHOLE)
    return (await db.execute(query)).scalar_one_or_none()


async def _bring_back(
    db: AsyncSession, actor: Actor, release: Release, left: Left, made: Mapping[tuple[UUID, UUID], Fitted]
) -> None:
    target, asset, earlier, version = left.target, left.asset, left.earlier, left.version
    await placing.check_free(db, actor, target, left.slot, over_pin=False)
    fitted = made.get((target.id, version.id)) if version else None
    why = (release.reason, release.ticket)
    if earlier is None or version is None or fitted is None:
        what = Placing(target, asset, None, DeploymentKind.RETIRE, *why)
    else:
        authorize(actor, Action.DEPLOYMENT_RETURN, release.project_id)
        version = (await placing.lock_versions(db, [version.id]))[version.id]
        placing.check_version(version)
        await placing.check_stored(db, fitted)
        what = Placing(target, asset, version, DeploymentKind.RETURN, *why, earlier.restores_id or earlier.id, fitted)
    await placing.put(db, actor, left.slot, what, release_id=str(release.id))


async def _tell(db: AsyncSession, release: Release) -> None:
    first = select(Version).join(ReleaseItem, ReleaseItem.version_id == Version.id).where(ReleaseItem.release_id == release.id)
    version = (await db.execute(first.order_by(ReleaseItem.position).limit(1))).scalar_one()
    await notices.tell(db, NoticeKind.RELEASE_FAILED, About(version, release.requested_by_id), [release.requested_by_id])
