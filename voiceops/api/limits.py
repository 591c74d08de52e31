"""`/projects/{project}/limits`: what a project may take, what is gone of it this month, and who took it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, model_validator
from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.api.deps import Caller, Db
from voiceops.api.payloads import In, Out, PersonOut, Reason, Time, shaped
from voiceops.limits import budgets
from voiceops.limits.generating import limits_of, rates_left
from voiceops.limits.rates import Left
from voiceops.models import Action, Budget, Generation, GenerationStatus, Limits, Person, Project
from voiceops.models.actor import Actor
from voiceops.models.limit import BOUNDS, CURRENCY
from voiceops.policy import allowed, find
from voiceops.workflow import limiting

router = APIRouter(tags=["limits"])


def bounded(name: str) -> Any:  # noqa: ANN401 - pydantic's own type for it is private
    """Return a whole number within the bounds of a limit."""
    low, high = BOUNDS[name]
    return Field(strict=True, ge=low, le=high)


class RateIn(In):
    """A rate; what is left out stays."""

    per_minute: Annotated[int | None, bounded("person_per_minute")] = None
    burst: Annotated[int | None, bounded("person_burst")] = None


class RatesIn(In):
    """How often generations may be asked for."""

    person: RateIn = RateIn()
    project: RateIn = RateIn()


class CharactersIn(In):
    """The month's characters."""

    limit: Annotated[int, bounded("characters")]


class MoneyIn(In):
    """The month's money, in millionths of the currency; null is no limit."""

    limit_micros: Annotated[int | None, bounded("money_micros")] = None
    currency: Annotated[str, shaped(CURRENCY, "Three capital letters, such as EUR (ISO 4217).")] | None = None


class ConcurrencyIn(In):
    """How many generations run at once."""

    limit: Annotated[int, bounded("concurrency")]


class LimitsPatch(In):
    """Limits to be set, and why; what is left out stays."""

    generations: RatesIn = RatesIn()
    characters: CharactersIn | None = None
    money: MoneyIn | None = None
    concurrency: ConcurrencyIn | None = None
    reason: Reason

    @model_validator(mode="after")
    def _something(self) -> "LimitsPatch":
        if not self.fields():
            raise ValueError("Name at least one limit to set.")
        return self

    def fields(self) -> dict[str, Any]:
        """Return what is set, by the names of the table's columns."""
        rates = {"person": self.generations.person, "project": self.generations.project}
        found: dict[str, Any] = {
            f"{whose}_{name}": value for whose, rate in rates.items() for name, value in rate.model_dump(exclude_none=True).items()
        }
        if self.characters:
            found["characters"] = self.characters.limit
        if self.concurrency:
            found["concurrency"] = self.concurrency.limit
        if self.money and "limit_micros" in self.money.model_fields_set:
            found["money_micros"] = self.money.limit_micros
        if self.money and self.money.currency:
            found["currency"] = self.money.currency
        return found


class RateOut(Out):
    """A rate, and what is left of it: at once now, and in how many seconds all of the burst is there again."""

    per_minute: int
    burst: int
    remaining: int
    full_in_seconds: float

    @classmethod
    def of(cls, left: Left) -> "RateOut":
        """Show a rate."""
        return cls(
            per_minute=int(left.rate.per_minute),
            burst=left.rate.burst,
            remaining=left.remaining,
            full_in_seconds=left.full_in.total_seconds(),
        )


class RatesOut(Out):
    """How often the caller, and how often all members together, may ask for a generation."""

    person: RateOut
    project: RateOut


class CharactersOut(Out):
    """The month's characters: code points that are spoken, without markup."""

    limit: int
    used: int
    reserved: int
    left: int
    resets_at: Time


class MoneyOut(Out):
    """The month's money, in millionths of the currency; a limit of null is none."""

    limit_micros: int | None
    used_micros: int
    reserved_micros: int
    left_micros: int | None
    currency: str
    resets_at: Time


class ConcurrencyOut(Out):
    """How many generations may run at once, do, and wait."""

    limit: int
    running: int
    waiting: int


class DayOut(Out):
    """What was used of a day's requests (UTC)."""

    day: date
    characters: int
    money_micros: int


class PersonUsage(Out):
    """What one person's requests used this month."""

    person: PersonOut
    characters: int
    money_micros: int


class ProviderUsage(Out):
    """What was spoken by one provider this month."""

    provider: str
    characters: int
    money_micros: int


class LimitsOut(Out):
    """A project's limits and this month's use of them, by day, person and provider, the most first."""

    project_id: UUID
    month: date
    generations: RatesOut
    characters: CharactersOut
    money: MoneyOut
    concurrency: ConcurrencyOut
    usage: list[DayOut]
    people: list[PersonUsage]
    providers: list[ProviderUsage]
    can: list[Action]


