"""The sound of the `tone` provider: words as tones whose pitch comes from the word."""

from zlib import crc32

import numpy as np

from voiceops.providers.alphabet import fold, unspoken
from voiceops.providers.base import Request, Speech
from voiceops.providers.delivery import applied
from voiceops.providers.joining import NOTHING, Spoken, Timed, flac, join
from voiceops.providers.model import Floats
from voiceops.providers.passages import Passage, ScriptWord, plan
from voiceops.providers.prosody import HIGHER, LOUDER_DB, SLOWER, TONES

RATE = 24_000
_WORD_S, _LETTER_S, _SPACE_S = 0.12, 0.035, 0.06
_LOWEST_HZ, _SPREAD_HZ = 170, 160
_BRIEF = 5
_AMPLITUDE = 0.15
"""A tone of this size in most of the time measures about -20 LUFS."""


def _word(word: ScriptWord, request: Request) -> Floats:
    """One word: a tone with soft ends."""
    tone = TONES[request.tone]
    strength = request.emphasis * word.emphasised
    letters = sum(letter.isalnum() for letter in word.text)
    seconds = (_WORD_S + _LETTER_S * letters) * (1 + SLOWER * strength) / (request.speed * tone.rate)
    base = _LOWEST_HZ + crc32(word.text.lower().encode("utf-8", "replace")) % _SPREAD_HZ
    hertz = base * 2 ** ((request.pitch + tone.pitch) / 12) * (1 + HIGHER * strength)
    samples = np.sin(2 * np.pi * hertz / RATE * np.arange(round(seconds * RATE)), dtype=np.float64)
    fade = np.linspace(0, 1, 240)
    samples[:240] *= fade
    samples[-240:] *= fade[::-1]
    louder: Floats = (_AMPLITUDE * 10 ** (LOUDER_DB * strength / 20) * samples).astype(np.float32)
    return louder


def _passage(passage: Passage, request: Request) -> Spoken:
    """A passage: its words that have a letter or digit one can say, with short spaces."""
    space = np.zeros(round(_SPACE_S / request.speed * RATE), np.float32)
    parts: list[Floats] = []
    words: list[Timed] = []
    at = 0
    for word in passage.words:
        if not any(letter.isalnum() for letter in fold(word.text)):
            continue
        if parts:
            parts.append(space)
            at += len(space)
        parts.append(_word(word, request))
        words.append(Timed(word.text, at, at + len(parts[-1]), word.emphasised))
        at = words[-1].end
    return Spoken(np.concatenate(parts), tuple(words)) if parts else NOTHING


def speak(request: Request, *, fault: str = "") -> Speech:
    """Speak a fitted request, "silent" or "brief" if that is its fault. Raises `ProviderError` when there is nothing to say."""
    planned = plan(request.text)
    spoken = [_passage(passage, request) for passage in planned.passages]
    samples, words = join(request, planned, spoken, RATE)
    if fault == "silent":
        samples = np.zeros_like(samples)
    if fault == "brief":
        samples = samples[240 : 240 + _BRIEF]
    return Speech(
        audio=flac(samples, RATE),
        media_type="audio/flac",
        words=words,
        applied=applied(request),
        unspoken=unspoken(request.text),
        metadata={"engine": "tone", "engine_version": "1", "numpy": np.__version__, "sample_rate_hz": RATE},
    )
