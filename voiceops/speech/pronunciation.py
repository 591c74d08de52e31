"""How English words sound, in the phones of the recogniser's model (CMU's ARPAbet), and which words people use most."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pocketsphinx

Phones = tuple[str, ...]

MODEL = Path(pocketsphinx.get_model_path()) / "en-us"
COMMON_WORDS = 5_000
"""What may be heard besides the script. Fewer, and a wrong word is heard as the script's own; more cost time and find no more."""

_LOG_BASE = 1.0001
"""Of the figures pocketsphinx gives for probabilities."""
_VARIANT = re.compile(r"\(\d+\)$")

# ruff: noqa: RUF001 - letters of the phonetic alphabet look like others
_PHONES = {
    "A": "EY",
    "I": "AY",
    "O": "OW",
    "Q": "OW",
    "W": "AW",
    "Y": "OY",
    "o": "OW",
    "e": "EH",
    "y": "UW",
    "x": "K",
    **dict.fromkeys("ᵊəʌɐ", "AH"),
    "æ": "AE",
    "a": "AA",
    "ɑ": "AA",
    "ɒ": "AA",
    "ɔ": "AO",
    "ɛ": "EH",
    "ɜ": "ER",
    "ɚ": "ER",
    "i": "IY",
    "ɪ": "IH",
    "ᵻ": "IH",
    "u": "UW",
    "ʊ": "UH",
    "b": "B",
    "d": "D",
    "ɾ": "D",
    "f": "F",
    "ɡ": "G",
    "g": "G",
    "h": "HH",
    "j": "Y",
    "k": "K",
    "l": "L",
    "m": "M",
    "n": "N",
    "ŋ": "NG",
    "p": "P",
    "ɹ": "R",
    "r": "R",
    "s": "S",
    "t": "T",
    "T": "T",
    "ʔ": "T",
    "v": "V",
    "w": "W",
    "z": "Z",
    "ʃ": "SH",
    "ʒ": "ZH",
    "ʤ": "JH",
    "ʧ": "CH",
    "θ": "TH",
    "ð": "DH",
}
"""The local voices' phonemes. Capitals are their diphthongs; T is a flap."""


def arpabet(phonemes: str) -> Phones:
    """Write phonemes of the local voices' front end as ARPAbet. Stress and punctuation have no sound."""
    phones: list[str] = []
    before = ""
    for symbol in phonemes:
        phone = _PHONES.get(symbol)
        if phone == "R" and before and before in "ɜɚəᵊ":
            phones[-1] = "ER"  # a vowel coloured by the r after it is one phone
        elif phone:
            phones.append(phone)
        before = symbol if phone else before
    return tuple(phones)


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it is to be heard: what it is called, and how it sounds."""

    name: str
    phones: Phones


class Lexicon:
    """CMU's dictionary as it comes with the recogniser: 134,000 pronunciations, loaded in 0.3 s."""

    def __init__(self) -> None:
        self.sounds: dict[str, list[Phones]] = {}
        self._names: dict[Phones, str] = {}
        for name, phones in _entries():
            self.sounds.setdefault(name, []).append(phones)
            known = self._names.get(phones)
            if known is None or len(name) < len(known):
                self._names[phones] = name

    def word(self, written: str, phonemes: str) -> Word | None:
        """The word that these phonemes are: under its own spelling where that is known, else under one that sounds the same.

        None where nothing sounds. What no dictionary has is called by its letters, or by its phones if it has none.
        """
        phones = arpabet(phonemes)
        if not phones:
            return None
        name = "" if any(map(str.isdigit, written)) else re.sub(r"[^a-z']", "", written.lower())
        if name in self.sounds:
            return Word(name, phones)
        return Word(self._names.get(phones) or name or "".join(phones).lower(), phones)

    def ways(self, word: Word) -> Sequence[Phones]:
        """All the ways to say it, the given one first."""
        return list(dict.fromkeys((word.phones, *self.sounds.get(word.name, ()))))

    @cached_property
    def common(self) -> Mapping[str, float]:
        """The words used most, each with its probability by the recogniser's own model of the language."""
        model = pocketsphinx.NGramModel(
            pocketsphinx.Config(hmm=None, lm=None, dict=None), pocketsphinx.LogMath(), str(MODEL / "en-us.lm.bin")
        )
        known = sorted(((model.prob([name]), name) for name in self.sounds if name.isalpha()), reverse=True)[:COMMON_WORDS]
        likely = {name: math.exp(log * math.log(_LOG_BASE)) for log, name in known}
        total = sum(likely.values())
        return {name: one / total for name, one in likely.items()}


def _entries() -> Iterator[tuple[str, Phones]]:
    with (MODEL / "cmudict-en-us.dict").open(encoding="utf-8") as file:
        for line in file:
            name, *phones = line.split()
            yield _VARIANT.sub("", name), tuple(phones)
