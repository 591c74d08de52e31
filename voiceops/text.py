"""Text at the border: normalised, and refused where it holds what a reviewer cannot see.

Nothing is stripped silently: what is refused is named with its position, in code points from 0 of the text as sent.
The classes follow UTS #39 and #55 (source spoofing).
"""

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
MAX_MARKS: Final = 4
"""Combining marks on one letter; no living script needs more."""


class TextRefused(ValueError):
    """`message` says what is wrong in words, `position` where, or None when it is the whole."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


def clean(text: str, *, maximum: int, multiline: bool = True) -> str:
    """Return `text` in NFC with LF line ends, or raise `TextRefused`.

    `maximum` is in code points, counted after normalisation. Empty and blank text is refused. Single-line text (`multiline`
    false) is trimmed and holds neither line ends nor tabs.
    """
    if len(text) > 4 * maximum:  # before any costly work; NFC makes at most four code points one
        raise TextRefused(_too_long(len(text), maximum))
    _check_characters(text, allowed="\n\r\t" if multiline else "")
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not multiline:
        normal = normal.strip()
    if len(normal) > maximum:
        raise TextRefused(_too_long(len(normal), maximum))
    if not normal.strip():
        raise TextRefused("This is empty: there is nothing to say." if multiline else "This may not be empty.")
    return normal


def _too_long(length: int, maximum: int) -> str:
    return f"This has {length:,} characters; at most {maximum:,} are allowed."


def _check_characters(text: str, *, allowed: str) -> None:
    marks, base = 0, " "  # of the letter that is read: how many marks, and what they sit on; never looked for backwards
    for position, character in enumerate(text):
        if character.isascii() and (character.isprintable() or character in allowed):
            marks, base = 0, character
            continue
        category = unicodedata.category(character)
        for part in unicodedata.normalize("NFD", character):  # so that normalised text counts the same
            marks = marks + 1 if unicodedata.combining(part) or unicodedata.category(part) in {"Mn", "Me"} else 0
        if reason := _why_refused(character, category, marks, base):
            raise TextRefused(
                f"The character U+{ord(character):04X} at position {position} is {reason}. Remove it and try again.", position
            )
        if category not in {"Mn", "Mc"}:
            base = character


def _why_refused(character: str, category: str, marks: int, base: str) -> str | None:
    if character in JOINERS:
        return None if _joins(base) else "an invisible joiner out of place"
    if character == AS_EMOJI and not _is_symbol(base):
        return "an invisible variation selector"
    if marks > MAX_MARKS:
        return "one combining mark too many"
    return next((reason for reason, refused in REFUSED.items() if character in refused), CATEGORIES.get(category))


def _joins(base: str) -> bool:
    """ZWJ and ZWNJ are real letters' work in Indic and Arabic scripts and between emoji, nowhere else."""
    return unicodedata.category(base) in {"Lo", "So", "Sk"}


def _is_symbol(character: str) -> bool:
    return character in EMOJI_OF_TEXT or unicodedata.category(character) in {"So", "Sm"}
