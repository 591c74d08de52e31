"""Releases: all of it or none; at a time; by two people; and coming back by itself when its time is over."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from conftest import Json, Rows, Studio, field_of, refused, working
from psycopg import errors
from reviewing import WHY, done, person_id
from test_deployments import approved, change, deployed, live, numbers, takes, target


def soon(seconds: float) -> str:
    """A moment from now."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


async def ask(studio: Studio, *pairs: tuple[Json, Json], by: str = "publisher", **more: Any) -> httpx.Response:
    """What asking for a release is answered with."""
    items = [{"target_id": at["id"], "version_id": version["id"]} for at, version in pairs]
    client = await studio.person(by)
    return await client.post(f"/projects/{studio.project}/releases", json={**WHY, "items": items, **more})


async def asked(studio: Studio, *pairs: tuple[Json, Json], **more: Any) -> Json:
    """A release that was asked for."""
    answer = await ask(studio, *pairs, **more)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def step(studio: Studio, release: Json, verb: str, *, by: str = "publisher") -> httpx.Response:
    """What a step of a release is answered with."""
    return await (await studio.person(by)).post(f"/releases/{release['id']}/{verb}", json=WHY)


async def becomes(studio: Studio, release: Json, status: str, within: float = 60.0) -> Json:
    """The release once it stands there."""
    return await studio.until(f"/releases/{release['id']}", lambda now: now["status"] == status, within)


async def acts(rows: Rows) -> list[str]:
    """What was done of releases and deployments, in order."""
    query = "select action from audit_events where action like 'release.%%' or action like 'deployment.%%' order by seq"
    return [action for (action,) in await rows(query)]


async def two_people(studio: Studio, at: Json) -> None:
    """Have a target take two people."""
    owner = await studio.person("owner")
    assert (await owner.patch(f"/targets/{at['id']}", json={"two_people": True, **WHY})).status_code == 200


async def test_many_versions_go_live_as_one_act(studio: Studio, worker: None, rows: Rows) -> None:
    at, other = await target(studio), await target(studio, "staging", environment="staging")
    one, two = [await approved(studio, asset=await studio.asset(key)) for key in ("a", "b")]
    release = await asked(studio, (at, one), (at, two), (other, one), ticket="OPS-3")
    assert (release["status"], release["finished_at"], release["ticket"]) == ("live", release["started_at"], "OPS-3")
    assert len({item["deployment_id"] for item in release["items"]} - {None}) == 3
    assert {(entry["target_key"], entry["asset_key"]) for entry in await live(studio)} == {
        *(("support-bot-eu", key) for key in "ab"),
        ("staging", "a"),
    }
    assert await acts(rows) == ["release.create", *["deployment.create"] * 3]


async def test_one_bad_item_is_named_and_nothing_changes(studio: Studio, worker: None, rows: Rows) -> None:
    at, good = await target(studio), await approved(studio, asset=await studio.asset("a"))
    draft = await studio.version(await studio.asset("b"))
    told = refused(await ask(studio, (at, good), (at, draft)), 409)
    assert [error["field"] for error in told["errors"]] == ["items.1.version_id"]
    assert told["detail"] == "b on support-bot-eu: This version is draft; only an approved one can be deployed."
    assert (await live(studio), await acts(rows), await rows("select * from releases")) == ([], [], [])


async def test_what_a_target_does_not_take_is_named_too(studio: Studio, worker: None, rows: Rows) -> None:
    at, narrow = await target(studio), await target(studio, "tiny", profile={"most_bytes": 10})
    version = await approved(studio)
    told = refused(await ask(studio, (at, version), (narrow, version)), 409)
    assert told["errors"][0]["field"] == "items.1.version_id"
    assert "at most 10 are taken" in told["errors"][0]["message"]
    assert await rows("select * from deployments") == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"items": []}, "items"),
        ({"reason": " "}, "reason"),
        ({"starts_at": "2020-01-01T00:00:00Z"}, "starts_at"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, "ends_at"),
        ({"starts_at": "2099-01-02T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z"}, "ends_at"),
    ],
)
async def test_a_release_that_cannot_be_is_refused(studio: Studio, worker: None, wrong: Json, field: str) -> None:
    at, version = await target(studio), await approved(studio)
    assert field_of(await ask(studio, (at, version), **wrong)) == field


async def test_a_place_is_named_once_and_only_what_is_here(studio: Studio, worker: None) -> None:
    at, (first, second) = await target(studio), await takes(studio, 2)
    assert field_of(await ask(studio, (at, first), (at, second))) == "items.1.version_id"
    told = refused(await ask(studio, (at, first), (at, {"id": at["id"]})), 404)
    assert told["errors"][0]["field"] == "items.1.version_id"
    refused(await ask(studio, ({"id": first["id"]}, first)), 404)
    await done(studio, first, "archive")
    assert refused(await ask(studio, (at, first)), 409)["errors"][0]["field"] == "items.0.version_id"


