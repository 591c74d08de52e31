"""Setting what a project asks for before a version is approved, and how long it keeps what is not used."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.models import Action, Membership, Policy, Project
from voiceops.models.actor import Actor
from voiceops.policy import authorize, find, members_who_may


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


async def unmet(db: AsyncSession, policy: Policy) -> str | None:
    """Say why nobody could approve anything with the members there are now; None if they could.

    Such a policy is not refused: it may well be set before those are invited who meet it.
    """
    able = (await db.execute(members_who_may(Action.VERSION_APPROVE, policy.project_id))).scalars().all()
    if len(able) < policy.approvals:
        wanted = f"{policy.approvals} approvals" if policy.approvals > 1 else "an approval"
        there = {0: "nobody", 1: "one person"}.get(len(able), f"{len(able)} people")
        return f"A version needs {wanted}, and {there} here may give one."
    held = select(Membership.role).where(Membership.project_id == policy.project_id, Membership.person_id.in_(able))
    if lacking := sorted(set(policy.roles) - set((await db.execute(held)).scalars())):
        return f"An approval of {' and of '.join(f'a {role}' for role in lacking)} is wanted, and nobody here is one."
    return None
