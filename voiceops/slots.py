"""Slots: one asset on one target each. Locking them, putting something live in them, and the manifest that machines are given."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import rfc8785
from sqlalchemy import select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.acceptance import Fitted, kept
from voiceops.config import settings
from voiceops.db import new_id
from voiceops.models import Asset, Decision, Deployment, DeploymentKind, Project, Review, Slot, Target, Verdict, Version
from voiceops.models.actor import Actor

SCHEMA: Final = 1
"""Of the manifest."""
FURTHEST: Final = 1000
BEFORE: Final = f"""
    with recursive row (id, version_id, before, depth) as (
      select d.id, d.version_id, case when d.restores_id is null then d.replaces_id else first.replaces_id end, 0
        from deployments d left join deployments first on first.id = d.restores_id where d.id = :live
      union all
      select d.id, d.version_id, case when d.restores_id is null then d.replaces_id else first.replaces_id end, depth + 1
        from row join deployments d on d.id = row.before left join deployments first on first.id = d.restores_id
        where depth < {FURTHEST}
    )
    select row.id from row join versions v on v.id = row.version_id, deployments live
    where live.id = :live and depth > 0 and v.status = 'approved' and v.id is distinct from live.version_id and not exists (
      select from deployments back join deployments bad on bad.id = back.replaces_id
      where (back.target_id, back.asset_id, back.kind) = (live.target_id, live.asset_id, 'rollback') and bad.version_id = v.id)
    order by depth limit 1
