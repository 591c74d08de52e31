"""Dropping audio: what a project's policy lets go, found by a job, and what an owner decides to let go.

Bytes are one for all who name them, so a master goes only when every version that names it may. Whoever drops locks in this order:
policies, blobs, versions. Naming a blob locks it too (`voiceops.blobs`), so what was looked at under the lock is how it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, ColumnExpressionArgument, and_, cast, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from voiceops.audit import record
from voiceops.errors import Conflict, FieldError
from voiceops.jobs import DELETE, RETENTION, enqueue
from voiceops.models import Action, Asset, AuditEvent, Blob, Deployment, Drop, Policy, Rendition, Slot, Status, Version
from voiceops.models.actor import Actor, ActorKind
from voiceops.models.version import BlobState
from voiceops.policy import authorize, find

BATCH: Final = 50
"""Masters a transaction, or renditions."""

Days = ColumnExpressionArgument[int] | ColumnExpressionArgument[int | None]


def never_deployed(version: type[Version]) -> ColumnElement[bool]:
    """True of versions that were never live anywhere. No policy drops the others: an owner decides each."""
    return ~exists(select(Deployment.id).where(Deployment.version_id == version.id))


def may_go(version: type[Version], days: Days) -> ColumnElement[bool]:
    """True of versions archived for so many days, and never live; where the days are null of none."""
    old = version.archived_at < func.now() - func.make_interval(0, 0, 0, days)
    return and_(version.status == Status.ARCHIVED, never_deployed(version), func.coalesce(old, False))


def all_may_go(sha256: ColumnExpressionArgument[str], days: Days, policy: type[Policy]) -> ColumnElement[bool]:
    """True of blobs that no version keeps, where each goes after the days given for the project of `policy`, and no rendition."""
    other, made, rendition = aliased(Version), aliased(Version), aliased(Rendition)
    staying = select(other.id).join(policy, policy.project_id == other.project_id)
    staying = staying.where(other.audio_sha256 == sha256, ~may_go(other, days))
    of_others = select(rendition.version_id).join(made, made.id == rendition.version_id)
    of_others = of_others.where(rendition.sha256 == sha256, made.audio_sha256 != sha256)
    return and_(~exists(staying), ~exists(of_others))


def unused(days: Days) -> ColumnElement[bool]:
    """True of renditions nobody asked for on any of so many days, and that are live nowhere; where the days are null of none."""
    here = select(Slot.asset_id).join(Deployment, Deployment.id == Slot.deployment_id)
    live = exists(here.where(Deployment.version_id == Rendition.version_id, Deployment.audio_sha256 == Rendition.sha256))
    return and_(func.coalesce(Rendition.used_on < func.current_date() - days, False), ~live)


@dataclass(frozen=True, slots=True)
class Why:
    """Whose decision it is that a version's audio goes: an owner's for a reason, or a policy's after so many days."""

    actor: Actor
    days: int | None
    reason: str


async def drop(db: AsyncSession, actor: Actor, version_id: UUID, *, reason: str) -> Version:
    """Drop the audio of an archived version, and with it that of all archived versions of the project that name these bytes.

    Refused where anything else names and keeps them. A job deletes the bytes.
    """
    version = await find(db, actor, Version, version_id)
    authorize(actor, Action.AUDIO_DROP, version.project_id)
    (blob,) = await _lock(db, [version.audio_sha256])
    naming = await _naming(db, blob)
    _check_may_go(version, blob)
    await _check_nobody_keeps(db, version, blob, [one for one, days in naming if not _goes_too(version, one, days)])
    decided = Why(actor, None, reason)
    whys = {version.project_id: decided}
    for one, days in naming:
        if one.project_id not in whys and days is not None:
            whys[one.project_id] = await _of_policy(db, one.project_id, days)
    await _drop(db, blob, [one for one, _ in naming], whys)
    await enqueue(db, DELETE, RETENTION)
    return version


