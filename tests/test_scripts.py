"""Scripts: each wording once, numbered without gaps, never changed."""

import asyncio
from typing import Any

import pytest
from conftest import Json, Rows, Studio, field_of, refused

from voiceops.config import settings

COUNTS = "select (select count(*) from scripts), (select count(*) from audit_events where action = 'script.create')"


async def write(studio: Studio, asset: Json, text: str, *, by: str = "author", **more: Any) -> Json:
    answer = await (await studio.person(by)).post(f"/assets/{asset['id']}/scripts", json={"text": text, **more})
    assert answer.status_code == 201, answer.text
    written: Json = answer.json()
    return written


async def check(studio: Studio, asset: Json, text: str, voice: str | None = "tone/plain") -> Json:
    client = await studio.person("author")
    answer = await client.post(f"/assets/{asset['id']}/scripts/check", json={"text": text, "voice": voice})
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


@pytest.fixture
def forty_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEOPS_MAX_SCRIPT_CHARACTERS", "40")


async def test_wordings_are_numbered_and_listed_newest_first(studio: Studio) -> None:
    asset = await studio.asset()
    first = await write(studio, asset, "Welcome.\r\nCafe\u0301 *open*.")
    second = await write(studio, asset, "Welcome back.", note="People come again", by="owner")
    assert (first["number"], first["text"], first["characters"], first["note"]) == (1, "Welcome.\nCafé *open*.", 21, None)
    assert (second["number"], second["note"], second["created_by"]["name"]) == (2, "People come again", "Ruth Feldman")
    listed = await (await studio.person("viewer")).get(f"/assets/{asset['id']}/scripts")
    assert listed.json() == {"items": [second, first], "next_cursor": None}


async def test_pages_of_scripts_have_no_gaps(studio: Studio) -> None:
    asset, other = await studio.asset("a"), await studio.asset("b")
    for number in range(5):
        await write(studio, asset, f"Wording {number}.")
        await write(studio, other, f"Elsewhere {number}.")
    client = await studio.person("author")
    seen: list[int] = []
    cursor = None
    while True:
        asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(f"/assets/{asset['id']}/scripts", params=asked)).json()
        seen += [script["number"] for script in page["items"]]
        assert len(seen) <= 5
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == [5, 4, 3, 2, 1]


