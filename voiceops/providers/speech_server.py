"""`speech`: the voices of any server that speaks OpenAI's `POST /audio/speech`, here or at a vendor's, free or at a price.

The protocol is the provider, not a vendor. It says little of what a voice can do, so little is promised: pace, pauses of our own
making, and a tone where the operator says that the model follows instructions.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from voiceops.providers.base import NEUTRAL, Capabilities, Control, Progress, ProviderError, Request, Speech, Support, Voice
from voiceops.providers.chunks import SENTENCE_GAP_MS, Chunks, cut
from voiceops.providers.delivery import fit

if TYPE_CHECKING:
    from voiceops.providers.speech_request import Answer, Line

WORDS_PER_MINUTE = 160

INSTRUCTIONS = {
    "warm": "Speak in a warm, caring tone.",
    "friendly": "Speak in a friendly, cheerful tone.",
    "energetic": "Speak in a lively, energetic tone.",
    "calm": "Speak in a calm, soothing tone.",
    "serious": "Speak in a serious, factual tone.",
}
"""By tone, what a model that takes instructions is told."""

_NAME = re.compile(r"[^\s/,=?#%]{1,100}")
_BASE = re.compile(r"https?://[^\s?#]+\Z")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What an operator says of a server. Prices in millionths of `currency`, bounds of one request in characters and seconds.

    `max_bytes` and `max_seconds` bound the audio of a whole script. Raises `ValueError` for what cannot be.
    """

    url: str | None
    key: str | None
    model: str
    voices: str
    language: str
    licence: str
    price: int
    currency: str | None
    instructions: bool
    max_characters: int
    max_bytes: int
    max_seconds: float
    timeout: float

    def __post_init__(self) -> None:
        if not self.url:
            raise ValueError("The provider speech is on, but VOICEOPS_SPEECH_URL does not say where the server is.")
        if not _is_base(self.url):
            raise ValueError("VOICEOPS_SPEECH_URL must be a base address such as http://127.0.0.1:8880/v1.")
        parts = urlsplit(self.url)
        if parts.username is not None or parts.password is not None:
            raise ValueError("VOICEOPS_SPEECH_URL must hold no name and password; the secret belongs in VOICEOPS_SPEECH_KEY.")
        if self.key is not None and not re.fullmatch(r"[!-~]+", self.key):
            raise ValueError("VOICEOPS_SPEECH_KEY must be one word of printable ASCII characters.")
        if self.price and not _CURRENCY.fullmatch(self.currency or ""):
            raise ValueError("VOICEOPS_SPEECH_PRICE needs VOICEOPS_SPEECH_CURRENCY, three capital letters such as EUR.")

    @property
    def origin(self) -> str:
        """Where the server is, without the path."""
        parts = urlsplit(self.url or "")
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def names(self) -> Mapping[str, str]:
        """The voices by the server's id, with the name people see."""
        named: dict[str, str] = {}
        for entry in filter(None, (entry.strip() for entry in self.voices.split(","))):
            voice, _, name = (part.strip() for part in entry.partition("="))
            if not _NAME.fullmatch(voice) or voice in named:
                raise ValueError(f"VOICEOPS_SPEECH_VOICES cannot hold {entry!r}: write id or id=Name, each id once.")
            named[voice] = name or voice
        if not named:
            raise ValueError("VOICEOPS_SPEECH_VOICES must name a voice of the server, such as alloy or alloy=Alloy.")
        return named


