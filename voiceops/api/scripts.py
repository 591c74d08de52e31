"""`/assets/{asset}/scripts`: the wordings of an asset, and a dry run of the next."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from voiceops.api.deps import Caller, Db, Held, Part, Reader, cursor_after, numbered
from voiceops.api.idempotency import Once
from voiceops.api.payloads import Out, Page, PersonOut, ProblemError, Reason, TextIn, Time
from voiceops.api.voices import chosen
from voiceops.config import settings
from voiceops.errors import Malformed
from voiceops.models import Action, Asset, Script
from voiceops.policy import authorize, find
from voiceops.providers.length import estimate_ms
from voiceops.providers.markup import counted
from voiceops.text import position_as_sent
from voiceops.workflow import generation, scripts

router = APIRouter(tags=["scripts"])


class ScriptIn(TextIn):
    """A new wording, with markup: `*emphasised words*`, `[pause 400ms]`; a backslash escapes."""

    text: Annotated[str, Field(examples=["Welcome to *Northwind*. [pause 400ms] How can I help?"])]
    note: Reason | None = None


class CheckIn(TextIn):
    """A wording that is being written, and the voice it is meant for."""

    text: str
    voice: Annotated[str | None, Field(max_length=200)] = None


class ScriptOut(Out):
    """One immutable wording."""

    id: UUID
    asset_id: UUID
    number: int
    text: str
    characters: int
    note: str | None
    created_at: Time
    created_by: PersonOut

    @classmethod
    def of(cls, script: Script) -> "ScriptOut":
        """Show a script."""
        return cls(
            id=script.id,
            asset_id=script.asset_id,
            number=script.number,
            text=script.text,
            characters=len(script.text),
            note=script.note,
            created_at=script.created_at,
            created_by=PersonOut.of(script.created_by),
        )


class ScriptText(Out):
    """A wording, where something else shows it."""

    id: UUID
    number: int
    text: str


class CheckOut(Out):
    """What would become of a wording: errors refuse it, warnings don't. Positions are code points."""

    characters: int
    maximum: int
    spoken_characters: int
    estimated_ms: int
    errors: list[ProblemError]
    warnings: list[ProblemError]


@router.get("/assets/{asset}/scripts")
async def list_scripts(asset: UUID, db: Db, actor: Caller, part: Part) -> Page[ScriptOut]:
    """List an asset's scripts, the newest first."""
    await find(db, actor, Asset, asset)
    query = select(Script).options(joinedload(Script.created_by, innerjoin=True))
    rows = (await db.execute(numbered(query, Script, asset, part))).scalars().all()
    items = [ScriptOut.of(script) for script in rows[: part.limit]]
    return Page(items=items, next_cursor=cursor_after(items, rows, part))


@router.post("/assets/{asset}/scripts", status_code=201)
async def create_script(asset: UUID, body: ScriptIn, db: Db, actor: Caller, once: Once) -> ScriptOut:
    """Write a script; text equal to the newest script's answers with that one."""
    found = await find(db, actor, Asset, asset)
    authorize(actor, Action.SCRIPT_CREATE, found.project_id)  # a stored answer too is only for who may ask

    async def create() -> tuple[ScriptOut, str]:
        written = await scripts.write(db, actor, asset, text=body.text, note=body.note)
        told = (joinedload(Script.created_by, innerjoin=True),)
        script = await db.get_one(Script, written.id, options=told, populate_existing=True)
        return ScriptOut.of(script), f"/api/v1/assets/{asset}/scripts"

    return await once(create)


@router.post("/assets/{asset}/scripts/check")
async def check_script(asset: UUID, body: CheckIn, db: Db, actor: Reader, held: Held) -> CheckOut:
    """Tell what would become of a wording, without writing it: for an editor to show as people type."""
    await find(db, actor, Asset, asset)
    provider, voice = chosen(held, body.voice)
    delivery = generation.deliver(voice, {})
    errors: list[ProblemError] = []
    warnings: list[ProblemError] = []
    text, spoken, estimated_ms = body.text, "", 0
    unspoken: Sequence[str] = ()
    try:
        text, parts = scripts.check(body.text)
        spoken = counted(parts)
        unspoken = provider.unspeakable(voice.id, spoken)
        generation.check_speakable(voice, spoken, unspoken)
        estimated_ms = estimate_ms(parts, voice.words_per_minute, speed=delivery.speed, sentence_gap_ms=delivery.sentence_gap_ms)
        generation.check_length(voice, parts, delivery)
    except Malformed as refused:
        errors = [ProblemError.of(error) for error in refused.errors]
    for character in unspoken:
        message = f"{voice.name} leaves out {character}: no voice here can say it."
        position = position_as_sent(body.text, text.index(character))
        warnings.append(ProblemError(field="text", message=message, position=position))
    return CheckOut(
        characters=len(text),
        maximum=settings().max_script_characters,
        spoken_characters=len(spoken),
        estimated_ms=estimated_ms,
        errors=errors,
        warnings=warnings,
    )
