"""`/projects/{project}/audit`, and `/audit` for what happened in no project: reading, verifying and exporting the record."""

import asyncio
from collections.abc import Coroutine
from contextlib import ExitStack
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.api.audit_answers import EventOut, EventWhole, VerdictOut, events_out, proof_out
from voiceops.api.deps import Caller, CallerBriefly, Db, Held, Parts
from voiceops.api.exporting import ExportAnswer, turn
from voiceops.api.payloads import In, Instant, Json, Page
from voiceops.audit import apart
from voiceops.audit.apart import VerifierLost
from voiceops.audit.exporting import Export
from voiceops.audit.merkle import leaf_hash
from voiceops.audit.reading import Wanted, proof
from voiceops.audit.verdict import Verdict
from voiceops.config import settings
from voiceops.errors import Forbidden, Malformed, NotFound, TooMany, Unavailable
from voiceops.models import Action, AuditEvent
from voiceops.models.actor import Actor
from voiceops.models.audit import INSTALLATION
from voiceops.secret import NoSecret
from voiceops.turns import Turns
from voiceops.workflow import trail

router = APIRouter(tags=["audit"])

VERIFYING: Final = Turns(1)
"""A whole verification takes a core for as long as it lasts: a second one waits."""
ADMITTED: Final = Turns(2)
"""The one that is verified and the one that waits: who comes third is told to come back."""
LOOK_S: Final = 0.5
"""Between looks whether whoever asked is still there."""
BACK_S: Final = 15


def asked_here(request: Request) -> None:
    """Refuse the link of another site: an export leaves an event, though it is a GET so that a browser saves it as it comes."""
    if request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        raise Forbidden("This request comes from another site.")


ASKED_HERE: Final = [Depends(asked_here)]


class VerifyIn(In):
    """How much to verify."""

    last: Annotated[int | None, Field(ge=1, le=10**9, description="Only about so many of the newest events; null is all.")] = None


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("This is no time that could ever be.") from None


Moment = Annotated[Instant, AfterValidator(_in_utc)]


def filters(
    action: Annotated[Action | None, Query(examples=["version.approve"])] = None,
    actor: UUID | None = None,
    subject: UUID | None = None,
    asset: UUID | None = None,
    version: UUID | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
) -> Json:
    """Read which events are asked for; those that are not given are left out."""
    if since is not None and until is not None and since > until:
        raise Malformed.field("until", "This is before `since`, so nothing can lie between them.")
    asked = {"action": action, "actor": actor, "subject": subject, "asset": asset, "version": version}
    return {name: value for name, value in {**asked, "since": since, "until": until}.items() if value is not None}


Filters = Annotated[Json, Depends(filters)]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[int | None, Query(ge=1, le=2**63 - 1, description="`next_cursor` of the part before.")]


async def _list(
    db: AsyncSession, actor: Actor, project: UUID | None, wanted: Json, limit: int, cursor: int | None
) -> Page[EventOut]:
    await trail.reach(db, actor, Action.AUDIT_READ, project)
    conditions = Wanted(project or INSTALLATION, **wanted).conditions()
    if cursor is not None:
        conditions.append(AuditEvent.seq < cursor)
    query = select(AuditEvent).where(*conditions).order_by(AuditEvent.seq.desc()).limit(limit + 1)
    rows = (await db.execute(query)).scalars().all()
    items = await events_out(db, rows[:limit])
    return Page(items=[EventOut(**one) for one in items], next_cursor=str(items[-1]["seq"]) if len(rows) > limit else None)


async def _one(db: AsyncSession, actor: Actor, project: UUID | None, event_id: UUID) -> EventWhole:
    await trail.reach(db, actor, Action.AUDIT_READ, project)
    log = project or INSTALLATION
    row = (await db.execute(select(AuditEvent).where(AuditEvent.log == log, AuditEvent.id == event_id))).scalar_one_or_none()
    if row is None:
        raise NotFound(f"There is no event {event_id} in this log.")
    (shown,) = await events_out(db, [row])
    found = await proof(db, log, event_id)
    leaf = leaf_hash(row.payload.encode())
    return EventWhole(
        **shown,
        payload=row.payload,
        sha256=sha256(row.payload.encode()).hexdigest(),
        leaf=leaf.hex(),
        log=log,
        recorded_at=row.recorded_at,
        proof=await proof_out(db, log, leaf, found) if found else None,
    )