async def test_where_two_people_are_needed_a_second_one_confirms(studio: Studio, worker: None, rows: Rows) -> None:
    at, version = await target(studio), await approved(studio)
    await two_people(studio, at)
    told = refused(await change(studio, at, "deployments", version_id=version["id"]), 409)
    assert told["possible"] == ["release.create"]
    release = await asked(studio, (at, version))
    assert (release["status"], release["can"], await live(studio)) == ("waiting", ["release.cancel"], [])
    refused(await step(studio, release, "confirm"), 403)
    refused(await step(studio, release, "confirm", by="author"), 403)
    machine = await studio.key("owner")
    refused(await machine.post(f"/releases/{release['id']}/confirm", json=WHY), 403)
    owner = await studio.person("owner")
    (notice, *_) = (await owner.get("/notices")).json()["items"]
    assert (notice["kind"], notice["version"]["id"]) == ("release_asked", version["id"])
    assert "release.confirm" in (await owner.get(f"/releases/{release['id']}")).json()["can"]
    confirmed = (await step(studio, release, "confirm", by="owner")).json()
    assert (confirmed["status"], confirmed["confirmed_by"]["id"]) == ("live", await person_id(studio, "owner"))
    (entry,) = await live(studio)
    assert entry["by"]["id"] == await person_id(studio, "publisher")
    assert await acts(rows) == ["release.create", "release.confirm", "deployment.create"]
    refused(await step(studio, release, "confirm", by="owner"), 409)


async def test_only_owners_decide_whether_a_target_takes_two(studio: Studio) -> None:
    at, publisher = await target(studio), await studio.person("publisher")
    refused(await publisher.patch(f"/targets/{at['id']}", json={"two_people": True, **WHY}), 403)
    body = {"key": "other", "name": "Other", "channel": "support_bot", "two_people": True}
    refused(await publisher.post(f"/projects/{studio.project}/targets", json=body), 403)


async def test_a_release_begins_and_ends_at_its_times(studio: Studio, worker: None, rows: Rows) -> None:
    at, (usual, campaign) = await target(studio), await takes(studio, 2)
    before = await deployed(studio, at, usual)
    release = await asked(studio, (at, campaign), starts_at=soon(4), ends_at=soon(8))
    assert (release["status"], await numbers(studio)) == ("scheduled", [1])
    await becomes(studio, release, "live")
    assert await numbers(studio) == [2]
    await becomes(studio, release, "ended")
    (entry,) = await live(studio)
    history = (await (await studio.person("viewer")).get(f"/targets/{at['id']}/deployments")).json()["items"]
    assert (entry["number"], history[0]["kind"], history[0]["restores_id"]) == (1, "return", before["id"])
    assert await acts(rows) == [
        *("deployment.create", "release.create", "deployment.create", "release.start"),
        *("deployment.return", "release.end"),
    ]
    query = "select payload::jsonb #>> '{actor,type}' from audit_events where action = 'release.start'"
    assert await rows(query) == [("worker",)]


async def test_at_its_end_nothing_is_live_where_nothing_was(studio: Studio, worker: None) -> None:
    at, version = await target(studio), await approved(studio)
    release = await asked(studio, (at, version), ends_at=soon(4))
    assert release["status"] == "live"
    await becomes(studio, release, "ended")
    assert await live(studio) == []


async def test_what_was_replaced_meanwhile_is_left_alone_at_the_end(studio: Studio, worker: None, rows: Rows) -> None:
    at, (first, second) = await target(studio), await takes(studio, 2)
    release = await asked(studio, (at, first), ends_at=soon(6))
    await deployed(studio, at, second)
    await becomes(studio, release, "ended")
    assert await numbers(studio) == [2]
    assert (await acts(rows))[-1] == "release.end"


async def test_what_is_pinned_meanwhile_stays_and_who_asked_is_told(studio: Studio, worker: None) -> None:
    at, version = await target(studio), await approved(studio)
    release = await asked(studio, (at, version), ends_at=soon(6))
    await change(studio, at, "pin", asset_id=version["asset_id"])
    ended = await becomes(studio, release, "ended")
    assert ended["error"].startswith("support/greeting on support-bot-eu stays: This is pinned")
    assert await numbers(studio) == [1]
    (notice,) = (await (await studio.person("publisher")).get("/notices", params={"limit": 1})).json()["items"]
    assert notice["kind"] == "release_failed"


async def test_a_release_whose_asker_lost_the_right_fails_and_says_so(studio: Studio, worker: None) -> None:
    at, version = await target(studio), await approved(studio)
    release = await asked(studio, (at, version), starts_at=soon(5))
    owner = await studio.person("owner")
    member = f"/projects/{studio.project}/members/{await person_id(studio, 'publisher')}"
    assert (await owner.put(member, json={"reason": "Moved", "roles": ["viewer"]})).status_code == 200
    failed = await becomes(studio, release, "failed")
    assert failed["error"].endswith("Your role here does not allow deployment.create.")
    assert await live(studio) == []


