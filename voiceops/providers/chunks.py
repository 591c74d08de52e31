"""From a parsed script to the texts that a remote server is asked to speak, and the silence before each.

A server's voice is best left alone with as much text as it takes: only the script's pauses and the server's bound cut it.
"""

# ruff: noqa: RUF001 - full stops of other scripts are meant

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from voiceops.providers.base import Pause, Span
from voiceops.providers.passages import CLAUSE_GAP_MS, ends_sentence

SENTENCE_GAP_MS = 250
"""Silence where a text was cut for its length, at the end of a sentence or a line."""

_PLACES = re.compile(r"(\S+)(\s+)(?=(\S+))|[。！？](?=\S)")
_CLAUSE_ENDS = re.compile(r"[,;:—–][\"'”’)\]]*$")
_LINE, _CLAUSE, _WORD = 2, 1, 0
_GAPS_MS = {_LINE: SENTENCE_GAP_MS, _CLAUSE: CLAUSE_GAP_MS, _WORD: 0}


@dataclass(frozen=True, slots=True)
class Chunk:
    """A text spoken by one request, and the silence wanted before it."""

    text: str
    silence_ms: int = 0


@dataclass(frozen=True, slots=True)
class Chunks:
    """A whole script: its chunks, the silence wanted after the last, and the script's own pauses."""

    chunks: tuple[Chunk, ...]
    tail_ms: int
    pauses_ms: tuple[int, ...]


def cut(parts: Iterable[Span | Pause], longest: int) -> Chunks:
    """Cut a parsed script at its pauses, and into texts of at most `longest` characters.

    Pauses that follow each other add up. What has neither letter nor digit is not asked for: servers refuse it.
    """
    chunks: list[Chunk] = []
    pauses: list[int] = []
    silence_ms = 0
    for paused, run in groupby(parts, lambda part: isinstance(part, Pause)):
        members = list(run)
        if paused:
            pauses.append(sum(part.ms for part in members if isinstance(part, Pause)))
            silence_ms += pauses[-1]
            continue
        text = "".join(part.text for part in members if isinstance(part, Span))
        for piece, gap_ms in _pieces(text.strip(), longest):
            if any(character.isalnum() for character in piece):
                chunks.append(Chunk(piece, max(silence_ms, gap_ms)))
                silence_ms = 0
    return Chunks(tuple(chunks), silence_ms, tuple(pauses))


def _pieces(text: str, longest: int) -> Iterator[tuple[str, int]]:
    """Cut a text that is too long; each piece comes with the silence that the cut before it asks for."""
    gap_ms = 0
    while len(text) > longest:
        at, kind = _best(text, longest)
        yield text[:at].rstrip(), gap_ms
        text, gap_ms = text[at:].lstrip(), _GAPS_MS[kind]
    yield text, gap_ms


def _best(text: str, longest: int) -> tuple[int, int]:
    """Where to cut: at the last sentence or line that ends in time, or else clause, or else word, or else anywhere."""
    best: tuple[int, int] | None = None
    for place in _PLACES.finditer(text):
        word, space, following = place.groups()
        at = place.end(1) if word else place.end()
        if at > longest:
            break
        kind = _kind(word, space, following) if word else _LINE
        if best is None or kind >= best[1]:
            best = at, kind
    return best or (longest, _WORD)


def _kind(word: str, space: str, following: str) -> int:
    if "\n" in space or ends_sentence(word, following):
        return _LINE
    return _CLAUSE if _CLAUSE_ENDS.search(word) else _WORD
