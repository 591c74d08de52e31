"""A worker's side of an examination: claim it, settle it once, see that none is forgotten. Each write is fenced by its attempt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, undefer

from voiceops.changes import Change, announce
from voiceops.jobs import BACKGROUND, EXAMINE, enqueue
from voiceops.models import Asset, Examination, ExaminationState, Generation, Version
from voiceops.models.generation import PENDING

QUEUED_AT_ONCE: Final = 100
WITHOUT_JOB: Final = """
not exists (select from procrastinate_jobs j where j.queue_name = 'examine' and j.status in ('todo', 'doing')
  and j.args ->> 'version_id' = examinations.version_id::text)
"""


@dataclass(frozen=True, slots=True)
class Held:
    """One attempt at one examination, with what is needed to make it."""

    version_id: UUID
    project_id: UUID
    asset_id: UUID
    attempt: int
    script: str
    voice: str
    language: str
    delivery: Mapping[str, Any]
    applied: Mapping[str, Any]
    timed: bool
    audio_sha256: str
    duration_ms: int


async def is_busy(db: AsyncSession) -> bool:
    """Tell whether anybody waits for speech."""
    return bool((await db.execute(select(exists().where(Generation.status.in_(PENDING))))).scalar_one())


async def claim(db: AsyncSession, version_id: UUID) -> Held | None:
    """Take a pending examination for one more attempt; None if it has been settled."""
    waiting = and_(Examination.version_id == version_id, Examination.state == ExaminationState.PENDING)
    counted = update(Examination).where(waiting).values(attempt=Examination.attempt + 1).returning(Examination.attempt)
    attempt = (await db.execute(counted)).scalar_one_or_none()
    if attempt is None:
        return None
    shown = (joinedload(Version.script, innerjoin=True), undefer(Version.words))
    query = select(Version, Asset.language).join(Asset, Asset.id == Version.asset_id).where(Version.id == version_id)
    version, language = (await db.execute(query.options(*shown))).one()
    return Held(
        version_id=version.id,
        project_id=version.project_id,
        asset_id=version.asset_id,
        attempt=attempt,
        script=version.script.text,
        voice=version.voice,
        language=language,
        delivery=version.delivery,
        applied=version.applied_delivery,
        timed=bool(version.words),
        audio_sha256=version.audio_sha256,
        duration_ms=version.duration_ms,
    )


async def settle(db: AsyncSession, held: Held, **report: Any) -> bool:  # noqa: ANN401 - JSON
    """Keep what was found and tell of it; False if the claim no longer holds."""
    return await _end(db, held, ExaminationState.DONE, **report)


async def fail(db: AsyncSession, held: Held, *, error: str) -> bool:
    """End it with a reason people understand; False if the claim no longer holds."""
    return await _end(db, held, ExaminationState.FAILED, error=error)


async def queue_missing(db: AsyncSession) -> int:
    """Queue what waits without a job: versions older than examinations, and what a dead worker had. Returns how many."""
    late = and_(
        Examination.state == ExaminationState.PENDING,
        Examination.made_at < func.now() - text("interval '10 seconds'"),
        text(WITHOUT_JOB),
    )
    query = select(Examination.version_id).where(late).order_by(Examination.made_at.desc()).limit(QUEUED_AT_ONCE)
    missing = (await db.execute(query)).scalars().all()
    for version_id in missing:
        await enqueue(db, EXAMINE, EXAMINE, priority=BACKGROUND, version_id=str(version_id))
    return len(missing)


def _holding(held: Held) -> ColumnElement[bool]:
    return and_(
        Examination.version_id == held.version_id,
        Examination.attempt == held.attempt,
        Examination.state == ExaminationState.PENDING,
    )


async def _end(db: AsyncSession, held: Held, state: ExaminationState, **values: Any) -> bool:  # noqa: ANN401 - JSON
    ended = update(Examination).where(_holding(held)).values(state=state, finished_at=func.now(), **values)
    settled = await db.execute(ended.returning(Examination.version_id), execution_options={"synchronize_session": False})
    if settled.scalar_one_or_none() is None:
        return False
    where = str(held.project_id), str(held.asset_id)
    await announce(db, Change(Version.noun, str(held.version_id), "version.examined", *where))
    return True
