"""How fast a hundred scripts are spoken that are queued at once, against the stock engine by itself."""

import json
import threading
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from statistics import median

import httpx

from bench import bare
from bench.figure import Figure
from bench.machine import children, cores, cpu_ms, load
from bench.studio import Studio, wait_until
from voiceops.api.identity import COOKIE

ROUNDS = 5
SCRIPTS = 100
ASKING_AT_ONCE = 4
LIMIT = 0.5
PATIENCE_S = 300.0
ENDED = (
    "select extract(epoch from max(g.finished_at))::float8, sum(v.duration_ms)::float8 / 1000"
    " from generations g join versions v on v.generation_id = g.id where g.asset_id = %s"
)
SENTENCES = tuple(
    f"Your order number {number} has left our warehouse and arrives tomorrow." for number in range(101, 101 + SCRIPTS)
)


def hundred_scripts(studio: Studio) -> list[Figure]:
    """Queue them, wait for them, and do the same sentences with the bare engine before each round."""
    before = load()
    studio.lift_limits()
    cookies = studio.sign_in()
    project = studio.project(cookies)
    ratios, rates, bares, costs = [], [], [], []
    for round_ in range(ROUNDS):
        bares.append(bare.speak_all(SENTENCES, cores()))
        path = f"{studio.url}/api/v1/projects/{project}/assets"
        body = {"key": f"bench/throughput-{round_}", "title": "Throughput"}
        asset = str(httpx.post(path, json=body, cookies=cookies).raise_for_status().json()["id"])
        spent = _spent(studio)
        rates.append(_speak(studio, cookies, asset))
        costs.append({name: (now - spent[name]) / SCRIPTS for name, now in _spent(studio).items()})
        ratios.append(rates[-1] / bares[-1])
    ratio = median(ratios)
    cost = {name: median(one[name] for one in costs) for name in costs[0]}
    outside = sum(milliseconds for name, milliseconds in cost.items() if name != "engine")
    how = (
        f"audio seconds a second, first request to last version, {median(rates):.0f}, to those of the stock engine's own"
        f" API in {cores()} warm processes of one thread right before, the same sentences, {median(bares):.0f}; median of {ROUNDS}"
    )
    parts = "of the same rounds, from /proc: " + ", ".join(f"{name} {milliseconds:.0f} ms" for name, milliseconds in cost.items())
    return [
        Figure("100 scripts at once, to the bare engine", f"{ratio:.2f}", f">= {LIMIT:g}", ratio >= LIMIT, before, how),
        Figure("processor time a generation, not the engine", f"{outside:.0f} ms", "reported", None, before, parts),
    ]


def _speak(studio: Studio, cookies: dict[str, str], asset: str) -> float:
    """Queue all sentences for one asset; returns seconds of audio made in a second, from the first request to the last version."""
    began = time.time()
    asking = [
        threading.Thread(target=_ask, args=(studio.port, cookies[COOKIE], asset, SENTENCES[first::ASKING_AT_ONCE]))
        for first in range(ASKING_AT_ONCE)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    made = "select count(*) from versions where asset_id = %s"
    if not wait_until(lambda: studio.rows(made, asset) == [(SCRIPTS,)], within=PATIENCE_S, every=0.25):
        raise RuntimeError("the hundred scripts were not spoken in time")
    ((last, audio_s),) = studio.rows(ENDED, asset)
    return float(str(audio_s)) / (float(str(last)) - began)


def _ask(port: int, session: str, asset: str, sentences: Sequence[str]) -> None:
    """Ask on one connection, with next to no work on this side: it is on the same processors."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    headers = {"Content-Type": "application/json", "Cookie": f"{COOKIE}={session}"}
    for sentence in sentences:
        body = json.dumps({"text": sentence, "voice": "hibari/heart"})
        connection.request("POST", f"/api/v1/assets/{asset}/generations", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        if answer.status != httpx.codes.ACCEPTED:
            raise RuntimeError(told.decode())
    connection.close()


def _spent(studio: Studio) -> dict[str, float]:
    """Processor ms taken so far by each part."""
    workers = studio.pids("worker")
    engines = [child for worker in workers for child in children(worker)]
    return {
        "API": cpu_ms(studio.pids("serve")),
        "worker": cpu_ms(workers),
        "PostgreSQL": cpu_ms(studio.family("postgres")),
        "engine": cpu_ms(engines),
    }
