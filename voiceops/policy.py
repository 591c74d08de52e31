"""Who may do what: one table of rules, one of what a key must be let, and the two questions asked of them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.interfaces import ORMOption

from voiceops.db import new_id
from voiceops.errors import Forbidden, NotFound
from voiceops.models import (
    Action,
    Asset,
    Comment,
    Deployment,
    Generation,
    Invitation,
    Membership,
    Person,
    Policy,
    Project,
    Release,
    Role,
    Scope,
    Script,
    Target,
    Version,
)
from voiceops.models.actor import Actor, ActorKind

Rule = Callable[[Actor, UUID | None], bool]
FOR_PEOPLE: Final = frozenset({ActorKind.PERSON, ActorKind.KEY})
"""Who acts as a member: a person, or a key with the roles of its person."""

COMMENTING: Final = (Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER)
"""Who comments, besides owners: all but those who only look."""


def members(*roles: Role) -> Rule:
    """Members of the subject's project with one of these roles; owners always."""
    wanted = frozenset(roles) | {Role.OWNER}
    return lambda actor, project_id: (
        actor.kind in FOR_PEOPLE and project_id is not None and not wanted.isdisjoint(actor.roles.get(project_id, ()))
    )


def admins() -> Rule:
    """Who manages the installation."""
    return lambda actor, _project_id: actor.kind is ActorKind.PERSON and actor.is_admin


def auditors() -> Rule:
    """Auditors and owners of a project; for the log of the installation, which lies in none, its admins."""
    of_project, of_installation = members(Role.AUDITOR), admins()
    return lambda actor, project_id: (of_installation if project_id is None else of_project)(actor, project_id)


def kinds(*wanted: ActorKind) -> Rule:
    """Whoever acts in one of these ways, wherever."""
    return lambda actor, _project_id: actor.kind in wanted


def any_of(*rules: Rule) -> Rule:
    """Whom one of these rules lets."""
    return lambda actor, project_id: any(rule(actor, project_id) for rule in rules)


