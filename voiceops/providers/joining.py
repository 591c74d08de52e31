"""Spoken passages put together: the silences between them, and the words at their places in the whole."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from voiceops.providers.base import ProviderError, Request, Word
from voiceops.providers.model import Floats
from voiceops.providers.passages import Plan


@dataclass(frozen=True, slots=True)
class Timed:
    """A word and where it sounds, in samples."""

    text: str
    start: int
    end: int
    emphasised: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """A passage as sound, with the times of its words from its own start. Both empty when it had nothing to say."""

    samples: Floats
    words: tuple[Timed, ...] = ()


NOTHING = Spoken(np.zeros(0, np.float32))


def join(request: Request, plan: Plan, spoken: Sequence[Spoken], rate: int) -> tuple[Floats, tuple[Word, ...]]:
    """All passages as one, `rate` samples a second. Raises `ProviderError` when no passage had anything to say.

    A pause of the script is digital silence of exactly its length; it stands in for the gap between sentences.
    """
    parts: list[Floats] = []
    words: list[Timed] = []
    at, pause_ms = 0, 0
    for passage, sound in zip(plan.passages, spoken, strict=True):
        pause_ms += passage.pause_ms
        if not sound.words:
            continue
        gap_ms = request.sentence_gap_ms if passage.gap_ms is None else min(passage.gap_ms, request.sentence_gap_ms)
        silence = np.zeros((pause_ms or (gap_ms if words else 0)) * rate // 1000, np.float32)
        parts += [silence, sound.samples]
        at += len(silence)
        words += [Timed(word.text, word.start + at, word.end + at, word.emphasised) for word in sound.words]
        at += len(sound.samples)
        pause_ms = 0
    if not words:
        raise ProviderError("Nothing in this script can be spoken.", code="nothing_to_say", transient=False)
    joined = np.concatenate([*parts, np.zeros((pause_ms + plan.tail_ms) * rate // 1000, np.float32)])
    return joined, _in_ms(words, len(joined), rate)


def _in_ms(words: Sequence[Timed], samples: int, rate: int) -> tuple[Word, ...]:
    """Times in whole ms: in order, not overlapping, within the audio."""
    out, now, total = [], 0, samples * 1000 // rate
    for word in words:
        start = min(max(round(word.start * 1000 / rate), now), total)
        now = min(max(round(word.end * 1000 / rate), start), total)
        out.append(Word(word.text, start, now, word.emphasised))
    return tuple(out)


def flac(samples: Floats, rate: int) -> bytes:
    """The samples, within -1..1, as a FLAC file of 16 bits."""
    file = BytesIO()
    soundfile.write(file, _pcm(samples), rate, format="FLAC", subtype="PCM_16")
    return file.getvalue()


def wav(samples: Floats, rate: int) -> bytes:
    """The samples, within -1..1, as a WAV file of 16 bits: it costs next to nothing, and the worker makes the FLAC anyway."""
    data = _pcm(samples).astype("<i2").tobytes()
    header = b"RIFF" + struct.pack(
        "<I4s4sIHHIIHH4sI", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16, b"data", len(data)
    )
    return header + data


def _pcm(samples: Floats) -> NDArray[np.int16]:
    return np.rint(np.clip(samples, -1, 1) * 32767).astype(np.int16)
