"""`/assets/{asset}/scripts`: the wordings of an asset, and a dry run of the next."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from voiceops.api.deps import Caller, Db, Held, Part, Reader, paged
from voiceops.api.idempotency import Once
from voiceops.api.payloads import In, Out, Page, PersonOut, ProblemError, Reason, Time
from voiceops.api.voices import chosen
from voiceops.config import settings
from voiceops.errors import Malformed
from voiceops.models import Asset, Script
from voiceops.policy import find
from voiceops.workflow import scripts

router = APIRouter(tags=["scripts"])


class ScriptIn(In):
    """A new wording, with markup: `*emphasised words*`, `[pause 400ms]`; a backslash escapes."""

    text: Annotated[str, Field(examples=["Welcome to *Northwind*. [pause 400ms] How can I help?"])]
    note: Reason | None = None


class CheckIn(In):
    """A wording that is being written, and the voice it is meant for."""

    text: str
    voice: str | None = None


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
    query = select(Script).where(Script.asset_id == asset).options(joinedload(Script.created_by, innerjoin=True))
    rows = (await db.execute(paged(query, Script.id, part))).scalars().all()
    items = [ScriptOut.of(script) for script in rows[: part.limit]]
    return Page(items=items, next_cursor=str(items[-1].id) if len(rows) > part.limit else None)


@router.post("/assets/{asset}/scripts", status_code=201)
async def create_script(asset: UUID, body: ScriptIn, db: Db, actor: Caller, once: Once) -> ScriptOut:
    """Write a script; text equal to the newest script's answers with that one."""
    await find(db, actor, Asset, asset)  # a stored answer too is only for who may see it

    async def create() -> tuple[ScriptOut, str]:
        script = await scripts.write(db, actor, asset, text=body.text, note=body.note)
        await db.refresh(script, ["created_by"])
        return ScriptOut.of(script), f"/api/v1/assets/{asset}/scripts"

    return await once(create)


@router.post("/assets/{asset}/scripts/check")
async def check_script(asset: UUID, body: CheckIn, db: Db, actor: Reader, held: Held) -> CheckOut:
    """Tell what would become of a wording, without writing it: for an editor to show as people type."""
    await find(db, actor, Asset, asset)
    provider, voice = chosen(held, body.voice)
    errors: list[ProblemError] = []
    warnings: list[ProblemError] = []
    try:
        text, parts = scripts.check(body.text)
    except Malformed as refused:
        errors = [ProblemError.of(error) for error in refused.errors]
        text, parts = body.text, ()
    for character in provider.unspeakable(voice.id, scripts.spoken(parts)):
        message = f"{voice.name} leaves out {character}: no voice here can say it."
        warnings.append(ProblemError(field="text", message=message, position=text.index(character)))
    return CheckOut(
        characters=len(text),
        maximum=settings().max_script_characters,
        spoken_characters=len(scripts.spoken(parts)),
        estimated_ms=scripts.estimate_ms(parts, voice.words_per_minute),
        errors=errors,
        warnings=warnings,
    )
