"""The first start without the demo: a link that makes the first owner, once."""

import asyncio
import json
import os
import subprocess
import sys

import httpx
import pytest
from conftest import Json, Rows, Studio, field_of, refused

from voiceops.seed import first_owner

FIRST = {
    "name": "Fay First",
    "email": "fay@first.example",
    "password": "the very first one",
    "project": {"key": "voice", "name": "Voice Team"},
}


@pytest.fixture
async def empty(studio: Studio, rows: Rows) -> Studio:
    """A studio where nobody is yet."""
    await rows("set session_replication_role = replica")
    for table in ("memberships", "people", "projects"):
        await rows(f"delete from {table}")  # noqa: S608 - our own names
    await rows("set session_replication_role = default")
    return studio


def started(studio: Studio, **environment: str) -> str:
    """What `voiceops migrate` says: it is what `voiceops up` runs first, and an operator by hand."""
    url = studio.settings.database_url or ""
    known = {**os.environ, "VOICEOPS_DATABASE_URL": url, "VOICEOPS_DEMO": "0", "VOICEOPS_PORT": "8123", **environment}
    told = subprocess.run([sys.executable, "-m", "voiceops", "migrate"], env=known, capture_output=True, text=True, check=True)
    return told.stdout


def token(said: str) -> str:
    (line,) = [line.strip() for line in said.splitlines() if "/welcome#" in line]
    address, _, found = line.partition("#")
    assert address == "http://127.0.0.1:8123/welcome"
    return found


async def found(client: httpx.AsyncClient, given: str, **other: object) -> httpx.Response:
    return await client.post("/invitations/accept", json={**FIRST, "token": given, **other})


async def test_the_link_makes_the_first_owner_and_their_project(empty: Studio, rows: Rows) -> None:
    given = token(started(empty, VOICEOPS_HOST="0.0.0.0", VOICEOPS_ALLOW_REMOTE_DEMO="1"))  # noqa: S104
    first = await empty.anonymous()
    seen = (await first.post("/invitations/look", json={"token": given})).json()
    assert (seen["email"], seen["project"], seen["roles"], seen["invited_by"], seen["has_account"]) == (None, None, [], None, False)
    told = (await found(first, given)).json()
    assert (told["person"]["email"], told["person"]["is_admin"]) == ("fay@first.example", True)
    assert [(one["key"], one["name"], one["roles"]) for one in told["projects"]] == [("voice", "Voice Team", ["owner"])]
    assert (await first.get("/session")).json() == told
    ((payload,),) = await rows("select payload from audit_events where action = 'studio.found'")
    event: Json = json.loads(payload)
    assert (event["actor"]["id"], event["subject"]) == (told["person"]["id"], {"type": "project", "id": told["projects"][0]["id"]})
    assert event["changes"] == {
        "invitation_id": str((await rows("select id from invitations"))[0][0]),
        "key": "voice",
        "name": "Voice Team",
        "owner_id": told["person"]["id"],
    }
    assert "fay" not in payload.lower()
    refused(await found(await empty.anonymous(), given), 409)
    assert started(empty) == "", "somebody is here: there is nothing to tell"


async def test_each_start_tells_a_new_link_and_ends_the_one_before(empty: Studio) -> None:
    first, second = token(started(empty)), token(started(empty))
    client = await empty.anonymous()
    assert "taken back" in refused(await found(client, first), 409)["detail"]
    assert (await found(client, second)).status_code == 200


async def test_starts_at_the_same_time_leave_one_link(empty: Studio, rows: Rows) -> None:
    links = await asyncio.gather(*(first_owner(empty.settings) for _ in range(6)))
    assert len(set(links)) == 6
    assert await rows("select count(*) from invitations where revoked_at is null") == [(1,)]


async def test_only_one_is_the_first(empty: Studio, rows: Rows) -> None:
    given = token(started(empty))
    clients = [await empty.anonymous() for _ in range(4)]
    answers = await asyncio.gather(
        *(found(client, given, email=f"fay{number}@first.example") for number, client in enumerate(clients))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert await rows("select count(*) from people") == [(1,)]
    assert await rows("select count(*) from projects") == [(1,)]


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"project": None}, "project"),
        ({"project": {"key": "Voice", "name": "V"}}, "project.key"),
        ({"email": None}, "email"),
        ({"name": None}, "name"),
        ({"password": None}, "password"),
        ({"password": "password123"}, "password"),
        ({"is_admin": True}, "is_admin"),
    ],
)
async def test_the_first_owner_tells_everything(empty: Studio, rows: Rows, other: Json, field: str) -> None:
    client = await empty.anonymous()
    assert field_of(await found(client, token(started(empty)), **other)) == field
    assert await rows("select count(*) from people") == [(0,)]


async def test_where_somebody_is_a_start_tells_no_link(studio: Studio) -> None:
    assert started(studio) == ""


async def test_no_guest_founds_a_studio(studio: Studio) -> None:
    owner = await studio.person("owner")
    body = {"email": "gil@guest.example", "roles": ["viewer"]}
    link = (await owner.post(f"/projects/{studio.project}/invitations", json=body)).json()["link"]
    refused(await found(await studio.anonymous(), link.partition("#")[2]), 409)
