"""Say-back on clean takes and on takes with one fault: with the voice its figures were set on, and with another."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

import httpx
import numpy as np
import soundfile

from bench.figure import Figure
from bench.machine import load
from bench.sayings import SAYINGS, Saying
from voiceops import providers
from voiceops.examiner import Report, Subject
from voiceops.examiner.examine import Examination
from voiceops.providers.base import Provider, Request, Speech
from voiceops.providers.markup import parse

HOME: Final = Path(sys.prefix) / "speech-server"
JOE: Final = "en_US-joe-medium"
KEY: Final = "sk-bench"
FAULTS: Final = ("swapped", "dropped", "cut at 75 %")
LEAST_CAUGHT: Final = 22
ALIGNED_MS: Final = 200
NOBODY: Final = Figure("say-back on another voice", "not measured", ">= 22 of 24", None, 0.0, "no other voice is installed")


def say_back() -> list[Figure]:
    """Measure it on hibari, on which its figures were set, and on every other voice that is at hand."""
    figures = asyncio.run(_measured("hibari", "hibari/heart", providers.load(["hibari"])["hibari"]))
    others: list[Figure] = []
    if "kokoro" in providers.PROVIDERS:
        kokoro = providers.load(["kokoro"])["kokoro"]
        others += asyncio.run(_measured("kokoro", kokoro.voices[0].id, kokoro))
    if (HOME / "bin" / "python").exists():
        with _speech_server() as options:
            joe = providers.load(["speech"], {"speech": options})["speech"]
            others += asyncio.run(_measured("joe (piper)", f"speech/{JOE}", joe))
    return figures + (others or [NOBODY])


async def _measured(name: str, voice: str, provider: Provider) -> list[Figure]:
    before, examination = load(), Examination()
    caught: Counter[str] = Counter()
    false, by_turns, cpu_ms, audio_ms, errors = 0, 0, 0, 0, []
    try:
        for at, saying in enumerate(SAYINGS):
            clean = await _speak(provider, voice, saying.text)
            report = _examined(examination, saying, clean.audio)
            false += _differs(report)
            cpu_ms, audio_ms = cpu_ms + report.cpu_ms, audio_ms + report.facts["audio_ms"]
            if clean.words and report.words:
                pairs = zip(report.words, clean.words, strict=True)
                errors += [abs(aligned["start_ms"] - told.start_ms) for aligned, told in pairs]
            faulty = await _faulty(provider, voice, saying, clean)
            found = {fault: _differs(_examined(examination, saying, audio)) for fault, audio in faulty.items()}
            caught.update(found)
            by_turns += found[FAULTS[at % len(FAULTS)]]
    finally:
        await provider.close()
    kinds = ", ".join(f"{fault} {caught[fault]}" for fault in FAULTS)
    many = len(SAYINGS)
    how = "figures set on hibari alone; each sentence once, swapped, dropped and cut by turns"
    cost = f"{cpu_ms / audio_ms * 1000:.0f} ms of a processor a second"
    figures = [
        Figure(f"say-back, {name}: false of {many} clean", f"{false}", "0", false == 0, before, how),
        Figure(f"say-back, {name}: caught of {many}", f"{by_turns}", f">= {LEAST_CAUGHT}", by_turns >= LEAST_CAUGHT, before, how),
        Figure(f"say-back, {name}: caught, {many} each", kinds, "reported", None, before, "every sentence with every fault"),
        Figure(f"examination, {name}", cost, "reported", None, before, "all checks and the alignment, of the clean takes"),
    ]
    if errors:
        p95 = float(np.quantile(errors, 0.95))
        how = f"{len(errors)} words, aligned against the voice's own times; median {np.median(errors):.0f} ms, most {max(errors)}"
        name_p95 = f"aligned words, {name}, p95"
        figures.append(Figure(name_p95, f"{p95:.0f} ms", f"<= {ALIGNED_MS} ms", p95 <= ALIGNED_MS, before, how))
    return figures


async def _faulty(provider: Provider, voice: str, saying: Saying, clean: Speech) -> Mapping[str, bytes]:
    samples, rate = soundfile.read(BytesIO(clean.audio), dtype="int16")
    cut = BytesIO()
    soundfile.write(cut, samples[: len(samples) * 3 // 4], rate, format="WAV", subtype="PCM_16")
    swapped = (await _speak(provider, voice, saying.swapped)).audio
    dropped = (await _speak(provider, voice, saying.shorter)).audio
    return dict(zip(FAULTS, (swapped, dropped, cut.getvalue()), strict=True))


async def _speak(provider: Provider, voice: str, text: str) -> Speech:
    async def ignore(_share: float) -> None:
        pass

    return await provider.speak(Request("bench", voice, parse(text)), ignore)


def _examined(examination: Examination, saying: Saying, audio: bytes) -> Report:
    subject = Subject(saying.text, "en-US", speed=1.0, sentence_gap_ms=250, words_per_minute=None, timed=False)
    return examination.examine(subject, audio)


def _differs(report: Report) -> bool:
    return bool(report.say_back and report.say_back["wrong"])


@contextmanager
def _speech_server() -> Iterator[Mapping[str, object]]:
    """Run the speech server of the tests; gives what the provider `speech` is made with."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = tried.getsockname()[1]
    command: list[str | Path] = [HOME / "bin" / "python", "-m", "loudness_tts", "serve", "--offline", "--quiet", "--voice", JOE]
    command += ["--port", str(port), "--api-key", KEY, "--threads", "1"]
    server = subprocess.Popen(command, env={**os.environ, "LOUDNESS_TTS_HOME": str(HOME)})  # noqa: S603 - our own
    try:
        _await(f"http://127.0.0.1:{port}/health")
        usual = {"key": KEY, "model": "tts-1", "language": "en-US", "licence": "see its card", "price": 0, "currency": None}
        bounds = {"max_characters": 4096, "max_bytes": 1 << 28, "timeout": 300.0, "max_seconds": 3600}
        url = f"http://127.0.0.1:{port}/v1"
        yield {"url": url, "voices": f"{JOE}=Joe", "instructions": False, **usual, **bounds}
    finally:
        server.kill()
        server.wait()


def _await(url: str) -> None:
    for _ in range(600):
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("the speech server does not start")
