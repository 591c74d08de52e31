"""Rates: so many a minute, and a burst after a rest (GCRA). One upsert of one row, so that any number of processes agree.

The clock is the database's, read once the row is locked: who had to wait for the row does not reckon with the time before it.
In any t seconds at most burst + rate x t are let through, never more.
"""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.db import ask

DEBIT: Final = text("""
    insert into rates as r (key, full_at) values (:key, clock_timestamp() + cast(:step as interval))
    on conflict (key) do update set full_at = greatest(r.full_at, clock_timestamp()) + cast(:step as interval)
    where greatest(r.full_at, clock_timestamp()) + cast(:step as interval) <= clock_timestamp() + cast(:span as interval)
    returning full_at - clock_timestamp()
""")
DEBIT_BOTH: Final = """
    with first as (
      insert into rates as r (key, full_at) values (%(key)s, clock_timestamp() + %(step)s)
      on conflict (key) do update set full_at = greatest(r.full_at, clock_timestamp()) + %(step)s
      where greatest(r.full_at, clock_timestamp()) + %(step)s <= clock_timestamp() + %(span)s
      returning full_at - clock_timestamp() as full_in
    ), second as (
      insert into rates as r (key, full_at) select %(key2)s, clock_timestamp() + %(step2)s from first
      on conflict (key) do update set full_at = greatest(r.full_at, clock_timestamp()) + %(step2)s
      where greatest(r.full_at, clock_timestamp()) + %(step2)s <= clock_timestamp() + %(span2)s
      returning full_at - clock_timestamp() as full_in
    )
    select (select full_in from first), (select full_in from second)
"""
"""Two debits as one statement. The second selects from the first: its row is locked after, and only if the first let pass."""
LOOK: Final = text("select greatest(full_at - clock_timestamp(), interval '0') from rates where key = :key")
GIVE_BACK: Final = text("update rates set full_at = full_at - cast(:step as interval) where key = :key")
FORGET: Final = text("""
    delete from rates where key in (select key from rates where full_at < clock_timestamp() for update skip locked)
""")


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_minute` on average, `burst` at once after a rest. `name` is how answers call it."""

    name: str
    per_minute: float
    burst: int

    @property
    def step(self) -> timedelta:
        """Time between two at this rate. Rounded up: rounded down, a few too many would pass in the long run."""
        return timedelta(microseconds=math.ceil(60_000_000 / self.per_minute))

    @property
    def span(self) -> timedelta:
        """Time in which the whole burst comes back."""
        return self.step * self.burst


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a rate: how many may pass at once now, and how long until all of the burst is there again."""

    rate: Rate
    remaining: int
    full_in: timedelta

    @property
    def wait(self) -> float:
        """Seconds until one more may pass."""
        return max((self.full_in + self.rate.step - self.rate.span).total_seconds(), 0.0)


async def debit(db: AsyncSession, key: str, rate: Rate) -> tuple[bool, Left]:
    """Take one if there is one; tells whether there was, and what is left. The row stays locked until the transaction ends."""
    taken = await db.execute(DEBIT, {"key": key, "step": rate.step, "span": rate.span})
    full_in = taken.scalar_one_or_none()
    if full_in is None:
        return False, await look(db, key, rate)
    return True, _left(rate, full_in)


async def debit_both(db: AsyncSession, first: tuple[str, Rate], second: tuple[str, Rate]) -> tuple[Left | None, Left | None]:
    """Take one of each rate, by its key; tells what is left of each, None for the one that refused and what would come after it.

    Who is refused has to undo the transaction: the first may have been taken from.
    """
    (key, rate), (key2, rate2) = first, second
    values = {"key": key, "step": rate.step, "span": rate.span, "key2": key2, "step2": rate2.step, "span2": rate2.span}
    ((full_in, full_in2),) = await ask(db, DEBIT_BOTH, values)
    return (
        None if full_in is None else _left(rate, full_in),
        None if full_in2 is None else _left(rate2, full_in2),
    )


async def look(db: AsyncSession, key: str, rate: Rate) -> Left:
    """Tell what is left, taking nothing."""
    full_in = (await db.execute(LOOK, {"key": key})).scalar_one_or_none()
    return _left(rate, full_in or timedelta())


async def give_back(db: AsyncSession, key: str, rate: Rate) -> None:
    """Undo one debit."""
    await db.execute(GIVE_BACK, {"key": key, "step": rate.step})


async def forget(db: AsyncSession) -> None:
    """Delete what tells nothing any more: rates that are whole again."""
    await db.execute(FORGET)


def _left(rate: Rate, full_in: timedelta) -> Left:
    return Left(rate, max((rate.span - full_in) // rate.step, 0), full_in)
