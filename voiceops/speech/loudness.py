"""Loudness and true peak: ITU-R BS.1770-5, gated as EBU R 128 asks."""

import math
from functools import cache

import numpy as np
import numpy.typing as npt
import pyebur128

from voiceops.speech.signal import Samples, Signal

_CHUNK_SECONDS = 2  # pyebur128 holds the interpreter lock while it works
_OVERSAMPLING = 4
_TAPS = 49
_SKIP_RUN = 64


def loudness_lufs(signal: Signal) -> float | None:
    """Integrated loudness (BS.1770 annex 1): K-weighted, blocks of 400 ms, gates at -70 LUFS and 10 LU below the mean.

    Mono counts once, so it reads 3 LU below the same sound on two channels. None where no block passes the gate: silence, or
    less than 400 ms of audio.
    """
    state = pyebur128.R128State(signal.channels, signal.sample_rate_hz, pyebur128.MeasurementMode.MODE_I)
    step = _CHUNK_SECONDS * signal.sample_rate_hz
    for start in range(0, signal.frames, step):
        chunk = signal.samples[start : start + step]
        state.add_frames(chunk.reshape(-1), len(chunk))
    loudness = float(pyebur128.get_loudness_global(state))
    return loudness if math.isfinite(loudness) else None


def true_peak_dbtp(signal: Signal) -> float | None:
    """Highest level between the samples too (BS.1770 annex 2): four times oversampled. None for digital silence.

    The interpolator is libebur128's (49-tap Hann-windowed sinc), but run only where the answer can lie: an interpolated value is at
    most the filter's absolute sum times the samples under it, so quiet stretches cannot beat the sample peak and are skipped.
    """
    channels = signal.samples.reshape(signal.frames, -1).T
    peak = max(_true_peak(np.ascontiguousarray(channel)) for channel in channels)
    return 20 * math.log10(peak) if peak > 0 else None


def _true_peak(samples: Samples) -> float:
    phases = interpolators()
    width = phases.shape[1]
    padded = np.pad(samples, (width - 1, -(len(samples) + width - 1) % _SKIP_RUN + width - 1 + _SKIP_RUN))
    magnitude = np.abs(padded)
    peak = float(magnitude.max())
    runs = magnitude[: len(magnitude) // _SKIP_RUN * _SKIP_RUN].reshape(-1, _SKIP_RUN).max(axis=1)
    gain = float(np.abs(phases).sum(axis=1).max())
    reach = np.maximum(runs[:-1], runs[1:])  # a window that starts in a run ends in it or in the next
    starts = np.flatnonzero(reach * gain > peak) * _SKIP_RUN
    for group in np.array_split(starts, len(starts) // 256 + 1):
        at = group[:, None] + np.arange(_SKIP_RUN)[None, :]
        windows = np.lib.stride_tricks.sliding_window_view(padded, width)[at.reshape(-1)]
        peak = max(peak, float(np.abs(windows @ phases.T).max(initial=0.0)))
    return peak


@cache
def interpolators() -> npt.NDArray[np.float32]:
    """Make the three filters (rows of 13 taps) that interpolate a quarter, half and three quarters between samples."""
    tap = np.arange(_TAPS)
    sinc = np.sinc((tap - (_TAPS - 1) / 2) / _OVERSAMPLING)
    window = 0.5 * (1 - np.cos(2 * np.pi * tap / (_TAPS - 1)))
    padded = np.append(sinc * window, np.zeros(-_TAPS % _OVERSAMPLING))
    return padded.reshape(-1, _OVERSAMPLING).T[1:, ::-1].astype(np.float32)