async def test_pages_go_by_number_even_where_ids_of_another_clock_do_not(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    for number in range(4):
        await write(studio, asset, f"Wording {number}.")
    await rows("set session_replication_role = replica")  # past the triggers
    await rows("update scripts set id = 'ffffffff-ffff-7fff-bfff-ffffffffffff' where number = 2")
    client = await studio.person("author")
    seen: list[int] = []
    cursor = None
    while not seen or cursor:
        asked = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(f"/assets/{asset['id']}/scripts", params=asked)).json()
        seen += [script["number"] for script in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [4, 3, 2, 1]


async def test_the_newest_wording_again_is_no_new_one(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    first = await write(studio, asset, "Café.", note="First")
    assert await write(studio, asset, "Cafe\u0301.", note="Other") == first
    assert await rows(COUNTS) == [(1, 1)]
    await write(studio, asset, "Bar.")
    again = await write(studio, asset, "Café.")
    assert (again["number"], again["id"] == first["id"]) == (3, False)


async def test_many_who_write_at_once_get_numbers_without_gaps(studio: Studio) -> None:
    asset = await studio.asset()
    await studio.person("owner")
    texts = [f"Wording {number}." for number in range(12)]
    by = ["author", "owner"] * 6
    written = await asyncio.gather(*(write(studio, asset, text, by=who) for text, who in zip(texts, by, strict=True)))
    assert sorted(script["number"] for script in written) == list(range(1, 13))
    listed = (await (await studio.person("author")).get(f"/assets/{asset['id']}/scripts")).json()["items"]
    assert [script["number"] for script in listed] == list(range(12, 0, -1))


async def test_the_same_wording_from_many_at_once_is_one(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    written = await asyncio.gather(*(write(studio, asset, "The same.") for _ in range(8)))
    assert {script["id"] for script in written} == {written[0]["id"]}
    assert await rows(COUNTS) == [(1, 1)]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", None),
        (" \n\t ", None),
        ("Hel\u200blo", 3),
        ("Hello\0", 5),
        ("a\u202eb", 1),
        ("Say *this", 4),
        ("One [pause 9s] two", 4),
        ("Cafe\u0301 *open", 6),
        ("One.\r\nTwo *open", 10),
        ("<speak>Hello</speak>", 0),
        ("a" * 20_001, None),
        ("a" * 200_001, None),
    ],
)
async def test_a_refused_wording_names_the_place_and_writes_nothing(
    studio: Studio, rows: Rows, text: str, position: int | None
) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    told = refused(await client.post(f"/assets/{asset['id']}/scripts", json={"text": text}), 422)
    assert [(error["field"], error["position"]) for error in told["errors"]] == [("text", position)]
    assert (await check(studio, asset, text))["errors"] == told["errors"]
    assert await rows(COUNTS) == [(0, 0)]


async def test_the_longest_wording_there_may_be_is_kept(studio: Studio) -> None:
    asset = await studio.asset()
    text = "Ä👋 ".ljust(20_000, "é")
    assert (await write(studio, asset, text))["characters"] == 20_000


@pytest.mark.usefixtures("forty_characters")
async def test_the_bound_is_a_setting_and_is_named(studio: Studio) -> None:
    asset = await studio.asset()
    await write(studio, asset, "a" * 40)
    client = await studio.person("author")
    told = refused(await client.post(f"/assets/{asset['id']}/scripts", json={"text": "a" * 41}), 422)
    assert told["detail"] == "This has 41 characters; at most 40 are allowed."
    assert (await check(studio, asset, "a"))["maximum"] == 40


async def test_a_longer_bound_than_ours_works_too(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    told = refused(await client.post(f"/assets/{asset['id']}/scripts", json={"text": "a" * 300_000}), 422)
    assert told["detail"] == "This has 300,000 characters; at most 20,000 are allowed."
    monkeypatch.setenv("VOICEOPS_MAX_SCRIPT_CHARACTERS", "300000")
    settings.cache_clear()
    assert (await write(studio, asset, "a" * 300_000))["characters"] == 300_000
    assert (await check(studio, asset, "a" * 300_000))["errors"] == []


async def test_a_dry_run_tells_what_would_last_too_long(studio: Studio) -> None:
    asset = await studio.asset()
    told = await check(studio, asset, "a[pause 5s]" * 720)
    (error,) = told["errors"]
    assert error == {
        "field": "text",
        "message": "This would last about 65 minutes; the longest allowed is 60. Shorten it or its pauses.",
        "position": None,
    }
    assert told["estimated_ms"] == 720 * 5000 + 720 * 400
    assert (await check(studio, asset, "a[pause 5s]" * 600))["errors"] == []


async def test_what_no_voice_can_say_is_shown_where_it_was_sent(studio: Studio) -> None:
    (warning,) = (await check(studio, await studio.asset(), "Cafe\u0301\r\n\r\n\u4f60"))["warnings"]
    assert warning["position"] == 9


async def test_what_holds_nothing_to_say_lasts_no_time(studio: Studio) -> None:
    asset = await studio.asset()
    for text in ("🎉 🎉 🎉", "... [pause 5s] !"):
        told = await check(studio, asset, text)
        assert told["estimated_ms"] == 0, text
        (error,) = told["errors"]
        assert "can say nothing of this" in error["message"]


async def test_a_refusal_leaves_the_place_to_whoever_shows_it(studio: Studio) -> None:
    (error,) = (await check(studio, await studio.asset(), "Say *this"))["errors"]
    assert (error["position"], "position" in error["message"]) == (4, False)


async def test_notes_are_checked(studio: Studio) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    await write(studio, asset, "One.", note="n" * 500)
    for note in ("", " ", "n" * 501, "a\u200bb", 1):
        answer = await client.post(f"/assets/{asset['id']}/scripts", json={"text": "Two.", "note": note})
        assert field_of(answer) == "note", note


async def test_a_dry_run_tells_what_would_become_of_it_and_writes_nothing(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    told = await check(studio, asset, "One *two*. [pause 1.5s] Three 你 four 你.")
    assert (told["spoken_characters"], told["errors"]) == (len("One two.  Three 你 four 你."), [])
    assert told["estimated_ms"] == 6 * 60_000 // 150 + 1500
    (warning,) = told["warnings"]
    assert (warning["field"], warning["position"]) == ("text", 30)
    assert "你" in warning["message"]
    assert await rows(COUNTS) == [(0, 0)]
    assert field_of(await (await studio.person("author")).post(f"/assets/{asset['id']}/scripts/check", json={})) == "text"


async def test_a_dry_run_is_for_a_voice_there_is(studio: Studio) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    assert await check(studio, asset, "Hello.", voice=None) == await check(studio, asset, "Hello.")
    for voice in ("tone/nobody", "", "\0", "nobody/plain"):
        answer = await client.post(f"/assets/{asset['id']}/scripts/check", json={"text": "Hello.", "voice": voice})
        assert field_of(answer) == "voice", voice
