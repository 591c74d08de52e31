"""One's own account: the password, and the browsers one is signed in with."""

import json

import httpx
import pytest
from conftest import Json, Rows, Studio, field_of, refused
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from voiceops.api.identity import COOKIE
from voiceops.config import settings
from voiceops.passwords import PASSWORDS
from voiceops.workflow import demo

AUTHOR = {"email": f"author@{demo.DOMAIN}", "password": demo.PASSWORD}
NEW = "seven quiet otters"


async def browser(studio: Studio, name: str = "Firefox", **other: str) -> httpx.AsyncClient:
    """The author, signed in with one more browser."""
    client = await studio.anonymous()
    client.headers["User-Agent"] = name
    assert (await client.post("/session", json={**AUTHOR, **other})).status_code == 201
    return client


async def test_a_new_password_ends_every_other_session_and_renews_this_one(studio: Studio, rows: Rows) -> None:
    here, there, elsewhere = [await browser(studio) for _ in range(3)]
    stolen = here.cookies[COOKIE]
    answer = await here.put("/session/password", json={"current": demo.PASSWORD, "new": NEW})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert here.cookies[COOKIE] != stolen
    assert (await here.get("/session")).json() == answer.json()
    for client in (there, elsewhere):
        refused(await client.get("/session"), 401)
    here.cookies.set(COOKIE, stolen, domain="studio.test")
    thief = await studio.anonymous()
    refused(await thief.get("/session", headers={"Cookie": f"{COOKIE}={stolen}"}), 401)
    refused(await thief.post("/session", json=AUTHOR), 401)
    assert (await thief.post("/session", json={**AUTHOR, "password": NEW})).status_code == 201
    ((payload,),) = await rows("select payload from audit_events where action = 'password.change'")
    event = json.loads(payload)
    assert (event["subject"]["type"], len(event["changes"]["ended"]), event["project_id"]) == ("person", 2, None)
    assert NEW not in payload


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"current": "not the one", "new": NEW}, "current"),
        ({"current": demo.PASSWORD, "new": demo.PASSWORD}, "new"),
        ({"current": demo.PASSWORD, "new": "short one"}, "new"),
        ({"current": demo.PASSWORD, "new": "x" * 1025}, "new"),
        ({"current": demo.PASSWORD, "new": "Qwertyuiop"}, "new"),
        ({"current": demo.PASSWORD, "new": "aaaaaaaaaaaaaa"}, "new"),
        ({"current": demo.PASSWORD, "new": "passwordpassword"}, "new"),
        ({"current": demo.PASSWORD, "new": "northwindnorthwind"}, "new"),
        ({"current": demo.PASSWORD, "new": "abacbcabac"}, "new"),
        ({"current": demo.PASSWORD, "new": "P4ssw0rd2026!"}, "new"),
        ({"current": demo.PASSWORD, "new": "0123456789xyz"}, "new"),
        ({"current": demo.PASSWORD, "new": "tentententen"}, "new"),
        ({"current": demo.PASSWORD, "new": "N0rthwind-2026"}, "new"),
        ({"current": demo.PASSWORD, "new": "author@northwind.example"}, "new"),
        ({"current": demo.PASSWORD, "new": "mara.lindqvist 9"}, "new"),
        ({"current": demo.PASSWORD}, "new"),
        ({"current": demo.PASSWORD, "new": NEW, "email": "x@y.example"}, "email"),
    ],
)
async def test_a_password_that_will_not_do_changes_nothing(studio: Studio, body: Json, field: str) -> None:
    here, there = await browser(studio), await browser(studio)
    assert field_of(await here.put("/session/password", json=body)) == field
    for client in (here, there):
        assert (await client.get("/session")).status_code == 200


@pytest.mark.parametrize(
    "password",
    ["0519746xyz", "ключ от квартиры", "a door of no house " * 53, "northwind of Elm and wharf", " leading and trailing "],
)
async def test_any_other_password_will_do_whatever_it_is_made_of(studio: Studio, password: str) -> None:
    here = await browser(studio)
    assert (await here.put("/session/password", json={"current": demo.PASSWORD, "new": password})).status_code == 200
    assert (await browser(studio, password=password)).cookies[COOKIE]


