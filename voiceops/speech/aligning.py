"""Where every word of a script lies in its recording, however long that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from voiceops.speech.language import Expected
from voiceops.speech.pronunciation import Lexicon
from voiceops.speech.recognition import Aligner, Heard
from voiceops.speech.stretches import Stretch

LONGEST_BYTES = 120 * 2 * 16_000
"""Two minutes are aligned at a time: the recogniser keeps all it considered until the end."""
_NEAR_MS = 150


@dataclass(frozen=True, slots=True)
class _Part:
    stretch: Stretch
    begin: int
    end: int


def align(stretches: Sequence[Stretch], expected: Expected, matched: Mapping[int, Heard], lexicon: Lexicon) -> list[Heard] | None:
    """Find all words, in order, one for one; None where the audio does not hold them all.

    `matched` are words that were recognised: only where two neighbours lie on either side of a border can the words be cut there.
    """
    aligner = Aligner(expected, lexicon)
    found: list[Heard] = []
    for part in _parts(stretches, matched, len(expected.words)):
        if len(part.stretch.pcm) > LONGEST_BYTES:
            return None
        words = aligner.align(part.stretch, part.begin, part.end)
        if words is None:
            return None
        found.extend(words)
    return found


def _parts(stretches: Sequence[Stretch], matched: Mapping[int, Heard], count: int) -> list[_Part]:
    parts: list[_Part] = []
    begin, open_ = 0, stretches[0]
    for after in stretches[1:]:
        cut = _cut(matched, after.start_ms)
        if cut is None or cut < begin:
            open_ = replace(open_, pcm=open_.pcm + after.pcm)
        else:
            parts.append(_Part(open_, begin, cut))
            begin, open_ = cut, after
    return [*parts, _Part(open_, begin, count)]


def _cut(matched: Mapping[int, Heard], at_ms: int) -> int | None:
    """Return the first word after a moment, if it and the one before are known to lie on their sides of it."""
    before = max((index for index, heard in matched.items() if heard.end_ms <= at_ms + _NEAR_MS), default=None)
    return before + 1 if before is not None and before + 1 in matched and matched[before + 1].start_ms >= at_ms - _NEAR_MS else None