RULES: Final[Mapping[Action, Rule]] = MappingProxyType(
    {
        Action.STUDIO_SEED: kinds(ActorKind.SYSTEM),
        Action.SESSION_SIGN_IN: kinds(ActorKind.PERSON),
        Action.SESSION_SIGN_OUT: kinds(ActorKind.PERSON),
        Action.ASSET_CREATE: members(Role.AUTHOR),
        Action.ASSET_UPDATE: members(Role.AUTHOR),
        Action.SCRIPT_CREATE: members(Role.AUTHOR),
        Action.GENERATION_REQUEST: members(Role.AUTHOR),
        Action.GENERATION_CANCEL: members(Role.AUTHOR),
        Action.GENERATION_RETRY: members(Role.AUTHOR),
        Action.GENERATION_SUCCEED: kinds(ActorKind.WORKER),
        Action.GENERATION_FAIL: kinds(ActorKind.WORKER),
        Action.LIMIT_CHANGE: members(),
        Action.LIMIT_REFUSE: kinds(ActorKind.SYSTEM),
        Action.STUDIO_FOUND: kinds(ActorKind.PERSON),
        Action.SESSION_END: kinds(ActorKind.PERSON),
        Action.PASSWORD_CHANGE: kinds(ActorKind.PERSON),
        Action.PROJECT_CREATE: admins(),
        Action.PROJECT_UPDATE: any_of(members(Role.OWNER), admins()),
        Action.MEMBER_INVITE: members(Role.OWNER),
        Action.INVITATION_REVOKE: members(Role.OWNER),
        Action.MEMBER_ACCEPT: kinds(ActorKind.PERSON),
        Action.MEMBER_CHANGE: members(Role.OWNER),
        Action.MEMBER_REMOVE: members(Role.OWNER),
        Action.PERSON_CHANGE: admins(),
        Action.PERSON_DEACTIVATE: admins(),
        Action.PERSON_REACTIVATE: admins(),
        Action.KEY_CREATE: members(*Role),
        Action.KEY_REVOKE: members(*Role),  # of one's own keys; `workflow.keys.find_key` shows owners the others' too
        Action.AUDIT_READ: auditors(),
        Action.AUDIT_VERIFY: auditors(),
        Action.AUDIT_EXPORT: auditors(),
        Action.AUDIT_ROTATE: kinds(ActorKind.SYSTEM),
        Action.SESSION_REFUSE: kinds(ActorKind.SYSTEM),
        Action.VERSION_PREFER: members(Role.VIEWER, Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER),
        Action.VERSION_SUBMIT: members(Role.AUTHOR),
        Action.VERSION_WITHDRAW: members(Role.AUTHOR),
        Action.VERSION_APPROVE: members(Role.REVIEWER),  # but not what is one's own: `workflow.reviews.barred`
        Action.VERSION_REQUEST_CHANGES: members(Role.REVIEWER),
        Action.VERSION_ARCHIVE: members(Role.AUTHOR),
        Action.VERSION_RESTORE: members(Role.AUTHOR),
        Action.POLICY_CHANGE: members(),
        Action.COMMENT_CREATE: members(*COMMENTING),
        Action.COMMENT_EDIT: members(*COMMENTING),  # one's own: `workflow.comments.can`
        Action.COMMENT_DELETE: members(*COMMENTING),  # one's own; owners anybody's
        Action.COMMENT_RESOLVE: members(*COMMENTING),
        Action.COMMENT_REOPEN: members(*COMMENTING),
        Action.CHECK_WAIVE: members(Role.REVIEWER),
        Action.AUDIO_DROP: any_of(members(), kinds(ActorKind.WORKER)),  # an owner decides, or their policy does
        Action.TARGET_CREATE: members(Role.PUBLISHER),
        Action.TARGET_UPDATE: members(Role.PUBLISHER),
        Action.DEPLOYMENT_CREATE: members(Role.PUBLISHER),  # a target may be for owners alone: `workflow.deployments.can`
        Action.DEPLOYMENT_ROLLBACK: members(Role.PUBLISHER),
        Action.DEPLOYMENT_RETIRE: members(Role.PUBLISHER),
        Action.DEPLOYMENT_PIN: members(Role.PUBLISHER),
        Action.DEPLOYMENT_UNPIN: members(Role.PUBLISHER),
        Action.AUDIO_RETURN: kinds(ActorKind.WORKER),
        Action.DEPLOYMENT_RETURN: kinds(ActorKind.WORKER),
        Action.RELEASE_CREATE: members(Role.PUBLISHER),
        Action.RELEASE_CONFIRM: members(Role.PUBLISHER),  # what somebody else asked for: `workflow.releases.can`
        Action.RELEASE_CANCEL: members(Role.PUBLISHER),
        Action.RELEASE_START: kinds(ActorKind.WORKER),
        Action.RELEASE_END: kinds(ActorKind.WORKER),
        Action.RELEASE_FAIL: kinds(ActorKind.WORKER),
    }
)

SCOPES: Final[Mapping[Action, tuple[Scope, ...]]] = MappingProxyType(
    {
        Action.ASSET_CREATE: (Scope.WRITE,),
        Action.ASSET_UPDATE: (Scope.WRITE,),
        Action.SCRIPT_CREATE: (Scope.WRITE, Scope.GENERATE),  # new words may come with the request to speak them
        Action.GENERATION_REQUEST: (Scope.GENERATE,),
        Action.GENERATION_CANCEL: (Scope.GENERATE,),
        Action.GENERATION_RETRY: (Scope.GENERATE,),
        Action.VERSION_PREFER: (Scope.REVIEW,),
        Action.VERSION_SUBMIT: (Scope.WRITE,),
        Action.VERSION_WITHDRAW: (Scope.WRITE,),
        Action.VERSION_APPROVE: (Scope.REVIEW,),
        Action.VERSION_REQUEST_CHANGES: (Scope.REVIEW,),
        Action.VERSION_ARCHIVE: (Scope.WRITE,),
        Action.VERSION_RESTORE: (Scope.WRITE,),
        Action.COMMENT_CREATE: (Scope.REVIEW,),
        Action.COMMENT_EDIT: (Scope.REVIEW,),
        Action.COMMENT_DELETE: (Scope.REVIEW,),
        Action.COMMENT_RESOLVE: (Scope.REVIEW,),
        Action.COMMENT_REOPEN: (Scope.REVIEW,),
        Action.CHECK_WAIVE: (Scope.REVIEW,),
        Action.TARGET_CREATE: (Scope.DEPLOY,),
        Action.TARGET_UPDATE: (Scope.DEPLOY,),
        Action.DEPLOYMENT_CREATE: (Scope.DEPLOY,),
        Action.DEPLOYMENT_ROLLBACK: (Scope.DEPLOY,),
        Action.DEPLOYMENT_RETIRE: (Scope.DEPLOY,),
        Action.RELEASE_CREATE: (Scope.DEPLOY,),
        Action.RELEASE_CANCEL: (Scope.DEPLOY,),
    }
)
"""What a key needs one of for an action, besides the right of its person. What is not here people alone do, and no key ever."""


