"""Members: owners give and take roles, with a reason, and it holds from the next request on."""

import asyncio
import json

import httpx
import pytest
from conftest import Json, Rows, Studio, field_of, refused
from meeting import held, until_waiting
from test_invitations import GUEST, accept, invite

WHY = {"reason": "She moves to the brand team"}


async def members(studio: Studio, by: str = "owner") -> dict[str, Json]:
    """Everybody in the project by the name before the @ of their address."""
    await studio.person("owner")
    client = await studio.person(by)
    items = (await client.get(f"/projects/{studio.project}/members")).json()["items"]
    return {one["person"]["email"].partition("@")[0]: one for one in items}


async def give(studio: Studio, who: str, *roles: str, by: str = "owner") -> httpx.Response:
    member = (await members(studio, by))[who]["person"]["id"]
    path = f"/projects/{studio.project}/members/{member}"
    return await (await studio.person(by)).put(path, json={**WHY, "roles": roles})


async def take_out(studio: Studio, who: str, by: str = "owner") -> httpx.Response:
    member = (await members(studio, by))[who]["person"]["id"]
    path = f"/projects/{studio.project}/members/{member}"
    return await (await studio.person(by)).request("DELETE", path, json=WHY)


async def test_everybody_in_a_project_sees_who_is_in_it(studio: Studio) -> None:
    await studio.person("owner")
    seen = await members(studio, "viewer")
    assert {name: one["roles"] for name, one in seen.items()} == {
        role: [role] for role in ("author", "reviewer", "publisher", "owner", "auditor", "viewer")
    }
    assert [name for name, one in seen.items() if one["is_you"]] == ["viewer"]
    assert seen["author"]["person"]["name"] == "Mara Lindqvist"
    assert [one["can"] for one in seen.values()] == [[]] * 6
    assert [one["person"]["name"] for one in seen.values()] == sorted(one["person"]["name"] for one in seen.values())


async def test_roles_that_are_given_work_with_the_next_request(studio: Studio) -> None:
    author = await studio.person("author")
    asset = await studio.asset()
    since = (await members(studio))["author"]["since"]
    answer = await give(studio, "author", "viewer", "reviewer", "viewer")
    assert answer.status_code == 200
    assert answer.json()["roles"] == ["reviewer", "viewer"]
    assert (await members(studio))["viewer"]["since"] == since, "they joined when they joined"
    refused(await author.patch(f"/assets/{asset['id']}", json={"title": "Mine"}), 403)
    assert (await author.get("/session")).json()["projects"][0]["roles"] == ["reviewer", "viewer"]


async def test_who_is_taken_out_finds_nothing_there_any_more(studio: Studio, rows: Rows) -> None:
    author = await studio.person("author")
    asset = await studio.asset()
    since = (await members(studio))["author"]["since"]
    assert (await take_out(studio, "author")).status_code == 204
    refused(await author.get(f"/assets/{asset['id']}"), 404)
    refused(await author.get(f"/projects/{studio.project}/members"), 404)
    assert (await author.get("/session")).json()["projects"] == []
    invited = await invite(studio, "author@northwind.example", "author")
    assert (await accept(author, invited)).status_code == 200
    assert (await members(studio))["author"]["since"] > since
    assert await rows("select count(*) from assets where owner_id = %s", (await author.get("/session")).json()["person"]["id"]) == [
        (1,)
    ]


async def test_the_last_owner_stays(studio: Studio, rows: Rows) -> None:
    assert (await members(studio))["owner"]["can"] == ["member.change"]
    for answer, possible in ((await take_out(studio, "owner"), ["member.change"]), (await give(studio, "owner", "author"), [])):
        problem = refused(answer, 409)
        assert problem["detail"] == "This is the project's last owner. Make another member owner first."
        assert problem["possible"] == possible
    assert (await give(studio, "owner", "owner", "author")).status_code == 200
    await give(studio, "author", "author", "owner")
    assert (await members(studio))["owner"]["can"] == ["member.change", "member.remove"]
    await rows("update people set deactivated_at = now() where email like 'author@%%'")
    assert refused(await take_out(studio, "owner"), 409)["detail"].startswith("This is the project's last owner.")
    await rows("update people set deactivated_at = null")
    assert (await give(studio, "owner", "viewer")).status_code == 200
    refused(await give(studio, "owner", "owner"), 403)


