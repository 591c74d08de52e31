"""One request to an OpenAI-compatible speech server, `POST {url}/audio/speech`: no redirects, no retries, all of it bounded."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from voiceops.providers.base import ProviderError
from voiceops.providers.speech_refusal import clean, refusal

CONNECT_S = 10.0
_REFUSAL_BYTES = 16 * 1024
_FACT_CHARACTERS = 200
_FACTS = ("x-request-id", "openai-model", "openai-processing-ms", "openai-version", "x-voice-id", "x-voice-credit", "server")
"""Headers that tell where the audio came from; all others stay out of the record."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent: bytes that begin as WAV or FLAC does, and the headers that tell of it."""

    audio: bytes
    facts: Mapping[str, str]

    @property
    def media_type(self) -> str:
        """By its first bytes: headers are often wrong."""
        return "audio/flac" if self.audio.startswith(b"fLaC") else "audio/wav"


class Line:
    """The way to one server. Each request has `timeout_s` in all, however slowly bytes trickle in.

    Connections are not kept: what a request costs to open is nothing beside speaking, and a kept one may be dead when needed.
    """

    def __init__(self, url: str, key: str | None, *, timeout_s: float) -> None:
        self._url = f"{url}/audio/speech"
        self._key = key
        self._timeout_s = timeout_s
        headers = {"Accept": "audio/wav, audio/flac", "Accept-Encoding": "identity", "User-Agent": "VoiceOps"}
        self._client = httpx2.AsyncClient(
            headers={**headers, "Authorization": f"Bearer {key}"} if key else headers,
            timeout=httpx2.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s), pool=None),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
            follow_redirects=False,
        )

    async def ask(self, body: Mapping[str, object], *, request_id: str, at_most: int) -> Answer:
        """Ask for one text, spoken in at most so many bytes. Raises `ProviderError`; cancelled, it hangs up."""
        names = {"Idempotency-Key": request_id, "X-Request-Id": request_id}
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._client.stream("POST", self._url, json=body, headers=names) as response,
            ):
                if not response.is_success:
                    said = await _read(response, _REFUSAL_BYTES)
                    raise refusal(response.status_code, response.headers, said[:_REFUSAL_BYTES], self._key)
                audio = await _read(response, at_most)
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise ProviderError("The speech server did not answer in time.", code="timeout", transient=True) from error
        except httpx2.ConnectError as error:
            raise ProviderError("The speech server cannot be reached.", code="unreachable", transient=True) from error
        except httpx2.HTTPError as error:
            message = "The connection to the speech server broke while it spoke."
            raise ProviderError(message, code="connection_lost", transient=True) from error
        return self._examined(response, audio, at_most)

    def _examined(self, response: httpx2.Response, audio: bytes, at_most: int) -> Answer:
        """The answer, if it can be kept. Whether it is whole is found out by whoever decodes it."""
        if response.headers.get("content-encoding", "identity") != "identity":
            raise ProviderError("The speech server answered compressed, unasked.", code="not_audio", transient=False)
        if len(audio) > at_most:
            message = "The speech server sent more audio than is accepted (VOICEOPS_SPEECH_MAX_BYTES)."
            raise ProviderError(message, code="too_large", transient=False)
        if not audio.startswith((b"RIFF", b"fLaC")):
            kind = clean(response.headers.get("content-type", "something nameless"), secret=self._key, longest=60)
            message = f"The speech server answered with {kind} instead of the WAV it was asked for."
            raise ProviderError(message, code="not_audio", transient=False)
        told = {name: response.headers[name] for name in _FACTS if name in response.headers}
        return Answer(audio, {name: clean(value, secret=self._key, longest=_FACT_CHARACTERS) for name, value in told.items()})

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()


async def _read(response: httpx2.Response, at_most: int) -> bytes:
    """The body as it comes, not decompressed, and no further than just beyond `at_most`."""
    body = bytearray()
    async for block in response.aiter_raw():
        body += block
        if len(body) > at_most:
            break
    return bytes(body)
