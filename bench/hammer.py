"""One process of many that use up a limit at once. Prints as JSON what it was let do: seconds of the database's clock, or sizes."""

import argparse
import asyncio
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPConnection
from uuid import UUID

from voiceops.db import Database
from voiceops.limits import budgets
from voiceops.limits.budgets import Need
from voiceops.limits.rates import Rate, debit
from voiceops.limits.refusing import LimitReached
from voiceops.models.actor import Actor, ActorKind
from voiceops.workflow.demo import ACCOUNTS, PASSWORD

DEAREST = 400
PRICE_MICROS = 15_000_007


def main() -> None:
    """Read what to use up, and do."""
    parser = argparse.ArgumentParser(prog="python -m bench.hammer", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    rate = kinds.add_parser("rate", help="pass a rate as often as it lets")
    for name, kind in (("url", str), ("key", str), ("per_minute", float), ("burst", int), ("seconds", float)):
        rate.add_argument(name, type=kind)
    budget = kinds.add_parser("budget", help="reserve of a project's month until nothing is left")
    for name in ("url", "project", "person"):
        budget.add_argument(name)
    crowd = kinds.add_parser("crowd", help="sign in on several connections, again and again")
    for name, kind in (("port", int), ("connections", int), ("seconds", float)):
        crowd.add_argument(name, type=kind)
    arguments = parser.parse_args()
    if arguments.kind == "crowd":
        print(json.dumps(_crowd(arguments)))
        return
    work = _pass(arguments) if arguments.kind == "rate" else _reserve(arguments)
    print(json.dumps(asyncio.run(work)))


async def _pass(arguments: argparse.Namespace) -> list[float]:
    """Ask without a pause; returns when each was let through, read while its row was still locked."""
    rate = Rate("hammered", arguments.per_minute, arguments.burst)
    database = Database(arguments.url, pool_size=1)
    passed = []
    until = time.monotonic() + arguments.seconds
    while time.monotonic() < until:
        async with database.session.begin() as db:
            passes, _ = await debit(db, arguments.key, rate)
            if passes:
                passed.append((await budgets.clock(db)).timestamp())
    await database.close()
    return passed


async def _reserve(arguments: argparse.Namespace) -> list[tuple[int, int]]:
    """Reserve sizes by chance until even one character is refused; returns characters and micros of each that was granted."""
    actor = Actor(ActorKind.PERSON, UUID(arguments.person))
    database = Database(arguments.url, pool_size=1)
    granted, dearest = [], DEAREST
    while dearest:
        need = Need.of(random.randint(1, dearest), PRICE_MICROS, "USD")  # noqa: S311 - sizes, no secrets
        try:
            async with database.session.begin() as db:
                await budgets.reserve(db, actor, UUID(arguments.project), need)
            granted.append((need.characters, need.micros))
        except LimitReached:
            dearest = need.characters - 1
    await database.close()
    return granted


def _crowd(arguments: argparse.Namespace) -> list[int]:
    """Sign in as the demo's people in turn, few enough of each at once to be slowed by nothing; returns how often it went well."""
    until = time.monotonic() + arguments.seconds
    with ThreadPoolExecutor(arguments.connections) as threads:
        places = range(arguments.connections)
        return list(threads.map(lambda place: _sign_in_until(until, arguments.port, ACCOUNTS[place % len(ACCOUNTS)].email), places))


def _sign_in_until(until: float, port: int, email: str) -> int:
    body, headers = json.dumps({"email": email, "password": PASSWORD}), {"Content-Type": "application/json"}
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    signed_in = 0
    while time.monotonic() < until:
        connection.request("POST", "/api/v1/session", body, headers)
        answer = connection.getresponse()
        answer.read()
        signed_in += answer.status == HTTPStatus.CREATED
    connection.close()
    return signed_in


if __name__ == "__main__":
    main()
