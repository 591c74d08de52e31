"""Budgets of a project's month: reserved at the request, in its transaction, and settled when the generation ends.

The sum row is locked by whoever changes it, and limits are read after that: no two requests see the same characters left. The
month is that of the reservation, in UTC by the database's clock, and stays it however long the generation takes.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.errors import Malformed
from voiceops.limits.generating import limits_of
from voiceops.limits.refusing import Limit, LimitReached
from voiceops.models import Budget, Generation, Limits
from voiceops.models.actor import Actor


@dataclass(frozen=True, slots=True)
class Need:
    """What one generation takes: characters that are spoken, and millionths of a currency (None where nothing is charged)."""

    characters: int
    micros: int = 0
    currency: str | None = None

    @classmethod
    def of(cls, characters: int, price_micros: int, currency: str | None) -> "Need":
        """Reckon the money from the price of 1,000 characters; a part of a millionth counts whole."""
        return cls(characters, -(-characters * price_micros // 1000), currency if price_micros else None)


async def reserve(db: AsyncSession, actor: Actor, project_id: UUID, need: Need) -> date:
    """Set `need` aside; returns the day (UTC) whose month it is taken from. Raises `LimitReached` where it is not left."""
    now = await clock(db)
    budget = await locked(db, project_id, now.date())
    limits = await limits_of(db, project_id)
    if need.currency not in {None, limits.currency}:
        raise Malformed.field(
            "voice",
            f"This voice charges in {need.currency}, and this project keeps its money in {limits.currency}; choose another.",
        )
    left = limits.characters - budget.characters_used - budget.characters_reserved
    if need.characters > left:
        raise _spent("characters", f"{need.characters:,} characters", _figure(left, limits.characters), limits, actor, now)
    if (
        limits.money_micros is not None
        and need.micros
        and need.micros > (left := limits.money_micros - budget.micros_used - budget.micros_reserved)
    ):
        figures = (money(max(left, 0), limits.currency), money(limits.money_micros, limits.currency))
        raise _spent("money", money(need.micros, limits.currency), figures, limits, actor, now)
    budget.characters_reserved += need.characters
    budget.micros_reserved += need.micros
    return now.date()


async def spend(db: AsyncSession, generation: Generation) -> None:
    """What was reserved for it is used: it was spoken."""
    await _settle(db, generation, used=True)


async def give_back(db: AsyncSession, generation: Generation) -> None:
    """What was reserved for it is free again: nothing came of it."""
    await _settle(db, generation, used=False)


async def locked(db: AsyncSession, project_id: UUID, day: date) -> Budget:
    """Return the sum row of that day's month, locked until the transaction ends."""
    row = insert(Budget).values(project_id=project_id, month=day.replace(day=1))
    same = row.on_conflict_do_update(index_elements=[Budget.project_id, Budget.month], set_={"month": row.excluded.month})
    return (await db.execute(same.returning(Budget), execution_options={"populate_existing": True})).scalar_one()


async def clock(db: AsyncSession) -> datetime:
    """Return the database's time."""
    now: datetime = (await db.execute(text("select clock_timestamp()"))).scalar_one()
    return now.astimezone(UTC)


def resets_at(day: date) -> datetime:
    """Return when the month of that day ends, and the next budget begins."""
    first = day.replace(day=1) + timedelta(days=monthrange(day.year, day.month)[1])
    return datetime(first.year, first.month, 1, tzinfo=UTC)


def money(micros: int, currency: str) -> str:
    """Return millionths of a currency as people write them: at least cents, and whatever is beyond them."""
    whole, rest = divmod(micros, 1_000_000)
    digits = f"{rest:06d}"
    return f"{currency} {whole:,}.{digits[:2]}{digits[2:].rstrip('0')}"


def _figure(left: int, limit: int) -> tuple[str, str]:
    return f"{max(left, 0):,}", f"{limit:,}"


def _spent(name: str, needed: str, figures: tuple[str, str], limits: Limits, actor: Actor, now: datetime) -> LimitReached:
    left, limit = figures
    end = resets_at(now.date())
    return LimitReached(
        f"This takes {needed}, and of this month's {limit} only {left} are left. The budget begins anew on {end:%d %B} (UTC);"
        " an owner can raise it before.",
        limit=Limit(limits.project_id, f"budget.{name}", f"budget {name} {limits.project_id} {actor.person}", limits.project_id),
        actor=actor,
        retry_after=(end - now).total_seconds(),
        figures={"needed": needed, "left": left, "of": limit},
    )


async def _settle(db: AsyncSession, generation: Generation, *, used: bool) -> None:
    values = {
        "characters_reserved": Budget.characters_reserved - generation.characters,
        "micros_reserved": Budget.micros_reserved - generation.micros,
    }
    if used:
        values["characters_used"] = Budget.characters_used + generation.characters
        values["micros_used"] = Budget.micros_used + generation.micros
    month = generation.reserved_on.replace(day=1)
    await db.execute(
        update(Budget).where(Budget.project_id == generation.project_id, Budget.month == month).values(values),
        execution_options={"synchronize_session": False},
    )
