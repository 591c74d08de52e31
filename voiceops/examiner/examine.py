"""One examination, from the bytes of a recording to a report. Pure computing; runs in the examiner's process alone."""

import re
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from typing import Any, Final

from voiceops.examiner.subject import Report, Subject
from voiceops.providers.english import English
from voiceops.providers.markup import parse, spoken
from voiceops.providers.passages import Plan, ScriptWord, plan
from voiceops.speech import decode, measure
from voiceops.speech.aligning import align
from voiceops.speech.faults import Asked, Finding, find_faults
from voiceops.speech.language import Expected
from voiceops.speech.pronunciation import Lexicon
from voiceops.speech.recognition import Heard, recognise
from voiceops.speech.saying_back import Comparison, Difference, compare
from voiceops.speech.signal import Signal
from voiceops.speech.stretches import stretches

SAY_BACK: Final = "say_back"
_BREAK = re.compile(r"[.,;:!?…—–][\"'”’)\]]*$")  # noqa: RUF001 - typography is meant
_SHOWN: Final = 200
"""Differences that are kept: beyond so many it is another text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A script as it is to be heard: the words as written, those as spoken, and of which written word each of these is."""

    written: Sequence[ScriptWord]
    expected: Expected
    owners: Sequence[int]


class Examination:
    """Examines recordings of English; loads what it needs once."""

    @cached_property
    def lexicon(self) -> Lexicon:
        """How words sound."""
        return Lexicon()

    @cached_property
    def english(self) -> English:
        """How a text is read."""
        return English()

    def examine(self, subject: Subject, audio: bytes) -> Report:
        """Make every check. Raises `NotAudio` for what cannot be decoded."""
        began = time.process_time()
        signal = decode(audio)
        parts = parse(subject.script)
        asked = plan(parts)
        reading = self._read(asked)
        count = len(reading.expected.words) if _is_english(subject) else len(spoken(parts).split())
        findings = find_faults(signal, measure(signal, count), _asked(subject, asked, count))
        heard, words = self._listen(subject, reading, signal) if _is_english(subject) and count else (None, None)
        findings.append(_finding(heard))
        cpu_ms = round((time.process_time() - began) * 1000)
        facts = {"recogniser": f"pocketsphinx {version('pocketsphinx')}", "audio_ms": signal.duration_ms}
        return Report([asdict(one) for one in findings], heard, words, cpu_ms, facts)

    def _listen(self, subject: Subject, reading: Reading, signal: Signal) -> tuple[dict[str, Any], list[dict[str, Any]] | None]:
        """Say back what is heard, and find the words if nobody timed them."""
        parts = list(stretches(signal))
        heard = compare(reading.expected.words, recognise(parts, reading.expected, self.lexicon), self.lexicon)
        found = None if subject.timed else align(parts, reading.expected, heard.matched, self.lexicon)
        return _said_back(reading, heard), _words(reading, found) if found else None

    def _read(self, asked: Plan) -> Reading:
        written = [word for passage in asked.passages for word in passage.words]
        words, owners = [], []
        for passage, first in zip(asked.passages, _firsts(asked), strict=True):
            for sound in self.english.sounds([word.text for word in passage.words]):
                if word := self.lexicon.word(sound.spelling, sound.phonemes):
                    words.append(word)
                    owners.append(first + sound.owner)
        last_of = {owner: at for at, owner in enumerate(owners)}
        ends = {first - 1 for first in _firsts(asked)}
        breaks = {at for owner, at in last_of.items() if owner in ends or _BREAK.search(written[owner].text)}
        return Reading(written, Expected(tuple(words), frozenset(breaks)), owners)


def _is_english(subject: Subject) -> bool:
    return subject.language.partition("-")[0].lower() == "en"


def _firsts(asked: Plan) -> list[int]:
    """The index of each passage's first word."""
    firsts, at = [], 0
    for passage in asked.passages:
        firsts.append(at)
        at += len(passage.words)
    return firsts


def _asked(subject: Subject, asked: Plan, words: int) -> Asked:
    first, *rest = asked.passages
    usual = subject.words_per_minute
    return Asked(
        words=words,
        usual_wpm=usual * subject.speed if usual else None,
        lead_ms=first.pause_ms,
        tail_ms=asked.tail_ms,
        gap_ms=subject.sentence_gap_ms,
        pauses_ms=[passage.pause_ms for passage in rest if passage.pause_ms],
        gaps=sum(1 for passage in rest if passage.gap_ms is None and not passage.pause_ms),
    )


def _said_back(reading: Reading, heard: Comparison) -> dict[str, Any]:
    differences = [_difference(reading, heard, one) for one in heard.differences[:_SHOWN]]
    wrong = sum(max(one.end - one.begin, len(one.heard)) for one in heard.differences)
    return {"total": len(reading.expected.words), "wrong": wrong, "differences": differences}


def _difference(reading: Reading, heard: Comparison, one: Difference) -> dict[str, Any]:
    """Tell a difference in the script's own words; where something is missing, where it should be."""
    before = heard.matched.get(one.begin - 1)
    after = heard.matched.get(one.end)
    start = one.heard[0].start_ms if one.heard else before.end_ms if before else after.start_ms if after else 0
    end = one.heard[-1].end_ms if one.heard else after.start_ms if after else start
    owners = sorted(set(reading.owners[one.begin : one.end]))
    return {
        "kind": one.kind,
        "expected": " ".join(reading.written[owner].text for owner in owners),
        "heard": " ".join(word.name for word in one.heard),
        "word": reading.owners[min(one.begin, len(reading.owners) - 1)],
        "start_ms": start,
        "end_ms": max(start, end),
    }


def _words(reading: Reading, found: Sequence[Heard]) -> list[dict[str, Any]]:
    """One entry for each written word that sounds, from the first of what it is spoken as to the last."""
    timed: dict[int, dict[str, Any]] = {}
    for owner, heard in zip(reading.owners, found, strict=True):
        word = reading.written[owner]
        entry = timed.setdefault(
            owner, {"text": word.text, "start_ms": heard.start_ms, "end_ms": heard.end_ms, "emphasised": word.emphasised}
        )
        entry["end_ms"] = heard.end_ms
    return [timed[owner] for owner in sorted(timed)]


def _finding(heard: dict[str, Any] | None) -> Finding:
    if heard is None:
        return Finding(SAY_BACK, None, "Only English can be recognised here.")
    wrong = heard["wrong"]
    at = [(one["start_ms"], one["end_ms"]) for one in heard["differences"]]
    words = "word differs" if wrong == 1 else "words differ"
    detail = f"{wrong} {words} from the script." if wrong else "Every word of the script was heard."
    return Finding(SAY_BACK, wrong > 0, detail, {"wrong": wrong, "words": heard["total"]}, at)
