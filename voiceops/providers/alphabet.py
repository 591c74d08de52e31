"""Which characters an English voice can say, and how the others are folded into those before an engine reads them.

Measured on the text front end the local voices share (hibari 0.2.1): characters outside its letters and symbols vanish without
a word, or, like Greek and Cyrillic letters, are read as something else. Here they are named instead.
"""

# ruff: noqa: RUF001 - look-alike characters are the subject

import unicodedata
from collections.abc import Iterable

from voiceops.providers.base import Pause, Span

_SYMBOLS = frozenset("£€¥₹₩¢§¶°±×÷©²³µ½¼¾ªº“”‘’—–…")
"""Beyond ASCII and Latin letters: what the front end reads or takes as punctuation."""

_SILENT = frozenset("¿¡\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f")
"""Punctuation and typography that have no sound: left out, and nobody misses them."""

_NAMED = frozenset("™®•·")
"""What some people read out and others don't: no voice here says it, so it is named."""

_FOLDS = {
    **dict.fromkeys("‐‑‒−", "-"),
    **dict.fromkeys("―", "—"),
    **dict.fromkeys("«»„‟″〝〞", '"'),
    **dict.fromkeys("‚‛‹›′`´ʼ", "'"),
    "⅓": "1/3",
    "⅔": "2/3",
    "⅕": "1/5",
    "⅖": "2/5",
    "⅗": "3/5",
    "⅘": "4/5",
    "⅙": "1/6",
    "⅛": "1/8",
    "⅜": "3/8",
    "⅝": "5/8",
    "№": "No. ",
    "‰": " per mille",
    "℃": "°C",
    "℉": "°F",
    "⁄": "/",
    "≈": "~",
    "≤": " at most ",
    "≥": " at least ",
}


def _is_latin(character: str) -> bool:
    """Whether it is a Latin letter that reads as itself or as its unaccented base."""
    if not character.isalpha() or not unicodedata.name(character, "").startswith("LATIN "):
        return False
    return character <= "\u017f" or unicodedata.normalize("NFKD", character)[0].isascii()


def _fold(character: str) -> str | None:
    """What the front end should read for one character; None when no voice can say it."""
    if character.isspace() or " " <= character <= "~" or character in _SYMBOLS:
        return character
    if character in _FOLDS:
        return _FOLDS[character]
    if character in _NAMED:
        return None
    if character in _SILENT or unicodedata.combining(character):
        return ""
    if _is_latin(character):
        return character if character <= "\u017f" else unicodedata.normalize("NFKD", character)[0]
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if compatible.isascii() and compatible.isprintable() else None


class _Folds(dict[int, str]):
    """Folds by code point, computed at first sight; a character no voice can say becomes a space."""

    def __missing__(self, point: int) -> str:
        folded = _fold(chr(point))
        self[point] = " " if folded is None else folded
        return self[point]


_TABLE = _Folds()


def fold(text: str) -> str:
    """The text as the front end should read it."""
    return text if text.isascii() and text.isprintable() else unicodedata.normalize("NFC", text).translate(_TABLE)


def unspeakable(text: str) -> tuple[str, ...]:
    """The distinct characters no English voice can say, in order of appearance."""
    if text.isascii() and text.isprintable():
        return ()
    return tuple(character for character in dict.fromkeys(text) if _fold(character) is None)


def unspoken(parts: Iterable[Span | Pause]) -> tuple[str, ...]:
    """The same for a parsed script."""
    return unspeakable("".join(part.text for part in parts if isinstance(part, Span)))
