"""People who ask a studio for speech while it is being broken, and note what it promised them."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import httpx

VOICES: Final[Mapping[str, int]] = {
    "tone/plain": 35,
    "tone/late": 20,
    "tone/slow": 12,
    "tone/flaky": 10,
    "hibari/heart": 8,
    "tone/down": 3,
    "tone/broken": 3,
    "tone/garbage": 3,
    "tone/truncated": 3,
    "tone/silent": 3,
}
"""Each voice and how often it is asked for."""

HTTP = httpx.codes
LOST_S: Final = 0.3


@dataclass(slots=True)
class Promises:
    """What the studio answered: generations accepted by idempotency key, those whose cancel was asked for, and broken promises."""

    accepted: dict[str, str] = field(default_factory=dict)
    cancels: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    def accept(self, key: str, generation: str) -> None:
        """Note an answer; the same key must always get the same one."""
        known = self.accepted.setdefault(key, generation)
        if known != generation:
            self.broken.append(f"the key {key} was answered with {known} and with {generation}")


class Person:
    """Somebody who asks, asks again when an answer is lost, and now and then cancels or retries."""

    def __init__(self, client: httpx.AsyncClient, assets: list[str], chance: random.Random, promises: Promises) -> None:
        self._client = client
        self._assets = assets
        self._chance = chance
        self._promises = promises

    async def ask_until(self, stop: asyncio.Event, pause_s: float) -> None:
        """Ask for one generation after the other."""
        while not stop.is_set():
            await self._ask(stop)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._chance.uniform(0, pause_s))

    async def _ask(self, stop: asyncio.Event) -> None:
        chance = self._chance
        key = str(UUID(int=chance.getrandbits(128)))
        voice = chance.choices(list(VOICES), list(VOICES.values()))[0]
        body = {"text": f"Order {chance.randrange(10**6)} is on its way.", "voice": voice, "reason": f"chaos {key}"}
        path = f"/assets/{chance.choice(self._assets)}/generations"
        made = await self._send(path, body, stop, key)
        if made is None:
            return
        self._promises.accept(key, made["id"])
        if chance.random() < 0.1:  # noqa: PLR2004 - one in ten asks once more
            again = await self._send(path, body, stop, key)
            self._promises.accept(key, (again or made)["id"])
        if chance.random() < 0.1:  # noqa: PLR2004 - as above
            await asyncio.sleep(chance.uniform(0, 2))
            self._promises.cancels.add(made["id"])
            await self._send(f"/generations/{made['id']}/cancel", None, stop)
        elif voice == "tone/broken":
            await asyncio.sleep(1)
            await self._send(f"/generations/{made['id']}/retry", None, stop)

    async def _send(self, path: str, body: object, stop: asyncio.Event, key: str | None = None) -> dict[str, Any] | None:
        """Post until there is an answer that tells something; None when it is a refusal, or nobody answers any more."""
        headers = {"Idempotency-Key": key} if key else {}
        while True:
            try:
                answer = await self._client.post(path, json=body, headers=headers)
            except httpx.TransportError as error:
                self._promises.answers[type(error).__name__] += 1
            else:
                self._promises.answers[str(answer.status_code)] += 1
                if answer.is_success:
                    told: dict[str, Any] = answer.json()
                    return told
                if answer.status_code == HTTP.INTERNAL_SERVER_ERROR:
                    self._promises.broken.append(f"500 for {path}: {answer.text[:200]}")
                if (
                    answer.status_code not in {HTTP.SERVICE_UNAVAILABLE, HTTP.TOO_MANY_REQUESTS}
                    and "retry-after" not in answer.headers
                ):
                    return None
            if stop.is_set():
                return None
            await asyncio.sleep(LOST_S)
