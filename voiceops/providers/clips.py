"""Makes the clips the voice picker plays: `python -m voiceops.providers.clips`. They are committed; run it when a voice changes."""

import asyncio
import sys

from voiceops.providers import load
from voiceops.providers.base import Request, Voice
from voiceops.providers.markup import parse

SENTENCE = "Hello, and thank you for calling. How can I help you *today*?"


async def _nobody_watches(share: float) -> None:
    """Take progress and do nothing."""


async def make(names: list[str]) -> list[Voice]:
    """Write the clip of every voice of the named providers that has a place for one; returns those voices."""
    providers = load(names)
    made = []
    for provider in providers.values():
        for voice in provider.voices:
            if voice.sample:
                request = Request(id=voice.id, voice=voice.id, text=parse(SENTENCE), tone="friendly")
                speech = await provider.speak(request, _nobody_watches)
                voice.sample.parent.mkdir(exist_ok=True)
                voice.sample.write_bytes(speech.audio)
                made.append(voice)
        await provider.close()
    return made


if __name__ == "__main__":
    for voice in asyncio.run(make(sys.argv[1:] or ["hibari"])):
        sys.stdout.write(f"{voice.sample}\n")
