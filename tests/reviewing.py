"""Bringing versions into review and deciding on them, for the tests of all that comes of it."""

from typing import Any, Final

import httpx
from conftest import Json, Studio

WHY: Final = {"reason": "It sounds right"}


async def act(studio: Studio, version: Json, step: str, *, by: str = "author", **body: Any) -> httpx.Response:
    """What a step of a version's life is answered with; those that need a reason have one."""
    client = await studio.person(by)
    return await client.post(f"/versions/{version['id']}/{step}", json={**WHY, **body})


async def done(studio: Studio, version: Json, step: str, *, by: str = "author", **body: Any) -> Json:
    """The version after a step that is possible."""
    answer = await act(studio, version, step, by=by, **body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def in_review(studio: Studio, text: str = "Hello there.", *, key: str = "support/greeting", **wish: Any) -> Json:
    """A version the author submitted."""
    return await done(studio, await studio.version(await studio.asset(key), text), "submit", **wish)


async def policy(studio: Studio, **fields: Any) -> Json:
    """The project's policy after the owner set something."""
    owner = await studio.person("owner")
    answer = await owner.patch(f"/projects/{studio.project}/policy", json={"reason": "Our rules", **fields})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def person_id(studio: Studio, role: str) -> str:
    """Who somebody is."""
    found: str = (await (await studio.person(role)).get("/session")).json()["person"]["id"]
    return found


async def give(studio: Studio, who: str, *roles: str) -> None:
    """Give the member with one role others."""
    owner = await studio.person("owner")
    path = f"/projects/{studio.project}/members/{await person_id(studio, who)}"
    assert (await owner.put(path, json={"reason": "More to do", "roles": roles})).status_code == 200


async def rounds(studio: Studio, version: Json, *, by: str = "viewer") -> list[Json]:
    """A version's rounds as somebody sees them, the newest first."""
    client = await studio.person(by)
    items: list[Json] = (await client.get(f"/versions/{version['id']}/reviews")).json()["items"]
    return items


async def inbox(studio: Studio, by: str, **asked: Any) -> list[Json]:
    """What the inbox shows somebody."""
    client = await studio.person(by)
    items: list[Json] = (await client.get(f"/projects/{studio.project}/reviews", params=asked)).json()["items"]
    return items
