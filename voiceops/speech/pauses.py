"""The pauses of a signal, told from the peaks that are kept of it, so that nothing has to be decoded."""

from dataclasses import dataclass
from typing import Final

import numpy as np

SHORTEST_MS: Final = 200
"""Shorter silences belong to the sounds around them: the closures of p, t and k last up to about 150 ms."""
SILENT_UP_TO: Final = 1
"""The least a peak can be besides 0, of 127: -42 dBFS."""
SILENT_BELOW_LOUDEST_DB: Final = 40.0


@dataclass(frozen=True, slots=True)
class Pauses:
    """How many there are between the first sound and the last, and how long all of them are, in ms."""

    count: int
    total_ms: int


def pauses(peaks: bytes, *, samples_per_peak: int, sample_rate_hz: int) -> Pauses:
    """Count the silences of at least 200 ms, to the length of a peak, from int8 pairs of lowest and highest."""
    pairs = np.frombuffer(peaks, np.int8).reshape(-1, 2).astype(np.int16)
    height = np.abs(pairs).max(axis=1)
    quiet = max(SILENT_UP_TO, int(height.max(initial=0)) * 10 ** (-SILENT_BELOW_LOUDEST_DB / 20))
    sounding = np.flatnonzero(height > quiet)
    gaps_ms = (np.diff(sounding) - 1) * (samples_per_peak * 1000 / sample_rate_hz)
    long = gaps_ms[gaps_ms >= SHORTEST_MS]
    return Pauses(len(long), round(float(long.sum())))
