"""What is heard in a recording: each fault put into real speech is found, none in clean speech, and words lie where they sound."""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from voiceops.examiner import Report, Subject
from voiceops.examiner.examine import Examination
from voiceops.models import Check
from voiceops.providers.base import Request, Speech
from voiceops.providers.hibari_model import HibariModel
from voiceops.providers.markup import parse
from voiceops.providers.passages import plan
from voiceops.providers.speaking import Speaker

Samples = npt.NDArray[np.float32]
RATE: Final = 24_000
SENTENCE: Final = "Please hold the line while we connect you to the next available agent."
SPOKEN: Final = (
    SENTENCE,
    "The invoice total is $42.50, and payment is due on March 15th.",
    "We open at nine. [pause 2s] Dr. Miller sees you *first*, at 2:30, in Qwertzville.",
)


@pytest.fixture(scope="module")
def examination() -> Examination:
    return Examination()


@pytest.fixture(scope="module")
def voice() -> Callable[[str], Speech]:
    speaker = Speaker(HibariModel())
    kept: dict[str, Speech] = {}

    def speak(text: str) -> Speech:
        if text not in kept:
            request = Request("one", "hibari/heart", parse(text))
            spoken = plan(request.text)
            kept[text] = speaker.finish(request, spoken, [speaker.passage(request, one) for one in spoken.passages])
        return kept[text]

    return speak


def subject(script: str, **more: Any) -> Subject:
    usual = Subject(script, "en-US", speed=1.0, sentence_gap_ms=250, words_per_minute=225, timed=False)
    return replace(usual, **more)


def samples(speech: Speech) -> Samples:
    heard, rate = soundfile.read(io.BytesIO(speech.audio), dtype="float32")
    assert rate == RATE
    return np.asarray(heard, np.float32)


def wav(heard: Samples, rate: int = RATE) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, heard, rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def wrong(report: Report) -> set[str]:
    return {finding["check"] for finding in report.findings if finding["wrong"]}


def of(report: Report, check: str) -> Mapping[str, Any]:
    return next(finding for finding in report.findings if finding["check"] == check)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def in_the_middle(heard: Samples) -> Samples:
    """A pause of 1.6 s where it is quietest in the middle third."""
    third = len(heard) // 3
    at = third + int(np.argmin(np.convolve(heard[third : 2 * third] ** 2, np.ones(480), "same")))
    return np.concatenate((heard[:at], silence(1.6), heard[at:]))


def faster(heard: Samples, factor: float) -> Samples:
    """The same at another pace and pitch: the signal's checks do not mind."""
    return np.asarray(np.interp(np.arange(0, len(heard) - 1, factor), np.arange(len(heard)), heard), np.float32)


