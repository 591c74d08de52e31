"""How many generations run at once, of a project and of a provider.

What runs is counted in the rows themselves, under a lock, when a worker claims: a killed worker leaves nothing behind but its
running row, which the sweep hands on. A generation that finds no room is held back: it keeps its place, and gives up its job, so
that no queue turns around it. Whoever ends a running one gives the longest held back a new job.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from voiceops.config import settings
from voiceops.db import ask
from voiceops.jobs import GENERATE, enqueue, generation_queue
from voiceops.models import Generation, GenerationStatus

HELD_BACK = (Generation.status == GenerationStatus.QUEUED) & Generation.job_id.is_(None)
BOUND: Final = "select concurrency from limits where project_id = %(project)s for no key update"
HELD_BACK_HERE: Final = "select 1 from generations where project_id = %(project)s and status = 'queued' and job_id is null limit 1"
IN_PROJECT: Final = (
    "select count(*) from generations where status = 'running' and project_id = %(project)s and id is distinct from %(but)s::uuid"
)
AT_PROVIDER: Final = (
    "select count(*) from generations where status = 'running' and provider = %(provider)s and id is distinct from %(but)s::uuid"
)


async def has_room(db: AsyncSession, generation_id: UUID, project_id: UUID, *, provider: str) -> bool:
    """Tell whether this one may run beside those that do. True holds until the transaction ends."""
    if await _bound(db, project_id) - await _running_in(db, project_id, generation_id) < 1:
        return False
    room = await _room_of_provider(db, provider, generation_id)
    return room is None or room >= 1


async def wake(db: AsyncSession, project_id: UUID, provider: str | None = None) -> None:
    """Give new jobs to those held back for which there is room now, the longest waiting first.

    Called in the transaction that makes the room, `provider` being the one that has it. One too many does no harm: it finds no
    room when it is claimed, and is held back again.
    """
    await db.flush()
    bound = await _bound(db, project_id)
    # Within the lock, so that nobody is just being held back; of other projects only where a provider is shared.
    if provider not in settings().provider_concurrency and not await ask(db, HELD_BACK_HERE, {"project": project_id}):
        return
    room = bound - await _running_in(db, project_id)
    if room > 0:
        full = [name for name in sorted(settings().provider_concurrency) if await _room_of_provider(db, name) == 0]
        await _give_jobs(db, [Generation.project_id == project_id, Generation.provider.not_in(full)], room)
    shared = await _room_of_provider(db, provider) if provider else None
    if shared:
        await _give_jobs(db, [Generation.provider == provider, Generation.project_id != project_id], shared)


async def projects_waiting(db: AsyncSession) -> Sequence[UUID]:
    """Return the projects that have something held back."""
    return (await db.execute(select(Generation.project_id).where(HELD_BACK).distinct())).scalars().all()


async def _bound(db: AsyncSession, project_id: UUID) -> int:
    """Return how many may run at once. The row of limits is the lock: claims and ends of one project come one after the other."""
    ((bound,),) = await ask(db, BOUND, {"project": project_id})
    return int(bound)


async def _running_in(db: AsyncSession, project_id: UUID, but: UUID | None = None) -> int:
    """Count what runs of a project; a statement of its own, for it has to see what others did before they let the lock go."""
    ((count,),) = await ask(db, IN_PROJECT, {"project": project_id, "but": but})
    return int(count)


async def _room_of_provider(db: AsyncSession, provider: str, but: UUID | None = None) -> int | None:
    """Return how many more may run, over all projects; None where there is no limit."""
    bound = settings().provider_concurrency.get(provider)
    if bound is None:
        return None
    await ask(db, "select pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", {"name": f"running {provider}"})
    ((count,),) = await ask(db, AT_PROVIDER, {"provider": provider, "but": but})
    return max(bound - int(count), 0)


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
