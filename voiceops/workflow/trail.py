"""Reading, verifying and taking away the record. Reading leaves no event; that somebody verified or exported it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.audit.verdict import Verdict
from voiceops.models import Action, Project
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
