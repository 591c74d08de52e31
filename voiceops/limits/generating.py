"""How often a person and a project may ask for a generation."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.db import ask
from voiceops.limits.rates import Left, Rate, debit_both, look
from voiceops.limits.refusing import Limit, LimitReached
from voiceops.models import Limits
from voiceops.models.actor import Actor
from voiceops.text import duration

COLUMNS: Final = tuple(column.name for column in Limits.__table__.columns)
LIMITS: Final = f"select {', '.join(COLUMNS)} from limits where project_id = %(project)s"  # noqa: S608 - ours


async def limits_of(db: AsyncSession, project_id: UUID) -> Limits:
    """Return a project's limits as they are now, whatever was read of them before."""
    (found,) = await ask(db, LIMITS, {"project": project_id})
    return Limits(**dict(zip(COLUMNS, found, strict=True)))


async def check_rates(db: AsyncSession, actor: Actor, project_id: UUID) -> Sequence[Left]:
    """Count one generation of the actor's in the project; returns what is left of each rate, or raises `LimitReached`.

    It is counted in the request's own transaction: a request that is refused for anything at all has taken nothing.
    """
    limits = await limits_of(db, project_id)
    rates = _rates(limits, actor.person)
    taken = await debit_both(db, *rates)
    left = [one for one in taken if one is not None]
    if len(left) < len(rates):
        (key, rate), whose = list(zip(rates, ("you", "this project"), strict=True))[len(left)]
        refused = await look(db, key, rate)
        detail = (
            f"For {whose} the limit is {rate.per_minute:g} generations a minute, {rate.burst:,} at once after a rest."
            f" Ask again in {duration(refused.wait)}."
        )
        limit = Limit(project_id, f"generations.{rate.name}", key, project_id)
        figures = {"per_minute": int(rate.per_minute), "burst": rate.burst}
        raise LimitReached(detail, limit=limit, actor=actor, retry_after=refused.wait, left=[refused], figures=figures)
    return left


async def rates_left(db: AsyncSession, actor: Actor, limits: Limits) -> Sequence[Left]:
    """Tell what is left of the actor's rate and of the project's."""
    return [await look(db, key, rate) for key, rate in _rates(limits, actor.person)]


def _rates(limits: Limits, person_id: UUID) -> tuple[tuple[str, Rate], tuple[str, Rate]]:
    """Each rate with its key. A person's is one of this project, for its owners set it."""
    key = f"generate {limits.project_id}"
    return (
        (f"{key} {person_id}", Rate("person", limits.person_per_minute, limits.person_burst)),
        (key, Rate("project", limits.project_per_minute, limits.project_burst)),
    )
