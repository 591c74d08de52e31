"""Peaks for drawing a waveform, at a few zooms."""

from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from voiceops.speech.signal import Signal

ZOOMS = (256, 1024, 4096)
"""Frames per peak, each a multiple of the one before."""

FULL_SCALE = 127
"""A peak of this value stands for a sample of 1.0."""

_Pairs = npt.NDArray[np.int8]
_Number = TypeVar("_Number", np.float32, np.int8)


def peaks(signal: Signal, samples_per_peak: int) -> bytes:
    """Give int8 pairs min, max, min, max ... over all channels, one pair per `samples_per_peak` frames, a shorter last included.

    Rounded outwards: every sample x of a bin satisfies min <= 127 x <= max.
    """
    return _pairs(signal, samples_per_peak).tobytes()


def pyramid(signal: Signal, zooms: tuple[int, ...] = ZOOMS) -> dict[int, bytes]:
    """Give `peaks` at every zoom, each made from the finer one before it; zooms must divide each other in order."""
    pairs = _pairs(signal, zooms[0])
    drawn = {zooms[0]: pairs.tobytes()}
    for finer, coarser in pairwise(zooms):
        if coarser % finer:
            raise ValueError(f"a peak of {coarser} frames is no whole number of peaks of {finer}")
        pairs = _extremes(pairs[:, 0], pairs[:, 1], coarser // finer)
        drawn[coarser] = pairs.tobytes()
    return drawn


def _pairs(signal: Signal, samples_per_peak: int) -> _Pairs:
    samples = signal.samples
    low, high = (samples, samples) if samples.ndim == 1 else (samples.min(axis=1), samples.max(axis=1))
    extremes = _extremes(low, high, samples_per_peak) * np.float32(FULL_SCALE)
    return np.stack((np.floor(extremes[:, 0]), np.ceil(extremes[:, 1])), axis=1).astype(np.int8)


def _extremes(low: npt.NDArray[_Number], high: npt.NDArray[_Number], size: int) -> npt.NDArray[_Number]:
    """Take min of `low` and max of `high` over runs of `size`, as rows of two."""
    whole = len(low) // size * size
    least = low[:whole].reshape(-1, size).min(axis=1)
    most = high[:whole].reshape(-1, size).max(axis=1)
    if whole < len(low):
        least = np.append(least, low[whole:].min())
        most = np.append(most, high[whole:].max())
    return np.stack((least, most), axis=1)
