"""`/versions/{version}/comments` and `/comments/{comment}`: remarks on a version, in threads."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from voiceops.api.deps import Caller, Db, Part, cursor_after, paged
from voiceops.api.idempotency import Once
from voiceops.api.payloads import In, Out, Page, PersonOut, Time, prose
from voiceops.models import Action, Comment, CommentText, Person, Version
from voiceops.models.actor import Actor
from voiceops.policy import authorize, find
from voiceops.workflow import comments
from voiceops.workflow.comments import Remark

router = APIRouter(tags=["comments"])

LONGEST = 4000
Body = Annotated[str, prose(LONGEST), Field(json_schema_extra={"minLength": 1, "maxLength": LONGEST})]
Moment = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1, description="ms from the start of the audio.")]
Mentions = Annotated[list[UUID], Field(max_length=50, description="Members who are to be told.")]


class CommentIn(In):
    """A remark: on the whole, at a moment, over a span, or in reply to a comment that is none itself."""

    body: Body
    at_ms: Moment | None = None
    until_ms: Moment | None = None
    reply_to: UUID | None = None
    mentions: Annotated[Mentions, Field(default_factory=list)]


class CommentPatch(In):
    """What a comment is to say instead; without `mentions` they stay."""

    body: Body
    mentions: Mentions | None = None


class EarlierOut(Out):
    """What a comment said before."""

    body: str
    at: Time


class ByOut(Out):
    """Who did something, and when."""

    by: PersonOut
    at: Time


class CommentOut(Out):
    """A comment. One that is `deleted` has no body, and keeps its place in its thread."""

    id: UUID
    project_id: UUID
    asset_id: UUID
    version_id: UUID
    reply_to: UUID | None
    at_ms: int | None
    until_ms: int | None
    body: str | None
    mentions: list[PersonOut]
    person: PersonOut
    created_at: Time
    edited_at: Time | None
    earlier: list[EarlierOut]
    resolved: ByOut | None
    deleted: ByOut | None
    can: list[Action]


def _shown() -> Select[Comment]:
    people = (joinedload(Comment.person, innerjoin=True), joinedload(Comment.resolved_by), joinedload(Comment.deleted_by))
    return select(Comment).options(*people).execution_options(populate_existing=True)


def _by(person: Person | None, at: Time | None) -> ByOut | None:
    return ByOut(by=PersonOut.of(person), at=at) if person and at else None


def _out(actor: Actor, comment: Comment, texts: Sequence[CommentText], people: Mapping[UUID, Person]) -> CommentOut:
    *earlier, now = texts
    return CommentOut(
        id=comment.id,
        project_id=comment.project_id,
        asset_id=comment.asset_id,
        version_id=comment.version_id,
        reply_to=comment.reply_to_id,
        at_ms=comment.at_ms,
        until_ms=comment.until_ms,
        body=None if comment.deleted_at else now.body,
        mentions=[] if comment.deleted_at else [PersonOut.of(people[person_id]) for person_id in now.mentions],
        person=PersonOut.of(comment.person),
        created_at=comment.created_at,
        edited_at=now.written_at if earlier else None,
        earlier=[] if comment.deleted_at else [EarlierOut(body=text.body, at=text.written_at) for text in earlier],
        resolved=_by(comment.resolved_by, comment.resolved_at),
        deleted=_by(comment.deleted_by, comment.deleted_at),
        can=comments.can(actor, comment),
    )


async def _show(db: AsyncSession, actor: Actor, found: Sequence[Comment]) -> list[CommentOut]:
    if not found:
        return []
    texts = defaultdict(list)
    written = select(CommentText).where(CommentText.comment_id.in_([comment.id for comment in found]))
    for text in (await db.execute(written.order_by(CommentText.number))).scalars():
        texts[text.comment_id].append(text)
    mentioned = {person_id for said in texts.values() for text in said for person_id in text.mentions}
    named = select(Person).where(Person.id.in_(mentioned))
    people = {person.id: person for person in (await db.execute(named)).scalars()} if mentioned else {}
    return [_out(actor, comment, texts[comment.id], people) for comment in found]


async def _one(db: AsyncSession, actor: Actor, comment_id: UUID) -> CommentOut:
    await db.flush()
    found = (await db.execute(_shown().where(Comment.id == comment_id))).scalars().all()
    return (await _show(db, actor, found))[0]


@router.get("/versions/{version}/comments")
async def list_comments(version: UUID, db: Db, actor: Caller, part: Part) -> Page[CommentOut]:
    """List what was said of a version, the newest first; `reply_to` makes threads of it."""
    await find(db, actor, Version, version)
    rows = (await db.execute(paged(_shown().where(Comment.version_id == version), Comment.id, part))).scalars().all()
    items = await _show(db, actor, rows[: part.limit])
    return Page(items=items, next_cursor=cursor_after(items, rows, part))


@router.post("/versions/{version}/comments", status_code=201)
async def create_comment(version: UUID, body: CommentIn, db: Db, actor: Caller, once: Once) -> CommentOut:
    """Say something of a version. Markup is text like any other."""
    found = await find(db, actor, Version, version)
    authorize(actor, Action.COMMENT_CREATE, found.project_id)  # a stored answer too is only for who may ask

    async def create() -> tuple[CommentOut, str]:
        remark = Remark(body.body, body.mentions, body.at_ms, body.until_ms, body.reply_to)
        made = await comments.create(db, actor, version, remark)
        return await _one(db, actor, made.id), f"/api/v1/comments/{made.id}"

    return await once(create)


@router.get("/comments/{comment}")
async def get_comment(comment: UUID, db: Db, actor: Caller) -> CommentOut:
    """Show one comment."""
    await find(db, actor, Comment, comment)
    return await _one(db, actor, comment)


@router.patch("/comments/{comment}")
async def edit_comment(comment: UUID, body: CommentPatch, db: Db, actor: Caller) -> CommentOut:
    """Let one's own comment say something else; what it said before is kept and shown."""
    await comments.edit(db, actor, comment, body=body.body, mentions=body.mentions)
    return await _one(db, actor, comment)


@router.delete("/comments/{comment}")
async def delete_comment(comment: UUID, db: Db, actor: Caller) -> CommentOut:
    """Take a comment back: its place stays, its words are shown no more."""
    await comments.delete(db, actor, comment)
    return await _one(db, actor, comment)


@router.post("/comments/{comment}/resolve")
async def resolve_comment(comment: UUID, db: Db, actor: Caller) -> CommentOut:
    """Note that what a thread asks for is settled."""
    await comments.resolve(db, actor, comment)
    return await _one(db, actor, comment)


@router.post("/comments/{comment}/reopen")
async def reopen_comment(comment: UUID, db: Db, actor: Caller) -> CommentOut:
    """Note that it is not settled after all."""
    await comments.reopen(db, actor, comment)
    return await _one(db, actor, comment)
