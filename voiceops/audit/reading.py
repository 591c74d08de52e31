"""Reading the record: what is asked of a log, and one event with the proof of its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit.merkle import Batch
from voiceops.models import AuditCheckpoint, AuditEvent, AuditLeaf

STRAY: int = 1000
"""Numbers follow times, but for events written at the same moment; never so far apart."""
OLDEST: Final = text("""
    select extract(epoch from clock_timestamp() - min(e.recorded_at))::float8 from audit_watermark w join audit_events e
      on e.xid >= case w.cluster when (select system_identifier::text from pg_control_system()) then w.low else 0 end
    where not exists (select from audit_leaves l where l.event_id = e.id)
""")
"""Of what lies before the mark everything is sealed, unless the database was restored in another cluster and counts anew."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events of a log are asked for; None asks for all."""

    log: UUID
    action: str | None = None
    actor: UUID | None = None
    subject: UUID | None = None
    asset: UUID | None = None
    version: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what the columns have to be."""
        equal = (
            (AuditEvent.action, self.action),
            (AuditEvent.actor_id, self.actor),
            (AuditEvent.subject_id, self.subject),
            (AuditEvent.asset_id, self.asset),
            (AuditEvent.version_id, self.version),
        )
        found = [AuditEvent.log == self.log, *(column == str(value) for column, value in equal if value is not None)]
        if self.since is not None:
            found.append(AuditEvent.at >= _text(self.since))
        if self.until is not None:
            found += [AuditEvent.at <= _text(self.until), AuditEvent.seq <= self._newest(self.until)]
        return found

    def _newest(self, until: datetime) -> ColumnElement[int]:
        """Bound the numbers too, for by them the events are read: else all that is younger would be passed by."""
        newest = select(AuditEvent.seq).where(AuditEvent.log == self.log, AuditEvent.at <= _text(until))
        return newest.order_by(AuditEvent.at.desc()).limit(1).scalar_subquery() + STRAY


@dataclass(frozen=True, slots=True)
class Proof:
    """The place of an event in its log: the checkpoint that sealed it, and the path from its hash to that root."""

    index: int
    size: int
    root: bytes
    note: str
    sealed_at: datetime
    path: Sequence[bytes]


async def proof(db: AsyncSession, log: UUID, event_id: UUID) -> Proof | None:
    """Return the proof of an event, None while it waits to be sealed. Reads the checkpoint's own events alone."""
    index = (await db.execute(select(AuditLeaf.index).where(AuditLeaf.log == log, AuditLeaf.event_id == event_id))).scalar()
    points = select(AuditCheckpoint).where(AuditCheckpoint.log == log)
    if index is None:
        return None
    after = points.where(AuditCheckpoint.size > index).order_by(AuditCheckpoint.size).limit(1)
    before = points.where(AuditCheckpoint.size <= index).order_by(AuditCheckpoint.size.desc()).limit(1)
    point, former = (await db.execute(after)).scalar(), (await db.execute(before)).scalar()
    if point is None:
        return None
    start, frontier = (former.size, former.frontier) if former else (0, b"")
    batch = and_(AuditLeaf.log == log, AuditLeaf.index >= start, AuditLeaf.index < point.size)
    hashes = (await db.execute(select(AuditLeaf.hash).where(batch).order_by(AuditLeaf.index))).scalars().all()
    if start + len(hashes) != point.size:
        return None
    path = Batch(start, frontier, hashes).path(index)
    return Proof(index, point.size, point.root, point.note, point.sealed_at, path)


async def oldest_unsealed(db: AsyncSession) -> float:
    """Return for how many seconds the oldest event of all logs has waited to be sealed, 0 where none waits."""
    return float((await db.execute(OLDEST)).scalar_one() or 0.0)


def _text(at: datetime) -> str:
    """Return a time as events tell it, which sorts as times do."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
