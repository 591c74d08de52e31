"""Assets: made, found, changed, listed."""

import asyncio
from typing import Any

import psycopg
import pytest
from conftest import Json, Rows, Studio, field_of, refused

EVENTS = "select action, payload::jsonb -> 'changes' from audit_events where action like 'asset.%%' order by seq"


async def make(studio: Studio, key: str, **more: Any) -> Json:
    return await studio.asset(key, **more)


async def keys(studio: Studio, **asked: Any) -> list[str]:
    """The keys of the assets that a list with these parameters shows."""
    client = await studio.person("author")
    answer = await client.get(f"/projects/{studio.project}/assets", params=asked)
    assert answer.status_code == 200, answer.text
    return [item["key"] for item in answer.json()["items"]]


async def test_an_asset_is_made_complete(studio: Studio) -> None:
    client = await studio.person("author")
    body = {"key": "support/greeting", "title": "  Greeting ", "language": "de-CH", "tags": ["ivr", "bot", "ivr"]}
    answer = await client.post(f"/projects/{studio.project}/assets", json=body)
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["location"] == f"/api/v1/assets/{made['id']}"
    assert (made["key"], made["title"], made["language"]) == ("support/greeting", "Greeting", "de-CH")
    assert made["tags"] == ["ivr", "bot"]
    assert made["owner"]["name"] == "Mara Lindqvist"
    assert made["project_id"] == studio.project
    assert (made["status"], made["script"], made["latest_version"], made["version_count"]) == (None, None, None, 0)
    assert made["can"] == ["asset.update", "script.create", "generation.request"]
    assert (await client.get(f"/assets/{made['id']}")).json() == made


async def test_an_asset_shows_its_newest_script_and_version(studio: Studio, worker: None) -> None:
    asset = await make(studio, "a")
    await studio.version(asset, "First.")
    version = await studio.version(asset, "Second.")
    shown = (await (await studio.person("viewer")).get(f"/assets/{asset['id']}")).json()
    assert shown["script"] == version["script"]
    assert shown["latest_version"] == {
        "id": version["id"],
        "number": 2,
        "duration_ms": version["audio"]["duration_ms"],
        "dropped": False,
        "voice": "tone/plain",
        "created_at": version["created_at"],
        "comments_open": 0,
        "changes_requested": False,
    }
    assert (shown["status"], shown["version_count"], shown["can"]) == ("draft", 2, [])
    assert shown["updated_at"] > asset["updated_at"]


async def test_keys_are_parts_joined_by_slashes(studio: Studio) -> None:
    client = await studio.person("author")
    for key in ("a", "0", "a.b-c_d/e/0", "k" * 200):
        await make(studio, key)
    for key in ("", "A", "/a", "a/", "a//b", "-a", "a/.b", "a b", "ä", "a\n", "..", "k" * 201):
        answer = await client.post(f"/projects/{studio.project}/assets", json={"key": key, "title": "A"})
        assert field_of(answer) == "key", key


@pytest.mark.parametrize(
    ("name", "passes", "fails"),
    [
        ("title", ["T", "T" * 200, "👋" * 200], ["", " ", "T" * 201, "two\nlines", "tab\there", None, 1, ["T"]]),
        ("language", ["en", "en-US", "zh-Hant-TW", "sr-Latn-RS"], ["", "e", "EN", "en_US", "en-", "en\n", "english"]),
        ("tags", [[], ["t" * 40], [f"t{n}" for n in range(20)]], [["t" * 41], [""], [" "], ["a\nb"], [1], "ivr", ["t"] * 21]),
    ],
)
async def test_bounds_are_kept_to_the_letter(studio: Studio, name: str, passes: list[Any], fails: list[Any]) -> None:
    client = await studio.person("author")
    for number, value in enumerate(passes):
        assert (await make(studio, f"a{number}", **{name: value}))[name] == value
    for value in fails:
        answer = await client.post(f"/projects/{studio.project}/assets", json={"key": "b", "title": "B", name: value})
        assert field_of(answer).partition(".")[0] == name, value


