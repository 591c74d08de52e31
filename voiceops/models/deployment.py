"""Deployments, each a version put on a target; releases, one act of several; slots, what is live of one asset on one target."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base, new_id
from voiceops.models.action import Action
from voiceops.models.people import Person
from voiceops.models.target import Target


class DeploymentKind(StrEnum):
    """How a deployment came about: `return` is the earlier one coming back by itself at the end of the later."""

    DEPLOY = "deploy"
    ROLLBACK = "rollback"
    RETIRE = "retire"
    RETURN = "return"


class ReleaseState(StrEnum):
    """Where a release is: it waits for a second person, or for its start, or it has ended."""

    WAITING = "waiting"
    SCHEDULED = "scheduled"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Release(Base):
    """Versions put on targets as one act: all of them or none."""

    __tablename__ = "releases"
    noun: ClassVar[str] = "release"
    __table_args__ = (
        UniqueConstraint("project_id", "id"),
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint("(confirmed_at is null) = (confirmed_by_id is null)", name="confirmed"),
        CheckConstraint("confirmed_by_id <> created_by_id", name="two"),
        CheckConstraint("(ended_at is null) = (state in ('waiting', 'scheduled'))", name="ended"),
        CheckConstraint("(error is null) = (state <> 'failed')", name="error"),
        Index("ix_releases_project_id_id", "project_id", "id"),
        Index("ix_releases_starts_at", "starts_at", postgresql_where=text("state = 'scheduled'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    reason: Mapped[str]
    ticket: Mapped[str | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    state: Mapped[ReleaseState]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None]

    @property
    def possible(self) -> tuple[Action, ...]:
        """What its state allows."""
        if self.state is ReleaseState.WAITING:
            return (Action.RELEASE_CONFIRM, Action.RELEASE_CANCEL)
        return (Action.RELEASE_CANCEL,) if self.state is ReleaseState.SCHEDULED else ()


class ReleaseItem(Base):
    """One version for one target in a release."""

    __tablename__ = "release_items"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "release_id"], ["releases.project_id", "releases.id"]),
        ForeignKeyConstraint(["project_id", "target_id"], ["targets.project_id", "targets.id"]),
        ForeignKeyConstraint(["project_id", "asset_id", "version_id"], ["versions.project_id", "versions.asset_id", "versions.id"]),
        UniqueConstraint("release_id", "target_id", "asset_id"),
        CheckConstraint("place >= 0", name="place"),
    )

    release_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    project_id: Mapped[UUID]
    target_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    version_id: Mapped[UUID] = mapped_column(index=True)


class Deployment(Base):
    """A version put on a target, for good; without a version nothing is live since then. Never changed.

    `replaces_id` is what was live before, `restores_id` the earlier deployment whose version is live again. `manifest` is the
    canonical JSON that machines are given, byte for byte.
    """

    __tablename__ = "deployments"
    noun: ClassVar[str] = "deployment"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "target_id"], ["targets.project_id", "targets.id"]),
        ForeignKeyConstraint(["project_id", "asset_id"], ["assets.project_id", "assets.id"]),
        ForeignKeyConstraint(["project_id", "asset_id", "version_id"], ["versions.project_id", "versions.asset_id", "versions.id"]),
        ForeignKeyConstraint(["project_id", "release_id"], ["releases.project_id", "releases.id"]),
        ForeignKeyConstraint(
            ["target_id", "asset_id", "replaces_id"],
            ["deployments.target_id", "deployments.asset_id", "deployments.id"],
            name="fk_deployments_replaces",
        ),
        ForeignKeyConstraint(
            ["target_id", "asset_id", "restores_id"],
            ["deployments.target_id", "deployments.asset_id", "deployments.id"],
            name="fk_deployments_restores",
        ),
        UniqueConstraint("target_id", "asset_id", "deployed_at"),
        UniqueConstraint("target_id", "asset_id", "id"),
        CheckConstraint("(version_id is null) = (manifest is null)", name="manifest"),
        CheckConstraint("(manifest is null) = (manifest_sha256 is null)", name="manifest_sha256"),
        CheckConstraint("version_id is not null or kind in ('retire', 'return')", name="version"),
        CheckConstraint("restores_id is null or kind in ('rollback', 'return')", name="restores"),
        CheckConstraint("ends_at > deployed_at", name="ends"),
        Index("ix_deployments_project_id_id", "project_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID]
    target_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    version_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[DeploymentKind]
    release_id: Mapped[UUID | None]
    replaces_id: Mapped[UUID | None]
    restores_id: Mapped[UUID | None]
    reason: Mapped[str]
    ticket: Mapped[str | None]
    ends_at: Mapped[datetime | None]
    deployed_at: Mapped[datetime]
    deployed_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    manifest: Mapped[str | None] = mapped_column(deferred=True)
    manifest_sha256: Mapped[str | None]

    target: Mapped[Target] = relationship(lazy="raise", viewonly=True, primaryjoin="foreign(Deployment.target_id) == Target.id")
    deployed_by: Mapped[Person] = relationship(lazy="raise")


class Slot(Base):
    """One asset on one target, and what is live there: a trigger keeps it at the newest deployment.

    Locking its row puts those who deploy there at once in an order.
    """

    __tablename__ = "slots"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "target_id"], ["targets.project_id", "targets.id"]),
        ForeignKeyConstraint(["project_id", "asset_id"], ["assets.project_id", "assets.id"]),
        ForeignKeyConstraint(
            ["target_id", "asset_id", "deployment_id"],
            ["deployments.target_id", "deployments.asset_id", "deployments.id"],
            name="fk_slots_deployment",
        ),
        CheckConstraint("(pinned_at is null) = (pinned_by_id is null) and (pinned_at is null) = (pin_reason is null)", name="pinned"),
        CheckConstraint("pinned_at is null or version_id is not null", name="pin"),
        Index("ix_slots_ends_at", "ends_at", postgresql_where=text("ends_at is not null")),
    )

    target_id: Mapped[UUID] = mapped_column(primary_key=True)
    asset_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(index=True)
    deployment_id: Mapped[UUID | None]
    version_id: Mapped[UUID | None] = mapped_column(index=True)
    deployed_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    pinned_at: Mapped[datetime | None]
    pinned_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    pin_reason: Mapped[str | None]