async def drop_old(db: AsyncSession) -> int:
    """Drop one batch of masters that the policies let go; returns how many, 0 when nothing is left."""
    await _hold_policies(db)
    policy = aliased(Policy)
    going = select(Version.audio_sha256).join(Policy, Policy.project_id == Version.project_id)
    going = going.where(may_go(Version, Policy.archived_audio_days))
    found = select(Blob.sha256).where(Blob.state == BlobState.STORED, Blob.sha256.in_(going))
    found = found.where(all_may_go(Blob.sha256, policy.archived_audio_days, policy)).order_by(Blob.sha256).limit(BATCH)
    dropped = 0
    whys: dict[UUID, Why] = {}
    for blob in await _lock(db, (await db.execute(found)).scalars().all()):
        naming = await _naming(db, blob)
        if blob.state is BlobState.DROPPED or not all(days is not None for _, days in naming):
            continue  # somebody was here between the question and the lock
        for version, days in naming:
            if version.project_id not in whys and days is not None:
                whys[version.project_id] = await _of_policy(db, version.project_id, days)
        await _drop(db, blob, [version for version, _ in naming], whys)
        dropped += 1
    return dropped


async def drop_unused(db: AsyncSession) -> int:
    """Drop one batch of renditions that nobody used for long, or whose master is gone; returns how many, 0 when nothing is left."""
    await _hold_policies(db)
    gone = unused(Policy.renditions_days) | (Blob.state == BlobState.DROPPED)
    found = select(Rendition.version_id, Rendition.profile, Rendition.sha256).join(
        Policy, Policy.project_id == Rendition.project_id
    )
    found = found.join(Version, Version.id == Rendition.version_id).join(Blob, Blob.sha256 == Version.audio_sha256).where(gone)
    rows = (await db.execute(found.order_by(Rendition.version_id, Rendition.profile).limit(BATCH))).all()
    return await _drop_renditions(db, [(row.version_id, row.profile) for row in rows], {row.sha256 for row in rows}) if rows else 0


async def _hold_policies(db: AsyncSession) -> None:
    """Keep the policies that let anything go as they are until this ends: what an owner has taken back drops nothing more."""
    active = or_(Policy.archived_audio_days.is_not(None), Policy.renditions_days.is_not(None))
    await db.execute(select(Policy.project_id).where(active).order_by(Policy.project_id).with_for_update(read=True))


async def _lock(db: AsyncSession, sha256s: Sequence[str]) -> Sequence[Blob]:
    query = select(Blob).where(Blob.sha256.in_(sha256s)).order_by(Blob.sha256).with_for_update()
    return (await db.execute(query, execution_options={"populate_existing": True})).scalars().all()


async def _naming(db: AsyncSession, blob: Blob) -> Sequence[tuple[Version, int | None]]:
    """Return all versions that name it, locked; with each the days after which its policy lets it go, if it does so by now."""
    query = select(Version, Policy.archived_audio_days, may_go(Version, Policy.archived_audio_days).label("goes"))
    query = query.join(Policy, Policy.project_id == Version.project_id).where(Version.audio_sha256 == blob.sha256)
    query = query.order_by(Version.id).with_for_update(of=Version, key_share=True)
    rows = (await db.execute(query, execution_options={"populate_existing": True})).all()
    return [(version, days if goes else None) for version, days, goes in rows]


def _goes_too(version: Version, other: Version, days: int | None) -> bool:
    return days is not None or (other.project_id == version.project_id and other.status is Status.ARCHIVED)


def _check_may_go(version: Version, blob: Blob) -> None:
    possible = [str(step) for step in version.steps]
    if version.status is not Status.ARCHIVED:
        words = version.status.replace("_", " ")
        raise Conflict(f"This version is {words}: only the audio of archived versions can be dropped.", possible=possible)
    if blob.state is BlobState.DROPPED:
        raise Conflict("The audio of this version was dropped already.", possible=possible)


