"""How a script is spoken: the delivery as it is asked for, with its defaults."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """Tone by name, speed as a factor, emphasis as strength of marked words, pitch in semitones, gap between sentences in ms."""

    tone: str = "neutral"
    speed: float = 1.0
    emphasis: float = 1.0
    pitch: float = 0.0
    sentence_gap_ms: int = 250
