"""Wrong passwords slow down who sends them, and nobody else."""

import asyncio
import hashlib
import time
from collections.abc import Iterable
from itertools import repeat
from uuid import uuid4

import httpx
import pytest
from conftest import Json, Rows, Studio, refused
from limiting import refusals

from voiceops.db import Database
from voiceops.limits.refusing import LimitReached
from voiceops.limits.signing_in import check_attempt, network
from voiceops.models.actor import Actor, ActorKind
from voiceops.workflow import demo

OWNER = {"email": f"owner@{demo.DOMAIN}", "password": demo.PASSWORD}
WRONG = {**OWNER, "password": "not the password"}


async def browser(studio: Studio, address: str) -> httpx.AsyncClient:
    """A browser at another address."""
    elsewhere = httpx.ASGITransport(app=studio.transport.app, client=(address, 4711))
    return await studio.stack.enter_async_context(httpx.AsyncClient(transport=elsewhere, base_url="http://studio.test/api/v1"))


async def tries(client: httpx.AsyncClient, body: Json, count: int) -> list[httpx.Response]:
    return [await client.post("/session", json=body) for _ in range(count)]


async def slowed(client: httpx.AsyncClient, bodies: Iterable[Json], burst: int, each_s: float) -> httpx.Response:
    """Try until told to wait, which is after `burst` tries and as many as came back meanwhile on a slow machine; that answer."""
    began = time.monotonic()
    for count, body in enumerate(bodies):
        answer = await client.post("/session", json=body)
        if answer.status_code == 429:
            assert burst <= count <= burst + (time.monotonic() - began) / each_s
            return answer
        refused(answer, 401)
    raise AssertionError("nobody was slowed down")


async def test_a_hundred_wrong_passwords_are_ten_tries_and_the_owner_gets_in_from_elsewhere(studio: Studio, rows: Rows) -> None:
    attacker = await studio.anonymous()
    answer = await slowed(attacker, repeat(WRONG, 100), 10, 30)
    told = refused(answer, 429)["detail"]
    assert told.startswith("Too many wrong passwords for this account from your address. Try again in ")
    assert 1 <= int(answer.headers["retry-after"]) <= 30
    began = time.monotonic()
    rest = [one.status_code for one in await tries(attacker, WRONG, 89)]
    assert set(rest) <= {401, 429}
    assert rest.count(401) <= 1 + (time.monotonic() - began) / 30
    assert (await (await browser(studio, "198.51.100.9")).post("/session", json=OWNER)).status_code == 201
    assert (await attacker.post("/session", json=OWNER)).status_code == 429, "not even the right one, from there"
    assert (await attacker.post("/session", json={**OWNER, "email": f"author@{demo.DOMAIN}"})).status_code == 201
    assert await rows("select count(*) from sessions") == [(2,)]


async def test_whoever_waits_as_long_as_told_may_try_again(studio: Studio, rows: Rows) -> None:
    client = await studio.anonymous()
    *_, slowed = await tries(client, WRONG, 11)
    wait = int(slowed.headers["retry-after"])
    await rows("update rates set full_at = full_at - make_interval(secs => %s)", wait)
    assert [one.status_code for one in await tries(client, WRONG, 2)] == [401, 429]
    await rows("update rates set full_at = full_at - interval '30 s'")
    assert (await client.post("/session", json=OWNER)).status_code == 201


async def test_nobody_learns_whether_there_is_such_an_account(studio: Studio) -> None:
    told: list[list[tuple[int, str, str]]] = []
    for email in (OWNER["email"], "nobody@northwind.example"):
        client = await browser(studio, f"198.51.100.{len(told) + 1}")
        answers = await tries(client, {**WRONG, "email": email}, 12)
        told.append([(one.status_code, one.json()["title"], one.json()["detail"][:40]) for one in answers])
    assert told[0] == told[1]


async def test_an_address_that_tries_many_accounts_is_slowed_for_all(studio: Studio) -> None:
    client = await studio.anonymous()
    answer = await slowed(client, ({**WRONG, "email": f"{uuid4()}@example.com"} for _ in range(60)), 30, 10)
    assert refused(answer, 429)["detail"].startswith("Too many wrong passwords from your address.")
    assert 1 <= int(answer.headers["retry-after"]) <= 10
    assert (await client.post("/session", json=OWNER)).status_code == 429
    assert (await (await browser(studio, "198.51.100.9")).post("/session", json=OWNER)).status_code == 201


async def test_a_right_password_wipes_out_no_wrong_ones(studio: Studio) -> None:
    client = await studio.anonymous()
    await tries(client, WRONG, 9)
    assert [one.status_code for one in await tries(client, OWNER, 3)] == [201] * 3
    assert [one.status_code for one in await tries(client, WRONG, 2)] == [401, 429]


