"""`Idempotency-Key`: asking again gives the same answer and does nothing again."""

import asyncio
from typing import Any

import httpx
import pytest
from conftest import Json, Rows, Studio, field_of, refused, working
from meeting import held, until_waiting

COUNTS = (
    "select (select count(*) from assets), (select count(*) from scripts), (select count(*) from generations), "
    "(select count(*) from procrastinate_jobs), (select count(*) from audit_events where project_id is not null)"
)


async def post(client: httpx.AsyncClient, path: str, body: Json, key: str = "key-1") -> httpx.Response:
    return await client.post(path, json=body, headers={"Idempotency-Key": key})


@pytest.mark.parametrize("kind", ["asset", "script", "generation"])
async def test_asking_again_answers_the_same_and_does_nothing(studio: Studio, rows: Rows, kind: str) -> None:
    client = await studio.person("author")
    asset = await studio.asset()
    doors: dict[str, tuple[str, Json]] = {
        "asset": (f"/projects/{studio.project}/assets", {"key": "a", "title": "A", "tags": ["ivr"]}),
        "script": (f"/assets/{asset['id']}/scripts", {"text": "Hello."}),
        "generation": (f"/assets/{asset['id']}/generations", {"text": "Hello.", "voice": "tone/plain"}),
    }
    path, body = doors[kind]
    first = await post(client, path, body)
    counts = await rows(COUNTS)
    again = await post(client, path, body)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.status_code == (202 if kind == "generation" else 201)
    assert again.headers["location"] == first.headers["location"]
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert await rows(COUNTS) == counts


async def test_a_replay_is_the_answer_of_then(studio: Studio, worker: None) -> None:
    client = await studio.person("author")
    asset = await studio.asset()
    path, body = f"/assets/{asset['id']}/generations", {"text": "Hello.", "voice": "tone/plain"}
    first = (await post(client, path, body)).json()
    await studio.ended(first)
    assert (await post(client, path, body)).json() == first