async def _verify(request: Request, held: Parts, actor: Actor, project: UUID | None, body: VerifyIn | None) -> VerdictOut:
    """Verify between two transactions: an open one would keep what is written meanwhile from being sealed."""
    async with held.database.session.begin() as db:
        await trail.reach(db, actor, Action.AUDIT_VERIFY, project)
    known, log, last = settings(), str(project or INSTALLATION), body.last if body else None
    wanted = apart.Wanted(held.database.url, log, last, known.object_store, known.secret_key)
    try:
        verdict = await _while_asked(request, _in_turn(wanted))
    except NoSecret as error:
        raise Unavailable(str(error)) from error
    except VerifierLost as error:
        raise Unavailable("The verification ended before it had a result. Ask again; the server's log may tell why.") from error
    async with held.database.session.begin() as db:
        await trail.verified(db, actor, project, verdict)
    return VerdictOut.of(verdict)


async def _in_turn(wanted: apart.Wanted) -> Verdict:
    if ADMITTED.taken:
        raise TooMany("Other verifications are on their way already. Ask again when one of them has ended.", retry_after=BACK_S)
    async with ADMITTED, VERIFYING:
        return await apart.verify_apart(wanted)


async def _while_asked(request: Request, work: Coroutine[Any, Any, Verdict]) -> Verdict:
    """Wait for the verdict, and give it up when whoever asked has gone."""
    working = asyncio.create_task(work)
    try:
        while not (await asyncio.wait({working}, timeout=LOOK_S))[0]:
            if await request.is_disconnected():
                raise Unavailable("Whoever asked has gone.")
        return working.result()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def _export(held: Parts, actor: Actor, project: UUID | None, kind: Literal["jsonl", "csv"], asked: Json) -> StreamingResponse:
    told = {name: value.isoformat() if isinstance(value, datetime) else str(value) for name, value in asked.items()}
    name = f"audit-{project or 'installation'}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    with ExitStack() as having:
        having.enter_context(turn(actor.person))
        async with held.database.session.begin() as db:
            await trail.export(db, actor, project, kind=kind, filters=told)
        export = Export(held.database, Wanted(project or INSTALLATION, **asked), told, settings().secret_key)
        return ExportAnswer(export.lines(kind), having.pop_all(), f"{MEDIA_TYPES[kind]}; charset=utf-8", headers)


MEDIA_TYPES: Final = {"jsonl": "application/jsonl", "csv": "text/csv"}
FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {media_type: {"schema": {"type": "string"}} for media_type in MEDIA_TYPES.values()}}
}
Format = Annotated[Literal["jsonl", "csv"], Query(alias="format")]


@router.get("/projects/{project}/audit")
async def list_events(
    project: UUID, db: Db, actor: Caller, asked: Filters, limit: Limit = 50, cursor: Cursor = None
) -> Page[EventOut]:
    """List the project's events, the newest first."""
    return await _list(db, actor, project, asked, limit, cursor)


@router.get("/projects/{project}/audit/export", response_class=StreamingResponse, responses=FILE, dependencies=ASKED_HERE)
async def export_events(
    project: UUID, held: Held, actor: CallerBriefly, asked: Filters, kind: Format = "jsonl"
) -> StreamingResponse:
    """Take events away: as JSON lines with exact payloads and proofs, or as a table for people."""
    return await _export(held, actor, project, kind, asked)


@router.post("/projects/{project}/audit/verify")
async def verify_events(
    request: Request, project: UUID, held: Held, actor: CallerBriefly, body: VerifyIn | None = None
) -> VerdictOut:
    """Compute everything anew and tell what is wrong, the first of it first."""
    return await _verify(request, held, actor, project, body)


@router.get("/projects/{project}/audit/{event:uuid}")
async def get_event(project: UUID, event: UUID, db: Db, actor: Caller) -> EventWhole:
    """Show one event in full."""
    return await _one(db, actor, project, event)


@router.get("/audit")
async def list_installation_events(
    db: Db, actor: Caller, asked: Filters, limit: Limit = 50, cursor: Cursor = None
) -> Page[EventOut]:
    """List the events of no project, the newest first."""
    return await _list(db, actor, None, asked, limit, cursor)


@router.get("/audit/export", response_class=StreamingResponse, responses=FILE, dependencies=ASKED_HERE)
async def export_installation_events(held: Held, actor: CallerBriefly, asked: Filters, kind: Format = "jsonl") -> StreamingResponse:
    """Take the events of no project away."""
    return await _export(held, actor, None, kind, asked)


@router.post("/audit/verify")
async def verify_installation_events(
    request: Request, held: Held, actor: CallerBriefly, body: VerifyIn | None = None
) -> VerdictOut:
    """Compute the log of the installation anew and tell what is wrong."""
    return await _verify(request, held, actor, None, body)


@router.get("/audit/{event:uuid}")
async def get_installation_event(event: UUID, db: Db, actor: Caller) -> EventWhole:
    """Show one event of no project in full."""
    return await _one(db, actor, None, event)
