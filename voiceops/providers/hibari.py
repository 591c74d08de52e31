"""hibari: one American English voice, Apache-2.0, whose model comes inside its package. Always there, far faster than real time."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from voiceops.providers.alphabet import unspeakable
from voiceops.providers.base import NEUTRAL, Capabilities, Control, Progress, ProviderError, Request, Speech, Support, Voice
from voiceops.providers.delivery import fit
from voiceops.providers.engine import Engine

SAMPLES = Path(__file__).parent / "samples"

CAPABILITIES = Capabilities(
    tones=(NEUTRAL, "warm", "friendly", "energetic", "calm", "serious"),
    tone=Support.NATIVE,
    speed=Control(Support.NATIVE, 0.5, 2.0, 1.0),
    emphasis=Control(Support.NATIVE, 0.0, 2.0, 1.0),
    pitch=Control(Support.NATIVE, -2.0, 2.0, 0.0),
    sentence_gap_ms=Control(Support.NATIVE, 0, 2000, 250),
    pauses=Support.NATIVE,
    word_timings=True,
)

HEART = Voice(
    id="hibari/heart",
    name="Heart",
    description="A clear, friendly American woman's voice. Speaks at once, right on this machine.",
    provider="hibari",
    language="en-US",
    licence="Apache-2.0",
    words_per_minute=225,  # median of the demo's scripts, without their pauses; they lie between 194 and 277
    capabilities=CAPABILITIES,
    sample=SAMPLES / "hibari-heart.flac",
)


class Hibari:
    """The provider of hibari's voice. The model is loaded by a child process at the first request."""

    name = "hibari"

    def __init__(self, *, threads: int | None = None) -> None:
        self.engine = Engine("voiceops.providers.hibari_model:HibariModel", threads=threads)

    @property
    def voices(self) -> Sequence[Voice]:
        """Its one voice."""
        return (HEART,)

    async def open(self) -> None:
        """Start the engine."""
        await self.engine.open()

    def unspeakable(self, voice: str, text: str) -> tuple[str, ...]:  # noqa: ARG002 - it has one voice
        """The distinct characters of `text` it would leave out."""
        return unspeakable(text)

    async def speak(self, request: Request, progress: Progress) -> Speech:
        """Speak; raises `ProviderError`."""
        if request.voice != HEART.id:
            raise ProviderError(f"There is no voice {request.voice}.", code="unknown_voice", transient=False)
        fitted, adjusted = fit(request, CAPABILITIES)
        speech = await self.engine.speak(fitted, progress)
        return replace(speech, applied={**speech.applied, "adjusted": adjusted})

    async def close(self) -> None:
        """End the child process."""
        await self.engine.close()
