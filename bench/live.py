"""How fast machines are told what is live, and people the board, with a million past deployments; and whether history costs."""

import asyncio
import random
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median, quantiles
from typing import Final

import httpx
import psycopg

from bench.figure import Figure
from bench.filling import fill
from bench.machine import load
from bench.studio import Studio
from voiceops.embedded import attach

SQL: Final = (Path(__file__).parent / "live.sql").read_bytes()
SMALL: Final = {"targets": 1, "depth": 1}
LARGE: Final = {"targets": 50, "depth": 10}
ASSETS = 2_000
RATE, SECONDS = 200, 20.0
CONNECTIONS, ROUND_S, ROUNDS = 8, 3.0, 5
BOARDS: Final = 40
P50_MS, P99_MS, GROWTH, SHARE, BOARD_MS = 3.0, 10.0, 1.2, 0.4, 100.0


class Wire:
    """One connection that asks again and again, as cheaply as a client can."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def open(self) -> "Wire":
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def ask(self, path: str, headers: str) -> int:
        """Ask once; returns the status."""
        self._writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n".encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        _, found, rest = head.partition(b"content-length: ")
        if found:
            await self._reader.readexactly(int(rest.partition(b"\r\n")[0]))
        return int(head[9:12])


def live(_studio: Studio) -> list[Figure]:
    """Ask a studio of its own with a thousand deployments, then with a million, then for its board."""
    free = {"GUARD_PER_SECOND": "1000000", "GUARD_BURST": "1000000", "EXAMINE": "0"}
    with Studio(**free) as studio:
        studio.start()
        project = fill(studio, ASSETS).project
        owner = studio.sign_in("owner")
        body = {"project_id": str(project), "name": "Bench", "scopes": ["live"]}
        secret = httpx.post(f"{studio.url}/api/v1/api-keys", json=body, cookies=owner).raise_for_status().json()["secret"]
        before, bearer = load(), f"Authorization: Bearer {secret}\r\n"
        _deploy(studio, SMALL)
        few = asyncio.run(_paced(studio, bearer))
        _deploy(studio, LARGE)
        many = asyncio.run(_paced(studio, bearer))
        rates = asyncio.run(_rates(studio, *_kinds(studio, bearer)))
        figures = [*_lookups(few, many, before), *_shares(rates, before), *_boards(studio, str(project), before)]
        studio.stop()
        return figures


def _deploy(studio: Studio, what: Mapping[str, int]) -> None:
    with psycopg.connect(attach(studio.data) or "", cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(b"set session_replication_role = replica")
        connection.execute(b"truncate slots, deployments, release_items")
        connection.execute(SQL, what)
    with psycopg.connect(attach(studio.data) or "", autocommit=True) as connection:
        connection.execute(b"vacuum analyze")


def _paths(studio: Studio) -> list[str]:
    places = "select t.key || '/' || a.key from slots s join targets t on t.id = s.target_id join assets a on a.id = s.asset_id"
    found = studio.rows(f"{places} order by random() limit 2000")
    return [f"/api/v1/live/{place}" for (place,) in found]


async def _paced(studio: Studio, bearer: str) -> list[float]:
    """Ask so many times a second whether or not the one before was answered; returns ms from when each was to be sent."""
    paths, took = _paths(studio), []
    free: asyncio.Queue[Wire] = asyncio.Queue()
    for _ in range(CONNECTIONS * 2):
        free.put_nowait(await Wire(studio.port).open())

    async def once(path: str, due: float) -> None:
        wire = await free.get()
        if await wire.ask(path, bearer) != httpx.codes.OK:
            raise RuntimeError(path)
        took.append((time.perf_counter() - due) * 1000)
        free.put_nowait(wire)

    began, asked = time.perf_counter(), []
    for turn in range(int(RATE * SECONDS)):
        due = began + turn / RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asked.append(asyncio.create_task(once(random.choice(paths), due)))  # noqa: S311 - spreads load
    await asyncio.gather(*asked)
    return took[RATE:]


def _kinds(studio: Studio, bearer: str) -> list[tuple[str, str, str]]:
    """Return what is asked for at full load, by name, path and headers: nothing, a manifest, a manifest that is known."""
    path = _paths(studio)[0]
    answer = httpx.get(studio.url + path, headers={"Authorization": bearer.split(": ")[1].strip()})
    known = f"{bearer}If-None-Match: {answer.headers['etag']}\r\n"
    return [("empty", "/healthz", ""), ("200", path, bearer), ("304", path, known)]


async def _rates(studio: Studio, *kinds: tuple[str, str, str]) -> dict[str, float]:
    """Ask as fast as it answers, in turns; returns requests a second."""
    wires = [await Wire(studio.port).open() for _ in range(CONNECTIONS)]
    rates: dict[str, list[float]] = {name: [] for name, _, _ in kinds}

    async def hammer(wire: Wire, path: str, headers: str, until: float) -> int:
        done = 0
        while time.perf_counter() < until:
            await wire.ask(path, headers)
            done += 1
        return done

    for _ in range(ROUNDS):
        for name, path, headers in kinds:
            until = time.perf_counter() + ROUND_S
            rates[name].append(sum(await asyncio.gather(*(hammer(wire, path, headers, until) for wire in wires))) / ROUND_S)
    return {name: median(found) for name, found in rates.items()}


def _lookups(few: list[float], many: list[float], before: float) -> list[Figure]:
    p50, p99 = median(many), quantiles(many, n=100)[98]
    growth = p50 / median(few)
    how = f"GET by key, {RATE} a second for {SECONDS:g} s, at 1,000,000 deployments of 100,000 slots, from when each was to be sent"
    grew = f"median at 1,000,000 deployments to that at 2,000 of as many slots: {p50:.2f} and {median(few):.2f} ms"
    return [
        Figure("what is live, p50", f"{p50:.2f} ms", f"<= {P50_MS:g} ms", p50 <= P50_MS, before, how),
        Figure("what is live, p99", f"{p99:.2f} ms", f"<= {P99_MS:g} ms", p99 <= P99_MS, before, how),
        Figure("what is live, as history grows", f"{growth:.2f} x", f"<= {GROWTH:g} x", growth <= GROWTH, before, grew),
    ]


def _shares(rates: Mapping[str, float], before: float) -> list[Figure]:
    told = ", ".join(f"{name} {rate:.0f}" for name, rate in rates.items())
    how = f"{CONNECTIONS} connections without a pause, one API process, median of {ROUNDS} rounds in turns: {told} a second"
    shares = {name: rates[name] / rates["empty"] for name in ("200", "304")}
    return [
        Figure(f"what is live, {name} to an empty route", f"{share:.2f}", f">= {SHARE:g}", share >= SHARE, before, how)
        for name, share in shares.items()
    ]


def _boards(studio: Studio, project: str, before: float) -> list[Figure]:
    figures = []
    cookies = studio.sign_in("viewer")
    with httpx.Client(base_url=f"{studio.url}/api/v1", cookies=cookies, timeout=60) as client:
        past = studio.rows("select to_char(now() - interval '36 hours', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")[0][0]
        for name, asked in (("board", {}), ("board of a past instant", {"at": str(past)})):
            took = []
            for _ in range(BOARDS):
                began = time.perf_counter()
                answer = client.get(f"/projects/{project}/live", params={"limit": 50, **asked}).raise_for_status()
                took.append((time.perf_counter() - began) * 1000)
            p95 = quantiles(took[2:], n=20)[18]
            entries = len(answer.json()["items"])
            how = (
                f"50 targets x 50 of {ASSETS:,} assets, {entries:,} entries of 1,000,000 deployments; median {median(took):.0f} ms"
            )
            figures.append(Figure(f"{name}, p95", f"{p95:.0f} ms", f"<= {BOARD_MS:g} ms", p95 <= BOARD_MS, before, how))
    return figures
