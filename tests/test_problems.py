"""Whatever is wrong with a request, the answer is a problem document that says so, and nothing is half done."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

import httpx
import pytest
from conftest import Json, Rows, Studio, field_of, refused
from meeting import held, until_waiting

from voiceops.api.border import SECURITY_HEADERS
from voiceops.config import settings

JSON = {"Content-Type": "application/json"}
COUNTS = "select (select count(*) from assets), (select count(*) from scripts), (select count(*) from generations)"


NO_OBJECTS: Final = {
    "nothing": b"",
    "half": b"{",
    "two": b"{} {}",
    "no comma": b'{"text": "a" "b"}',
    "Python": b"{'text': 'a'}",
    "a list": b"[]",
    "null": b"null",
    "a number": b"7",
    "NaN": b"NaN",
    "a string": b'"text"',
    "no UTF-8": b'{"text": "\xff"}',
    "bytes": b"\x00\x01\x02",
    "deep objects": b'{"text": ' * 10_000 + b"1" + b"}" * 10_000,
    "deep lists": b"[" * 500_000 + b"]" * 500_000,
    "a long number": b'{"text": ' + b"9" * 5000 + b"}",
}
NO_TEXTS: Final[tuple[object, ...]] = ("a\ud800", "\udfff", "a\0b", 7, 1.5, True, {}, [], ["a"])
FOREIGN: Final = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://studio.test"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "http://evil.example"},
    {"Origin": "http://studio.test.evil.example"},
    {"Origin": "http://studio.test:81"},
    {"Origin": "null"},
    {"Origin": ""},
)


class Door(NamedTuple):
    """One way in that takes text: where, and a good body, whose fields are spoilt one by one."""

    path: str
    body: Json
    texts: tuple[str, ...]


async def doors(studio: Studio) -> list[Door]:
    """Every POST and its fields of text. `delivery.tone` stands for what lies deeper."""
    asset = await studio.asset()
    path = f"/assets/{asset['id']}"
    spoken = {"text": "Hello.", "voice": "tone/plain", "reason": "Why not", "delivery": {"tone": "warm"}}
    return [
        Door("/session", {"email": "a@b.example", "password": "secret"}, ("email",)),
        Door(
            f"/projects/{studio.project}/assets",
            {"key": "a", "title": "A", "language": "en", "tags": ["ivr"]},
            ("key", "title", "language", "tags.0"),
        ),
        Door(f"{path}/scripts", {"text": "Hello.", "note": "New"}, ("text", "note")),
        Door(f"{path}/generations", spoken, ("text", "voice", "reason", "delivery.tone")),
    ]


def spoilt(body: Json, name: str, value: object) -> Json:
    """The body with the field at a dotted path replaced."""
    copy = json.loads(json.dumps(body))
    inner, *parts = copy, *name.split(".")
    for part in parts[:-1]:
        inner = inner[part]
    inner[int(parts[-1]) if parts[-1].isdecimal() else parts[-1]] = value
    found: Json = copy
    return found


async def send(client: httpx.AsyncClient, path: str, body: object) -> httpx.Response:
    """Post JSON as it is written by those who mean harm: ASCII, with every escape."""
    return await client.post(path, content=json.dumps(body).encode(), headers=JSON)


async def test_what_is_nowhere_is_a_problem(studio: Studio) -> None:
    client = await studio.anonymous()
    for path in ("/", "/nothing", "/assets", "/assets/", "/versions", "/projects/x/y/z", "/%00", "/..%2f..", "/" + "a" * 5000):
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"):
            answer = await client.request(method, path)
            assert answer.status_code in {404, 405}, (method, path)
            if method != "HEAD":
                refused(answer, answer.status_code)


async def test_a_place_outside_the_api_is_the_page_or_a_problem(studio: Studio) -> None:
    client = await studio.anonymous()
    for path in ("/%00", "/" + "a" * 5000, "/%ED%A0%80", "/..%2f..%2fpyproject.toml", "/_app/none.js", "/assets/1"):
        answer = await client.get(f"http://studio.test{path}")
        assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
        assert "build-system" not in answer.text
        if answer.status_code != 200:
            refused(answer, 404)


async def test_a_method_that_is_not_there_names_those_that_are(studio: Studio) -> None:
    client = await studio.anonymous()
    answer = await client.put("/session", json={})
    refused(answer, 405)
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("method", "path", "there"),
    [
        ("GET", "/session/password", "PUT"),
        ("GET", "/notices/read", "POST"),
        ("GET", "/invitations/look", "POST"),
        ("OPTIONS", "/invitations/accept", "POST"),
        ("GET", "/audit/verify", "POST"),
        ("OPTIONS", "/audit/verify", "POST"),
    ],
)
async def test_a_place_beside_ids_has_its_own_methods_alone(studio: Studio, method: str, path: str, there: str) -> None:
    answer = await (await studio.person("owner")).request(method, path)
    refused(answer, 405)
    assert answer.headers["allow"] == there


async def test_a_place_where_only_an_id_may_stand_is_nowhere_without_one(studio: Studio) -> None:
    owner = await studio.person("owner")
    refused(await owner.delete("/invitations/payload"), 404)
    refused(await owner.get("/audit/payload"), 404)


@pytest.mark.parametrize("sent", ["0.5", "1764000000", "-1", "1e9", "2026-11-25", "2026-11-25T09:30:00", "now"])
async def test_a_time_is_written_as_a_time_with_its_offset(studio: Studio, sent: str) -> None:
    owner = await studio.person("owner")
    assert field_of(await owner.get(f"/projects/{studio.project}/audit", params={"until": sent})) == "until"
    body = {"project_id": studio.project, "name": "Machine", "scopes": ["read"], "expires_at": sent}
    assert field_of(await owner.post("/api-keys", json=body)) == "expires_at"


async def test_a_body_that_is_no_json_object_is_named(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    for what, body in NO_OBJECTS.items():
        answer = await client.post(f"/assets/{asset['id']}/scripts", content=body, headers=JSON)
        assert field_of(answer) == "body", what
    assert await rows(COUNTS) == [(1, 0, 0)]


async def test_only_json_is_read(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    body = b'{"text": "Hello."}'
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", ""):
        answer = await client.post(f"/assets/{asset['id']}/scripts", content=body, headers={"Content-Type": media})
        assert field_of(answer) == "body", media
        assert "application/json" in answer.json()["detail"]
    assert await rows(COUNTS) == [(1, 0, 0)]


async def test_every_field_of_text_refuses_what_no_text_holds(studio: Studio, rows: Rows) -> None:
    for door in await doors(studio):
        client = await studio.person("author")
        for name in door.texts:
            for value in NO_TEXTS:
                answer = await send(client, door.path, spoilt(door.body, name, value))
                told = refused(answer, 422)
                fields = {error["field"] for error in told["errors"]}
                assert name in fields or {name.partition(".")[0]} == fields, (door.path, name, value, told)
    assert await rows(COUNTS) == [(1, 0, 0)]


async def test_fields_nobody_knows_are_refused_whatever_their_name(studio: Studio, rows: Rows) -> None:
    for door in await doors(studio):
        client = await studio.person("author")
        for name in ("colour", "", "__proto__", "a\0b", "k" * 5000, "\ud800"):
            answer = await send(client, door.path, {**door.body, name: 1})
            assert refused(answer, 422)["errors"], (door.path, name)
    assert await rows(COUNTS) == [(1, 0, 0)]


async def test_numbers_are_finite_numbers_within_bounds(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    numbers = ("NaN", "Infinity", "-Infinity", "1e400", "9" * 400, "-1e308", '"1"', "true", "null", "[]", "{}")
    for name in ("speed", "emphasis", "pitch", "sentence_gap_ms"):
        for number in numbers:
            body = f'{{"text": "Hello.", "voice": "tone/plain", "delivery": {{"{name}": {number}}}}}'
            answer = await client.post(f"/assets/{asset['id']}/generations", content=body.encode(), headers=JSON)
            assert field_of(answer) == f"delivery.{name}", (name, number)
    assert await rows(COUNTS) == [(1, 0, 0)]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"generations": {"project": {"burst": 60_001}}}, "At most 60,000."),
        ({"concurrency": {"limit": 0}}, "At least 1."),
        ({"concurrency": {"limit": "8"}}, "Send a whole number."),
        ({"characters": {"limit": 1.5}}, "Send a whole number."),
        ({"characters": {}}, "This is needed."),
        ({"characters": []}, "Send an object."),
        ({"generations": {"everybody": {}}}, "There is no such field here."),
        ({"reason": 1}, "Send text."),
    ],
)
async def test_what_is_wrong_with_a_field_is_said_plainly_with_its_bound(studio: Studio, body: Json, message: str) -> None:
    client = await studio.person("owner")
    answer = await client.patch(f"/projects/{studio.project}/limits", json={"reason": "To see", **body})
    assert [error["message"] for error in refused(answer, 422)["errors"]] == [message]


async def test_what_is_wrong_with_an_address_is_said_plainly_too(studio: Studio) -> None:
    client = await studio.person("author")
    for query, message in {
        "limit=201": "At most 200.",
        "limit=many": "Send a whole number.",
        "status=lost": "One of 'draft', 'in_review', 'approved' or 'archived'.",
        f"tag={'t' * 41}": "At most 40 characters.",
    }.items():
        answer = await client.get(f"/projects/{studio.project}/assets?{query}")
        assert refused(answer, 422)["detail"] == message
    assert refused(await client.get("/assets/1"), 422)["detail"] == "This is no id: ids are UUIDs."


async def test_query_strings_hold_what_they_hold(studio: Studio) -> None:
    client = await studio.person("author")
    await studio.asset("a")
    for name in ("query", "tag", "language"):
        assert field_of(await client.get(f"/projects/{studio.project}/assets?{name}=a%00b")) == name
        for odd in ("%ED%A0%80", "%FF", "%", "%zz", "%F0%9F%91%8B", "%C3%A9", "[]"):
            answer = await client.get(f"/projects/{studio.project}/assets?{name}={odd}")
            assert (answer.status_code, answer.json()["items"]) == (200, []), (name, odd)
    for path in ("/voices?provider=%00", "/voices?language=%ED%A0%80"):
        assert (await client.get(path)).json() == {"items": []}
    for path in ("/voices/%00/x/sample", "/voices/tone/%ED%A0%80/sample", "/voices/tone/plain/sample"):
        refused(await client.get(path), 404)


async def test_an_id_is_a_uuid(studio: Studio) -> None:
    client = await studio.person("author")
    for kind in ("projects", "assets", "versions", "generations"):
        for wrong in ("1", "x" * 36, "01a20303-6d46-70eb-afcd-d0be52248f1", "%00", "null", "9" * 5000, "%ED%A0%80"):
            refused(await client.get(f"/{kind}/{wrong}"), 422)


async def test_a_body_over_a_mebibyte_is_too_large_however_it_comes(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    path = f"/assets/{asset['id']}/scripts"

    async def chunks(size: int) -> AsyncIterator[bytes]:
        for _ in range(size // 2**16):
            yield b" " * 2**16
        yield b" " * (size % 2**16)

    told: list[Json] = []
    for content in (b" " * (2**20 + 1), chunks(2**20 + 1)):
        told.append(refused(await client.post(path, content=content, headers=JSON), 413))
        told[-1].pop("request_id")
    assert told[0] == told[1]
    for length in ("9" * 19, "9" * 5000):
        refused(await client.post(path, content=b"{}", headers={**JSON, "Content-Length": length}), 413)
    for content in (b'{"text": "Hello."}'.ljust(2**20), chunks(2**20)):
        answer = await client.post(path, content=content, headers=JSON)
        assert answer.status_code in {201, 422}, answer.text
    assert await rows(COUNTS) == [(1, 1, 0)]


async def test_what_another_site_sends_is_refused(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    path = f"/assets/{asset['id']}"
    for headers in FOREIGN:
        refused(await client.post(f"{path}/scripts", json={"text": "Hello."}, headers=headers), 403)
        refused(await client.patch(path, json={"title": "New"}, headers=headers), 403)
        refused(await client.delete("/session", headers=headers), 403)
        assert (await client.get(path, headers=headers)).json() == asset
    assert await rows(COUNTS) == [(1, 0, 0)]


async def test_what_our_own_page_and_other_programs_send_passes(studio: Studio) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    ours = [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://studio.test"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://studio.test"},
    ]
    for headers in ours:
        answer = await client.post(f"/assets/{asset['id']}/scripts", json={"text": "Hello."}, headers=headers)
        assert answer.status_code == 201, headers


@pytest.mark.usefixtures("trusting")
async def test_a_request_id_is_taken_over_from_a_trusted_proxy_if_it_is_a_plain_one(studio: Studio) -> None:
    client = await studio.anonymous()
    answer = await client.get("/session", headers={"X-Request-ID": "proxy-1.2_3"})
    assert refused(answer, 401)["request_id"] == "proxy-1.2_3"
    seen = set()
    for other in ("", "a b", "x" * 65, "a\tb", "<script>", "ü"):
        answer = await client.get("/session", headers=[(b"X-Request-ID", other.encode())])
        seen.add(refused(answer, 401)["request_id"])
        assert seen.isdisjoint({other})
    assert len(seen) == 6


async def test_nobody_else_chooses_the_request_id_that_is_recorded(studio: Studio, rows: Rows) -> None:
    client = await studio.person("author")
    for _ in range(2):
        answer = await client.get("/session", headers={"X-Request-ID": "mine"})
        assert answer.headers["x-request-id"] != "mine"
    body = {"key": "a", "title": "A"}
    answer = await client.post(f"/projects/{studio.project}/assets", json=body, headers={"X-Request-ID": "mine"})
    ((payload,),) = await rows("select payload from audit_events where action = 'asset.create'")
    assert json.loads(payload)["request_id"] == answer.headers["x-request-id"] != "mine"


async def test_what_nobody_foresaw_tells_nothing_of_itself(studio: Studio, worker: None, rows: Rows) -> None:
    generation = await studio.ended(await studio.ask(await studio.asset()))
    await rows("set session_replication_role = replica")  # past the triggers
    await rows("update generations set delivery = '{\"secret\": 1}'")
    answer = await (await studio.person("author")).get(f"/generations/{generation['id']}")
    assert "secret" not in str(refused(answer, 500))


async def test_a_broken_database_is_a_problem_that_says_whether_to_ask_again(studio: Studio, rows: Rows) -> None:
    client = await studio.person("author")
    await rows("alter table assets rename to lost")
    told = refused(await client.get(f"/projects/{studio.project}/assets"), 500)
    assert "lost" not in str(told)
    assert "assets" not in str(told)


async def test_a_lost_connection_costs_no_answer(studio: Studio, rows: Rows) -> None:
    client = await studio.person("author")
    for _ in range(3):
        await rows(
            "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()"
        )
        assert (await client.get("/projects")).status_code == 200


async def test_a_connection_lost_in_the_middle_is_503_and_nothing_is_done(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    await rows("begin")
    await rows("lock table scripts")
    asked = asyncio.create_task(client.post(f"/assets/{asset['id']}/scripts", json={"text": "Hello."}))
    while not (found := await rows("select pid from pg_locks where not granted")):
        await asyncio.sleep(0.01)
    await rows("select pg_terminate_backend(%s)", found[0][0])
    answer = await asked
    await rows("rollback")
    refused(answer, 503)
    assert int(answer.headers["retry-after"]) > 0
    assert await rows(COUNTS) == [(1, 0, 0)]


async def test_a_connection_lost_while_saving_is_503_that_leaves_open_whether_it_was_done(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    await rows("create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(60); return null; end'")
    await rows(
        "create constraint trigger slow after insert on scripts deferrable initially deferred for each row execute function slow()"
    )
    asked = asyncio.create_task(client.post(f"/assets/{asset['id']}/scripts", json={"text": "Hello."}))
    while not (found := await rows("select pid from pg_stat_activity where wait_event = 'PgSleep'")):
        await asyncio.sleep(0.01)
    await rows("select pg_terminate_backend(%s)", found[0][0])
    answer = await asked
    detail = refused(answer, 503)["detail"]
    assert "may or may not have been done" in detail
    assert "Idempotency-Key" in detail
    assert int(answer.headers["retry-after"]) > 0


async def test_requests_that_block_each_other_are_told_to_ask_again(studio: Studio, rows: Rows) -> None:
    """A deadlock: the request has its project and waits for a person, whom somebody holds who then waits for the project."""
    owner = await studio.person("owner")
    items = (await owner.get(f"/projects/{studio.project}/members")).json()["items"]
    viewer = next(one["person"]["id"] for one in items if one["roles"] == ["viewer"])
    async with held(rows, "select from people for update"):
        body = {"roles": ["author"], "reason": "Because"}
        asked = asyncio.create_task(owner.put(f"/projects/{studio.project}/members/{viewer}", json=body))
        await until_waiting(rows)
        await rows("select from projects for update")
        answer = await asked
    told = refused(answer, 409)
    assert "does not answer" not in told["detail"]
    assert told["possible"] == []
    assert int(answer.headers["retry-after"]) > 0
    assert await rows("select count(*) from audit_events where action = 'member.change'") == [(0,)]


async def test_more_requests_than_the_database_takes_at_once_are_told_to_come_back(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    await rows("begin")
    await rows("lock table scripts")
    waiting = [asyncio.create_task(client.get(f"/assets/{asset['id']}/scripts")) for _ in range(20)]
    while await rows("select count(*) from pg_locks where not granted") != [(20,)]:
        await asyncio.sleep(0.01)
    answer = await client.get(f"/assets/{asset['id']}")
    await rows("rollback")
    refused(answer, 503)
    assert int(answer.headers["retry-after"]) > 0
    assert {one.status_code for one in await asyncio.gather(*waiting)} == {200}


async def test_a_studio_where_people_are_is_ready_without_those_of_the_demo(
    studio: Studio, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICEOPS_DEMO", "1")
    settings.cache_clear()
    client = await studio.anonymous()
    ready = "http://studio.test/readyz"
    await rows("update people set deactivated_at = now() where email like '%%@northwind.example'")
    assert (await client.get(ready)).status_code == 200
    await rows("update people set email = replace(email, 'northwind', 'customer')")
    assert (await client.get(ready)).status_code == 200
    await rows("set session_replication_role = replica")  # past the triggers
    await rows("truncate people cascade")
    assert "demo is not here yet" in refused(await client.get(ready), 503)["detail"]


async def test_the_checks_of_operators_answer(studio: Studio, rows: Rows) -> None:
    client = await studio.anonymous()
    for path in ("/healthz", "/readyz", "/metrics"):
        answer = await client.get(f"http://studio.test{path}")
        assert answer.status_code == 200
        assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    await rows("update alembic_version set version_num = '0000'")
    assert "0000" in refused(await client.get("http://studio.test/readyz"), 503)["detail"]
