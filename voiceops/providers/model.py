"""What an engine's model is to the process that runs it: tokens and prosody in, sound and its durations out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Prosody:
    """How to speak a run of tokens. Each array has one figure a token.

    `speed` and `pitch` are factors, `gain_db` is in dB, `pitch_range` stretches the melody about its middle.
    """

    speed: Floats
    pitch: Floats
    gain_db: Floats
    pitch_range: float = 1.0

    def cut(self, begin: int, end: int) -> "Prosody":
        """The prosody of the tokens from `begin` to before `end`."""
        return Prosody(self.speed[begin:end], self.pitch[begin:end], self.gain_db[begin:end], self.pitch_range)


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono samples, and how many of them each token lasts (together: all of them)."""

    samples: Floats
    durations: Integers


class Model(Protocol):
    """A loaded engine. `infer` is called by several threads at once and must give the same samples for the same call."""

    sample_rate: int
    longest: int
    """Tokens it takes at a time."""
    passage: int
    """Characters of a script it should speak at a time."""
    lag_s: float
    """How much earlier a sound begins than the durations say, in the mean."""
    facts: Mapping[str, object]
    """Name, versions and hashes: what proves where the audio came from."""

    def british(self, voice: str) -> bool:
        """Whether a voice reads as the British do."""

    def infer(self, voice: str, tokens: Sequence[int], prosody: Prosody, seed: int) -> Sound:
        """Speak tokens of the shared vocabulary, the padding at both ends included."""
