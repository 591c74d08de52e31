"""Renditions: a version's audio in other formats, kept for whoever asks next. A cache: it can all be made anew."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base
from voiceops.models.version import Blob


class Rendition(Base):
    """One version in one profile, whose name says all that it is: `mp3`, `ulaw;-20`. Rows go when their bytes are dropped.

    `measurements` are those of what the file decodes to, where it was made for a target. `used_on` is the last day on which
    somebody asked for it, so that it is written at most once a day.
    """

    __tablename__ = "renditions"
    noun: ClassVar[str] = "rendition"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "asset_id", "version_id"],
            ["versions.project_id", "versions.asset_id", "versions.id"],
            name="fk_renditions_version",
        ),
        Index("ix_renditions_project_id_used_on", "project_id", "used_on"),
        Index("ix_renditions_sha256", "sha256"),
    )

    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    profile: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    sha256: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"))
    measurements: Mapped[Mapping[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    used_on: Mapped[date] = mapped_column(server_default=func.current_date())

    audio: Mapped[Blob] = relationship(lazy="raise")
