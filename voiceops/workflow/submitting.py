"""Asking for a review of a version, and taking that back."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from voiceops import notices
from voiceops.audit import record
from voiceops.errors import Conflict, FieldError, Malformed
from voiceops.models import Action, Check, Outcome, Policy, Review, Reviewer, Severity, Version
from voiceops.models.actor import Actor
from voiceops.models.notice import NoticeKind
from voiceops.notices import About
from voiceops.policy import authorize, find, members_who_may, project_policy

WHOLE: Final = (joinedload(Version.script, innerjoin=True), joinedload(Version.audio, innerjoin=True))
LATEST_DUE: Final = timedelta(days=366)
Gate = Callable[[AsyncSession, Version, Mapping[Check, Severity]], Awaitable[Sequence[str]]]
"""Says in a sentence each what keeps a version from review, by the severity that the project's policy gives each check."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for with a review: why, of whom (nobody named: of all who may decide), until when."""

    reason: str | None
    reviewers: Sequence[UUID]
    due_at: datetime | None


async def submit(db: AsyncSession, actor: Actor, version_id: UUID, wish: Wish, *, gate: Gate) -> Version:
    """Open a round; what `gate` tells keeps the version from it."""
    version = await find(db, actor, Version, version_id, lock=True, load=WHOLE)
    authorize(actor, Action.VERSION_SUBMIT, version.project_id)
    version.check(Action.VERSION_SUBMIT)
    version.check_kept()
    policy = await project_policy(db, version.project_id)
    if blockers := await gate(db, version, policy.severities):
        words = "Checks keep this version from review. Make another take, or have them waived."
        errors = [FieldError("checks", sentence) for sentence in blockers]
        raise Conflict(words, errors=errors, possible=version.left)
    deciders = await _deciders(db, version, policy)
    await _check_wish(db, wish, deciders)
    review = Review(
        project_id=version.project_id,
        asset_id=version.asset_id,
        version_id=version.id,
        requested_by_id=actor.person,
        reason=wish.reason,
        due_at=wish.due_at,
    )
    db.add(review)
    await db.flush()
    db.add_all(Reviewer(review_id=review.id, person_id=person_id) for person_id in set(wish.reviewers))
    due = wish.due_at and wish.due_at.isoformat()
    told = {"review_id": str(review.id), "reviewers": sorted({str(one) for one in wish.reviewers}), "due_at": due}
    await record(
        db, actor, Action.VERSION_SUBMIT, version, reason=wish.reason, changes={**version.move(Action.VERSION_SUBMIT), **told}
    )
    about = About(version, actor.person, review_id=review.id)
    await notices.tell(db, NoticeKind.REVIEW_ASKED, about, wish.reviewers or deciders)
    return version


async def withdraw(db: AsyncSession, actor: Actor, version_id: UUID, *, reason: str | None) -> Version:
    """End the open round without a verdict; what was decided in it lapses."""
    version = await find(db, actor, Version, version_id, lock=True)
    authorize(actor, Action.VERSION_WITHDRAW, version.project_id)
    changes = version.move(Action.VERSION_WITHDRAW)
    open_round = select(Review).where(Review.version_id == version.id, Review.closed_at.is_(None))
    review = (await db.execute(open_round)).scalar_one()
    review.close(Outcome.WITHDRAWN)
    await record(db, actor, Action.VERSION_WITHDRAW, version, reason=reason, changes={**changes, "review_id": str(review.id)})
    await notices.settle(db, [review.id])
    return version


async def _deciders(db: AsyncSession, version: Version, policy: Policy) -> set[UUID]:
    """Return who may approve it: the active members whose role lets them, without who made it."""
    people = set((await db.execute(members_who_may(Action.VERSION_APPROVE, version.project_id))).scalars())
    return people if policy.self_approval else people - version.makers


async def _check_wish(db: AsyncSession, wish: Wish, deciders: Collection[UUID]) -> None:
    errors = [
        FieldError(f"reviewers.{place}", "A reviewer is an active member who may approve, and had no part in making this version.")
        for place, person_id in enumerate(wish.reviewers)
        if person_id not in deciders
    ]
    now = (await db.execute(select(func.now()))).scalar_one()
    if wish.due_at is not None and not now < wish.due_at <= now + LATEST_DUE:
        errors.append(FieldError("due_at", "A review is due at a time to come, within a year."))
    if errors:
        raise Malformed(errors[0].message, errors=errors)
