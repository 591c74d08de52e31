"""Remarks on versions: made, edited, deleted, resolved. What a comment said before stays; a deleted one leaves its place."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops import notices
from voiceops.audit import record
from voiceops.errors import Conflict, FieldError, Forbidden, Malformed
from voiceops.models import Action, Comment, CommentText, Membership, Person, Version
from voiceops.models.actor import Actor
from voiceops.models.notice import NoticeKind
from voiceops.notices import About
from voiceops.policy import allowed, authorize, find, owns


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody says, whom they mention, and where: at a moment or over a span (ms), or in reply to another comment."""

    body: str
    mentions: Sequence[UUID] = ()
    at_ms: int | None = None
    until_ms: int | None = None
    reply_to_id: UUID | None = None


async def create(db: AsyncSession, actor: Actor, version_id: UUID, remark: Remark) -> Comment:
    """Add a comment; who is mentioned, and who wrote in the thread it replies to, gets a notice."""
    version = await find(db, actor, Version, version_id)
    authorize(actor, Action.COMMENT_CREATE, version.project_id)
    _check_place(version, remark)
    thread = await _thread(db, version, remark.reply_to_id)
    await _check_mentions(db, version.project_id, remark.mentions)
    comment = Comment(
        project_id=version.project_id,
        asset_id=version.asset_id,
        version_id=version.id,
        reply_to_id=remark.reply_to_id,
        at_ms=remark.at_ms,
        until_ms=remark.until_ms,
        person_id=actor.person,
    )
    db.add(comment)
    await db.flush()
    changes = await _write(db, comment, remark.body, remark.mentions)
    place = {"at_ms": remark.at_ms, "until_ms": remark.until_ms, "reply_to_id": _text(remark.reply_to_id)}
    await record(db, actor, Action.COMMENT_CREATE, comment, changes={**changes, **place})
    about = About(version, actor.person, comment_id=comment.id)
    await notices.tell(db, NoticeKind.MENTIONED, about, remark.mentions)
    await notices.tell(db, NoticeKind.REPLIED, about, thread - set(remark.mentions))
    return comment


async def edit(db: AsyncSession, actor: Actor, comment_id: UUID, *, body: str, mentions: Sequence[UUID] | None) -> Comment:
    """Let one's own comment say something else; what it said before stays beside it. Without `mentions` they stay as they are."""
    comment = await find(db, actor, Comment, comment_id, lock=True)
    authorize(actor, Action.COMMENT_EDIT, comment.project_id)
    _check_possible(comment, Action.COMMENT_EDIT)
    if comment.person_id != actor.person:
        raise Forbidden("This comment is somebody else's: only who wrote it may edit it.")
    now = (CommentText.comment_id == comment.id, CommentText.number == comment.text_count)
    before = (await db.execute(select(CommentText).where(*now))).scalar_one()
    mentions = before.mentions if mentions is None else mentions
    if (body, set(mentions)) == (before.body, set(before.mentions)):
        return comment
    await _check_mentions(db, comment.project_id, mentions)
    comment.text_count += 1
    changes = await _write(db, comment, body, mentions)
    await record(db, actor, Action.COMMENT_EDIT, comment, changes={**changes, "before_sha256": _sha256(before.body)})
    version = await find(db, actor, Version, comment.version_id)
    about = About(version, actor.person, comment_id=comment.id)
    await notices.tell(db, NoticeKind.MENTIONED, about, set(mentions) - set(before.mentions))
    return comment


async def delete(db: AsyncSession, actor: Actor, comment_id: UUID) -> Comment:
    """Take one's own comment back, or as owner anybody's: that there was one stays, what it said is shown no more."""
    comment = await find(db, actor, Comment, comment_id, lock=True)
    authorize(actor, Action.COMMENT_DELETE, comment.project_id)
    _check_possible(comment, Action.COMMENT_DELETE)
    if not _may_delete(actor, comment):
        raise Forbidden("This comment is somebody else's: only who wrote it, or an owner, may delete it.")
    comment.deleted_at, comment.deleted_by_id = func.now(), actor.person
    await record(db, actor, Action.COMMENT_DELETE, comment, changes={"person_id": str(comment.person_id)})
    return comment


async def resolve(db: AsyncSession, actor: Actor, comment_id: UUID) -> Comment:
    """Note that what a thread asks for is settled."""
    comment = await _thread_to_change(db, actor, comment_id, Action.COMMENT_RESOLVE)
    comment.resolved_at, comment.resolved_by_id = func.now(), actor.person
    await record(db, actor, Action.COMMENT_RESOLVE, comment)
    return comment


