r"""The markup of a script: `*word or words*` emphasises, `[pause 400ms]` or `[pause 1.2s]` pauses, a backslash escapes.

Nothing else is markup. What cannot be read raises `MarkupError`, which says where and how to mend it; SSML is refused with a
hint. A `[` that does not begin `[pause` and a `<` that begins no tag of SSML are ordinary characters. Every function is linear.
"""

import re
from collections.abc import Iterable

from voiceops.providers.base import Pause, Span

MAX_PAUSE_MS = 5_000

_ORDINARY = re.compile(r"[^\\*\[<\n]+")
_BEGINS_PAUSE = re.compile(r"\[pause(?![a-z])", re.IGNORECASE)
_PAUSE = re.compile(r"\[pause[ \t]{1,8}(\d{1,6}(?:\.\d{1,3})?)[ \t]?(ms|s)\]", re.IGNORECASE)
_SSML = re.compile(
    r"</?(?:speak|break|emphasis|prosody|say-as|voice|phoneme|sub|audio|mark|lang|lexicon|p|s|w|token|amazon:|mstts:|google:)"
    r"(?=[\s/>a-z-]|$)[^<>]{0,200}>|<\?xml",
    re.IGNORECASE,
)
_NEEDS_ESCAPE = re.compile(r"[\\*\[<]")

Part = Span | Pause


class MarkupError(ValueError):
    """The markup cannot be read. `position` counts characters from the start of the text; the message says how to mend it."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class _Reader:
    """The state of one pass over a text: what was read, and the run of text still open."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: list[Part] = []
        self.run: list[str] = []
        self.star: int | None = None
        self.heard = False

    def flush(self) -> None:
        """Close the open run as one span."""
        if self.run:
            self.parts.append(Span("".join(self.run), emphasised=self.star is not None))
            self.run = []

    def keep(self, characters: str, end: int) -> int:
        """Take characters as they are; returns where reading goes on."""
        self.run.append(characters)
        self.heard = self.heard or not characters.isspace()
        return end

    def escape(self, at: int) -> int:
        """Take the character after a backslash as it is."""
        if at + 1 == len(self.text) or self.text[at + 1] == "\n":
            raise MarkupError(r"The backslash escapes nothing: remove it, or write \\ for a backslash.", at)
        return self.keep(self.text[at + 1], at + 2)

    def toggle(self, at: int) -> int:
        """Begin or end emphasis at a star."""
        if self.star is None:
            self.flush()
            self.star, self.heard = at, False
            return at + 1
        if not self.heard:
            raise MarkupError(r"Nothing stands between these stars: put words there, or write \* for a star.", self.star)
        self.flush()
        self.star = None
        return at + 1

    def bracket(self, at: int) -> int:
        """Read a pause, or keep a bracket that begins none."""
        if not _BEGINS_PAUSE.match(self.text, at):
            return self.keep("[", at + 1)
        found = _PAUSE.match(self.text, at)
        if not found:
            raise MarkupError(r"Write a pause as [pause 400ms] or [pause 1.2s], or \[ for a bracket.", at)
        if self.star is not None:
            raise MarkupError("A pause cannot stand inside emphasis: close the star before it and open another after it.", at)
        ms = round(float(found[1]) * (1 if found[2].lower() == "ms" else 1000))
        if not 1 <= ms <= MAX_PAUSE_MS:
            raise MarkupError("A pause lasts from 1 ms to 5 s: shorten it, or write several.", at)
        self.flush()
        self.parts.append(Pause(ms))
        return found.end()

    def angle(self, at: int) -> int:
        """Refuse SSML, keep any other `<`."""
        if _SSML.match(self.text, at):
            hint = r"SSML is not read here: write *word* for emphasis, [pause 400ms] for a break, or \< for the character."
            raise MarkupError(hint, at)
        return self.keep("<", at + 1)

    def line(self, at: int) -> int:
        """Take a line break, which no emphasis may cross."""
        if self.star is not None:
            raise MarkupError(r"This star is not closed before the line ends: close it, or write \* for a star.", self.star)
        return self.keep("\n", at + 1)


def parse(text: str) -> tuple[Part, ...]:
    """Read a script's text into spans and pauses; raises `MarkupError`."""
    reader = _Reader(text)
    read = {"\\": reader.escape, "*": reader.toggle, "[": reader.bracket, "<": reader.angle, "\n": reader.line}
    at = 0
    while at < len(text):
        plain = _ORDINARY.match(text, at)
        at = reader.keep(plain[0], plain.end()) if plain else read[text[at]](at)
    if reader.star is not None:
        raise MarkupError(r"This star has no partner: add the closing one, or write \* for a star.", reader.star)
    reader.flush()
    return tuple(reader.parts)


def spoken(parts: Iterable[Part]) -> str:
    """The plain text without markup. A pause parts the words around it."""
    return "".join(part.text if isinstance(part, Span) else " " for part in parts)


def counted(parts: Iterable[Part]) -> str:
    """What a voice says of it, and so what budgets count: the text without markup, nothing where a pause is."""
    return "".join(part.text for part in parts if isinstance(part, Span))


def escape(text: str) -> str:
    """The markup that reads back as exactly this text."""
    return _NEEDS_ESCAPE.sub(r"\\\g<0>", text)
