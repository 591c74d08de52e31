"""How much memory the API and a worker hold after they have done what is usual, and how much at most meanwhile."""

import re
from pathlib import Path
from typing import Final

import httpx

from bench.compare import two_versions
from bench.figure import Figure
from bench.latency import SENTENCES
from bench.machine import load
from bench.studio import Studio, wait_until

GENERATIONS, READS = 50, 20
PATIENCE_S = 600.0
LIMITS: Final = {"serve": 250, "worker": 200}
NAMES: Final = {"serve": "the API", "worker": "a worker without its engines"}
ENDED: Final = {"succeeded", "failed", "cancelled"}


def memory(_studio: Studio) -> list[Figure]:
    """Use a studio as people do, with one long script among fifty short ones, then look what its processes hold."""
    with Studio(PROVIDERS="hibari,tone") as studio:
        studio.start()
        before = load()
        _use(studio)
        figures = [_figure(studio, process, before) for process in LIMITS]
        studio.stop()
        return figures


def _use(studio: Studio) -> None:
    cookies = studio.sign_in("owner")
    project = studio.project(cookies)
    with httpx.Client(base_url=f"{studio.url}/api/v1", cookies=cookies, timeout=PATIENCE_S) as client:
        httpx.get(studio.url).raise_for_status()
        left, right = two_versions(client, project)
        asset = (
            client.post(f"/projects/{project}/assets", json={"key": "bench/memory", "title": "Memory"}).raise_for_status().json()
        )
        for sentence in SENTENCES[:GENERATIONS]:
            body = {"text": sentence, "voice": "hibari/heart"}
            client.post(f"/assets/{asset['id']}/generations", json=body).raise_for_status()
        wait_until(lambda: _ended(client, asset["id"]), within=PATIENCE_S, every=0.5)
        version, pair = f"/versions/{left}", f"/versions/{left}/compare/{right}"
        lists = (
            f"/projects/{project}/assets",
            f"/assets/{asset['id']}/versions",
            f"/projects/{project}/audit",
            "/session",
            "/voices",
        )
        told = (version, f"{version}/words", f"{version}/waveform", f"{version}/captions.vtt", f"{version}/checks", pair)
        for path in (*lists, *told) * READS:
            client.get(path).raise_for_status()
        for path in (f"{version}/audio", f"{version}/audio?format=wav", f"/projects/{project}/audit/export") * 2:
            client.get(path).raise_for_status()


def _ended(client: httpx.Client, asset: str) -> bool:
    items = client.get(f"/assets/{asset}/generations", params={"limit": GENERATIONS}).raise_for_status().json()["items"]
    return all(one["status"] in ENDED for one in items)


def _figure(studio: Studio, process: str, before: float) -> Figure:
    (pid,) = studio.pids(process)
    told = Path(f"/proc/{pid}/smaps_rollup").read_text() + Path(f"/proc/{pid}/status").read_text()
    held, shared, most = (_megabytes(told, name) for name in ("Rss", "Pss", "VmHWM"))
    how = (
        f"resident (Rss of /proc/PID/smaps_rollup; {shared:.0f} MB where what is shared counts in parts, Pss) after {GENERATIONS}"
        f" sentences by hibari, two scripts of 20,000 characters, lists, words, captions, comparing, a WAV of 13 minutes and an"
        f" export of the record; at most meanwhile {most:.0f} MB"
    )
    return Figure(f"memory of {NAMES[process]}", f"{held:.0f} MB", f"<= {LIMITS[process]} MB", held <= LIMITS[process], before, how)


def _megabytes(told: str, name: str) -> float:
    return int(re.findall(rf"^{name}:\s+(\d+) kB", told, re.MULTILINE)[0]) / 1024