async def test_two_owners_who_leave_at_once_leave_one(studio: Studio, rows: Rows) -> None:
    await give(studio, "author", "owner")
    seen = await members(studio)
    paths = {who: f"/projects/{studio.project}/members/{seen[who]['person']['id']}" for who in ("owner", "author")}
    both = [(await studio.person(who)).request("DELETE", path, json=WHY) for who, path in paths.items()]
    # what both want before they end, so that neither is done before the other has begun
    async with held(rows, "lock table audit_events in share mode"):
        answers = asyncio.gather(*both)
        await until_waiting(rows, 2)
    assert sorted(answer.status_code for answer in await answers) == [204, 409]
    left = [who for who in paths if (await (await studio.person(who)).get("/projects")).json()["items"]]
    assert len(left) == 1


async def test_only_owners_change_anything(studio: Studio) -> None:
    for role in ("author", "reviewer", "publisher", "auditor", "viewer"):
        refused(await give(studio, "viewer", "owner", by=role), 403)
        refused(await take_out(studio, "viewer", by=role), 403)


async def test_who_is_no_member_is_invited_not_put(studio: Studio) -> None:
    owner = await studio.person("owner")
    stranger = (await (await studio.person("outsider")).get("/session")).json()["person"]["id"]
    for method, body in (("PUT", {**WHY, "roles": ["viewer"]}), ("DELETE", WHY)):
        refused(await owner.request(method, f"/projects/{studio.project}/members/{stranger}", json=body), 404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"roles": ["viewer"]}, "reason"),
        ({"roles": ["viewer"], "reason": " "}, "reason"),
        ({"roles": ["viewer"], "reason": "x" * 501}, "reason"),
        ({"roles": [], **WHY}, "roles"),
        ({"roles": ["admin"], **WHY}, "roles.0"),
        ({"roles": ["viewer"], **WHY, "is_admin": True}, "is_admin"),
    ],
)
async def test_a_change_of_roles_tells_why_and_nothing_else(studio: Studio, body: Json, field: str) -> None:
    viewer = (await members(studio))["viewer"]["person"]["id"]
    path = f"/projects/{studio.project}/members/{viewer}"
    assert field_of(await (await studio.person("owner")).put(path, json=body)) == field


async def test_taking_out_asks_why(studio: Studio) -> None:
    viewer = (await members(studio))["viewer"]["person"]["id"]
    path = f"/projects/{studio.project}/members/{viewer}"
    owner = await studio.person("owner")
    assert field_of(await owner.delete(path)) == "body"
    assert field_of(await owner.request("DELETE", path, json={})) == "reason"


async def test_the_record_tells_roles_before_and_after(studio: Studio, rows: Rows) -> None:
    await give(studio, "author", "author", "reviewer")
    await give(studio, "author", "reviewer", "author")
    await take_out(studio, "author")
    found = await rows("select payload from audit_events where action like 'member.%%' order by seq")
    changed, removed = [json.loads(payload) for (payload,) in found]
    assert (changed["action"], changed["project_id"], changed["reason"]) == ("member.change", studio.project, WHY["reason"])
    assert changed["changes"] == {"roles": {"from": ["author"], "to": ["author", "reviewer"]}}
    assert removed["changes"] == {"roles": {"from": ["author", "reviewer"], "to": []}}
    assert changed["subject"] == removed["subject"]
    assert changed["subject"]["type"] == "member"


async def test_a_guest_is_shown_with_everybody(studio: Studio) -> None:
    guest = await studio.anonymous()
    await accept(guest, await invite(studio), **GUEST)
    assert (await members(studio))["gil"]["roles"] == ["viewer"]
    assert (await guest.get(f"/projects/{studio.project}/members")).status_code == 200