async def reopen(db: AsyncSession, actor: Actor, comment_id: UUID) -> Comment:
    """Note that it is not settled after all."""
    comment = await _thread_to_change(db, actor, comment_id, Action.COMMENT_REOPEN)
    comment.resolved_at = comment.resolved_by_id = None
    await record(db, actor, Action.COMMENT_REOPEN, comment)
    return comment


def can(actor: Actor, comment: Comment) -> list[Action]:
    """Return what this actor may do to the comment now."""
    may = allowed(actor, comment)
    others = set()
    if comment.person_id != actor.person:
        others.add(Action.COMMENT_EDIT)
    if not _may_delete(actor, comment):
        others.add(Action.COMMENT_DELETE)
    return [action for action in may if action not in others]


def _may_delete(actor: Actor, comment: Comment) -> bool:
    return comment.person_id == actor.person or owns(actor, comment.project_id)


async def _thread_to_change(db: AsyncSession, actor: Actor, comment_id: UUID, action: Action) -> Comment:
    comment = await find(db, actor, Comment, comment_id, lock=True)
    authorize(actor, action, comment.project_id)
    _check_possible(comment, action)
    return comment


def _check_possible(comment: Comment, action: Action) -> None:
    if action not in comment.possible:
        why = "It is a reply: its thread is resolved as a whole." if comment.reply_to_id else "It was done already."
        if comment.deleted_at and action is not Action.COMMENT_RESOLVE:
            why = "This comment is deleted."
        raise Conflict(why, possible=[str(one) for one in comment.possible])


def _check_place(version: Version, remark: Remark) -> None:
    """Raise `Malformed` unless it lies within the audio. A reply lies where its thread does."""
    errors = []
    bound = f"This version lasts {version.duration_ms} ms"
    if remark.reply_to_id is not None and (remark.at_ms is not None or remark.until_ms is not None):
        errors.append(FieldError("at_ms", "A reply has no place of its own: it stands where its thread does."))
    if remark.at_ms is not None and remark.at_ms > version.duration_ms:
        errors.append(FieldError("at_ms", f"{bound}; a comment can't be later."))
    if remark.until_ms is not None:
        if remark.at_ms is None:
            errors.append(FieldError("at_ms", "A span begins somewhere: send at_ms with until_ms."))
        elif remark.until_ms <= remark.at_ms:
            errors.append(FieldError("until_ms", "A span ends after it begins."))
        if remark.until_ms > version.duration_ms:
            errors.append(FieldError("until_ms", f"{bound}; a span can't end later."))
    if errors:
        raise Malformed(errors[0].message, errors=errors)


async def _thread(db: AsyncSession, version: Version, reply_to_id: UUID | None) -> set[UUID]:
    """Return who wrote in the thread that is replied to; raises `Malformed` if it is none of this version."""
    if reply_to_id is None:
        return set()
    root = select(Comment).where(Comment.id == reply_to_id, Comment.version_id == version.id)
    found = (await db.execute(root)).scalar_one_or_none()
    if found is None:
        raise Malformed.field("reply_to", "This version has no such comment.")
    if found.reply_to_id is not None:
        raise Malformed.field("reply_to", "This is a reply itself: reply to the comment it answers.")
    replies = select(Comment.person_id).where(Comment.reply_to_id == reply_to_id, Comment.deleted_at.is_(None))
    return {found.person_id, *(await db.execute(replies)).scalars()}


async def _check_mentions(db: AsyncSession, project_id: UUID, mentions: Collection[UUID]) -> None:
    members: Any = select(Membership.person_id).join(Person, Person.id == Membership.person_id)
    members = members.where(
        Membership.project_id == project_id, Membership.person_id.in_(mentions), Person.deactivated_at.is_(None)
    )
    there = set((await db.execute(members)).scalars()) if mentions else set()
    errors = [
        FieldError(f"mentions.{place}", "Only active members of the project can be mentioned.")
        for place, person_id in enumerate(mentions)
        if person_id not in there
    ]
    if errors:
        raise Malformed(errors[0].message, errors=errors)


async def _write(db: AsyncSession, comment: Comment, body: str, mentions: Collection[UUID]) -> dict[str, Any]:
    """Add the comment's newest text, and return what the record tells of it."""
    mentioned = sorted(set(mentions))
    db.add(CommentText(comment_id=comment.id, number=comment.text_count, body=body, mentions=mentioned))
    await db.flush()
    return {"sha256": _sha256(body), "characters": len(body), "mentions": [str(one) for one in mentioned]}


def _sha256(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
