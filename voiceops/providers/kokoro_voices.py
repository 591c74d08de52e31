"""Kokoro's English voices: who they are, how fast and how high they speak, as measured here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voiceops.providers.base import NEUTRAL, Capabilities, Control, Support, Voice

SAMPLES: Final = Path(__file__).parent / "samples"
STYLES: Final = Path(__file__).parent / "kokoro_styles.npz"
STYLES_SHA256: Final = "afb29c484f38780a16f160c0608a799ef32dae7a49617d3b8edaf259e7d64661"
"""Of their figures, as `kokoro_styles.digest` reckons it."""

CAPABILITIES: Final = Capabilities(
    tones=(NEUTRAL, "warm", "friendly", "energetic", "calm", "serious"),
    tone=Support.NATIVE,
    speed=Control(Support.NATIVE, 0.5, 1.5, 1.0),
    emphasis=Control(Support.NATIVE, 0.0, 2.0, 1.0),
    pitch=Control(Support.NATIVE, -3.0, 3.0, 0.0),
    sentence_gap_ms=Control(Support.NATIVE, 0, 2000, 250),
    pauses=Support.NATIVE,
    word_timings=True,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a voice, whose id tells accent and gender. `middle_hz` is its pitch's median, `grade` its makers' own."""

    id: str
    middle_hz: float
    words_per_minute: int
    grade: str
    name: str
    manner: str = ""

    @property
    def british(self) -> bool:
        """Whether it speaks as the British do, and not as Americans."""
        return self.id.startswith("b")

    @property
    def woman(self) -> bool:
        """Whether it is a woman's voice, and not a man's."""
        return self.id[1] == "f"

    def voice(self) -> Voice:
        """The voice as people choose it."""
        manner = f", {self.manner}" if self.manner else ""
        return Voice(
            id=f"kokoro/{self.id}",
            name=self.name,
            description=f"{'Woman' if self.woman else 'Man'}, {self._height} pitch{manner}. Graded {self.grade} by its makers.",
            provider="kokoro",
            language="en-GB" if self.british else "en-US",
            licence="Apache-2.0",
            words_per_minute=self.words_per_minute,
            capabilities=CAPABILITIES,
            sample=SAMPLES / f"kokoro-{self.id}.flac",
        )

    @property
    def _height(self) -> str:
        """How high it is among voices of its kind."""
        low, high = (165, 195) if self.woman else (105, 130)
        return "low" if self.middle_hz < low else "high" if self.middle_hz > high else "medium"


VOICES: Final = {
    facts.id: facts
    for facts in (
        Facts("af_heart", 188.0, 184, "A", "Heart (Kokoro)"),
        Facts("af_bella", 189.0, 180, "A-", "Bella"),
        Facts("af_nicole", 139.0, 132, "B-", "Nicole", "whispers"),
        Facts("af_aoede", 168.0, 200, "C+", "Aoede"),
        Facts("af_kore", 142.0, 183, "C+", "Kore"),
        Facts("af_sarah", 180.0, 186, "C+", "Sarah"),
        Facts("am_fenrir", 128.0, 192, "C+", "Fenrir"),
        Facts("am_michael", 106.0, 166, "C+", "Michael"),
        Facts("am_puck", 111.0, 202, "C+", "Puck"),
        Facts("af_alloy", 133.0, 172, "C", "Alloy"),
        Facts("af_nova", 149.0, 181, "C", "Nova"),
        Facts("af_sky", 156.0, 183, "C-", "Sky"),
        Facts("af_jessica", 197.0, 195, "D", "Jessica"),
        Facts("af_river", 173.0, 196, "D", "River"),
        Facts("am_echo", 102.0, 173, "D", "Echo"),
        Facts("am_eric", 143.0, 200, "D", "Eric"),
        Facts("am_liam", 113.0, 194, "D", "Liam"),
        Facts("am_onyx", 85.0, 158, "D", "Onyx"),
        Facts("am_santa", 148.0, 159, "D-", "Santa"),
        Facts("am_adam", 107.0, 188, "F+", "Adam"),
        Facts("bf_emma", 174.0, 188, "B-", "Emma"),
        Facts("bf_isabella", 200.0, 181, "C", "Isabella"),
        Facts("bm_fable", 110.0, 154, "C", "Fable"),
        Facts("bm_george", 134.0, 157, "C", "George"),
        Facts("bm_lewis", 97.0, 163, "D+", "Lewis"),
        Facts("bf_alice", 200.0, 173, "D", "Alice"),
        Facts("bf_lily", 164.0, 172, "D", "Lily"),
        Facts("bm_daniel", 117.0, 177, "D", "Daniel"),
    )
}
"""By id: Americans first, of each accent the best graded first."""