async def refuses(admin: httpx.AsyncClient) -> list[Json]:
    """What the installation's log tells of wrong passwords, the newest first."""
    found: list[Json] = (await admin.get("/audit", params={"action": "session.refuse"})).json()["items"]
    return found


async def test_each_wrong_password_stands_in_the_record_and_a_flood_does_not(studio: Studio, rows: Rows) -> None:
    admin, attacker = await studio.person("admin"), await browser(studio, "198.51.100.9")
    owner = (await (await studio.person("owner")).get("/session")).json()["person"]
    assert await refuses(admin) == []
    answers = [one.status_code for one in await tries(attacker, {**WRONG, "email": " Owner@Northwind.example "}, 20)]
    told = await refuses(admin)
    assert 10 <= len(told) == answers.count(401) < 20, "what is over the rate is not even looked at, and told once a minute"
    assert {one["address"] for one in told} == {"198.51.100.9"}
    assert {one["actor"]["type"] for one in told} == {"system"}
    assert told[0]["subject"] == {"type": "account", "id": owner["id"], "name": "Ruth Feldman"}
    assert told[0]["changes"] == {"email_sha256": hashlib.sha256(OWNER["email"].encode()).hexdigest()}
    refused(await attacker.post("/session", json={**WRONG, "email": "nobody@nowhere.example"}), 401)
    stranger = (await refuses(admin))[0]
    assert (stranger["subject"]["name"], stranger["people"]) == (None, [])
    assert stranger["changes"] == {"email_sha256": hashlib.sha256(b"nobody@nowhere.example").hexdigest()}
    assert not await rows("select id from audit_events where payload ~* 'nowhere.example|not the password'")
    assert len(await refusals(rows)) == 1


async def test_a_wrong_present_password_is_told_too_and_a_right_one_is_not(studio: Studio) -> None:
    admin, author = await studio.person("admin"), await studio.person("author")
    refused(await author.put("/session/password", json={"current": "not the password", "new": "eight loud herons"}), 422)
    (told,) = await refuses(admin)
    assert told["subject"]["name"] == "Mara Lindqvist"
    assert (await author.put("/session/password", json={"current": demo.PASSWORD, "new": "eight loud herons"})).status_code == 200
    assert len(await refuses(admin)) == 1


async def test_who_comes_in_by_an_invitation_is_forgiven_no_wrong_password(studio: Studio, rows: Rows) -> None:
    owner, guest = await studio.person("owner"), await studio.anonymous()
    body = {"email": "gil@guest.example", "roles": ["viewer"]}
    link = (await owner.post(f"/projects/{studio.project}/invitations", json=body)).json()["link"]
    await tries(guest, {"email": "gil@guest.example", "password": "not the password"}, 3)
    before = await rows("select key, full_at from rates where key like 'sign-in %%' order by key")
    newcomer = {"token": link.partition("#")[2], "name": "Gil Guest", "password": "seven grey umbrellas"}
    assert (await guest.post("/invitations/accept", json=newcomer)).status_code == 200
    assert await rows("select key, full_at from rates where key like 'sign-in %%' order by key") == before


async def test_many_at_once_get_no_more_tries(database_url: str) -> None:
    database = Database(database_url)
    somebody = Actor(ActorKind.ANONYMOUS, address="192.0.2.7")

    async def passes() -> bool:
        try:
            async with database.session.begin() as db:
                await check_attempt(db, somebody, OWNER["email"])
        except LimitReached:
            return False
        return True

    assert sorted(await asyncio.gather(*(passes() for _ in range(20)))) == [False] * 10 + [True] * 10
    await database.close()


async def test_the_account_is_the_same_in_capitals_and_with_blanks_around(studio: Studio) -> None:
    client = await studio.anonymous()
    await tries(client, WRONG, 10)
    refused(await client.post("/session", json={**WRONG, "email": f"  OWNER@{demo.DOMAIN.upper()} "}), 429)


async def test_that_somebody_was_slowed_is_recorded_once_and_names_no_account(studio: Studio, rows: Rows) -> None:
    await tries(await studio.anonymous(), WRONG, 15)
    (event,) = await refusals(rows)
    assert (event["changes"], event["project_id"]) == ({"limit": "sign_in.account"}, None)
    assert (event["actor"]["type"], event["actor"]["id"], event["address"]) == ("system", None, "192.0.2.7")
    kept = await rows("select key from rates union all select payload from audit_events where payload like '%%limit.refuse%%'")
    assert not [text for (text,) in kept if "owner@" in text]


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_what_counts_as_one_address(address: str | None, counts_as: str) -> None:
    assert network(address) == counts_as
