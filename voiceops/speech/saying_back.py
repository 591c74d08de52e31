"""Say-back: what was heard against what should have been said, word by word."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from voiceops.speech.pronunciation import Lexicon, Word
from voiceops.speech.recognition import Heard


class Kind(StrEnum):
    """How what was said differs."""

    REPLACED = "replaced"
    MISSING = "missing"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where they differ: the expected words from `begin` to before `end`, and what was heard instead."""

    kind: Kind
    begin: int
    end: int
    heard: tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, and for each expected word that was heard, which heard one it is."""

    differences: tuple[Difference, ...]
    matched: dict[int, Heard]


def compare(expected: Sequence[Word], heard: Sequence[Heard], lexicon: Lexicon) -> Comparison:
    """Compare by sound: who says "to" for "two" has said it right."""
    wanted = [_sound(word.name, lexicon) for word in expected]
    said = [_sound(word.name, lexicon) for word in heard]
    match = SequenceMatcher(None, wanted, said, autojunk=False)
    differences: list[Difference] = []
    matched: dict[int, Heard] = {}
    for tag, begin, end, from_heard, to_heard in match.get_opcodes():
        if tag == "equal":
            matched.update(zip(range(begin, end), heard[from_heard:to_heard], strict=True))
            continue
        kind = Kind.MISSING if from_heard == to_heard else Kind.ADDED if begin == end else Kind.REPLACED
        differences.append(Difference(kind, begin, end, tuple(heard[from_heard:to_heard])))
    return Comparison(tuple(differences), matched)


def _sound(name: str, lexicon: Lexicon) -> object:
    """What words that sound alike have in common: the first of their pronunciations by the alphabet."""
    ways = lexicon.sounds.get(name)
    return min(ways) if ways else name
