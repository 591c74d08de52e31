"""A worker's side of a generation: claim it, keep it, end it. Every write is fenced by the attempt that was claimed.

A queue delivers at least once, and a worker that was stopped may wake and finish late. So each claim raises `attempt`, and
whoever no longer holds the present attempt changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.blobs import BytesDropped
from voiceops.changes import Change, announce
from voiceops.db import ask, new_id, together
from voiceops.jobs import BACKGROUND, DEFER, EXAMINE, deferred
from voiceops.limits import budgets, running
from voiceops.models import Action, Generation, GenerationStatus, Version
from voiceops.models.actor import Actor
from voiceops.models.version import BlobState, fingerprint
from voiceops.policy import authorize

TAKE_UP: Final = """
    select g.project_id, g.asset_id, g.attempt, g.attempts_before, g.failures, g.provider, g.voice, s.text, g.delivery
    from generations g join scripts s on s.id = g.script_id
    where g.id = %(id)s and g.status in ('queued', 'running') for update of g
"""
HOLD_BACK: Final = "update generations set status = 'queued', job_id = null where id = %(id)s"
BEGIN: Final = (
    "update generations set status = 'running', attempt = attempt + 1, progress = 0, started_at = now() where id = %(id)s"
)
ENDED: Final = ("project_id", "asset_id", "provider", "voice", "requested_by_id", "attempt", "characters", "micros", "reserved_on")
END: Final = f"""
    update generations set status = %(status)s::text, finished_at = now(), error_code = %(code)s, error_message = %(message)s,
      progress = case when %(status)s::text = 'succeeded' then 1 else progress end
    where id = %(id)s and status = %(before)s and attempt = coalesce(%(attempt)s, attempt)
    returning {", ".join(ENDED)}
"""  # noqa: S608 - ours
KEEP: Final = f"""
    with blob as (
      insert into blobs (sha256, media_type, bytes, state) values (%(sha256)s, %(media_type)s, %(size)s, 'stored')
      on conflict (sha256) do update set state = blobs.state returning state
    ), counted as (
      update assets set version_count = version_count + 1, updated_at = now() where id = %(asset_id)s returning version_count
    ), kept as (
      insert into versions (id, project_id, asset_id, number, generation_id, script_id, parent_version_id, voice, provider,
        delivery, applied_delivery, provider_metadata, unspoken, reason, audio_sha256, sample_rate_hz, duration_ms, measurements,
        words, fingerprint, created_by_id, status)
      select %(id)s, project_id, asset_id, version_count, id, script_id, parent_version_id, voice, provider,
        delivery, %(applied)s, %(metadata)s, %(unspoken)s, reason, %(sha256)s, %(sample_rate_hz)s, %(duration_ms)s,
        %(measurements)s, %(words)s, %(fingerprint)s, requested_by_id, 'draft'
      from counted, generations where generations.id = %(generation_id)s
      returning number
    ), drawn as (
      insert into waveforms (version_id, samples_per_peak, peaks)
      select %(id)s, zoom, peaks from unnest(%(zooms)s::int[], %(peaks)s::bytea[]) as drawn (zoom, peaks)
    )
    select number, state, {DEFER} from kept, blob
