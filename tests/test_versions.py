"""Versions as they are read: the whole record, what changed since the parent, peaks, words."""

import hashlib
from typing import Any
from uuid import uuid4

import pytest
import rfc8785
from conftest import Json, Rows, Studio, field_of, refused


async def read(studio: Studio, path: str, *, by: str = "viewer") -> Any:
    answer = await (await studio.person(by)).get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_version_is_complete_at_birth(studio: Studio, worker: None, rows: Rows) -> None:
    asset = await studio.asset()
    delivery = {"tone": "warm", "speed": 1.5, "pitch": -2.0}
    generation = await studio.ended(await studio.ask(asset, "Hello *there*. 你 👋", delivery=delivery, reason="For spring"))
    version = await read(studio, f"/versions/{generation['version_id']}")
    assert version["delivery"] == {"tone": "warm", "speed": 1.5, "emphasis": 1.0, "pitch": -2.0, "sentence_gap_ms": 250}
    assert version["generation_id"] == generation["id"]
    assert (version["asset_id"], version["project_id"]) == (asset["id"], studio.project)
    assert (version["number"], version["status"], version["reason"], version["can"]) == (
        1,
        "draft",
        "For spring",
        ["version.prefer"],
    )
    assert (version["parent_version_id"], version["changes"]) == (None, None)
    assert (version["voice"], version["provider"]) == ("tone/plain", "tone")
    assert set(version["unspoken"]) == {"你", "👋"}
    assert version["script"] == {"id": version["script"]["id"], "number": 1, "text": "Hello *there*. 你 👋"}
    assert version["audio"]["media_type"] == "audio/flac"
    assert await rows("select sha256, bytes from blobs") == [(version["audio"]["sha256"], version["audio"]["bytes"])]


async def test_a_fingerprint_covers_what_an_approval_is_bound_to(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset())
    covered = {
        "v": 1,
        "script": version["script"]["text"],
        "voice": version["voice"],
        "provider": version["provider"],
        "delivery": version["delivery"],
        "audio_sha256": version["audio"]["sha256"],
    }
    assert version["fingerprint"] == hashlib.sha256(rfc8785.dumps(covered)).hexdigest()


async def test_versions_of_an_asset_come_newest_first_in_pages(studio: Studio, worker: None) -> None:
    asset, other = await studio.asset("a"), await studio.asset("b")
    made = [await studio.version(asset, f"Take {number}.") for number in range(3)]
    await studio.version(other)
    page = await read(studio, f"/assets/{asset['id']}/versions?limit=2", by="author")
    assert page["items"] == [made[2], made[1]]
    rest = await read(studio, f"/assets/{asset['id']}/versions?limit=2&cursor={page['next_cursor']}", by="author")
    assert rest == {"items": [made[0]], "next_cursor": None}


async def test_pages_go_by_number_even_where_ids_of_another_clock_do_not(studio: Studio, worker: None, rows: Rows) -> None:
    asset = await studio.asset()
    for number in range(3):
        await studio.version(asset, f"Take {number}.")
    await rows("set session_replication_role = replica")  # past the triggers
    await rows("update versions set id = 'ffffffff-ffff-7fff-bfff-ffffffffffff' where number = 1")
    await rows(
        "update examinations e set version_id = v.id from versions v where v.number = 1 and e.asset_id = v.asset_id"
        " and not exists (select from versions x where x.id = e.version_id)"
    )
    page = await read(studio, f"/assets/{asset['id']}/versions?limit=2")
    assert [version["number"] for version in page["items"]] == [3, 2]
    rest = await read(studio, f"/assets/{asset['id']}/versions?limit=2&cursor={page['next_cursor']}")
    assert [version["number"] for version in rest["items"]] == [1]


@pytest.mark.parametrize(
    ("text", "more", "changes"),
    [
        ("The first.", {}, {"script": None, "voice": None, "delivery": []}),
        ("The second.", {}, {"script": "The first.", "voice": None, "delivery": []}),
        ("The first.", {"voice": "tone/basic"}, {"script": None, "voice": "tone/plain", "delivery": []}),
        (
            "The first.",
            {"delivery": {"tone": "calm", "speed": 1.25}},
            {
                "script": None,
                "voice": None,
                "delivery": [
                    {"field": "tone", "before": "neutral", "after": "calm"},
                    {"field": "speed", "before": 1.0, "after": 1.25},
                ],
            },
        ),
    ],
    ids=["nothing", "text", "voice", "delivery"],
)
async def test_what_changed_since_the_parent_is_told(studio: Studio, worker: None, text: str, more: Json, changes: Json) -> None:
    asset = await studio.asset()
    parent = await studio.version(asset, "The first.")
    await studio.version(asset, "Between.")  # so that the first wording again is a script of its own
    child = await studio.version(asset, text, parent_version_id=parent["id"], **more)
    told = child["changes"]
    assert (told.pop("parent_id"), told.pop("parent_number")) == (parent["id"], 1)
    assert {**told, "script": told["script"] and told["script"]["text"]} == changes


async def test_peaks_come_at_three_zooms(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset(), "One two three. [pause 500ms] Four.")
    samples = version["audio"]["duration_ms"] * version["audio"]["sample_rate_hz"] / 1000
    for zoom in (256, 1024, 4096):
        waveform = await read(studio, f"/versions/{version['id']}/waveform?zoom={zoom}")
        assert (waveform["samples_per_peak"], waveform["sample_rate_hz"]) == (zoom, version["audio"]["sample_rate_hz"])
        assert len(waveform["peaks"]) == 2 * waveform["length"]
        assert abs(waveform["length"] - samples / zoom) <= 1.1
        lows, highs = waveform["peaks"][::2], waveform["peaks"][1::2]
        assert all(-128 <= low <= high <= 127 for low, high in zip(lows, highs, strict=True))
        assert max(highs) > 10
    assert (await read(studio, f"/versions/{version['id']}/waveform"))["samples_per_peak"] == 1024
    client = await studio.person("viewer")
    for wrong in ("0", "-1", "512", "x", "9" * 30, "9" * 5000):
        assert field_of(await client.get(f"/versions/{version['id']}/waveform", params={"zoom": wrong})) == "zoom"


async def test_words_say_where_they_sound(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset(), "One *two* three.")
    words = await read(studio, f"/versions/{version['id']}/words")
    assert words["source"] == "provider"
    assert [word["text"].strip(".") for word in words["items"]] == ["One", "two", "three"]
    assert [word["emphasised"] for word in words["items"]] == [False, True, False]
    times = [time for word in words["items"] for time in (word["start_ms"], word["end_ms"])]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= version["audio"]["duration_ms"]


async def test_a_voice_that_times_no_words_has_none(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset(), voice="tone/basic")
    assert await read(studio, f"/versions/{version['id']}/words") == {"source": None, "items": []}


async def test_words_a_minute_count_words_and_no_signs(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset(), "One *two*, *three*. [pause 300ms] Four.")
    assert version["measurements"]["words_per_minute"] == pytest.approx(4 * 60_000 / version["audio"]["duration_ms"], rel=0.2)


async def test_a_version_that_is_not_here_is_not_found(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset())
    outsider, author = await studio.person("outsider"), await studio.person("author")
    for part in ("", "/words", "/waveform", "/audio"):
        refused(await outsider.get(f"/versions/{version['id']}{part}"), 404)
        refused(await author.get(f"/versions/{uuid4()}{part}"), 404)
