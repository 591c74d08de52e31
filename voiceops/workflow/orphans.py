"""Generations that lost their jobs: each gets a new one."""

from typing import Final

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.jobs import GENERATE, enqueue, generation_queue
from voiceops.models import Generation
from voiceops.models.generation import PENDING

LIVING_JOB: Final = """
select from procrastinate_jobs j where j.id = generations.job_id and (
  j.status = 'todo'
  or j.status = 'doing' and (
    generations.status = 'running'
    or (select max(e.at) from procrastinate_events e where e.job_id = j.id) > now() - interval '10 seconds'))
"""
"""A job that will come to its generation. One that is being done while the generation is queued is about to claim it, or has just
put it back; if that lasts, its worker could not say that it was done with it."""


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
