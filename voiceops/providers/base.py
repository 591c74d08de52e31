"""What every voice provider is: one method from a frozen request to frozen speech, and one error that says whether to retry."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

NEUTRAL = "neutral"


class Support(StrEnum):
    """How well a voice can do what a delivery field asks."""

    NATIVE = "native"
    APPROXIMATE = "approximate"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Control:
    """One numeric delivery field: how it is supported and the range, bounds included, it may be asked for."""

    support: Support
    minimum: float
    maximum: float
    default: float


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a voice can do with a delivery. `tones` always holds `neutral`."""

    tones: tuple[str, ...]
    tone: Support
    speed: Control
    emphasis: Control
    pitch: Control
    sentence_gap_ms: Control
    pauses: Support
    word_timings: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice. `id` is `provider/name`, `language` a BCP 47 tag, `words_per_minute` its usual pace at speed 1, pauses left out.

    `price_micros_per_1000_characters` is in millionths of `price_currency` (ISO 4217); 0 and None where nothing is charged.
    """

    id: str
    name: str
    description: str
    provider: str
    language: str
    licence: str
    words_per_minute: int
    capabilities: Capabilities
    sample: Path | None = None
    price_micros_per_1000_characters: int = 0
    price_currency: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text spoken in one way."""

    text: str
    emphasised: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence asked for in the script."""

    ms: int


@dataclass(frozen=True, slots=True)
class Request:
    """What to say and how. `id` is the same at every attempt: vendors that take an idempotency key get it."""

    id: str
    voice: str
    text: tuple[Span | Pause, ...]
    tone: str = NEUTRAL
    speed: float = 1.0
    emphasis: float = 1.0
    pitch: float = 0.0
    sentence_gap_ms: int = 250


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word and where it sounds in the audio, in ms from its start."""

    text: str
    start_ms: int
    end_ms: int
    emphasised: bool = False


@dataclass(frozen=True, slots=True)
class Speech:
    """What a provider returns: a complete, decodable audio file and its own account of it.

    `words` is empty where the provider has no timings. `applied` says what the delivery became (what was clamped, ignored or
    approximated), `unspoken` holds the characters the voice left out, `metadata` whatever proves where the audio came from.
    """

    audio: bytes
    media_type: str
    words: tuple[Word, ...] = ()
    applied: Mapping[str, object] = field(default_factory=dict)
    unspoken: tuple[str, ...] = ()
    metadata: Mapping[str, object] = field(default_factory=dict)


class ProviderError(Exception):
    """Speech was not made. `transient` says whether the same request may succeed later; `message` is for people.

    `code` is a short snake_case name of the cause, `retry_after` the seconds the vendor asked to wait, if it did.
    """

    def __init__(self, message: str, *, code: str, transient: bool, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.transient = transient
        self.retry_after = retry_after


class NotInstalled(ValueError):
    """A provider lacks the packages it is made of; the message says which, and how to get them."""


Progress = Callable[[float], Awaitable[None]]
"""Told the share done, between 0 and 1, as sentences become ready; a single one needs no telling."""


class Provider(Protocol):
    """The adapter of one vendor or engine. Knows nothing of projects, versions or people."""

    name: str

    @property
    def voices(self) -> Sequence[Voice]:
        """All its voices, the default first."""

    async def open(self) -> None:
        """Start what takes time to start, so that the first request need not wait for it. Speaking does so by itself."""

    def unspeakable(self, voice: str, text: str) -> tuple[str, ...]:
        """The distinct characters of `text` that `voice` would leave out, in order of appearance. Cheap; no engine runs."""

    async def speak(self, request: Request, progress: Progress) -> Speech:
        """Speak; raises `ProviderError`. Cancelling the task stops the work; a sentence under way may finish."""

    async def close(self) -> None:
        """End whatever runs on its behalf."""