async def test_a_replay_is_what_another_release_answered(studio: Studio, beyond: Rows) -> None:
    client = await studio.person("author")
    asset = await studio.asset()
    path, body = f"/assets/{asset['id']}/generations", {"text": "Hello.", "voice": "tone/plain"}
    first = await post(client, path, body)
    older = '{"id": "7", "colour": "blue"}'  # without a field there is now, and with one there is no more
    await beyond("update idempotency_keys set body = %s", older)
    again = await post(client, path, body)
    assert (again.status_code, again.text) == (202, older)
    for name in ("content-type", "location"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_key_is_for_one_request_alone(studio: Studio, rows: Rows) -> None:
    client = await studio.person("author")
    one, other = await studio.asset("one"), await studio.asset("other")
    await post(client, f"/assets/{one['id']}/scripts", {"text": "Hello."})
    counts = await rows(COUNTS)
    others: list[tuple[str, Any]] = [
        (f"/assets/{one['id']}/scripts", {"text": "Hello"}),
        (f"/assets/{one['id']}/scripts", {"text": "Hello.", "note": None}),
        (f"/assets/{other['id']}/scripts", {"text": "Hello."}),
        (f"/assets/{one['id']}/generations", {"text": "Hello.", "voice": "tone/plain"}),
    ]
    for path, body in others:
        assert field_of(await post(client, path, body)) == "Idempotency-Key"
    assert await rows(COUNTS) == counts


async def test_people_do_not_share_keys(studio: Studio) -> None:
    asset = await studio.asset()
    author, owner = await studio.person("author"), await studio.person("owner")
    first = await post(author, f"/assets/{asset['id']}/scripts", {"text": "Hello."})
    second = await post(owner, f"/assets/{asset['id']}/scripts", {"text": "Good morning."})
    assert (first.json()["number"], second.json()["number"]) == (1, 2)


async def test_a_key_whose_request_still_runs_is_409(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    author, owner = await studio.person("author"), await studio.person("owner")
    path, body = f"/assets/{asset['id']}/scripts", {"text": "Hello."}
    async with held(rows, "select from assets where id = %s for update", asset["id"]):
        running = asyncio.create_task(post(author, path, body))
        await until_waiting(rows)
        for same in (body, {"text": "Other."}):
            answer = await post(author, path, same)
            assert refused(answer, 409)["possible"] == []
            assert int(answer.headers["retry-after"]) >= 1
        others = asyncio.create_task(post(owner, path, {"text": "Mine."}))
        await asyncio.sleep(0.1)
        assert not others.done()
    first = await running
    assert first.status_code == (await others).status_code == 201
    assert (await post(author, path, body)).json() == first.json()


async def test_of_many_at_once_one_is_done(studio: Studio, rows: Rows) -> None:
    client = await studio.person("author")
    path, body = f"/projects/{studio.project}/assets", {"key": "a", "title": "A"}
    answers = await asyncio.gather(*(post(client, path, body) for _ in range(8)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert (await rows(COUNTS))[0][0] == 1


async def test_a_refused_request_leaves_its_key_free(studio: Studio, rows: Rows) -> None:
    client = await studio.person("author")
    asset = await studio.asset("a")
    refused(await post(client, f"/projects/{studio.project}/assets", {"key": "a", "title": "A"}), 409)
    refused(await post(client, f"/assets/{asset['id']}/scripts", {"text": "*half"}), 422)
    refused(await post(await studio.person("viewer"), f"/assets/{asset['id']}/scripts", {"text": "Mine."}), 403)
    assert await rows("select count(*) from idempotency_keys") == [(0,)]
    assert (await post(client, f"/assets/{asset['id']}/scripts", {"text": "Whole."})).status_code == 201


async def test_a_key_is_a_short_string_one_can_see(studio: Studio) -> None:
    client = await studio.person("author")
    asset = await studio.asset()
    for number, key in enumerate((b"k", b"k" * 200, b'"quoted"', b"!~")):
        headers = [(b"Idempotency-Key", key)]
        answer = await client.post(f"/assets/{asset['id']}/scripts", json={"text": f"Wording {number}."}, headers=headers)
        assert answer.status_code == 201, key
    for key in (b"", b"k" * 201, b"a b", b"a\tb", "ü".encode(), b"\xff"):
        headers = [(b"Idempotency-Key", key)]
        answer = await client.post(f"/assets/{asset['id']}/scripts", json={"text": "Refused."}, headers=headers)
        assert field_of(answer) == "Idempotency-Key", key


@pytest.mark.parametrize("kind", ["asset", "script", "generation", "comment", "preference"])
async def test_a_stored_answer_is_not_for_who_may_ask_no_more(studio: Studio, worker: None, beyond: Rows, kind: str) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    versions = [(await studio.version(asset))["id"] for _ in range(2)] if kind in {"comment", "preference"} else ["", ""]
    doors: dict[str, tuple[str, Json]] = {
        "asset": (f"/projects/{studio.project}/assets", {"key": "a", "title": "A"}),
        "script": (f"/assets/{asset['id']}/scripts", {"text": "Hello."}),
        "generation": (f"/assets/{asset['id']}/generations", {"text": "Hello.", "voice": "tone/plain"}),
        "comment": (f"/versions/{versions[0]}/comments", {"body": "Louder"}),
        "preference": (f"/projects/{studio.project}/preferences", {"version_ids": versions, "preferred_id": None}),
    }
    assert (await post(client, *doors[kind])).is_success
    left = "auditor" if kind == "preference" else "viewer"
    await beyond("update memberships set role = %s where role = 'author'", left)
    refused(await post(client, *doors[kind]), 403)


async def test_an_answer_is_forgotten_after_a_day(studio: Studio, rows: Rows, beyond: Rows) -> None:
    client = await studio.person("author")
    path = f"/projects/{studio.project}/assets"
    for name in ("old", "young"):
        assert (await post(client, path, {"key": name, "title": "A"}, key=name)).status_code == 201
    await beyond("update idempotency_keys set created_at = now() - interval '25 h' where key = 'old'")
    await beyond("update idempotency_keys set created_at = now() - interval '23 h' where key = 'young'")
    async with working(studio.settings), asyncio.timeout(60):
        while await rows("select key from idempotency_keys") != [("young",)]:
            await asyncio.sleep(0.05)
    assert (await post(client, path, {"key": "young", "title": "A"}, key="young")).status_code == 201
    refused(await post(client, path, {"key": "old", "title": "A"}, key="old"), 409)


async def test_a_stored_answer_is_not_for_who_lost_access(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    author = await studio.person("author")
    asked: Json = {"json": {"text": "Hello."}, "headers": {"Idempotency-Key": "mine"}}
    assert (await author.post(f"/assets/{asset['id']}/scripts", **asked)).status_code == 201
    await rows("delete from memberships where person_id = (select id from people where email = 'author@northwind.example')")
    assert (await author.post(f"/assets/{asset['id']}/scripts", **asked)).status_code == 404
