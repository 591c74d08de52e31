"""`/projects/{project}/policy`: who may do what here, told from the very tables that decide it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from voiceops.api.deps import Caller, Db
from voiceops.api.payloads import Out
from voiceops.models import Action, Project, Role, Scope
from voiceops.policy import SCOPES, find, permitted, roles_that_may

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


class PolicyOut(Out):
    """Every action of members. Reading is none of them, and is told apart."""

    reading: MayOut
    rules: list[RuleOut]


@router.get("/projects/{project}/policy")
async def get_policy(project: UUID, db: Db, actor: Caller) -> PolicyOut:
    """Tell which role may do what, and which scope a key needs for it."""
    place = (await find(db, actor, Project, project)).id
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
    return PolicyOut(reading=reading, rules=rules)
