"""Two versions side by side: what differs, how they are related, and where the same word is in both."""

import json
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from conftest import Json, Rows, Studio, field_of, refused

from voiceops.speech.pauses import pauses
from voiceops.speech.signal import Signal
from voiceops.speech.waveform import peaks


async def compared(studio: Studio, left: Json, right: Json, *, by: str = "viewer") -> Any:
    answer = await (await studio.person(by)).get(f"/versions/{left['id']}/compare/{right['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_differs_is_told_from_the_left_to_the_right(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    left = await studio.version(asset, "Your parcel arrives on Tuesday.", voice="tone/basic", reason="First")
    delivery = {"tone": "warm", "speed": 1.5}
    right = await studio.version(asset, "Your parcel arrives on *Thursday*.", delivery=delivery, reason="Late")
    found = await compared(studio, left, right)
    assert found["script"] == {
        "same": False,
        "pieces": [
            {"kind": "same", "text": "Your parcel arrives on "},
            {"kind": "removed", "text": "Tuesday"},
            {"kind": "added", "text": "*Thursday*"},
            {"kind": "same", "text": "."},
        ],
        "same_words": 4,
        "removed_words": 1,
        "added_words": 1,
    }
    assert found["voice"] == {"left": "tone/basic", "right": "tone/plain"}
    assert found["provider"] is None
    assert {(one["field"], one["left"], one["right"]) for one in found["delivery"]} == {
        ("tone", "neutral", "warm"),
        ("speed", 1, 1.5),
    }
    assert "speed" in {one["field"] for one in found["applied"]}
    assert found["same_asset"] is True
    assert (found["left"]["number"], found["left"]["reason"], found["right"]["reason"]) == (1, "First", "Late")
    assert found["right"]["asset"] == {name: asset[name] for name in ("id", "key", "title", "language")}


async def test_measurements_come_with_their_difference(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    left, right = (
        await studio.version(asset, "Hello there."),
        await studio.version(asset, "Hello there. [pause 900ms] Hello again."),
    )
    found = {one["name"]: one for one in (await compared(studio, left, right))["measurements"]}
    assert found.keys() == {
        *("duration_ms", "words_per_minute", "pauses", "pauses_ms", "longest_pause_ms", "lead_silence_ms", "tail_silence_ms"),
        *("loudness_lufs", "true_peak_dbtp", "clipped_samples"),
    }
    length = found["duration_ms"]
    assert (length["left"], length["right"]) == (left["audio"]["duration_ms"], right["audio"]["duration_ms"])
    assert length["delta"] == length["right"] - length["left"] > 900
    assert found["pauses"]["delta"] >= 1
    assert found["pauses_ms"]["delta"] >= 880
    for name, measured in right["measurements"].items():
        assert found[name]["right"] == measured


async def test_what_could_not_be_measured_has_no_difference(studio: Studio, worker: None, rows: Rows) -> None:
    asset = await studio.asset()
    left, right = [await studio.version(asset) for _ in range(2)]
    await rows("set session_replication_role = replica")
    await rows("update versions set measurements = measurements || '{\"loudness_lufs\": null}' where id = %s", right["id"])
    found = {one["name"]: one for one in (await compared(studio, left, right))["measurements"]}
    assert found["loudness_lufs"]["left"] is not None
    assert (found["loudness_lufs"]["right"], found["loudness_lufs"]["delta"]) == (None, None)


def test_pauses_are_the_silences_between_sounds_of_a_fifth_of_a_second_and_more() -> None:
    def sound(ms: int) -> list[float]:
        return [0.5 if at % 2 else -0.5 for at in range(24 * ms)]

    def silence(ms: int) -> list[float]:
        return [0.0] * (24 * ms)

    parts = (silence(500), sound(300), silence(150), sound(300), silence(400), sound(200), silence(1000), sound(100), silence(700))
    samples = np.array([one for part in parts for one in part], np.float32)
    found = pauses(peaks(Signal(samples, 24_000), 256), samples_per_peak=256, sample_rate_hz=24_000)
    assert found.count == 2
    assert abs(found.total_ms - 1400) <= 2 * 2 * 11, "to the length of a peak at each end"


async def test_the_same_word_is_found_in_both(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    left = await studio.version(asset, "Your parcel arrives on Tuesday.")
    right = await studio.version(asset, "Hello! Your *parcel*, dear customer, arrives on Thursday.")
    viewer = await studio.person("viewer")
    words = [(await viewer.get(f"/versions/{one['id']}/words")).json()["items"] for one in (left, right)]
    found = (await compared(studio, left, right))["aligned"]
    texts = [
        [side[at]["text"].strip(",.!").lower() for at in found[name]]
        for side, name in zip(words, ("left_index", "right_index"), strict=True)
    ]
    assert texts[0] == texts[1] == ["your", "parcel", "arrives", "on"]
    for side, name in zip(words, ("left", "right"), strict=True):
        assert found[f"{name}_ms"] == [side[at]["start_ms"] for at in found[f"{name}_index"]]


async def test_without_word_timings_nothing_is_aligned(studio: Studio, worker: None, rows: Rows) -> None:
    asset = await studio.asset()
    left, right = [await studio.version(asset) for _ in range(2)]
    await rows("set session_replication_role = replica")
    await rows("update versions set words = '[]' where id = %s", right["id"])
    assert (await compared(studio, left, right))["aligned"] is None


async def line(studio: Studio, asset: Json, *reasons: str, parent: Json | None = None) -> list[Json]:
    """Versions each made from the one before."""
    made: list[Json] = []
    for reason in reasons:
        parent = made[-1] if made else parent
        text = f"Words of {reason}."
        body = {"text": text, "note": f"Why {reason}"}
        assert (await (await studio.person("author")).post(f"/assets/{asset['id']}/scripts", json=body)).status_code == 201
        more = {"parent_version_id": parent["id"]} if parent else {}
        made.append(await studio.version(asset, text, reason=reason, **more))
    return made


async def test_lineage_tells_each_step_from_one_to_the_other_and_its_reasons(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    first, _second, third = await line(studio, asset, "one", "two", "three")
    found = (await compared(studio, first, third))["lineage"]
    assert (found["relation"], found["left_steps"], found["right_steps"], found["left"]) == ("ancestor", 0, 2, [])
    assert found["ancestor"]["id"] == first["id"]
    told = [(one["number"], one["reason"], one["script_note"], one["created_by"]) for one in found["right"]]
    assert told == [(2, "two", "Why two", first["created_by"]), (3, "three", "Why three", first["created_by"])]
    back = (await compared(studio, third, first))["lineage"]
    assert (back["relation"], back["left"], back["right"]) == ("descendant", found["right"], [])


async def test_versions_made_from_one_are_related_and_those_made_from_none_are_not(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    first, left = await line(studio, asset, "one", "left")
    (right,) = await line(studio, asset, "right", parent=first)
    (alone,) = await line(studio, asset, "alone")
    found = (await compared(studio, left, right))["lineage"]
    assert (found["relation"], found["ancestor"]["number"]) == ("related", 1)
    assert [[one["reason"] for one in found[side]] for side in ("left", "right")] == [["left"], ["right"]]
    found = (await compared(studio, left, alone))["lineage"]
    assert (found["relation"], found["ancestor"], found["left"], found["right"]) == ("unrelated", None, [], [])


async def test_a_note_is_told_where_the_wording_changed_and_not_again(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    (first,) = await line(studio, asset, "one")
    again = await studio.version(asset, first["script"]["text"], parent_version_id=first["id"])
    assert again["script"]["id"] == first["script"]["id"]
    (step,) = (await compared(studio, first, again))["lineage"]["right"]
    assert (step["script_number"], step["script_note"]) == (1, None)


async def test_a_long_line_is_counted_whole_and_told_in_part(studio: Studio, worker: None, rows: Rows) -> None:
    asset = await studio.asset()
    first = await studio.version(asset)
    names = [name for (name,) in await rows("select column_name from information_schema.columns where table_name = 'versions'")]
    await rows("set session_replication_role = replica")
    parent = first["id"]
    for number in range(2, 62):
        new = {"id": str(uuid4()), "number": number, "generation_id": str(uuid4()), "parent_version_id": parent}
        values = ", ".join("%s" if name in new else name for name in names)
        sent = [new[name] for name in names if name in new]
        await rows(f"insert into versions ({', '.join(names)}) select {values} from versions where id = %s", *sent, first["id"])  # noqa: S608
        parent = str(new["id"])
    found = (await compared(studio, first, {"id": parent}))["lineage"]
    assert (found["relation"], found["right_steps"], len(found["right"])) == ("ancestor", 60, 50)
    assert (found["ancestor"]["number"], found["right"][0]["number"], found["right"][-1]["number"]) == (1, 12, 61)


async def test_a_version_does_not_differ_from_itself(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset(), "Hello there.")
    found = await compared(studio, version, version)
    assert found["left"] == found["right"]
    assert found["script"]["same"] is True
    assert found["script"]["pieces"] == [{"kind": "same", "text": "Hello there."}]
    assert (found["voice"], found["provider"], found["delivery"], found["applied"]) == (None, None, [], [])
    assert {one["delta"] for one in found["measurements"]} <= {0, None}
    assert (found["lineage"]["relation"], found["lineage"]["ancestor"]["id"]) == ("same", version["id"])
    assert found["aligned"]["left_ms"] == found["aligned"]["right_ms"]


async def test_versions_of_two_assets_of_a_project_are_compared_and_it_is_said(studio: Studio, worker: None) -> None:
    left, right = [await studio.version(await studio.asset(key)) for key in ("one", "two")]
    found = await compared(studio, left, right)
    assert (found["same_asset"], found["left"]["asset"]["key"], found["right"]["asset"]["key"]) == (False, "one", "two")
    assert (found["script"]["same"], found["lineage"]["relation"]) == (True, "unrelated")


async def test_nobody_compares_over_the_border_of_a_project(studio: Studio, worker: None, rows: Rows) -> None:
    mine = await studio.version(await studio.asset())
    outsider = await studio.person("outsider")
    asset = await studio.asset(by="outsider")
    body = {"text": "Hello.", "voice": "tone/plain"}
    asked = (await outsider.post(f"/assets/{asset['id']}/generations", json=body)).json()
    while not (theirs := (await outsider.get(f"/generations/{asked['id']}")).json()["version_id"]):
        pass
    author = await studio.person("author")
    for client in (author, outsider):
        for left, right in ((mine["id"], theirs), (theirs, mine["id"]), (mine["id"], str(uuid4()))):
            refused(await client.get(f"/versions/{left}/compare/{right}"), 404)
    await rows(
        "insert into memberships (project_id, person_id, role) "
        "select project_id, (select id from people where email like 'author@%%'), 'viewer' from versions where id = %s",
        theirs,
    )
    assert (await author.get(f"/versions/{theirs}/compare/{theirs}")).status_code == 200
    refused(await author.get(f"/versions/{mine['id']}/compare/{theirs}"), 404)
    assert field_of(await author.get(f"/versions/{mine['id']}/compare/no-id")).endswith("right")


@pytest.mark.parametrize("text", ["*" * 20_000, "a " * 10_000, "漢" * 20_000])
async def test_the_longest_scripts_are_compared(studio: Studio, worker: None, rows: Rows, text: str) -> None:
    asset = await studio.asset()
    left, right = [await studio.version(asset, f"Take {number}.") for number in range(2)]
    await rows("set session_replication_role = replica")
    await rows("update scripts set text = %s where id = %s", text, left["script"]["id"])
    await rows("update scripts set text = %s where id = %s", f"x{text[:-9]}y", right["script"]["id"])
    found = await compared(studio, left, right)
    pieces = found["script"]["pieces"]
    assert "".join(piece["text"] for piece in pieces if piece["kind"] != "added") == text
    assert len(json.dumps(found)) < 200_000
