"""A worker's side of a generation: claim it, keep it, end it. Every write is fenced by the attempt that was claimed.

A queue delivers at least once, and a worker that was stopped may wake and finish late. So each claim raises `attempt`, and
whoever no longer holds the present attempt changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from voiceops.audit import record
from voiceops.changes import Change, announce
from voiceops.jobs import BACKGROUND, EXAMINE, GENERATE, enqueue, generation_queue
from voiceops.limits import budgets, running
from voiceops.models import Action, Asset, Blob, Generation, GenerationStatus, Version, Waveform
from voiceops.models.actor import Actor
from voiceops.models.generation import PENDING
from voiceops.models.version import BlobState, fingerprint
from voiceops.policy import authorize

LIVING_JOB: Final = """
select from procrastinate_jobs j where j.id = generations.job_id and (
  j.status = 'todo'
  or j.status = 'doing' and (
    generations.status = 'running'
    or (select max(e.at) from procrastinate_events e where e.job_id = j.id) > now() - interval '10 seconds'))
"""
"""A job that will come to its generation. One that is being done while the generation is queued is about to claim it, or has just
put it back; if that lasts, its worker could not say that it was done with it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at one generation, with what is needed to speak it.

    `failures` are the attempts that failed since it was asked for, `deaths` those of which nobody ever heard again.
    """

    generation_id: UUID
    project_id: UUID
    asset_id: UUID
    attempt: int
    failures: int
    deaths: int
    provider: str
    voice: str
    script: str
    delivery: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Take:
    """What was spoken, measured and stored already, ready to become a version."""

    sha256: str
    media_type: str
    size: int
    sample_rate_hz: int
    duration_ms: int
    measurements: Mapping[str, Any]
    peaks: Mapping[int, bytes]
    words: Sequence[Mapping[str, Any]]
    applied: Mapping[str, Any]
    metadata: Mapping[str, Any]
    unspoken: str


async def claim(db: AsyncSession, generation_id: UUID) -> Claim | None:
    """Take a pending generation for one more attempt; None if it has ended, or must wait until others that run have."""
    query = select(Generation).where(Generation.id == generation_id).options(joinedload(Generation.script, innerjoin=True))
    generation = (await db.execute(query.with_for_update(of=Generation))).scalar_one_or_none()
    if generation is None or generation.status not in PENDING:
        return None
    if not await running.has_room(db, generation):
        generation.status, generation.job_id = GenerationStatus.QUEUED, None
        return None
    generation.status = GenerationStatus.RUNNING
    generation.attempt += 1
    generation.progress = 0.0
    generation.started_at = func.now()
    held = Claim(
        generation_id=generation.id,
        project_id=generation.project_id,
        asset_id=generation.asset_id,
        attempt=generation.attempt,
        failures=generation.failures,
        deaths=generation.attempt - generation.attempts_before - generation.failures - 1,
        provider=generation.provider,
        voice=generation.voice,
        script=generation.script.text,
        delivery=generation.delivery,
    )
    await _announce(db, held, GenerationStatus.RUNNING)
    return held


async def keep(db: AsyncSession, held: Claim, progress: float) -> bool:
    """Note the progress, 0..1; False tells the worker to stop, because the generation was cancelled or taken over."""
    generation = await _held(db, held)
    if generation is None:
        return False
    if progress > generation.progress:
        generation.progress = progress
        await _announce(db, held, generation.status, progress)
    return True


async def succeed(db: AsyncSession, held: Claim, take: Take) -> Version | None:
    """Make the version, with the asset's next number; None if the claim no longer holds."""
    ended = await _end(db, _holding(held), GenerationStatus.SUCCEEDED, progress=1.0)
    if not ended:
        return None
    (generation,) = ended
    actor = Actor.worker_for(generation.requested_by_id)
    authorize(actor, Action.GENERATION_SUCCEED, generation.project_id)
    await _keep_blob(db, take)
    version = _version(generation, held, take, await _next_number(db, generation.asset_id))
    db.add(version)
    await db.flush()
    db.add_all(Waveform(version_id=version.id, samples_per_peak=zoom, peaks=peaks) for zoom, peaks in take.peaks.items())
    await db.flush()
    await budgets.spend(db, generation)
    await running.wake(db, generation.project_id, generation.provider)
    changes = {"number": version.number, "audio_sha256": take.sha256, "fingerprint": version.fingerprint, "attempt": held.attempt}
    await enqueue(db, EXAMINE, EXAMINE, priority=BACKGROUND, version_id=str(version.id))
    await record(db, actor, Action.GENERATION_SUCCEED, generation, changes=changes, version_id=version.id)
    return version


async def fail(db: AsyncSession, held: Claim, *, code: str, message: str) -> bool:
    """End the generation with a reason people understand; False if the claim no longer holds."""
    return bool(await _fail(db, _holding(held), code, message))


async def put_back(db: AsyncSession, held: Claim, *, code: str, message: str, failed: bool) -> bool:
    """Queue the generation for its next attempt, saying why this one ended; False if the claim no longer holds.

    One that `failed` counts as such; one that was merely interrupted counts as none.
    """
    generation = await _held(db, held)
    if generation is None:
        return False
    generation.status = GenerationStatus.QUEUED
    generation.progress = 0.0
    generation.failures += int(failed)
    generation.attempts_before += int(not failed)
    generation.error_code, generation.error_message = code, message
    await running.wake(db, generation.project_id, generation.provider)
    await _announce(db, held, generation.status)
    return True


