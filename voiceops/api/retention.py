"""`/projects/{project}/retention` and `/storage`: what a policy would drop, before it is one, and what is kept at present."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from voiceops.api.deps import Caller, Db, Part, paged
from voiceops.api.payloads import AssetRef, Out, Time
from voiceops.db import ask
from voiceops.jobs import next_retention
from voiceops.models import Asset, Blob, Policy, Project, Rendition, Version
from voiceops.models.policy import LONGEST_DAYS
from voiceops.models.version import BlobState
from voiceops.policy import find
from voiceops.workflow.dropping import all_may_go, may_go, unused

router = APIRouter(tags=["policy"])

Wanted = Annotated[int | None, Query(ge=0, le=LONGEST_DAYS, description="0 is never. As the policy says where none are given.")]


class SumOut(Out):
    """How many, and of how many bytes, each blob counted once."""

    count: int
    bytes: int


class GoingOut(Out):
    """A version whose audio would be dropped. Versions that have the very same bytes go together."""

    version_id: UUID
    number: int
    asset: AssetRef
    archived_at: Time
    bytes: int


class DryRunOut(Out):
    """What the job would drop, if it came now and these were the days. Null is never."""

    renditions_days: int | None
    archived_audio_days: int | None
    next_run_at: Time
    summary: Annotated[str, Field(description="The same in a sentence.")]
    masters: SumOut
    renditions: SumOut
    items: list[GoingOut]
    next_cursor: str | None


class KindsOut(Out):
    """Bytes by what they are: masters by the status of their version, and what was made of masters."""

    draft: int
    in_review: int
    approved: int
    archived: int
    renditions: int


class MonthOut(KindsOut):
    """What was made in one month (UTC) and is still kept."""

    month: Annotated[str, Field(examples=["2026-11"])]


class StorageOut(Out):
    """What the project keeps. Each blob is counted once, as what it is most: approved, in review, draft, archived, rendition.

    Bytes that another project keeps too are counted in both.
    """

    bytes: int
    kinds: KindsOut
    earlier: Annotated[KindsOut, Field(description="Made before the first of the months.")]
    months: Annotated[list[MonthOut], Field(description="The last twelve, the oldest first.")]
    dropped: Annotated[SumOut, Field(description="Masters that were dropped so far.")]


@router.get("/projects/{project}/retention")
async def get_retention(
    project: UUID,
    db: Db,
    actor: Caller,
    part: Part,
    *,
    renditions_days: Wanted = None,
    archived_audio_days: Wanted = None,
) -> DryRunOut:
    """Tell what would be dropped, the newest versions first. Nothing is."""
    await find(db, actor, Project, project)
    policy = await db.get_one(Policy, project)
    old = _days(archived_audio_days, policy.archived_audio_days)
    idle = _days(renditions_days, policy.renditions_days)
    going = _going(project, old)
    listed = select(Version, Asset, Blob.bytes).join(Blob, Blob.sha256 == Version.audio_sha256)
    listed = listed.join(Asset, Asset.id == Version.asset_id).where(going)
    rows = (await db.execute(paged(listed, Version.id, part))).all()
    masters = await _masters(db, going)
    renditions = await _renditions(db, project, idle, going)
    return DryRunOut(
        renditions_days=idle,
        archived_audio_days=old,
        next_run_at=next_retention(datetime.now(UTC)),
        summary=_summary(masters, renditions),
        masters=masters,
        renditions=renditions,
        items=[
            GoingOut(
                version_id=version.id,
                number=version.number,
                asset=AssetRef.of(asset),
                archived_at=version.archived_at,
                bytes=size,
            )
            for version, asset, size in rows[: part.limit]
        ],
        next_cursor=str(rows[part.limit - 1][0].id) if len(rows) > part.limit else None,
    )


def _days(wanted: int | None, saved: int | None) -> int | None:
    return saved if wanted is None else wanted or None


def _going(project: UUID, days: int | None) -> ColumnElement[bool]:
    """True of versions whose blob would go if these were the project's days. Others' are as their policies say."""
    policy, blob = aliased(Policy), aliased(Blob)
    mine = bindparam("days", days, Integer, unique=True)
    as_asked = case((policy.project_id == project, mine), else_=policy.archived_audio_days)
    stored = exists(select(blob.sha256).where(blob.sha256 == Version.audio_sha256, blob.state == BlobState.STORED))
    return and_(Version.project_id == project, may_go(Version, mine), stored, all_may_go(Version.audio_sha256, as_asked, policy))


async def _masters(db: AsyncSession, going: ColumnElement[bool]) -> SumOut:
    count = (await db.execute(select(func.count()).select_from(Version).where(going))).scalar_one()
    once = select(func.coalesce(func.sum(Blob.bytes), 0)).where(Blob.sha256.in_(select(Version.audio_sha256).where(going)))
    return SumOut(count=count, bytes=(await db.execute(once)).scalar_one())


async def _renditions(db: AsyncSession, project: UUID, days: int | None, going: ColumnElement[bool]) -> SumOut:
    """Sum what nobody uses, and what goes with its master."""
    idle = unused(bindparam("idle", days, Integer, unique=True)) | Rendition.version_id.in_(select(Version.id).where(going))
    these = and_(Rendition.project_id == project, idle)
    count = (await db.execute(select(func.count()).select_from(Rendition).where(these))).scalar_one()
    once = select(func.coalesce(func.sum(Blob.bytes), 0)).where(Blob.sha256.in_(select(Rendition.sha256).where(these)))
    return SumOut(count=count, bytes=(await db.execute(once)).scalar_one())


def _summary(masters: SumOut, renditions: SumOut) -> str:
    parts = [
        f"{found.count:,} {noun if found.count == 1 else nouns} ({found.bytes:,} bytes)"
        for found, noun, nouns in ((masters, "version's audio", "versions' audio"), (renditions, "rendition", "renditions"))
        if found.count
    ]
    return f"{' and '.join(parts)} would be dropped." if parts else "Nothing would be dropped."


KINDS: Final = ("approved", "in_review", "draft", "archived", "renditions")
"""What a blob is counted as: the first of these that it is."""
MONTHS: Final = 12
KEPT: Final = """
    with mine as (
      select audio_sha256 as sha256, min(created_at) as made_at,
        min(array_position(%(kinds)s::text[], status::text)) as kind
      from versions where project_id = %(project)s group by audio_sha256
      union all
      select r.sha256, min(r.created_at), array_position(%(kinds)s::text[], 'renditions')
      from renditions r where r.project_id = %(project)s and not exists (
        select from versions v where v.project_id = %(project)s and v.audio_sha256 = r.sha256)
      group by r.sha256
    )
    select case state when 'stored' then (%(kinds)s::text[])[kind] end,
      to_char(made_at at time zone 'UTC', 'YYYY-MM'), count(*), sum(bytes)::bigint
    from mine join blobs using (sha256) group by 1, 2
