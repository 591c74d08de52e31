"""How long a script will sound, before anybody speaks it."""

from collections.abc import Sequence
from itertools import pairwise

from voiceops.providers.base import Pause, Span
from voiceops.providers.markup import spoken
from voiceops.providers.passages import plan


def estimate_ms(parts: Sequence[Span | Pause], words_per_minute: int, *, speed: float, sentence_gap_ms: int) -> int:
    """Return about how long it will last: its words at a voice's pace and the speed asked for, its pauses, its sentences' gaps."""
    words_ms = len(spoken(parts).split()) * 60_000 / (words_per_minute * speed)
    pauses_ms = sum(part.ms for part in parts if isinstance(part, Pause))
    gaps = sum(1 for _, after in pairwise(plan(parts).passages) if after.gap_ms is None and not after.pause_ms)
    return round(words_ms) + pauses_ms + gaps * sentence_gap_ms