FAULTS: Final[Mapping[str, tuple[Callable[[Samples], Samples], set[str]]]] = {
    "clipped": (lambda heard: np.clip(heard * 8, -1, 1), {"clipping", "loudness", "true_peak"}),
    "clipped and turned down": (lambda heard: np.clip(heard * 8, -1, 1) * np.float32(0.3), {"clipping"}),
    "late": (lambda heard: np.concatenate((silence(0.8), heard)), {"silence_before"}),
    "long after": (lambda heard: np.concatenate((heard, silence(1.5))), {"silence_after"}),
    "a pause": (in_the_middle, {"pause"}),
    "cut off": (lambda heard: heard[: len(heard) * 3 // 4], {"cut_off"}),
    "hurried": (lambda heard: faster(heard, 1.6), {"pace"}),
    "dragged": (lambda heard: faster(heard, 0.6), {"pace"}),
    "quiet": (lambda heard: heard * np.float32(0.3), {"loudness"}),
    "loud": (lambda heard: heard * np.float32(1.0 / np.abs(heard).max()), {"true_peak"}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_signal_is_found(examination: Examination, voice: Callable[[str], Speech], fault: str) -> None:
    change, expected = FAULTS[fault]
    report = examination.examine(subject(SENTENCE, language="de"), wav(change(samples(voice(SENTENCE)))))
    assert wrong(report) >= expected
    # cutting speech hard may leave a flat end, and what is squeezed is louder; nothing else comes along
    assert wrong(report) <= expected | {"clipping", "loudness", "true_peak", "pace"}
    assert all(finding["detail"].endswith((".", ")")) for finding in report.findings)


@pytest.mark.parametrize("script", SPOKEN)
def test_clean_speech_has_no_fault(examination: Examination, voice: Callable[[str], Speech], script: str) -> None:
    report = examination.examine(subject(script), voice(script).audio)
    assert wrong(report) == set()
    assert [finding["check"] for finding in report.findings] == list(Check)
    assert report.say_back is not None
    assert (report.say_back["wrong"], report.say_back["differences"]) == (0, [])
    assert report.cpu_ms > 0


@pytest.mark.parametrize("script", SPOKEN)
def test_aligned_words_lie_where_the_voice_says_they_do(
    examination: Examination, voice: Callable[[str], Speech], script: str
) -> None:
    speech = voice(script)
    words = examination.examine(subject(script), speech.audio).words
    assert words is not None
    assert [(word["text"], word["emphasised"]) for word in words] == [(word.text, word.emphasised) for word in speech.words]
    errors = [abs(word["start_ms"] - true.start_ms) for word, true in zip(words, speech.words, strict=True)]
    assert float(np.quantile(errors, 0.95)) <= 200
    times = [time for word in words for time in (word["start_ms"], word["end_ms"])]
    assert times == sorted(times)


@pytest.mark.parametrize(
    ("said", "kind", "expected", "heard"),
    [
        (SENTENCE.replace("available", "important"), "replaced", "available", "important"),
        (SENTENCE.replace("next ", ""), "missing", "next", ""),
        (SENTENCE.replace("agent", "agent today"), "added", "", "today"),
    ],
)
def test_what_was_said_instead_is_told(
    examination: Examination, voice: Callable[[str], Speech], said: str, kind: str, expected: str, heard: str
) -> None:
    report = examination.examine(subject(SENTENCE), voice(said).audio)
    assert report.say_back is not None
    (difference,) = report.say_back["differences"]
    assert (difference["kind"], difference["expected"].strip("."), difference["heard"]) == (kind, expected, heard)
    assert wrong(report) == {"say_back"}
    assert of(report, "say_back")["at"] == [(difference["start_ms"], difference["end_ms"])]
    if said_at := {word.text.strip("."): word.start_ms for word in voice(said).words}.get(heard):
        assert abs(difference["start_ms"] - said_at) <= 200


def test_audio_that_ends_early_lacks_its_last_words_and_has_none_that_are_aligned(
    examination: Examination, voice: Callable[[str], Speech]
) -> None:
    heard = samples(voice(SENTENCE))
    report = examination.examine(subject(SENTENCE), wav(heard[: len(heard) * 3 // 4]))
    assert wrong(report) >= {"say_back", "cut_off"}
    assert report.words is None


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000])
def test_words_are_understood_at_any_rate(examination: Examination, voice: Callable[[str], Speech], rate: int) -> None:
    heard = samples(voice(SENTENCE))
    resampled = np.interp(np.arange(0, len(heard) - 1, RATE / rate), np.arange(len(heard)), heard).astype(np.float32)
    report = examination.examine(subject(SENTENCE), wav(np.stack((resampled, resampled), axis=1), rate))
    assert report.say_back is not None
    assert report.say_back["wrong"] == 0


def test_what_is_longer_than_the_recogniser_takes_is_heard_in_parts(
    examination: Examination, voice: Callable[[str], Speech]
) -> None:
    script = " ".join([SENTENCE, "Thank you for waiting, it will not take long."] * 6)
    speech = voice(script)
    assert len(samples(speech)) > 35 * RATE
    report = examination.examine(subject(script), speech.audio)
    assert wrong(report) == set()
    assert report.words is not None
    errors = [abs(word["start_ms"] - true.start_ms) for word, true in zip(report.words, speech.words, strict=True)]
    assert float(np.quantile(errors, 0.95)) <= 200


def test_another_language_is_not_judged_by_an_english_ear(examination: Examination, voice: Callable[[str], Speech]) -> None:
    report = examination.examine(subject(SENTENCE, language="de-DE"), voice(SENTENCE).audio)
    assert (report.say_back, report.words) == (None, None)
    assert of(report, "say_back")["wrong"] is None
    assert re.search("English", of(report, "say_back")["detail"])


def test_who_timed_the_words_is_not_second_guessed(examination: Examination, voice: Callable[[str], Speech]) -> None:
    assert examination.examine(subject(SENTENCE, timed=True), voice(SENTENCE).audio).words is None
