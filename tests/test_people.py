"""People: who manages the installation lets them in and out, and sees no project's content by that."""

import asyncio
import hashlib
import json

import httpx
import pytest
from conftest import Json, Rows, Studio, field_of, refused
from meeting import held, until_waiting

from voiceops.workflow import demo

WHY = {"reason": "Left the company"}
ADMINS = "select from people where is_admin for update"


async def people(studio: Studio, **query: str) -> dict[str, Json]:
    """Everybody, by the name before the @ of their address."""
    items = (await (await studio.person("admin")).get("/people", params=query)).json()["items"]
    return {one["email"].partition("@")[0]: one for one in items}


async def act(studio: Studio, who: str, verb: str, by: str = "admin") -> httpx.Response:
    person = (await people(studio))[who]["id"]
    return await (await studio.person(by)).post(f"/people/{person}/{verb}", json=WHY)


async def change(studio: Studio, who: str, **changes: object) -> httpx.Response:
    person = (await people(studio))[who]["id"]
    return await (await studio.person("admin")).patch(f"/people/{person}", json=changes)


async def test_everybody_is_there_the_newest_first_in_parts(studio: Studio) -> None:
    await studio.person("author")
    admin = await studio.person("admin")
    seen = await people(studio)
    assert list(seen)[-6:] == ["viewer", "auditor", "owner", "publisher", "reviewer", "author"]
    author = seen["author"]
    assert (author["name"], author["is_admin"], author["deactivated_at"], author["can"]) == (
        "Mara Lindqvist",
        False,
        None,
        ["person.change", "person.deactivate"],
    )
    assert author["last_seen_at"]
    assert seen["viewer"]["last_seen_at"] is None
    assert [(one["key"], one["name"], one["roles"]) for one in author["projects"]] == [("northwind", "Northwind Voice", ["author"])]
    assert (seen["admin"]["is_you"], seen["admin"]["projects"]) == (True, [])
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        part = (await admin.get("/people", params={"limit": 3, **({"cursor": cursor} if cursor else {})})).json()
        found += [one["id"] for one in part["items"]]
        cursor = part["next_cursor"]
    assert found == [one["id"] for one in seen.values()]


@pytest.mark.parametrize(
    ("words", "who"), [("mara", ["author"]), ("ELSEWHERE.example", ["admin", "outsider"]), ("%", []), ("x" * 200, [])]
)
async def test_people_are_found_by_name_or_address(studio: Studio, words: str, who: list[str]) -> None:
    assert sorted(await people(studio, query=words)) == who


async def test_an_admin_sees_nothing_of_a_project(studio: Studio) -> None:
    asset = await studio.asset()
    admin = await studio.person("admin")
    told = (await admin.get("/session")).json()
    assert (told["projects"], told["person"]["is_admin"]) == ([], True)
    of_people = ["project.create", "person.change", "person.deactivate", "person.reactivate"]
    assert told["can"] == [*of_people, "audit.read", "audit.verify", "audit.export"]
    for path in (f"/projects/{studio.project}", f"/projects/{studio.project}/assets", f"/projects/{studio.project}/members"):
        refused(await admin.get(path), 404)
    refused(await admin.get(f"/assets/{asset['id']}"), 404)
    refused(await admin.post(f"/projects/{studio.project}/invitations", json={"email": "me@x.example", "roles": ["owner"]}), 404)


async def test_who_is_deactivated_is_out_at_once_and_keeps_their_place(studio: Studio, rows: Rows) -> None:
    author, second = await studio.person("author"), await studio.anonymous()
    sign_in = {"email": f"author@{demo.DOMAIN}", "password": demo.PASSWORD}
    await second.post("/session", json=sign_in)
    answer = await act(studio, "author", "deactivate")
    assert answer.status_code == 200
    assert answer.json()["deactivated_at"]
    assert answer.json()["can"] == ["person.change", "person.reactivate"]
    for client in (author, second):
        refused(await client.get("/session"), 401)
    refused(await second.post("/session", json=sign_in), 401)
    assert await rows("select count(*) from memberships where role = 'author'") == [(2,)]
    owner = await studio.person("owner")
    listed = (await owner.get(f"/projects/{studio.project}/members")).json()["items"]
    assert [one["active"] for one in listed if one["roles"] == ["author"]] == [False]
    assert refused(await act(studio, "author", "deactivate"), 409)["possible"] == ["person.change", "person.reactivate"]
    assert (await act(studio, "author", "reactivate")).json()["deactivated_at"] is None
    refused(await author.get("/session"), 401)
    assert (await second.post("/session", json=sign_in)).json()["projects"][0]["roles"] == ["author"]
    refused(await act(studio, "author", "reactivate"), 409)


