"""Asking for a generation, stopping it, asking again."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.config import settings
from voiceops.db import ask, new_id
from voiceops.errors import Conflict, FieldError, Malformed, TooMany
from voiceops.jobs import DEFER, GENERATE, deferred, enqueue, generation_queue
from voiceops.limits import budgets, running
from voiceops.limits.budgets import Need
from voiceops.limits.generating import check_rates
from voiceops.limits.rates import Left
from voiceops.models import Action, Generation, GenerationStatus, Script, Version
from voiceops.models.actor import Actor
from voiceops.models.delivery import Delivery
from voiceops.policy import authorize, find
from voiceops.providers.base import Control, Pause, Span, Support, Voice
from voiceops.providers.length import estimate_ms
from voiceops.providers.markup import counted, parse

NUMBERS: Final = ("speed", "emphasis", "pitch", "sentence_gap_ms")
QUEUED: Final = "select count(*) from generations where status = 'queued'"
ADD: Final = f"""
    insert into generations (id, project_id, asset_id, script_id, voice, provider, delivery, reason, parent_version_id, unspoken,
      requested_by_id, characters, micros, currency, reserved_on, status, attempt, attempts_before, failures, progress, job_id)
    values (%(id)s, %(project_id)s, %(asset_id)s, %(script_id)s, %(voice)s, %(provider)s, %(delivery)s, %(reason)s,
      %(parent_version_id)s, %(unspoken)s, %(requested_by_id)s, %(characters)s, %(micros)s, %(currency)s, %(reserved_on)s,
      'queued', 0, 0, 0, 0, {DEFER})
    returning job_id, created_at, (select name from people where people.id = requested_by_id)
"""  # noqa: S608 - ours


@dataclass(frozen=True, slots=True)
class Order:
    """How a script shall be spoken: by whom, how, why, and which version it is made from."""

    voice: Voice
    delivery: Mapping[str, Any]
    unspoken: str = ""
    reason: str | None = None
    parent_version_id: UUID | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Accepted:
    """A generation that was asked for, the name of who did, and what is left of their rates."""

    generation: Generation
    requested_by: str
    left: Sequence[Left]


async def request(db: AsyncSession, actor: Actor, script: Script, order: Order) -> Accepted:
    """Accept one request to speak a script the actor has found or just written.

    The row and its job commit together, so that what is accepted is not lost.
    """
    authorize(actor, Action.GENERATION_REQUEST, script.project_id)
    delivery = deliver(order.voice, order.delivery)
    await _check_parent(db, script, order.parent_version_id)
    await _check_queue(db)
    left = await check_rates(db, actor, script.project_id)
    need = _need(script, order.voice)
    asked = {
        "id": new_id(),
        "project_id": script.project_id,
        "asset_id": script.asset_id,
        "script_id": script.id,
        "voice": order.voice.id,
        "provider": order.voice.provider,
        "delivery": asdict(delivery),
        "reason": order.reason,
        "parent_version_id": order.parent_version_id,
        "unspoken": order.unspoken,
        "requested_by_id": actor.person,
        **asdict(need),
        "reserved_on": await budgets.reserve(db, actor, script.project_id, need),
    }
    generation, requested_by = await _add(db, asked, order.priority)
    changes = {"script_id": str(script.id), "voice": order.voice.id, "delivery": asdict(delivery), **asdict(need)}
    await record(db, actor, Action.GENERATION_REQUEST, generation, reason=order.reason, changes=changes)
    return Accepted(generation, requested_by, left)


async def cancel(db: AsyncSession, actor: Actor, generation_id: UUID, *, reason: str | None) -> Generation:
    """Stop a queued or running generation; what a worker still makes of it is thrown away."""
    generation = await find(db, actor, Generation, generation_id, lock=True)
    authorize(actor, Action.GENERATION_CANCEL, generation.project_id)
    _check_possible(generation, Action.GENERATION_CANCEL)
    before = generation.status
    generation.status = GenerationStatus.CANCELLED
    generation.finished_at = func.now()
    generation.error_code = generation.error_message = None
    await budgets.give_back(db, generation)
    if before is GenerationStatus.RUNNING:
        await running.wake(db, generation.project_id, generation.provider)
    changes = {"status": {"from": before, "to": generation.status}}
    await record(db, actor, Action.GENERATION_CANCEL, generation, reason=reason, changes=changes)
    return generation


async def retry(
    db: AsyncSession, actor: Actor, generation_id: UUID, voice_of: Callable[[str], Voice | None], *, reason: str | None
) -> Sequence[Left]:
    """Queue a failed generation again, with as many attempts as a new one, at today's price of its voice if that is still here.

    Returns what is left of the actor's rates.
    """
    generation = await find(db, actor, Generation, generation_id, lock=True)
    authorize(actor, Action.GENERATION_RETRY, generation.project_id)
    _check_possible(generation, Action.GENERATION_RETRY)
    await _check_queue(db)
    left = await check_rates(db, actor, generation.project_id)
    voice = voice_of(generation.voice)
    known = Need(generation.characters, generation.micros, generation.currency)
    need = _need(await db.get_one(Script, generation.script_id), voice) if voice else known
    generation.reserved_on = await budgets.reserve(db, actor, generation.project_id, need)
    changes = {"status": {"from": generation.status, "to": GenerationStatus.QUEUED}, "error": generation.error_code, **asdict(need)}
    generation.status = GenerationStatus.QUEUED
    generation.characters, generation.micros, generation.currency = need.characters, need.micros, need.currency
    generation.attempts_before = generation.attempt
    generation.failures = 0
    generation.progress = 0.0
    generation.error_code = generation.error_message = None
    generation.finished_at = None
    await _enqueue(db, generation)
    await record(db, actor, Action.GENERATION_RETRY, generation, reason=reason, changes=changes)
    return left


def deliver(voice: Voice, asked: Mapping[str, Any]) -> Delivery:
    """Return the whole delivery; raises `Malformed` naming every field the voice can't do or that is out of its range."""
    can = voice.capabilities
    own = {name: getattr(can, name).default for name in NUMBERS}
    delivery = Delivery(**{**own, "sentence_gap_ms": round(can.sentence_gap_ms.default), **asked})
    errors = [error for name in NUMBERS if (error := _outside(voice, name, getattr(can, name), getattr(delivery, name)))]
    if delivery.tone not in can.tones:
        errors.insert(0, FieldError("delivery.tone", f"{voice.name} has these tones: {', '.join(can.tones)}."))
    if errors:
        raise Malformed("The voice can't be asked for this delivery.", errors=errors)
    return delivery


