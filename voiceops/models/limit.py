"""What a project may take: its limits, how much of each month's budget is gone, and how far each rate is used up."""

import re
from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from voiceops.db import Base
from voiceops.models.action import Action

BOUNDS: Final = {
    "person_per_minute": (1, 60_000),
    "person_burst": (1, 60_000),
    "project_per_minute": (1, 60_000),
    "project_burst": (1, 60_000),
    "concurrency": (1, 1_000),
    "characters": (0, 10**12),
    "money_micros": (0, 10**15),
}
"""Least and most of each limit. Rates are generations a minute, `characters` and `money_micros` are for one month."""

CURRENCY: Final = re.compile(r"[A-Z]{3}")


class Limits(Base):
    """The limits of one project. A trigger gives every new project a row, with the defaults that stand here."""

    __tablename__ = "limits"
    noun: ClassVar[str] = "limit"
    possible: ClassVar[tuple[Action, ...]] = (Action.LIMIT_CHANGE,)
    __table_args__ = tuple(CheckConstraint(f"{name} between {low} and {high}", name=name) for name, (low, high) in BOUNDS.items())

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    person_per_minute: Mapped[int] = mapped_column(server_default=text("60"))
    person_burst: Mapped[int] = mapped_column(server_default=text("120"))
    project_per_minute: Mapped[int] = mapped_column(server_default=text("300"))
    project_burst: Mapped[int] = mapped_column(server_default=text("300"))
    concurrency: Mapped[int] = mapped_column(server_default=text("8"))
    characters: Mapped[int] = mapped_column(BigInteger, server_default=text("1000000"))
    money_micros: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(server_default=text("'USD'"))

    @property
    def id(self) -> UUID:
        """Its project's: there is one row a project."""
        return self.project_id


class Budget(Base):
    """What is gone of one project's budget of one month (UTC): spent by what was spoken, reserved by what is on its way.

    It is the sum over the project's generations by the month they were reserved in, kept so that a check locks one row.
    """

    __tablename__ = "budgets"
    __table_args__ = (
        CheckConstraint("characters_used >= 0 and characters_reserved >= 0", name="characters"),
        CheckConstraint("micros_used >= 0 and micros_reserved >= 0", name="micros"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    characters_used: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    characters_reserved: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    micros_used: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    micros_reserved: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class RateUse(Base):
    """How far one rate is used up, as one instant: `full_at` is when all of its burst is there again (GCRA)."""

    __tablename__ = "rates"

    key: Mapped[str] = mapped_column(primary_key=True)
    full_at: Mapped[datetime]
