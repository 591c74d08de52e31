"""`/versions/{left}/compare/{right}`: two versions of one project side by side, and the same word found in both."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from voiceops.api.checks import timed_words
from voiceops.api.deps import Caller, Db
from voiceops.api.lineage import LineageOut, lineage_of
from voiceops.api.payloads import AssetRef, Out, PersonOut, Time
from voiceops.api.versions import SHOWN
from voiceops.errors import NotFound
from voiceops.models import Asset, Status, Version, Waveform
from voiceops.models.actor import Actor
from voiceops.models.version import BlobState
from voiceops.policy import find
from voiceops.wording import PieceKind, compare, in_common

router = APIRouter(tags=["versions"])

FINEST: Final = 256
"""Samples a peak where pauses are told from peaks."""
COMPARING: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="compare")
"""Two long scripts take some 50 ms of computing and 50 MB: away from the event loop, and one after the other."""
MEASURED: Final = {
    "duration_ms": "ms",
    "words_per_minute": "wpm",
    "pauses": "",
    "pauses_ms": "ms",
    "longest_pause_ms": "ms",
    "lead_silence_ms": "ms",
    "tail_silence_ms": "ms",
    "loudness_lufs": "LUFS",
    "true_peak_dbtp": "dBTP",
    "clipped_samples": "",
}
"""What is measured, with its unit."""


class SideOut(Out):
    """One of the two versions."""

    id: UUID
    number: int
    asset: AssetRef
    script_number: int
    script_note: str | None
    voice: str
    provider: str
    status: Status
    dropped: Annotated[bool, Field(description="Whether its audio is gone: what is compared is what was recorded of it.")]
    reason: str | None
    created_at: Time
    created_by: PersonOut


class PieceOut(Out):
    """A run of text that stayed, went or came."""

    kind: PieceKind
    text: str


class WordingOut(Out):
    """What differs between the scripts, word by word, markup as in scripts.

    Without what was added the pieces are the left script, without what was removed the right one. Unchanged runs of up to two words
    between changes are told as part of them; the counts are of the words themselves.
    """

    same: bool
    pieces: list[PieceOut]
    same_words: int
    removed_words: int
    added_words: int


class PairOut(Out):
    """The two values of something that differs."""

    left: str
    right: str


class SettingOut(Out):
    """One field of a delivery that differs; null where there is none."""

    field: str
    left: Any
    right: Any


class MeasureOut(Out):
    """One figure of both, and by how much the right one exceeds the left; null where it could not be measured."""

    name: Annotated[str, Field(examples=["duration_ms"])]
    unit: str
    left: float | None
    right: float | None
    delta: float | None


class AlignedOut(Out):
    """The words both have, in columns: the n-th of each says where one word stands among the words of its version, and sounds."""

    left_index: list[int]
    right_index: list[int]
    left_ms: list[int]
    right_ms: list[int]


class CompareOut(Out):
    """The right version seen from the left one. Whatever does not differ is null, or missing from its list."""

    left: SideOut
    right: SideOut
    same_asset: bool
    script: WordingOut
    voice: PairOut | None
    provider: PairOut | None
    delivery: Annotated[list[SettingOut], Field(description="As it was asked for.")]
    applied: Annotated[list[SettingOut], Field(description="As it was spoken.")]
    measurements: list[MeasureOut]
    lineage: LineageOut
    aligned: Annotated[AlignedOut | None, Field(description="Null where one of them has no word timings.")]


@dataclass(frozen=True, slots=True)
class Side:
    """What is computed with of one version, free of its session."""

    out: SideOut
    script: str
    delivery: Mapping[str, Any]
    applied: Mapping[str, Any]
    measured: Mapping[str, Any]
    words: Sequence[Mapping[str, Any]]
    peaks: bytes
    sample_rate_hz: int


@router.get("/versions/{left}/compare/{right}", response_model=CompareOut)
async def compare_versions(left: UUID, right: UUID, db: Db, actor: Caller) -> Response:
    """Compare two versions of one project, of one asset or of two; a version with itself too."""
    load = (*SHOWN, undefer(Version.words))
    one, other = [await find(db, actor, Version, version, load=load) for version in (left, right)]
    if one.project_id != other.project_id:
        raise NotFound(f"There is no version {right} in the project of the version {left}.")
    lineage = await lineage_of(db, one, other)
    sides = await _side(db, actor, one), await _side(db, actor, other)
    body = await asyncio.get_running_loop().run_in_executor(COMPARING, _answer, *sides, lineage)
    return Response(body, media_type="application/json")


async def _side(db: AsyncSession, actor: Actor, version: Version) -> Side:
    asset = await find(db, actor, Asset, version.asset_id)
    finest = select(Waveform.peaks).where(Waveform.version_id == version.id, Waveform.samples_per_peak == FINEST)
    out = SideOut(
        id=version.id,
        number=version.number,
        asset=AssetRef.of(asset),
        script_number=version.script.number,
        script_note=version.script.note,
        voice=version.voice,
        provider=version.provider,
        status=version.status,
        dropped=version.audio.state is BlobState.DROPPED,
        reason=version.reason,
        created_at=version.created_at,
        created_by=PersonOut.of(version.created_by),
    )
    return Side(
        out=out,
        script=version.script.text,
        delivery=version.delivery,
        applied=version.applied_delivery,
        measured={**version.measurements, "duration_ms": version.duration_ms},
        words=(await timed_words(db, version))[1],
        peaks=(await db.execute(finest)).scalar_one_or_none() or b"",
        sample_rate_hz=version.sample_rate_hz,
    )


def _answer(left: Side, right: Side, lineage: LineageOut) -> bytes:
    """Compute the whole answer; it takes milliseconds, some 50 for the longest scripts."""
    return (
        CompareOut(
            left=left.out,
            right=right.out,
            same_asset=left.out.asset.id == right.out.asset.id,
            script=_wording(left.script, right.script),
            voice=_pair(left.out.voice, right.out.voice),
            provider=_pair(left.out.provider, right.out.provider),
            delivery=_settings(left.delivery, right.delivery),
            applied=_settings(left.applied, right.applied),
            measurements=_measurements(_figures(left), _figures(right)),
            lineage=lineage,
            aligned=_aligned(left.words, right.words),
        )
        .model_dump_json()
        .encode()
    )


def _wording(left: str, right: str) -> WordingOut:
    found = compare(left, right)
    return WordingOut(
        same=left == right,
        pieces=[PieceOut(kind=piece.kind, text=piece.text) for piece in found.pieces],
        same_words=found.same_words,
        removed_words=found.removed_words,
        added_words=found.added_words,
    )


def _pair(left: str, right: str) -> PairOut | None:
    return None if left == right else PairOut(left=left, right=right)


def _settings(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[SettingOut]:
    names = dict.fromkeys((*left, *right))
    changed = [name for name in names if left.get(name) != right.get(name)]
    return [SettingOut(field=name, left=left.get(name), right=right.get(name)) for name in changed]


def _figures(side: Side) -> dict[str, float | None]:
    from voiceops.speech.pauses import pauses  # noqa: PLC0415 - numerics only where somebody asks for them

    found = pauses(side.peaks, samples_per_peak=FINEST, sample_rate_hz=side.sample_rate_hz) if side.peaks else None
    counted = {"pauses": found.count, "pauses_ms": found.total_ms} if found else {}
    return {name: counted.get(name, side.measured.get(name)) for name in MEASURED}


def _measurements(left: Mapping[str, float | None], right: Mapping[str, float | None]) -> list[MeasureOut]:
    measured = []
    for name, unit in MEASURED.items():
        one, other = left[name], right[name]
        delta = None if one is None or other is None else round(other - one, 2)
        measured.append(MeasureOut(name=name, unit=unit, left=one, right=other, delta=delta))
    return measured


def _aligned(left: Sequence[Mapping[str, Any]], right: Sequence[Mapping[str, Any]]) -> AlignedOut | None:
    if not (left and right):
        return None
    places = in_common((word["text"] for word in left), (word["text"] for word in right))
    times = [[words[place]["start_ms"] for place in found] for words, found in zip((left, right), places, strict=True)]
    return AlignedOut(left_index=places[0], right_index=places[1], left_ms=times[0], right_ms=times[1])
