"""Generations: asked for, spoken, ended exactly once, with a reason where they fail."""

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from uuid import UUID, uuid4

import httpx
import pytest
from conftest import Json, Rows, Studio

from voiceops.config import settings
from voiceops.errors import Malformed
from voiceops.jobs import Again
from voiceops.models.delivery import Delivery
from voiceops.providers.base import Control, Support
from voiceops.providers.tone import ToneProvider
from voiceops.worker import open_studio, perform
from voiceops.workflow.generation import deliver

NOWHERE = str(uuid4())


async def problem(answer: httpx.Response, status: int) -> Json:
    """The problem document of a refused request."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: Json = answer.json()
    return found


async def test_a_script_becomes_a_version_one_can_hear(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    version = await studio.version(asset, "Hello *there*. [pause 300ms] Goodbye.", reason="First take")
    assert version["number"] == 1
    assert version["status"] == "draft"
    assert version["reason"] == "First take"
    assert version["script"]["text"] == "Hello *there*. [pause 300ms] Goodbye."
    assert version["created_by"]["name"] == "Mara Lindqvist"
    assert version["audio"]["duration_ms"] > 500
    assert version["measurements"]["loudness_lufs"] is not None
    assert version["applied_delivery"]["tone"] == "neutral"


async def test_a_request_is_answered_at_once_and_says_where_to_look(studio: Studio) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    answer = await client.post(f"/assets/{asset['id']}/generations", json={"text": "Hello.", "voice": "tone/plain"})
    assert answer.status_code == 202
    generation = answer.json()
    assert answer.headers["location"] == f"/api/v1/generations/{generation['id']}"
    assert (generation["status"], generation["progress"], generation["can"]) == ("queued", 0.0, ["generation.cancel"])
    assert (await client.get(f"/generations/{generation['id']}")).json() == generation


async def test_request_and_job_commit_together(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset())
    assert await rows("select task_name, queue_name, args, status::text from procrastinate_jobs") == [
        ("generate", "generate.tone", {"generation_id": generation["id"]}, "todo")
    ]


async def test_a_refused_request_leaves_nothing_behind(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    body = {"text": "A wording that would be new.", "voice": "tone/plain", "parent_version_id": NOWHERE}
    await problem(await client.post(f"/assets/{asset['id']}/generations", json=body), 422)
    counts = "select (select count(*) from scripts), (select count(*) from generations), (select count(*) from procrastinate_jobs)"
    assert await rows(counts) == [(0, 0, 0)]


async def test_versions_are_numbered_without_gaps_however_many_are_asked_for_at_once(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    voices = ["tone/plain", "tone/broken"] * 6
    asked = await asyncio.gather(*(studio.ask(asset, f"Take {n}.", voice=voice) for n, voice in enumerate(voices)))
    ended = await asyncio.gather(*(studio.ended(one) for one in asked))
    assert sorted(one["status"] for one in ended) == ["failed"] * 6 + ["succeeded"] * 6
    listed = (await (await studio.person("author")).get(f"/assets/{asset['id']}/versions")).json()["items"]
    assert [version["number"] for version in listed] == [6, 5, 4, 3, 2, 1]


async def test_equal_text_is_not_written_twice(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    first = await studio.version(asset, "The same words.")
    second = await studio.version(asset, "The same words.", delivery={"speed": 1.2})
    assert first["script"] == second["script"]
    assert first["fingerprint"] != second["fingerprint"]


async def test_an_existing_script_can_be_spoken_again(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    script = (await client.post(f"/assets/{asset['id']}/scripts", json={"text": "Written first."})).json()
    body = {"script_id": script["id"], "voice": "tone/plain"}
    asked = (await client.post(f"/assets/{asset['id']}/generations", json=body)).json()
    assert (await studio.ended(asked))["script"] == {"id": script["id"], "number": 1}


async def test_what_changed_since_the_parent_is_told(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    first = await studio.version(asset, "We open at nine.")
    second = await studio.version(asset, "We open at ten.", delivery={"speed": 1.25}, parent_version_id=first["id"])
    assert second["number"] == 2
    assert second["parent_version_id"] == first["id"]
    assert second["changes"] == {
        "parent_id": first["id"],
        "parent_number": 1,
        "script": first["script"],
        "voice": None,
        "delivery": [{"field": "speed", "before": 1.0, "after": 1.25}],
    }


async def test_a_parent_of_another_asset_is_refused(studio: Studio, worker: None) -> None:
    first = await studio.version(await studio.asset("one"))
    other = await studio.asset("two")
    client = await studio.person("author")
    body = {"text": "Hello.", "voice": "tone/plain", "parent_version_id": first["id"]}
    found = await problem(await client.post(f"/assets/{other['id']}/generations", json=body), 422)
    assert found["errors"][0]["field"] == "parent_version_id"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n\t "}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"text": "\u4f60\u597d \U0001f600"}, "text"),
        ({"text": "bell \x07"}, "text"),
        ({"text": "left \u202e right"}, "text"),
        ({"text": "zero\u200bwidth"}, "text"),
        ({"text": "*open"}, "text"),
        ({"text": "<speak>hi</speak>"}, "text"),
        ({"text": "[pause 6s]"}, "text"),
        ({"text": "[pause 2s] ... !"}, "text"),
        ({"voice": "nobody/here"}, "voice"),
        ({"voice": "tone"}, "voice"),
        ({"delivery": {"speed": 9}}, "delivery.speed"),
        ({"delivery": {"tone": "shouting"}}, "delivery.tone"),
        ({"delivery": {"pitch": 1}, "voice": "tone/basic"}, "delivery.pitch"),
        ({"delivery": {"volume": 3}}, "delivery.volume"),
        ({"script_id": NOWHERE, "text": None}, "script_id"),
        ({"parent_version_id": NOWHERE}, "parent_version_id"),
        ({"reason": "  "}, "reason"),
        ({"unknown": 1}, "unknown"),
    ],
)
async def test_a_bad_request_names_the_field(studio: Studio, change: Json, field: str) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    body = {"text": "Hello.", "voice": "tone/plain", **change}
    found = await problem(await client.post(f"/assets/{asset['id']}/generations", json=body), 422)
    assert field in [error["field"] for error in found["errors"]]


async def test_every_bound_of_a_delivery_that_is_overstepped_is_named(studio: Studio) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    body = {"text": "Hello.", "voice": "tone/plain", "delivery": {"speed": 99, "pitch": -99, "tone": "odd"}}
    found = await problem(await client.post(f"/assets/{asset['id']}/generations", json=body), 422)
    assert {error["field"] for error in found["errors"]} == {"delivery.speed", "delivery.pitch", "delivery.tone"}


async def test_the_length_bound_is_the_operators(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEOPS_MAX_SCRIPT_CHARACTERS", "30")
    settings.cache_clear()
    asset = await studio.asset()
    body = {"text": "x" * 31, "voice": "tone/plain"}
    answer = await (await studio.person("author")).post(f"/assets/{asset['id']}/generations", json=body)
    assert "at most 30" in (await problem(answer, 422))["detail"]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("a[pause 5s]", 5, 13),
        ("word ", {"speed": 1.0}, {"speed": 0.5}),
        ("Yes. ", {"sentence_gap_ms": 250}, {"sentence_gap_ms": 2000}),
    ],
    ids=["pauses", "speed", "gaps"],
)
async def test_what_would_last_too_long_is_refused_before_it_is_spoken(
    studio: Studio, rows: Rows, monkeypatch: pytest.MonkeyPatch, text: str, short: int | Json, long: int | Json
) -> None:
    monkeypatch.setenv("VOICEOPS_MAX_SPEECH_MINUTES", "1")
    settings.cache_clear()
    asset = await studio.asset()

    def body(how: int | Json) -> Json:
        return {"text": text * how} if isinstance(how, int) else {"text": text * 80, "delivery": how}

    await studio.ask(asset, **body(short))
    answer = await (await studio.person("author")).post(
        f"/assets/{asset['id']}/generations", json={**body(long), "voice": "tone/plain"}
    )
    (error,) = (await problem(answer, 422))["errors"]
    assert error["field"] == "text"
    assert "the longest allowed is 1." in error["message"]
    assert await rows("select count(*) from generations") == [(1,)]


def test_what_is_left_out_takes_the_voices_own_default() -> None:
    (plain, *_) = ToneProvider().voices
    gap = Control(Support.APPROXIMATE, 300, 1000, 400)
    emphasis = Control(Support.IGNORED, 0.5, 0.5, 0.5)
    own = replace(plain, capabilities=replace(plain.capabilities, sentence_gap_ms=gap, emphasis=emphasis))
    assert deliver(own, {}) == Delivery(emphasis=0.5, sentence_gap_ms=400)
    assert deliver(own, {"sentence_gap_ms": 500, "emphasis": 0.5}).sentence_gap_ms == 500
    with pytest.raises(Malformed):
        deliver(own, {"emphasis": 1.0})


async def test_characters_no_voice_can_say_are_reported_not_dropped_in_silence(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    generation = await studio.ask(asset, "Hello \U0001f600 world.")
    assert generation["unspoken"] == ["\U0001f600"]
    version = await studio.version(asset, "Hello \U0001f600 world.")
    assert version["unspoken"] == ["\U0001f600"]


@pytest.mark.parametrize(
    ("voice", "code"),
    [("broken", "broken"), ("garbage", "not_audio"), ("silent", "silent"), ("brief", "silent"), ("truncated", "damaged")],
)
async def test_what_cannot_become_a_version_fails_with_its_reason(studio: Studio, worker: None, voice: str, code: str) -> None:
    generation = await studio.ended(await studio.ask(await studio.asset(), voice=f"tone/{voice}"))
    assert (generation["status"], generation["error"]["code"], generation["attempt"]) == ("failed", code, 1)
    assert generation["error"]["message"]
    assert generation["version_id"] is None
    assert generation["can"] == ["generation.retry"]


async def test_a_passing_fault_is_tried_again_until_it_passes(studio: Studio, worker: None) -> None:
    generation = await studio.ended(await studio.ask(await studio.asset(), voice="tone/flaky"))
    assert (generation["status"], generation["attempt"], generation["error"]) == ("succeeded", 3, None)


async def test_the_last_failed_attempt_ends_the_generation(studio: Studio) -> None:
    generation = await studio.ask(await studio.asset(), voice="tone/down")
    await attempts(studio, generation, 4)
    ended = await studio.until(f"/generations/{generation['id']}", lambda _: True)
    assert (ended["status"], ended["attempt"], ended["error"]["code"]) == ("failed", 4, "unavailable")


async def test_a_failed_generation_can_be_asked_again_with_all_its_attempts(studio: Studio) -> None:
    generation = await studio.ask(await studio.asset(), voice="tone/down")
    await attempts(studio, generation, 4)
    client = await studio.person("author")
    again = (await client.post(f"/generations/{generation['id']}/retry", json={"reason": "The vendor is back"})).json()
    assert (again["status"], again["error"], again["progress"]) == ("queued", None, 0.0)
    await attempts(studio, generation, 4)
    ended = await studio.until(f"/generations/{generation['id']}", lambda _: True)
    assert (ended["status"], ended["attempt"]) == ("failed", 8)


async def attempts(studio: Studio, generation: Json, count: int) -> None:
    """Let a worker make `count` attempts at once, without the waits between them."""
    work = open_studio(studio.settings)
    for _ in range(count):
        with suppress(Again):
            await perform(work, UUID(generation["id"]))
    await work.database.close()


async def test_a_queued_generation_can_be_cancelled_and_stays_so(studio: Studio) -> None:
    client = await studio.person("author")
    generation = await studio.ask(await studio.asset())
    cancelled = await client.post(f"/generations/{generation['id']}/cancel", json={"reason": "Wrong voice"})
    assert cancelled.status_code == 200
    assert cancelled.json()["status"] == "cancelled"
    await attempts(studio, generation, 1)
    now = (await client.get(f"/generations/{generation['id']}")).json()
    assert (now["status"], now["version_id"], now["can"]) == ("cancelled", None, [])


async def test_a_running_generation_stops_soon_after_it_is_cancelled(studio: Studio, worker: None) -> None:
    client = await studio.person("author")
    asset = await studio.asset()
    slow = [await studio.ask(asset, voice="tone/slow") for _ in range(2)]
    for one in slow:
        await studio.until(f"/generations/{one['id']}", lambda now: now["status"] == "running")
        assert (await client.post(f"/generations/{one['id']}/cancel")).json()["status"] == "cancelled"
    began = time.monotonic()
    assert (await studio.ended(await studio.ask(asset)))["status"] == "succeeded"
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(("verb", "voice", "possible"), [("cancel", "broken", ["generation.retry"]), ("retry", "plain", [])])
async def test_what_cannot_be_done_now_names_what_can(
    studio: Studio, worker: None, verb: str, voice: str, possible: list[str]
) -> None:
    generation = await studio.ended(await studio.ask(await studio.asset(), voice=f"tone/{voice}"))
    answer = await (await studio.person("author")).post(f"/generations/{generation['id']}/{verb}")
    assert (await problem(answer, 409))["possible"] == possible


async def test_progress_is_told_sentence_by_sentence(studio: Studio, worker: None) -> None:
    text = " ".join(f"This is sentence number {n}, and it takes its time." for n in range(300))
    generation = await studio.ask(await studio.asset(), text, voice="hibari/heart")
    seen = await studio.until(f"/generations/{generation['id']}", lambda now: 0 < now["progress"] < 1, 60)
    assert seen["status"] == "running"
    await (await studio.person("author")).post(f"/generations/{generation['id']}/cancel")


async def test_the_local_voice_speaks_what_it_was_given(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    version = await studio.version(asset, "Your order left on *Tuesday*.", voice="hibari/heart", delivery={"tone": "warm"})
    assert version["provider"] == "hibari"
    assert version["provider_metadata"]["model_sha256"]
    assert version["applied_delivery"]["tone"] == "warm"
    assert -26 < version["measurements"]["loudness_lufs"] < -14
    words = (await (await studio.person("author")).get(f"/versions/{version['id']}/words")).json()
    assert [word["text"] for word in words["items"]] == ["Your", "order", "left", "on", "Tuesday."]
    assert [word["emphasised"] for word in words["items"]] == [False, False, False, False, True]
    assert words["items"][-1]["end_ms"] <= version["audio"]["duration_ms"]


async def test_more_than_ten_thousand_waiting_are_refused(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEOPS_MAX_QUEUED", "2")
    settings.cache_clear()
    asset = await studio.asset()
    for _ in range(2):
        await studio.ask(asset)
    body = {"text": "One more.", "voice": "tone/plain"}
    answer = await (await studio.person("author")).post(f"/assets/{asset['id']}/generations", json=body)
    await problem(answer, 429)
    assert int(answer.headers["retry-after"]) > 0
