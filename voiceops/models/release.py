"""Releases: versions that go live as one act, all of them or none; at once or at a time, by one person or by two."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base, new_id
from voiceops.models.action import Action
from voiceops.models.people import Person


class ReleaseStatus(StrEnum):
    """Where a release stands: `waiting` for a second person, `scheduled` for its time."""

    WAITING = "waiting"
    SCHEDULED = "scheduled"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Release(Base):
    """What was asked for, by whom and why, and what came of it.

    `two_people`: a target of it asked for a second person. `finished_at` is when it ended, was cancelled or failed; one that is
    live and has it never ends by itself.
    """

    __tablename__ = "releases"
    noun: ClassVar[str] = "release"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint("(confirmed_by_id is null) = (confirmed_at is null)", name="confirmed"),
        CheckConstraint("confirmed_by_id <> requested_by_id", name="second"),
        Index("ix_releases_due", "starts_at", postgresql_where=text("status = 'scheduled'")),
        Index("ix_releases_ending", "ends_at", postgresql_where=text("status = 'live' and finished_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    status: Mapped[ReleaseStatus]
    two_people: Mapped[bool]
    over_pin: Mapped[bool]
    reason: Mapped[str]
    ticket: Mapped[str | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    requested_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    requested_key_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_keys.id"))
    requested_at: Mapped[datetime] = mapped_column(server_default=func.now())
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]

    requested_by: Mapped[Person] = relationship(lazy="raise", foreign_keys=[requested_by_id])
    confirmed_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[confirmed_by_id])

    @property
    def possible(self) -> tuple[Action, ...]:
        """What its state allows anybody at all."""
        if self.status is ReleaseStatus.WAITING:
            return (Action.RELEASE_CONFIRM, Action.RELEASE_CANCEL)
        ends = self.status is ReleaseStatus.LIVE and self.ends_at is not None and self.finished_at is None
        return (Action.RELEASE_CANCEL,) if ends or self.status is ReleaseStatus.SCHEDULED else ()


class ReleaseItem(Base):
    """One version for one target; `deployment_id` is what put it there."""

    __tablename__ = "release_items"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "release_id"], ["releases.project_id", "releases.id"], name="fk_release_items_release"),
        ForeignKeyConstraint(["project_id", "target_id"], ["targets.project_id", "targets.id"], name="fk_release_items_target"),
        ForeignKeyConstraint(
            ["project_id", "asset_id", "version_id"],
            ["versions.project_id", "versions.asset_id", "versions.id"],
            name="fk_release_items_version",
        ),
        ForeignKeyConstraint(
            ["target_id", "asset_id", "deployment_id"],
            ["deployments.target_id", "deployments.asset_id", "deployments.id"],
            name="fk_release_items_deployment",
        ),
        UniqueConstraint("release_id", "target_id", "asset_id"),
    )

    release_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    target_id: Mapped[UUID] = mapped_column(index=True)
    asset_id: Mapped[UUID]
    version_id: Mapped[UUID]
    deployment_id: Mapped[UUID | None] = mapped_column(index=True)