async def test_guesses_at_the_present_password_are_slowed_and_the_right_one_is_not_counted(studio: Studio) -> None:
    client = await browser(studio)
    wrong = {"current": "not my password", "new": NEW}
    answers = [(await client.put("/session/password", json=wrong)).status_code for _ in range(12)]
    assert answers == [422] * 10 + [429] * 2
    assert (await client.get("/session")).status_code == 200, "one stays signed in"


async def test_the_password_of_the_demo_is_known_until_it_is_changed_and_never_comes_back(studio: Studio, rows: Rows) -> None:
    known = "select count(*) from people where has_public_password"
    client = await browser(studio)
    assert await rows(known) == [(6,)]
    assert (await client.put("/session/password", json={"current": demo.PASSWORD, "new": NEW})).status_code == 200
    assert await rows(known) == [(5,)]
    assert field_of(await client.put("/session/password", json={"current": NEW, "new": demo.PASSWORD})) == "new"


async def test_one_sees_where_one_is_signed_in(studio: Studio, beyond: Rows) -> None:
    firefox, phone = await browser(studio, "Firefox/140.0"), await browser(studio, "Safari on a phone\u00e9" + "x" * 300)
    over = await browser(studio, "Over")
    await beyond(
        "update sessions set created_at = now() - make_interval(secs => %s) where user_agent = 'Over'", settings().session_absolute
    )
    refused(await over.get("/session"), 401)
    await studio.person("viewer")
    listed = (await firefox.get("/sessions")).json()["items"]
    assert [(one["user_agent"][:17], len(one["user_agent"]), one["address"], one["is_this"]) for one in listed] == [
        ("Safari on a phone", 200, "192.0.2.7", False),
        ("Firefox/140.0", 13, "192.0.2.7", True),
    ]
    assert (await phone.delete(f"/sessions/{listed[1]['id']}")).status_code == 204
    refused(await firefox.get("/session"), 401)
    refused(await phone.delete(f"/sessions/{listed[1]['id']}"), 404)
    assert [one["is_this"] for one in (await phone.get("/sessions")).json()["items"]] == [True]


async def test_nobody_ends_the_session_of_another(studio: Studio) -> None:
    author, viewer = await studio.person("author"), await studio.person("viewer")
    (mine,) = (await author.get("/sessions")).json()["items"]
    refused(await viewer.delete(f"/sessions/{mine['id']}"), 404)
    assert (await author.get("/session")).status_code == 200


async def test_signing_in_ends_the_session_the_browser_came_with(studio: Studio, rows: Rows) -> None:
    victim = await studio.anonymous()
    planted = (await browser(studio, email=f"viewer@{demo.DOMAIN}")).cookies[COOKIE]
    answer = await victim.post("/session", json=AUTHOR, headers={"Cookie": f"{COOKIE}={planted}"})
    assert answer.status_code == 201
    assert victim.cookies[COOKIE] != planted
    attacker = await studio.anonymous()
    refused(await attacker.get("/session", headers={"Cookie": f"{COOKIE}={planted}"}), 401)
    ended = await rows("select id::text from sessions where ended_at is not null")
    ((payload,),) = await rows("select payload from audit_events where payload like '%%ended%%'")
    assert [json.loads(payload)["changes"]["ended"]] == [[one] for (one,) in ended]


async def test_a_failed_sign_in_ends_nothing(studio: Studio) -> None:
    author = await studio.person("author")
    refused(await author.post("/session", json={**AUTHOR, "password": "wrong"}), 401)
    assert (await author.get("/session")).status_code == 200


async def test_a_cookie_that_was_planted_is_never_taken_over(studio: Studio, rows: Rows) -> None:
    client = await studio.anonymous()
    answer = await client.post("/session", json=AUTHOR, headers={"Cookie": f"{COOKIE}=chosen-by-somebody"})
    assert answer.cookies[COOKIE] != "chosen-by-somebody"
    assert await rows("select count(*) from sessions") == [(1,)]


async def test_a_hash_of_other_parameters_is_renewed_when_its_password_is_there(studio: Studio, rows: Rows) -> None:
    weak = PasswordHash([Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)]).hash(demo.PASSWORD)
    await rows("update people set password_hash = %s where email like 'author@%%'", weak)
    await browser(studio)
    ((kept,),) = await rows("select password_hash from people where email like 'author@%%'")
    assert kept != weak
    assert PASSWORDS.verify_and_update(demo.PASSWORD, kept) == (True, None)
    await browser(studio)
    assert await rows("select password_hash from people where email like 'author@%%'") == [(kept,)]
