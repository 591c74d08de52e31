"""Telling people in person: a notice in the page at once, and by mail where a mail server is configured."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.changes import Change, announce
from voiceops.config import settings
from voiceops.jobs import BACKGROUND, MAIL, enqueue
from voiceops.models import Notice, Version
from voiceops.models.notice import NoticeKind

NEW: Final = "notice.new"
READ: Final = "notice.read"


@dataclass(frozen=True, slots=True)
class About:
    """What people are told of: a version, by whose deed, and the round or the comment it was."""

    version: Version
    by_id: UUID
    review_id: UUID | None = None
    comment_id: UUID | None = None


async def tell(db: AsyncSession, kind: NoticeKind, about: About, people: Iterable[UUID]) -> None:
    """Give each of these people a notice, but of their own deed only that it failed."""
    own = set() if kind is NoticeKind.RELEASE_FAILED else {about.by_id}
    for person_id in sorted(set(people) - own):
        notice = Notice(
            person_id=person_id,
            kind=kind,
            project_id=about.version.project_id,
            asset_id=about.version.asset_id,
            version_id=about.version.id,
            review_id=about.review_id,
            comment_id=about.comment_id,
            by_id=about.by_id,
        )
        db.add(notice)
        await db.flush()
        await _announce(db, person_id, NEW)
        if settings().smtp_url:
            await enqueue(db, MAIL, MAIL, priority=BACKGROUND, notice_id=str(notice.id))


async def settle(db: AsyncSession, review_ids: Collection[UUID]) -> None:
    """Take back what these rounds asked of people: they have ended, so nobody has to do anything any more."""
    await _read(db, Notice.review_id.in_(review_ids), Notice.kind == NoticeKind.REVIEW_ASKED)


async def read(db: AsyncSession, person_id: UUID, notice_ids: Collection[UUID] | None) -> None:
    """Note that a person has read these of their notices, or all."""
    chosen = () if notice_ids is None else (Notice.id.in_(notice_ids),)
    await _read(db, Notice.person_id == person_id, *chosen)


async def _read(db: AsyncSession, *which: ColumnElement[bool]) -> None:
    """Note these as read; locked in one order, for somebody may read theirs while a round ends that asked them."""
    unread = select(Notice.id, Notice.person_id).where(Notice.read_at.is_(None), *which)
    rows = (await db.execute(unread.order_by(Notice.id).with_for_update())).all()
    if rows:
        await db.execute(update(Notice).where(Notice.id.in_([row.id for row in rows])).values(read_at=func.now()))
    for person_id in sorted({row.person_id for row in rows}):
        await _announce(db, person_id, READ)


async def _announce(db: AsyncSession, person_id: UUID, action: str) -> None:
    """Tell the person's browsers, and nobody else: `api.live.visible`."""
    await announce(db, Change(type=Notice.noun, id=str(person_id), action=action))
