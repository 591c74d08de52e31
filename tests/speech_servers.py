"""Speech servers to ask: a real one that others wrote, and one of our own that answers in ways no real one should."""

import asyncio
import json
import os
import socket
import struct
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest
import soundfile
from conftest import Json, Studio

from voiceops.config import Settings, settings
from voiceops.jobs import Again
from voiceops.worker import open_studio, perform

HOME = Path(__file__).parent.parent / ".venv" / "speech-server"
VOICE = "en_US-joe-medium"
KEY = "sk-the-key-of-the-studio"
LONGEST = 4096


@dataclass
class Real:
    """A running server that others wrote."""

    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def real() -> Iterator[Real]:
    """Run loudness-tts as it comes from PyPI, in its own environment, with one voice and one key."""
    program = HOME / "bin" / "python"
    assert program.exists(), "The speech server is not installed: make .venv/speech-server/.made"
    port = free_port()
    options = {"--voice": VOICE, "--port": str(port), "--api-key": KEY, "--threads": "1", "--max-characters": str(LONGEST)}
    command: list[str | Path] = [
        program,
        "-m",
        "loudness_tts",
        "serve",
        "--offline",
        "--quiet",
        *(word for pair in options.items() for word in pair),
    ]
    process = subprocess.Popen(command, env={**os.environ, "LOUDNESS_TTS_HOME": str(HOME)})
    try:
        _await_health(f"http://127.0.0.1:{port}/health", process)
        yield Real(f"http://127.0.0.1:{port}/v1", process)
    finally:
        process.kill()
        process.wait()


def _await_health(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            if httpx.get(url, trust_env=False).status_code == httpx.codes.OK:
                return
        time.sleep(0.1)
    raise AssertionError("The speech server did not start.")


def use(monkeypatch: pytest.MonkeyPatch, told: Mapping[str, str]) -> Settings:
    """Settings in which the provider `speech` alone is on, and `VOICEOPS_SPEECH_*` are as told."""
    monkeypatch.setenv("VOICEOPS_PROVIDERS", "speech")
    for name, value in told.items():
        monkeypatch.setenv(f"VOICEOPS_SPEECH_{name}", value)
    settings.cache_clear()
    return settings()


@dataclass
class Attempt:
    """What one attempt came to: the generation after it, and the seconds until the next, if there is to be one."""

    generation: Json
    wait: float | None

    @property
    def error(self) -> tuple[str, str]:
        """Code and message."""
        error = self.generation["error"]
        return error["code"], error["message"]


async def attempt(studio: Studio, generation: Json) -> Attempt:
    """Make one attempt at a generation, as a worker with the studio's settings would."""
    work = open_studio(studio.settings)
    wait = None
    try:
        await perform(work, UUID(generation["id"]))
    except Again as again:
        wait = again.wait
    finally:
        for provider in work.providers.values():
            await provider.close()
        await work.database.close()
    return Attempt(await studio.until(f"/generations/{generation['id']}", lambda _: True), wait)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


@dataclass
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Faulty:
    """A server that answers as told: each request takes the next answer, the last of them for ever."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection, and close it."""
        head, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.asked.append(Asked(head.split()[1], headers, json.loads(body)))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        try:
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)
        except ConnectionError:
            self.hung_up.set()
        finally:
            writer.close()


@asynccontextmanager
async def faulty() -> AsyncIterator[Faulty]:
    """Run such a server."""
    told = Faulty()
    server = await asyncio.start_server(told.serve, "127.0.0.1", 0)
    told.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with server:
        yield told


def http(status: int, body: bytes | dict[str, Any] = b"", **headers: str) -> bytes:
    """A whole answer; header names in Python's spelling."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "audio/wav" if content.startswith(b"RIFF") else "application/json"
    named = {"content-type": kind, "content-length": str(len(content)), "connection": "close"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} So\r\n{lines}\r\n".encode() + content


def trickling(head: bytes, block: bytes, pause_s: float = 0.0) -> Answer:
    """An answer that begins with `head` and goes on with `block` for ever."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(block)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return answer


def beep(seconds: float = 0.5, *, rate: int = 24_000, lead_s: float = 0.0, tail_s: float = 0.0, channels: int = 1) -> bytes:
    """A tone as WAV of 16 bits, with silence before and after."""
    tone = 0.3 * np.cos(2 * np.pi * 440 / rate * np.arange(round(seconds * rate)))
    samples = np.concatenate([np.zeros(round(lead_s * rate)), tone, np.zeros(round(tail_s * rate))])
    file = BytesIO()
    soundfile.write(file, np.stack([samples] * channels, axis=1), rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def streamed(wav: bytes) -> bytes:
    """The same as a server writes it that does not know the length yet."""
    return wav[:4] + struct.pack("<I", 0xFFFFFFFF) + wav[8:40] + struct.pack("<I", 0xFFFFFFFF) + wav[44:]


def silences(samples: np.ndarray[Any, Any], rate: int, *, quiet: float = 0.003) -> list[float]:
    """The lengths in seconds of the stretches in which nothing sounds, those at the ends excluded."""
    loud = np.flatnonzero(np.abs(samples) > quiet)
    gaps = np.diff(loud) / rate
    return [round(float(gap), 3) for gap in gaps if gap > 0.1]
