"""People, the projects they are members of, and their sessions. Names and e-mail addresses stand here alone."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from voiceops.db import Base, new_id
from voiceops.models.action import Action


class Role(StrEnum):
    """What a member is in a project; one person may have several."""

    VIEWER = "viewer"
    AUTHOR = "author"
    REVIEWER = "reviewer"
    PUBLISHER = "publisher"
    AUDITOR = "auditor"
    OWNER = "owner"


class Person(Base):
    """Somebody who signs in. Never deleted, only deactivated.

    `has_public_password` is of who was made with the demo, until their first change of password: everybody knows it.
    """

    __tablename__ = "people"
    noun: ClassVar[str] = "person"
    __table_args__ = (Index("uq_people_email", func.lower(text("email")), unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    email: Mapped[str]
    password_hash: Mapped[str]
    has_public_password: Mapped[bool] = mapped_column(server_default=text("false"))
    is_admin: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deactivated_at: Mapped[datetime | None]

    @property
    def project_id(self) -> None:
        """None: who one is lies in no project."""
        return

    @property
    def possible(self) -> tuple[Action, ...]:
        """What can be done to them as they are now."""
        return (Action.PERSON_CHANGE, Action.PERSON_REACTIVATE if self.deactivated_at else Action.PERSON_DEACTIVATE)


class LoginSession(Base):
    """One signed-in browser. Only the SHA-256 of its token is kept; address and browser tell its person which one it is."""

    __tablename__ = "sessions"
    noun: ClassVar[str] = "session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
    address: Mapped[str | None]
    user_agent: Mapped[str | None]


class Project(Base):
    """The boundary of a team. What you are no member of is not there."""

    __tablename__ = "projects"
    noun: ClassVar[str] = "project"
    possible: ClassVar[tuple[Action, ...]] = (
        Action.ASSET_CREATE,
        Action.TARGET_CREATE,
        Action.PROJECT_UPDATE,
        Action.MEMBER_INVITE,
        Action.KEY_CREATE,
        Action.AUDIT_READ,
        Action.AUDIT_VERIFY,
        Action.AUDIT_EXPORT,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def project_id(self) -> UUID:
        """Its own id: a project lies beneath itself, so that policy asks every subject the same question."""
        return self.id


class Membership(Base):
    """One role of one person in one project."""

    __tablename__ = "memberships"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    role: Mapped[Role] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a project, with every role they have there."""

    noun: ClassVar[str] = "member"

    project_id: UUID
    id: UUID
    roles: frozenset[Role]
    is_last_owner: bool = False

    @property
    def possible(self) -> tuple[Action, ...]:
        """What can be done to them now: a project keeps an owner who can sign in."""
        return (Action.MEMBER_CHANGE,) if self.is_last_owner else (Action.MEMBER_CHANGE, Action.MEMBER_REMOVE)


def email_sha256(email: str) -> str:
    """Return what the record keeps of an e-mail address, which stands in `people` alone: its SHA-256 (hex), in lower case."""
    return hashlib.sha256(email.lower().encode()).hexdigest()
