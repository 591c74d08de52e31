"""Comments: remarks on a version, at a moment or a span of it if given, in threads one level deep."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base, new_id
from voiceops.models.action import Action
from voiceops.models.people import Person


class Comment(Base):
    """One remark; what it says stands in its texts. Deleted, it leaves this tombstone. Times are ms from the start of the audio.

    A thread is a comment that replies to none, with its replies; it alone is resolved and reopened.
    """

    __tablename__ = "comments"
    noun: ClassVar[str] = "comment"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "asset_id", "version_id"], ["versions.project_id", "versions.asset_id", "versions.id"]),
        UniqueConstraint("version_id", "id"),
        ForeignKeyConstraint(["version_id", "reply_to_id"], ["comments.version_id", "comments.id"], name="fk_comments_reply_to"),
        CheckConstraint("at_ms >= 0", name="at_ms"),
        CheckConstraint("until_ms > at_ms", name="until_ms"),
        CheckConstraint("until_ms is null or at_ms is not null", name="span"),
        CheckConstraint("reply_to_id is null or (at_ms is null and resolved_at is null)", name="thread"),
        CheckConstraint("(resolved_at is null) = (resolved_by_id is null)", name="resolved"),
        CheckConstraint("(deleted_at is null) = (deleted_by_id is null)", name="deleted"),
        Index("ix_comments_reply_to_id", "reply_to_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    version_id: Mapped[UUID]
    reply_to_id: Mapped[UUID | None]
    at_ms: Mapped[int | None]
    until_ms: Mapped[int | None]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    text_count: Mapped[int] = mapped_column(default=1)
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    deleted_at: Mapped[datetime | None]
    deleted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    resolved_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[resolved_by_id])
    deleted_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[deleted_by_id])

    @property
    def possible(self) -> tuple[Action, ...]:
        """What its state allows. The thread of a deleted comment can be settled, for its replies stay; once it is, it is over."""
        resolving: tuple[Action, ...] = ()
        if self.reply_to_id is None and not (self.deleted_at and self.resolved_at):
            resolving = (Action.COMMENT_REOPEN if self.resolved_at else Action.COMMENT_RESOLVE,)
        own = () if self.deleted_at else (Action.COMMENT_EDIT, Action.COMMENT_DELETE)
        return (*own, *resolving)


class CommentText(Base):
    """What a comment says or said: the texts are numbered from 1, the last one counts, none ever changes."""

    __tablename__ = "comment_texts"

    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]
    mentions: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    written_at: Mapped[datetime] = mapped_column(server_default=func.now())
