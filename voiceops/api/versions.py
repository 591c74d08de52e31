"""`/versions/{version}`: immutable audio with all that proves it, and what changed since the version it was made from."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, undefer

from voiceops.api.checks import ChecksTally, timed_words
from voiceops.api.deps import Caller, Db, Part, cursor_after, numbered
from voiceops.api.generations import DeliveryOut
from voiceops.api.payloads import Json, Out, Page, PersonOut, Time
from voiceops.api.scripts import ScriptText
from voiceops.api.standing import Standing, TalkOut, WishOut, standing
from voiceops.errors import Malformed
from voiceops.models import Action, Asset, Drop, Status, Version, Waveform
from voiceops.models.actor import Actor
from voiceops.policy import allowed, find
from voiceops.workflow import checks, reviews
from voiceops.workflow.checks import Tally

router = APIRouter(tags=["versions"])

SHOWN = (
    joinedload(Version.script, innerjoin=True),
    joinedload(Version.created_by, innerjoin=True),
    joinedload(Version.audio, innerjoin=True),
)


class DroppedOut(Out):
    """A drop of its bytes: by a policy after so many days, which `by` set, or by somebody's decision for a reason."""

    at: Time
    by: PersonOut | None
    days: int | None
    reason: str | None


class AudioOut(Out):
    """The lossless master. While it is dropped there is none to hear; whatever was measured and recorded of it stays.

    It comes back where somebody makes the very same bytes again; `earlier_drops`, the newest first, are those before that.
    """

    sha256: str
    media_type: str
    duration_ms: int
    sample_rate_hz: int
    bytes: int
    dropped: DroppedOut | None
    earlier_drops: list[DroppedOut]


class MeasurementsOut(Out):
    """Measured once, of the decoded master. Null where there is too little sound to measure."""

    loudness_lufs: float | None
    true_peak_dbtp: float | None
    words_per_minute: float | None
    lead_silence_ms: int
    tail_silence_ms: int
    longest_pause_ms: int
    clipped_samples: int


class FieldChange(Out):
    """One field of the delivery that differs from the parent's."""

    field: str
    before: str | float
    after: str | float


class ChangesOut(Out):
    """What differs from the version this was made from; `script` holds the parent's wording if it was another."""

    parent_id: UUID
    parent_number: int
    script: ScriptText | None
    voice: str | None
    delivery: list[FieldChange]


class VersionOut(Out):
    """One version. What was generated never changes: its status does, and what its checks come to."""

    id: UUID
    number: int
    project_id: UUID
    asset_id: UUID
    generation_id: UUID
    parent_version_id: UUID | None
    changes: ChangesOut | None
    script: ScriptText
    voice: str
    provider: str
    delivery: DeliveryOut
    applied_delivery: Json
    provider_metadata: Json
    unspoken: list[str]
    status: Status
    reason: str | None
    created_at: Time
    created_by: PersonOut
    fingerprint: str
    audio: AudioOut
    measurements: MeasurementsOut
    checks: ChecksTally
    comments: TalkOut
    changes_requested: Annotated[WishOut | None, Field(description="Of a draft whose newest review ended so: by whom, and why.")]
    can: list[Action]


class WaveformOut(Out):
    """Peaks of the master: for each `samples_per_peak` samples the lowest and the highest, -128..127."""

    samples_per_peak: int
    sample_rate_hz: int
    length: int
    peaks: list[int]


class WordOut(Out):
    """One spoken word and where it sounds."""

    text: str
    start_ms: int
    end_ms: int
    emphasised: bool


class WordsOut(Out):
    """The words of a version; `source` tells who timed them, null if nobody did."""

    source: Annotated[str | None, Field(examples=["provider", "aligned"])]
    items: list[WordOut]


def _script(version: Version) -> ScriptText:
    return ScriptText(id=version.script.id, number=version.script.number, text=version.script.text)


def _changes(version: Version, parent: Version) -> ChangesOut:
    before, after = parent.delivery, version.delivery
    return ChangesOut(
        parent_id=parent.id,
        parent_number=parent.number,
        script=_script(parent) if parent.script.text != version.script.text else None,
        voice=parent.voice if parent.voice != version.voice else None,
        delivery=[FieldChange(field=name, before=before[name], after=after[name]) for name in after if before[name] != after[name]],
    )


def _dropped(drop: Drop) -> DroppedOut:
    return DroppedOut(at=drop.at, by=PersonOut.of(drop.person) if drop.person else None, days=drop.days, reason=drop.reason)