async def test_a_release_of_what_is_not_approved_any_more_fails_whole(studio: Studio, worker: None) -> None:
    at, one, two = await target(studio), *[await approved(studio, asset=await studio.asset(key)) for key in "ab"]
    release = await asked(studio, (at, one), (at, two), starts_at=soon(5))
    await done(studio, two, "archive")
    failed = await becomes(studio, release, "failed")
    assert failed["error"] == "b on support-bot-eu: This version is archived; only an approved one can be deployed."
    assert await live(studio) == []
    (notice,) = (await (await studio.person("publisher")).get("/notices", params={"limit": 1})).json()["items"]
    assert (notice["kind"], notice["version"]["id"]) == ("release_failed", one["id"])


async def test_a_release_onto_what_was_pinned_meanwhile_fails(studio: Studio, worker: None) -> None:
    at, (first, second) = await target(studio), await takes(studio, 2)
    await deployed(studio, at, first)
    release = await asked(studio, (at, second), starts_at=soon(5))
    await change(studio, at, "pin", asset_id=first["asset_id"])
    assert "This is pinned" in (await becomes(studio, release, "failed"))["error"]
    assert await numbers(studio) == [1]


async def test_what_has_not_begun_can_be_cancelled(studio: Studio, worker: None, rows: Rows) -> None:
    at, version = await target(studio), await approved(studio)
    release = await asked(studio, (at, version), starts_at=soon(4))
    assert (await step(studio, release, "cancel")).json()["status"] == "cancelled"
    refused(await step(studio, release, "cancel"), 409)
    await asyncio.sleep(6)
    assert await live(studio) == []
    assert await acts(rows) == ["release.create", "release.cancel"]


async def test_of_what_is_live_its_end_can_be_cancelled(studio: Studio, worker: None) -> None:
    at, version = await target(studio), await approved(studio)
    release = await asked(studio, (at, version), ends_at=soon(5))
    cancelled = (await step(studio, release, "cancel")).json()
    assert (cancelled["status"], cancelled["can"]) == ("live", [])
    await asyncio.sleep(7)
    assert await numbers(studio) == [1]


async def test_a_release_whose_job_was_lost_begins_all_the_same(studio: Studio, worker: None, rows: Rows) -> None:
    at, version = await target(studio), await approved(studio)
    release = await asked(studio, (at, version), starts_at=soon(5))
    await rows("delete from procrastinate_jobs where task_name = 'release'")
    await becomes(studio, release, "live")


async def test_a_release_that_fell_due_while_no_worker_ran_begins_once(studio: Studio, rows: Rows, settings: Any) -> None:
    async with working(settings):
        at, version = await target(studio), await approved(studio)
    release = await asked(studio, (at, version), starts_at=soon(4))
    await asyncio.sleep(4.5)
    assert await live(studio) == []
    async with working(settings), working(settings):
        await becomes(studio, release, "live")
    assert await rows("select count(*) from deployments") == [(1,)]


async def test_two_releases_of_the_same_places_at_once_are_put_in_an_order(studio: Studio, worker: None, rows: Rows) -> None:
    at, other = await target(studio), await target(studio, "staging")
    one, two = [await approved(studio, asset=await studio.asset(key)) for key in "ab"]
    pairs = [(at, one), (other, two), (at, two), (other, one)]
    answers = await asyncio.gather(*(ask(studio, *order) for order in (pairs, pairs[::-1]) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [201] * 6
    newest = await rows("select count(distinct replaces_id), count(*) from deployments where replaces_id is not null")
    assert newest == [(20, 20)]


async def test_releases_are_listed_by_where_they_stand(studio: Studio, worker: None) -> None:
    at, version = await target(studio), await approved(studio)
    done_one, waits = await asked(studio, (at, version)), await asked(studio, (at, version), starts_at=soon(900))
    viewer, path = await studio.person("viewer"), f"/projects/{studio.project}/releases"
    assert [one["id"] for one in (await viewer.get(path)).json()["items"]] == [waits["id"], done_one["id"]]
    scheduled = (await viewer.get(path, params={"status": "scheduled"})).json()["items"]
    assert [(one["id"], one["can"]) for one in scheduled] == [(waits["id"], [])]


async def test_the_database_itself_keeps_what_was_asked(studio: Studio, worker: None, rows: Rows) -> None:
    at, version = await target(studio), await approved(studio)
    release = await asked(studio, (at, version))
    for forbidden in (
        "update releases set reason = 'x'",
        "update releases set status = 'waiting'",
        "update releases set finished_at = null",
        "delete from releases",
        "truncate releases cascade",
        "update release_items set version_id = gen_random_uuid()",
        "update release_items set deployment_id = null",
        "delete from release_items",
    ):
        with pytest.raises(errors.Error):
            await rows(forbidden)
    with pytest.raises(errors.CheckViolation):
        await rows("update releases set confirmed_by_id = requested_by_id, confirmed_at = now()")
    assert (await (await studio.person("viewer")).get(f"/releases/{release['id']}")).json()["status"] == "live"
