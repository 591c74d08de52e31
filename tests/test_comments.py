"""Comments: at a moment, over a span, in threads; edited with what was said before, deleted with a tombstone, seen live."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from conftest import Json, Rows, Studio, field_of, refused, served
from psycopg import errors
from reviewing import done, give, in_review, person_id
from test_events import Live


async def say(studio: Studio, version: Json, body: str = "A little slower", *, by: str = "reviewer", **more: Any) -> Json:
    """A comment just made."""
    answer = await (await studio.person(by)).post(f"/versions/{version['id']}/comments", json={"body": body, **more})
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    assert answer.headers["location"] == f"/api/v1/comments/{found['id']}"
    return found


async def try_to_say(studio: Studio, version: Json, by: str = "reviewer", **body: Any) -> httpx.Response:
    return await (await studio.person(by)).post(f"/versions/{version['id']}/comments", json={"body": "Slower", **body})


async def said(studio: Studio, version: Json, by: str = "viewer") -> list[Json]:
    """All that was said of a version, the oldest first."""
    items: list[Json] = (await (await studio.person(by)).get(f"/versions/{version['id']}/comments?limit=200")).json()["items"]
    return items[::-1]


@pytest.fixture
async def version(studio: Studio, worker: None) -> Json:
    return await studio.version(await studio.asset())


async def test_a_comment_stands_at_a_moment_or_over_a_span(studio: Studio, version: Json) -> None:
    end = version["audio"]["duration_ms"]
    whole, moment, span = [await say(studio, version, **where) for where in ({}, {"at_ms": end}, {"at_ms": 0, "until_ms": end})]
    assert [(one["at_ms"], one["until_ms"]) for one in (whole, moment, span)] == [(None, None), (end, None), (0, end)]
    assert whole == {
        "id": whole["id"],
        "project_id": studio.project,
        "asset_id": version["asset_id"],
        "version_id": version["id"],
        "reply_to": None,
        "at_ms": None,
        "until_ms": None,
        "body": "A little slower",
        "mentions": [],
        "person": {"id": await person_id(studio, "reviewer"), "name": whole["person"]["name"]},
        "created_at": whole["created_at"],
        "edited_at": None,
        "earlier": [],
        "resolved": None,
        "deleted": None,
        "can": ["comment.edit", "comment.delete", "comment.resolve"],
    }
    assert [one["id"] for one in await said(studio, version)] == [whole["id"], moment["id"], span["id"]]


async def test_no_comment_stands_outside_of_the_audio(studio: Studio, version: Json, rows: Rows) -> None:
    end = version["audio"]["duration_ms"]
    for where, field in (
        ({"at_ms": end + 1}, "at_ms"),
        ({"at_ms": -1}, "at_ms"),
        ({"at_ms": 2**40}, "at_ms"),
        ({"at_ms": 1.5}, "at_ms"),
        ({"at_ms": "1"}, "at_ms"),
        ({"at_ms": 0, "until_ms": end + 1}, "until_ms"),
        ({"at_ms": 5, "until_ms": 5}, "until_ms"),
        ({"at_ms": 5, "until_ms": 4}, "until_ms"),
        ({"until_ms": 4}, "at_ms"),
    ):
        assert field_of(await try_to_say(studio, version, **where)) == field, where
    assert await rows("select count(*) from comments") == [(0,)]


async def test_a_comment_has_1_to_4000_visible_characters(studio: Studio, version: Json) -> None:
    for body in ("", "  \n", "x" * 4001, "x" * 100_000, "hidden \u202e mark", "\u0000", 7, None):
        assert field_of(await try_to_say(studio, version, body=body)) == "body"
    refused(await try_to_say(studio, version, body="x" * 1_100_000), 413)
    longest = "👋" * 4000
    assert (await say(studio, version, longest))["body"] == longest


async def test_markup_is_text_like_any_other(studio: Studio, version: Json) -> None:
    markup = '<script>alert(1)</script> <img src=x onerror="alert(1)"> **bold** [link](javascript:alert(1)) & &amp;'
    assert (await say(studio, version, markup))["body"] == markup
    assert [one["body"] for one in await said(studio, version)] == [markup]


async def test_everyone_comments_but_viewers_and_auditors(studio: Studio, version: Json) -> None:
    for who in ("author", "reviewer", "publisher", "owner"):
        await say(studio, version, by=who)
        assert "comment.create" in (await (await studio.person(who)).get(f"/versions/{version['id']}")).json()["can"]
    for who in ("viewer", "auditor"):
        refused(await try_to_say(studio, version, who), 403)
        assert "comment.create" not in (await (await studio.person(who)).get(f"/versions/{version['id']}")).json()["can"]
        assert {tuple(one["can"]) for one in await said(studio, version, who)} == {()}
    refused(await try_to_say(studio, version, "outsider"), 404)


async def test_comments_of_another_project_are_not_there(studio: Studio, version: Json) -> None:
    comment = await say(studio, version)
    outsider = await studio.person("outsider")
    refused(await outsider.get(f"/versions/{version['id']}/comments"), 404)
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/resolve"), ("POST", "/reopen")):
        body = {"body": "Mine"} if method == "PATCH" else None
        for there in (comment["id"], uuid4()):
            refused(await outsider.request(method, f"/comments/{there}{path}", json=body), 404)


async def test_threads_are_one_level_deep(studio: Studio, version: Json, rows: Rows) -> None:
    root = await say(studio, version, at_ms=1)
    reply = await say(studio, version, "Done", by="author", reply_to=root["id"])
    assert (reply["reply_to"], reply["at_ms"], reply["can"]) == (root["id"], None, ["comment.edit", "comment.delete"])
    assert field_of(await try_to_say(studio, version, reply_to=reply["id"])) == "reply_to"
    assert field_of(await try_to_say(studio, version, reply_to=str(uuid4()))) == "reply_to"
    assert field_of(await try_to_say(studio, version, reply_to=root["id"], at_ms=1)) == "at_ms"
    other = await studio.version(await studio.asset("other"))
    assert field_of(await try_to_say(studio, other, reply_to=root["id"])) == "reply_to"
    with pytest.raises(errors.CheckViolation):
        await rows(
            "insert into comments (id, project_id, asset_id, version_id, reply_to_id, person_id, text_count) "
            "select gen_random_uuid(), project_id, asset_id, version_id, id, person_id, 1 from comments "
            "where reply_to_id is not null"
        )


async def test_an_edit_keeps_what_was_said_before(studio: Studio, version: Json, rows: Rows) -> None:
    comment = await say(studio, version, "Too fast")
    reviewer = await studio.person("reviewer")
    for body in ("Much too fast", "Much too fast", "A little too fast"):
        edited = (await reviewer.patch(f"/comments/{comment['id']}", json={"body": body})).json()
    assert (edited["body"], [one["body"] for one in edited["earlier"]]) == ("A little too fast", ["Too fast", "Much too fast"])
    assert edited["edited_at"] > comment["created_at"]
    assert await rows("select count(*) from audit_events where action = 'comment.edit'") == [(2,)]
    assert await said(studio, version, "reviewer") == [edited]


async def test_only_who_wrote_a_comment_edits_it(studio: Studio, version: Json) -> None:
    comment = await say(studio, version)
    for who in ("author", "owner", "viewer"):
        refused(await (await studio.person(who)).patch(f"/comments/{comment['id']}", json={"body": "Mine"}), 403)
    assert [one["body"] for one in await said(studio, version)] == ["A little slower"]


async def test_a_deleted_comment_leaves_its_place(studio: Studio, version: Json, rows: Rows) -> None:
    root = await say(studio, version, at_ms=3)
    await say(studio, version, "Done", by="author", reply_to=root["id"])
    refused(await (await studio.person("author")).delete(f"/comments/{root['id']}"), 403)
    reviewer = await studio.person("reviewer")
    await reviewer.patch(f"/comments/{root['id']}", json={"body": "Slower, please"})
    gone = (await reviewer.delete(f"/comments/{root['id']}")).json()
    assert (gone["body"], gone["earlier"], gone["at_ms"]) == (None, [], 3)
    assert gone["deleted"]["by"]["id"] == await person_id(studio, "reviewer")
    assert [one["body"] for one in await said(studio, version)] == [None, "Done"]
    assert refused(await reviewer.delete(f"/comments/{root['id']}"), 409)["possible"] == ["comment.resolve"]
    refused(await reviewer.patch(f"/comments/{root['id']}", json={"body": "Back"}), 409)
    assert await rows("select count(*) from comment_texts") == [(3,)]


async def test_the_thread_of_a_deleted_comment_is_settled_once_and_for_all(studio: Studio, version: Json) -> None:
    reviewer = await studio.person("reviewer")
    root = (await reviewer.post(f"/versions/{version['id']}/comments", json={"body": "Slower"})).json()
    await reviewer.post(f"/comments/{root['id']}/resolve")
    assert (await reviewer.delete(f"/comments/{root['id']}")).json()["can"] == []
    told = refused(await reviewer.post(f"/comments/{root['id']}/reopen"), 409)
    assert (told["detail"], told["possible"]) == ("This comment is deleted.", [])


async def test_an_owner_deletes_anybodys_comment(studio: Studio, version: Json) -> None:
    comment = await say(studio, version)
    (seen,) = await said(studio, version, "owner")
    assert seen["can"] == ["comment.delete", "comment.resolve"]
    gone = await (await studio.person("owner")).delete(f"/comments/{comment['id']}")
    assert gone.json()["deleted"]["by"]["id"] == await person_id(studio, "owner")


async def test_a_thread_is_resolved_and_reopened(studio: Studio, version: Json) -> None:
    root = await say(studio, version)
    reply = await say(studio, version, reply_to=root["id"])
    author = await studio.person("author")
    resolved = (await author.post(f"/comments/{root['id']}/resolve")).json()
    assert resolved["resolved"]["by"]["id"] == await person_id(studio, "author")
    assert resolved["can"] == ["comment.reopen"]
    assert refused(await author.post(f"/comments/{root['id']}/resolve"), 409)["possible"] == [
        "comment.edit",
        "comment.delete",
        "comment.reopen",
    ]
    reopened = (await author.post(f"/comments/{root['id']}/reopen")).json()
    assert (reopened["resolved"], reopened["can"]) == (None, ["comment.resolve"])
    refused(await author.post(f"/comments/{root['id']}/reopen"), 409)
    assert "thread" in refused(await author.post(f"/comments/{reply['id']}/resolve"), 409)["detail"]


async def test_two_resolve_at_once_and_it_is_recorded_once(studio: Studio, version: Json, rows: Rows) -> None:
    root = await say(studio, version)
    answers = await asyncio.gather(
        *[(await studio.person(who)).post(f"/comments/{root['id']}/resolve") for who in ("author", "reviewer", "owner")]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert await rows("select count(*) from audit_events where action = 'comment.resolve'") == [(1,)]


async def test_only_members_are_mentioned(studio: Studio, version: Json, rows: Rows) -> None:
    author, viewer, outsider = [await person_id(studio, who) for who in ("author", "viewer", "outsider")]
    comment = await say(studio, version, mentions=[author, author, viewer])
    assert {one["id"] for one in comment["mentions"]} == {author, viewer}
    for stranger in (outsider, str(uuid4()), "nobody"):
        assert field_of(await try_to_say(studio, version, mentions=[author, stranger])) == "mentions.1"
    await rows("update people set deactivated_at = now() where id = %s", viewer)
    assert field_of(await try_to_say(studio, version, mentions=[viewer])) == "mentions.0"
    assert field_of(await try_to_say(studio, version, mentions=[str(uuid4()) for _ in range(51)])) == "mentions"
    client = await studio.person("reviewer")
    assert field_of(await client.patch(f"/comments/{comment['id']}", json={"body": "x", "mentions": [outsider]})) == "mentions.0"


async def test_the_record_holds_no_words_of_a_comment(studio: Studio, version: Json, rows: Rows) -> None:
    comment = await say(studio, version, "A secret remark", at_ms=1)
    client = await studio.person("reviewer")
    await client.patch(f"/comments/{comment['id']}", json={"body": "Another secret remark"})
    for step in ("resolve", "reopen"):
        await client.post(f"/comments/{comment['id']}/{step}")
    await client.delete(f"/comments/{comment['id']}")
    query = "select action, version_id, payload from audit_events where action like 'comment.%' order by seq"
    told = await rows(query)
    assert [action for action, _, _ in told] == [f"comment.{verb}" for verb in ("create", "edit", "resolve", "reopen", "delete")]
    assert {where for _, where, _ in told} == {version["id"]}
    assert not any("secret" in payload for _, _, payload in told)


async def test_a_comment_asked_for_twice_under_one_key_is_made_once(studio: Studio, version: Json) -> None:
    client = await studio.person("reviewer")
    path, headers = f"/versions/{version['id']}/comments", {"Idempotency-Key": "once"}
    first, again = [await client.post(path, json={"body": "Slower"}, headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert len(await said(studio, version)) == 1


async def test_comments_come_in_parts_the_newest_first(studio: Studio, version: Json) -> None:
    made = [(await say(studio, version, f"Remark {number}"))["id"] for number in range(5)]
    client = await studio.person("viewer")
    path = f"/versions/{version['id']}/comments"
    page = (await client.get(path, params={"limit": 3})).json()
    rest = (await client.get(path, params={"limit": 3, "cursor": page["next_cursor"]})).json()
    assert [one["id"] for one in page["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None


async def test_a_comment_is_made_in_any_status(studio: Studio, worker: None) -> None:
    version = await in_review(studio)
    await say(studio, version)
    await done(studio, version, "archive")
    await say(studio, version)


async def test_who_is_no_reviewer_any_more_edits_nothing(studio: Studio, version: Json) -> None:
    comment = await say(studio, version)
    await give(studio, "reviewer", "viewer")
    refused(await (await studio.person("reviewer")).patch(f"/comments/{comment['id']}", json={"body": "Mine"}), 403)
    (seen,) = await said(studio, version, "reviewer")
    assert seen["can"] == []


@pytest.fixture
async def live(studio: Studio) -> AsyncIterator[Live]:
    async with served(studio) as url, AsyncExitStack() as stack:
        yield Live(studio, url, stack)


async def test_who_looks_at_a_version_sees_its_comments_come(live: Live, version: Json) -> None:
    viewer = await live.reader("viewer")
    comment = await say(live.studio, version)
    client = await live.studio.person("reviewer")
    await client.patch(f"/comments/{comment['id']}", json={"body": "Slower, please"})
    await client.post(f"/comments/{comment['id']}/resolve")
    await client.delete(f"/comments/{comment['id']}")
    for verb in ("create", "edit", "resolve", "delete"):
        name, told = await viewer.next()
        assert (name, told["action"], told["subject"]) == ("change", f"comment.{verb}", {"type": "comment", "id": comment["id"]})
        assert (told["version_id"], told["asset_id"]) == (version["id"], version["asset_id"])


async def test_what_was_deleted_stays_deleted_for_the_database_too(studio: Studio, version: Json, rows: Rows) -> None:
    comment = await say(studio, version)
    await (await studio.person("reviewer")).delete(f"/comments/{comment['id']}")
    for change in ("deleted_at = null, deleted_by_id = null", "text_count = 2"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await rows(f"update comments set {change}")  # noqa: S608 - our own


async def test_a_version_says_what_was_said_of_it_and_what_is_to_change(studio: Studio, worker: None) -> None:
    version = await in_review(studio)
    reviewer, path = await studio.person("reviewer"), f"/versions/{version['id']}"
    root, other = [(await reviewer.post(f"{path}/comments", json={"body": text})).json()["id"] for text in ("Slower", "Louder")]
    await reviewer.post(f"{path}/comments", json={"body": "Why?", "reply_to": root})
    assert (await reviewer.get(path)).json()["comments"] == {"open": 2, "all": 2}
    await reviewer.post(f"/comments/{root}/resolve")
    await reviewer.delete(f"/comments/{other}")
    assert (await reviewer.get(path)).json()["comments"] == {"open": 0, "all": 1}
    assert (await done(studio, version, "request-changes", by="reviewer", reason="Too fast"))["changes_requested"][
        "reason"
    ] == "Too fast"
    (listed,) = (await reviewer.get(f"/assets/{version['asset_id']}/versions")).json()["items"]
    assert listed["changes_requested"]["by"]["name"] == "Devon Okafor"
    assert (await done(studio, version, "submit"))["changes_requested"] is None
    assert (await done(studio, version, "withdraw"))["changes_requested"] is None
