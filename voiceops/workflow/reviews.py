"""Judging versions: asking for a review, deciding in it, taking it back.

An approval is bound to the version's fingerprint. Before it is taken, the fingerprint is computed anew from the row, and the stored
bytes are read and hashed anew. That takes as long as the store takes, so it is done between two transactions: `look` finds the open
round, `prove` reads, and `decide` takes the decision in the round that was seen. Who agrees with a decision that ended this round
in the meantime has decided too; there is one step and there are two decisions.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from voiceops import evidence, notices, slots
from voiceops.audit import record
from voiceops.errors import Conflict, Forbidden
from voiceops.models import (
    Action,
    Decision,
    Policy,
    Review,
    Status,
    Verdict,
    Version,
)
from voiceops.models.actor import Actor, ActorKind
from voiceops.models.notice import NoticeKind
from voiceops.models.review import wanting
from voiceops.models.version import LIFECYCLE, BlobState
from voiceops.notices import About
from voiceops.policy import authorize, find, permitted, project_policy
from voiceops.storage import Store

WHOLE: Final = (joinedload(Version.script, innerjoin=True), joinedload(Version.audio, innerjoin=True))
WITH_AUDIO: Final = frozenset({Action.VERSION_APPROVE, Action.VERSION_SUBMIT, Action.AUDIO_DROP})
DECIDING: Final = frozenset({Action.VERSION_APPROVE, Action.VERSION_REQUEST_CHANGES})


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person found. `heard` is the share of the audio that their player had played, 0..1, or None."""

    verdict: Verdict
    reason: str
    heard: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """The round somebody decides in, and the hash of the audio that the decision is on."""

    review_id: UUID
    audio_sha256: str


async def look(db: AsyncSession, actor: Actor, version_id: UUID, verdict: Verdict) -> Seen:
    """Return the open round if this person may decide so in it now."""
    version = await find(db, actor, Version, version_id, load=WHOLE)
    policy = await project_policy(db, version.project_id)
    _check_may(actor, version, verdict, policy)
    version.check(verdict.action)
    review = await _open_round(db, version)
    await _check_first(db, actor, version, review)
    if verdict is Verdict.APPROVE:
        evidence.check_whole(version, deed="approve")
    return Seen(review.id, version.audio_sha256)


async def prove(store: Store, seen: Seen) -> None:
    """Read the stored audio and raise `Conflict` unless it still has the hash that the fingerprint covers."""
    possible = (Action.VERSION_REQUEST_CHANGES, Action.VERSION_WITHDRAW, Action.VERSION_ARCHIVE)
    await evidence.prove(store, seen.audio_sha256, deed="approve", possible=possible)


async def decide(db: AsyncSession, actor: Actor, version_id: UUID, seen: Seen, opinion: Opinion) -> Version:
    """Take one person's decision; the one that completes the approvals the policy asks for, or asks for changes, ends the round."""
    verdict = opinion.verdict
    version = await find(db, actor, Version, version_id, lock=True, load=WHOLE)
    policy = await project_policy(db, version.project_id)
    _check_may(actor, version, verdict, policy)
    review = await _round(db, version, verdict, seen)
    await _check_first(db, actor, version, review)
    if verdict is Verdict.APPROVE:
        evidence.check_whole(version, deed="approve")
    heard = opinion.heard if actor.kind is ActorKind.PERSON else None  # a program has no player
    decision = Decision(
        project_id=version.project_id,
        asset_id=version.asset_id,
        version_id=version.id,
        review_id=review.id,
        person_id=actor.person,
        verdict=verdict,
        reason=opinion.reason,
        roles=sorted(actor.roles[version.project_id]),
        fingerprint=version.fingerprint,
        heard=heard,
        key_id=actor.key_id,
    )
    db.add(decision)
    await db.flush()
    changes = {"review_id": str(review.id), "fingerprint": version.fingerprint, "heard": heard}
    if review.closed_at is None and await _is_enough(db, review, verdict, policy):
        review.close(verdict.outcome)
        changes |= version.move(verdict.action)
        await notices.settle(db, [review.id])
    await record(db, actor, verdict.action, version, reason=opinion.reason, changes=changes)
    kind = NoticeKind.APPROVED if verdict is Verdict.APPROVE else NoticeKind.CHANGES_REQUESTED
    await notices.tell(db, kind, About(version, actor.person, review.id), {review.requested_by_id, version.created_by_id})
    return version


