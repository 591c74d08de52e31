"""Writing an audit event: in the action's own transaction, or the action did not happen."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Protocol
from uuid import UUID

import rfc8785
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.changes import CHANNEL, Change, written
from voiceops.db import ask, new_id
from voiceops.models import Action
from voiceops.models.actor import Actor

SCHEMA: Final = 1
AT: Final = '"at":""'
"""Where the time goes. The first of its kind in the canonical JSON: of what stands before it, only our own keys are unescaped."""
INSERT: Final = """
    insert into audit_events (id, payload)
    select %(id)s, %(before)s || '"at":"' || to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
      || '"' || %(after)s from pg_notify(%(channel)s, %(change)s)
"""
"""The event and its announcement, with the database's own time, in one statement: there is one for each action of anybody."""


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
) -> None:
    """Add the event of `action` and announce it. `changes` holds before and after: ids, hashes and bounds, never whole scripts.

    `version_id` names the version that came of it, where the subject is another.
    """
    place = _place(subject)
    place["version_id"] = place["version_id"] or _text(version_id)
    event_id = new_id()
    payload = {
        "schema": SCHEMA,
        "id": str(event_id),
        "at": "",
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
    change = Change(
        type=subject.noun,
        id=str(subject.id),
        action=action,
        project_id=place["project_id"],
        asset_id=place["asset_id"],
        status=getattr(subject, "status", None),
        version_id=place["version_id"],
    )
    before, _, after = rfc8785.dumps(payload).decode().partition(AT)
    values = {"id": event_id, "before": before, "after": after, "channel": CHANNEL, "change": written(change)}
    await ask(db, INSERT, values)


def _place(subject: Subject) -> dict[str, str | None]:
    """Where the subject lies. What lies beneath an asset always names it."""
    own = {subject.noun: subject.id}
    return {name: _text(own.get(noun, getattr(subject, name, None))) for noun, name in PLACES.items()}


PLACES = {"project": "project_id", "asset": "asset_id", "version": "version_id"}


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
