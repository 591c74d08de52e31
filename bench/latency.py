"""How long one waits for ten words, and how much of that is not the engine."""

import json
import queue
import threading
import time
from contextlib import suppress
from statistics import median

import httpx

from bench import bare
from bench.figure import Figure
from bench.machine import load
from bench.studio import Studio

ROUNDS, WARMING_ROUNDS = 50, 5
LIMIT_S, OUTSIDE_LIMIT_MS = 1.5, 150.0
PATIENCE_S = 60.0
NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve")
DAYS = ("Monday", "Tuesday", "Thursday", "Friday", "Sunday")
SENTENCES = tuple(f"All {number} parcels left our warehouse and arrive next {day} morning." for day in DAYS for number in NUMBERS)


class Listener:
    """Hears by server-sent events, as the page does, that a generation has ended; notes when."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._ended: queue.Queue[tuple[str, str, float]] = queue.Queue()
        self._ready = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        if not self._ready.wait(PATIENCE_S):
            raise RuntimeError("no live events")

    def ended(self, generation: str) -> float:
        """When it succeeded, by this process's clock."""
        while True:
            known, action, heard = self._ended.get(timeout=PATIENCE_S)
            if known == generation and action == "generation.succeed":
                return heard
            if known == generation and action == "generation.fail":
                raise RuntimeError(f"the generation {generation} failed")

    def _listen(self) -> None:
        with suppress(httpx.TransportError), self._client.stream("GET", "/events", timeout=None) as stream:
            for line in stream.iter_lines():
                self._ready.set()
                if line.startswith("data: {") and "subject" in (told := json.loads(line[6:])):
                    self._ended.put((told["subject"]["id"], told["action"], time.perf_counter()))


def ten_words(studio: Studio) -> list[Figure]:
    """Ask for one sentence after the other on a studio with nothing else to do."""
    before = load()
    cookies = studio.sign_in()
    with httpx.Client(base_url=f"{studio.url}/api/v1", cookies=cookies, timeout=PATIENCE_S) as client:
        listener = Listener(httpx.Client(base_url=f"{studio.url}/api/v1", cookies=cookies))
        path = f"/projects/{studio.project(cookies)}/assets"
        asset = client.post(path, json={"key": "bench/latency", "title": "Latency"}).raise_for_status().json()["id"]
        for sentence in SENTENCES[:WARMING_ROUNDS]:
            _once(client, listener, asset, sentence)
        took = [(_once(client, listener, asset, sentence), bare.speak(sentence)) for sentence in SENTENCES[:ROUNDS]]
    whole = median(total for total, _ in took)
    outside = median(total - engine for total, engine in took) * 1000
    bare_ms = median(engine for _, engine in took) * 1000
    how = f"POST until the success is heard by server-sent events, one at a time; median of {ROUNDS}"
    less = f"the same, less what the stock engine (one thread, warm) needs for that sentence right after, {bare_ms:.0f} ms; median"
    return [
        Figure("ten words, submit to ready", f"{whole:.2f} s", f"<= {LIMIT_S:g} s", whole <= LIMIT_S, before, how),
        Figure(
            "of which not the engine", f"{outside:.0f} ms", f"<= {OUTSIDE_LIMIT_MS:g} ms", outside <= OUTSIDE_LIMIT_MS, before, less
        ),
    ]


def _once(client: httpx.Client, listener: Listener, asset: str, sentence: str) -> float:
    began = time.perf_counter()
    answer = client.post(f"/assets/{asset}/generations", json={"text": sentence, "voice": "hibari/heart"})
    return listener.ended(answer.raise_for_status().json()["id"]) - began
