"""Drops: that the audio of a version was let go, by whom and why. Of the version all else is kept."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base, new_id
from voiceops.models.people import Person


class Drop(Base):
    """One drop, written once: by a policy after so many `days`, which `person` set, or by `person` for a `reason`.

    Bytes that were dropped are stored again where somebody makes the very same, and may be dropped again: the newest counts.
    """

    __tablename__ = "drops"
    noun: ClassVar[str] = "drop"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "asset_id", "version_id"],
            ["versions.project_id", "versions.asset_id", "versions.id"],
            name="fk_drops_version",
        ),
        CheckConstraint("(days is null) <> (reason is null)", name="why"),
        Index("ix_drops_version_id_id", "version_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    version_id: Mapped[UUID]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    days: Mapped[int | None]
    reason: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    person: Mapped[Person | None] = relationship(lazy="raise")
