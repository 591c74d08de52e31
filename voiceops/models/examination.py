"""Examinations: what a version's audio was checked for once it was there; waivers: findings somebody takes responsibility for."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base, new_id
from voiceops.models.people import Person


class Check(StrEnum):
    """Every check, in the order in which they are shown."""

    CLIPPING = "clipping"
    SILENCE_BEFORE = "silence_before"
    SILENCE_AFTER = "silence_after"
    PAUSE = "pause"
    CUT_OFF = "cut_off"
    PACE = "pace"
    LOUDNESS = "loudness"
    TRUE_PEAK = "true_peak"
    SAY_BACK = "say_back"


class Severity(StrEnum):
    """What a project's policy makes of a finding: nothing, a warning, or a reason not to review the version."""

    OFF = "off"
    WARN = "warn"
    BLOCK = "block"


class ExaminationState(StrEnum):
    """Where an examination is."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Examination(Base):
    """One version's examination. A trigger makes it with the version; it is settled once, and then never changes.

    `attempt` is the fence, as a generation's is. `findings`, `say_back` and `words` are those of `voiceops.examiner.Report`.
    """

    __tablename__ = "examinations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "asset_id", "version_id"],
            ["versions.project_id", "versions.asset_id", "versions.id"],
            name="fk_examinations_version",
        ),
        CheckConstraint("(state = 'pending') = (finished_at is null)", name="finished"),
        CheckConstraint("(state = 'failed') = (error is not null)", name="error"),
        Index("ix_examinations_pending", "made_at", postgresql_where=text("state = 'pending'")),
    )

    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    state: Mapped[ExaminationState] = mapped_column(server_default=text("'pending'"))
    attempt: Mapped[int] = mapped_column(server_default=text("0"))
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]
    findings: Mapped[list[Mapping[str, Any]]] = mapped_column(server_default=text("'[]'"))
    say_back: Mapped[Mapping[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    words: Mapped[list[Mapping[str, Any]] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    facts: Mapped[Mapping[str, Any]] = mapped_column(server_default=text("'{}'"))
    error: Mapped[str | None]


class Waiver(Base):
    """Somebody lets a version pass in spite of one check, with a reason. Written once."""

    __tablename__ = "waivers"
    noun: ClassVar[str] = "waiver"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "asset_id", "version_id"],
            ["versions.project_id", "versions.asset_id", "versions.id"],
            name="fk_waivers_version",
        ),
        UniqueConstraint("version_id", "check_name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID]
    project_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    check_name: Mapped[Check]
    reason: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    person: Mapped[Person] = relationship(lazy="raise")
