"""A small believable studio for the first look: what a support, a sales and a training team would keep here."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops import providers
from voiceops.config import Settings
from voiceops.db import Database
from voiceops.jobs import BACKGROUND
from voiceops.models import Person, Role
from voiceops.models.actor import Actor, ActorKind
from voiceops.passwords import HASHING, hashed
from voiceops.providers.base import Voice
from voiceops.workflow import assets, demo, generation, invitations, scripts, trail


@dataclass(frozen=True, slots=True)
class Piece:
    """One asset of the demo, its script, who made it and, for some, how it is spoken at once."""

    key: str
    title: str
    tags: Sequence[str]
    script: str
    delivery: Mapping[str, object] | None = None
    by: Role = Role.AUTHOR


PIECES: Final = (
    Piece(
        "support/greeting",
        "Support greeting",
        ("support", "ivr"),
        "Welcome to *Northwind* support. [pause 300ms] Tell me in a few words what you need, and I will take it from there.",
        {"tone": "warm"},
    ),
    Piece(
        "support/hold",
        "On hold",
        ("support", "ivr"),
        "Thanks for waiting. Everyone on the team is helping someone else right now. You are *next* in line.",
        {"tone": "calm", "speed": 0.95},
    ),
    Piece(
        "support/order-status",
        "Order status",
        ("support", "bot"),
        "I found your order. It left our warehouse on *Tuesday* and should reach you within two working days.",
        {"tone": "friendly"},
    ),
    Piece(
        "support/outage-notice",
        "Outage notice",
        ("support", "incident"),
        "We know that some customers can't sign in at the moment. Our engineers are on it, and your data is *safe*."
        " [pause 400ms] Please try again in thirty minutes.",
        {"tone": "serious"},
    ),
    Piece(
        "support/callback",
        "Callback offer",
        ("support", "ivr"),
        "Would you rather not wait? Press *one*, and we will call you back as soon as someone is free.",
    ),
    Piece(
        "support/closing",
        "Closing words",
        ("support", "bot"),
        "Is there anything else I can do for you today? If not, thank you for calling, and take care.",
    ),
    Piece(
        "sales/intro",
        "Product intro",
        ("sales", "website"),
        "Your warehouse already knows what will sell next week. *Northwind Forecast* lets you hear it."
        " [pause 500ms] Connect your shop, and see your first forecast in ten minutes.",
        {"tone": "energetic"},
        by=Role.OWNER,
    ),
    Piece(
        "sales/demo-invite",
        "Demo invitation",
        ("sales", "email"),
        "Give us fifteen minutes, and we will show you three orders you should place *today*.",
        {"tone": "friendly", "speed": 1.05},
        by=Role.OWNER,
    ),
    Piece(
        "sales/webinar-reminder",
        "Webinar reminder",
        ("sales", "event"),
        "Our webinar starts in one hour. Bring your questions: half of the time is reserved for *you*.",
        by=Role.OWNER,
    ),
    Piece(
        "courses/onboarding/welcome",
        "Onboarding: welcome",
        ("course", "onboarding"),
        "Welcome to your first day at Northwind. In this chapter you will meet the team, set up your account,"
        " and learn the *one rule* that never changes: ask early.",
        {"tone": "warm", "sentence_gap_ms": 400},
    ),
    Piece(
        "courses/onboarding/security",
        "Onboarding: keeping data safe",
        ("course", "onboarding", "compliance"),
        "Three habits keep our customers' data safe. [pause 300ms] *First*, lock your screen. [pause 300ms] *Second*,"
        " never share a password. [pause 300ms] *Third*, report what looks odd.",
    ),
    Piece(
        "courses/forklift/pre-check",
        "Forklift: the daily check",
        ("course", "safety"),
        "Before each shift, walk around the truck once. Look at the tyres, the forks, and the chains."
        " If anything looks *wrong*, do not drive.",
    ),
)


async def plant(settings: Settings) -> None:
    """Fill an empty database; leave any other alone. Its speech is queued, to be spoken once a worker runs."""
    async with _transaction(settings) as db:
        if await invitations.nobody_yet(db):
            voice = next(iter(providers.load(settings.provider_names, settings.provider_options).values())).voices[0]
            await _plant(db, voice)


async def first_owner(settings: Settings) -> str | None:
    """Return the link that makes the first owner, a new one each time; None once somebody is here."""
    async with _transaction(settings) as db:
        token = await invitations.first_owner(db)
    return token and f"{settings.url}/welcome#{token}"


async def rotate_key(settings: Settings, *, reason: str | None) -> str:
    """Make a new key that signs the record and return its public half; raises `NoSecret`."""
    async with _transaction(settings) as db:
        return await trail.rotate(db, Actor(ActorKind.SYSTEM), settings.secret_key, reason=reason)


async def demo_present(settings: Settings) -> bool:
    """Tell whether demo people can sign in."""
    async with _transaction(settings) as db:
        return await demo.present(db)


@asynccontextmanager
async def _transaction(settings: Settings) -> AsyncIterator[AsyncSession]:
    database = Database(settings.database_url or "")
    async with database.session.begin() as db:
        yield db
    await database.close()


async def _plant(db: AsyncSession, voice: Voice) -> None:
    async with HASHING:
        password_hash = await hashed(demo.PASSWORD)
    project = await demo.found(db, password_hash=password_hash)
    people = {person.email: person.id for person in (await db.execute(select(Person))).scalars()}
    for piece in PIECES:
        roles = {project.id: frozenset({piece.by})}
        actor = Actor(ActorKind.PERSON, people[f"{piece.by}@{demo.DOMAIN}"], roles=roles)
        asset = await assets.create(
            db, actor, project.id, key=piece.key, title=piece.title, language=voice.language, tags=piece.tags
        )
        script = await scripts.write(db, actor, asset.id, text=piece.script, note="First wording")
        if piece.delivery is not None:
            order = generation.Order(voice=voice, delivery=piece.delivery, reason="First take", priority=BACKGROUND)
            await generation.request(db, actor, script, order)
