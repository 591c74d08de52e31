"""Verifying beside all else that goes on: one at a time, in a process of its own that ends with whoever asked; and what waits."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psycopg
from conftest import Rows, Studio, refused, served, working

from voiceops.config import Settings
from voiceops.db import Database, libpq_url
from voiceops.processes import command_line


def verifiers() -> list[int]:
    """The children of this process that verify."""
    found = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [pid for file in found for pid in map(int, file.read_text().split()) if b"voiceops.audit.apart" in command_line(pid)]


@asynccontextmanager
async def held_up(studio: Studio) -> AsyncIterator[None]:
    """As if there were very much to verify: whoever reads the places waits."""
    url = libpq_url(studio.settings.database_url or "")
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute("lock table audit_leaves in access exclusive mode")
        yield


async def until_verifying(count: int) -> None:
    async with asyncio.timeout(30):
        while len(verifiers()) != count:
            await asyncio.sleep(0.02)


async def test_one_verifies_one_waits_and_the_next_is_told_to_come_back(studio: Studio) -> None:
    auditor = await studio.person("auditor")
    path = f"/projects/{studio.project}/audit/verify"
    async with held_up(studio):
        first = asyncio.create_task(auditor.post(path))
        await until_verifying(1)
        second = asyncio.create_task(auditor.post(path))
        await asyncio.sleep(0.3)
        assert len(verifiers()) == 1
        async with asyncio.timeout(10):  # it does not wait
            answer = await auditor.post(path)
        refused(answer, 429)
        assert int(answer.headers["retry-after"]) > 0
        async with asyncio.timeout(5):  # nor does anybody else
            assert (await auditor.get("/session")).status_code == 200
    assert [(await one).json()["ok"] for one in (first, second)] == [True, True]
    assert (await auditor.post(path)).json()["ok"]
    assert verifiers() == []
    listed = (await auditor.get(f"/projects/{studio.project}/audit", params={"action": "audit.verify"})).json()["items"]
    assert len(listed) == 3


async def test_a_verification_ends_when_whoever_asked_has_gone(studio: Studio) -> None:
    auditor = await studio.person("auditor")
    path = f"/projects/{studio.project}/audit/verify"
    async with served(studio) as base, held_up(studio):
        async with httpx.AsyncClient(base_url=base, cookies=dict(auditor.cookies)) as client:
            leaving = asyncio.create_task(client.post(path, headers={"Sec-Fetch-Site": "same-origin"}))
            await until_verifying(1)
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)
        await until_verifying(0)
    assert (await auditor.post(path)).json()["ok"]


async def unsealed(studio: Studio) -> float:
    """What the gauge says: the age of the oldest event that waits to be sealed, in seconds."""
    client = await studio.anonymous()
    lines = (await client.get("http://studio.test/metrics")).text.splitlines()
    (line,) = [line for line in lines if line.startswith("voiceops_audit_oldest_unsealed_seconds ")]
    return float(line.partition(" ")[2])


async def test_the_age_of_the_oldest_unsealed_event_is_told(studio: Studio, rows: Rows, settings: Settings) -> None:
    await studio.asset()
    await asyncio.sleep(0.2)
    assert await unsealed(studio) >= 0.2
    async with working(settings), asyncio.timeout(60):
        while await unsealed(studio) > 0:
            await asyncio.sleep(0.1)
    await studio.asset("another")
    assert 0 < await unsealed(studio) < 60
    await rows("update audit_watermark set low = 9000000000, cluster = '7'")  # as in another cluster
    assert 0 < await unsealed(studio) < 60


async def test_no_transaction_of_ours_stays_open_for_ever(studio: Studio, database_url: str) -> None:

    database = Database(database_url)
    async with database.engine.connect() as connection:
        shown = await connection.exec_driver_sql(
            "select setting, source from pg_settings where name = 'idle_in_transaction_session_timeout'"
        )
        assert tuple(shown.one()) == ("30000", "client")
    await database.close()
