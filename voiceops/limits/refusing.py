"""A limit is reached: the refusal, and its event in the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.errors import TooMany
from voiceops.limits.rates import Left, Rate, debit
from voiceops.models import Action
from voiceops.models.actor import Actor, ActorKind
from voiceops.policy import authorize

EVENTS: Final = Rate("events", per_minute=1, burst=1)
"""Of one limit and whom it refuses, however often it does."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as the subject of an event. `id` is its project's, or one made from the key where there is no project."""

    noun: ClassVar[str] = "limit"
    id: UUID
    name: str
    key: str
    project_id: UUID | None = None


class LimitReached(TooMany):
    """Refused by a limit. It is written down once the refused transaction is undone, in one of its own."""

    title = "Limit reached"

    def __init__(
        self,
        detail: str,
        *,
        limit: Limit,
        actor: Actor,
        retry_after: float,
        left: Sequence[Left] = (),
        figures: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.limit = limit
        self.actor = actor
        self.left = tuple(left)
        self.figures = dict(figures or {})


async def note(db: AsyncSession, refused: LimitReached) -> None:
    """Record the refusal, unless one of this limit for the same key was recorded within the last minute."""
    first, _ = await debit(db, f"event {refused.limit.key}", EVENTS)
    if not first:
        return
    actor = replace(refused.actor, kind=ActorKind.SYSTEM)  # the program refuses; the rest tells whom
    authorize(actor, Action.LIMIT_REFUSE)
    changes = {"limit": refused.limit.name, **refused.figures}
    await record(db, actor, Action.LIMIT_REFUSE, refused.limit, reason=refused.detail, changes=changes)
