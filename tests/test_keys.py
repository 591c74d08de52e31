"""API keys: what machines sign in with, what they may, and when they are over."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import psycopg
import pytest
from conftest import Json, Rows, Studio, field_of, refused
from psycopg import errors

from voiceops.models import Scope

SECRET: Final = re.compile(r"vo_([a-z0-9]{8})_[A-Za-z0-9_-]{43}")
WORDS: Final = "This API key is not valid: it is none of ours, has ended or was revoked, or its person is no member any more."


async def made(studio: Studio, by: str = "author", **other: Any) -> Json:
    """A key just made, as its maker sees it."""
    client = await studio.person(by)
    body = {"project_id": studio.project, "name": "Player", "scopes": ["read"], **other}
    answer = await client.post("/api-keys", json=body)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


async def machine(studio: Studio, secret: str) -> httpx.AsyncClient:
    """Something that sends this as its key."""
    client = await studio.anonymous()
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


async def test_a_key_is_shown_once_and_only_its_hash_is_kept(studio: Studio, rows: Rows) -> None:
    key = await made(studio, scopes=["write", "read", "read"])
    form = SECRET.fullmatch(key["secret"])
    assert form
    assert (key["prefix"], key["scopes"], key["state"], key["last_used_at"]) == (form[1], ["read", "write"], "active", None)
    secret = key.pop("secret")
    assert (await (await studio.person("author")).get("/api-keys")).json() == {"items": [key], "next_cursor": None}
    assert await rows("select secret_hash from api_keys") == [(hashlib.sha256(secret[12:].encode()).digest(),)]
    kept = await rows("select t::text from api_keys t union all select t::text from audit_events t")
    assert len(kept) == 4  # the key, two that signed in and made it, and the seed
    assert not any(secret[12:] in text for (text,) in kept)


async def test_a_secret_is_never_answered_again_not_even_to_who_asks_again(studio: Studio, rows: Rows) -> None:
    client = await studio.person("author")
    body = {"project_id": studio.project, "name": "Player", "scopes": ["read"]}
    answers = [await client.post("/api-keys", json=body, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert len({answer.json()["secret"] for answer in answers}) == 2
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert await rows("select count(*) from idempotency_keys") == [(0,)]


async def test_a_key_does_what_its_scopes_name_and_no_more(studio: Studio) -> None:
    asset = await studio.asset()
    reading, writing = await studio.key("author", "read"), await studio.key("author", "write")
    assert (await reading.get(f"/assets/{asset['id']}")).json() == {**asset, "can": []}
    told = refused(await reading.patch(f"/assets/{asset['id']}", json={"title": "New"}), 403)
    assert told["detail"] == "This API key lacks the scope write for asset.update."
    answer = await writing.patch(f"/assets/{asset['id']}", json={"title": "New"})
    assert (answer.json()["title"], answer.json()["can"]) == ("New", ["asset.update", "script.create"])
    assert refused(await writing.get(f"/assets/{asset['id']}"), 403)["detail"] == "This API key lacks the scope read."
    body = {"text": "Hello.", "voice": "tone/plain"}
    refused(await writing.post(f"/assets/{asset['id']}/generations", json=body), 403)


async def test_a_key_does_no_more_than_its_person_may_at_this_moment(studio: Studio, beyond: Rows) -> None:
    asset = await studio.asset()
    viewing = await studio.key("viewer")
    refused(await viewing.patch(f"/assets/{asset['id']}", json={"title": "Mine"}), 403)
    client = await studio.key("author")
    assert (await client.patch(f"/assets/{asset['id']}", json={"title": "Ours"})).status_code == 200
    await beyond("update memberships set role = 'viewer' where role = 'author'")
    refused(await client.patch(f"/assets/{asset['id']}", json={"title": "Mine"}), 403)
    assert (await client.get(f"/assets/{asset['id']}")).json()["can"] == []


@pytest.mark.parametrize(
    "change",
    [
        "update people set deactivated_at = now() where email like 'author@%%'",
        "delete from memberships where role = 'author'",
        "update api_keys set revoked_at = now(), revoked_by_id = person_id",
    ],
    ids=["deactivated", "no member", "revoked"],
)
async def test_a_key_that_is_over_is_over_with_the_next_request(studio: Studio, rows: Rows, change: str) -> None:
    client = await studio.key("author")
    assert (await client.get("/projects")).status_code == 200
    await rows(change)
    answer = await client.get("/projects")
    assert refused(answer, 401)["detail"] == WORDS
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_key_expires(studio: Studio, rows: Rows) -> None:
    client = await studio.key("author")
    await rows("set session_replication_role = replica")  # past the triggers
    await rows("update api_keys set created_at = now() - interval '2 days', expires_at = now() - interval '1 s'")
    assert refused(await client.get("/projects"), 401)["detail"] == WORDS
    (shown,) = (await (await studio.person("author")).get("/api-keys")).json()["items"]
    assert shown["state"] == "expired"


async def test_whatever_is_wrong_with_a_key_the_words_are_the_same(studio: Studio) -> None:
    key = await made(studio)
    other = await made(studio, "viewer")
    forged = [
        "",
        " ",
        "x",
        "vo_",
        key["secret"][:-1],
        key["secret"] + "A",
        key["secret"].upper(),
        f"vo_{key['prefix']}_{'A' * 43}",
        f"vo_{other['prefix']}_{key['secret'][12:]}",
        key["secret"].replace("vo_", "vq_"),
        f"{key['secret']} {key['secret']}",
        f"{key['secret']},",
        "\\000",
        "' or 1=1 --",
        "a" * 5000,
        key["secret"][3:],
        (await studio.person("author")).cookies["voiceops_session"],
    ]
    client = await studio.anonymous()
    for sent in forged:
        answer = await client.get("/projects", headers={"Authorization": f"Bearer {sent}"})
        assert refused(answer, 401)["detail"] == WORDS, sent
    for sent in (b"Bearer \xff\xfe", "Bearer ключ".encode(), b"Bearer"):
        answer = await client.get("/projects", headers=[(b"Authorization", sent)])
        assert refused(answer, 401)["detail"] == WORDS, sent


async def test_a_key_is_good_for_its_project_alone(studio: Studio, rows: Rows) -> None:
    mine = await studio.asset()
    theirs = await studio.asset(by="outsider")
    client = await studio.key("author")
    refused(await client.get(f"/assets/{theirs['id']}"), 404)
    person = (await rows("select id from people where email like 'author@%%'"))[0][0]
    await rows("insert into memberships (project_id, person_id, role) values (%s, %s, 'owner')", theirs["project_id"], person)
    assert (await (await studio.person("author")).get(f"/assets/{theirs['id']}")).status_code == 200
    refused(await client.get(f"/assets/{theirs['id']}"), 404)
    refused(await client.post(f"/projects/{theirs['project_id']}/assets", json={"key": "a", "title": "A"}), 404)
    assert [one["id"] for one in (await client.get("/projects")).json()["items"]] == [mine["project_id"]]


async def test_where_a_key_is_sent_the_cookie_does_not_count(studio: Studio) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    path = f"/assets/{asset['id']}"
    key = await made(studio)
    headers = {"Authorization": f"bearer {key['secret']}"}
    refused(await client.patch(path, json={"title": "New"}, headers=headers), 403)  # the cookie's person could
    refused(await client.get(path, headers={"Authorization": "Bearer nonsense"}), 401)
    assert (await client.get(path, headers={"Authorization": "Basic cHJveHk6cHJveHk="})).status_code == 200


async def test_a_key_needs_no_proof_of_its_origin_and_a_bad_one_is_none(studio: Studio) -> None:
    asset = await studio.asset()
    path = f"/assets/{asset['id']}"
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    machine = await studio.key("author")
    assert (await machine.patch(path, json={"title": "New"}, headers=foreign)).status_code == 200
    browser = await studio.person("author")
    for sent, status in (("Bearer nonsense", 401), ("Bearer", 401), ("Basic eDp5", 403)):
        refused(await browser.patch(path, json={"title": "Stolen"}, headers={**foreign, "Authorization": sent}), status)
    assert (await browser.get(path)).json()["title"] == "New"


async def test_a_key_in_the_address_is_refused_and_told_what_to_do(studio: Studio, capfd: pytest.CaptureFixture[str]) -> None:
    secret = (await made(studio))["secret"]
    client = await studio.person("author")
    places = [
        f"/projects?api_key={secret}",
        f"/projects?a=1&access_token={secret}#x",
        f"/projects?key={secret.replace('_', '%5F')}",
        f"/projects/{secret}",
        f"http://studio.test/?{secret}",
        f"http://studio.test/healthz?{secret}",
    ]
    for place in places:
        for method in ("GET", "POST"):
            answer = await client.request(method, place)
            told = refused(answer, 400)
            assert "Authorization: Bearer" in told["detail"]
            assert secret not in answer.text
    said = capfd.readouterr()
    assert secret not in said.out + said.err


async def test_the_record_names_the_key_and_its_person(studio: Studio, rows: Rows) -> None:
    key = await made(studio, scopes=["write"])
    client = await machine(studio, key["secret"])
    answer = await client.post(f"/projects/{studio.project}/assets", json={"key": "a", "title": "A"})
    assert answer.status_code == 201
    events = [json.loads(text) for (text,) in await rows("select payload from audit_events order by seq desc limit 2")]
    assert events[0]["actor"] == {"type": "key", "id": key["person"]["id"], "session_id": None, "key_id": key["id"]}
    assert (events[1]["action"], events[1]["subject"]) == ("key.create", {"type": "key", "id": key["id"]})
    assert events[1]["project_id"] == studio.project
    assert events[1]["changes"].keys() == {"name", "prefix", "scopes", "expires_at"}
    assert events[1]["actor"]["type"] == "person"


async def test_what_a_key_asks_for_is_spoken(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    client = await studio.key("author", "generate", "read")
    answer = await client.post(f"/assets/{asset['id']}/generations", json={"text": "Hello.", "voice": "tone/plain"})
    assert answer.status_code == 202, answer.text
    version = (await studio.ended(answer.json()))["version_id"]
    sound = await client.get(f"/versions/{version}/audio", headers={"Range": "bytes=0-3"})
    assert (sound.status_code, sound.content) == (206, b"fLaC")
    again = await client.get(f"/versions/{version}/audio", headers={"If-None-Match": sound.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.head(f"/versions/{version}/audio")).headers["etag"] == sound.headers["etag"]


async def test_a_person_and_a_key_of_theirs_have_idempotency_keys_of_their_own(studio: Studio) -> None:
    person, client = await studio.person("author"), await studio.key("author")
    path, headers = f"/projects/{studio.project}/assets", {"Idempotency-Key": "first"}
    by_person = await person.post(path, json={"key": "a", "title": "A"}, headers=headers)
    by_key = await client.post(path, json={"key": "b", "title": "B"}, headers=headers)
    assert (by_person.status_code, by_key.status_code) == (201, 201)
    again = await client.post(path, json={"key": "b", "title": "B"}, headers=headers)
    assert (again.json(), again.headers["idempotency-replayed"]) == (by_key.json(), "true")


async def test_the_last_use_is_noted_once_a_minute(studio: Studio, rows: Rows) -> None:
    client = await studio.key("author")
    seen = []
    for ago in (None, "30 s", "61 s"):
        if ago:
            await rows("update api_keys set last_used_at = now() - %s::interval", ago)
        await client.get("/projects")
        seen += await rows("select now() - last_used_at < interval '5 s' from api_keys")
    assert seen == [(True,), (False,), (True,)]


async def test_noting_the_use_waits_for_nobody(studio: Studio, rows: Rows) -> None:
    client = await studio.key("author")
    await rows("begin")
    await rows("select 1 from api_keys for update")
    assert (await client.get("/projects", timeout=5)).status_code == 200
    await rows("rollback")


async def test_members_see_their_own_keys_and_owners_all_of_the_project(studio: Studio) -> None:
    mine, others = await made(studio), await made(studio, "viewer")

    async def seen(role: str, path: str) -> list[str]:
        return [one["id"] for one in (await (await studio.person(role)).get(path)).json()["items"]]

    whole = f"/api-keys?project={studio.project}"
    assert await seen("author", whole) == await seen("author", "/api-keys") == [mine["id"]]
    assert await seen("owner", whole) == [others["id"], mine["id"]]
    assert await seen("owner", "/api-keys") == []
    refused(await (await studio.person("outsider")).get(whole), 404)
    page = (await (await studio.person("owner")).get(f"{whole}&limit=1")).json()
    assert [one["id"] for one in page["items"]] == [others["id"]]
    assert await seen("owner", f"{whole}&cursor={page['next_cursor']}") == [mine["id"]]


async def test_a_key_of_somebody_who_left_is_shown_asleep(studio: Studio, rows: Rows) -> None:
    await made(studio)
    await rows("delete from memberships where role = 'author'")
    (shown,) = (await (await studio.person("owner")).get(f"/api-keys?project={studio.project}")).json()["items"]
    assert (shown["state"], shown["can"]) == ("asleep", ["key.revoke"])


async def test_a_key_is_revoked_by_its_person_or_an_owner_and_by_nobody_else(studio: Studio, rows: Rows) -> None:
    first, second = await made(studio), await made(studio)
    for role in ("viewer", "reviewer", "outsider"):
        refused(await (await studio.person(role)).delete(f"/api-keys/{first['id']}"), 404)
    for role, key in (("author", first), ("owner", second)):
        client = await machine(studio, key["secret"])
        assert (await client.get("/projects")).status_code == 200
        answer = await (await studio.person(role)).delete(f"/api-keys/{key['id']}")
        told = answer.json()
        assert (answer.status_code, told["state"], told["can"], "secret" in told) == (200, "revoked", [], False)
        assert told["revoked_by"]["id"] == (await (await studio.person(role)).get("/session")).json()["person"]["id"]
        refused(await client.get("/projects"), 401)
        assert refused(await (await studio.person(role)).delete(f"/api-keys/{key['id']}"), 409)["possible"] == []
    assert await rows("select count(*) from audit_events where action = 'key.revoke'") == [(2,)]


async def test_no_key_manages_keys_or_signs_out(studio: Studio) -> None:
    client = await studio.key("owner")
    body = {"project_id": studio.project, "name": "Child", "scopes": ["read"]}
    (key,) = (await (await studio.person("owner")).get("/api-keys")).json()["items"]
    refused(await client.post("/api-keys", json=body), 403)
    refused(await client.get("/api-keys"), 403)
    refused(await client.delete(f"/api-keys/{key['id']}"), 403)
    refused(await client.delete("/session"), 403)


async def test_a_key_lasts_ninety_days_or_as_long_as_was_asked_within_a_year(studio: Studio) -> None:
    def lasts(key: Json) -> timedelta:
        return datetime.fromisoformat(key["expires_at"]) - datetime.fromisoformat(key["created_at"])

    assert abs(lasts(await made(studio)) - timedelta(days=90)) < timedelta(seconds=5)
    now = datetime.now(UTC)
    asked = (now + timedelta(days=365)).isoformat()
    assert abs(lasts(await made(studio, expires_at=asked)) - timedelta(days=365)) < timedelta(minutes=1)
    client = await studio.person("author")
    body = {"project_id": studio.project, "name": "Player", "scopes": ["read"]}
    for wrong in (
        (now + timedelta(days=367)).isoformat(),
        (now - timedelta(seconds=1)).isoformat(),
        "2027-01-01T00:00:00",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "soon",
        1e300,
    ):
        assert field_of(await client.post("/api-keys", json={**body, "expires_at": wrong})) == "expires_at", wrong


async def test_what_makes_no_key_is_named(studio: Studio, rows: Rows) -> None:
    client = await studio.person("author")
    good = {"project_id": studio.project, "name": "Player", "scopes": ["read"]}
    spoilt: list[tuple[str, Any, str]] = [
        ("name", "", "name"),
        ("name", "a\0b", "name"),
        ("name", "a" * 201, "name"),
        ("scopes", [], "scopes"),
        ("scopes", ["admin"], "scopes.0"),
        ("scopes", "read", "scopes"),
        ("project_id", "northwind", "project_id"),
        ("person_id", studio.project, "person_id"),
        ("secret", "mine", "secret"),
        ("prefix", "mine", "prefix"),
    ]
    for name, value, field in spoilt:
        assert field_of(await client.post("/api-keys", json={**good, name: value})) == field
    assert await rows("select count(*) from api_keys") == [(0,)]


async def test_a_key_never_changes_but_in_its_use_and_its_end(studio: Studio, rows: Rows) -> None:
    await made(studio)
    for change in (
        "scopes = '{write}'",
        "secret_hash = decode(repeat('00', 32), 'hex')",
        "expires_at = now() + interval '9 years'",
        "person_id = (select id from people where email like 'owner@%%')",
        "project_id = (select id from projects where key = 'elsewhere')",
        "name = 'x'",
        "prefix = 'aaaaaaaa'",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            await rows(f"update api_keys set {change}")  # noqa: S608 - our own
    for statement in ("delete from api_keys", "truncate api_keys cascade"):
        with pytest.raises(errors.InsufficientPrivilege):
            await rows(statement)
    await rows("update api_keys set last_used_at = now(), revoked_at = now(), revoked_by_id = person_id")
    for change in ("revoked_at = null, revoked_by_id = null", "revoked_at = now() + interval '1 day'"):
        with pytest.raises(errors.CheckViolation):
            await rows(f"update api_keys set {change}")  # noqa: S608 - our own


@pytest.mark.parametrize("scopes", ["{}", "{admin}", "{read,admin}"])
async def test_there_are_no_other_scopes(studio: Studio, rows: Rows, scopes: str) -> None:
    await rows("set session_replication_role = replica")
    await made(studio)
    with pytest.raises(psycopg.errors.CheckViolation):
        await rows("update api_keys set scopes = %s", scopes)
    assert await rows("select scopes from api_keys") == [([Scope.READ],)]
