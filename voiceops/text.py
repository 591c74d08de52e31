"""Text at the border: normalised, and refused where it holds what a reviewer cannot see.

Nothing is stripped silently: what is refused is named with its position, in code points from 0 of the text as sent.
The classes follow UTS #39 and #55 (source spoofing).
"""

import math
import unicodedata
from typing import Final

BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
INVISIBLE: Final = frozenset("\u200b\u2060\ufeff\u00ad\u180e\u034f\u115f\u1160\u3164\uffa0\u2800")
TAGS: Final = frozenset(map(chr, range(0xE0000, 0xE0080)))
SELECTORS: Final = frozenset(map(chr, (*range(0xFE00, 0xFE0F), *range(0xE0100, 0xE01F0))))
"""Variation selectors, which can smuggle data; U+FE0F stays where emoji need it."""
REFUSED: Final = {
    "a hidden direction mark, which can make text read otherwise than it sounds": BIDI,
    "invisible": INVISIBLE | TAGS,
    "an invisible variation selector": SELECTORS,
}
CATEGORIES: Final = {
    "Cc": "a control character",
    "Cs": "half a character (a lone surrogate)",
    "Co": "not a character anybody has assigned",
    "Cn": "not a character anybody has assigned",
    "Cf": "an invisible format character",
    "Zl": "an invisible format character",
    "Zp": "an invisible format character",
}
"""What is refused by its Unicode general category."""
JOINERS: Final = frozenset("\u200c\u200d")
AS_EMOJI: Final = "\ufe0f"
EMOJI_OF_TEXT: Final = frozenset("0123456789#*\u203c\u2049\u2139\u3030\u303d")
"""What is no symbol and yet is shown as an emoji before U+FE0F."""
HANGUL: Final = frozenset(map(chr, range(0x1160, 0x1200)))
"""Vowels and finals, which NFC joins to what stands before them."""
UNITS: Final = (("second", 1, 90), ("minute", 60, 5_400), ("hour", 3_600, 172_800), ("day", 86_400, math.inf))
"""Of a wait: each with its seconds, and how many seconds are told in it at most."""
MAX_MARKS: Final = 4
"""Combining marks on one letter, and as many more that take room of their own, as Burmese has; no living script needs more."""


class TextRefused(ValueError):
    """`message` says what is wrong in words, `position` where, or None when it is the whole."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


def clean(text: str, *, maximum: int, multiline: bool = True, empty: str = "This may not be empty.") -> str:
    """Return `text` in NFC with LF line ends, or raise `TextRefused`.

    `maximum` is in code points, counted after normalisation. Empty and blank text is refused, in the words of `empty`.
    Single-line text (`multiline` false) is trimmed and holds neither line ends nor tabs.
    """
    if len(text) > 4 * maximum:  # before any costly work; NFC makes at most four code points one
        raise TextRefused(_too_long(len(text), maximum))
    _check_characters(text, allowed="\n\r\t" if multiline else "")
    normal = _normal(text)
    if not multiline:
        normal = normal.strip()
    if len(normal) > maximum:
        raise TextRefused(_too_long(len(normal), maximum))
    if not normal.strip():
        raise TextRefused(empty)
    return normal


def _too_long(length: int, maximum: int) -> str:
    return f"This has {length:,} characters; at most {maximum:,} are allowed."


def position_as_sent(sent: str, position: int) -> int:
    """Return where in `sent` the letter begins that stands at `position` of what `clean` made of it. Linear."""
    length, begins = 0, 0
    for at in range(1, len(sent) + 1):
        if at < len(sent) and _continues(sent[at - 1], sent[at]):
            continue
        length += len(_normal(sent[begins:at]))
        if length > position:
            break
        begins = at
    return begins


def _continues(before: str, character: str) -> bool:
    """Tell whether normalising may join the character to the one before: a mark, a vowel or final of Hangul, LF after CR."""
    return (before == "\r" and character == "\n") or character in HANGUL or unicodedata.category(character).startswith("M")


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


class _Letter:
    """What marks sit on, and how many do, as a text is read from its start."""

    def __init__(self) -> None:
        self.base = " "
        self.stacked = self.spacing = 0

    def take(self, character: str, category: str) -> None:
        """Go on by one character."""
        if character.isascii():
            self.base, self.stacked, self.spacing = character, 0, 0
            return
        for part in unicodedata.normalize("NFD", character):  # so that normalised text counts the same
            kind = unicodedata.category(part)
            if kind == "Mc":
                self.spacing += 1
            elif kind in {"Mn", "Me"}:
                self.stacked += 1
            else:
                self.stacked = self.spacing = 0
        if category not in {"Mn", "Mc"}:
            self.base = character

    @property
    def is_full(self) -> bool:
        """Whether it carries more than letters do."""
        return max(self.stacked, self.spacing) > MAX_MARKS


def _check_characters(text: str, *, allowed: str) -> None:
    letter = _Letter()
    for position, character in enumerate(text):
        category, base = unicodedata.category(character), letter.base
        letter.take(character, category)
        if character.isascii() and (character.isprintable() or character in allowed):
            continue
        if reason := _why_refused(character, category, base, full=letter.is_full):
            raise TextRefused(f"The character U+{ord(character):04X} is {reason}. Remove it and try again.", position)


def _why_refused(character: str, category: str, base: str, *, full: bool) -> str | None:
    if character in JOINERS:
        return None if _joins(base) else "an invisible joiner out of place"
    if character == AS_EMOJI and not _is_symbol(base):
        return "an invisible variation selector"
    if full:
        return "one combining mark too many"
    return next((reason for reason, refused in REFUSED.items() if character in refused), CATEGORIES.get(category))


def _joins(base: str) -> bool:
    """ZWJ and ZWNJ are real letters' work in Indic and Arabic scripts and between emoji, nowhere else."""
    return unicodedata.category(base) in {"Lo", "So", "Sk"}


def _is_symbol(character: str) -> bool:
    return character in EMOJI_OF_TEXT or unicodedata.category(character) in {"So", "Sm"}


def duration(seconds: float) -> str:
    """Return a wait in words, rounded up: `1 second`, `4 minutes`, `3 hours`, `12 days`."""
    unit, size = next((unit, size) for unit, size, up_to in UNITS if seconds <= up_to)
    count = max(math.ceil(seconds / size), 1)
    return f"{count:,} {unit}{'' if count == 1 else 's'}"
