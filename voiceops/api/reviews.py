"""`/projects/{project}/reviews`, the inbox, and `/versions/{version}/reviews`: rounds of judging, with what was decided in them."""

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, Select, and_, exists, false, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload

from voiceops.api.deps import Caller, Db, Paging, Part, cursor_after, paged
from voiceops.api.payloads import Page
from voiceops.api.review_answers import JudgedOut, Judging, May, ReviewOut, ReviewState
from voiceops.api.standing import standing
from voiceops.models import Action, Asset, Decision, Outcome, Policy, Project, Review, Reviewer, Script, Status, Version
from voiceops.models.actor import Actor
from voiceops.policy import allowed, find, members_who_may, permitted
from voiceops.workflow.checks import tallies
from voiceops.workflow.reviews import barred, own

router = APIRouter(tags=["reviews"])


class Whose(StrEnum):
    """Whose reviews."""

    ME = "me"
    ALL = "all"


def _shown() -> Select[Review, Asset, bool]:
    """Select rounds, their assets, and whether another round of the version came later."""
    later = aliased(Review)
    version = joinedload(Review.version, innerjoin=True)
    return (
        select(Review, Asset, exists().where(later.version_id == Review.version_id, later.id > Review.id))
        .join(Asset, Asset.id == Review.asset_id)
        .options(
            version.joinedload(Version.script, innerjoin=True),
            version.joinedload(Version.audio, innerjoin=True),
            version.joinedload(Version.created_by, innerjoin=True),
            joinedload(Review.requested_by, innerjoin=True),
        )
    )


@router.get("/projects/{project}/reviews")
async def list_reviews(
    project: UUID,
    db: Db,
    actor: Caller,
    part: Part,
    whose: Annotated[Whose, Query(alias="for", description="`me`: what waits for me; closed, what I had a part in.")] = Whose.ALL,
    state: ReviewState = ReviewState.OPEN,
) -> Page[ReviewOut]:
    """List a project's reviews: those that are open the oldest first, as a queue; those that ended the newest first."""
    await find(db, actor, Project, project)
    going_on = state is ReviewState.OPEN
    query = _shown().where(Review.project_id == project, Review.closed_at.is_(None) if going_on else Review.closed_at.is_not(None))
    if whose is Whose.ME:
        query = query.where(_waits_for(actor, project) if going_on else _had_a_part(actor))
    return await _page(db, actor, queued(query, part) if going_on else paged(query, Review.id, part), part)


@router.get("/versions/{version}/reviews")
async def list_reviews_of_version(version: UUID, db: Db, actor: Caller, part: Part) -> Page[ReviewOut]:
    """List a version's rounds, the newest first."""
    await find(db, actor, Version, version)
    return await _page(db, actor, paged(_shown().where(Review.version_id == version), Review.id, part), part)


def queued(query: Select[Review, Asset, bool], part: Paging) -> Select[Review, Asset, bool]:
    """Limit a query of reviews to one part, as `paged` does, but the oldest first."""
    if part.cursor is not None:
        query = query.where(Review.id > part.cursor)
    return query.order_by(Review.id).limit(part.limit + 1)


def _waits_for(actor: Actor, project: UUID) -> ColumnElement[bool]:
    """Rounds in which this person is asked for an approval, may give one, and has not decided yet.

    They are asked by name, or as one of all where none of the named is left who could still decide.
    """
    if not permitted(actor, Action.VERSION_APPROVE, project):
        return false()
    decided = exists().where(Decision.review_id == Review.id, Decision.person_id == Reviewer.person_id)
    able = Reviewer.person_id.in_(members_who_may(Action.VERSION_APPROVE, Review.project_id))
    asked = exists().where(Reviewer.review_id == Review.id, able, not_(decided))
    own = exists().where(
        Version.id == Review.version_id,
        Script.id == Version.script_id,
        or_(Version.created_by_id == actor.person, Script.created_by_id == actor.person),
    )
    lenient = exists().where(Policy.project_id == project, Policy.self_approval)
    return and_(
        not_(exists().where(Decision.review_id == Review.id, Decision.person_id == actor.person)),
        or_(not_(asked), asked.where(Reviewer.person_id == actor.person)),
        or_(lenient, not_(own)),
    )


def _had_a_part(actor: Actor) -> ColumnElement[bool]:
    return or_(
        Review.requested_by_id == actor.person,
        exists().where(Reviewer.review_id == Review.id, Reviewer.person_id == actor.person),
        exists().where(Decision.review_id == Review.id, Decision.person_id == actor.person),
    )


async def _page(db: AsyncSession, actor: Actor, query: Select[Review, Asset, bool], part: Paging) -> Page[ReviewOut]:
    rows = (await db.execute(query)).all()
    items = await _show(db, actor, rows[: part.limit])
    return Page(items=items, next_cursor=cursor_after(items, rows, part))


async def _show(db: AsyncSession, actor: Actor, rows: Sequence[Any]) -> list[ReviewOut]:
    if not rows:
        return []
    ids = [review.id for review, _, _ in rows]
    asked, decided = defaultdict(list), defaultdict(list)
    people = select(Reviewer).where(Reviewer.review_id.in_(ids)).options(joinedload(Reviewer.person, innerjoin=True))
    for reviewer in (await db.execute(people.order_by(Reviewer.person_id))).scalars():
        asked[reviewer.review_id].append(reviewer)
    shown = (joinedload(Decision.person, innerjoin=True), joinedload(Decision.key))
    decisions = select(Decision).where(Decision.review_id.in_(ids)).options(*shown)
    for decision in (await db.execute(decisions.order_by(Decision.created_at, Decision.id))).scalars():
        decided[decision.review_id].append(decision)
    policy: Policy = (await db.execute(select(Policy).where(Policy.project_id == rows[0][0].project_id))).scalar_one()
    able = set((await db.execute(members_who_may(Action.VERSION_APPROVE, rows[0][0].project_id))).scalars()) if asked else ()
    versions = [review.version for review, _, _ in rows]
    kept_from = await barred(db, actor, versions)
    tally, stands = await tallies(db, versions), await standing(db, versions)
    return [
        ReviewOut.of(
            review,
            asset,
            JudgedOut.of(review.version, tally[review.version_id], stands[review.version_id].comments),
            judging=Judging(asked[review.id], decided[review.id], able, _holds(review, later=later)),
            policy=policy,
            may=May(
                can=[action for action in allowed(actor, review.version) if action not in kept_from[review.version_id]],
                barred=own(actor, review.version, policy),
            ),
        )
        for review, asset, later in rows
    ]


def _holds(review: Review, *, later: bool) -> bool:
    """Tell whether approvals of this round count: while it goes on, and then as long as the version is approved by it."""
    return review.closed_at is None or (
        review.outcome is Outcome.APPROVED and review.version.status is Status.APPROVED and not later
    )
