"""Releases: versions that go live as one act, at once or at a time, by one person or by two."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field, StrictBool
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from voiceops import fitting
from voiceops.acceptance import Fitted
from voiceops.api.deployments import Ticket
from voiceops.api.deps import Caller, CallerBriefly, Db, Held, Part, Parts, cursor_after, paged
from voiceops.api.payloads import In, Instant, Out, Page, PersonOut, Time, WhyIn
from voiceops.carrying import Piece, pieces_of
from voiceops.errors import Refused
from voiceops.models import Action, Asset, Project, Release, ReleaseItem, ReleaseStatus, Target, Version
from voiceops.models.actor import Actor
from voiceops.policy import find
from voiceops.workflow import releases
from voiceops.workflow.releases import Wish

router = APIRouter(tags=["releases"])


class ItemIn(In):
    """Which version goes to which target."""

    target_id: UUID
    version_id: UUID


class ReleaseIn(WhyIn):
    """What goes live together, why, and from when until when; without a time, at once and until something replaces it."""

    items: Annotated[list[ItemIn], Field(min_length=1, max_length=100)]
    ticket: Ticket | None = None
    starts_at: Instant | None = None
    ends_at: Annotated[Instant | None, Field(description="Then what was there before comes back by itself.")] = None
    over_pin: StrictBool = False

    @property
    def wish(self) -> Wish:
        """As the workflow takes it."""
        items = [(one.target_id, one.version_id) for one in self.items]
        return Wish(items, self.reason, self.ticket, self.starts_at, self.ends_at, self.over_pin)


class ReleaseItemOut(Out):
    """One version for one target, and the deployment that put it there."""

    target_id: UUID
    target_key: str
    asset_id: UUID
    asset_key: str
    version_id: UUID
    number: int
    deployment_id: UUID | None


class ReleaseOut(Out):
    """A release. `finished_at` is when it ended, was cancelled or failed; one that is live and has it does not end by itself."""

    id: UUID
    project_id: UUID
    status: ReleaseStatus
    items: list[ReleaseItemOut]
    two_people: bool
    over_pin: bool
    reason: str
    ticket: str | None
    starts_at: Time | None
    ends_at: Time | None
    requested_by: PersonOut
    requested_at: Time
    confirmed_by: PersonOut | None
    confirmed_at: Time | None
    started_at: Time | None
    finished_at: Time | None
    error: str | None
    can: list[Action]


@router.get("/projects/{project}/releases")
async def list_releases(
    project: UUID,
    db: Db,
    actor: Caller,
    part: Part,
    status: Annotated[ReleaseStatus | None, Query(description="Only those that stand there.")] = None,
) -> Page[ReleaseOut]:
    """List a project's releases, the newest first."""
    await find(db, actor, Project, project)
    query = select(Release.id).where(Release.project_id == project, *([Release.status == status] if status else []))
    ids = (await db.execute(paged(query, Release.id, part))).scalars().all()
    items = await _show(db, actor, ids[: part.limit])
    return Page(items=items, next_cursor=cursor_after(items, ids, part))


@router.post("/projects/{project}/releases", status_code=201)
async def create_release(project: UUID, body: ReleaseIn, db: Db, held: Held, actor: CallerBriefly) -> ReleaseOut:
    """Ask for a release: all of it can be done, or none of it is, and the item that cannot is named."""
    async with held.database.session.begin() as briefly:
        pieces = await releases.look(briefly, actor, project, body.wish)
    made = await _made(held, pieces)
    return await _one(db, actor, await releases.create(db, actor, project, body.wish, made))


@router.get("/releases/{release}")
async def get_release(release: UUID, db: Db, actor: Caller) -> ReleaseOut:
    """Show one release."""
    return await _one(db, actor, await find(db, actor, Release, release))


@router.post("/releases/{release}/confirm")
async def confirm_release(release: UUID, body: WhyIn, db: Db, held: Held, actor: CallerBriefly) -> ReleaseOut:
    """Let it happen, as the second person; it begins at its time, or now."""
    async with held.database.session.begin() as briefly:
        found = await find(briefly, actor, Release, release)
        releases.check_may_confirm(actor, found)
        pieces = await pieces_of(briefly, found)
    made = await _made(held, pieces)
    return await _one(db, actor, await releases.confirm(db, actor, release, made, reason=body.reason))


@router.post("/releases/{release}/cancel")
async def cancel_release(release: UUID, body: WhyIn, db: Db, actor: Caller) -> ReleaseOut:
    """Take back what has not begun; of what is live, take back its end, so that it stays."""
    return await _one(db, actor, await releases.cancel(db, actor, release, reason=body.reason))


async def _made(held: Parts, pieces: Sequence[Piece]) -> dict[tuple[UUID, UUID], Fitted]:
    """Prove each version's stored audio once, and render it for each target; the item that fails is named."""
    made, proven, by = {}, set[str](), (held.database, held.store, held.renderer)
    for piece in pieces:
        try:
            made[piece.target.id, piece.version.id] = await fitting.prove(*by, piece.version, piece.profile, proven=proven)
        except Refused as refused:
            raise piece.named(refused) from refused
    return made


async def _one(db: AsyncSession, actor: Actor, release: Release) -> ReleaseOut:
    await db.flush()
    return (await _show(db, actor, [release.id]))[0]


async def _show(db: AsyncSession, actor: Actor, ids: Sequence[UUID]) -> list[ReleaseOut]:
    people = (joinedload(Release.requested_by, innerjoin=True), joinedload(Release.confirmed_by))
    query = select(Release).where(Release.id.in_(ids)).options(*people).order_by(Release.id.desc())
    found = (await db.execute(query.execution_options(populate_existing=True))).scalars().all()
    items = await _items(db, ids)
    return [_out(release, actor, items[release.id]) for release in found]


async def _items(db: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[ReleaseItemOut]]:
    query = select(ReleaseItem, Target.key, Asset.key, Version.number).where(ReleaseItem.release_id.in_(ids))
    query = query.join(Target, Target.id == ReleaseItem.target_id).join(Asset, Asset.id == ReleaseItem.asset_id)
    query = query.join(Version, Version.id == ReleaseItem.version_id).order_by(ReleaseItem.position)
    items: dict[UUID, list[ReleaseItemOut]] = defaultdict(list)
    for item, target, asset, number in await db.execute(query):
        plain = {name: getattr(item, name) for name in ("target_id", "asset_id", "version_id", "deployment_id")}
        items[item.release_id].append(ReleaseItemOut(**plain, target_key=target, asset_key=asset, number=number))
    return items


def _out(release: Release, actor: Actor, items: list[ReleaseItemOut]) -> ReleaseOut:
    plain = ("id", "project_id", "status", "two_people", "over_pin", "reason", "ticket", "error")
    times = ("starts_at", "ends_at", "requested_at", "confirmed_at", "started_at", "finished_at")
    return ReleaseOut(
        **{name: getattr(release, name) for name in (*plain, *times)},
        items=items,
        requested_by=PersonOut.of(release.requested_by),
        confirmed_by=PersonOut.of(release.confirmed_by) if release.confirmed_by else None,
        can=releases.can(actor, release),
    )