"""  # noqa: S608 - ours
"""The version, and the job that examines it. Naming a blob locks its row: its state is that of now, and stays until the version is
there."""

Failure = tuple[str | None, str | None]
"""Its code, and why in words for people."""


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
    audio: bytes


async def claim(db: AsyncSession, generation_id: UUID) -> Claim | None:
    """Take a pending generation for one more attempt; None if it has ended, or must wait until others that run have."""
    found = await ask(db, TAKE_UP, {"id": generation_id})
    if not found:
        return None
    ((project_id, asset_id, attempt, before, failures, provider, voice, script, delivery),) = found
    if not await running.has_room(db, generation_id, project_id, provider=provider):
        await ask(db, HOLD_BACK, {"id": generation_id})
        return None
    held = Claim(
        generation_id=generation_id,
        project_id=project_id,
        asset_id=asset_id,
        attempt=attempt + 1,
        failures=failures,
        deaths=attempt - before - failures,
        provider=provider,
        voice=voice,
        script=script,
        delivery=delivery,
    )
    async with together(db):
        await ask(db, BEGIN, {"id": generation_id})
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
    """Make the version, with the asset's next number; None if the claim no longer holds. Raises `BytesDropped`."""
    generation = await _end(db, held.generation_id, GenerationStatus.SUCCEEDED, attempt=held.attempt)
    if generation is None:
        return None
    actor = Actor.worker_for(generation.requested_by_id)
    authorize(actor, Action.GENERATION_SUCCEED, generation.project_id)
    version = await _keep(db, generation, held, take)
    changes = {"number": version.number, "audio_sha256": take.sha256, "fingerprint": version.fingerprint, "attempt": held.attempt}
    async with together(db):
        await budgets.spend(db, generation)
        await record(db, actor, Action.GENERATION_SUCCEED, generation, changes=changes, version_id=version.id)
    await running.wake(db, generation.project_id, generation.provider)
    return version


async def fail(db: AsyncSession, held: Claim, *, code: str, message: str) -> bool:
    """End the generation with a reason people understand; False if the claim no longer holds."""
    return await _fail(db, held.generation_id, code, message, attempt=held.attempt)


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
    return await _fail(db, generation_id, code, message)


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


async def _fail(db: AsyncSession, generation_id: UUID, code: str, message: str, *, attempt: int | None = None) -> bool:
    generation = await _end(db, generation_id, GenerationStatus.FAILED, attempt=attempt, failure=(code, message))
    if generation is None:
        return False
    actor = Actor.worker_for(generation.requested_by_id)
    authorize(actor, Action.GENERATION_FAIL, generation.project_id)
    await budgets.give_back(db, generation)
    await running.wake(db, generation.project_id, generation.provider)
    changes = {"error": code, "attempt": generation.attempt}
    await record(db, actor, Action.GENERATION_FAIL, generation, reason=message, changes=changes)
    return True


async def _end(
    db: AsyncSession, generation_id: UUID, status: GenerationStatus, *, attempt: int | None, failure: Failure = (None, None)
) -> Generation | None:
    """End the attempt at a generation that is the present one, or where none is named a generation that waits; None if it isn't.

    What it returns holds no more than `ENDED`. The outcome is one statement, for it is written with every version.
    """
    before = GenerationStatus.QUEUED if attempt is None else GenerationStatus.RUNNING
    outcome = {"status": str(status), "code": failure[0], "message": failure[1]}
    ended = await ask(db, END, {"id": generation_id, "before": str(before), "attempt": attempt, **outcome})
    return Generation(id=generation_id, status=status, **dict(zip(ENDED, ended[0], strict=True))) if ended else None


async def _keep(db: AsyncSession, generation: Generation, held: Claim, take: Take) -> Version:
    """Add the version under the asset's next number; the asset stays locked until it is there or nothing is."""
    version = Version(
        id=new_id(),
        fingerprint=fingerprint(
            script=held.script,
            voice=generation.voice,
            provider=generation.provider,
            delivery=held.delivery,
            audio_sha256=take.sha256,
        ),
    )
    values = {
        "id": version.id,
        "fingerprint": version.fingerprint,
        "generation_id": generation.id,
        "asset_id": generation.asset_id,
        "applied": Jsonb(take.applied),
        "metadata": Jsonb(take.metadata),
        "unspoken": take.unspoken,
        "sha256": take.sha256,
        "media_type": take.media_type,
        "size": take.size,
        "sample_rate_hz": take.sample_rate_hz,
        "duration_ms": take.duration_ms,
        "measurements": Jsonb(take.measurements),
        "words": Jsonb(list(take.words)),
        "zooms": list(take.peaks),
        "peaks": list(take.peaks.values()),
        **deferred(EXAMINE, EXAMINE, priority=BACKGROUND, version_id=str(version.id)),
    }
    ((version.number, state, _job),) = await ask(db, KEEP, values)
    if state == BlobState.DROPPED:
        raise BytesDropped
    return version


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
