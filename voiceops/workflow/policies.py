"""Setting what a project asks for before a version is approved, and how long it keeps what is not used."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.models import Action, Policy, Project
from voiceops.models.actor import Actor
from voiceops.policy import authorize, find


async def change(db: AsyncSession, actor: Actor, project_id: UUID, wanted: Mapping[str, Any], *, reason: str) -> Policy:
    """Set fields of `Policy`, from the next decision on; of `checks` those that are named. What is equal already is no change."""
    await find(db, actor, Project, project_id)
    authorize(actor, Action.POLICY_CHANGE, project_id)
    policy = (await db.execute(select(Policy).where(Policy.project_id == project_id).with_for_update(key_share=True))).scalar_one()
    if "checks" in wanted:
        wanted = {**wanted, "checks": {**policy.checks, **wanted["checks"]}}
    before = {name: getattr(policy, name) for name in wanted}
    changes = {name: {"from": before[name], "to": value} for name, value in wanted.items() if value != before[name]}
    for name in changes:
        setattr(policy, name, wanted[name])
    if changes:
        await record(db, actor, Action.POLICY_CHANGE, policy, reason=reason, changes=changes)
    return policy
