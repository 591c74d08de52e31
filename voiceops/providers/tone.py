"""The `tone` provider, for tests and development: every word is a short tone; instant, deterministic, honest about its timings.

Its voices go through the front door like any other, so a fault is chosen by choosing its voice:

| voice | does |
|---|---|
| `tone/plain` | everything, natively |
| `tone/basic` | speed within 0.8..1.25 and pauses; ignores tone, pitch and emphasis, has no word timings |
| `tone/slow` | takes `slow_s` seconds, telling its progress; may be cancelled |
| `tone/late` | takes `late_s` seconds and finishes even when cancelled, as a vendor does that cannot be recalled |
| `tone/flaky` | fails the first two attempts of a request (by its id) with a transient error, then speaks |
| `tone/down` | always fails with a transient error that asks to wait `retry_after_s` seconds |
| `tone/broken` | always fails for good |
| `tone/garbage` | returns bytes that are no audio |
| `tone/truncated` | returns a file cut in half |
| `tone/silent` | returns digital silence of the right length |
| `tone/charged` | speaks as `tone/plain` does, for a price that only budgets see |
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from voiceops.providers.alphabet import unspeakable
from voiceops.providers.base import NEUTRAL, Capabilities, Control, Progress, ProviderError, Request, Speech, Support, Voice
from voiceops.providers.delivery import fit

WORDS_PER_MINUTE = 150

PLAIN = Capabilities(
    tones=(NEUTRAL, "warm", "friendly", "energetic", "calm", "serious"),
    tone=Support.NATIVE,
    speed=Control(Support.NATIVE, 0.5, 2.0, 1.0),
    emphasis=Control(Support.NATIVE, 0.0, 2.0, 1.0),
    pitch=Control(Support.NATIVE, -4.0, 4.0, 0.0),
    sentence_gap_ms=Control(Support.NATIVE, 0, 2000, 250),
    pauses=Support.NATIVE,
    word_timings=True,
)

BASIC = replace(
    PLAIN,
    tones=(NEUTRAL,),
    tone=Support.IGNORED,
    speed=Control(Support.APPROXIMATE, 0.8, 1.25, 1.0),
    emphasis=Control(Support.IGNORED, 1.0, 1.0, 1.0),
    pitch=Control(Support.IGNORED, 0.0, 0.0, 0.0),
    word_timings=False,
)

VOICES = {
    "plain": ("Every control, natively", PLAIN),
    "basic": ("Few controls, no word timings", BASIC),
    "slow": ("Takes its time", PLAIN),
    "late": ("Finishes late, even when cancelled", PLAIN),
    "flaky": ("Fails twice, then speaks", PLAIN),
    "down": ("Always asks to come back later", PLAIN),
    "broken": ("Always fails", PLAIN),
    "garbage": ("Returns no audio", PLAIN),
    "truncated": ("Returns half a file", PLAIN),
    "silent": ("Returns silence", PLAIN),
    "brief": ("Returns a fifth of a millisecond", PLAIN),
    "charged": ("Has a price, and takes no money", PLAIN),
}
PRICE_MICROS = 15_000_007
"""Of 1,000 characters of `tone/charged`, about 15 USD; odd, so that nothing comes out even by chance."""

_FLAKY_FAILURES = 2
_SLOW_STEPS = 10


def _voice(name: str) -> Voice:
    description, capabilities = VOICES[name]
    return Voice(
        id=f"tone/{name}",
        name=f"Tone, {name}",
        description=f"{description}. For tests: tones instead of words.",
        provider="tone",
        language="en-US",
        licence="Apache-2.0",
        words_per_minute=WORDS_PER_MINUTE,
        capabilities=capabilities,
        price_micros_per_1000_characters=PRICE_MICROS if name == "charged" else 0,
        price_currency="USD" if name == "charged" else None,
    )


class ToneProvider:
    """The provider of the tone voices; delays in seconds."""

    name = "tone"

    def __init__(self, *, slow_s: float = 5.0, late_s: float = 5.0, retry_after_s: float = 1.0) -> None:
        self._slow_s = slow_s
        self._late_s = late_s
        self._retry_after_s = retry_after_s
        self._attempts: Counter[str] = Counter()
        self._voices = tuple(_voice(name) for name in VOICES)

    @property
    def voices(self) -> Sequence[Voice]:
        """All its voices, the faultless first."""
        return self._voices

    async def open(self) -> None:
        """Nothing has to be started."""

    def unspeakable(self, voice: str, text: str) -> tuple[str, ...]:  # noqa: ARG002 - they are all alike
        """The distinct characters of `text` it would leave out: the same as of the English voices."""
        return unspeakable(text)

    async def speak(self, request: Request, progress: Progress) -> Speech:
        """Speak, or fail as the voice promises."""
        from voiceops.providers import tone_sound  # noqa: PLC0415 - numpy is not for processes that never speak

        name = request.voice.removeprefix("tone/")
        if name not in VOICES:
            raise ProviderError(f"There is no voice {request.voice}.", code="unknown_voice", transient=False)
        self._fail(name, request.id)
        await self._delay(name, progress)
        fitted, adjusted = fit(request, VOICES[name][1])
        speech = await asyncio.to_thread(tone_sound.speak, fitted, fault=name)
        return self._spoil(name, replace(speech, applied={**speech.applied, "adjusted": adjusted}))

    async def close(self) -> None:
        """Nothing runs on its behalf."""

    def _fail(self, name: str, request_id: str) -> None:
        """Raise what the faulty voices raise."""
        if name == "broken":
            raise ProviderError("This voice is broken and stays so.", code="broken", transient=False)
        if name == "down":
            message = "This voice is down; try later."
            raise ProviderError(message, code="unavailable", transient=True, retry_after=self._retry_after_s)
        if name == "flaky":
            self._attempts[request_id] += 1
            if self._attempts[request_id] <= _FLAKY_FAILURES:
                raise ProviderError("This voice failed; it may not next time.", code="flaky", transient=True)

    async def _delay(self, name: str, progress: Progress) -> None:
        """Wait as the unhurried voices do."""
        if name == "slow":
            for step in range(_SLOW_STEPS):
                await asyncio.sleep(self._slow_s / _SLOW_STEPS)
                await progress((step + 1) / _SLOW_STEPS)
        if name == "late":
            waiting = asyncio.ensure_future(asyncio.sleep(self._late_s))
            while not waiting.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.shield(waiting)

    def _spoil(self, name: str, speech: Speech) -> Speech:
        """The speech as the voices return it that return something wrong."""
        if name == "garbage":
            return replace(speech, audio=b"This is not audio. " * 100)
        if name == "truncated":
            return replace(speech, audio=speech.audio[: len(speech.audio) // 2])
        if name == "basic":
            return replace(speech, words=())
        return speech
