"""Notices: what somebody is told in person, once, because it waits for them or answers them."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base, new_id
from voiceops.models.people import Person
from voiceops.models.version import Version


class NoticeKind(StrEnum):
    """Why somebody is told."""

    REVIEW_ASKED = "review_asked"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    MENTIONED = "mentioned"
    REPLIED = "replied"
    RELEASE_ASKED = "release_asked"
    RELEASE_FAILED = "release_failed"


class Notice(Base):
    """One thing told to one person. It points to what it is about and holds no words; only that it was read or mailed is added."""

    __tablename__ = "notices"
    noun: ClassVar[str] = "notice"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "asset_id", "version_id"], ["versions.project_id", "versions.asset_id", "versions.id"]),
        Index("ix_notices_person_id_id", "person_id", "id"),
        Index("ix_notices_unread", "person_id", "id", postgresql_where=text("read_at is null")),
        Index("ix_notices_review_id", "review_id", postgresql_where=text("read_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[NoticeKind]
    project_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    version_id: Mapped[UUID]
    review_id: Mapped[UUID | None] = mapped_column(ForeignKey("reviews.id"))
    comment_id: Mapped[UUID | None] = mapped_column(ForeignKey("comments.id"))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]

    by: Mapped[Person] = relationship(lazy="raise", foreign_keys=[by_id])
    version: Mapped[Version] = relationship(lazy="raise", viewonly=True, primaryjoin="foreign(Notice.version_id) == Version.id")
