"""What is examined, and what comes of it, as both processes know it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Subject:
    """A recording's script and how it was to be spoken. `words_per_minute` is the voice's usual pace, None where nobody knows it.

    `timed` says that its provider told when each word sounds, so that nobody need find out.
    """

    script: str
    language: str
    speed: float
    sentence_gap_ms: int
    words_per_minute: int | None
    timed: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What an examination found, as JSON keeps it.

    `findings` hold `check`, `wrong` (null: could not be told), `detail`, `figures` and `at`, a list of `[start_ms, end_ms]`.
    `say_back` holds `total` words and the `differences`, null where it was not tried. `words` are aligned ones, null where there
    are none. `cpu_ms` is what it took of a processor.
    """

    findings: Sequence[Mapping[str, Any]]
    say_back: Mapping[str, Any] | None
    words: Sequence[Mapping[str, Any]] | None
    cpu_ms: int
    facts: Mapping[str, Any] = field(default_factory=dict)
