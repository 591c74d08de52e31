"""What the proof of the record costs, and how fast it is given: sealing beside writers, its lag, verification of a million."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from statistics import median, quantiles
from typing import Any, Final
from uuid import uuid4

import httpx
import psycopg
from psycopg import AsyncConnection

from bench.checkpoints import fill
from bench.figure import Figure
from bench.machine import load
from bench.studio import Studio, wait_until
from voiceops.embedded import attach
from voiceops.secret import kept_in

WRITERS: Final = 16
ROUNDS: Final = 5
ROUND_S: Final = 5.0
EVENTS: Final = 1_000_000
AT_ONCE: Final = 10_000
PATIENCE_S: Final = 600.0
RATIO, LAG_S, WHOLE_S, LAST_S = 0.7, 1.0, 60.0, 1.0
LAST: Final = 1000
APIECE: Final = 30_000
"""Events of the log in which each has a checkpoint of its own, as in real traffic."""
READS: Final = 20
READ_MS: Final = 100.0

GROUND: Final = "create table bench_work as select n as id, 0 as done from generate_series(1, 16) n"
PLACED: Final = "select payload, id::text, at, project_id from audit_events where action = 'asset.create' order by seq limit 1"
SAMPLE: Final = "select seq, payload, id::text, at from audit_events where action = 'asset.create' order by seq limit 1"
NEWEST: Final = "select max(seq) from audit_events"
UNSEALED: Final = "select count(*) from audit_events e where not exists (select from audit_leaves l where l.event_id = e.id)"
FILL: Final = """
insert into audit_events (id, payload)
select new, replace(replace(payload, e.id::text, new::text), at, to_char(now at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
from audit_events e, lateral (select gen_random_uuid() as new, clock_timestamp() as now from generate_series(1, %s)) made
where e.seq = %s returning 1
"""
LAGS: Final = """
select extract(epoch from c.sealed_at - e.recorded_at)::float8 from audit_events e join audit_leaves l on l.event_id = e.id
cross join lateral (select sealed_at from audit_checkpoints c where c.log = l.log and c.size > l.index order by size limit 1) c
where e.seq > %s
"""


def audit(studio: Studio) -> list[Figure]:
    """Measure writers with and without the sealer, then fill the log up to a million events and verify it."""
    return [*_writers(studio), *_apiece(studio), *_verification(studio), _reading(studio)]


def _writers(studio: Studio) -> list[Figure]:
    """Interleave rounds with the worker, which seals, running and stopped."""
    before, url = load(), attach(studio.data) or ""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(GROUND.encode())
    rates: dict[bool, list[float]] = {True: [], False: []}
    lags: list[float] = []
    for sealing in (True, False) * ROUNDS:
        _caught_up(studio)
        ((newest,),) = studio.rows(NEWEST)
        for worker in studio.pids("worker"):
            os.kill(worker, signal.SIGCONT if sealing else signal.SIGSTOP)
        rates[sealing].append(asyncio.run(_round(url)))
        for worker in studio.pids("worker"):
            os.kill(worker, signal.SIGCONT)
        if sealing:
            _caught_up(studio)
            lags += [float(str(lag)) for (lag,) in studio.rows(LAGS, newest)]
    with_it, without = median(rates[True]), median(rates[False])
    ratio, lag = with_it / without, quantiles(lags, n=100)[98]
    how = (
        f"{WRITERS} connections, each transaction one change and its event, one project, fsync on: {with_it:.0f} transactions a"
        f" second while sealed, {without:.0f} with the worker stopped; median of {ROUNDS} interleaved rounds of {ROUND_S:g} s each"
    )
    lag_how = f"from the writing of each of {len(lags):,} events to its signed checkpoint, in the rounds while sealed"
    return [
        Figure("16 writers while sealed, to without", f"{ratio:.2f}", f">= {RATIO:g}", ratio >= RATIO, before, how),
        Figure("seal lag, p99", f"{lag:.2f} s", f"<= {LAG_S:g} s", lag <= LAG_S, before, lag_how),
    ]


async def _round(url: str) -> float:
    """Write for some seconds; returns transactions a second."""
    done = await asyncio.gather(*(_write(url, number) for number in range(1, WRITERS + 1)))
    return sum(done) / ROUND_S


async def _write(url: str, number: int) -> int:
    async with await AsyncConnection.connect(url) as connection:
        sample: Any = await (await connection.execute(SAMPLE)).fetchone()
        _seq, payload, old, at = sample
        until, done = time.monotonic() + ROUND_S, 0
        while time.monotonic() < until:
            new, now = str(uuid4()), datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
            await connection.execute("update bench_work set done = done + 1 where id = %s", (number,))
            told = payload.replace(old, new).replace(at, now)
            await connection.execute("insert into audit_events (id, payload) values (%s, %s)", (new, told))
            await connection.commit()
            done += 1
        return done


def _apiece(studio: Studio) -> list[Figure]:
    """Verify a log of a checkpoint and a copy for each event: its limit is the share of a million's."""
    before, sample = load(), studio.rows(PLACED)[0]
    secret, outside = kept_in(studio.data), studio.data / "audio"
    asyncio.run(fill(attach(studio.data) or "", secret, outside, sample, APIECE))
    whole, part = _verify(studio), _verify(studio, "--last", str(LAST))
    looked = f"{whole['events']:,} events, {whole['checkpoints']:,} checkpoints, {whole['outside']:,} copies outside"
    limit = WHOLE_S * whole["events"] / EVENTS
    less = f"the same with `--last {LAST}`: {part['sealed']:,} events, {part['checkpoints']:,} checkpoints"
    return [
        _figure(f"verify {APIECE:,} events under a checkpoint each", whole["seconds"], round(limit, 1), before, looked),
        _figure(f"of these the last {LAST:,}", part["seconds"], LAST_S, before, less),
    ]


def _verification(studio: Studio) -> list[Figure]:
    before, ((sample, *_),) = load(), studio.rows(SAMPLE)
    ((there,),) = studio.rows("select count(*) from audit_events")
    for left in range(EVENTS - int(str(there)), 0, -AT_ONCE):
        studio.rows(FILL, min(left, AT_ONCE), sample)
    _caught_up(studio)
    whole, part = _verify(studio), _verify(studio, "--last", str(LAST))
    looked = f"{whole['events']:,} events, {whole['checkpoints']:,} checkpoints, as many copies outside"
    how = f"`voiceops audit verify --json`, every log: {looked}"
    less = f"the same with `--last {LAST}`: {part['sealed']:,} events; both without the start of the program"
    return [
        _figure("verify a million events", whole["seconds"], WHOLE_S, before, how),
        _figure(f"verify the last {LAST:,}", part["seconds"], LAST_S, before, less),
    ]


def _reading(studio: Studio) -> Figure:
    """Ask for the first part of the log, whole and with each filter, as the page does."""
    before, cookies = load(), studio.sign_in("auditor")
    ((event,),) = studio.rows("select payload from audit_events where action = 'generation.succeed' order by seq limit 1")
    told = json.loads(str(event))
    asked: tuple[dict[str, str], ...] = (
        *({}, {"action": "generation.request"}, {"actor": told["actor"]["id"]}, {"subject": told["subject"]["id"]}),
        *({"asset": told["asset_id"]}, {"version": told["version_id"]}, {"until": told["at"]}, {"since": told["at"]}),
        {"until": told["at"], "action": "asset.create"},
    )
    took = []
    with httpx.Client(base_url=f"{studio.url}/api/v1", cookies=cookies, timeout=PATIENCE_S) as client:
        path = f"/projects/{studio.project(cookies)}/audit"
        for wanted in asked * READS:
            began = time.monotonic()
            client.get(path, params=wanted).raise_for_status()
            took.append((time.monotonic() - began) * 1000)
    p95 = quantiles(took, n=20)[18]
    filters = f"whole and with each of {len(asked) - 1} filters"
    how = f"GET of the first 50 of a million, {filters}, one request at a time; p95 of {len(took)}"
    return Figure("a part of the audit trail, p95", f"{p95:.0f} ms", f"<= {READ_MS:g} ms", p95 <= READ_MS, before, how)


def _verify(studio: Studio, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "voiceops", "audit", "verify", "--json", *options]
    env = {**os.environ, "VOICEOPS_DATA": str(studio.data)}
    ended = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    verdict: dict[str, Any] = json.loads(ended.stdout)
    if not verdict["ok"]:
        raise RuntimeError(f"the record does not hold: {verdict['findings'][:3]}")
    return verdict


def _figure(name: str, seconds: float, limit: float, before: float, how: str) -> Figure:
    return Figure(name, f"{seconds:.2f} s", f"<= {limit:g} s", seconds <= limit, before, how)


def _caught_up(studio: Studio) -> None:
    if not wait_until(lambda: studio.rows(UNSEALED) == [(0,)], within=PATIENCE_S, every=0.5):
        raise RuntimeError("the sealer does not catch up")