def _out(
    actor: Actor,
    version: Version,
    parent: Version | None,
    *,
    tally: Tally,
    stands: Standing,
    barred: Collection[Action],
    drops: Sequence[Drop],
) -> VersionOut:
    gone = int(version.audio.dropped_at is not None)
    told = [_dropped(drop) for drop in drops]
    return VersionOut(
        id=version.id,
        number=version.number,
        project_id=version.project_id,
        asset_id=version.asset_id,
        generation_id=version.generation_id,
        parent_version_id=version.parent_version_id,
        changes=_changes(version, parent) if parent else None,
        script=_script(version),
        voice=version.voice,
        provider=version.provider,
        delivery=DeliveryOut.model_validate(version.delivery),
        applied_delivery=dict(version.applied_delivery),
        provider_metadata=dict(version.provider_metadata),
        unspoken=list(version.unspoken),
        status=version.status,
        reason=version.reason,
        created_at=version.created_at,
        created_by=PersonOut.of(version.created_by),
        fingerprint=version.fingerprint,
        audio=AudioOut(
            sha256=version.audio_sha256,
            media_type=version.audio.media_type,
            duration_ms=version.duration_ms,
            sample_rate_hz=version.sample_rate_hz,
            bytes=version.audio.bytes,
            dropped=next(iter(told[:gone]), None),
            earlier_drops=told[gone:],
        ),
        measurements=MeasurementsOut.model_validate(version.measurements),
        checks=ChecksTally.model_validate(asdict(tally)),
        comments=stands.comments,
        changes_requested=stands.changes_requested,
        can=[action for action in allowed(actor, version) if action not in barred],
    )


async def show(db: AsyncSession, actor: Actor, versions: Sequence[Version]) -> list[VersionOut]:
    """Show versions that were loaded with `SHOWN`."""
    wanted = {version.parent_version_id for version in versions if version.parent_version_id}
    query: Select[Any] = select(Version).where(Version.id.in_(wanted)).options(joinedload(Version.script, innerjoin=True))
    parents = {parent.id: parent for parent in (await db.execute(query)).scalars()} if wanted else {}
    barred = await reviews.barred(db, actor, versions)
    tally, stands = await checks.tallies(db, versions), await standing(db, versions)
    drops = await _drops(db, [version.id for version in versions])
    return [
        _out(
            actor,
            version,
            parents.get(version.parent_version_id),
            tally=tally[version.id],
            stands=stands[version.id],
            barred=barred[version.id],
            drops=drops[version.id],
        )
        for version in versions
    ]


async def _drops(db: AsyncSession, version_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Drop]]:
    """Return all drops of each of these, the newest first."""
    query = select(Drop).where(Drop.version_id.in_(version_ids)).options(joinedload(Drop.person)).order_by(Drop.id.desc())
    found = defaultdict(list)
    for drop in (await db.execute(query)).scalars():
        found[drop.version_id].append(drop)
    return found


@router.get("/assets/{asset}/versions")
async def list_versions(asset: UUID, db: Db, actor: Caller, part: Part) -> Page[VersionOut]:
    """List an asset's versions, the newest first."""
    await find(db, actor, Asset, asset)
    query = select(Version).options(*SHOWN)
    rows = (await db.execute(numbered(query, Version, asset, part))).scalars().all()
    items = await show(db, actor, rows[: part.limit])
    return Page(items=items, next_cursor=cursor_after(items, rows, part))


@router.get("/versions/{version}")
async def get_version(version: UUID, db: Db, actor: Caller) -> VersionOut:
    """Show one version."""
    found = await find(db, actor, Version, version, load=SHOWN)
    return (await show(db, actor, [found]))[0]


@router.get("/versions/{version}/waveform")
async def get_waveform(
    version: UUID,
    db: Db,
    actor: Caller,
    zoom: Annotated[int, Query(description="Samples a peak: 256, 1024 or 4096.")] = 1024,
) -> WaveformOut:
    """Return the peaks to draw a version with."""
    found = await find(db, actor, Version, version)
    stored = (await db.execute(select(Waveform).where(Waveform.version_id == version))).scalars().all()
    waveform = next((one for one in stored if one.samples_per_peak == zoom), None)
    if waveform is None:
        raise Malformed.field("zoom", f"Waveforms have these zooms: {', '.join(str(one.samples_per_peak) for one in stored)}.")
    peaks = memoryview(waveform.peaks).cast("b").tolist()
    return WaveformOut(samples_per_peak=zoom, sample_rate_hz=found.sample_rate_hz, length=len(peaks) // 2, peaks=peaks)


@router.get("/versions/{version}/words")
async def get_words(version: UUID, db: Db, actor: Caller) -> WordsOut:
    """Return when each word is spoken."""
    source, words = await timed_words(db, await find(db, actor, Version, version, load=(undefer(Version.words),)))
    return WordsOut(source=source, items=[WordOut.model_validate(word) for word in words])
