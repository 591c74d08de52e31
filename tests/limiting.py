"""What the tests of limits share: setting them, asking under them, and processes that ask at once."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any

import httpx
from conftest import Json, Rows, Studio

SPEECH = {"text": "Hello there.", "voice": "tone/plain"}
TAKES = len("Hello there.")


async def limits(studio: Studio, role: str = "owner") -> Json:
    """The project's limits, as that member sees them."""
    client = await studio.person(role)
    found: Json = (await client.get(f"/projects/{studio.project}/limits")).json()
    return found


async def limit(
    studio: Studio, *, person: tuple[int, int] | None = None, project: tuple[int, int] | None = None, **more: Any
) -> Json:
    """Set limits as the owner does: rates as (per minute, burst), the rest by its own name."""
    client = await studio.person("owner")
    rates = {
        name: dict(zip(("per_minute", "burst"), rate, strict=True))
        for name, rate in (("person", person), ("project", project))
        if rate
    }
    body = {**({"generations": rates} if rates else {}), **more, "reason": "For the test"}
    answer = await client.patch(f"/projects/{studio.project}/limits", json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def speak(studio: Studio, asset: Json, *, by: str = "author", **more: Any) -> httpx.Response:
    """The answer to one request for speech."""
    client = await studio.person(by)
    return await client.post(f"/assets/{asset['id']}/generations", json={**SPEECH, **more})


async def refusals(rows: Rows) -> list[Json]:
    """The recorded events of limits that refused, oldest first."""
    found = await rows("select payload from audit_events where action = 'limit.refuse' order by seq")
    return [json.loads(payload) for (payload,) in found]


async def processes(count: int, *command: str) -> list[list[Any]]:
    """What so many processes of `bench.hammer` say that run at once."""
    running = [
        await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.hammer", *command, stdout=asyncio.subprocess.PIPE)
        for _ in range(count)
    ]
    said = [(await one.communicate())[0] for one in running]
    assert [one.returncode for one in running] == [0] * count
    return [json.loads(text) for text in said]


def month() -> str:
    """The first day of this month (UTC)."""
    return datetime.now(UTC).strftime("%Y-%m-01")