async def test_the_last_admin_stays(studio: Studio) -> None:
    assert (await act(studio, "owner", "deactivate")).status_code == 200
    assert (await people(studio))["admin"]["can"] == ["person.change"]
    words = "This is the installation's last administrator. Make somebody else one first."
    assert refused(await act(studio, "admin", "deactivate"), 409)["detail"] == words
    assert refused(await change(studio, "admin", is_admin=False, **WHY), 409)["detail"] == words
    await change(studio, "viewer", is_admin=True, **WHY)
    assert (await change(studio, "admin", is_admin=False, **WHY)).status_code == 200
    refused(await (await studio.person("admin")).get("/people"), 403)


@pytest.mark.parametrize("idle", ["0 min", "5 min"])
async def test_two_admins_who_deactivate_each_other_leave_one(studio: Studio, rows: Rows, idle: str) -> None:
    """Also where the last use of both sessions is noted anew, which the other one's deactivation ends."""
    seen = await people(studio)
    admin, owner = await studio.person("admin"), await studio.person("owner")
    await rows("update sessions set last_seen_at = now() - cast(%s as interval)", idle)
    async with held(rows, ADMINS):
        both = asyncio.gather(
            admin.post(f"/people/{seen['owner']['id']}/deactivate", json=WHY),
            owner.post(f"/people/{seen['admin']['id']}/deactivate", json=WHY),
        )
        await until_waiting(rows, 2)
    assert sorted(answer.status_code for answer in await both) == [200, 409]
    assert await rows("select count(*) from people where is_admin and deactivated_at is null") == [(1,)]


@pytest.mark.parametrize(
    ("before", "verb"),
    [("null", "deactivate"), ("now()", "reactivate")],
)
async def test_who_is_let_out_or_in_by_many_at_once_is_so_once(studio: Studio, rows: Rows, before: str, verb: str) -> None:
    admin = await studio.person("admin")
    person = (await people(studio))["viewer"]["id"]
    await rows(f"update people set deactivated_at = {before} where id = %s", person)  # noqa: S608 - our own
    async with held(rows, "select from people for update"):
        four = asyncio.gather(*(admin.post(f"/people/{person}/{verb}", json=WHY) for _ in range(4)))
        await until_waiting(rows, 4)
    assert sorted(answer.status_code for answer in await four) == [200, 409, 409, 409]
    assert await rows("select count(*) from audit_events where action = %s", f"person.{verb}") == [(1,)]


async def test_a_change_of_a_person_tells_what_was_there_when_it_was_made(studio: Studio, rows: Rows) -> None:
    admin = await studio.person("admin")
    person = (await people(studio))["viewer"]["id"]
    async with held(rows, "select from people for update"):
        two = asyncio.gather(*(admin.patch(f"/people/{person}", json={"name": "Noor H."}) for _ in range(2)))
        await until_waiting(rows, 2)
    assert [answer.status_code for answer in await two] == [200, 200]
    assert await rows("select count(*) from audit_events where action = 'person.change'") == [(1,)]


async def test_a_name_an_address_and_the_right_to_manage_change(studio: Studio, rows: Rows) -> None:
    viewer = await studio.person("viewer")
    changed = (await change(studio, "viewer", name="Noor H.", email="Noor@northwind.example", is_admin=True, **WHY)).json()
    assert (changed["name"], changed["email"], changed["is_admin"]) == ("Noor H.", "Noor@northwind.example", True)
    assert (await viewer.get("/people")).status_code == 200
    await change(studio, "Noor", name="Noor H.")
    (payload,) = await rows("select payload from audit_events where action = 'person.change'")
    event = json.loads(payload[0])
    hashes = [hashlib.sha256(email.encode()).hexdigest() for email in ("viewer@northwind.example", "noor@northwind.example")]
    assert event["changes"] == {
        "name": {"changed": True},
        "email": {"from_sha256": hashes[0], "to_sha256": hashes[1]},
        "is_admin": {"from": False, "to": True},
    }
    assert (event["subject"], event["project_id"], event["reason"]) == (
        {"type": "person", "id": changed["id"]},
        None,
        WHY["reason"],
    )


