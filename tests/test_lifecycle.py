"""The life of a version: one table of steps, singly and in bulk, with a reason where one is due."""

import asyncio
from itertools import product
from uuid import uuid4

import psycopg
import pytest
from conftest import Json, Rows, Studio, field_of, refused
from psycopg import errors
from reviewing import WHY, act, done, in_review, rounds

from voiceops.models import Status
from voiceops.models.version import LIFECYCLE

STEPS = {action: action.removeprefix("version.").replace("_", "-") for action in LIFECYCLE}


async def many(studio: Studio, step: str, *versions: str, by: str = "author") -> tuple[int, Json]:
    """How archiving or restoring many is answered."""
    client = await studio.person(by)
    answer = await client.post(f"/projects/{studio.project}/versions/{step}", json={**WHY, "version_ids": versions})
    return answer.status_code, answer.json()


async def statuses(rows: Rows) -> list[str]:
    return [status for (status,) in await rows("select status from versions order by id")]


def test_the_table_of_steps_is_that_of_the_product() -> None:
    told = {(before, action, after) for action, (befores, after) in LIFECYCLE.items() for before in befores}
    assert told == {
        ("draft", "version.submit", "in_review"),
        ("in_review", "version.approve", "approved"),
        ("in_review", "version.request_changes", "draft"),
        ("in_review", "version.withdraw", "draft"),
        ("draft", "version.archive", "archived"),
        ("in_review", "version.archive", "archived"),
        ("approved", "version.archive", "archived"),
        ("archived", "version.restore", "draft"),
    }


async def test_the_trigger_holds_the_same_table(studio: Studio, worker: None, database_url: str) -> None:
    """Each status from each other by hand: what no action does PostgreSQL refuses, what one does it allows."""
    await studio.version(await studio.asset())
    steps = {(before, after) for befores, after in LIFECYCLE.values() for before in befores}
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        for before, after in product(Status, Status):
            await connection.execute("set session_replication_role = replica")
            await connection.execute("update versions set status = %s", (before,))
            await connection.execute("set session_replication_role = default")
            if (before, after) in steps:
                await connection.execute("update versions set status = %s", (after,))
            else:
                with pytest.raises(errors.CheckViolation):
                    await connection.execute("update versions set status = %s", (after,))


async def test_a_version_goes_its_whole_way(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset())
    way = [("submit", "author"), ("approve", "reviewer"), ("archive", "author"), ("restore", "author"), ("submit", "author")]
    way += [("withdraw", "author"), ("submit", "owner"), ("request-changes", "reviewer"), ("archive", "owner")]
    went = [(await done(studio, version, step, by=who))["status"] for step, who in way]
    assert went == [
        *("in_review", "approved", "archived", "draft", "in_review", "draft", "in_review", "draft", "archived"),
    ]


async def test_what_is_not_possible_says_what_is(studio: Studio, worker: None, rows: Rows) -> None:
    """Each step in each status, by somebody whom roles do not hinder."""
    version = await studio.version(await studio.asset())
    for status, (action, (befores, _)) in product(Status, LIFECYCLE.items()):
        if status in befores:
            continue
        await rows("set session_replication_role = replica")
        await rows("update versions set status = %s", status)
        await rows("set session_replication_role = default")
        told = refused(await act(studio, version, STEPS[action], by="owner"), 409)
        assert told["possible"] == [one for one, (froms, _) in LIFECYCLE.items() if status in froms]
        assert told["detail"] == f"This version is {status.replace('_', ' ')}, so {action} is not possible."


async def test_each_step_is_recorded_once_with_its_reason(studio: Studio, worker: None, rows: Rows) -> None:
    version = await studio.version(await studio.asset())
    for step, who in (("submit", "author"), ("approve", "reviewer"), ("archive", "author"), ("restore", "author")):
        await done(studio, version, step, by=who, reason=f"To {step}")
    query = "select payload::jsonb from audit_events where version_id = %s and action like 'version.%%' order by seq"
    told = [event for (event,) in await rows(query, version["id"])]
    assert [(one["action"], one["reason"], one["changes"]["status"]) for one in told] == [
        ("version.submit", "To submit", {"from": "draft", "to": "in_review"}),
        ("version.approve", "To approve", {"from": "in_review", "to": "approved"}),
        ("version.archive", "To archive", {"from": "approved", "to": "archived"}),
        ("version.restore", "To restore", {"from": "archived", "to": "draft"}),
    ]
    assert {(one["subject"]["type"], one["subject"]["id"], one["asset_id"]) for one in told} == {
        ("version", version["id"], version["asset_id"])
    }


@pytest.mark.parametrize("step", ["approve", "request-changes", "archive", "restore"])
async def test_a_step_that_takes_something_from_somebody_needs_a_reason(studio: Studio, worker: None, step: str) -> None:
    version = await in_review(studio)
    owner = await studio.person("owner")
    for body in ({}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 501}, {"reason": "a\u202eb"}):
        assert field_of(await owner.post(f"/versions/{version['id']}/{step}", json=body)) == "reason"
    assert (await owner.get(f"/versions/{version['id']}")).json()["status"] == "in_review"


