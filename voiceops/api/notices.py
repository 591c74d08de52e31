"""`/notices`: what waits for the person who asks, or answers them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from voiceops import notices
from voiceops.api.deps import Db, Part, PersonOnly, cursor_after, paged
from voiceops.api.payloads import In, Out, PersonOut, Time
from voiceops.models import Asset, Notice, Project, Version
from voiceops.models.actor import Actor
from voiceops.models.notice import NoticeKind

router = APIRouter(tags=["notices"])


class ProjectRef(Out):
    """Which project."""

    id: UUID
    key: str
    name: str


class NamedAsset(Out):
    """Which asset."""

    id: UUID
    key: str
    title: str


class NumberedVersion(Out):
    """Which version."""

    id: UUID
    number: int


class NoticeOut(Out):
    """What somebody did that concerns the reader, and what it was about."""

    id: UUID
    kind: NoticeKind
    by: PersonOut
    project: ProjectRef
    asset: NamedAsset
    version: NumberedVersion
    review_id: UUID | None
    comment_id: UUID | None
    created_at: Time
    read_at: Time | None


class UnreadOut(Out):
    """How many notices are unread."""

    unread: int


class NoticesOut(UnreadOut):
    """A part of the reader's notices, the newest first."""

    items: list[NoticeOut]
    next_cursor: str | None


class ReadIn(In):
    """Which notices were read; without, all of them."""

    notice_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)] | None = None


@router.get("/notices")
async def list_notices(db: Db, actor: PersonOnly, part: Part, unread: bool = False) -> NoticesOut:  # noqa: FBT001, FBT002 - a query
    """List one's own notices from the projects one is a member of; `unread` leaves out what was read."""
    query = (
        select(Notice, Project, Asset)
        .join(Project, Project.id == Notice.project_id)
        .join(Asset, Asset.id == Notice.asset_id)
        .where(Notice.person_id == actor.person, Notice.project_id.in_(actor.roles))
        .options(joinedload(Notice.by, innerjoin=True), joinedload(Notice.version, innerjoin=True).load_only(Version.number))
    )
    if unread:
        query = query.where(Notice.read_at.is_(None))
    rows = (await db.execute(paged(query, Notice.id, part))).all()
    items = [_out(*row) for row in rows[: part.limit]]
    return NoticesOut(items=items, next_cursor=cursor_after(items, rows, part), unread=await _unread(db, actor))


@router.post("/notices/read")
async def read_notices(db: Db, actor: PersonOnly, body: ReadIn | None = None) -> UnreadOut:
    """Note that one has read notices of one's own."""
    await notices.read(db, actor.person, body.notice_ids if body else None)
    return UnreadOut(unread=await _unread(db, actor))


async def _unread(db: AsyncSession, actor: Actor) -> int:
    mine = (Notice.person_id == actor.person, Notice.read_at.is_(None), Notice.project_id.in_(actor.roles))
    return (await db.execute(select(func.count()).select_from(Notice).where(*mine))).scalar_one()


def _out(notice: Notice, project: Project, asset: Asset) -> NoticeOut:
    return NoticeOut(
        id=notice.id,
        kind=notice.kind,
        by=PersonOut.of(notice.by),
        project=ProjectRef(id=project.id, key=project.key, name=project.name),
        asset=NamedAsset(id=asset.id, key=asset.key, title=asset.title),
        version=NumberedVersion(id=notice.version_id, number=notice.version.number),
        review_id=notice.review_id,
        comment_id=notice.comment_id,
        created_at=notice.created_at,
        read_at=notice.read_at,
    )