async def test_every_wrong_field_is_named_at_once(studio: Studio) -> None:
    client = await studio.person("author")
    body = {"key": "A B", "title": "ti\u200btle", "tags": ["ok", "a\u202eb"], "colour": "red"}
    told = refused(await client.post(f"/projects/{studio.project}/assets", json=body), 422)
    assert {error["field"]: error["position"] for error in told["errors"]} == {
        "key": None,
        "title": 2,
        "tags.1": 1,
        "colour": None,
    }
    assert told["detail"] == "4 fields are not valid."


async def test_a_key_is_taken_once_in_a_project(studio: Studio) -> None:
    await make(studio, "greeting")
    client = await studio.person("author")
    told = refused(await client.post(f"/projects/{studio.project}/assets", json={"key": "greeting", "title": "Again"}), 409)
    assert [error["field"] for error in told["errors"]] == ["key"]
    assert told["possible"] == []
    await studio.asset("greeting", by="outsider")


async def test_of_many_who_take_a_key_at_once_one_gets_it(studio: Studio, rows: Rows) -> None:
    author, owner = await studio.person("author"), await studio.person("owner")
    body = {"key": "greeting", "title": "Mine"}
    path = f"/projects/{studio.project}/assets"
    answers = await asyncio.gather(*(client.post(path, json=body) for client in (author, owner) * 4))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert await rows("select count(*) from assets") == [(1,)]
    assert await rows("select count(*) from audit_events where action = 'asset.create'") == [(1,)]


async def test_what_a_patch_leaves_out_or_null_stays(studio: Studio) -> None:
    asset = await make(studio, "a", tags=["ivr"])
    client = await studio.person("author")
    answer = await client.patch(f"/assets/{asset['id']}", json={"title": "New", "language": None})
    assert answer.status_code == 200
    patched = answer.json()
    assert patched["updated_at"] > asset["updated_at"]
    assert {**patched, "updated_at": None} == {**asset, "title": "New", "updated_at": None}
    emptied = (await client.patch(f"/assets/{asset['id']}", json={"tags": []})).json()
    assert (emptied["tags"], emptied["title"]) == ([], "New")


async def test_only_a_change_is_a_change(studio: Studio, rows: Rows) -> None:
    asset = await make(studio, "a", tags=["ivr"])
    client = await studio.person("author")
    same = {"title": " Greeting ", "tags": ["ivr", "ivr"], "language": "en-US", "owner_id": asset["owner"]["id"]}
    for body in ({}, same):
        assert (await client.patch(f"/assets/{asset['id']}", json=body)).json() == asset
    await client.patch(f"/assets/{asset['id']}", json={**same, "title": "New"})
    assert [changes for action, changes in await rows(EVENTS) if action == "asset.update"] == [
        {"title": {"from": "Greeting", "to": "New"}}
    ]


async def test_key_and_project_of_an_asset_are_for_ever(studio: Studio) -> None:
    asset = await make(studio, "a")
    client = await studio.person("author")
    for name in ("key", "project_id", "id", "version_count", "status"):
        assert field_of(await client.patch(f"/assets/{asset['id']}", json={name: asset[name]})) == name


async def test_an_owner_is_a_member(studio: Studio) -> None:
    asset = await make(studio, "a")
    client = await studio.person("author")
    viewer, outsider = [(await (await studio.person(who)).get("/session")).json()["person"] for who in ("viewer", "outsider")]
    given = (await client.patch(f"/assets/{asset['id']}", json={"owner_id": viewer["id"]})).json()
    assert given["owner"] == {"id": viewer["id"], "name": "Noor Haddad"}
    for nobody in (outsider["id"], asset["id"]):
        assert field_of(await client.patch(f"/assets/{asset['id']}", json={"owner_id": nobody})) == "owner_id"


async def test_pages_have_no_gaps_and_no_repeats(studio: Studio) -> None:
    made = [(await make(studio, f"a{number}"))["key"] for number in range(7)]
    client = await studio.person("author")
    for limit in (1, 3, 7, 200):
        seen: list[str] = []
        asked: dict[str, Any] = {"limit": limit}
        while True:
            page = (await client.get(f"/projects/{studio.project}/assets", params=asked)).json()
            assert len(page["items"]) <= limit
            seen += [item["key"] for item in page["items"]]
            assert len(seen) <= len(made)
            if page["next_cursor"] is None:
                break
            asked["cursor"] = page["next_cursor"]
        assert seen == made[::-1]


