"""A limiter that looks ahead, and knows what lies between the samples as meters do."""

from typing import Final

import numpy as np

from voiceops.speech.loudness import interpolators
from voiceops.speech.signal import Samples

REACH_MS: Final = 20
"""The gain begins to fall so long before a peak and is back as long after it: too slowly to be heard as distortion."""
_BLOCK: Final = 1 << 20


def limit(samples: Samples, sample_rate_hz: int, ceiling: float) -> Samples:
    """Turn samples down around each peak above `ceiling` (linear), between samples too; what is far from one stays as it is.

    The channels are turned down together, so that nothing moves from side to side.
    """
    reach = max(1, sample_rate_hz * REACH_MS // 4000)
    margin = 4 * reach + interpolators().shape[1]
    limited = samples.copy()
    for start in range(0, len(samples), _BLOCK):
        first = max(0, start - margin)
        near = samples[first : start + _BLOCK + margin]
        peaks = _peaks(near)
        if peaks.max() > ceiling:
            wanted = (ceiling / np.maximum(peaks, ceiling)).astype(np.float32)
            gain = _smooth(_lowest(wanted, 2 * reach), reach)
            limited[start : start + _BLOCK] = (near.T * gain).T[start - first :][:_BLOCK]
    return limited


def _peaks(samples: Samples) -> Samples:
    """The magnitude of each sample or of what lies next to it, whichever is higher, of the loudest channel."""
    peaks = np.zeros(len(samples), np.float32)
    for channel in samples.reshape(len(samples), -1).T:
        np.maximum(peaks, np.abs(channel), out=peaks)
        for phase in interpolators():
            between = np.abs(np.convolve(channel, phase[::-1])[len(phase) // 2 :][: len(peaks)])
            np.maximum(peaks, between, out=peaks)
    return peaks


def _lowest(gain: Samples, reach: int) -> Samples:
    """The lowest within `reach` samples on either side, by windows that double in width."""
    lowest = np.pad(gain, reach, constant_values=1.0)
    width, whole = 1, 2 * reach + 1
    while width < whole:
        step = min(width, whole - width)
        lowest = np.minimum(lowest[:-step], lowest[step:])
        width += step
    return lowest


def _smooth(gain: Samples, reach: int) -> Samples:
    """Average twice over `reach` samples on either side: none of what is averaged is above what the middle needs."""
    width = 2 * reach + 1
    smooth = np.pad(gain.astype(np.float64), 2 * reach, constant_values=1.0)
    for _ in range(2):
        sums = np.concatenate(([0.0], np.cumsum(smooth)))
        smooth = (sums[width:] - sums[:-width]) / width
    return smooth.astype(np.float32)
