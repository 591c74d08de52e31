"""How versions stand with those who judge them: what was said, and what the newest round asked to be changed."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from voiceops.api.payloads import Out, PersonOut, Time
from voiceops.models import Comment, Decision, Outcome, Person, Review, Status, Verdict, Version


class TalkOut(Out):
    """How many threads of comments there are, deleted ones left out, and how many of them nobody has resolved."""

    open: int
    all: int


class WishOut(Out):
    """Who asked for changes, when and why."""

    by: PersonOut
    at: Time
    reason: str


class Standing(NamedTuple):
    """What was said of a version, and while it is a draft who asked for changes in its newest round."""

    comments: TalkOut
    changes_requested: WishOut | None


SILENCE: Final = TalkOut(open=0, all=0)


async def standing(db: AsyncSession, versions: Sequence[Version]) -> Mapping[UUID, Standing]:
    """Tell how each of these stands."""
    if not versions:
        return {}
    talk = await _talk(db, [version.id for version in versions])
    wishes = await _wishes(db, [version.id for version in versions if version.status is Status.DRAFT])
    return {version.id: Standing(talk.get(version.id, SILENCE), wishes.get(version.id)) for version in versions}


async def _talk(db: AsyncSession, version_ids: Sequence[UUID]) -> Mapping[UUID, TalkOut]:
    query = (
        select(Comment.version_id, func.count().filter(Comment.resolved_at.is_(None)), func.count())
        .where(Comment.version_id.in_(version_ids), Comment.reply_to_id.is_(None), Comment.deleted_at.is_(None))
        .group_by(Comment.version_id)
    )
    return {version_id: TalkOut(open=open_, all=all_) for version_id, open_, all_ in await db.execute(query)}


async def _wishes(db: AsyncSession, version_ids: Sequence[UUID]) -> Mapping[UUID, WishOut]:
    if not version_ids:
        return {}
    later = aliased(Review)
    query = (
        select(Decision.version_id, Decision.created_at, Decision.reason, Person)
        .join(Review, Review.id == Decision.review_id)
        .join(Person, Person.id == Decision.person_id)
        .where(Decision.version_id.in_(version_ids), Decision.verdict == Verdict.REQUEST_CHANGES)
        .where(Review.outcome == Outcome.CHANGES_REQUESTED)
        .where(~exists().where(later.version_id == Review.version_id, later.id > Review.id))
        .order_by(Decision.created_at.desc())
    )
    return {
        version_id: WishOut(by=PersonOut.of(person), at=at, reason=reason)
        for version_id, at, reason, person in await db.execute(query)
    }
