"""Requests answered under an `Idempotency-Key`, so that asking again gives the same answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from voiceops.db import Base


class IdempotencyKey(Base):
    """One answer, kept with the SHA-256 of the request (method, path and body) that it answers.

    `actor_id` is the person's, or the API key's where one asked: each has keys of its own.
    """

    __tablename__ = "idempotency_keys"

    actor_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    location: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
