"""`/assets/{asset}/generations` and `/generations/{generation}`: speech asked for, and what became of it."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field, model_validator
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from voiceops.api.deps import Caller, Db, Held, Part, cursor_after, paged
from voiceops.api.idempotency import Once
from voiceops.api.payloads import In, Out, Page, PersonOut, Reason, ReasonIn, TextIn, Time
from voiceops.api.problems import rate_headers
from voiceops.api.voices import chosen
from voiceops.models import Action, Asset, Generation, GenerationStatus, Script, Version
from voiceops.models.actor import Actor
from voiceops.policy import allowed, authorize, find
from voiceops.providers import voice as find_voice
from voiceops.providers.markup import counted
from voiceops.workflow import generation, scripts

router = APIRouter(tags=["generations"])

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class DeliveryIn(In):
    """How to speak; what is left out takes the voice's default. `GET /voices` tells each voice's bounds."""

    tone: Annotated[str, Field(max_length=40)] = "neutral"
    speed: Number = 1.0
    emphasis: Number = 1.0
    pitch: Number = 0.0
    sentence_gap_ms: Annotated[int, Field(strict=True, ge=0, le=5000)] = 250


class GenerationIn(TextIn):
    """What to speak, as a new wording (`text`) or one there is (`script_id`), by which voice and how."""

    text: str | None = None
    script_id: UUID | None = None
    voice: Annotated[str, Field(max_length=200, examples=["hibari/heart"])]
    delivery: DeliveryIn = DeliveryIn()
    reason: Reason | None = None
    parent_version_id: UUID | None = None

    @model_validator(mode="after")
    def _one_script(self) -> "GenerationIn":
        if (self.text is None) == (self.script_id is None):
            raise ValueError("Send either text or script_id.")
        return self


class DeliveryOut(Out):
    """How it was asked to be spoken."""

    tone: str
    speed: float
    emphasis: float
    pitch: float
    sentence_gap_ms: int


class ScriptRef(Out):
    """Which script."""

    id: UUID
    number: int


class GenerationError(Out):
    """Why it failed, or why its last attempt did while it waits for the next."""

    code: str
    message: str


class GenerationOut(Out):
    """One request to speak, from queued to its end. `progress` is 0..1."""

    id: UUID
    project_id: UUID
    asset_id: UUID
    script: ScriptRef
    voice: str
    provider: str
    delivery: DeliveryOut
    reason: str | None
    parent_version_id: UUID | None
    unspoken: list[str]
    status: GenerationStatus
    progress: float
    attempt: int
    error: GenerationError | None
    version_id: UUID | None
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    requested_by: PersonOut
    can: list[Action]


def _shown() -> Select[Generation, UUID]:
    people = (
        joinedload(Generation.script, innerjoin=True).load_only(Script.number),
        joinedload(Generation.requested_by, innerjoin=True),
    )
    return select(Generation, Version.id).outerjoin(Version, Version.generation_id == Generation.id).options(*people)


def _of(actor: Actor, row: Generation, version_id: UUID | None) -> GenerationOut:
    return _out(actor, row, version_id, number=row.script.number, requested_by=PersonOut.of(row.requested_by))


def _out(actor: Actor, row: Generation, version_id: UUID | None, *, number: int, requested_by: PersonOut) -> GenerationOut:
    return GenerationOut(
        id=row.id,
        project_id=row.project_id,
        asset_id=row.asset_id,
        script=ScriptRef(id=row.script_id, number=number),
        voice=row.voice,
        provider=row.provider,
        delivery=DeliveryOut.model_validate(row.delivery),
        reason=row.reason,
        parent_version_id=row.parent_version_id,
        unspoken=list(row.unspoken),
        status=row.status,
        progress=row.progress,
        attempt=row.attempt,
        error=GenerationError(code=row.error_code, message=row.error_message or "") if row.error_code else None,
        version_id=version_id,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        requested_by=requested_by,
        can=allowed(actor, row),
    )


async def _show(db: AsyncSession, actor: Actor, generation_id: UUID) -> GenerationOut:
    await db.flush()
    query = _shown().where(Generation.id == generation_id).execution_options(populate_existing=True)
    return _of(actor, *(await db.execute(query)).one())


@router.post("/assets/{asset}/generations", status_code=202)
async def request_generation(
    asset: UUID, body: GenerationIn, db: Db, actor: Caller, held: Held, once: Once, response: Response
) -> GenerationOut:
    """Ask for speech. Once answered it is not lost: it ends in one version, or in a failure that says why.

    `RateLimit` tells what is left of the caller's rate and of the project's.
    """
    if once.has_key:
        found = await find(db, actor, Asset, asset)
        authorize(actor, Action.GENERATION_REQUEST, found.project_id)  # a stored answer too is only for who may ask

    async def create() -> tuple[GenerationOut, str]:
        script = await _script(db, actor, asset, body)
        provider, voice = chosen(held, body.voice)
        delivery = body.delivery.model_dump(exclude_unset=True)
        parts = scripts.check(script.text)[1]
        spoken = counted(parts)
        unspoken = provider.unspeakable(voice.id, spoken)
        generation.check_speakable(voice, spoken, unspoken)
        generation.check_length(voice, parts, generation.deliver(voice, delivery))
        order = generation.Order(
            voice=voice,
            delivery=delivery,
            unspoken="".join(unspoken),
            reason=body.reason,
            parent_version_id=body.parent_version_id,
        )
        accepted = await generation.request(db, actor, script, order)
        response.headers.update(rate_headers(accepted.left))
        made, who = accepted.generation, PersonOut(id=actor.person, name=accepted.requested_by)
        return _out(actor, made, None, number=script.number, requested_by=who), f"/api/v1/generations/{made.id}"

    return await once(create)


async def _script(db: AsyncSession, actor: Actor, asset_id: UUID, body: GenerationIn) -> Script:
    if body.script_id is not None:
        return await scripts.of_asset(db, actor, asset_id, body.script_id)
    return await scripts.write(db, actor, asset_id, text=body.text or "", note=body.reason)


@router.get("/assets/{asset}/generations")
async def list_generations(
    asset: UUID, db: Db, actor: Caller, part: Part, status: GenerationStatus | None = None
) -> Page[GenerationOut]:
    """List an asset's generations, the newest first."""
    await find(db, actor, Asset, asset)
    query = _shown().where(Generation.asset_id == asset)
    if status is not None:
        query = query.where(Generation.status == status)
    rows = (await db.execute(paged(query, Generation.id, part))).all()
    items = [_of(actor, *row) for row in rows[: part.limit]]
    return Page(items=items, next_cursor=cursor_after(items, rows, part))


@router.get("/generations/{generation_id}")
async def get_generation(generation_id: UUID, db: Db, actor: Caller) -> GenerationOut:
    """Show one generation."""
    await find(db, actor, Generation, generation_id)
    return await _show(db, actor, generation_id)


@router.post("/generations/{generation_id}/cancel")
async def cancel_generation(generation_id: UUID, db: Db, actor: Caller, body: ReasonIn | None = None) -> GenerationOut:
    """Stop a queued or running generation."""
    await generation.cancel(db, actor, generation_id, reason=body.reason if body else None)
    return await _show(db, actor, generation_id)


@router.post("/generations/{generation_id}/retry")
async def retry_generation(
    generation_id: UUID, db: Db, actor: Caller, held: Held, response: Response, body: ReasonIn | None = None
) -> GenerationOut:
    """Queue a failed generation again. It counts as asking for one, and `RateLimit` tells what is left."""
    voice_of = partial(find_voice, held.providers)
    left = await generation.retry(db, actor, generation_id, voice_of, reason=body.reason if body else None)
    response.headers.update(rate_headers(left))
    return await _show(db, actor, generation_id)
