"""Who acts: a person, an API key of one, a worker for the person who asked, or the program itself at set-up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from voiceops.models.key import Scope
from voiceops.models.people import Role


class ActorKind(StrEnum):
    """How somebody acts."""

    PERSON = "person"
    KEY = "key"
    WORKER = "worker"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, with the roles they have at this moment in each project, and where the request came from.

    A key acts for its person, in its one project and within its scopes. `is_admin` tells that they manage the installation's
    people and projects; it lets them into no project.
    """

    kind: ActorKind
    person_id: UUID | None = None
    session_id: UUID | None = None
    key_id: UUID | None = None
    scopes: frozenset[Scope] = frozenset()
    is_admin: bool = False
    roles: Mapping[UUID, frozenset[Role]] = field(default_factory=dict)
    request_id: str | None = None
    address: str | None = None

    @property
    def person(self) -> UUID:
        """The person acting, or acted for."""
        if self.person_id is None:
            raise TypeError(f"{self.kind} is no person")
        return self.person_id

    @property
    def own_id(self) -> UUID:
        """The key where one acts, else the person."""
        return self.key_id or self.person

    @classmethod
    def worker_for(cls, person_id: UUID, request_id: str | None = None) -> "Actor":
        """A worker that acts for the person who asked."""
        return cls(ActorKind.WORKER, person_id, request_id=request_id)
