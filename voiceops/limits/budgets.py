"""Budgets of a project's month: reserved at the request, in its transaction, and settled when the generation ends.

The sum row is locked by whoever changes it, and limits are read after that: no two requests see the same characters left. The
month is that of the reservation, in UTC by the database's clock, and stays it however long the generation takes.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.db import ask
from voiceops.errors import Malformed
from voiceops.limits.generating import limits_of
from voiceops.limits.refusing import Limit, LimitReached
from voiceops.models import Budget, Generation, Limits
from voiceops.models.actor import Actor

RESERVE: Final = """
    insert into budgets as b (project_id, month, characters_reserved, micros_reserved)
    values (%(project)s, date_trunc('month', statement_timestamp() at time zone 'UTC'), %(characters)s, %(micros)s)
    on conflict (project_id, month) do update
      set characters_reserved = b.characters_reserved + excluded.characters_reserved,
        micros_reserved = b.micros_reserved + excluded.micros_reserved
    returning characters_used + characters_reserved, micros_used + micros_reserved, statement_timestamp()
"""
"""Set aside first, asked after whether it was there: who is refused undoes it."""
SETTLE: Final = """
    update budgets set characters_reserved = characters_reserved - %(characters)s, micros_reserved = micros_reserved - %(micros)s,
      characters_used = characters_used + case when %(used)s then %(characters)s else 0 end,
      micros_used = micros_used + case when %(used)s then %(micros)s else 0 end
    where project_id = %(project)s and month = %(month)s
"""


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
    """Set `need` aside; returns the day (UTC) whose month it is taken from.

    Raises `LimitReached` where it is not left, and `Malformed` in another currency; the transaction then has to be undone.
    """
    values = {"project": project_id, "characters": need.characters, "micros": need.micros}
    ((characters, micros, at),) = await ask(db, RESERVE, values)
    now: datetime = at.astimezone(UTC)
    limits = await limits_of(db, project_id)
    if need.currency not in {None, limits.currency}:
        raise Malformed.field(
            "voice",
            f"This voice charges in {need.currency}, and this project keeps its money in {limits.currency}; choose another.",
        )
    if characters > limits.characters:
        figures = _figure(limits.characters - characters + need.characters, limits.characters)
        raise _spent("characters", f"{need.characters:,} characters", figures, limits, actor, now)
    if limits.money_micros is not None and need.micros and micros > limits.money_micros:
        left = max(limits.money_micros - micros + need.micros, 0)
        figures = (money(left, limits.currency), money(limits.money_micros, limits.currency))
        raise _spent("money", money(need.micros, limits.currency), figures, limits, actor, now)
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
        "project": generation.project_id,
        "month": generation.reserved_on.replace(day=1),
        "characters": generation.characters,
        "micros": generation.micros,
        "used": used,
    }
    await ask(db, SETTLE, values)