def check_speakable(voice: Voice, spoken: str, unspoken: Sequence[str]) -> None:
    """Raise `Malformed` if the voice would leave out everything that sounds."""
    if not any(character.isalnum() and character not in unspoken for character in spoken):
        raise Malformed.field("text", f"{voice.name} can say nothing of this: it has no word the voice can speak.")


def check_length(voice: Voice, parts: Sequence[Span | Pause], delivery: Delivery) -> None:
    """Raise `Malformed` if speaking all of it would last longer than audio may."""
    gap_ms = delivery.sentence_gap_ms
    lasts = estimate_ms(parts, voice.words_per_minute, speed=delivery.speed, sentence_gap_ms=gap_ms) / 60_000
    longest = settings().max_speech_minutes
    if lasts > longest:
        message = f"This would last about {math.ceil(lasts)} minutes; the longest allowed is {longest}. Shorten it or its pauses."
        raise Malformed.field("text", message)


def _need(script: Script, voice: Voice) -> Need:
    """Return what speaking a script takes: its characters without markup, at the voice's price."""
    return Need.of(len(counted(parse(script.text))), voice.price_micros_per_1000_characters, voice.price_currency)


def _outside(voice: Voice, name: str, control: Control, value: float) -> FieldError | None:
    if control.support is Support.IGNORED:
        return (
            None if value == control.default else FieldError(f"delivery.{name}", f"{voice.name} can't change this; leave it out.")
        )
    if control.minimum <= value <= control.maximum:
        return None
    return FieldError(f"delivery.{name}", f"{voice.name} takes {control.minimum:g} to {control.maximum:g}, not {value:g}.")


async def _check_parent(db: AsyncSession, script: Script, version_id: UUID | None) -> None:
    if version_id is None:
        return
    known = select(Version.id).where(Version.id == version_id, Version.asset_id == script.asset_id)
    if (await db.execute(known)).first() is None:
        raise Malformed.field("parent_version_id", "The version this is made from must be one of the same asset.")


async def _check_queue(db: AsyncSession) -> None:
    ((waiting,),) = await ask(db, QUEUED, {})
    bound = settings().max_queued
    if waiting >= bound:
        raise TooMany(f"{bound:,} generations are waiting already; ask again in a minute.", retry_after=60)


def _check_possible(generation: Generation, action: Action) -> None:
    if action not in generation.possible:
        possible = [str(other) for other in generation.possible]
        raise Conflict(f"This generation is {generation.status}, so {action} is not possible.", possible=possible)


async def _add(db: AsyncSession, asked: Mapping[str, Any], priority: int) -> tuple[Generation, str]:
    """Add the row and its job, as one statement; returns the row as it is now, and the name of who asked."""
    job = deferred(GENERATE, generation_queue(asked["provider"]), priority=priority, generation_id=str(asked["id"]))
    ((job_id, created_at, name),) = await ask(db, ADD, {**asked, "delivery": Jsonb(asked["delivery"]), **job})
    begun = {"status": GenerationStatus.QUEUED, "attempt": 0, "progress": 0.0}
    return Generation(**asked, **begun, job_id=job_id, created_at=created_at), name


async def _enqueue(db: AsyncSession, generation: Generation) -> None:
    queue = generation_queue(generation.provider)
    generation.job_id = await enqueue(db, GENERATE, queue, generation_id=str(generation.id))
