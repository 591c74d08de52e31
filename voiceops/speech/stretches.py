"""Audio as a recogniser takes it: one channel at 16 kHz, in stretches of at most half a minute that begin and end in silence."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from voiceops.speech.signal import Samples, Signal

RATE_HZ = 16_000
LONGEST_S = 30.0
_SHORTEST_S = 10.0
_STEP_MS = 10
_PAUSE_STEPS = 15
_SILENT_DB = 40.0
_HALF_TAPS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Part of a signal: 16 bits a sample, little-endian, at 16 kHz, and where it begins."""

    pcm: bytes
    start_ms: int


def stretches(signal: Signal) -> Iterator[Stretch]:
    """Cut a signal where it pauses; where it never does, at its quietest moment."""
    samples = signal.samples if signal.channels == 1 else signal.samples.mean(axis=1)
    borders = _borders(samples, signal.sample_rate_hz)
    for begin, end in pairwise(borders):
        part = at_16_khz(samples[begin:end], signal.sample_rate_hz)
        pcm = (np.clip(part, -1, 1) * 32767).astype("<i2").tobytes()
        yield Stretch(pcm, round(begin * 1000 / signal.sample_rate_hz))


def _borders(samples: Samples, rate_hz: int) -> list[int]:
    size = rate_hz * _STEP_MS // 1000
    steps = np.pad(samples, (0, -len(samples) % size)).reshape(-1, size)
    power = np.einsum("ij,ij->i", steps, steps)
    # the longer the quiet about a step the lower this is, so the middle of the longest pause is the lowest of all
    quiet = np.maximum(power, power.max(initial=0.0) * 10 ** (-_SILENT_DB / 10))
    smooth = np.convolve(np.pad(quiet, _PAUSE_STEPS, mode="edge"), np.hanning(2 * _PAUSE_STEPS + 1), "valid")
    least, most = int(_SHORTEST_S * 1000 / _STEP_MS), int(LONGEST_S * 1000 / _STEP_MS)
    borders, at = [0], 0
    while len(power) - at > most:
        at += least + int(np.argmin(smooth[at + least : at + most]))
        borders.append(at * size)
    return [*borders, len(samples)]


def at_16_khz(samples: Samples, rate_hz: int) -> Samples:
    """Resample by a windowed sinc, one filter for each of the places an output can have between two inputs."""
    if rate_hz == RATE_HZ:
        return samples
    common = math.gcd(RATE_HZ, rate_hz)
    up, down = RATE_HZ // common, rate_hz // common
    cutoff = min(1.0, RATE_HZ / rate_hz)
    half = math.ceil(_HALF_TAPS / cutoff)
    padded = np.pad(samples, (half, half + down))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half)
    made = np.zeros(len(samples) * up // down, np.float32)
    for phase in range(min(up, len(made))):
        base, fraction = divmod(phase * down, up)
        taps = np.arange(-half, half) - fraction / up
        filter_ = (cutoff * np.sinc(cutoff * taps) * np.cos(np.pi * taps / (2 * half + 2)) ** 2).astype(np.float32)
        wanted = len(made[phase::up])
        made[phase::up] = windows[base::down][:wanted] @ filter_
    return made
