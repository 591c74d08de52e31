"""What a project asks for before a version is approved, and how long it keeps what is not used."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from voiceops.db import Base
from voiceops.models.action import Action
from voiceops.models.examination import Check, Severity

MOST_APPROVALS: Final = 5
LONGEST_DAYS: Final = 3650


class Policy(Base):
    """The policy of one project. A trigger gives every new project a row, with the defaults that stand here.

    `checks` holds the severities that were set; the others warn. Null days are for ever.
    """

    __tablename__ = "policies"
    noun: ClassVar[str] = "policy"
    possible: ClassVar[tuple[Action, ...]] = (Action.POLICY_CHANGE,)
    __table_args__ = (
        CheckConstraint(f"approvals between 1 and {MOST_APPROVALS}", name="approvals"),
        CheckConstraint("roles <@ array['reviewer', 'owner']", name="roles"),
        CheckConstraint(f"renditions_days between 1 and {LONGEST_DAYS}", name="renditions_days"),
        CheckConstraint(f"archived_audio_days between 1 and {LONGEST_DAYS}", name="archived_audio_days"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    approvals: Mapped[int] = mapped_column(server_default=text("1"))
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    self_approval: Mapped[bool] = mapped_column(server_default=text("false"))
    checks: Mapped[Mapping[str, Any]] = mapped_column(server_default=text("'{}'"))
    renditions_days: Mapped[int | None]
    archived_audio_days: Mapped[int | None]

    @property
    def id(self) -> UUID:
        """Its project's: there is one row a project."""
        return self.project_id

    @property
    def severities(self) -> dict[Check, Severity]:
        """What each check does."""
        return {check: Severity(self.checks.get(check, Severity.WARN)) for check in Check}
