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


class RuleOut(Out):
    """One action of a project's members."""

    action: Action
    title: str
    roles: Annotated[list[Role], Field(description="Members with one of these may do it.")]
    scopes: Annotated[list[Scope], Field(description="An API key needs one of these besides; where there is none, no key may.")]
    allowed: Annotated[bool, Field(description="Whether the caller may.")]


class PolicyOut(Out):
    """Every action, in the order they are done. Reading is none: each member may read, and a key with the scope `read`."""

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
    return PolicyOut(rules=rules)
