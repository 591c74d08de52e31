"""`/events`: what changed is told at once, at commit, to those who may see it and to nobody else."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from conftest import Json, Rows, Studio, refused, served

from voiceops.api.events import RECHECK_SECONDS
from voiceops.api.identity import COOKIE


@dataclass
class Reader:
    """Somebody who listens."""

    lines: AsyncIterator[str]

    async def next(self, within: float = 5.0) -> tuple[str, Json]:
        """The name and data of the next event."""
        name = ""
        async with asyncio.timeout(within):
            async for line in self.lines:
                kind, _, value = line.partition(": ")
                if kind == "event":
                    name = value
                elif kind == "data":
                    return name, json.loads(value)
        raise EOFError

    async def silent(self, during: float = 0.3) -> bool:
        """Whether nothing is told for so long. Nothing can be read afterwards."""
        try:
            await self.next(during)
        except TimeoutError:
            return True
        return False


@dataclass
class Live:
    """The application behind a socket, for what has no end."""

    studio: Studio
    url: str
    stack: AsyncExitStack

    async def reader(self, role: str, *, by_key: bool = False) -> Reader:
        """The events that somebody with this role is told from now on, or a key of theirs that may only read."""
        shown: Json = {"cookies": {COOKIE: (await self.studio.person(role)).cookies[COOKIE]}}
        if by_key:
            shown = {"headers": {"Authorization": (await self.studio.key(role, "read")).headers["Authorization"]}}
        client = await self.stack.enter_async_context(httpx.AsyncClient(base_url=self.url, timeout=60, **shown))
        answer = await self.stack.enter_async_context(client.stream("GET", "/events"))
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "no-" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        reader = Reader(answer.aiter_lines())
        assert await reader.next() == ("ready", {})
        return reader


@pytest.fixture
async def live(studio: Studio) -> AsyncIterator[Live]:
    async with served(studio) as url, AsyncExitStack() as stack:
        yield Live(studio, url, stack)


async def test_who_may_see_a_change_is_told_of_it(live: Live) -> None:
    author, viewer = await live.reader("author"), await live.reader("viewer")
    asset = await live.studio.asset()
    told = await author.next()
    assert told == (
        "change",
        {
            "subject": {"type": "asset", "id": asset["id"]},
            "action": "asset.create",
            "project_id": live.studio.project,
            "asset_id": asset["id"],
            "status": None,
            "progress": None,
            "version_id": None,
        },
    )
    assert await viewer.next() == told


async def test_a_key_is_told_of_its_project_until_it_is_revoked(live: Live) -> None:
    machine = await live.reader("owner", by_key=True)
    asset = await live.studio.asset()
    assert (await machine.next())[1]["asset_id"] == asset["id"]
    await live.studio.asset("theirs", by="outsider")
    owner = await live.studio.person("owner")
    (key,) = (await owner.get("/api-keys")).json()["items"]
    await owner.delete(f"/api-keys/{key['id']}")
    with pytest.raises(EOFError):
        await machine.next()


async def test_of_keys_hear_their_person_and_owners_and_of_invitations_owners_alone(live: Live) -> None:
    studio = live.studio
    author = await studio.person("author")
    owners, own, members = [await live.reader(role) for role in ("owner", "author", "viewer")]
    machine = await live.reader("owner", by_key=True)
    assert (await owners.next())[1]["action"] == "key.create", "the machine's own"
    key = (await author.post("/api-keys", json={"project_id": studio.project, "name": "Bot", "scopes": ["read"]})).json()["id"]
    for reader in (owners, own):
        assert (await reader.next())[1]["subject"] == {"type": "key", "id": key}
    owner = await studio.person("owner")
    invited = {"email": "guest@x.example", "roles": ["viewer"]}
    await owner.post(f"/projects/{studio.project}/invitations", json=invited)
    assert (await owners.next())[1]["action"] == "member.invite"
    asset = await studio.asset()
    for reader in (owners, own, members, machine):
        assert (await reader.next())[1]["asset_id"] == asset["id"]


async def test_a_key_that_may_not_read_hears_nothing(live: Live) -> None:
    client = await live.studio.key("author", "write", "generate", "live")
    refused(await client.get("/events"), 403)


async def test_an_outsider_hears_nothing_of_it(live: Live) -> None:
    author, outsider = await live.reader("author"), await live.reader("outsider")
    asset = await live.studio.asset()
    await live.studio.ask(asset)
    await live.studio.asset("theirs", by="outsider")
    name, change = await outsider.next()
    assert (name, change["action"]) == ("change", "asset.create")
    assert change["asset_id"] != asset["id"]
    assert change["project_id"] != live.studio.project
    assert [(await author.next())[1]["action"] for _ in range(3)] == ["asset.create", "script.create", "generation.request"]
    assert await author.silent()


async def test_who_signs_in_is_nobodys_business(live: Live) -> None:
    author = await live.reader("author")
    await (await live.studio.person("owner")).delete("/session")
    await live.studio.person("viewer")
    assert await author.silent()


async def test_a_generation_is_told_from_request_to_end(live: Live, worker: None) -> None:
    asset = await live.studio.asset()
    viewer = await live.reader("viewer")
    await live.studio.version(asset)
    told: list[tuple[Any, ...]] = []
    while not told or told[-1][1] != "succeeded":
        _, change = await viewer.next()
        assert change["asset_id"] == asset["id"]
        told.append((change["action"], change["status"]))
    assert told == [
        ("script.create", None),
        ("generation.request", "queued"),
        ("generation.progress", "running"),
        ("generation.succeed", "succeeded"),
    ]


async def test_a_change_is_told_when_it_is_true_and_not_before(live: Live, rows: Rows) -> None:
    asset = await live.studio.asset()
    viewer = await live.reader("viewer")
    client = await live.studio.person("author")
    await rows("begin")
    await rows("lock table audit_events")  # what is recorded waits, and so does its commit
    asked = asyncio.create_task(client.patch(f"/assets/{asset['id']}", json={"title": "New"}))
    await asyncio.sleep(0.3)
    assert not asked.done()
    heard = asyncio.create_task(viewer.next())
    await asyncio.sleep(0.2)
    assert not heard.done()
    await rows("rollback")
    _, change = await heard
    assert change["action"] == "asset.update"
    assert (await client.get(f"/assets/{asset['id']}")).json()["title"] == "New"
    await asked


async def test_what_is_refused_is_not_told(live: Live) -> None:
    asset = await live.studio.asset()
    viewer = await live.reader("viewer")
    client = await live.studio.person("author")
    refused(await client.post(f"/projects/{live.studio.project}/assets", json={"key": asset["key"], "title": "A"}), 409)
    body = {"text": "New words.", "voice": "tone/plain", "parent_version_id": asset["id"]}
    refused(await client.post(f"/assets/{asset['id']}/generations", json=body), 422)
    refused(await (await live.studio.person("viewer")).patch(f"/assets/{asset['id']}", json={"title": "A"}), 403)
    assert await viewer.silent()


async def test_after_a_lost_database_everybody_is_told_to_look_again(live: Live, rows: Rows) -> None:
    viewer = await live.reader("viewer")
    listening = "query like 'listen%%' and datname = current_database()"
    await rows(f"select pg_terminate_backend(pid) from pg_stat_activity where {listening}")  # noqa: S608 - our own words
    assert await viewer.next(10) == ("ready", {})
    asset = await live.studio.asset()
    assert (await viewer.next())[1]["asset_id"] == asset["id"]


async def test_what_another_release_announces_ends_nothing(live: Live, rows: Rows) -> None:
    viewer = await live.reader("viewer")
    project = live.studio.project
    for odd in ("no JSON", "[]", "7", "null", '{"id": "1"}'):
        await rows("select pg_notify('voiceops', %s)", odd)
        assert await viewer.next() == ("ready", {}), odd
    newer = {"type": "asset", "id": "1", "action": "asset.paint", "project_id": project, "colour": "blue"}
    for told in ({**newer, "project_id": "no id"}, newer):
        await rows("select pg_notify('voiceops', %s)", json.dumps(told))
    _, change = await viewer.next()
    assert (change["action"], change["project_id"]) == ("asset.paint", project)
    asset = await live.studio.asset()
    assert (await viewer.next())[1]["asset_id"] == asset["id"]


async def test_who_may_hear_no_more_hears_no_more(live: Live, rows: Rows) -> None:
    """One test of three ways to lose the right, as each takes a while to be noticed."""
    ended, removed, deactivated, stays = [await live.reader(role) for role in ("reviewer", "auditor", "publisher", "viewer")]
    await (await live.studio.person("reviewer")).delete("/session")
    await rows("delete from memberships where role = 'auditor'")
    await rows("update people set deactivated_at = now() where email like 'publisher@%%'")
    await asyncio.sleep(RECHECK_SECONDS + 0.5)
    asset = await live.studio.asset()
    assert (await stays.next())[1]["asset_id"] == asset["id"]
    assert await removed.silent()
    for over in (ended, deactivated):
        with pytest.raises(EOFError):
            await over.next()


async def test_a_right_that_is_given_or_taken_is_heard_at_once(live: Live) -> None:
    owner, viewer, outsider = [await live.studio.person(role) for role in ("owner", "viewer", "outsider")]
    me = [(await client.get("/session")).json()["person"]["id"] for client in (viewer, outsider)]
    stays, hears, comes = await live.reader("author"), await live.reader("viewer"), await live.reader("outsider")
    await owner.request("DELETE", f"/projects/{live.studio.project}/members/{me[0]}", json={"reason": "Because"})
    for reader in (stays, hears):
        _, change = await reader.next()
        assert (change["action"], change["subject"]) == ("member.remove", {"type": "member", "id": me[0]})
    invited = {"email": "outsider@elsewhere.example", "roles": ["viewer"]}
    link = (await owner.post(f"/projects/{live.studio.project}/invitations", json=invited)).json()["link"]
    await outsider.post("/invitations/accept", json={"token": link.partition("#")[2]})
    assert (await comes.next())[1]["action"] == "member.accept"
    asset = await live.studio.asset()
    assert (await comes.next())[1]["asset_id"] == asset["id"]
    assert await hears.silent()


async def test_a_session_that_is_ended_hears_no_more_at_once(live: Live) -> None:
    """Signed out, ended from elsewhere, its password changed, its person deactivated."""
    people = ("reviewer", "publisher", "auditor", "viewer")
    readers = [await live.reader(role) for role in people]
    reviewer, publisher, auditor, viewer = [await live.studio.person(role) for role in people]
    admin = await live.studio.person("admin")
    await reviewer.delete("/session")
    (mine,) = (await publisher.get("/sessions")).json()["items"]
    await publisher.delete(f"/sessions/{mine['id']}")
    await auditor.put("/session/password", json={"current": "voiceops-demo", "new": "seven quiet otters"})
    person = (await viewer.get("/session")).json()["person"]["id"]
    await admin.post(f"/people/{person}/deactivate", json={"reason": "Because"})
    for reader in readers:
        with pytest.raises(EOFError):
            await reader.next()


async def test_who_manages_people_hears_of_them_and_nobody_else_does(live: Live) -> None:
    admin, author, viewer = [await live.reader(role) for role in ("admin", "author", "viewer")]
    person = (await (await live.studio.person("viewer")).get("/session")).json()["person"]["id"]
    await (await live.studio.person("admin")).patch(f"/people/{person}", json={"name": "New"})
    for reader in (admin, viewer):
        _, change = await reader.next()
        assert (change["action"], change["subject"]["id"], change["project_id"]) == ("person.change", person, None)
    assert await author.silent()
    await live.studio.asset()
    assert await admin.silent()


async def test_only_people_listen(studio: Studio) -> None:
    refused(await (await studio.anonymous()).get("/events"), 401)
