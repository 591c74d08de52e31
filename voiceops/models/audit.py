"""The record: events (who did which action to which subject, when, from where, why), and what proves that they are all there."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, Identity, Index, LargeBinary, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from voiceops.db import Base, new_id

INSTALLATION: Final = UUID(int=0)
"""The log of what happens outside any project."""


class AuditEvent(Base):
    """One event. `payload` is its RFC 8785 JSON; what is searched is generated from it and so can't disagree with it.

    There are no foreign keys: an event outlives whatever it speaks of. `xid` is the transaction that wrote it, `log` the project
    or the installation, `leaf` what goes into the log's tree.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_asset_id_seq", "asset_id", "seq"),
        Index("ix_audit_events_xid_seq", "xid", "seq"),
        Index("ix_audit_events_log_seq", "log", "seq"),
        Index("ix_audit_events_log_at", "log", "at"),
        Index("ix_audit_events_log_action_seq", "log", "action", "seq"),
        Index("ix_audit_events_log_actor_id_seq", "log", "actor_id", "seq"),
        Index("ix_audit_events_subject_id_seq", "subject_id", "seq"),
        Index("ix_audit_events_version_id_seq", "version_id", "seq"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    payload: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    xid: Mapped[int] = mapped_column(BigInteger, server_default=text("pg_current_xact_id()::text::bigint"))
    action: Mapped[str] = mapped_column(Computed("payload::jsonb ->> 'action'", persisted=True))
    actor_id: Mapped[str | None] = mapped_column(Computed("payload::jsonb #>> '{actor,id}'", persisted=True))
    subject_id: Mapped[str] = mapped_column(Computed("payload::jsonb #>> '{subject,id}'", persisted=True))
    project_id: Mapped[str | None] = mapped_column(Computed("payload::jsonb ->> 'project_id'", persisted=True))
    asset_id: Mapped[str | None] = mapped_column(Computed("payload::jsonb ->> 'asset_id'", persisted=True))
    version_id: Mapped[str | None] = mapped_column(Computed("payload::jsonb ->> 'version_id'", persisted=True))
    at: Mapped[str] = mapped_column(Computed("payload::jsonb ->> 'at'", persisted=True))
    log: Mapped[UUID] = mapped_column(
        Computed(f"coalesce((payload::jsonb ->> 'project_id')::uuid, '{INSTALLATION}'::uuid)", persisted=True)
    )
    leaf: Mapped[bytes] = mapped_column(LargeBinary, Computed("audit_leaf(payload)", persisted=True))


class AuditLeaf(Base):
    """The place of one event in its log's tree."""

    __tablename__ = "audit_leaves"
    __table_args__ = (CheckConstraint("index >= 0", name="index"), CheckConstraint("length(hash) = 32", name="hash"))

    log: Mapped[UUID] = mapped_column(primary_key=True)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[UUID] = mapped_column(unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditCheckpoint(Base):
    """A log at one size: its root, the frontier to go on from, and the signed note that says so."""

    __tablename__ = "audit_checkpoints"
    __table_args__ = (CheckConstraint("size >= 1", name="size"), CheckConstraint("length(root) = 32", name="root"))

    log: Mapped[UUID] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    frontier: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str]
    sealed_at: Mapped[datetime]


class AuditWitness(Base):
    """How far a log's checkpoints have been written outside the database."""

    __tablename__ = "audit_witness"

    log: Mapped[UUID] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)


class AuditWatermark(Base):
    """Every event of a transaction below `low` is sealed, in the cluster with this identifier."""

    __tablename__ = "audit_watermark"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    low: Mapped[int] = mapped_column(BigInteger)
    cluster: Mapped[str]


class SigningKey(Base):
    """A key that signs checkpoints. `secret` is encrypted, and `proof` made, under VOICEOPS_SECRET_KEY."""

    __tablename__ = "signing_keys"
    __table_args__ = (CheckConstraint("length(public) = 32", name="public"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    proof: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retired_at: Mapped[datetime | None]