"""  # noqa: S608 - ours
Place = tuple[UUID, UUID]
"""Target and asset."""


@dataclass(frozen=True, slots=True)
class Placing:
    """What goes live in a slot, and why. Without a version nothing is live there any more.

    `version` comes with its audio and script and is heard as `audio`; `restores` is the earlier deployment it had.
    """

    target: Target
    asset: Asset
    version: Version | None
    kind: DeploymentKind
    reason: str
    ticket: str | None = None
    restores: UUID | None = None
    audio: Fitted | None = None


async def lock(db: AsyncSession, project_id: UUID, places: Iterable[Place]) -> Mapping[Place, Slot]:
    """Return the slots, locked until the transaction ends; always in one order, so that two releases never wait for each other."""
    wanted = sorted(set(places))
    rows = [{"project_id": project_id, "target_id": target, "asset_id": asset} for target, asset in wanted]
    await db.execute(insert(Slot).values(rows).on_conflict_do_nothing())
    query = select(Slot).where(tuple_(Slot.target_id, Slot.asset_id).in_(wanted)).order_by(Slot.target_id, Slot.asset_id)
    found = await db.execute(query.with_for_update().execution_options(populate_existing=True))
    return {(slot.target_id, slot.asset_id): slot for slot in found.scalars()}


async def put(db: AsyncSession, actor: Actor, slot: Slot, placing: Placing) -> Deployment:
    """Make it live in a slot that is locked. Its time is later than that of what it replaces, whatever the clock says."""
    version, now = placing.version, await _after(db, slot)
    deployment = Deployment(
        id=new_id(),
        project_id=slot.project_id,
        target_id=slot.target_id,
        asset_id=slot.asset_id,
        version_id=version.id if version else None,
        kind=placing.kind,
        replaces_id=slot.deployment_id,
        restores_id=placing.restores,
        reason=placing.reason,
        ticket=placing.ticket,
        deployed_at=now,
        deployed_by_id=actor.person,
    )
    if version and placing.audio:
        deployment.rendering, deployment.audio_sha256 = kept(placing.audio.profile), placing.audio.sha256
        manifest = rfc8785.dumps(await _manifest(db, deployment, placing, version, placing.audio))
        deployment.manifest, deployment.manifest_sha256 = manifest.decode(), hashlib.sha256(manifest).hexdigest()
    db.add(deployment)
    await db.flush()
    return deployment


def told(before: UUID | None, deployment: Deployment) -> dict[str, Any]:
    """What the record says of a deployment, `before` being the version that was live until then."""
    return {
        "target_id": str(deployment.target_id),
        "version_id": {"from": _id(before), "to": _id(deployment.version_id)},
        "manifest_sha256": deployment.manifest_sha256,
        "ticket": deployment.ticket,
        "restores_id": _id(deployment.restores_id),
    }


async def live_on(db: AsyncSession, version_ids: Collection[UUID]) -> Mapping[UUID, Sequence[str]]:
    """Return the keys of the targets on which each of these versions is live; those that are nowhere are left out."""
    query = select(Slot.version_id, Target.key).join(Target, Target.id == Slot.target_id)
    found: dict[UUID, list[str]] = {}
    for version_id, key in await db.execute(query.where(Slot.version_id.in_(version_ids)).order_by(Target.key)):
        if version_id:
            found.setdefault(version_id, []).append(key)
    return found


async def predecessor(db: AsyncSession, slot: Slot) -> Deployment | None:
    """Return the earlier deployment that a rollback restores, None if there is none.

    It is the newest before the live one whose version is still approved, is not the live one's, and was never rolled back from in
    this slot. What was restored stands in the row where it stood first, so that two rollbacks in a row go back twice.
    """
    found = (await db.execute(text(BEFORE), {"live": slot.deployment_id})).scalar_one_or_none()
    return found and (await db.execute(select(Deployment).where(Deployment.id == found))).scalar_one()


async def _after(db: AsyncSession, slot: Slot) -> datetime:
    query = text("select greatest(clock_timestamp(), cast(:last as timestamptz) + interval '1 microsecond')")
    now: datetime = (await db.execute(query, {"last": slot.deployed_at})).scalar_one()
    return now


async def _manifest(db: AsyncSession, deployment: Deployment, placing: Placing, version: Version, audio: Fitted) -> dict[str, Any]:
    """What a machine has to know to play it and to prove it. It names people by id alone, and no other version."""
    project = (await db.execute(select(Project).where(Project.id == deployment.project_id))).scalar_one()
    here = f"{settings().url}/api/v1/deployments/{deployment.id}"
    return {
        "schema": SCHEMA,
        "deployment_id": str(deployment.id),
        "since": deployment.deployed_at.isoformat(),
        "by": str(deployment.deployed_by_id),
        "reason": placing.reason,
        "ticket": placing.ticket,
        "project_id": str(project.id),
        "project_key": project.key,
        "target_id": str(placing.target.id),
        "target_key": placing.target.key,
        "channel": placing.target.channel,
        "environment": placing.target.environment,
        "asset_id": str(placing.asset.id),
        "asset_key": placing.asset.key,
        "language": placing.asset.language,
        "version_id": str(version.id),
        "number": version.number,
        "fingerprint": version.fingerprint,
        "approved": await _approvals(db, version),
        "audio": {
            "url": f"{here}/audio",
            "sha256": audio.sha256,
            "media_type": audio.profile.kind.media_type,
            "duration_ms": audio.measured["duration_ms"],
            "sample_rate_hz": audio.sample_rate_hz,
            "bytes": audio.bytes,
            "loudness_lufs": audio.measured["loudness_lufs"],
            "true_peak_dbtp": audio.measured["true_peak_dbtp"],
        },
        "captions_url": f"{here}/captions.vtt",
    }


async def _approvals(db: AsyncSession, version: Version) -> list[dict[str, str]]:
    """Who approved it in the round that made it approved, when."""
    newest = select(Review.id).where(Review.version_id == version.id, Review.closed_at.is_not(None))
    newest_id = newest.order_by(Review.id.desc()).limit(1).scalar_subquery()
    query = select(Decision).where(Decision.review_id == newest_id, Decision.verdict == Verdict.APPROVE)
    decisions = (await db.execute(query.order_by(Decision.created_at, Decision.id))).scalars()
    return [{"by": str(one.person_id), "at": one.created_at.isoformat(), "decision_id": str(one.id)} for one in decisions]


def _id(found: UUID | None) -> str | None:
    return None if found is None else str(found)
