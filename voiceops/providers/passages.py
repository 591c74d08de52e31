"""From a parsed script to passages: the stretches of words an engine speaks at a time, and the silence before each.

A passage is a sentence, or a part of one too long for an engine. Sentences end where hibari's own splitter ends them, with more
care for abbreviations: they are expanded by the front end, so "Jan. 5th" and "ext. 42" must stay together.
"""

# ruff: noqa: RUF001 - typographic quotes and dashes are meant

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from voiceops.providers.base import Pause, Span

LONGEST = 320
"""Characters in a passage unless an engine wants fewer: about 350 phonemes; the engines take 400 to 500."""

CLAUSE_GAP_MS = 90
"""Silence between two parts of a sentence that was too long, where a clause ends."""

_ENDS = re.compile(r"([.!?…])[\"'”’)\]]*$")
_CLAUSE_ENDS = re.compile(r"[,;:—–][\"'”’)\]]*$")
_OPENERS = "(\"“'‘["
_INITIAL = re.compile(r"[A-Z]\.$")
_NUMBERED = frozenset(("No.", "no.", "Nos.", "nos.", "ext.", "Ext.", "Rm.", "rm.", "p.", "Tel.", "tel.", "Sec.", "sec."))
_CLOCK = frozenset(("a.m.", "p.m.", "A.M.", "P.M."))
_AFTER_CLOCK = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|[ECMP][SD]?T\b|GMT|UTC|CET)",
)
_ABBREVIATIONS = frozenset(
    """Mr Mrs Ms Dr Prof St Mt Ft Gen Gov Sen Rep Capt Lt Col Sgt Cmdr Rev Hon Pres Supt Cpl Maj Adm Fr Msgr Jr Sr Ave Blvd Rd Ln
    Hwy Pkwy Ste Apt Bldg Ltd Inc Corp Co Bros Dept Univ Assn Govt approx est vs vol Vol fig Fig ch Ch pp ed eds cf Atty
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thurs Fri Sat Sun e.g i.e""".split(),  # noqa: SIM905 - prose reads better
)
"""hibari's own titles and abbreviations, whose full stop its front end swallows, and two more."""


@dataclass(frozen=True, slots=True)
class ScriptWord:
    """One word as the script has it: what stands between two spaces, punctuation included."""

    text: str
    emphasised: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """Words spoken in one go. Before them lie `pause_ms` if the script asks for any, else `gap_ms` (None: a sentence's gap)."""

    words: tuple[ScriptWord, ...]
    pause_ms: int = 0
    gap_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole script: its passages, and the silence asked for after the last."""

    passages: tuple[Passage, ...]
    tail_ms: int = 0


class _Words:
    """Gathers characters into words; `None` is a line break."""

    def __init__(self) -> None:
        self.items: list[ScriptWord | Pause | None] = []
        self.letters: list[str] = []
        self.emphasised = False

    def end(self) -> None:
        """Close the word being gathered."""
        if self.letters:
            self.items.append(ScriptWord("".join(self.letters), emphasised=self.emphasised))
        self.letters, self.emphasised = [], False

    def add(self, span: Span) -> None:
        """Take a span: words may begin in one and end in another; any emphasised letter emphasises the whole word."""
        for run in re.findall(r"\n|[^\S\n]+|\S+", span.text):
            if run.isspace():
                self.end()
                self.items.extend([None] if run == "\n" else [])
            else:
                self.letters.append(run)
                self.emphasised = self.emphasised or (span.emphasised and any(letter.isalnum() for letter in run))


def _words(parts: Iterable[Span | Pause]) -> list[ScriptWord | Pause | None]:
    gathered = _Words()
    for part in parts:
        if isinstance(part, Pause):
            gathered.end()
            gathered.items.append(part)
        else:
            gathered.add(part)
    gathered.end()
    return gathered.items


def ends_sentence(word: str, following: str) -> bool:
    """Whether a sentence ends with `word` when `following` comes next in the same line."""
    ending = _ENDS.search(word)
    if not ending or following[0].islower():
        return False
    if ending[1] != ".":
        return True
    bare = word.lstrip(_OPENERS)
    if bare in _NUMBERED:
        return not following.lstrip("#(")[:1].isdigit()
    if bare in _CLOCK:
        return not _AFTER_CLOCK.match(following)
    return not (bare.removesuffix(".") in _ABBREVIATIONS or _INITIAL.fullmatch(bare))


def _sentences(words: Sequence[ScriptWord]) -> Iterator[tuple[ScriptWord, ...]]:
    """Cut a line of words into sentences."""
    begin = 0
    for at, word in enumerate(words):
        if at + 1 == len(words) or ends_sentence(word.text, words[at + 1].text):
            yield tuple(words[begin : at + 1])
            begin = at + 1


def _pieces(sentence: tuple[ScriptWord, ...], longest: int) -> Iterator[tuple[ScriptWord, ...]]:
    """Cut a sentence that is too long at the last clause that fits, or else between words."""
    begin, size, clause = 0, 0, 0
    for at, word in enumerate(sentence):
        size += len(word.text) + 1
        if size > longest and at > begin:
            cut = clause if clause > begin else at
            yield sentence[begin:cut]
            begin, size = cut, sum(len(kept.text) + 1 for kept in sentence[cut : at + 1])
        if _CLAUSE_ENDS.search(word.text):
            clause = at + 1
    yield sentence[begin:]


class _Planner:
    """Collects words until something ends the line, then cuts them into passages."""

    def __init__(self, longest: int) -> None:
        self.longest = longest
        self.passages: list[Passage] = []
        self.words: list[ScriptWord] = []
        self.pause_ms = 0

    def line(self) -> None:
        """Cut what was collected; the silence asked for goes before its first passage."""
        for sentence in _sentences(self.words):
            gap: int | None = None
            for piece in _pieces(sentence, self.longest):
                self.passages.append(Passage(piece, self.pause_ms, gap))
                gap = CLAUSE_GAP_MS if _CLAUSE_ENDS.search(piece[-1].text) else 0
                self.pause_ms = 0
        self.words = []


def plan(parts: Iterable[Span | Pause], longest: int = LONGEST) -> Plan:
    """Cut a parsed script into passages. Pauses that follow each other add up; one within a sentence breaks it."""
    planner = _Planner(longest)
    for item in _words(parts):
        if isinstance(item, ScriptWord):
            planner.words.append(item)
            continue
        planner.line()
        planner.pause_ms += item.ms if item else 0
    planner.line()
    return Plan(tuple(planner.passages), planner.pause_ms)
