"""Generations: one request to speak a script, from queued to its one end."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base, new_id
from voiceops.models.action import Action
from voiceops.models.asset import Script
from voiceops.models.people import Person


class GenerationStatus(StrEnum):
    """Where a generation is."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


PENDING: Final = (GenerationStatus.QUEUED, GenerationStatus.RUNNING)

POSSIBLE: Final[Mapping[GenerationStatus, tuple[Action, ...]]] = MappingProxyType(
    {
        GenerationStatus.QUEUED: (Action.GENERATION_CANCEL,),
        GenerationStatus.RUNNING: (Action.GENERATION_CANCEL,),
        GenerationStatus.SUCCEEDED: (),
        GenerationStatus.FAILED: (Action.GENERATION_RETRY,),
        GenerationStatus.CANCELLED: (),
    }
)
"""What people can do with a generation in each status."""


class Generation(Base):
    """One request. What was asked never changes; `status` and what belongs to it move along the trigger's transitions.

    `attempt` is the fence: each claim raises it, and only the claim that holds the present number may settle. Since it was last
    asked for, `attempt - attempts_before` attempts were made that nobody interrupted, of which `failures` failed for a reason.

    `characters` and `micros` are what it takes of the budgets of the month of `reserved_on` (a day in UTC): reserved while it is
    pending, used once it succeeded, given back when it ended otherwise. Queued without a job it waits until its project, or its
    provider, has room for one more at once.
    """

    __tablename__ = "generations"
    noun: ClassVar[str] = "generation"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "asset_id"], ["assets.project_id", "assets.id"]),
        ForeignKeyConstraint(["project_id", "asset_id", "script_id"], ["scripts.project_id", "scripts.asset_id", "scripts.id"]),
        ForeignKeyConstraint(
            ["project_id", "asset_id", "parent_version_id"],
            ["versions.project_id", "versions.asset_id", "versions.id"],
            name="fk_generations_parent_version",
            use_alter=True,
        ),
        UniqueConstraint("project_id", "asset_id", "id"),
        CheckConstraint("progress between 0 and 1", name="progress"),
        CheckConstraint("(error_code is null) = (error_message is null)", name="error"),
        Index("ix_generations_asset_id_id", "asset_id", "id"),
        CheckConstraint("characters >= 0", name="characters"),
        CheckConstraint("micros >= 0", name="micros"),
        Index("ix_generations_pending", "status", postgresql_where=text("status in ('queued', 'running')")),
        Index("ix_generations_running", "project_id", "provider", postgresql_where=text("status = 'running'")),
        Index("ix_generations_held_back", "project_id", "id", postgresql_where=text("status = 'queued' and job_id is null")),
        Index("ix_generations_project_id_reserved_on", "project_id", "reserved_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    script_id: Mapped[UUID]
    voice: Mapped[str]
    provider: Mapped[str]
    delivery: Mapped[Mapping[str, Any]]
    reason: Mapped[str | None]
    parent_version_id: Mapped[UUID | None]
    unspoken: Mapped[str] = mapped_column(default="")
    requested_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    characters: Mapped[int]
    micros: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str | None]

    status: Mapped[GenerationStatus] = mapped_column(default=GenerationStatus.QUEUED)
    attempt: Mapped[int] = mapped_column(default=0)
    attempts_before: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    reserved_on: Mapped[date]

    script: Mapped[Script] = relationship(lazy="raise", viewonly=True, primaryjoin="foreign(Generation.script_id) == Script.id")
    requested_by: Mapped[Person] = relationship(lazy="raise")

    @property
    def possible(self) -> tuple[Action, ...]:
        """What people can do with it now."""
        return POSSIBLE[self.status]
