"""How many generations run at once, of a project and of a provider.

What runs is counted in the rows themselves, under a lock, when a worker claims: a killed worker leaves nothing behind but its
running row, which the sweep hands on. A generation that finds no room is held back: it keeps its place, and gives up its job, so
that no queue turns around it. Whoever ends a running one gives the longest held back a new job.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from voiceops.config import settings
from voiceops.jobs import GENERATE, enqueue, generation_queue
from voiceops.models import Generation, GenerationStatus, Limits

RUNNING = Generation.status == GenerationStatus.RUNNING
HELD_BACK = (Generation.status == GenerationStatus.QUEUED) & Generation.job_id.is_(None)


async def has_room(db: AsyncSession, generation: Generation) -> bool:
    """Tell whether one more may run beside those that do. True holds until the transaction ends."""
    others = Generation.id != generation.id
    if await _room_of_project(db, generation.project_id, others) < 1:
        return False
    room = await _room_of_provider(db, generation.provider, others)
    return room is None or room >= 1


async def wake(db: AsyncSession, project_id: UUID, provider: str | None = None) -> None:
    """Give new jobs to those held back for which there is room now, the longest waiting first.

    Called in the transaction that makes the room, `provider` being the one that has it. One too many does no harm: it finds no
    room when it is claimed, and is held back again.
    """
    await db.flush()
    room = await _room_of_project(db, project_id)
    if room > 0:
        full = [name for name in sorted(settings().provider_concurrency) if await _room_of_provider(db, name) == 0]
        await _give_jobs(db, [Generation.project_id == project_id, Generation.provider.not_in(full)], room)
    shared = await _room_of_provider(db, provider) if provider else None
    if shared:
        await _give_jobs(db, [Generation.provider == provider, Generation.project_id != project_id], shared)


async def projects_waiting(db: AsyncSession) -> Sequence[UUID]:
    """Return the projects that have something held back."""
    return (await db.execute(select(Generation.project_id).where(HELD_BACK).distinct())).scalars().all()


async def _room_of_project(db: AsyncSession, project_id: UUID, *among: ColumnElement[bool]) -> int:
    """Return how many more may run. The row of limits is the lock: claims and ends of one project come one after the other."""
    bound = select(Limits.concurrency).where(Limits.project_id == project_id).with_for_update(key_share=True)
    limit = (await db.execute(bound)).scalar_one()
    return limit - await _count(db, Generation.project_id == project_id, *among)


async def _room_of_provider(db: AsyncSession, provider: str, *among: ColumnElement[bool]) -> int | None:
    """Return how many more may run, over all projects; None where there is no limit."""
    bound = settings().provider_concurrency.get(provider)
    if bound is None:
        return None
    await db.execute(text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"running {provider}"})
    return max(bound - await _count(db, Generation.provider == provider, *among), 0)


async def _count(db: AsyncSession, *among: ColumnElement[bool]) -> int:
    return (await db.execute(select(func.count()).select_from(Generation).where(RUNNING, *among))).scalar_one()


async def _give_jobs(db: AsyncSession, among: Sequence[ColumnElement[bool]], most: int) -> None:
    """Enqueue the longest waiting; between projects, those first of which the fewest run."""
    waiting = select(Generation).where(HELD_BACK, *among).order_by(_running_beside(), Generation.id).limit(most)
    # Skipped where locked: somebody is about to cancel it, and waiting here could wait in a circle.
    for generation in (await db.execute(waiting.with_for_update(of=Generation, skip_locked=True))).scalars():
        queue = generation_queue(generation.provider)
        generation.job_id = await enqueue(db, GENERATE, queue, generation_id=str(generation.id))
    await db.flush()


def _running_beside() -> ScalarSelect[int]:
    other = aliased(Generation)
    query = select(func.count()).where(other.project_id == Generation.project_id, other.status == GenerationStatus.RUNNING)
    return query.correlate(Generation).scalar_subquery()
