"""What people and machines play: a master as WAV, FLAC, MP3, Opus or telephone speech, as loud as they want it.

libsndfile encodes: its MP3 (LAME) and Opus files say how much of them is the encoder's own delay, so that players trim it and
hear exactly as many samples as went in.
"""

import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import soundfile
import soxr

from voiceops.profiles import Format, Profile
from voiceops.speech.limiting import limit
from voiceops.speech.lossless import master, sixteen_bits, wav
from voiceops.speech.loudness import loudness_lufs, loudness_of, true_peak_dbtp
from voiceops.speech.measurements import Measurements, measure, silences
from voiceops.speech.ogg import numbered
from voiceops.speech.signal import Samples, Signal

CLOSE_LU: Final = 0.1
ROUNDS: Final = 4
"""Levelling again because of what the limiter or the codec did; three bring speech that peaks at 0 dBFS to -16 LUFS."""
LAME_TURNS_DOWN: Final = {192: 0.97, 224: 0.98, 256: 1.0, 320: 1.0}
LAME_ELSE: Final = 0.95
"""By kbit/s: it leaves itself room at the top, which here is seen to already."""
HEADROOM_DB: Final = 6.0
"""No resampling and no codec adds so much to a peak: audio this far below full scale need not be looked at again."""
CODEC_MS: Final = 50
"""Added beyond the silence that is missing, for what a codec smears into it."""
_BLOCK: Final = 1 << 20
_OVERLAP: Final = 32
"""Samples heard twice, so that no peak between two blocks is missed."""


def render(signal: Signal, profile: Profile) -> bytes:
    """Make the file. It is as loud as the profile says, or as near as a limiter gets it; else only turned down if it would clip."""
    rate = profile.sample_rate_hz or profile.kind.sample_rate_hz or signal.sample_rate_hz
    if profile.format in {Format.WAV, Format.FLAC} and rate == signal.sample_rate_hz and not profile.is_levelled:
        return wav(signal) if profile.format is Format.WAV else master(signal)
    shaped = _padded(_shaped(signal, rate, mono=profile.format is Format.ULAW), *added_ms(signal, profile))
    ceiling = profile.true_peak_dbtp if profile.true_peak_dbtp is not None else 0.0
    if profile.loudness_lufs is None and _peak_db(shaped) < ceiling - HEADROOM_DB:
        return _encode(shaped, profile)
    return _levelled(shaped, profile, ceiling)


def added_ms(signal: Signal, profile: Profile) -> tuple[int, int]:
    """Return how much silence the profile adds before and after, ms."""
    lead, tail, _ = silences(signal)
    missing = ((profile.lead_ms, lead), (profile.tail_ms, tail))
    before, after = (least - there + CODEC_MS if there < least else 0 for least, there in missing)
    return before, after


def heard(data: bytes) -> Measurements:
    """Measure what a file decodes to, whatever its format. No words are counted."""
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    return measure(Signal(samples, rate), 0)


def _padded(signal: Signal, before_ms: int, after_ms: int) -> Signal:
    if not before_ms and not after_ms:
        return signal
    frames = [(round(ms * signal.sample_rate_hz / 1000)) for ms in (before_ms, after_ms)]
    widths = [(frames[0], frames[1]), *[(0, 0)] * (signal.samples.ndim - 1)]
    return Signal(np.pad(signal.samples, widths), signal.sample_rate_hz)


def _shaped(signal: Signal, rate: int, *, mono: bool) -> Signal:
    samples = signal.samples
    if mono and signal.channels > 1:
        samples = samples.mean(axis=1, dtype=np.float32)
    if rate != signal.sample_rate_hz:
        samples = soxr.resample(samples, signal.sample_rate_hz, rate)
    return Signal(samples, rate)


def _levelled(signal: Signal, profile: Profile, ceiling: float) -> bytes:
    """Encode, hear what came of it, and aim beside the target by as much as the codec missed it."""
    target = profile.loudness_lufs
    aim, highest = target, ceiling
    for _ in range(ROUNDS):
        data = _encode(_level(signal, aim, highest), profile)
        loudness, peak = _heard(data)
        over = 0.0 if peak is None else max(0.0, peak - ceiling)
        missing = 0.0 if target is None or aim is None or loudness is None else target - loudness
        if not over and abs(missing) <= CLOSE_LU:
            break
        highest -= over and 1.5 * over + 0.05
        aim = None if aim is None else aim + missing
    return data


