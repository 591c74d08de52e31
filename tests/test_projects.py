"""Projects: the teams one is a member of, and no others."""

from uuid import uuid4

import pytest
from conftest import Rows, Studio, refused


async def test_one_sees_ones_own_projects_alone(studio: Studio) -> None:
    author, outsider = await studio.person("author"), await studio.person("outsider")
    (mine,) = (await author.get("/projects")).json()["items"]
    (theirs,) = (await outsider.get("/projects")).json()["items"]
    assert (mine["key"], mine["name"], theirs["key"]) == ("northwind", "Northwind Voice", "elsewhere")
    assert (await author.get(f"/projects/{mine['id']}")).json() == mine
    hidden, unknown = await author.get(f"/projects/{theirs['id']}"), await author.get(f"/projects/{uuid4()}")
    assert refused(hidden, 404)["detail"].partition(" project ")[0] == refused(unknown, 404)["detail"].partition(" project ")[0]


OWNERS = [
    *("asset.create", "target.create", "project.update", "member.invite", "key.create"),
    *("audit.read", "audit.verify", "audit.export"),
]


@pytest.mark.parametrize(
    ("role", "can"),
    [
        ("owner", OWNERS),
        ("auditor", ["key.create", "audit.read", "audit.verify", "audit.export"]),
        ("viewer", ["key.create"]),
    ],
)
async def test_a_project_tells_what_one_may_do_in_it(studio: Studio, role: str, can: list[str]) -> None:
    client = await studio.person(role)
    (project,) = (await client.get("/projects")).json()["items"]
    assert (project["roles"], project["can"]) == ([role], can)


async def test_several_roles_add_up(studio: Studio, rows: Rows) -> None:
    client = await studio.person("viewer")
    await rows("insert into memberships select project_id, person_id, 'author' from memberships where role = 'viewer'")
    (project,) = (await client.get("/projects")).json()["items"]
    assert (project["roles"], project["can"]) == (["author", "viewer"], ["asset.create", "key.create"])


async def test_projects_come_newest_first_in_pages_and_whole_by_name_to_who_signs_in(studio: Studio, rows: Rows) -> None:
    client = await studio.person("author")
    await rows(
        "insert into memberships select p.id, a.id, 'viewer' from projects p, people a "
        "where p.key = 'elsewhere' and a.email like 'author@%%'"
    )
    whole = (await client.get("/projects")).json()
    assert ([one["key"] for one in whole["items"]], whole["next_cursor"]) == (["elsewhere", "northwind"], None)
    page = (await client.get("/projects?limit=1")).json()
    assert page == {"items": whole["items"][:1], "next_cursor": whole["items"][0]["id"]}
    rest = (await client.get("/projects", params={"cursor": page["next_cursor"], "limit": 1})).json()
    assert rest == {"items": whole["items"][1:], "next_cursor": None}
    assert [one["name"] for one in (await client.get("/session")).json()["projects"]] == ["Elsewhere", "Northwind Voice"]
    await rows("update projects set name = 'Zürich' where key = 'elsewhere'")
    assert [one["name"] for one in (await client.get("/session")).json()["projects"]] == ["Northwind Voice", "Zürich"]


async def test_who_is_a_member_of_nothing_sees_nothing(studio: Studio, beyond: Rows) -> None:
    client = await studio.person("author")
    await beyond("delete from memberships")
    assert (await client.get("/projects")).json() == {"items": [], "next_cursor": None}