class SpeechServer:
    """The provider of a server's voices. It opens no connection before it is asked to speak."""

    name = "speech"

    def __init__(self, **configuration: object) -> None:
        self._known = Configuration(**configuration)  # type: ignore[arg-type] # checked by whoever read the environment
        self._capabilities = _capabilities(instructions=self._known.instructions)
        self._voices = tuple(self._voice(voice, name) for voice, name in self._known.names.items())
        self._line: Line | None = None

    def _voice(self, voice: str, name: str) -> Voice:
        known = self._known
        return Voice(
            id=f"{self.name}/{voice}",
            name=name,
            description=f"The model {known.model} on a speech server.",
            provider=self.name,
            language=known.language,
            licence=known.licence,
            words_per_minute=WORDS_PER_MINUTE,
            capabilities=self._capabilities,
            price_micros_per_1000_characters=known.price,
            price_currency=known.currency if known.price else None,
        )

    @property
    def voices(self) -> Sequence[Voice]:
        """The configured voices, in their order."""
        return self._voices

    async def open(self) -> None:
        """Nothing has to be started: a server that is down today fails its generations, not the worker."""

    def unspeakable(self, voice: str, text: str) -> tuple[str, ...]:  # noqa: ARG002 - nobody knows what a server leaves out
        """Nothing: what the server cannot say is not known here."""
        return ()

    async def speak(self, request: Request, progress: Progress) -> Speech:
        """Speak chunk after chunk; raises `ProviderError`, or `NotAudio` where an answer that must be joined is none."""
        if request.voice not in {voice.id for voice in self._voices}:
            raise ProviderError(f"There is no voice {request.voice}.", code="unknown_voice", transient=False)
        fitted, adjusted = fit(request, self._capabilities)
        script = cut(fitted.text, self._known.max_characters)
        if not script.chunks:
            raise ProviderError("Nothing in this script can be spoken.", code="nothing_to_say", transient=False)
        answers = await self._answers(fitted, script, progress)
        audio, media_type = await self._whole(answers, script)
        return Speech(
            audio=audio,
            media_type=media_type,
            applied={
                "tone": fitted.tone,
                "speed": fitted.speed,
                "pauses_ms": list(script.pauses_ms),
                "emphasised_words": [],
                "adjusted": adjusted,
            },
            metadata=self._metadata(fitted, script, answers),
        )

    async def _answers(self, request: Request, script: Chunks, progress: Progress) -> list["Answer"]:
        """What the server says, one request after another: parallel ones would only wait for each other, or cost a limit."""
        line = self._opened()
        answers: list[Answer] = []
        left = self._known.max_bytes
        for number, chunk in enumerate(script.chunks, 1):
            body = self._body(request, chunk.text)
            answers.append(await line.ask(body, request_id=f"{request.id}-{number}", at_most=left))
            left -= len(answers[-1].audio)
            if number < len(script.chunks):
                await progress(number / len(script.chunks))
        return answers

    def _body(self, request: Request, text: str) -> Mapping[str, object]:
        """The request's JSON. What is at its default is left out: some servers refuse fields they do not know."""
        body: dict[str, object] = {
            "model": self._known.model,
            "input": text,
            "voice": request.voice.removeprefix(f"{self.name}/"),
            "response_format": "wav",
        }
        if request.speed != 1:
            body["speed"] = request.speed
        if request.tone in INSTRUCTIONS:
            body["instructions"] = INSTRUCTIONS[request.tone]
        return body

    async def _whole(self, answers: Sequence["Answer"], script: Chunks) -> tuple[bytes, str]:
        """One answer as it came; several, or one with a silence about it, joined."""
        if len(answers) == 1 and not script.pauses_ms:
            return answers[0].audio, answers[0].media_type
        from voiceops.providers.speech_joining import join  # noqa: PLC0415 - numpy is not for processes that never speak

        audio = [answer.audio for answer in answers]
        return await asyncio.to_thread(join, audio, script, max_seconds=self._known.max_seconds), "audio/flac"

    def _metadata(self, request: Request, script: Chunks, answers: Sequence["Answer"]) -> Mapping[str, object]:
        return {
            "engine": "speech server",
            "server": self._known.origin,
            "model": self._known.model,
            "voice": request.voice.removeprefix(f"{self.name}/"),
            "sent_characters": sum(len(chunk.text) for chunk in script.chunks),
            "requests": [dict(answer.facts) for answer in answers],
        }

    def _opened(self) -> "Line":
        if self._line is None:
            from voiceops.providers.speech_request import Line  # noqa: PLC0415 - an HTTP client neither

            self._line = Line((self._known.url or "").rstrip("/"), self._known.key, timeout_s=self._known.timeout)
        return self._line

    async def close(self) -> None:
        """Hang up."""
        line, self._line = self._line, None
        if line:
            await line.close()


def _is_base(url: str) -> bool:
    """Whether it is an address of HTTP to which a path can be added."""
    try:
        parts = urlsplit(url)
        return bool(_BASE.match(url) and parts.hostname and parts.port != 0)
    except ValueError:
        return False


def _capabilities(*, instructions: bool) -> Capabilities:
    """Servers clamp and round the pace as they like, so it is called approximate."""
    return Capabilities(
        tones=(NEUTRAL, *INSTRUCTIONS) if instructions else (NEUTRAL,),
        tone=Support.APPROXIMATE if instructions else Support.IGNORED,
        speed=Control(Support.APPROXIMATE, 0.5, 2.0, 1.0),
        emphasis=Control(Support.IGNORED, 1.0, 1.0, 1.0),
        pitch=Control(Support.IGNORED, 0.0, 0.0, 0.0),
        sentence_gap_ms=Control(Support.IGNORED, SENTENCE_GAP_MS, SENTENCE_GAP_MS, SENTENCE_GAP_MS),
        pauses=Support.NATIVE,
        word_timings=False,
    )