async def _check_nobody_keeps(db: AsyncSession, version: Version, blob: Blob, keeping: Sequence[Version]) -> None:
    query = select(Asset.id, Asset.key).where(Asset.id.in_([one.asset_id for one in keeping]))
    keys = {row.id: row.key for row in (await db.execute(query)).all()}
    here = [one for one in keeping if one.project_id == version.project_id]
    errors = [
        FieldError("audio", f"Version {one.number} of {keys[one.asset_id]} is {one.status.replace('_', ' ')}.") for one in here
    ]
    rendered = select(Rendition.version_id).join(Version, Version.id == Rendition.version_id)
    rendered = rendered.where(Rendition.sha256 == blob.sha256, Version.audio_sha256 != blob.sha256)
    if len(here) < len(keeping) or (await db.execute(rendered)).first():
        errors.append(FieldError("audio", "They are in use outside of what this project shows."))
    if errors:
        words = "The very same bytes are in use elsewhere, so they are kept. Nothing was dropped."
        raise Conflict(words, errors=errors, possible=[str(step) for step in version.steps])


async def _of_policy(db: AsyncSession, project_id: UUID, days: int) -> Why:
    """Return on whose behalf the policy acts: who last set its days, which the record tells."""
    changed = and_(AuditEvent.log == project_id, AuditEvent.action == Action.POLICY_CHANGE)
    named = cast(AuditEvent.payload, JSONB)["changes"].has_key("archived_audio_days")
    query = select(AuditEvent.actor_id).where(changed, named).order_by(AuditEvent.seq.desc()).limit(1)
    person = (await db.execute(query)).scalar_one_or_none()
    actor = Actor(ActorKind.WORKER, UUID(person) if person else None)
    authorize(actor, Action.AUDIO_DROP, project_id)
    return Why(actor, days, f"Archived for more than {days} {'day' if days == 1 else 'days'}, as the policy says.")


async def _drop(db: AsyncSession, blob: Blob, naming: Sequence[Version], whys: Mapping[UUID, Why]) -> None:
    """Mark the blob, let the renditions of its versions go with it, and tell of each version."""
    ids = [version.id for version in naming]
    made = select(Rendition.version_id, Rendition.profile, Rendition.sha256).where(Rendition.version_id.in_(ids))
    renditions = (await db.execute(made)).all()
    await _drop_renditions(db, [(one.version_id, one.profile) for one in renditions], {one.sha256 for one in renditions})
    blob.state = BlobState.DROPPED
    for version in naming:
        why = whys[version.project_id]
        place = {"project_id": version.project_id, "asset_id": version.asset_id, "version_id": version.id}
        decided = {"days": why.days, "reason": why.reason if why.days is None else None}
        db.add(Drop(**place, **decided, person_id=why.actor.person_id))
        gone: dict[str, Any] = {"audio_sha256": blob.sha256, "bytes": blob.bytes, "days": why.days}
        gone["renditions"] = sorted(one.profile for one in renditions if one.version_id == version.id)
        await record(db, why.actor, Action.AUDIO_DROP, version, reason=why.reason, changes=gone)
    await db.flush()


async def _drop_renditions(db: AsyncSession, keys: Sequence[tuple[UUID, str]], sha256s: set[str]) -> int:
    """Remove these rows and mark their bytes, unless something else names them. A row that names others by now stays."""
    if not keys:
        return 0
    await _lock(db, sorted(sha256s))
    these = and_(tuple_(Rendition.version_id, Rendition.profile).in_(keys), Rendition.sha256.in_(sha256s))
    removed = (await db.execute(delete(Rendition).where(these).returning(Rendition.sha256))).scalars().all()
    named = or_(
        exists(select(Version.id).where(Version.audio_sha256 == Blob.sha256)),
        exists(select(Rendition.version_id).where(Rendition.sha256 == Blob.sha256)),
    )
    marked = update(Blob).where(Blob.sha256.in_(removed), Blob.state == BlobState.STORED, ~named)
    await db.execute(marked.values(state=BlobState.DROPPED), execution_options={"synchronize_session": False})
    return len(removed)