async def test_an_address_belongs_to_one_person(studio: Studio) -> None:
    problem = refused(await change(studio, "viewer", email="AUTHOR@northwind.example"), 409)
    assert problem["errors"][0]["field"] == "email"
    assert (await people(studio))["viewer"]["email"] == "viewer@northwind.example"
    assert (await change(studio, "viewer", email="VIEWER@northwind.example")).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"is_admin": True}, "reason"),
        ({"name": ""}, "name"),
        ({"name": "a" * 101}, "name"),
        ({"email": "nobody"}, "email"),
        ({"password_hash": "x"}, "password_hash"),
        ({"deactivated_at": None}, "deactivated_at"),
    ],
)
async def test_what_of_a_person_may_not_change_is_refused(studio: Studio, body: Json, field: str) -> None:
    assert field_of(await change(studio, "viewer", **body)) == field


async def test_letting_in_and_out_asks_why(studio: Studio) -> None:
    person = (await people(studio))["viewer"]["id"]
    admin = await studio.person("admin")
    for verb in ("deactivate", "reactivate"):
        assert field_of(await admin.post(f"/people/{person}/{verb}", json={})) == "reason"


async def test_an_admin_makes_projects_and_names_them_and_owns_those_they_made(studio: Studio) -> None:
    admin, owner = await studio.person("admin"), await studio.person("owner")
    answer = await admin.post("/projects", json={"key": "training", "name": "Training"})
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["location"] == f"/api/v1/projects/{made['id']}"
    assert made["roles"] == ["owner"]
    assert {"asset.create", "project.update", "member.invite"} <= set(made["can"])
    assert (await admin.get(f"/projects/{made['id']}")).json() == made
    refused(await owner.get(f"/projects/{made['id']}"), 404)
    everything = (await admin.get("/projects", params={"all": True})).json()["items"]
    assert sorted((one["name"], one["roles"], one["can"]) for one in everything) == [
        ("Elsewhere", [], ["project.update"]),
        ("Northwind Voice", [], ["project.update"]),
        ("Training", ["owner"], made["can"]),
    ]
    assert [one["name"] for one in (await admin.get("/projects")).json()["items"]] == ["Training"]
    renamed = await admin.patch(f"/projects/{studio.project}", json={"name": "Northwind"})
    assert (renamed.json()["name"], renamed.json()["roles"]) == ("Northwind", [])
    assert (await owner.get(f"/projects/{studio.project}")).json()["name"] == "Northwind"
    refused(await (await studio.person("author")).get("/projects", params={"all": True}), 403)


async def test_a_project_is_made_once(studio: Studio) -> None:
    admin = await studio.person("admin")
    body = {"key": "training", "name": "Training"}
    first = await admin.post("/projects", json=body, headers={"Idempotency-Key": "a"})
    again = await admin.post("/projects", json=body, headers={"Idempotency-Key": "a"})
    assert (first.json(), again.headers["idempotency-replayed"]) == (again.json(), "true")
    problem = refused(await admin.post("/projects", json=body), 409)
    assert problem["errors"][0]["field"] == "key"


@pytest.mark.parametrize("key", ["", "-a", "A", "a b", "a/b", "a" * 41, "ä"])
async def test_a_projects_key_can_stand_in_an_address(studio: Studio, key: str) -> None:
    assert field_of(await (await studio.person("admin")).post("/projects", json={"key": key, "name": "A"})) == "key"


async def test_a_project_changes_its_name_alone(studio: Studio) -> None:
    owner = await studio.person("owner")
    assert field_of(await owner.patch(f"/projects/{studio.project}", json={"name": "B", "key": "b"})) == "key"
    assert field_of(await owner.patch(f"/projects/{studio.project}", json={"name": " "})) == "name"
