"""What differs between two wordings, word by word, and which words two takes have in common. Knows nothing of the product."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from rapidfuzz.distance import Indel

ISLAND_WORDS: Final = 2
"""An unchanged run this short between two changes reads better as part of the change than as an island."""
MOST_CELLS: Final = 500_000_000
"""Of the table a comparison fills, a bit each: 60 MB. 20,000 signs against as many take 400 million; more is told whole."""

_PUNCTUATION: Final = (
    "!-/:-@\\[-`{-~\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u2010-\u205e\u3000-\u303f\uff01-\uff0f\uff1a-\uff20"
)
_ALONE: Final = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Signs that are words of their own where nobody writes spaces: kana and ideographs."""
_LETTER: Final = rf"[^\s{_PUNCTUATION}{_ALONE}]"
_TOKEN: Final = re.compile(
    rf"(?P<space>\s*)(?:(?P<word>\d+(?:[.,]\d+)+|{_LETTER}+(?:['\u2019-]{_LETTER}+)*|[{_ALONE}])"
    r"|(?P<other>\[pause[^\]\n]{1,20}\]|\\.|\S|\Z))"
)


class PieceKind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text of one kind. Without what was added the pieces are the left text, without what was removed the right."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs, in pieces a person can read, and how many words stayed, went and came."""

    pieces: tuple[Piece, ...]
    same_words: int
    removed_words: int
    added_words: int


class _Token(NamedTuple):
    """A word, a mark or a piece of markup, with the space before it; the last is empty, with the space at the end."""

    space: str
    text: str
    is_word: bool


def compare(left: str, right: str) -> Difference:
    """Compare two texts by words, punctuation and markup; time and memory go with the product of their lengths / 64."""
    before, after = list(_tokens(left)), list(_tokens(right))
    script, words = _Script(), {PieceKind.SAME: 0, PieceKind.REMOVED: 0, PieceKind.ADDED: 0}
    for equal, (begin, end), (other_begin, other_end) in _runs([one.text for one in before], [one.text for one in after]):
        gone, come = before[begin:end], after[other_begin:other_end]
        if equal:
            words[PieceKind.SAME] += sum(one.is_word for one in gone)
            for one, other in zip(gone, come, strict=True):
                script.keep(one, other)
            continue
        words[PieceKind.REMOVED] += sum(one.is_word for one in gone)
        words[PieceKind.ADDED] += sum(one.is_word for one in come)
        script.change("".join(one.space + one.text for one in gone), "".join(one.space + one.text for one in come))
    return Difference(script.finished(), words[PieceKind.SAME], words[PieceKind.REMOVED], words[PieceKind.ADDED])


def in_common(left: Iterable[str], right: Iterable[str]) -> tuple[list[int], list[int]]:
    """Return where the words both have stand in each, in order, as two lists of one length. Case and punctuation don't count."""
    places: tuple[list[int], list[int]] = ([], [])
    for equal, (begin, end), (other_begin, other_end) in _runs(list(map(_bare, left)), list(map(_bare, right))):
        if equal:
            places[0].extend(range(begin, end))
            places[1].extend(range(other_begin, other_end))
    return places


class _Script:
    """Pieces as they are made, with the change and the unchanged run that are still open."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []
        self._removed: list[str] = []
        self._added: list[str] = []
        self._same: list[str] = []
        self._words = 0

    def keep(self, left: _Token, right: _Token) -> None:
        """Take what both have; the space before it may differ."""
        if left.space == right.space:
            self._same.append(left.space)
        else:
            self.change(left.space, right.space)
        self._same.append(left.text)
        self._words += left.is_word

    def change(self, removed: str, added: str) -> None:
        """Take what only one of them has; a short unchanged run since the change before becomes part of it."""
        same = "".join(self._same)
        if same and (self._words > ISLAND_WORDS or not (self._removed or self._added)):
            self._close(same)
        elif same:
            self._removed.append(same)
            self._added.append(same)
        self._same, self._words = [], 0
        self._removed.append(removed)
        self._added.append(added)

    def finished(self) -> tuple[Piece, ...]:
        """Close what is open and return all pieces."""
        self._close("".join(self._same))
        return tuple(self._pieces)

    def _close(self, same: str) -> None:
        removed, added = "".join(self._removed), "".join(self._added)
        lead = _shared_space(removed, added)
        tail = _shared_space(removed[:lead:-1], added[:lead:-1]) if len(removed) > lead < len(added) else 0
        parts = (
            (PieceKind.SAME, removed[:lead]),
            (PieceKind.REMOVED, removed[lead : len(removed) - tail]),
            (PieceKind.ADDED, added[lead : len(added) - tail]),
            (PieceKind.SAME, removed[len(removed) - tail :] + same),
        )
        for kind, text in parts:
            self._put(kind, text)
        self._removed, self._added = [], []

    def _put(self, kind: PieceKind, text: str) -> None:
        if text and self._pieces and self._pieces[-1].kind is kind:
            text = self._pieces.pop().text + text
        if text:
            self._pieces.append(Piece(kind, text))


def _tokens(text: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(text):
        word = found["word"]
        yield _Token(found["space"], word or found["other"], word is not None)
        if not found[0].strip():
            return  # after space at the end the pattern would find the end once more


def _shared_space(left: str, right: str) -> int:
    """Return with how many characters of the same space both begin."""
    shared = 0
    for one, other in zip(left, right, strict=False):
        if one != other or not one.isspace():
            break
        shared += 1
    return shared


def _bare(word: str) -> str:
    return "".join(filter(str.isalnum, word)).casefold() or word


def _runs(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[bool, tuple[int, int], tuple[int, int]]]:
    """Cut both into runs: whether it is in both, and where it begins and ends in each."""
    known: dict[str, int] = {}
    numbered = [[known.setdefault(one, len(known)) for one in side] for side in (left, right)]  # compared by number, not by hash
    if len(left) * len(right) > MOST_CELLS:
        yield False, (0, len(left)), (0, len(right))
        return
    for run in Indel.opcodes(*numbered):
        yield run.tag == "equal", (run.src_start, run.src_end), (run.dest_start, run.dest_end)
