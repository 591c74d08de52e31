"""What the API answers of reviews: the round, who was asked, what they decided, what is still wanted."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from voiceops.api.checks import ChecksTally
from voiceops.api.payloads import AssetRef, KeyRef, Out, PersonOut, Time
from voiceops.api.standing import TalkOut
from voiceops.models import Action, Asset, Decision, Outcome, Policy, Review, Reviewer, Role, Status, Verdict, Version
from voiceops.models.review import Wanting, wanting
from voiceops.workflow.checks import Tally


class ReviewState(StrEnum):
    """Whether a round goes on."""

    OPEN = "open"
    CLOSED = "closed"


class JudgedOut(Out):
    """The version that is judged."""

    id: UUID
    number: int
    status: Status
    voice: str
    duration_ms: int
    fingerprint: str
    created_by: PersonOut
    checks: ChecksTally
    comments: TalkOut

    @classmethod
    def of(cls, version: Version, tally: Tally, comments: TalkOut) -> "JudgedOut":
        """Show a version."""
        return cls(
            id=version.id,
            number=version.number,
            status=version.status,
            voice=version.voice,
            duration_ms=version.duration_ms,
            fingerprint=version.fingerprint,
            created_by=PersonOut.of(version.created_by),
            checks=ChecksTally.model_validate(asdict(tally)),
            comments=comments,
        )


class ReviewerOut(Out):
    """Somebody who was asked by name, and what they decided, null as long as they have not.

    Whoever may not approve any more is waited for no longer; where nobody is left, everybody who may is asked.
    """

    person: PersonOut
    verdict: Verdict | None
    may_approve: Annotated[bool, Field(description="Still a member here with a role that approves.")]


class DecisionOut(Out):
    """What one person decided, of which audio. An approval lapses when its round ends otherwise or the version is put away."""

    id: UUID
    person: PersonOut
    key: Annotated[KeyRef | None, Field(description="Of the person's, by which they decided; null in the page.")]
    verdict: Verdict
    reason: str
    roles: Annotated[list[Role], Field(description="Of the person, when they decided.")]
    fingerprint: str
    heard: Annotated[float | None, Field(description="Share of the audio their player had played, 0 to 1.")]
    at: Time
    lapsed: bool

    @classmethod
    def of(cls, decision: Decision, *, holds: bool) -> "DecisionOut":
        """Show a decision; `holds` tells whether approvals of its round still do."""
        return cls(
            id=decision.id,
            person=PersonOut.of(decision.person),
            key=decision.key and KeyRef.of(decision.key),
            verdict=decision.verdict,
            reason=decision.reason,
            roles=[Role(role) for role in decision.roles],
            fingerprint=decision.fingerprint,
            heard=decision.heard,
            at=decision.created_at,
            lapsed=decision.verdict is Verdict.APPROVE and not holds,
        )


class WantedOut(Out):
    """What is still wanted for the version to be approved: so many approvals, with these roles among the approvers."""

    approvals: int
    roles: list[Role]

    @classmethod
    def of(cls, wanted: Wanting) -> "WantedOut":
        """Show what is wanted; a round ends by a decision, so that where a policy now asks for less one more is wanted."""
        return cls(approvals=max(wanted.approvals, 1), roles=[Role(role) for role in wanted.roles])


@dataclass(frozen=True, slots=True)
class May:
    """What the caller may do to the version, and why their part in it keeps them from approving it."""

    can: list[Action]
    barred: str | None


@dataclass(frozen=True, slots=True)
class Judging:
    """Who was asked in a round and who decided; `able` may approve in its project, and `holds` tells whether approvals still do."""

    reviewers: Sequence[Reviewer]
    decisions: Sequence[Decision]
    able: Collection[UUID]
    holds: bool


class ReviewOut(Out):
    """One round. `wanted` and `barred` are null once it has ended; `can` is what the caller may do to the version."""

    id: UUID
    project_id: UUID
    asset: AssetRef
    version: JudgedOut
    requested_by: PersonOut
    reason: str | None
    created_at: Time
    due_at: Time | None
    state: ReviewState
    outcome: Outcome | None
    closed_at: Time | None
    reviewers: list[ReviewerOut]
    decisions: list[DecisionOut]
    wanted: WantedOut | None
    self_approval: Annotated[bool, Field(description="Whether the policy lets people approve what they made, as it is now.")]
    barred: Annotated[str | None, Field(description="Why the caller's part in the version keeps them from approving it.")]
    can: list[Action]

    @classmethod
    def of(
        cls,
        review: Review,
        asset: Asset,
        version: JudgedOut,
        *,
        judging: Judging,
        policy: Policy,
        may: May,
    ) -> "ReviewOut":
        """Show a round."""
        decisions, able = judging.decisions, judging.able
        verdicts = {decision.person_id: decision.verdict for decision in decisions}
        return cls(
            id=review.id,
            project_id=review.project_id,
            asset=AssetRef.of(asset),
            version=version,
            requested_by=PersonOut.of(review.requested_by),
            reason=review.reason,
            created_at=review.created_at,
            due_at=review.due_at,
            state=ReviewState.CLOSED if review.closed_at else ReviewState.OPEN,
            outcome=review.outcome,
            closed_at=review.closed_at,
            reviewers=[
                ReviewerOut(person=PersonOut.of(one.person), verdict=verdicts.get(one.person_id), may_approve=one.person_id in able)
                for one in judging.reviewers
            ],
            decisions=[DecisionOut.of(decision, holds=judging.holds) for decision in decisions],
            wanted=None if review.closed_at else WantedOut.of(wanting(policy, decisions)),
            self_approval=policy.self_approval,
            barred=None if review.closed_at else may.barred,
            can=may.can,
        )
