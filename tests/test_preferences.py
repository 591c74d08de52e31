"""Which version people like best when they hear them blind: recorded once, counted, and never changed."""

from uuid import uuid4

import pytest
from conftest import Json, Rows, Studio, field_of, refused
from psycopg import errors

from voiceops.models import Role


@pytest.fixture
async def takes(studio: Studio, worker: None) -> list[Json]:
    """Three takes of one asset."""
    asset = await studio.asset()
    return [await studio.version(asset) for _ in range(3)]


def path(studio: Studio) -> str:
    return f"/projects/{studio.project}/preferences"


async def prefer(studio: Studio, heard: list[Json], best: Json | None, *, by: str = "reviewer", note: str | None = None) -> Json:
    body = {"version_ids": [one["id"] for one in heard], "preferred_id": best and best["id"], "note": note}
    answer = await (await studio.person(by)).post(path(studio), json=body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def test_a_preference_keeps_what_was_heard_in_its_order_who_and_why(studio: Studio, takes: list[Json], rows: Rows) -> None:
    first, second, third = takes
    made = await prefer(studio, [third, first, second], first, note="Warmer")
    person = (await (await studio.person("reviewer")).get("/session")).json()["person"]
    assert made["version_ids"] == [third["id"], first["id"], second["id"]]
    assert (made["preferred_id"], made["note"], made["asset_id"]) == (first["id"], "Warmer", first["asset_id"])
    assert made["person"] == {"id": person["id"], "name": person["name"]}
    ((event,),) = await rows("select payload::jsonb from audit_events where action = 'version.prefer'")
    assert event["subject"] == {"type": "preference", "id": made["id"]}
    assert (event["version_id"], event["asset_id"], event["actor"]["id"]) == (first["id"], first["asset_id"], person["id"])
    assert event["changes"] == {"version_ids": made["version_ids"], "preferred_id": first["id"]}


async def test_no_difference_is_a_preference_too(studio: Studio, takes: list[Json]) -> None:
    assert (await prefer(studio, takes[:2], None))["preferred_id"] is None


async def test_preferences_are_listed_newest_first_and_counted_for_each_version(studio: Studio, takes: list[Json]) -> None:
    first, second, third = takes
    made = [
        await prefer(studio, [first, second], first),
        await prefer(studio, [second, first, third], first, by="viewer"),
        await prefer(studio, [second, third], None, by="author"),
    ]
    viewer = await studio.person("viewer")
    everything = (await viewer.get(path(studio))).json()
    assert everything == {"items": made[::-1], "next_cursor": None, "counts": []}
    asked: Json = {"version": [first["id"], third["id"]], "limit": 2}
    part = (await viewer.get(path(studio), params=asked)).json()
    assert part["items"] == [made[2], made[1]]
    assert part["counts"] == [
        {"version_id": first["id"], "heard": 2, "preferred": 2},
        {"version_id": third["id"], "heard": 2, "preferred": 0},
    ]
    rest = (await viewer.get(path(studio), params={**asked, "cursor": part["next_cursor"]})).json()
    assert (rest["items"], rest["next_cursor"], rest["counts"]) == ([made[0]], None, part["counts"])
    never = (await viewer.get(path(studio), params={"version": str(uuid4())})).json()
    assert never["items"] == []
    assert [(one["heard"], one["preferred"]) for one in never["counts"]] == [(0, 0)]


async def test_what_was_not_heard_is_not_preferred(studio: Studio, takes: list[Json]) -> None:
    first, second, third = (one["id"] for one in takes)
    reviewer = await studio.person("reviewer")
    for field, body in {
        "preferred_id": {"version_ids": [first, second], "preferred_id": third},
        "version_ids": {"version_ids": [first, first], "preferred_id": first},
    }.items():
        assert field_of(await reviewer.post(path(studio), json=body)) == field
    for body in (
        {"version_ids": [first], "preferred_id": first},
        {"version_ids": [first, second, third, str(uuid4()), str(uuid4())], "preferred_id": None},
        {"version_ids": [first, second], "preferred_id": first, "note": "x" * 501},
        {"version_ids": [first, second]},
    ):
        refused(await reviewer.post(path(studio), json=body), 422)
    missing = {"version_ids": [first, str(uuid4())], "preferred_id": None}
    assert field_of(await reviewer.post(path(studio), json=missing)) == "version_ids.1"
    assert (await reviewer.get(path(studio))).json()["items"] == []


async def test_versions_of_another_project_cannot_be_heard_here(studio: Studio, takes: list[Json]) -> None:
    outsider = await studio.person("outsider")
    elsewhere = (await outsider.get("/projects")).json()["items"][0]["id"]
    body = {"version_ids": [one["id"] for one in takes[:2]], "preferred_id": None}
    assert field_of(await outsider.post(f"/projects/{elsewhere}/preferences", json=body)) == "version_ids.0"
    refused(await outsider.post(path(studio), json=body), 404)
    refused(await outsider.get(path(studio)), 404)


async def test_versions_of_two_assets_are_of_no_one_asset(studio: Studio, takes: list[Json]) -> None:
    other = await studio.version(await studio.asset("another"))
    assert (await prefer(studio, [takes[0], other], other))["asset_id"] is None


@pytest.mark.parametrize("role", Role)
async def test_can_tells_who_may_prefer(studio: Studio, takes: list[Json], role: Role) -> None:
    client = await studio.person(role)
    can = (await client.get(f"/versions/{takes[0]['id']}")).json()["can"]
    body = {"version_ids": [one["id"] for one in takes], "preferred_id": None}
    answer = await client.post(path(studio), json=body)
    assert answer.is_success == ("version.prefer" in can) == (role is not Role.AUDITOR)


async def test_asking_again_under_one_key_records_one_preference(studio: Studio, takes: list[Json]) -> None:
    reviewer = await studio.person("reviewer")
    body = {"version_ids": [one["id"] for one in takes], "preferred_id": takes[0]["id"]}
    answers = [await reviewer.post(path(studio), json=body, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len((await reviewer.get(path(studio))).json()["items"]) == 1


async def test_the_database_keeps_preferences_to_versions_of_their_project(studio: Studio, takes: list[Json], rows: Rows) -> None:
    await prefer(studio, takes[:2], None)
    other = await studio.version(await studio.asset("another"))
    for change in (
        "project_id = (select id from projects where key = 'elsewhere'), asset_id = null",
        "version_ids = version_ids || gen_random_uuid()",
        "version_ids = version_ids[1:1] || version_ids[1:1]",
        f"version_ids = version_ids || '{other['id']}'::uuid",
    ):
        with pytest.raises(errors.ForeignKeyViolation):
            await again(rows, change)
    for change in ("version_ids = version_ids[1:1]", f"preferred_id = '{other['id']}'"):
        with pytest.raises(errors.CheckViolation):
            await again(rows, change)
    await again(rows, f"asset_id = null, version_ids = version_ids || '{other['id']}'::uuid")


async def again(rows: Rows, changes: str) -> None:
    """Insert the first preference once more, with something else in some columns."""
    new = {"id": "gen_random_uuid()", **dict(change.split(" = ", 1) for change in changes.split(", "))}
    columns = ("id", "project_id", "asset_id", "version_ids", "preferred_id", "note", "person_id")
    values = ", ".join(new.get(name, name) for name in columns)
    await rows(f"insert into preferences ({', '.join(columns)}) select {values} from preferences order by at limit 1")  # noqa: S608
