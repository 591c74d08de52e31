"""The language somebody is expected to speak: a script's words in their order, or now and then any common word."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from voiceops.speech.pronunciation import Lexicon, Phones, Word

FAITH = 0.9
"""How likely the script's next word is held to be. Set on hibari: at 0.5 two of 24 clean takes lost a short word, from 0.7 none;
0.9 keeps a margin for other voices and finds as much."""
OWN_SHARE = 0.5
"""Of what may come else: how much of it is the script's own words, so that one wrong word does not carry the next along."""
_END = 0.02
_BEGIN, _FINISH = "<s>", "</s>"


@dataclass(frozen=True, slots=True)
class Expected:
    """The words to be heard, and after which of them one may pause, so that a stretch of audio may begin and end there."""

    words: tuple[Word, ...]
    breaks: frozenset[int]


def vocabulary(expected: Expected, lexicon: Lexicon, *, common: bool) -> Mapping[str, list[Phones]]:
    """Every word that can be heard, with all the ways to say it."""
    known: dict[str, dict[Phones, None]] = defaultdict(dict)
    for word in expected.words:
        known[word.name].update(dict.fromkeys(lexicon.ways(word)))
    for name in lexicon.common if common else ():
        known[name].update(dict.fromkeys(lexicon.sounds[name]))
    return {name: list(ways) for name, ways in known.items()}


def write_dictionary(words: Mapping[str, Sequence[Phones]], path: Path) -> None:
    """Write words as CMU's dictionary is written: further ways to say one are `name(2)`, `name(3)`."""
    lines = (
        f"{name}{f'({number})' if number > 1 else ''} {' '.join(phones)}\n"
        for name, ways in words.items()
        for number, phones in enumerate(ways, 1)
    )
    path.write_text("".join(lines), encoding="utf-8")


def write_model(expected: Expected, lexicon: Lexicon, path: Path) -> None:
    """Write a bigram model in ARPA's format (Katz's back-off): the next word with `FAITH`, else any by how common it is."""
    counts, total = Counter(word.name for word in expected.words), len(expected.words)
    common = lexicon.common
    single = {
        name: (1 - _END) * ((1 - OWN_SHARE) * common.get(name, 0.0) + OWN_SHARE * counts[name] / total)
        for name in {**common, **counts}
    }
    single[_FINISH] = _END
    following = _following(expected)
    lines = ["\\data\\", f"ngram 1={len(single) + 1}", f"ngram 2={sum(map(len, following.values()))}", "", "\\1-grams:"]
    for name, likely in {_BEGIN: 1e-10, **single}.items():
        rest = max(1 - sum(single[after] for after in following[name]), 1e-6) if name in following else 1.0
        lines.append(f"{math.log10(likely):.5f} {name} {math.log10((1 - FAITH) / rest) if name in following else 0.0:.5f}")
    lines += ["", "\\2-grams:"]
    for name, after in following.items():
        share = FAITH / sum(after.values())
        lines += [f"{math.log10(share * count):.5f} {name} {next_name}" for next_name, count in after.items()]
    path.write_text("\n".join([*lines, "", "\\end\\", ""]), encoding="utf-8")


def _following(expected: Expected) -> Mapping[str, Counter[str]]:
    """Which word follows which how often; a break both ends and begins."""
    following: defaultdict[str, Counter[str]] = defaultdict(Counter)
    names = [word.name for word in expected.words]
    following[_BEGIN][names[0]] += 1
    following[names[-1]][_FINISH] += 1
    for at, (name, after) in enumerate(pairwise(names)):
        following[name][after] += 1
        if at in expected.breaks:
            following[_BEGIN][after] += 1
            following[name][_FINISH] += 1
    return following
