"""A model for the engine's process that hums, and counts how often it was asked to."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from voiceops.providers.model import Prosody, Sound

SAMPLES = 600
"""A token lasts so long."""


class Counting:
    """Leaves one byte a call in the file that COUNTED names."""

    sample_rate = 24_000
    longest = 400
    passage = 320
    lag_s = 0.0
    facts: Mapping[str, object] = {}

    def british(self, voice: str) -> bool:  # noqa: ARG002 - as below
        """It hums alike."""
        return False

    def infer(self, voice: str, tokens: Sequence[int], prosody: Prosody, seed: int) -> Sound:  # noqa: ARG002 - a model's signature
        """Hum."""
        with Path(os.environ["COUNTED"]).open("ab") as file:
            file.write(b".")
        hum = np.sin(np.arange(len(tokens) * SAMPLES) / 20).astype(np.float32)
        return Sound(hum, np.full(len(tokens), SAMPLES))
