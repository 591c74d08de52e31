"""The front end the local engines share: from script words to tokens, each of which knows the word it sounds.

The text is read by hibari's own normaliser and lexicon; for a neutral sentence the tokens are those of `Hibari.phonemize`.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import hibari
from hibari.g2p import G2P
from hibari.g2p.lexicon import PRIMARY_STRESS, apply_stress
from hibari.g2p.normalize import normalize

from voiceops.providers.alphabet import fold
from voiceops.providers.passages import ScriptWord

NOBODY = -1
"""The owner of a token that no word sounds: a space, punctuation, padding."""

PAD = 0
_PUNCTUATION = frozenset(';:,.!?—…"()“” ')
_SIGNS = "".join(_PUNCTUATION)
_KEY = re.compile(r"[\W_]+")
_LONGEST_WORD = 24
"""Letters the network for unknown words reads; it drops the rest."""

_LONG_RUN = re.compile(rf"[^\W\d_]{{{_LONGEST_WORD + 1},}}")
_DIGITS = re.compile(r"(?<![\d,.])\d{10,}(?![\d,.]*\d)|\d{13,}")
"""A number this long is a telephone, card or order number: read by its digits."""

_GUARD = "\ue000"
_NO_ENDS = re.compile(r"\b([Nn]os?)\.(?! ?\d)")
"""hibari reads "no." as "number" anywhere; before anything but a digit it is the word "no"."""


@dataclass(frozen=True, slots=True)
class Token:
    """One symbol of the vocabulary, and the index of the word it sounds or `NOBODY`."""

    id: int
    owner: int


@dataclass(frozen=True, slots=True)
class Sound:
    """One spoken word: its phonemes, which written word it is of, and that word's spelling if it is all of it, else nothing."""

    spelling: str
    phonemes: str
    owner: int


def _readable(word: str) -> str:
    """A script word as the front end can take it: in its letters, nothing too long for it."""
    word = fold(word).replace("](", "] (")  # "[a](b)" is markup to hibari's tokenizer
    word = _DIGITS.sub(lambda found: " ".join(found[0]), word)
    return _LONG_RUN.sub(lambda found: " ".join(re.findall(f".{{1,{_LONGEST_WORD}}}", found[0])), word)


def _normalised(text: str) -> str:
    guarded = _NO_ENDS.sub(rf"\1{_GUARD}.", text)
    read: str = normalize(guarded)
    return read.replace(_GUARD, "")


def _key(word: str) -> str:
    return _KEY.sub("", word).lower()


def _owners(written: Sequence[str], read: Sequence[str]) -> list[int]:
    """For each normalised word the index of the written word it came from; monotone.

    Equal words hold the alignment; between them, words that were rewritten share what they became evenly.
    """
    if list(written) == list(read):
        return list(range(len(read)))
    owners = [0] * len(read)
    match = SequenceMatcher(None, [_key(word) for word in written], [_key(word) for word in read], autojunk=False)
    for _, from_written, to_written, from_read, to_read in match.get_opcodes():
        width = to_written - from_written
        for at in range(from_read, to_read):
            share = (at - from_read) * width // (to_read - from_read)
            owners[at] = from_written + share if width else max(from_written - 1, 0)
    return owners


class English:
    """American or British English to tokens. Safe to use from several threads."""

    def __init__(self, *, british: bool = False) -> None:
        self._read = G2P(british=british)
        vocabulary = Path(hibari.__file__).parent / "assets" / "vocab.json"
        self._ids: dict[str, int] = json.loads(vocabulary.read_text(encoding="utf-8"))

    def tokens(self, words: Sequence[ScriptWord], *, stressed: bool) -> list[Token]:
        """The tokens of a passage, without padding; emphasised words carry primary stress if `stressed`.

        Empty when the words have no sound, such as punctuation alone.
        """
        pieces = [(at, piece) for at, word in enumerate(words) for piece in _readable(word.text).split()]
        strong = {at for at, word in enumerate(words) if word.emphasised} if stressed else set()
        symbols = [
            (symbol, owner)
            for phonemes, owner in self._phonemes(pieces)
            for symbol, owner in _symbols(phonemes, owner, stress=owner in strong)
        ]
        tokens = [Token(self._ids[symbol], owner) for symbol, owner in _stripped(symbols) if symbol in self._ids]
        return tokens if any(token.owner != NOBODY for token in tokens) else []

    def sounds(self, words: Sequence[str]) -> list[Sound]:
        """What each written word is read as: one piece a spoken word, so that "$5" has two, and a dash none."""
        pieces = [(at, piece) for at, word in enumerate(words) for piece in _readable(word).split()]
        read = [([part for part in phonemes.split() if part.strip(_SIGNS)], owner) for phonemes, owner in self._phonemes(pieces)]
        alone = Counter(owner for parts, owner in read for _ in parts)
        return [Sound(words[owner] if alone[owner] == 1 else "", part, owner) for parts, owner in read for part in parts]

    def _phonemes(self, pieces: Sequence[tuple[int, str]]) -> Iterator[tuple[str, int]]:
        """Phonemes of each token of the front end, a space after those that had one, with the index of its word."""
        written = [piece for _, piece in pieces]
        text = _normalised(" ".join(written))
        try:
            read = self._read.phonemize_tokens(self._read.tokenize(text))
        except (ValueError, IndexError, KeyError, TypeError, AttributeError):
            yield from self._one_by_one(pieces)
            return
        owners = _owners(written, text.split())
        at = 0
        for token in read:
            yield (token.phonemes or "") + (" " if token.whitespace else ""), pieces[owners[at]][0]
            at = min(at + (1 if token.whitespace else 0), len(owners) - 1)

    def _one_by_one(self, pieces: Sequence[tuple[int, str]]) -> Iterator[tuple[str, int]]:
        """The same where the front end stumbles over a passage: word by word, and without the words it cannot read at all."""
        for owner, piece in pieces:
            try:
                yield self._read(piece) + " ", owner
            except (ValueError, IndexError, KeyError, TypeError, AttributeError):
                yield from ((self._read(letter) + " ", owner) for letter in piece if letter.isascii() and letter.isalnum())


def _symbols(phonemes: str, owner: int, *, stress: bool) -> Iterator[tuple[str, int]]:
    """Phonemes as symbols; those of punctuation belong to nobody."""
    if stress and PRIMARY_STRESS not in phonemes:
        phonemes = apply_stress(phonemes, 2)
    for symbol in phonemes:
        yield symbol, NOBODY if symbol in _PUNCTUATION else owner


def _stripped(symbols: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Without the spaces at both ends, as hibari strips them."""
    begin, end = 0, len(symbols)
    while begin < end and symbols[begin][0] == " ":
        begin += 1
    while end > begin and symbols[end - 1][0] == " ":
        end -= 1
    return symbols[begin:end]
