"""Telling people in person: a notice in the page at once, and by mail where a mail server is configured."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, update
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
    """Give each of these people a notice, but never of their own deed."""
    for person_id in sorted(set(people) - {about.by_id}):
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
    asked = (Notice.review_id.in_(review_ids), Notice.kind == NoticeKind.REVIEW_ASKED, Notice.read_at.is_(None))
    settled = update(Notice).where(*asked).values(read_at=func.now()).returning(Notice.person_id)
    for person_id in sorted(set((await db.execute(settled)).scalars())):
        await _announce(db, person_id, READ)


async def read(db: AsyncSession, person_id: UUID, notice_ids: Collection[UUID] | None) -> None:
    """Note that a person has read these of their notices, or all."""
    mine = [Notice.person_id == person_id, Notice.read_at.is_(None)]
    if notice_ids is not None:
        mine.append(Notice.id.in_(notice_ids))
    if (await db.execute(update(Notice).where(*mine).values(read_at=func.now()).returning(Notice.id))).first():
        await _announce(db, person_id, READ)


async def _announce(db: AsyncSession, person_id: UUID, action: str) -> None:
    """Tell the person's browsers, and nobody else: `api.live.visible`."""
    await announce(db, Change(type=Notice.noun, id=str(person_id), action=action))
