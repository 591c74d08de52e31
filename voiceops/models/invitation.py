"""Invitations: a link that makes somebody a member, or the first owner of all. It works once."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voiceops.db import Base, new_id
from voiceops.models.action import Action
from voiceops.models.people import Person

OPEN = text("accepted_at is null and revoked_at is null")


class Invitation(Base):
    """One invitation. Only the SHA-256 of its token is kept, and its e-mail address only while it is open.

    Without a project it is the first owner's, who brings address and project along.
    """

    __tablename__ = "invitations"
    noun: ClassVar[str] = "invitation"
    __table_args__ = (
        Index("uq_invitations_project_id_email", "project_id", func.lower(text("email")), unique=True, postgresql_where=OPEN),
        CheckConstraint("(project_id is null) = is_admin", name="place"),
        CheckConstraint("(project_id is null) = (cardinality(roles) = 0)", name="roles"),
        CheckConstraint("email is null or (accepted_at is null and revoked_at is null)", name="email"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    email: Mapped[str | None]
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("projects.id"))
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_admin: Mapped[bool]
    invited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    revoked_at: Mapped[datetime | None]

    invited_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[invited_by_id])

    @property
    def possible(self) -> tuple[Action, ...]:
        """What can be done to it now."""
        return () if self.accepted_at or self.revoked_at else (Action.INVITATION_REVOKE,)