"""


@router.get("/projects/{project}/storage")
async def get_storage(project: UUID, db: Db, actor: Caller) -> StorageOut:
    """Tell how many bytes the project keeps: by kind, by the month in which they were made, and how many were dropped."""
    await find(db, actor, Project, project)
    found = await ask(db, KEPT, {"project": project, "kinds": list(KINDS)})
    kept = [(kind, month, size) for kind, month, _, size in found if kind]
    gone = [(count, size) for kind, _, count, size in found if not kind]
    months = _months(datetime.now(UTC))
    return StorageOut(
        bytes=sum(size for _, _, size in kept),
        kinds=KindsOut(**_by_kind(kept)),
        earlier=KindsOut(**_by_kind([one for one in kept if one[1] < months[0]])),
        months=[MonthOut(month=month, **_by_kind([one for one in kept if one[1] == month])) for month in months],
        dropped=SumOut(count=sum(count for count, _ in gone), bytes=sum(size for _, size in gone)),
    )


def _by_kind(kept: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
    return {kind: sum(size for one, _, size in kept if one == kind) for kind in KINDS}


def _months(now: datetime) -> list[str]:
    """Return the twelve months up to now, the oldest first."""
    last = now.year * 12 + now.month - 1
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(last - MONTHS + 1, last + 1)]