async def test_what_comes_between_two_pages_shifts_nothing(studio: Studio) -> None:
    for number in range(4):
        await make(studio, f"a{number}")
    client = await studio.person("author")
    first = (await client.get(f"/projects/{studio.project}/assets", params={"limit": 2})).json()
    await make(studio, "later")
    assert await keys(studio, limit=2, cursor=first["next_cursor"]) == ["a1", "a0"]


async def test_limits_and_cursors_are_checked(studio: Studio) -> None:
    client = await studio.person("author")
    for name, values in {"limit": ["0", "-1", "201", "x", "1.5", "", "9" * 5000], "cursor": ["x", "", "0", "a" * 36]}.items():
        for value in values:
            assert field_of(await client.get(f"/projects/{studio.project}/assets", params={name: value})) == name, value


async def test_search_takes_every_character_as_itself(studio: Studio) -> None:
    await make(studio, "one", title="100% sure", tags=["q&a"])
    await make(studio, "two_parts", title=r"C:\voice")
    await make(studio, "three", title="Straße (neu)")
    found = {
        "%": ["one"],
        "_": ["two_parts"],
        "\\": ["two_parts"],
        "100%": ["one"],
        "1_0": [],
        "SURE": ["one"],
        "q&a": ["one"],
        "straße": ["three"],
        "(neu)": ["three"],
        "'": [],
        "'; drop table assets; --": [],
        "o": ["three", "two_parts", "one"][1:],
        "": ["three", "two_parts", "one"],
    }
    assert {words: await keys(studio, query=words) for words in found} == found


async def test_search_reads_the_newest_script_alone(studio: Studio) -> None:
    asset = await make(studio, "a")
    client = await studio.person("author")
    for text in ("We open at nine.", "We open at ten."):
        await client.post(f"/assets/{asset['id']}/scripts", json={"text": text})
    assert (await keys(studio, query="at ten"), await keys(studio, query="at nine")) == (["a"], [])


async def test_search_follows_what_an_asset_is_called(studio: Studio) -> None:
    asset = await make(studio, "a", title="Greeting", tags=["ivr"])
    client = await studio.person("author")
    await client.patch(f"/assets/{asset['id']}", json={"title": "Farewell", "tags": ["bot"]})
    found = {words: await keys(studio, query=words) for words in ("farewell", "bot", "greeting", "ivr")}
    assert found == {"farewell": ["a"], "bot": ["a"], "greeting": [], "ivr": []}


async def test_what_is_searched_is_nobodys_to_write(studio: Studio, rows: Rows) -> None:
    await make(studio, "a")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await rows("update assets set searched = 'z'")


async def test_filters_narrow_together(studio: Studio, worker: None) -> None:
    await make(studio, "one", tags=["ivr", "bot"], language="de-DE")
    await make(studio, "two", tags=["ivr"], by="owner")
    spoken = await make(studio, "three", tags=["iv"])
    await studio.version(spoken)
    author, owner = [(await (await studio.person(who)).get("/session")).json()["person"]["id"] for who in ("author", "owner")]
    asked: list[tuple[Json, list[str]]] = [
        ({"tag": "ivr"}, ["two", "one"]),
        ({"tag": "bot"}, ["one"]),
        ({"tag": "IVR"}, []),
        ({"language": "de-DE"}, ["one"]),
        ({"language": "de"}, []),
        ({"owner": owner}, ["two"]),
        ({"owner": author}, ["three", "one"]),
        ({"status": "draft"}, ["three"]),
        ({"status": "approved"}, []),
        ({"tag": "ivr", "owner": author}, ["one"]),
        ({"tag": "ivr", "query": "tw"}, ["two"]),
    ]
    assert [await keys(studio, **one) for one, _ in asked] == [expected for _, expected in asked]


async def test_filters_that_make_no_sense_are_named(studio: Studio) -> None:
    client = await studio.person("author")
    wrong = {"status": "live", "owner": "me", "query": "q" * 201, "tag": "t" * 41, "language": "l" * 36}
    for name, value in wrong.items():
        assert field_of(await client.get(f"/projects/{studio.project}/assets", params={name: value})) == name


async def test_lists_hold_ones_own_project_alone(studio: Studio) -> None:
    await make(studio, "ours")
    await studio.asset("theirs", by="outsider")
    assert await keys(studio) == ["ours"]
