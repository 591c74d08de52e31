"""Preferences: which of some versions somebody liked best when they heard them without knowing which was which."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base, new_id
from voiceops.models.people import Person


class Preference(Base):
    """One blind comparison, never changed. `asset_id` is null where the versions are of several assets of the project.

    `version_ids` are in the order in which they were heard; no `preferred_id` means no difference that mattered.
    """

    __tablename__ = "preferences"
    noun: ClassVar[str] = "preference"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "asset_id"], ["assets.project_id", "assets.id"]),
        CheckConstraint("cardinality(version_ids) between 2 and 4", name="version_ids"),
        CheckConstraint("preferred_id is null or preferred_id = any (version_ids)", name="preferred_id"),
        Index("ix_preferences_project_id_id", "project_id", "id"),
        Index("ix_preferences_version_ids", "version_ids", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    asset_id: Mapped[UUID | None]
    version_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PG_UUID(as_uuid=True)))
    preferred_id: Mapped[UUID | None] = mapped_column(ForeignKey("versions.id"))
    note: Mapped[str | None]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    person: Mapped[Person] = relationship(lazy="raise")
