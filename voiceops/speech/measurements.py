"""What is measured of a signal once, when a version is born."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voiceops.speech.loudness import loudness_lufs, true_peak_dbtp
from voiceops.speech.signal import Signal

FRAME_MS = 5
SILENCE_FLOOR_DBFS = -60.0  # as quiet as audiobook publishers ask a room to be (ACX: noise floor at most -60 dB RMS)
SILENCE_BELOW_LOUDEST_DB = 40.0  # breath and room, relative to the loudest frame, so that level does not matter
FULL_SCALE = 32767 / 32768
CLIPPED_RUN = 3
FLAT_TOP_FROM = 0.25  # below -12 dBFS quantisation alone makes flat tops
FLAT_TOP_SECONDS = 125e-6  # a 60 Hz sine at -12 dBFS and 16 bits stays on one value for at most 83 us


@dataclass(frozen=True, slots=True)
class Measurements:
    """Figures of one signal. Milliseconds are whole; decibels and words a minute are rounded to hundredths and tenths.

    `loudness_lufs` is None for silence or less than 400 ms, `true_peak_dbtp` for digital silence, `words_per_minute` where nothing
    sounds. Words a minute count from the first sound to the last. In silence throughout, lead and tail are both all of it.
    """

    duration_ms: int
    loudness_lufs: float | None
    true_peak_dbtp: float | None
    clipped_samples: int
    lead_silence_ms: int
    tail_silence_ms: int
    longest_pause_ms: int
    words_per_minute: float | None


def measure(signal: Signal, words: int) -> Measurements:
    """Measure a signal in which `words` words are spoken. Pure computing: about 3 ms for 4 s, so run long ones in a thread."""
    lead_ms, tail_ms, pause_ms = silences(signal)
    sounding_ms = signal.duration_ms - lead_ms - tail_ms
    return Measurements(
        duration_ms=signal.duration_ms,
        loudness_lufs=_rounded(loudness_lufs(signal)),
        true_peak_dbtp=_rounded(true_peak_dbtp(signal)),
        clipped_samples=_clipped_samples(signal),
        lead_silence_ms=lead_ms,
        tail_silence_ms=tail_ms,
        longest_pause_ms=pause_ms,
        words_per_minute=round(words * 60_000 / sounding_ms, 1) if sounding_ms > 0 else None,
    )


def _rounded(decibels: float | None) -> float | None:
    return None if decibels is None else round(decibels, 2)


def silences(signal: Signal) -> tuple[int, int, int]:
    """Find the silence before the first sound, after the last, and the longest between, by the RMS of 5 ms frames."""
    size = max(1, signal.sample_rate_hz * FRAME_MS // 1000)
    power = frame_power(signal, size)
    sounding = np.flatnonzero(power > threshold(power))
    if not len(sounding):
        return signal.duration_ms, signal.duration_ms, 0

    def ms(frames: int) -> int:
        return round(frames * 1000 / signal.sample_rate_hz)

    lead, end = int(sounding[0]) * size, min(int(sounding[-1] + 1) * size, signal.frames)
    pause = int(np.diff(sounding).max(initial=1)) - 1
    return ms(lead), signal.duration_ms - ms(end), ms(pause * size)


def threshold(power: npt.NDArray[np.float32]) -> float:
    """Tell the power of a frame above which it sounds, given those of all frames."""
    return max(10 ** (SILENCE_FLOOR_DBFS / 10), float(power.max()) * 10 ** (-SILENCE_BELOW_LOUDEST_DB / 10))


def frame_power(signal: Signal, size: int) -> npt.NDArray[np.float32]:
    """Take the mean square of each run of `size` frames, the loudest channel's; a shorter last run is filled up with silence."""
    samples = signal.samples.reshape(signal.frames, -1)
    padded = np.pad(samples, ((0, -signal.frames % size), (0, 0))).reshape(-1, size, signal.channels)
    power: npt.NDArray[np.float32] = np.einsum("fsc,fsc->fc", padded, padded).max(axis=1) / size
    return power


def _clipped_samples(signal: Signal) -> int:
    """Count samples in runs of at least three at full scale, or on a flat top below it (clipped first, turned down later)."""
    flat_run = max(CLIPPED_RUN, math.ceil(signal.sample_rate_hz * FLAT_TOP_SECONDS))
    clipped = 0
    for channel in signal.samples.reshape(signal.frames, -1).T:
        for top, at_top in ((float(channel.max()), channel == channel.max()), (-float(channel.min()), channel == channel.min())):
            if top >= FULL_SCALE:
                clipped += _in_runs(at_top, CLIPPED_RUN)
            elif top >= FLAT_TOP_FROM:
                clipped += _in_runs(at_top, flat_run)
    return clipped


def _in_runs(mask: npt.NDArray[np.bool_], shortest: int) -> int:
    """How many true values stand in unbroken runs of at least `shortest`."""
    where = np.flatnonzero(mask)
    lengths = np.diff(np.flatnonzero(np.diff(where, prepend=-2, append=len(mask) + 1) > 1))
    return int(lengths[lengths >= shortest].sum())
