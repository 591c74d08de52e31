"""Limits under many processes at once, what a check costs, and what a crowd signing in costs everybody else."""

import asyncio
import json
import subprocess
import sys
import time
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import httpx

from bench.figure import Figure
from bench.machine import load
from bench.studio import Studio
from voiceops.db import Database
from voiceops.embedded import attach
from voiceops.limits.rates import Rate, debit_both

PROCESSES: Final = 16
SECONDS: Final = 20.0
HOT: Final = Rate("hot", per_minute=1200, burst=20)
"""20 a second, so that the limit is what holds the processes up."""
WINDOWS_S: Final = (0.1, 1.0, 5.0, SECONDS)
CHARACTERS: Final = 200_003
CHECKS: Final = 500
CHECK_LIMIT_MS: Final = 2.0
CROWD: Final = 20
CROWD_S: Final = 10.0
STARTING_S: Final = 2.0
OTHERS_LIMIT_MS: Final = 100.0


def limits_hold(studio: Studio) -> list[Figure]:
    """Measure them one after the other on a studio with nothing else to do."""
    return [_one_key(studio), _one_budget(studio), *_one_check(studio), *_signing_in(studio)]


def _one_key(studio: Studio) -> Figure:
    before = load()
    arguments = ("rate", _url(studio), "bench hot", str(HOT.per_minute), str(HOT.burst), str(SECONDS))
    passed = sorted(float(at) for one in _processes(arguments) for at in one)
    fullest = max(
        (bisect_right(passed, at + window) - first) / (HOT.burst + window / HOT.step.total_seconds())
        for first, at in enumerate(passed)
        for window in WINDOWS_S
    )
    windows = ", ".join(map(str, WINDOWS_S))
    how = (
        f"{PROCESSES} processes ask without a pause for {SECONDS:g} s for one key, 20 a second and a burst of 20;"
        f" {len(passed)} were let through. The fullest window of {windows} s, by the database's clock, to burst + rate x t"
    )
    return Figure("one limited key, fullest window", f"{fullest:.1%}", "<= 100 %", fullest <= 1, before, how)


def _one_budget(studio: Studio) -> Figure:
    before = load()
    cookies = studio.sign_in("owner")
    url = f"{studio.url}/api/v1"
    project = studio.project(cookies)
    path = f"{url}/projects/{project}/limits"
    gone = httpx.get(path, cookies=cookies, timeout=30).raise_for_status().json()["characters"]
    limit = gone["used"] + gone["reserved"] + CHARACTERS
    body = {"characters": {"limit": limit}, "money": {"limit_micros": 10**15}, "reason": "Measured"}
    httpx.patch(path, json=body, cookies=cookies, timeout=30).raise_for_status()
    me = httpx.get(f"{url}/session", cookies=cookies, timeout=30).json()["person"]["id"]
    began = time.monotonic()
    granted = [size for one in _processes(("budget", _url(studio), project, me)) for size in one]
    took = time.monotonic() - began
    characters, micros = (sum(size[unit] for size in granted) for unit in (0, 1))
    ((reserved, money),) = studio.rows(
        "select characters_reserved::float8, micros_reserved::float8 from budgets where project_id = %s", project
    )
    exact = characters == CHARACTERS and reserved == gone["reserved"] + characters and money == micros
    studio.rows("update budgets set characters_reserved = %s, micros_reserved = 0 returning 1", gone["reserved"])
    studio.lift_limits()
    how = (
        f"{PROCESSES} processes reserve sizes by chance until not even one character is left: {len(granted)} in {took:.1f} s,"
        f" {characters:,} of {CHARACTERS:,} characters granted and reserved, and USD {micros / 1e6:,.6f}, exact to the millionth"
    )
    return Figure("one budget, off by", f"{abs(characters - CHARACTERS)} characters", "0", exact, before, how)


def _one_check(studio: Studio) -> list[Figure]:
    before = load()
    alone, inside = asyncio.run(_checks(_url(studio)))
    each = f"median of {CHECKS}, one client, a person's and a project's rate"
    return [
        Figure(
            "limit check",
            f"{inside:.2f} ms",
            f"<= {CHECK_LIMIT_MS:g} ms",
            inside <= CHECK_LIMIT_MS,
            before,
            f"both rates debited within a transaction that is open anyway, as a request does; {each}",
        ),
        Figure(
            "the same in a transaction of its own", f"{alone:.2f} ms", "reported", None, before, f"with its commit (fsync); {each}"
        ),
    ]


async def _checks(url: str) -> tuple[float, float]:
    """Milliseconds of both rates' debits with a commit of their own, and within a transaction."""
    database = Database(url, pool_size=1, ping=False)
    person, project = ((f"bench check {name}", Rate(name, 6_000_000, 100_000)) for name in ("person", "project"))
    alone, inside = [], []
    for _ in range(CHECKS):
        began = time.perf_counter()
        async with database.session.begin() as db:
            await db.connection()
            within = time.perf_counter()
            await debit_both(db, person, project)
            inside.append((time.perf_counter() - within) * 1000)
        alone.append((time.perf_counter() - began) * 1000)
    await database.close()
    return median(alone), median(inside)


def _signing_in(studio: Studio) -> list[Figure]:
    """Ask for the library as one person while a crowd signs in, few enough for each account to be slowed down by nothing."""
    before = load()
    cookies = studio.sign_in()
    path = f"/projects/{studio.project(cookies)}/assets"
    quiet = _others(studio, cookies, path)
    command = [sys.executable, "-m", "bench.hammer", "crowd", str(studio.port), str(CROWD), str(CROWD_S + STARTING_S)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as crowd:  # noqa: S603 - our own
        time.sleep(STARTING_S)
        busy = _others(studio, cookies, path)
        said, _ = crowd.communicate()
    signed_in = sum(json.loads(said))
    how = (
        f"GET of the library, one at a time for {CROWD_S:g} s, while {CROWD} connections sign in without a pause"
        f" ({signed_in / (CROWD_S + STARTING_S):.0f} a second); p95 of {len(busy)}. Without the crowd {_p95(quiet):.0f} ms"
    )
    p95 = _p95(busy)
    name = f"other requests while {CROWD} sign in, p95"
    return [Figure(name, f"{p95:.0f} ms", f"<= {OTHERS_LIMIT_MS:g} ms", p95 <= OTHERS_LIMIT_MS, before, how)]


def _others(studio: Studio, cookies: dict[str, str], path: str) -> list[float]:
    took = []
    until = time.monotonic() + CROWD_S
    with httpx.Client(base_url=f"{studio.url}/api/v1", cookies=cookies, timeout=60) as client:
        while time.monotonic() < until:
            began = time.perf_counter()
            client.get(path).raise_for_status()
            took.append((time.perf_counter() - began) * 1000)
            time.sleep(0.02)
    return took


def _p95(figures: Sequence[float]) -> float:
    return quantiles(figures, n=20)[-1]


def _processes(arguments: Sequence[str]) -> list[list[Any]]:
    """What so many processes of `bench.hammer` print."""
    command = [sys.executable, "-m", "bench.hammer", *arguments]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(PROCESSES)]  # noqa: S603 - our own
    said = [one.communicate()[0] for one in running]
    if any(one.returncode for one in running):
        raise RuntimeError("a process that asks has failed")
    return [json.loads(text) for text in said]


def _url(studio: Studio) -> str:
    url = attach(Path(studio.data))
    if url is None:
        raise RuntimeError("its PostgreSQL does not run")
    return url