async def unspeakable(db: AsyncSession, providers: Collection[str]) -> Sequence[UUID]:
    """Return what waits for a provider that is none of these, and would wait for ever."""
    waiting = (Generation.status == GenerationStatus.QUEUED, Generation.provider.not_in(list(providers)))
    return (await db.execute(select(Generation.id).where(*waiting))).scalars().all()


async def abandon(db: AsyncSession, generation_id: UUID, *, code: str, message: str) -> bool:
    """End a generation that waits and that nobody will claim; False if it waits no more. One a transaction: it locks budgets."""
    waiting = and_(Generation.id == generation_id, Generation.status == GenerationStatus.QUEUED)
    return bool(await _fail(db, waiting, code, message))


async def requeue_orphans(db: AsyncSession) -> int:
    """Give every pending generation without a living job a new one; returns how many there were. Who is held back has none."""
    query = select(Generation).where(
        Generation.status.in_(PENDING), Generation.job_id.is_not(None), text(f"not exists ({LIVING_JOB})")
    )
    orphans = (await db.execute(query.with_for_update(skip_locked=True))).scalars().all()
    for generation in orphans:
        queue = generation_queue(generation.provider)
        generation.job_id = await enqueue(db, GENERATE, queue, generation_id=str(generation.id))
    return len(orphans)


def _holding(held: Claim) -> ColumnElement[bool]:
    """The fence: true of the generation as long as nobody claimed or ended it after this claim."""
    return and_(
        Generation.id == held.generation_id,
        Generation.attempt == held.attempt,
        Generation.status == GenerationStatus.RUNNING,
    )


async def _held(db: AsyncSession, held: Claim) -> Generation | None:
    """Return the generation, locked, if this claim still holds it."""
    return (await db.execute(select(Generation).where(_holding(held)).with_for_update())).scalar_one_or_none()


async def _fail(db: AsyncSession, which: ColumnElement[bool], code: str, message: str) -> int:
    ended = await _end(db, which, GenerationStatus.FAILED, error_code=code, error_message=message)
    for generation in ended:
        actor = Actor.worker_for(generation.requested_by_id)
        authorize(actor, Action.GENERATION_FAIL, generation.project_id)
        await budgets.give_back(db, generation)
        await running.wake(db, generation.project_id, generation.provider)
        changes = {"error": code, "attempt": generation.attempt}
        await record(db, actor, Action.GENERATION_FAIL, generation, reason=message, changes=changes)
    return len(ended)


async def _end(db: AsyncSession, which: ColumnElement[bool], status: GenerationStatus, **values: Any) -> Sequence[Generation]:  # noqa: ANN401
    """Give these generations their end, and return them; one statement, for it is written with every version."""
    outcome = {"error_code": None, "error_message": None, **values, "status": status, "finished_at": func.now()}
    ended = update(Generation).where(which).values(outcome).returning(Generation)
    return (await db.execute(ended, execution_options={"synchronize_session": False})).scalars().all()


async def _next_number(db: AsyncSession, asset_id: UUID) -> int:
    """Take the asset's next version number; the row stays locked until the version is there or nothing is."""
    counted = update(Asset).where(Asset.id == asset_id).values(version_count=Asset.version_count + 1, updated_at=func.now())
    return (await db.execute(counted.returning(Asset.version_count))).scalar_one()


async def _keep_blob(db: AsyncSession, take: Take) -> None:
    blob = insert(Blob).values(sha256=take.sha256, media_type=take.media_type, bytes=take.size, state=BlobState.STORED)
    again = {"state": BlobState.STORED}
    await db.execute(blob.on_conflict_do_update(index_elements=[Blob.sha256], set_=again, where=Blob.state != BlobState.STORED))


def _version(generation: Generation, held: Claim, take: Take, number: int) -> Version:
    return Version(
        project_id=generation.project_id,
        asset_id=generation.asset_id,
        number=number,
        generation_id=generation.id,
        script_id=generation.script_id,
        parent_version_id=generation.parent_version_id,
        voice=generation.voice,
        provider=generation.provider,
        delivery=generation.delivery,
        applied_delivery=take.applied,
        provider_metadata=take.metadata,
        unspoken=take.unspoken,
        reason=generation.reason,
        audio_sha256=take.sha256,
        sample_rate_hz=take.sample_rate_hz,
        duration_ms=take.duration_ms,
        measurements=take.measurements,
        words=list(take.words),
        fingerprint=fingerprint(
            script=held.script,
            voice=generation.voice,
            provider=generation.provider,
            delivery=generation.delivery,
            audio_sha256=take.sha256,
        ),
        created_by_id=generation.requested_by_id,
    )


async def _announce(db: AsyncSession, held: Claim, status: GenerationStatus, progress: float = 0.0) -> None:
    """Tell of a step that is no action of anybody's: started, got on, put back."""
    change = Change(
        type=Generation.noun,
        id=str(held.generation_id),
        action="generation.progress",
        project_id=str(held.project_id),
        asset_id=str(held.asset_id),
        status=status,
        progress=progress,
    )
    await announce(db, change)
