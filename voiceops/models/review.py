"""Reviews, the rounds of judging a version, and decisions, what one person found in a round."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base, new_id
from voiceops.models.action import Action
from voiceops.models.key import ApiKey
from voiceops.models.people import Person
from voiceops.models.policy import Policy
from voiceops.models.version import Version


class Outcome(StrEnum):
    """How a round ended."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


class Verdict(StrEnum):
    """What one person decided."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"

    @property
    def action(self) -> Action:
        """The action that it is."""
        return Action.VERSION_APPROVE if self is Verdict.APPROVE else Action.VERSION_REQUEST_CHANGES

    @property
    def outcome(self) -> Outcome:
        """How a round ends by it."""
        return Outcome.APPROVED if self is Verdict.APPROVE else Outcome.CHANGES_REQUESTED


class Review(Base):
    """One round, open until it has an outcome. A version has at most one that is open."""

    __tablename__ = "reviews"
    noun: ClassVar[str] = "review"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "asset_id", "version_id"], ["versions.project_id", "versions.asset_id", "versions.id"]),
        UniqueConstraint("project_id", "asset_id", "version_id", "id"),
        CheckConstraint("(closed_at is null) = (outcome is null)", name="closed"),
        Index("uq_reviews_version_id_open", "version_id", unique=True, postgresql_where=text("closed_at is null")),
        Index("ix_reviews_project_id_id_open", "project_id", "id", postgresql_where=text("closed_at is null")),
        Index("ix_reviews_project_id_id", "project_id", "id"),
        Index("ix_reviews_version_id_id", "version_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    version_id: Mapped[UUID]
    requested_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str | None]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]

    version: Mapped[Version] = relationship(lazy="raise", viewonly=True, primaryjoin="foreign(Review.version_id) == Version.id")
    requested_by: Mapped[Person] = relationship(lazy="raise")

    def close(self, outcome: Outcome) -> None:
        """End the round."""
        self.closed_at, self.outcome = func.now(), outcome


class Reviewer(Base):
    """Somebody who was asked by name. Who else may decide may do so too."""

    __tablename__ = "reviewers"

    review_id: Mapped[UUID] = mapped_column(ForeignKey("reviews.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)

    person: Mapped[Person] = relationship(lazy="raise")


class Decision(Base):
    """One person's verdict in one round, bound to the fingerprint it was given for. Never changed.

    `roles` are those the person had then, `key_id` is their key by which they decided, `heard` the share of the audio that their
    player had played, null if it did not say.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "asset_id", "version_id", "review_id"],
            ["reviews.project_id", "reviews.asset_id", "reviews.version_id", "reviews.id"],
        ),
        UniqueConstraint("review_id", "person_id"),
        CheckConstraint("heard between 0 and 1", name="heard"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    version_id: Mapped[UUID]
    review_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    verdict: Mapped[Verdict]
    reason: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    fingerprint: Mapped[str]
    heard: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    key_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_keys.id"))

    person: Mapped[Person] = relationship(lazy="raise")
    key: Mapped[ApiKey | None] = relationship(lazy="raise")


@dataclass(frozen=True, slots=True)
class Wanting:
    """What a round still lacks to be approved: so many approvals, among them people with these roles."""

    approvals: int
    roles: tuple[str, ...]


def wanting(policy: Policy, decisions: Iterable[Decision]) -> Wanting:
    """Return what these decisions of one round leave wanting, by the policy as it is now. One person may bring several roles."""
    approving = [decision for decision in decisions if decision.verdict is Verdict.APPROVE]
    there = {role for decision in approving for role in decision.roles}
    lacking = tuple(role for role in policy.roles if role not in there)
    return Wanting(max(policy.approvals - len(approving), 1 if lacking else 0), lacking)
