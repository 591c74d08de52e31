"""Writing an audit event: in the action's own transaction, or the action did not happen."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any, ClassVar, Protocol
from uuid import UUID

import rfc8785
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.changes import Change, announce
from voiceops.db import new_id
from voiceops.models import Action, AuditEvent
from voiceops.models.actor import Actor

SCHEMA = 1


class Subject(Protocol):
    """What an action is done to: any row with a noun."""

    noun: ClassVar[str]

    @property
    def id(self) -> Any:  # noqa: ANN401 - a mapped column on the class, a UUID on the row
        """Its id."""


async def record(
    db: AsyncSession,
    actor: Actor,
    action: Action,
    subject: Subject,
    *,
    reason: str | None = None,
    changes: Mapping[str, Any] | None = None,
    version_id: UUID | None = None,
) -> AuditEvent:
    """Add the event of `action` and announce it. `changes` holds before and after: ids, hashes and bounds, never whole scripts.

    `version_id` names the version that came of it, where the subject is another.
    """
    place = _place(subject)
    place["version_id"] = place["version_id"] or _text(version_id)
    at = await announce(
        db,
        Change(
            type=subject.noun,
            id=str(subject.id),
            action=action,
            project_id=place["project_id"],
            asset_id=place["asset_id"],
            status=getattr(subject, "status", None),
        ),
    )
    event = AuditEvent(id=new_id())
    payload = {
        "schema": SCHEMA,
        "id": str(event.id),
        "at": at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "action": action,
        "actor": {
            "type": actor.kind,
            "id": _text(actor.person_id),
            "session_id": _text(actor.session_id),
            "key_id": _text(actor.key_id),
        },
        "subject": {"type": subject.noun, "id": str(subject.id)},
        **place,
        "reason": reason,
        "changes": dict(changes or {}),
        "request_id": actor.request_id,
        "address": actor.address,
    }
    event.payload = rfc8785.dumps(payload).decode()
    db.add(event)
    return event


def _place(subject: Subject) -> dict[str, str | None]:
    """Where the subject lies. What lies beneath an asset always names it."""
    own = {subject.noun: subject.id}
    return {name: _text(own.get(noun, getattr(subject, name, None))) for noun, name in PLACES.items()}


PLACES = {"project": "project_id", "asset": "asset_id", "version": "version_id"}


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
