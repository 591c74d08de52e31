"""Answers kept under an `Idempotency-Key`: they hold scripts and names, and are for who asks again soon."""

from typing import Final

from sqlalchemy import delete, func, text
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.models import IdempotencyKey

KEPT: Final = "24 hours"
"""PostgreSQL refuses to delete them sooner."""


async def forget(db: AsyncSession) -> None:
    """Delete what was answered so long ago."""
    old = IdempotencyKey.created_at <= func.now() - text(f"interval '{KEPT}'")
    await db.execute(delete(IdempotencyKey).where(old).execution_options(synchronize_session=False))
