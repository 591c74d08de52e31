"""Captions as WebVTT: what is spoken, in cues that can be read in time, with the moment of each word."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

LINE: Final = 40
"""Characters in a line; a cue has two at most, as broadcasters have it."""
LONGEST_MS: Final = 6_000
PAUSE_MS: Final = 700
"""After a pause this long a new cue begins."""
SHORTEST_MS: Final = 900
"""A cue stays so long at least, if the next one lets it."""

_SENTENCE = re.compile(r"[.!?…][\"'”’)\]]*$")  # noqa: RUF001 - typography is meant
_CLAUSE = re.compile(r"[,;:–—][\"'”’)\]]*$")  # noqa: RUF001 - as above
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True, slots=True)
class Spoken:
    """One word and where it sounds, in ms."""

    text: str
    start_ms: int
    end_ms: int


def webvtt(words: Sequence[Mapping[str, Any]]) -> str:
    """Write words, each with `text`, `start_ms` and `end_ms`, as a WebVTT file (W3C). Without words it has no cues."""
    spoken = [Spoken(" ".join(word["text"].split()), word["start_ms"], word["end_ms"]) for word in words]
    cues = list(_cues([word for word in spoken if word.text]))
    blocks = ["WEBVTT"]
    for at, cue in enumerate(cues):
        following = cues[at + 1][0].start_ms if at + 1 < len(cues) else None
        end = max(cue[-1].end_ms, cue[0].start_ms + SHORTEST_MS, cue[0].start_ms + 1)
        end = max(min(end, following), cue[0].start_ms + 1) if following is not None else end
        blocks.append(f"{at + 1}\n{_time(cue[0].start_ms)} --> {_time(end)}\n{_text(cue, end)}")
    return "\n\n".join(blocks) + "\n"


def _cues(words: Sequence[Spoken]) -> Iterator[list[Spoken]]:
    """Cut at sentences and pauses, and what is too long at its last clause, or else where two lines are full."""
    cue: list[Spoken] = []
    for at, word in enumerate(words):
        while cue and (len(_lines([*cue, word])) > 2 or word.end_ms - cue[0].start_ms > LONGEST_MS):  # noqa: PLR2004 - two lines
            cut = _clause(cue)
            yield cue[:cut]
            cue = cue[cut:]
        cue.append(word)
        after = words[at + 1] if at + 1 < len(words) else None
        if after is None or _SENTENCE.search(word.text) or after.start_ms - word.end_ms >= PAUSE_MS:
            yield cue
            cue = []


def _clause(cue: Sequence[Spoken]) -> int:
    """Return how many words to show: up to the last clause that ends in the second half, else all."""
    ends = [at + 1 for at, word in enumerate(cue) if _CLAUSE.search(word.text) and 2 * (at + 1) >= len(cue)]
    return ends[-1] if ends else len(cue)


def _lines(cue: Sequence[Spoken]) -> list[list[Spoken]]:
    """Fill one line after the other; a word longer than a line has one to itself."""
    lines: list[list[Spoken]] = [[]]
    for word in cue:
        if lines[-1] and sum(len(one.text) + 1 for one in lines[-1]) + len(word.text) > LINE:
            lines.append([])
        lines[-1].append(word)
    return lines


def _text(cue: Sequence[Spoken], end_ms: int) -> str:
    """Each word after the first has its moment before it, where that lies within the cue and after the one before."""
    latest, lines = cue[0].start_ms, []
    for line in _lines(cue):
        written = []
        for word in line:
            moment = ""
            if latest < word.start_ms < end_ms:
                moment, latest = f"<{_time(word.start_ms)}>", word.start_ms
            written.append(moment + word.text.translate(_ESCAPES))
        lines.append(" ".join(written))
    return "\n".join(lines)


def _time(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
