"""Signing in, being somebody, signing out."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

import httpx
import pytest
from conftest import Rows, Studio, refused
from meeting import held, until_waiting

from voiceops.api.identity import COOKIE
from voiceops.config import settings
from voiceops.workflow import demo

AUTHOR = {"email": f"author@{demo.DOMAIN}", "password": demo.PASSWORD}


@pytest.fixture
def demo_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEOPS_DEMO", "1")


@pytest.fixture
async def secure(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that came over HTTPS."""
    async with httpx.AsyncClient(transport=studio.transport, base_url="https://studio.test/api/v1") as client:
        yield client


async def test_signing_in_tells_who_one_is_and_where_a_member(studio: Studio) -> None:
    client = await studio.anonymous()
    answer = await client.post("/session", json=AUTHOR)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["person"]["name"], told["person"]["email"]) == ("Mara Lindqvist", AUTHOR["email"])
    (project,) = told["projects"]
    assert (project["key"], project["roles"], project["can"]) == ("northwind", ["author"], ["asset.create", "key.create"])
    assert (told["person"]["is_admin"], told["can"]) == (False, [])
    assert (await client.get("/session")).json() == told


async def test_the_session_is_a_cookie_no_script_can_read(studio: Studio, secure: httpx.AsyncClient) -> None:
    plain = await (await studio.anonymous()).post("/session", json=AUTHOR)
    parts = {part.strip().lower() for part in plain.headers["set-cookie"].split(";")[1:]}
    assert parts == {"httponly", "samesite=lax", "path=/", f"max-age={settings().session_absolute}"}
    assert plain.headers["cache-control"] == "no-store"
    assert "secure" in (await secure.post("/session", json=AUTHOR)).headers["set-cookie"].lower()


async def test_only_the_hash_of_a_token_is_kept(studio: Studio, rows: Rows) -> None:
    client = await studio.person("author")
    token = client.cookies[COOKIE]
    assert len(token) >= 43  # 256 bits
    assert await rows("select token_hash from sessions") == [(hashlib.sha256(token.encode()).digest(),)]


async def test_each_sign_in_is_a_session_of_its_own(studio: Studio) -> None:
    first, second = await studio.person("author"), await studio.anonymous()
    await second.post("/session", json=AUTHOR)
    assert first.cookies[COOKIE] != second.cookies[COOKIE]
    assert (await first.delete("/session")).status_code == 204
    assert (await second.get("/session")).status_code == 200


async def test_whatever_is_wrong_the_words_are_the_same(studio: Studio, rows: Rows) -> None:
    await rows("update people set deactivated_at = now() where email like 'viewer@%%'")
    client = await studio.anonymous()
    tried = [
        {**AUTHOR, "password": "voiceops-Demo"},
        {**AUTHOR, "password": ""},
        {**AUTHOR, "password": "\0"},
        {**AUTHOR, "email": "nobody@northwind.example"},
        {**AUTHOR, "email": f"viewer@{demo.DOMAIN}"},
        {**AUTHOR, "email": "author%"},
    ]
    answers = [await client.post("/session", json=body) for body in tried]
    assert {refused(answer, 401)["detail"] for answer in answers} == {"This e-mail address and password do not belong together."}
    assert not client.cookies
    assert await rows("select count(*) from sessions") == [(0,)]


async def test_an_address_is_the_same_in_capitals_and_with_blanks_around(studio: Studio) -> None:
    answer = await (await studio.anonymous()).post("/session", json={**AUTHOR, "email": f"  Author@{demo.DOMAIN.upper()} "})
    assert answer.status_code == 201


async def test_signing_out_ends_the_session_at_once(studio: Studio) -> None:
    client = await studio.person("author")
    stolen = client.cookies[COOKIE]
    assert (await client.delete("/session")).status_code == 204
    assert COOKIE not in client.cookies
    client.cookies.set(COOKIE, stolen)
    refused(await client.get("/session"), 401)
    refused(await client.delete("/session"), 401)


async def test_a_made_up_cookie_is_nobody(studio: Studio) -> None:
    client = await studio.anonymous()
    for token in ("", "x", "A" * 43, "ä", "\\000", "a" * 5000):
        refused(await client.get("/session", headers=[(b"Cookie", f"{COOKIE}={token}".encode())]), 401)


@pytest.mark.parametrize(
    "change",
    [
        "update sessions set last_seen_at = now() - make_interval(secs => {idle} + 1)",
        "update sessions set created_at = now() - make_interval(secs => {absolute} + 1)",
        "update sessions set ended_at = now()",
        "update people set deactivated_at = now()",
    ],
    ids=["idle", "too old", "ended", "deactivated"],
)
async def test_a_session_that_is_over_is_over(studio: Studio, beyond: Rows, change: str) -> None:
    client = await studio.person("author")
    assert (await client.get("/session")).status_code == 200
    await beyond(change.format(idle=settings().session_idle, absolute=settings().session_absolute))
    refused(await client.get("/session"), 401)


async def test_use_keeps_a_session_from_going_idle_but_not_for_ever(studio: Studio, rows: Rows) -> None:
    client = await studio.person("author")
    nearly = f"now() - make_interval(secs => {settings().session_idle} - 60)"
    await rows(f"update sessions set last_seen_at = {nearly}")  # noqa: S608 - our own numbers
    await client.get("/projects")
    assert await rows("select now() - last_seen_at < interval '5 s' from sessions") == [(True,)]


async def test_a_right_that_is_taken_away_is_gone_with_the_next_request(studio: Studio, beyond: Rows) -> None:
    client = await studio.person("author")
    asset = await studio.asset()
    await beyond("update memberships set role = 'viewer' where role = 'author'")
    refused(await client.patch(f"/assets/{asset['id']}", json={"title": "Mine"}), 403)
    await beyond("delete from memberships")
    refused(await client.get(f"/assets/{asset['id']}"), 404)
    assert (await client.get("/session")).json()["projects"] == []


@pytest.mark.usefixtures("demo_mode")
async def test_a_demo_studio_tells_whom_to_try(studio: Studio, beyond: Rows) -> None:
    client = await studio.anonymous()
    told = (await client.get("/demo")).json()
    assert [one["role"] for one in told["accounts"]] == ["author", "reviewer", "publisher", "owner", "auditor", "viewer"]
    for account in told["accounts"]:
        answer = await client.post("/session", json={"email": account["email"], "password": told["password"]})
        assert answer.json()["person"]["name"] == account["name"]
    await beyond("update people set deactivated_at = now()")
    refused(await client.get("/demo"), 404)


async def test_any_other_studio_tells_nobody_whom_to_try(studio: Studio) -> None:
    refused(await (await studio.anonymous()).get("/demo"), 404)


async def test_a_session_whose_use_is_noted_keeps_its_other_requests_waiting_for_nothing(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    await rows("update sessions set last_seen_at = now() - interval '5 min'")
    async with held(rows, "select from assets for update"):
        slow = asyncio.create_task(client.patch(f"/assets/{asset['id']}", json={"title": "New"}))
        await until_waiting(rows)
        assert (await asyncio.wait_for(client.get("/session"), 5)).status_code == 200
        assert not slow.done()
        assert await rows("select count(*) from sessions where last_seen_at > now() - interval '1 min'") == [(1,)]
    assert (await slow).status_code == 200


async def test_a_session_somebody_holds_is_used_all_the_same(studio: Studio, rows: Rows) -> None:
    client = await studio.person("author")
    await rows("update sessions set last_seen_at = now() - interval '5 min'")
    async with held(rows, "select from sessions for update"):
        assert (await asyncio.wait_for(client.get("/session"), 5)).status_code == 200
