"""Assets, the named pieces of voice content, and scripts, their immutable wordings."""

import re
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base, new_id
from voiceops.models.action import Action
from voiceops.models.people import Person

KEY: Final = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
"""An asset key: parts of lower-case letters, digits, dots, dashes and underscores, joined by slashes."""


class Asset(Base):
    """One named piece of voice content. Counts its scripts and versions, so that their numbers have no gaps."""

    __tablename__ = "assets"
    noun: ClassVar[str] = "asset"
    __table_args__ = (
        UniqueConstraint("project_id", "key"),
        UniqueConstraint("project_id", "id"),
        Index("ix_assets_searched", "searched", postgresql_using="gin", postgresql_ops={"searched": "gin_trgm_ops"}),
    )
    possible: ClassVar[tuple[Action, ...]] = (Action.ASSET_UPDATE, Action.SCRIPT_CREATE, Action.GENERATION_REQUEST)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    key: Mapped[str]
    title: Mapped[str]
    language: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    script_count: Mapped[int] = mapped_column(default=0)
    version_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    searched: Mapped[str] = mapped_column(server_default="", deferred=True)
    """Key, title, tags and newest script, in lower case; the triggers `assets_searched` and `scripts_searched` write it."""

    owner: Mapped[Person] = relationship(lazy="raise")


class Script(Base):
    """One wording of an asset, numbered from 1, never changed."""

    __tablename__ = "scripts"
    noun: ClassVar[str] = "script"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "asset_id"], ["assets.project_id", "assets.id"]),
        UniqueConstraint("asset_id", "number"),
        UniqueConstraint("project_id", "asset_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    number: Mapped[int]
    text: Mapped[str]
    note: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))

    created_by: Mapped[Person] = relationship(lazy="raise")
