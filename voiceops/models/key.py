"""API keys: what machines sign in with. Bound to one project and to the person who made it; the secret itself is kept nowhere."""

import re
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from voiceops.db import Base, new_id
from voiceops.models.action import Action

KEY_FORM: Final = re.compile(r"vo_([a-z0-9]{8})_([A-Za-z0-9_-]{43})", re.ASCII)
"""A key as it is sent: a prefix, by which people know it again, and the secret."""


class Scope(StrEnum):
    """What a key is let do, of what its person may. `policy.SCOPES` tells which action needs which."""

    READ = "read"
    WRITE = "write"
    GENERATE = "generate"
    REVIEW = "review"
    DEPLOY = "deploy"
    LIVE = "live"


class ApiKey(Base):
    """One key. Never deleted, only revoked; only the SHA-256 of its secret is kept, which has 256 random bits."""

    __tablename__ = "api_keys"
    noun: ClassVar[str] = "key"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))

    @property
    def possible(self) -> tuple[Action, ...]:
        """What its state allows."""
        return (Action.KEY_REVOKE,) if self.revoked_at is None else ()