MOST_PEOPLE: Final = 20
CHARACTERS: Final = func.sum(Generation.characters)
MICROS: Final = func.sum(Generation.micros)


@router.get("/projects/{project}/limits")
async def get_limits(project: UUID, db: Db, actor: Caller) -> LimitsOut:
    """Show what the project may take and what is gone of it."""
    await find(db, actor, Project, project)
    return await _show(db, actor, await limits_of(db, project))


@router.patch("/projects/{project}/limits")
async def change_limits(project: UUID, body: LimitsPatch, db: Db, actor: Caller) -> LimitsOut:
    """Set limits, from the next request on. They may be less than what is used already: then the rest is refused."""
    limits = await limiting.change(db, actor, project, body.fields(), reason=body.reason)
    await db.flush()
    return await _show(db, actor, limits)


async def _show(db: AsyncSession, actor: Actor, limits: Limits) -> LimitsOut:
    now = await budgets.clock(db)
    month = now.date().replace(day=1)
    person, project = await rates_left(db, actor, limits)
    budget = await db.get(Budget, (limits.project_id, month)) or _untouched()
    ends = budgets.resets_at(month)
    days, people, providers = await _usage(db, limits.project_id, month, ends)
    return LimitsOut(
        project_id=limits.project_id,
        month=month,
        generations=RatesOut(person=RateOut.of(person), project=RateOut.of(project)),
        characters=_characters(limits, budget, ends),
        money=_money(limits, budget, ends),
        concurrency=await _concurrency(db, limits),
        usage=days,
        people=people,
        providers=providers,
        can=allowed(actor, limits),
    )


def _untouched() -> Budget:
    return Budget(characters_used=0, characters_reserved=0, micros_used=0, micros_reserved=0)


def _characters(limits: Limits, budget: Budget, ends: datetime) -> CharactersOut:
    used, reserved = budget.characters_used, budget.characters_reserved
    left = max(limits.characters - used - reserved, 0)
    return CharactersOut(limit=limits.characters, used=used, reserved=reserved, left=left, resets_at=ends)


def _money(limits: Limits, budget: Budget, ends: datetime) -> MoneyOut:
    used, reserved = budget.micros_used, budget.micros_reserved
    return MoneyOut(
        limit_micros=limits.money_micros,
        used_micros=used,
        reserved_micros=reserved,
        left_micros=None if limits.money_micros is None else max(limits.money_micros - used - reserved, 0),
        currency=limits.currency,
        resets_at=ends,
    )


async def _concurrency(db: AsyncSession, limits: Limits) -> ConcurrencyOut:
    pending = Generation.status.in_((GenerationStatus.RUNNING, GenerationStatus.QUEUED))
    runs = func.count(case((Generation.status == GenerationStatus.RUNNING, 1)))
    query = select(runs, func.count()).where(Generation.project_id == limits.project_id, pending)
    running, both = (await db.execute(query)).one()
    return ConcurrencyOut(limit=limits.concurrency, running=running, waiting=both - running)


async def _usage(
    db: AsyncSession, project_id: UUID, month: date, ends: datetime
) -> tuple[list[DayOut], list[PersonUsage], list[ProviderUsage]]:
    """Return what was used this month by day, by person and by provider: all the same generations, summed three ways."""
    spoken: Sequence[Any] = (
        Generation.project_id == project_id,
        Generation.status == GenerationStatus.SUCCEEDED,
        Generation.reserved_on >= month,
        Generation.reserved_on < ends.date(),
    )
    days = select(Generation.reserved_on, CHARACTERS, MICROS).where(*spoken).group_by(Generation.reserved_on)
    providers = select(Generation.provider, CHARACTERS, MICROS).where(*spoken).group_by(Generation.provider)
    people = select(Person, CHARACTERS, MICROS).join(Person, Person.id == Generation.requested_by_id).where(*spoken)
    people = people.group_by(Person.id).order_by(MICROS.desc(), CHARACTERS.desc(), Person.id).limit(MOST_PEOPLE)
    by_day = (await db.execute(days.order_by(Generation.reserved_on))).all()
    by_person = (await db.execute(people)).all()
    by_provider = (await db.execute(providers.order_by(MICROS.desc(), CHARACTERS.desc(), Generation.provider))).all()
    return (
        [DayOut(day=day, characters=characters, money_micros=micros) for day, characters, micros in by_day],
        [
            PersonUsage(person=PersonOut.of(who), characters=characters, money_micros=micros)
            for who, characters, micros in by_person
        ],
        [ProviderUsage(provider=name, characters=characters, money_micros=micros) for name, characters, micros in by_provider],
    )
