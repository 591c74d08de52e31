"""`/versions/{version}/submit` and every other step of a version's life, one by one and for many at once."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.api.deps import Caller, CallerBriefly, Db, Held, Parts
from voiceops.api.payloads import All, In, Instant, Reason, ReasonIn, WhyIn
from voiceops.api.versions import SHOWN, VersionOut, show
from voiceops.models import Action, Verdict, Version
from voiceops.models.actor import Actor
from voiceops.policy import find
from voiceops.workflow import archiving, checks, dropping, reviews, submitting
from voiceops.workflow.reviews import Opinion, Seen
from voiceops.workflow.submitting import Wish

router = APIRouter(tags=["lifecycle"])


class SubmitIn(In):
    """Why, of whom and until when a review is asked; with nobody named it is asked of all who may decide."""

    reason: Reason | None = None
    reviewers: Annotated[list[UUID], Field(max_length=50, default_factory=list)]
    due_at: Instant | None = None


class DecisionIn(WhyIn):
    """Why somebody decides so, and which share of the audio their player had played, 0 to 1."""

    heard: Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)] | None = None


class ManyIn(WhyIn):
    """Which versions of the project, and why."""

    version_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]


async def _one(db: AsyncSession, actor: Actor, version_id: UUID) -> VersionOut:
    await db.flush()
    return (await show(db, actor, [await find(db, actor, Version, version_id, load=SHOWN)]))[0]


@router.post("/versions/{version}/submit")
async def submit_version(version: UUID, db: Db, actor: Caller, body: SubmitIn | None = None) -> VersionOut:
    """Ask for a review."""
    asked = body or SubmitIn(reviewers=[])
    wish = Wish(asked.reason, asked.reviewers, asked.due_at)
    await submitting.submit(db, actor, version, wish, gate=checks.blockers)
    return await _one(db, actor, version)


@router.post("/versions/{version}/withdraw")
async def withdraw_version(version: UUID, db: Db, actor: Caller, body: ReasonIn | None = None) -> VersionOut:
    """Take a version back from review; what was decided lapses."""
    await submitting.withdraw(db, actor, version, reason=body.reason if body else None)
    return await _one(db, actor, version)


@router.post("/versions/{version}/approve")
async def approve_version(version: UUID, body: DecisionIn, db: Db, held: Held, actor: CallerBriefly) -> VersionOut:
    """Approve exactly this audio: it is read and hashed anew first. The approval that completes the policy's ends the review."""
    seen = await _look(held, actor, version, Verdict.APPROVE)
    await reviews.prove(held.store, seen)
    await reviews.decide(db, actor, version, seen, Opinion(Verdict.APPROVE, body.reason, body.heard))
    return await _one(db, actor, version)


@router.post("/versions/{version}/request-changes")
async def request_changes(version: UUID, body: DecisionIn, db: Db, held: Held, actor: CallerBriefly) -> VersionOut:
    """End the review: the version is a draft again, and approvals given in this review lapse."""
    seen = await _look(held, actor, version, Verdict.REQUEST_CHANGES)
    await reviews.decide(db, actor, version, seen, Opinion(Verdict.REQUEST_CHANGES, body.reason, body.heard))
    return await _one(db, actor, version)


@router.post("/versions/{version}/archive")
async def archive_version(version: UUID, body: WhyIn, db: Db, actor: Caller) -> VersionOut:
    """Put a version away."""
    await archiving.archive(db, actor, version, reason=body.reason)
    return await _one(db, actor, version)


@router.post("/versions/{version}/restore")
async def restore_version(version: UUID, body: WhyIn, db: Db, actor: Caller) -> VersionOut:
    """Make an archived version a draft again."""
    await archiving.restore(db, actor, version, reason=body.reason)
    return await _one(db, actor, version)


@router.post("/versions/{version}/drop-audio")
async def drop_audio(version: UUID, body: WhyIn, db: Db, actor: Caller) -> VersionOut:
    """Drop the audio of an archived version. Hash, measurements, waveform, words, captions and the record stay.

    Nothing brings it back but a take whose bytes are the very same; that is recorded, and both are told with the version.
    """
    await dropping.drop(db, actor, version, reason=body.reason)
    return await _one(db, actor, version)


@router.post("/projects/{project}/versions/archive")
async def archive_versions(project: UUID, body: ManyIn, db: Db, actor: Caller) -> All[VersionOut]:
    """Put many versions away: all of them or none."""
    await archiving.move_many(db, actor, Action.VERSION_ARCHIVE, project, body.version_ids, reason=body.reason)
    return await _many(db, actor, body.version_ids)


@router.post("/projects/{project}/versions/restore")
async def restore_versions(project: UUID, body: ManyIn, db: Db, actor: Caller) -> All[VersionOut]:
    """Make many archived versions drafts again: all of them or none."""
    await archiving.move_many(db, actor, Action.VERSION_RESTORE, project, body.version_ids, reason=body.reason)
    return await _many(db, actor, body.version_ids)


async def _look(held: Parts, actor: Actor, version: UUID, verdict: Verdict) -> Seen:
    """Find the round in a transaction of its own: reading the audio takes longer than one may stay open."""
    async with held.database.session.begin() as db:
        return await reviews.look(db, actor, version, verdict)


async def _many(db: AsyncSession, actor: Actor, version_ids: Sequence[UUID]) -> All[VersionOut]:
    await db.flush()
    found = (await db.execute(select(Version).where(Version.id.in_(version_ids)).options(*SHOWN))).scalars()
    by_id = {version.id: version for version in found}
    return All(items=await show(db, actor, [by_id[version_id] for version_id in dict.fromkeys(version_ids)]))
