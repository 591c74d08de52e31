"""Targets, the named places in a channel where versions are deployed, and what each kind of place accepts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from voiceops.db import Base, new_id
from voiceops.models.action import Action
from voiceops.profiles import Format, Profile


class Channel(StrEnum):
    """The kind of place; it brings an acceptance profile."""

    SUPPORT_BOT = "support_bot"
    SALES_INTRO = "sales_intro"
    COURSE_NARRATION = "course_narration"


class Environment(StrEnum):
    """Whether real listeners hear it."""

    STAGING = "staging"
    PRODUCTION = "production"


class Deployers(StrEnum):
    """Who may change what is live on a target: its project's publishers and owners, or owners alone."""

    PUBLISHERS = "publishers"
    OWNERS = "owners"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a target accepts: a format, and bounds for the sound that is in it. Null bounds nothing.

    Lengths are ms, loudness LUFS with its tolerance in LU, levels dB below full scale.
    """

    format: Format
    sample_rate_hz: int
    loudness_lufs: float
    loudness_tolerance_lu: float
    true_peak_dbtp: float
    lead_ms: tuple[int, int]
    tail_ms: tuple[int, int]
    longest_pause_ms: int | None
    longest_ms: int
    most_bytes: int
    bitrate_kbps: int | None = None
    captions: bool = False

    @property
    def rendering(self) -> Profile:
        """What versions are rendered as here. Raises `ValueError` for what its format cannot have."""
        level = (self.loudness_lufs, self.true_peak_dbtp)
        silence = (self.lead_ms[0], self.tail_ms[0])
        return Profile(Format(self.format), self.sample_rate_hz, self.bitrate_kbps or 0, *level, *silence)


PROFILES: Final[Mapping[Channel, Acceptance]] = MappingProxyType(
    {
        Channel.SUPPORT_BOT: Acceptance(Format.ULAW, 8_000, -20.0, 2.0, -3.0, (0, 300), (0, 500), 1_200, 300_000, 25_000_000),
        Channel.SALES_INTRO: Acceptance(Format.MP3, 44_100, -19.0, 1.0, -1.0, (0, 500), (0, 500), None, 300_000, 50_000_000, 128),
        Channel.COURSE_NARRATION: Acceptance(
            Format.MP3, 44_100, -20.0, 2.0, -3.0, (500, 1_000), (1_000, 5_000), None, 7_200_000, 200_000_000, 192, captions=True
        ),
    }
)
"""Length and size of the bot's: Amazon Connect (5 minutes, 50 MB) and Genesys (25 MB); its level is a house figure. The intro's
loudness: Apple Podcasts (-16 LUFS in stereo is -19 in mono, 1 dBTP). The course's format, silences and peak: ACX's audiobook
requirements, which ask for 18 to 23 dB below full scale RMS; speech at -20 LUFS measured -20.4 dB RMS."""


class Target(Base):
    """One named place of a project. `profile` holds what differs from its channel's; no languages means any.

    While it is frozen nothing on it changes, unless an owner says so. Where it takes `two_people`, what goes live does so by a
    release that a second one confirms.
    """

    __tablename__ = "targets"
    noun: ClassVar[str] = "target"
    __table_args__ = (
        UniqueConstraint("project_id", "key"),
        UniqueConstraint("project_id", "id"),
        CheckConstraint("(frozen_from is null) = (frozen_until is null) and frozen_from < frozen_until", name="frozen"),
    )
    possible: ClassVar[tuple[Action, ...]] = (
        Action.TARGET_UPDATE,
        Action.DEPLOYMENT_CREATE,
        Action.DEPLOYMENT_ROLLBACK,
        Action.DEPLOYMENT_RETIRE,
        Action.DEPLOYMENT_PIN,
        Action.DEPLOYMENT_UNPIN,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    key: Mapped[str]
    name: Mapped[str]
    channel: Mapped[Channel]
    environment: Mapped[Environment]
    profile: Mapped[Mapping[str, Any]] = mapped_column(server_default=text("'{}'"))
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    deployers: Mapped[Deployers] = mapped_column(server_default=text("'publishers'"))
    two_people: Mapped[bool] = mapped_column(server_default=text("false"))
    frozen_from: Mapped[datetime | None]
    frozen_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))

    @property
    def accepts(self) -> Acceptance:
        """Its channel's profile with what it has of its own."""
        return Acceptance(**{**asdict(PROFILES[self.channel]), **self.profile})

    def frozen(self, at: datetime) -> bool:
        """Tell whether nothing on it changes at that time."""
        return self.frozen_from is not None and self.frozen_until is not None and self.frozen_from <= at < self.frozen_until