class Placed(Protocol):
    """A subject that may lie in a project, and knows what its own state allows."""

    @property
    def project_id(self) -> Any:  # noqa: ANN401 - a mapped column on the class, a UUID on the row
        """The project it lies in."""

    @property
    def possible(self) -> tuple[Action, ...]:
        """What its state allows anybody at all."""


def authorize(actor: Actor, action: Action, project_id: UUID | None = None) -> None:
    """Raise `Forbidden` unless the table lets this actor do `action` in that project."""
    if not RULES[action](actor, project_id):
        raise Forbidden(f"Your role here does not allow {action}.")
    needed = SCOPES.get(action, ())
    if not in_scope(actor, *needed):
        lacking = f"This API key lacks the scope {' or '.join(needed)} for {action}."
        raise Forbidden(lacking if needed else f"No API key may do {action}.")


def in_scope(actor: Actor, *needed: Scope) -> bool:
    """Tell whether the actor is no key, or one with any of these scopes."""
    return actor.kind is not ActorKind.KEY or not actor.scopes.isdisjoint(needed)


def permitted(actor: Actor, action: Action, project_id: UUID | None = None) -> bool:
    """Tell whether the tables let this actor do `action` in that project."""
    return RULES[action](actor, project_id) and in_scope(actor, *SCOPES.get(action, ()))


def allowed(actor: Actor, subject: Placed) -> list[Action]:
    """Return what this actor may do to the subject now, by role and by its state: the `can` of every answer."""
    return [action for action in subject.possible if permitted(actor, action, subject.project_id)]


def roles_that_may(action: Action) -> list[Role]:
    """Return which roles let a member do `action`; none where it is not a matter of roles."""
    project, somebody = new_id(), Actor(ActorKind.PERSON, new_id())
    if RULES[action](somebody, project):
        return []
    return [role for role in Role if RULES[action](replace(somebody, roles={project: frozenset({role})}), project)]


def owns(actor: Actor, project_id: UUID) -> bool:
    """Tell whether they are an owner of the project."""
    return Role.OWNER in actor.roles.get(project_id, ())


def members_who_may(action: Action, project: UUID | InstrumentedAttribute[UUID]) -> Select[UUID]:
    """Select the people who may do `action` in a project, as far as roles go: active members with one that lets them."""
    there = (Membership.project_id == project, Membership.role.in_(roles_that_may(action)))
    return (
        select(Membership.person_id)
        .distinct()
        .join(Person, Person.id == Membership.person_id)
        .where(*there, Person.deactivated_at.is_(None))
    )


Row = TypeVar("Row", Project, Asset, Script, Generation, Version, Invitation, Comment, Target, Release, Deployment)


async def find(
    db: AsyncSession, actor: Actor, kind: type[Row], row_id: UUID, *, lock: bool = False, load: tuple[ORMOption, ...] = ()
) -> Row:
    """Return the row if it lies in a project of the actor's, locked against others if asked; raise `NotFound` if not."""
    query = select(kind).where(kind.id == row_id, _project_of(kind).in_(actor.roles)).options(*load)
    if lock:  # as it is now, whatever was read of it before
        query = query.with_for_update(of=kind).execution_options(populate_existing=True)
    row: Row | None = (await db.execute(query)).scalar_one_or_none()
    if row is None:
        raise NotFound(f"There is no {kind.noun} {row_id} here.")
    return row


async def project_policy(db: AsyncSession, project_id: UUID) -> Policy:
    """Return the policy as it is and stays until this transaction ends."""
    return (await db.execute(select(Policy).where(Policy.project_id == project_id).with_for_update(read=True))).scalar_one()


def _project_of(kind: type[Row]) -> InstrumentedAttribute[UUID]:
    """Return the column that tells in which project a row lies."""
    column: InstrumentedAttribute[UUID] = Project.id if kind is Project else vars(kind)["project_id"]
    return column
