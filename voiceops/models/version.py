"""Versions: the immutable audio of one succeeded generation, with everything that proves it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, Final
from uuid import UUID

import rfc8785
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base, new_id
from voiceops.models.action import Action
from voiceops.models.asset import Script
from voiceops.models.people import Person


class Status(StrEnum):
    """Where a version is in its life."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    ARCHIVED = "archived"


LIFECYCLE: Final[Mapping[Status, tuple[Status, ...]]] = MappingProxyType(
    {
        Status.DRAFT: (Status.IN_REVIEW, Status.ARCHIVED),
        Status.IN_REVIEW: (Status.APPROVED, Status.DRAFT, Status.ARCHIVED),
        Status.APPROVED: (Status.ARCHIVED,),
        Status.ARCHIVED: (Status.DRAFT,),
    }
)
"""Which status may follow which; the trigger `versions_steps` holds the same table."""


class BlobState(StrEnum):
    """Whether a blob's bytes are in the store."""

    STORED = "stored"
    DROPPED = "dropped"


class Blob(Base):
    """Bytes in the object store, known by their SHA-256 (lower-case hex)."""

    __tablename__ = "blobs"
    __table_args__ = (CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"), CheckConstraint("bytes > 0", name="bytes"))

    sha256: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    bytes: Mapped[int]
    state: Mapped[BlobState] = mapped_column(default=BlobState.STORED)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Version(Base):
    """Complete at birth, never changed; only `status` moves, along `LIFECYCLE`. Lengths are ms."""

    __tablename__ = "versions"
    noun: ClassVar[str] = "version"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "asset_id", "generation_id"], ["generations.project_id", "generations.asset_id", "generations.id"]
        ),
        ForeignKeyConstraint(["project_id", "asset_id", "script_id"], ["scripts.project_id", "scripts.asset_id", "scripts.id"]),
        ForeignKeyConstraint(
            ["project_id", "asset_id", "parent_version_id"],
            ["versions.project_id", "versions.asset_id", "versions.id"],
            name="fk_versions_parent_version",
        ),
        UniqueConstraint("generation_id"),
        UniqueConstraint("asset_id", "number"),
        UniqueConstraint("project_id", "asset_id", "id"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("duration_ms > 0", name="duration"),
    )
    possible: ClassVar[tuple[Action, ...]] = (Action.VERSION_PREFER,)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    number: Mapped[int]
    generation_id: Mapped[UUID]
    script_id: Mapped[UUID]
    parent_version_id: Mapped[UUID | None]
    voice: Mapped[str]
    provider: Mapped[str]
    delivery: Mapped[Mapping[str, Any]]
    applied_delivery: Mapped[Mapping[str, Any]]
    provider_metadata: Mapped[Mapping[str, Any]]
    unspoken: Mapped[str]
    reason: Mapped[str | None]
    audio_sha256: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"))
    sample_rate_hz: Mapped[int]
    duration_ms: Mapped[int]
    measurements: Mapped[Mapping[str, Any]]
    words: Mapped[list[Mapping[str, Any]]] = mapped_column(deferred=True)
    fingerprint: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    status: Mapped[Status] = mapped_column(default=Status.DRAFT)

    script: Mapped[Script] = relationship(lazy="raise", viewonly=True, primaryjoin="foreign(Version.script_id) == Script.id")
    created_by: Mapped[Person] = relationship(lazy="raise")
    audio: Mapped[Blob] = relationship(lazy="raise")


class Waveform(Base):
    """The peaks of one version at one zoom: int8 pairs (lowest, highest), each over `samples_per_peak` samples."""

    __tablename__ = "waveforms"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("versions.id"), primary_key=True)
    samples_per_peak: Mapped[int] = mapped_column(primary_key=True)
    peaks: Mapped[bytes] = mapped_column(LargeBinary)


def fingerprint(*, script: str, voice: str, provider: str, delivery: Mapping[str, Any], audio_sha256: str) -> str:
    """Return the SHA-256 (hex) of the RFC 8785 JSON of what an approval is bound to."""
    covered: dict[str, Any] = {
        "v": 1,
        "script": script,
        "voice": voice,
        "provider": provider,
        "delivery": dict(delivery),
        "audio_sha256": audio_sha256,
    }
    return hashlib.sha256(rfc8785.dumps(covered)).hexdigest()