async def barred(db: AsyncSession, actor: Actor, versions: Collection[Version]) -> Mapping[UUID, frozenset[Action]]:
    """Return what this actor may not do to each version although role and status allow it.

    Nobody approves their own, decides twice in a round, brings before others what cannot be heard any more, or puts away what is
    live. Versions come with script and audio.
    """
    found: dict[UUID, set[Action]] = {
        version.id: set(WITH_AUDIO) if version.audio.state is BlobState.DROPPED else set() for version in versions
    }
    judged = [
        version
        for version in versions
        if version.status is Status.IN_REVIEW and permitted(actor, Action.VERSION_APPROVE, version.project_id)
    ]
    if judged:
        mine = select(Review.version_id).join(Decision, Decision.review_id == Review.id)
        mine = mine.where(Review.version_id.in_([one.id for one in judged]), Review.closed_at.is_(None))
        for version_id in (await db.execute(mine.where(Decision.person_id == actor.person))).scalars():
            found[version_id] |= DECIDING
        strict = select(Policy.project_id).where(Policy.project_id.in_({one.project_id for one in judged}), ~Policy.self_approval)
        projects = set((await db.execute(strict)).scalars())
        for version in judged:
            if version.project_id in projects and actor.person in version.makers:
                found[version.id].add(Action.VERSION_APPROVE)
    if approved := [version.id for version in versions if version.status is Status.APPROVED]:
        for version_id in await slots.live_on(db, approved):
            found[version_id].add(Action.VERSION_ARCHIVE)
    return {version_id: frozenset(actions) for version_id, actions in found.items()}


def own(actor: Actor, version: Version, policy: Policy) -> str | None:
    """Say why this person's part in making a version keeps them from approving it; None if it does not."""
    if policy.self_approval or actor.person not in version.makers:
        return None
    did = "asked for this version" if actor.person == version.created_by_id else "wrote the script of this version"
    return f"You {did}, so somebody else has to approve it."


def _check_may(actor: Actor, version: Version, verdict: Verdict, policy: Policy) -> None:
    authorize(actor, verdict.action, version.project_id)
    if verdict is Verdict.APPROVE and (why := own(actor, version, policy)):
        raise Forbidden(why)


async def _check_first(db: AsyncSession, actor: Actor, version: Version, review: Review) -> None:
    mine = select(Decision.id).where(Decision.review_id == review.id, Decision.person_id == actor.person)
    if (await db.execute(mine)).first():
        possible = [str(step) for step in version.steps if step not in DECIDING]
        raise Conflict("You have decided in this review already.", possible=possible)


async def _open_round(db: AsyncSession, version: Version) -> Review:
    return (await db.execute(select(Review).where(Review.version_id == version.id, Review.closed_at.is_(None)))).scalar_one()


async def _round(db: AsyncSession, version: Version, verdict: Verdict, seen: Seen) -> Review:
    """Return the round that was seen: open, or ended meanwhile just as this decision would end it."""
    review = (await db.execute(select(Review).where(Review.id == seen.review_id))).scalar_one()
    agreed = review.outcome is verdict.outcome and version.status is LIFECYCLE[verdict.action][1]
    if review.closed_at is not None and not agreed:
        version.check(verdict.action)
        steps = [str(step) for step in version.steps]
        raise Conflict("The review you looked at has ended, and another has begun. Look again.", possible=steps)
    return review


async def _is_enough(db: AsyncSession, review: Review, verdict: Verdict, policy: Policy) -> bool:
    if verdict is Verdict.REQUEST_CHANGES:
        return True
    decisions = (await db.execute(select(Decision).where(Decision.review_id == review.id))).scalars().all()
    return not wanting(policy, decisions).approvals
