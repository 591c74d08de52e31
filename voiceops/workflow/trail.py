"""Reading, verifying, taking away the record, and the key that signs it. All of it but the reading leaves an event."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import keys, record
from voiceops.audit.verdict import Verdict
from voiceops.db import APP_ROLE, SEALER_ROLE, act_as, driver_connection
from voiceops.models import Action, Project, SigningKey
from voiceops.models.actor import Actor
from voiceops.models.audit import INSTALLATION
from voiceops.policy import authorize, find


@dataclass(frozen=True, slots=True)
class Installation:
    """What is verified or exported where no project is: everything that happened outside of any."""

    noun: ClassVar[str] = "installation"
    id: UUID = INSTALLATION


async def reach(db: AsyncSession, actor: Actor, action: Action, project_id: UUID | None) -> Project | Installation:
    """Return the owner of the log, a project or (None) the installation, to whoever may do this with it."""
    subject = Installation() if project_id is None else await find(db, actor, Project, project_id)
    authorize(actor, action, project_id)
    return subject


async def verified(db: AsyncSession, actor: Actor, project_id: UUID | None, verdict: Verdict) -> None:
    """Record what a verification said."""
    subject = await reach(db, actor, Action.AUDIT_VERIFY, project_id)
    first = verdict.findings[0].why if verdict.findings else None
    changes = {"ok": verdict.ok, "events": verdict.events, "findings": len(verdict.findings) + verdict.more, "first": first}
    await record(db, actor, Action.AUDIT_VERIFY, subject, changes=changes)


async def export(db: AsyncSession, actor: Actor, project_id: UUID | None, *, kind: str, filters: Mapping[str, Any]) -> None:
    """Record that the log, or what the filters let through of it, is taken away."""
    subject = await reach(db, actor, Action.AUDIT_EXPORT, project_id)
    await record(db, actor, Action.AUDIT_EXPORT, subject, changes={"format": kind, "filters": dict(filters)})


async def rotate(db: AsyncSession, actor: Actor, secret: str | None, *, reason: str | None) -> str:
    """Make a new key that signs from the next checkpoint on and return its public half; raises `NoSecret`.

    Keys are the sealer's to write and events the application's, so this transaction is the one and then the other.
    """
    connection = await driver_connection(db)
    await keys.lock(connection)
    authorize(actor, Action.AUDIT_ROTATE)
    former = (await db.execute(select(SigningKey.name).where(SigningKey.retired_at.is_(None)))).scalars().all()
    await act_as(connection, SEALER_ROLE)
    public = (await keys.rotate(connection, secret)).verifier
    await act_as(connection, APP_ROLE)
    changes = {"retired": sorted(former), "key": str(public)}
    await record(db, actor, Action.AUDIT_ROTATE, Installation(), reason=reason, changes=changes)
    return str(public)
