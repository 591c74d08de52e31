"""Who may do what: one table, and the two questions asked of it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.interfaces import ORMOption

from voiceops.errors import Forbidden, NotFound
from voiceops.models import Action, Asset, Generation, Project, Role, Script, Version
from voiceops.models.actor import Actor, ActorKind

Rule = Callable[[Actor, UUID | None], bool]


def members(*roles: Role) -> Rule:
    """Members of the subject's project with one of these roles; owners always."""
    wanted = frozenset(roles) | {Role.OWNER}
    return lambda actor, project_id: (
        actor.kind is ActorKind.PERSON and project_id is not None and not wanted.isdisjoint(actor.roles.get(project_id, ()))
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
        Action.AUDIT_READ: auditors(),
        Action.AUDIT_VERIFY: auditors(),
        Action.AUDIT_EXPORT: auditors(),
    }
)


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


def allowed(actor: Actor, subject: Placed) -> list[Action]:
    """Return what this actor may do to the subject now, by role and by its state: the `can` of every answer."""
    return [action for action in subject.possible if RULES[action](actor, subject.project_id)]


Row = TypeVar("Row", Project, Asset, Script, Generation, Version)


async def find(
    db: AsyncSession, actor: Actor, kind: type[Row], row_id: UUID, *, lock: bool = False, load: tuple[ORMOption, ...] = ()
) -> Row:
    """Return the row if it lies in a project of the actor's, locked against others if asked; raise `NotFound` if not."""
    query = select(kind).where(kind.id == row_id, _project_of(kind).in_(actor.roles)).options(*load)
    row: Row | None = (await db.execute(query.with_for_update(of=kind) if lock else query)).scalar_one_or_none()
    if row is None:
        raise NotFound(f"There is no {kind.noun} {row_id} here.")
    return row


def _project_of(kind: type[Row]) -> InstrumentedAttribute[UUID]:
    """Return the column that tells in which project a row lies."""
    column: InstrumentedAttribute[UUID] = Project.id if kind is Project else vars(kind)["project_id"]
    return column
