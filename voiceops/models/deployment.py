"""Deployments, each a version put on a target, and slots, what is live of one asset on one target."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base, new_id
from voiceops.models.people import Person
from voiceops.models.target import Target


class DeploymentKind(StrEnum):
    """How a deployment came about."""

    DEPLOY = "deploy"
    ROLLBACK = "rollback"
    RETIRE = "retire"
    RETURN = "return"


class Deployment(Base):
    """A version put on a target, for good; without a version nothing is live since then. Never changed.

    `replaces_id` is what was live before, `restores_id` the earlier deployment whose version is live again. `manifest` is the
    canonical JSON that machines are given, byte for byte. `rendering` is the profile that the version is heard in there, and
    `audio_sha256` the file of it; what was deployed before there were any is heard as its master.
    """

    __tablename__ = "deployments"
    noun: ClassVar[str] = "deployment"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "target_id"], ["targets.project_id", "targets.id"]),
        ForeignKeyConstraint(["project_id", "asset_id"], ["assets.project_id", "assets.id"]),
        ForeignKeyConstraint(["project_id", "asset_id", "version_id"], ["versions.project_id", "versions.asset_id", "versions.id"]),
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
        CheckConstraint("(version_id is null) = (kind = 'retire')", name="version"),
        CheckConstraint("(restores_id is null) = (kind not in ('rollback', 'return'))", name="restores"),
        CheckConstraint(
            "(rendering is null) = (audio_sha256 is null) and (rendering is null or version_id is not null)", name="audio"
        ),
        Index("ix_deployments_project_id_id", "project_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID]
    target_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    version_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[DeploymentKind]
    replaces_id: Mapped[UUID | None]
    restores_id: Mapped[UUID | None]
    reason: Mapped[str]
    ticket: Mapped[str | None]
    deployed_at: Mapped[datetime]
    deployed_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    manifest: Mapped[str | None] = mapped_column(deferred=True)
    manifest_sha256: Mapped[str | None]
    rendering: Mapped[Mapping[str, Any] | None]
    audio_sha256: Mapped[str | None] = mapped_column(ForeignKey("blobs.sha256"), index=True)

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
        CheckConstraint(
            "(pinned_at is null) = (pinned_by_id is null) and (pinned_at is null) = (pin_reason is null)", name="pinned"
        ),
        CheckConstraint("pinned_at is null or version_id is not null", name="pin"),
    )

    target_id: Mapped[UUID] = mapped_column(primary_key=True)
    asset_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(index=True)
    deployment_id: Mapped[UUID | None]
    version_id: Mapped[UUID | None] = mapped_column(index=True)
    deployed_at: Mapped[datetime | None]
    pinned_at: Mapped[datetime | None]
    pinned_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    pin_reason: Mapped[str | None]
