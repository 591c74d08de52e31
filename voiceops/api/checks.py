"""`/versions/{version}/checks`, `/captions.vtt`: what a version was examined for, what was waived, its words as captions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from voiceops.api.deps import Caller, Db
from voiceops.api.payloads import Out, PersonOut, Time, WhyIn
from voiceops.captions import webvtt
from voiceops.models import Action, Check, Examination, ExaminationState, Version, Waiver
from voiceops.models.actor import Actor
from voiceops.policy import find, permitted
from voiceops.workflow import checks
from voiceops.workflow.checks import Checked, CheckOutcome

router = APIRouter(tags=["versions"])

VTT = "text/vtt; charset=utf-8"


class SpanOut(Out):
    """A stretch of the audio."""

    start_ms: int
    end_ms: int


class WaiverOut(Out):
    """Who let the version pass in spite of a check, when and why."""

    by: PersonOut
    at: Time
    reason: str

    @classmethod
    def of(cls, waiver: Waiver) -> "WaiverOut":
        """Show a waiver."""
        return cls(by=PersonOut.of(waiver.person), at=waiver.at, reason=waiver.reason)


class VersionCheckOut(Out):
    """One check: `failed` keeps the version from review unless it is waived; `skipped` could not tell; `at` is where to listen."""

    check: Check
    outcome: CheckOutcome
    detail: str
    figures: dict[str, float | None]
    at: list[SpanOut]
    waived: WaiverOut | None
    can: list[Action]


class DifferenceOut(Out):
    """Where what was heard differs: the script's words, what was heard instead; `word` is the first one's place in the script."""

    kind: Annotated[str, Field(examples=["replaced", "missing", "added"])]
    expected: str
    heard: str
    word: int
    start_ms: int
    end_ms: int


class SayBackOut(Out):
    """What was heard against the script: of `total` spoken words so many are `wrong`; the first 200 differences."""

    total: int
    wrong: int
    differences: list[DifferenceOut]


class ChecksTally(Out):
    """How its checks ended, by the policy as it is now; what was waived counts there alone. All 0 while it is examined."""

    state: ExaminationState
    passed: int
    warnings: int
    blockers: Annotated[int, Field(description="Checks that keep it from review.")]
    waived: int
    skipped: int


class ChecksOut(Out):
    """A version's examination. While it is pending there are no items; a `failed` one says why, and so does each item."""

    state: ExaminationState
    made_at: Time
    finished_at: Time | None
    error: str | None
    tally: ChecksTally
    items: list[VersionCheckOut]
    sayback: SayBackOut | None


def _check(actor: Actor, version: Version, checked: Checked, error: str | None) -> VersionCheckOut:
    finding: Mapping[str, Any] = checked.finding or {"detail": error or "", "figures": {}, "at": []}
    may = checks.waivable(checked) and permitted(actor, Action.CHECK_WAIVE, version.project_id)
    return VersionCheckOut(
        check=checked.check,
        outcome=checked.outcome,
        detail=finding["detail"],
        figures=dict(finding["figures"]),
        at=[SpanOut(start_ms=start, end_ms=end) for start, end in finding["at"]],
        waived=WaiverOut.of(checked.waiver) if checked.waiver else None,
        can=[Action.CHECK_WAIVE] if may else [],
    )


async def _show(db: AsyncSession, actor: Actor, version: Version) -> ChecksOut:
    examination, found = await checks.found(db, version)
    return ChecksOut(
        state=examination.state,
        made_at=examination.made_at,
        finished_at=examination.finished_at,
        error=examination.error,
        tally=ChecksTally.model_validate(asdict(checks.tally(examination, found))),
        items=[_check(actor, version, checked, examination.error) for checked in found],
        sayback=SayBackOut.model_validate(examination.say_back) if examination.say_back else None,
    )


@router.get("/versions/{version}/checks")
async def get_checks(version: UUID, db: Db, actor: Caller) -> ChecksOut:
    """Show what a version was examined for, and what was found."""
    return await _show(db, actor, await find(db, actor, Version, version))


@router.post("/versions/{version}/checks/{check}/waive")
async def waive_check(version: UUID, check: str, body: WhyIn, db: Db, actor: Caller) -> ChecksOut:
    """Let a version pass in spite of what a check found."""
    waiver = await checks.waive(db, actor, version, check, reason=body.reason)
    return await _show(db, actor, await find(db, actor, Version, waiver.version_id))


async def timed_words(db: AsyncSession, version: Version) -> tuple[str | None, Sequence[Mapping[str, Any]]]:
    """Return who timed a version's words, its provider or an alignment, and the words; None and nothing if nobody did.

    `Version.words` has to be loaded.
    """
    if version.words:
        return "provider", version.words
    aligned = (await db.execute(select(Examination.words).where(Examination.version_id == version.id))).scalar_one_or_none()
    return ("aligned", aligned) if aligned else (None, ())


@router.get(
    "/versions/{version}/captions.vtt",
    response_class=Response,
    responses={200: {"content": {"text/vtt": {"schema": {"type": "string"}}}}},
)
async def get_captions(version: UUID, db: Db, actor: Caller) -> Response:
    """Return a version's captions as WebVTT, with the moment of each word; without timed words there are no cues."""
    _, words = await timed_words(db, await find(db, actor, Version, version, load=(undefer(Version.words),)))
    return Response(webvtt(words), media_type=VTT, headers={"Cache-Control": "private, no-cache"})
