"""`/projects/{project}/policy`: what is asked for here before a version is approved, and who may do what.

Who may do what is told from the very tables that decide it.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, Field, StrictBool, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.api.deps import Caller, Db
from voiceops.api.payloads import In, Out, Reason
from voiceops.models import Action, Check, Policy, Project, Role, Scope, Severity
from voiceops.models.actor import Actor
from voiceops.models.policy import LONGEST_DAYS, MOST_APPROVALS
from voiceops.policy import SCOPES, allowed, find, permitted, roles_that_may
from voiceops.workflow import policies

router = APIRouter(tags=["policy"])


class MayOut(Out):
    """Who may do one thing here."""

    title: str
    roles: Annotated[list[Role], Field(description="Members with one of these may do it.")]
    scopes: Annotated[list[Scope], Field(description="An API key needs one of these besides; where there is none, no key may.")]
    allowed: Annotated[bool, Field(description="Whether the caller may.")]


class RuleOut(MayOut):
    """Who may do one action."""

    action: Action


class RetentionOut(Out):
    """After how many days what can be made again, and the audio of archived versions, is dropped; null is never."""

    renditions_days: int | None
    archived_audio_days: int | None


class PolicyOut(Out):
    """What a version needs to be approved, and every action of members. Reading is none of them, and is told apart."""

    approvals: int
    roles: Annotated[list[Role], Field(description="Roles that have to be among the approvers.")]
    self_approval: Annotated[bool, Field(description="Whether people may approve what they asked for or wrote.")]
    checks: Annotated[dict[Check, Severity], Field(description="What a check that does not pass does to a version.")]
    unmet: Annotated[str | None, Field(description="Why the members there are could not approve anything, if so.")]
    retention: RetentionOut
    can: list[Action]
    reading: MayOut
    rules: list[RuleOut]


def _approving(roles: list[Role]) -> list[Role]:
    may = roles_that_may(Action.VERSION_APPROVE)
    if not set(roles) <= set(may):
        raise ValueError(f"Only these roles approve: {', '.join(may)}.")
    return [role for role in may if role in roles]


Days = Annotated[int, Field(strict=True, ge=1, le=LONGEST_DAYS)]


class RetentionIn(In):
    """Days to keep what is not used; null keeps it for ever, what is left out stays."""

    renditions_days: Days | None = None
    archived_audio_days: Days | None = None


class PolicyPatch(In):
    """What is to be set, and why; what is left out stays."""

    approvals: Annotated[int, Field(strict=True, ge=1, le=MOST_APPROVALS)] | None = None
    roles: Annotated[list[Role], Field(max_length=6), AfterValidator(_approving)] | None = None
    self_approval: StrictBool | None = None
    checks: dict[Check, Severity] | None = None
    retention: RetentionIn = RetentionIn()
    reason: Reason

    @model_validator(mode="after")
    def _something(self) -> "PolicyPatch":
        if not self.fields():
            raise ValueError("Name at least one thing to set.")
        return self

    def fields(self) -> dict[str, Any]:
        """Return what is set, by the names of the table's columns."""
        given = self.model_dump(include={"approvals", "roles", "self_approval", "checks"}, exclude_none=True)
        return {**given, **self.retention.model_dump(exclude_unset=True)}


@router.get("/projects/{project}/policy")
async def get_policy(project: UUID, db: Db, actor: Caller) -> PolicyOut:
    """Tell what a version needs to be approved, which role may do what, and which scope a key needs for it."""
    await find(db, actor, Project, project)
    return await _out(db, actor, await db.get_one(Policy, project))


@router.patch("/projects/{project}/policy")
async def change_policy(project: UUID, body: PolicyPatch, db: Db, actor: Caller) -> PolicyOut:
    """Set the policy, from the next decision on. An open review ends with a decision, even where less is asked for now."""
    return await _out(db, actor, await policies.change(db, actor, project, body.fields(), reason=body.reason))


async def _out(db: AsyncSession, actor: Actor, policy: Policy) -> PolicyOut:
    place = policy.project_id
    rules = [
        RuleOut(
            action=action,
            title=action.words,
            roles=roles,
            scopes=list(SCOPES.get(action, ())),
            allowed=permitted(actor, action, place),
        )
        for action in Action
        if (roles := roles_that_may(action))
    ]
    reading = MayOut(title="Read and listen", roles=list(Role), scopes=[Scope.READ], allowed=True)
    return PolicyOut(
        approvals=policy.approvals,
        roles=[Role(role) for role in policy.roles],
        self_approval=policy.self_approval,
        checks=policy.severities,
        unmet=await policies.unmet(db, policy),
        retention=RetentionOut(renditions_days=policy.renditions_days, archived_audio_days=policy.archived_audio_days),
        can=allowed(actor, policy),
        reading=reading,
        rules=rules,
    )
