"""A gain for every token as one for every sample."""

import numpy as np

from voiceops.providers.model import Floats, Integers

_BORDER = np.hanning(721).astype(np.float32)
"""How the gain moves from one token's to the next: over 30 ms at 24 kHz."""


def gain(gain_db: Floats, lengths: Integers) -> Floats:
    """Factors for the samples of tokens that last `lengths` samples each."""
    steps = np.repeat(10 ** (gain_db / 20), lengths).astype(np.float32)
    return np.convolve(np.pad(steps, len(_BORDER) // 2, mode="edge"), _BORDER / _BORDER.sum(), "valid").astype(np.float32)
