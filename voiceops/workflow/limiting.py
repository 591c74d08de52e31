"""Setting the limits of a project."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.errors import Conflict
from voiceops.limits import budgets, running
from voiceops.models import Action, Limits, Project
from voiceops.models.actor import Actor
from voiceops.policy import authorize, find


async def change(db: AsyncSession, actor: Actor, project_id: UUID, wanted: Mapping[str, Any], *, reason: str) -> Limits:
    """Set limits, from the next request on. `wanted` has the fields of `Limits`; what is below what is used refuses the rest."""
    await find(db, actor, Project, project_id)
    authorize(actor, Action.LIMIT_CHANGE, project_id)
    budget = await budgets.locked(db, project_id, (await budgets.clock(db)).date())
    locked = select(Limits).where(Limits.project_id == project_id).with_for_update(key_share=True)
    limits = (await db.execute(locked)).scalar_one()
    if wanted.get("currency", limits.currency) != limits.currency and budget.micros_used + budget.micros_reserved > 0:
        raise Conflict(
            f"This month some of the money is spent in {limits.currency}; the currency can be changed from next month on.",
            possible=[],
        )
    before = {name: getattr(limits, name) for name in wanted}
    changes = {name: {"from": before[name], "to": value} for name, value in wanted.items() if value != before[name]}
    if not changes:
        return limits
    for name in changes:
        setattr(limits, name, wanted[name])
    if "concurrency" in changes:
        await running.wake(db, project_id)
    await record(db, actor, Action.LIMIT_CHANGE, limits, reason=reason, changes=changes)
    return limits
