"""Versions: the immutable audio of one succeeded generation, with everything that proves it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, Final
from uuid import UUID

import rfc8785
from sqlalchemy import (
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base, new_id
from voiceops.errors import Conflict, FieldError
from voiceops.models.action import Action
from voiceops.models.asset import Script
from voiceops.models.people import Person


class Status(StrEnum):
    """Where a version is in its life."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    ARCHIVED = "archived"


LIFECYCLE: Final[Mapping[Action, tuple[frozenset[Status], Status]]] = MappingProxyType(
    {
        Action.VERSION_SUBMIT: (frozenset({Status.DRAFT}), Status.IN_REVIEW),
        Action.VERSION_APPROVE: (frozenset({Status.IN_REVIEW}), Status.APPROVED),
        Action.VERSION_REQUEST_CHANGES: (frozenset({Status.IN_REVIEW}), Status.DRAFT),
        Action.VERSION_WITHDRAW: (frozenset({Status.IN_REVIEW}), Status.DRAFT),
        Action.VERSION_ARCHIVE: (frozenset({Status.DRAFT, Status.IN_REVIEW, Status.APPROVED}), Status.ARCHIVED),
        Action.VERSION_RESTORE: (frozenset({Status.ARCHIVED}), Status.DRAFT),
    }
)
"""What moves a version, from where to where; the trigger `versions_steps` holds the same steps."""


class BlobState(StrEnum):
    """Whether a blob's bytes are in the store."""

    STORED = "stored"
    DROPPED = "dropped"


class Blob(Base):
    """Bytes in the object store, known by their SHA-256 (lower-case hex).

    What is dropped is so for everybody at once, and its bytes are deleted a little later: then `deleted_at` is set.
    """

    __tablename__ = "blobs"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("bytes > 0", name="bytes"),
        CheckConstraint("(state = 'dropped') = (dropped_at is not null)", name="dropped"),
        CheckConstraint("deleted_at is null or state = 'dropped'", name="deleted"),
        Index("ix_blobs_undeleted", "dropped_at", postgresql_where=text("state = 'dropped' and deleted_at is null")),
    )

    sha256: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    bytes: Mapped[int]
    state: Mapped[BlobState] = mapped_column(default=BlobState.STORED)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    dropped_at: Mapped[datetime | None] = mapped_column(server_onupdate=FetchedValue())
    deleted_at: Mapped[datetime | None]


class Version(Base):
    """Complete at birth, never changed; only `status` moves, along `LIFECYCLE`, and `archived_at` with it. Lengths are ms."""

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
        Index("ix_versions_archived", "project_id", "archived_at", postgresql_where=text("status = 'archived'")),
        Index("ix_versions_audio_sha256", "audio_sha256"),
        CheckConstraint("duration_ms > 0", name="duration"),
    )

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
    archived_at: Mapped[datetime | None] = mapped_column(server_onupdate=FetchedValue())

    script: Mapped[Script] = relationship(lazy="raise", viewonly=True, primaryjoin="foreign(Version.script_id) == Script.id")
    created_by: Mapped[Person] = relationship(lazy="raise")
    audio: Mapped[Blob] = relationship(lazy="raise")

    @property
    def steps(self) -> tuple[Action, ...]:
        """What can move it from where it is."""
        return tuple(action for action, (before, _) in LIFECYCLE.items() if self.status in before)

    @property
    def possible(self) -> tuple[Action, ...]:
        """What its state allows."""
        always = (*self.steps, Action.COMMENT_CREATE, Action.VERSION_PREFER)
        return (*always, Action.AUDIO_DROP) if self.status is Status.ARCHIVED else always

    @property
    def makers(self) -> frozenset[UUID]:
        """Who asked for it and who wrote its script (which has to be loaded): barred from approving it."""
        return frozenset({self.created_by_id, self.script.created_by_id})

    def check(self, action: Action) -> None:
        """Raise `Conflict`, which names what is possible, unless `action` can move it from where it is."""
        if action not in self.steps:
            words = self.status.replace("_", " ")
            raise Conflict(f"This version is {words}, so {action} is not possible.", possible=[str(step) for step in self.steps])

    @property
    def left(self) -> list[str]:
        """What can still be done to a version that may be neither submitted nor approved as it is."""
        return [str(step) for step in self.steps if step not in {Action.VERSION_SUBMIT, Action.VERSION_APPROVE}]

    def check_kept(self) -> None:
        """Raise `Conflict` if its audio (which has to be loaded) was dropped: nobody can judge what nobody can hear."""
        if self.audio.state is BlobState.DROPPED:
            words = "The audio of this version was dropped; only what was recorded of it is left. Make another take."
            raise Conflict(words, errors=[FieldError("audio", words)], possible=self.left)

    def move(self, action: Action) -> dict[str, Any]:
        """Take the step of `action` and return it as the record tells it."""
        self.check(action)
        before, self.status = self.status, LIFECYCLE[action][1]
        return {"status": {"from": before, "to": self.status}}


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
