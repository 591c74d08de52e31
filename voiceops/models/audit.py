"""Audit events: who did which action to which subject, when, from where and why. Only ever added."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Computed, Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from voiceops.db import Base, new_id


class AuditEvent(Base):
    """One event. `payload` is its RFC 8785 JSON; what is searched is generated from it and so can't disagree with it.

    There are no foreign keys: an event outlives whatever it speaks of.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_project_id_seq", "project_id", "seq"),
        Index("ix_audit_events_asset_id_seq", "asset_id", "seq"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    payload: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    action: Mapped[str] = mapped_column(Computed("payload::jsonb ->> 'action'", persisted=True))
    actor_id: Mapped[str | None] = mapped_column(Computed("payload::jsonb #>> '{actor,id}'", persisted=True))
    subject_id: Mapped[str] = mapped_column(Computed("payload::jsonb #>> '{subject,id}'", persisted=True))
    project_id: Mapped[str | None] = mapped_column(Computed("payload::jsonb ->> 'project_id'", persisted=True))
    asset_id: Mapped[str | None] = mapped_column(Computed("payload::jsonb ->> 'asset_id'", persisted=True))
    version_id: Mapped[str | None] = mapped_column(Computed("payload::jsonb ->> 'version_id'", persisted=True))