async def test_a_version_is_submitted_once(studio: Studio, worker: None, rows: Rows) -> None:
    version = await studio.version(await studio.asset())
    answers = await asyncio.gather(*(act(studio, version, "submit", by=who) for who in ("author", "owner", "author", "owner")))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert await rows("select count(*) from reviews") == [(1,)]
    assert await rows("select count(*) from audit_events where action = 'version.submit'") == [(1,)]


async def test_what_is_archived_in_review_ends_the_review(studio: Studio, worker: None) -> None:
    version = await in_review(studio)
    await done(studio, version, "archive")
    (review,) = await rounds(studio, version)
    assert (review["state"], review["outcome"], review["wanted"]) == ("closed", "archived", None)
    restored = await done(studio, version, "restore")
    assert (restored["status"], restored["can"]) == (
        "draft",
        ["version.submit", "version.archive", "comment.create", "version.prefer"],
    )


async def test_many_are_archived_and_restored_in_one_go(studio: Studio, worker: None, rows: Rows) -> None:
    asset = await studio.asset()
    versions = [(await studio.version(asset, f"Take {number}."))["id"] for number in range(4)]
    await act(studio, {"id": versions[2]}, "submit")
    status, told = await many(studio, "archive", *versions, versions[0])
    assert (status, [one["id"] for one in told["items"]]) == (200, versions)
    assert {one["status"] for one in told["items"]} == {"archived"}
    query = "select version_id, payload::jsonb ->> 'reason' from audit_events where action = 'version.archive' order by version_id"
    assert await rows(query) == [(version, WHY["reason"]) for version in sorted(versions)]
    assert await rows("select outcome from reviews") == [("archived",)]
    assert (await many(studio, "restore", *versions))[0] == 200
    assert await statuses(rows) == ["draft"] * 4


async def test_one_that_may_not_be_archived_keeps_all_of_them(studio: Studio, worker: None, rows: Rows) -> None:
    asset = await studio.asset()
    first, second, third = [await studio.version(asset, f"Take {number}.") for number in range(3)]
    await done(studio, second, "archive")
    status, told = await many(studio, "archive", first["id"], second["id"], third["id"])
    assert (status, told["possible"]) == (409, ["version.restore"])
    assert told["errors"] == [{"field": "version_ids.1", "message": "Version 2 is archived.", "position": None}]
    assert await statuses(rows) == ["draft", "archived", "draft"]
    assert await rows("select count(*) from audit_events where action = 'version.archive'") == [(1,)]


async def test_one_that_is_not_there_keeps_all_of_them(studio: Studio, worker: None, rows: Rows) -> None:
    mine = await studio.version(await studio.asset())
    elsewhere = await (await studio.person("outsider")).get("/projects")
    other = elsewhere.json()["items"][0]["id"]
    for stranger in (str(uuid4()), other):
        status, told = await many(studio, "archive", mine["id"], stranger)
        assert (status, [error["field"] for error in told["errors"]]) == (422, ["version_ids.1"])
    assert await statuses(rows) == ["draft"]


async def test_versions_of_another_project_are_not_archived_from_here(studio: Studio, worker: None, rows: Rows) -> None:
    mine = await studio.version(await studio.asset())
    outsider = await studio.person("outsider")
    theirs = (await outsider.get("/projects")).json()["items"][0]["id"]
    body = {**WHY, "version_ids": [mine["id"]]}
    assert field_of(await outsider.post(f"/projects/{theirs}/versions/archive", json=body)) == "version_ids.0"
    refused(await outsider.post(f"/projects/{studio.project}/versions/archive", json=body), 404)
    assert await statuses(rows) == ["draft"]


async def test_not_none_and_not_more_than_200_go_at_once(studio: Studio, worker: None) -> None:
    await studio.person("author")
    for count in (0, 201):
        status, told = await many(studio, "archive", *(str(uuid4()) for _ in range(count)))
        assert (status, told["errors"][0]["field"]) == (422, "version_ids")


async def test_two_who_archive_the_same_at_once_archive_it_once(studio: Studio, worker: None, rows: Rows) -> None:
    asset = await studio.asset()
    versions = [(await studio.version(asset, f"Take {number}."))["id"] for number in range(5)]
    answers = await asyncio.gather(
        *(many(studio, "archive", *order, by=who) for order, who in ((versions, "author"), (versions[::-1], "owner")))
    )
    assert sorted(status for status, _ in answers) == [200, 409]
    assert await rows("select count(*) from audit_events where action = 'version.archive'") == [(5,)]


async def test_a_key_moves_versions_with_the_scope_write(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset())
    client = await studio.key("author", "write")
    for step in ("submit", "withdraw", "archive", "restore"):
        assert (await client.post(f"/versions/{version['id']}/{step}", json=WHY)).status_code == 200
    refused(await (await studio.key("author", "review")).post(f"/versions/{version['id']}/submit", json={}), 403)
