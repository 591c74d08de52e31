"""Acceptance: a version held against what a target accepts, as it would be heard there; shown before, enforced when deployed."""

import hashlib
from typing import Any

import pytest
from conftest import Json, Rows, Studio, field_of, refused
from reviewing import WHY, done
from test_deployments import approved, change, deployed, manifest, target

CODES = [
    *("approved", "fingerprint", "language", "format", "loudness", "true_peak", "lead", "tail", "pause"),
    *("length", "size", "captions", "free"),
]


async def checked(studio: Studio, at: Json, version: Json) -> Json:
    """What a target makes of a version."""
    answer = await (await studio.person("viewer")).get(f"/targets/{at['id']}/acceptance/{version['id']}")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def failed(told: Json) -> list[str]:
    """The checks that did not pass."""
    return [item["code"] for item in told["items"] if not item["ok"]]


async def test_each_check_is_told_with_what_there_is_and_what_may_be(studio: Studio, worker: None) -> None:
    at, version = await target(studio), await approved(studio)
    told = await checked(studio, at, version)
    assert (told["ok"], [item["code"] for item in told["items"]]) == (True, CODES)
    by_code = {item["code"]: item for item in told["items"]}
    assert by_code["loudness"]["bound"] == [-22.0, -18.0]
    assert by_code["loudness"]["measured"] == told["rendition"]["loudness_lufs"] == pytest.approx(-20.0, abs=0.5)
    assert (by_code["format"]["measured"], by_code["format"]["bound"]) == ("ulaw", "ulaw")
    assert (told["rendition"]["media_type"], told["rendition"]["sample_rate_hz"]) == ("audio/wav", 8_000)


@pytest.mark.parametrize(
    ("profile", "code"),
    [
        ({"longest_ms": 10}, "length"),
        ({"most_bytes": 10}, "size"),
        ({"longest_pause_ms": 1_000}, "pause"),
        ({"loudness_lufs": -9.0, "true_peak_dbtp": -20.0, "loudness_tolerance_lu": 0.1}, "loudness"),
    ],
)
async def test_what_a_target_does_not_take_is_told_before_and_refused(
    studio: Studio, worker: None, profile: Json, code: str
) -> None:
    at, version = await target(studio, profile=profile), await approved(studio, "Hello. [pause 1500ms] There.")
    told = await checked(studio, at, version)
    assert (told["ok"], code in failed(told)) == (False, True)
    messages = [item["message"] for item in told["items"] if not item["ok"]]
    answer = refused(await change(studio, at, "deployments", version_id=version["id"]), 409)
    assert [error["message"] for error in answer["errors"]] == messages


async def test_what_keeps_a_version_from_going_live_is_told_whatever_it_is(studio: Studio, worker: None) -> None:
    at, draft = await target(studio, languages=["de-DE"]), await studio.version(await studio.asset())
    assert failed(await checked(studio, at, draft)) == ["approved", "language"]
    freeze = {"frozen_from": "2020-01-01T00:00:00Z", "frozen_until": "2099-01-01T00:00:00Z", "languages": [], **WHY}
    assert (await (await studio.person("owner")).patch(f"/targets/{at['id']}", json=freeze)).status_code == 200
    await done(studio, draft, "submit")
    await done(studio, draft, "approve", by="reviewer")
    assert failed(await checked(studio, at, draft)) == ["free"]


async def test_audio_that_was_changed_passes_no_check_of_its_sound(studio: Studio, worker: None, beyond: Rows) -> None:
    at, version = await target(studio), await approved(studio)
    await beyond("update versions set voice = 'tone/other'")
    told = await checked(studio, at, version)
    assert (failed(told), told["rendition"]) == (["fingerprint"], None)


async def test_a_course_gets_the_silence_it_asks_for_and_captions_follow(studio: Studio, worker: None) -> None:
    at, version = await target(studio, "academy-x", channel="course_narration"), await approved(studio)
    told = await checked(studio, at, version)
    by_code = {item["code"]: item for item in told["items"]}
    assert 500 <= by_code["lead"]["measured"] <= 1_000
    assert 1_000 <= by_code["tail"]["measured"] <= 5_000
    assert failed(told) == ([] if by_code["captions"]["measured"] == "yes" else ["captions"])


async def test_the_audio_of_a_deployment_is_the_file_its_manifest_names(studio: Studio, worker: None, rows: Rows) -> None:
    at, version = await target(studio), await approved(studio)
    made = await deployed(studio, at, version)
    machine = await studio.key("viewer", "live")
    told = (await manifest(machine)).json()["audio"]
    path = f"/deployments/{made['id']}/audio"
    assert told["url"].endswith(f"/api/v1{path}")
    whole = await machine.get(path)
    assert (hashlib.sha256(whole.content).hexdigest(), len(whole.content)) == (told["sha256"], told["bytes"])
    assert whole.headers["etag"] == f'"{told["sha256"]}"'
    part = await machine.get(path, headers={"Range": "bytes=4-9"})
    assert (part.status_code, part.content) == (206, whole.content[4:10])
    head = await machine.head(path)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(told["bytes"]), b"")
    again = await machine.get(path, headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    refused(await machine.get(path, headers={"Range": "bytes=99999999-"}), 416)
    assert (await (await studio.person("viewer")).get(path)).status_code == 200
    refused(await (await studio.key("viewer", "read")).get(path), 403)
    refused(await (await studio.person("outsider")).get(path), 404)
    refused(await (await studio.anonymous()).get(path), 401)


async def test_a_file_that_went_is_made_again_to_the_same_bytes(studio: Studio, worker: None, beyond: Rows) -> None:
    at, version = await target(studio), await approved(studio)
    made = await deployed(studio, at, version)
    machine, path = await studio.key("viewer", "live"), f"/deployments/{made['id']}/audio"
    whole = (await machine.get(path)).content
    await beyond("delete from renditions")
    await beyond("update blobs set state = 'dropped', dropped_at = now() where sha256 = (select audio_sha256 from deployments)")
    assert (await machine.get(path)).content == whole


async def test_a_rollback_brings_back_what_was_accepted_then(studio: Studio, worker: None, rows: Rows) -> None:
    at, asset = await target(studio), await studio.asset()
    first, second = [await approved(studio, f"Take {take}.", asset=asset) for take in range(2)]
    await deployed(studio, at, first)
    await deployed(studio, at, second)
    owner = await studio.person("owner")
    stricter: dict[str, Any] = {"profile": {"most_bytes": 10}, **WHY}
    assert (await owner.patch(f"/targets/{at['id']}", json=stricter)).status_code == 200
    assert failed(await checked(studio, at, first)) == ["size"]
    back = await change(studio, at, "rollback", asset_id=asset["id"])
    assert (back.status_code, back.json()["number"]) == (200, 1)
    heard = await rows("select kind, audio_sha256 from deployments order by deployed_at")
    assert (heard[2][0], heard[2][1]) == ("rollback", heard[0][1])


async def test_a_profile_that_no_file_can_have_is_refused(studio: Studio) -> None:
    publisher = await studio.person("publisher")
    for profile, field in (({"sample_rate_hz": 44_100}, "sample_rate_hz"), ({"bitrate_kbps": 128}, "bitrate_kbps")):
        body = {"key": "bot", "name": "Bot", "channel": "support_bot", "profile": profile}
        assert field_of(await publisher.post(f"/projects/{studio.project}/targets", json=body)) == f"profile.{field}"