def _level(signal: Signal, loudness: float | None, ceiling: float) -> Signal:
    """Turn up or down to a loudness, limiting; without one only down, as a whole."""
    if loudness is None:
        peak = _peak_dbtp(signal)
        return signal if peak is None or peak <= ceiling else _turned(signal, ceiling - peak)
    now = loudness_lufs(signal)
    if now is None:
        return _level(signal, None, ceiling)
    gain = loudness - now
    for _ in range(ROUNDS):
        turned = _turned(signal, gain)
        levelled = Signal(limit(turned.samples, signal.sample_rate_hz, _linear(ceiling)), signal.sample_rate_hz)
        reached = loudness_lufs(levelled)
        if reached is None or abs(loudness - reached) <= CLOSE_LU / 2:
            break
        gain += loudness - reached
    return levelled


def _turned(signal: Signal, gain_db: float) -> Signal:
    return Signal(signal.samples * np.float32(_linear(gain_db)), signal.sample_rate_hz)


def _linear(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _peak_db(signal: Signal) -> float:
    peak = max(float(signal.samples.max(initial=0.0)), -float(signal.samples.min(initial=0.0)))
    return 20 * np.log10(peak) if peak else -np.inf


def _encode(signal: Signal, profile: Profile) -> bytes:
    samples, rate = signal.samples, signal.sample_rate_hz
    kbps = profile.bitrate_kbps or profile.kind.bitrate_kbps
    match profile.format:
        case Format.WAV:
            return wav(signal)
        case Format.FLAC:
            return master(signal)
        case Format.ULAW:
            return _written(sixteen_bits(samples), rate, format="WAV", subtype="ULAW")
        case Format.MP3:
            return _written(samples, rate, 1 / LAME_TURNS_DOWN.get(kbps, LAME_ELSE), **_mp3(kbps))
        case Format.OPUS:
            return numbered(_written(samples, rate, **_opus(kbps)))


def _mp3(kbps: int) -> Mapping[str, Any]:
    """Bits a second are for libsndfile what lies between the most, 320, and the least, 32."""
    return {
        "format": "MP3",
        "subtype": "MPEG_LAYER_III",
        "compression_level": (320 - kbps) / (320 - 32),
        "bitrate_mode": "CONSTANT",
    }


def _opus(kbps: int) -> Mapping[str, Any]:
    """Likewise, between 256 and 6."""
    return {"format": "OGG", "subtype": "OPUS", "compression_level": (256 - kbps) / (256 - 6)}


def _written(samples: Any, sample_rate_hz: int, gain: float = 1.0, **options: Any) -> bytes:  # noqa: ANN401 - either kind; libsndfile's
    """Write in blocks: libsndfile takes what it is handed at once on its stack."""
    file = io.BytesIO()
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    with soundfile.SoundFile(file, "w", sample_rate_hz, channels, **options) as out:
        for start in range(0, len(samples), _BLOCK):
            block = samples[start : start + _BLOCK]
            out.write(block if gain == 1.0 else block * np.float32(gain))
    return file.getvalue()


def _heard(data: bytes) -> tuple[float | None, float | None]:
    """Loudness and true peak of what a file decodes to, a block of it at a time."""
    peaks: list[float | None] = []

    def parts(file: soundfile.SoundFile) -> Iterator[Samples]:
        again = 0
        for block in file.blocks(_BLOCK, overlap=_OVERLAP, dtype="float32"):
            peaks.append(true_peak_dbtp(Signal(block, file.samplerate)))
            yield block[again:]
            again = _OVERLAP

    with soundfile.SoundFile(io.BytesIO(data)) as file:
        loudness = loudness_of(parts(file), file.channels, file.samplerate)
    return loudness, max((peak for peak in peaks if peak is not None), default=None)


def _peak_dbtp(signal: Signal) -> float | None:
    """The true peak, without a copy of it all."""
    starts = range(0, signal.frames, _BLOCK)
    parts = (Signal(signal.samples[max(0, start - _OVERLAP) : start + _BLOCK], signal.sample_rate_hz) for start in starts)
    return max((peak for part in parts if (peak := true_peak_dbtp(part)) is not None), default=None)
