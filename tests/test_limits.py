"""Limits: seen by members, set by owners, exact over any number of processes, refused in words; what runs at once; the guard."""

import asyncio
import time
from bisect import bisect_right
from uuid import UUID

import httpx
import pytest
from conftest import Json, Rows, Studio, field_of, refused
from limiting import TAKES, limit, limits, processes, refusals, speak

from voiceops.api.guard import MOST_ADDRESSES, Guard
from voiceops.app import create_app
from voiceops.config import settings
from voiceops.db import Database
from voiceops.errors import TooMany
from voiceops.jobs import queue_app
from voiceops.limits.rates import Rate, debit, forget
from voiceops.sweeping import sweep
from voiceops.text import duration
from voiceops.worker import open_studio
from voiceops.workflow import settling
from voiceops.workflow.settling import Claim


async def test_members_see_the_limits_and_owners_may_set_them(studio: Studio) -> None:
    seen = await limits(studio, "viewer")
    assert (seen["generations"]["person"]["per_minute"], seen["generations"]["person"]["burst"]) == (60, 120)
    assert (seen["generations"]["project"]["per_minute"], seen["generations"]["project"]["burst"]) == (300, 300)
    assert (seen["characters"]["limit"], seen["characters"]["left"], seen["concurrency"]["limit"]) == (1_000_000, 1_000_000, 8)
    assert (seen["money"]["limit_micros"], seen["money"]["left_micros"], seen["money"]["currency"]) == (None, None, "USD")
    assert (seen["can"], (await limits(studio))["can"]) == ([], ["limit.change"])


async def test_a_change_says_what_was_and_why(studio: Studio, rows: Rows) -> None:
    changed = await limit(studio, person=(30, 40), characters={"limit": 5}, money={"limit_micros": 2_500_000, "currency": "EUR"})
    assert changed["generations"]["person"] == {"per_minute": 30, "burst": 40, "remaining": 40, "full_in_seconds": 0.0}
    assert changed == await limits(studio)
    ((payload,),) = await rows("select payload::jsonb from audit_events where action = 'limit.change'")
    assert (payload["reason"], payload["project_id"]) == ("For the test", studio.project)
    assert payload["changes"] == {
        "person_per_minute": {"from": 60, "to": 30},
        "person_burst": {"from": 120, "to": 40},
        "characters": {"from": 1_000_000, "to": 5},
        "money_micros": {"from": None, "to": 2_500_000},
        "currency": {"from": "USD", "to": "EUR"},
    }
    assert (await limit(studio, money={"limit_micros": None}))["money"]["limit_micros"] is None
    await limit(studio, money={"limit_micros": None})
    assert await rows("select count(*) from audit_events where action = 'limit.change'") == [(2,)], (
        "what changes nothing is not told"
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"generations": {"person": {"per_minute": 0}}}, "generations.person.per_minute"),
        ({"generations": {"project": {"burst": 60_001}}}, "generations.project.burst"),
        ({"generations": {"everybody": {"burst": 1}}}, "generations.everybody"),
        ({"concurrency": {"limit": 0}}, "concurrency.limit"),
        ({"concurrency": {"limit": "8"}}, "concurrency.limit"),
        ({"characters": {"limit": -1}}, "characters.limit"),
        ({"characters": {"limit": 10**13}}, "characters.limit"),
        ({"characters": {"limit": 1.5}}, "characters.limit"),
        ({"money": {"limit_micros": -1}}, "money.limit_micros"),
        ({"money": {"currency": "euro"}}, "money.currency"),
        ({"characters": {"limit": 5}, "reason": " "}, "reason"),
        ({"characters": {"limit": 5}, "reason": None}, "reason"),
        ({"usage": []}, "usage"),
        ({}, "body"),
    ],
)
async def test_a_limit_that_cannot_be_meant_is_named(studio: Studio, body: Json, field: str) -> None:
    client = await studio.person("owner")
    assert field_of(await client.patch(f"/projects/{studio.project}/limits", json={"reason": "Why", **body})) == field


async def test_who_asks_too_often_is_told_the_limit_and_when_to_ask_again(studio: Studio) -> None:
    asset = await studio.asset()
    await limit(studio, person=(20, 2))
    answers = [await speak(studio, asset) for _ in range(3)]
    assert [one.status_code for one in answers] == [202, 202, 429]
    told = refused(answers[2], 429)
    assert told["title"] == "Limit reached"
    assert told["detail"].startswith("For you the limit is 20 generations a minute, 2 at once after a rest. Ask again in ")
    assert answers[2].headers["ratelimit-policy"] == '"person";q=2;w=6'
    assert answers[2].headers["ratelimit"].startswith('"person";r=0;t=')
    await asyncio.sleep(int(answers[2].headers["retry-after"]))
    assert (await speak(studio, asset)).status_code == 202, "waiting just as long as told is enough"


async def test_an_accepted_request_tells_what_is_left(studio: Studio) -> None:
    asset = await studio.asset()
    await limit(studio, person=(1, 5), project=(1, 9))
    answers = [await speak(studio, asset) for _ in range(2)]
    assert [one.headers["ratelimit-policy"] for one in answers] == ['"person";q=5;w=300, "project";q=9;w=540'] * 2
    left = [[part.split(";")[1] for part in one.headers["ratelimit"].split(", ")] for one in answers]
    assert left == [["r=4", "r=8"], ["r=3", "r=7"]]


async def test_the_project_is_limited_over_all_who_ask(studio: Studio) -> None:
    asset = await studio.asset()
    await limit(studio, project=(1, 3))
    answers = [await speak(studio, asset, by=who) for who in ("author", "owner", "author", "owner")]
    assert [one.status_code for one in answers] == [202, 202, 202, 429]
    assert refused(answers[3], 429)["detail"].startswith("For this project the limit is 1 generations a minute, 3 at once")


async def test_a_limit_of_one_person_is_nobody_elses(studio: Studio) -> None:
    asset = await studio.asset()
    await limit(studio, person=(1, 1))
    assert [(await speak(studio, asset, by=who)).status_code for who in ("author", "author", "owner")] == [202, 429, 202]


async def test_what_is_refused_for_anything_has_taken_nothing(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    await limit(studio, person=(1, 2), characters={"limit": TAKES})
    refused(await speak(studio, asset, parent_version_id=asset["id"]), 422)
    refused(await speak(studio, asset, text="Far too long for what is left."), 429)
    now = await limits(studio, "author")
    assert (now["generations"]["person"]["remaining"], now["characters"]["left"]) == (2, TAKES)
    assert await rows("select count(*) from scripts") == [(0,)]


async def test_the_same_request_again_takes_nothing_again(studio: Studio) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    await limit(studio, person=(1, 1))
    body, headers = {"text": "Hello.", "voice": "tone/plain"}, {"Idempotency-Key": "once"}
    answers = [await client.post(f"/assets/{asset['id']}/generations", json=body, headers=headers) for _ in range(2)]
    assert [one.status_code for one in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()


async def test_a_retry_counts_as_a_request(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    await limit(studio, person=(1, 1))
    failed = await studio.ended(await studio.ask(asset, voice="tone/broken"))
    refused(await (await studio.person("author")).post(f"/generations/{failed['id']}/retry"), 429)


async def test_a_refusal_is_recorded_once_a_minute(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    await limit(studio, person=(1, 1))
    for _ in range(5):
        await speak(studio, asset)
    await limit(studio, person=(1, 9), characters={"limit": 0})
    for _ in range(5):
        await speak(studio, asset)
    told = await refusals(rows)
    assert [one["changes"]["limit"] for one in told] == ["generations.person", "budget.characters"]
    me = (await (await studio.person("author")).get("/session")).json()["person"]["id"]
    assert {(one["actor"]["type"], one["actor"]["id"], one["project_id"]) for one in told} == {("system", me, studio.project)}
    await rows("update rates set full_at = full_at - interval '1 minute' where key like 'event %%'")
    await speak(studio, asset)
    assert len(await refusals(rows)) == 3


async def test_a_retry_takes_of_the_rate_and_tells_what_is_left(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    await limit(studio, person=(1, 5), project=(1, 9))
    generation = (await speak(studio, asset)).json()["id"]
    await rows("update generations set status = 'failed'")
    answer = await (await studio.person("author")).post(f"/generations/{generation}/retry")
    assert answer.status_code == 200, answer.text
    assert answer.headers["ratelimit-policy"] == '"person";q=5;w=300, "project";q=9;w=540'
    assert [part.split(";")[1] for part in answer.headers["ratelimit"].split(", ")] == ["r=3", "r=7"]


async def test_without_its_limits_nothing_is_generated(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    await studio.person("author")
    for table in ("rates", "budgets", "limits"):
        await rows(f"alter table {table} rename to gone")
        refused(await speak(studio, asset), 500)
        await rows(f"alter table gone rename to {table}")
    assert await rows("select count(*) from generations") == [(0,)]


async def test_several_processes_together_pass_no_more_than_the_limit(database_url: str) -> None:
    rate = Rate("hammered", 1200, 15)
    passed = sorted(float(at) for one in await processes(4, "rate", database_url, "k", "1200", "15", "2") for at in one)
    assert len(passed) > 30
    for first, start in enumerate(passed):
        for window in (0.1, 0.5, 1.0, 2.0):
            most = rate.burst + window / rate.step.total_seconds()
            assert bisect_right(passed, start + window) - first <= most, f"{window} s from {start}"


async def test_a_rate_that_is_whole_again_is_forgotten(database_url: str, rows: Rows) -> None:
    database = Database(database_url)
    async with database.session.begin() as db:
        for key, rate in (("quick", Rate("q", 60_000_000, 5)), ("slow", Rate("s", 1, 5))):
            assert (await debit(db, key, rate))[0]
    async with database.session.begin() as db:
        await forget(db)
    await database.close()
    assert await rows("select key from rates") == [("slow",)]


# What runs at once


async def claim(studio: Studio, generation: Json) -> Claim | None:
    """A worker's claim, in a transaction of its own."""
    database = Database(studio.settings.database_url or "")
    async with database.session.begin() as db:
        held = await settling.claim(db, UUID(generation["id"]))
    await database.close()
    return held


async def fail(studio: Studio, held: Claim | None) -> None:
    assert held
    database = Database(studio.settings.database_url or "")
    async with database.session.begin() as db:
        assert await settling.fail(db, held, code="broken", message="It broke.")
    await database.close()


async def jobs(rows: Rows) -> list[str]:
    """Of which generations jobs wait, in order."""
    return [str(found) for (found,) in await rows("select args ->> 'generation_id' from procrastinate_jobs order by id")]


async def test_no_more_run_at_once_than_the_project_may_however_many_claim(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    await limit(studio, concurrency={"limit": 3})
    asked = [await studio.ask(asset) for _ in range(9)]
    claims = await asyncio.gather(*(claim(studio, one) for one in asked))
    assert len([one for one in claims if one]) == 3
    assert await rows("select status, job_id is null, count(*) from generations group by 1, 2 order by 1") == [
        ("queued", True, 6),
        ("running", False, 3),
    ]
    shown = (await limits(studio))["concurrency"]
    assert shown == {"limit": 3, "running": 3, "waiting": 6}


async def test_who_ends_lets_the_longest_waiting_run(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    await limit(studio, concurrency={"limit": 1})
    asked = [await studio.ask(asset) for _ in range(3)]
    await rows("delete from procrastinate_jobs")
    first, *_ = [await claim(studio, one) for one in asked]
    await fail(studio, first)
    assert await jobs(rows) == [asked[1]["id"]]
    assert await claim(studio, asked[1])
    await (await studio.person("author")).post(f"/generations/{asked[1]['id']}/cancel")
    assert await jobs(rows) == [asked[1]["id"], asked[2]["id"]]
    assert await claim(studio, asked[2])


async def test_a_limit_that_is_raised_lets_more_run_at_once(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    await limit(studio, concurrency={"limit": 1})
    asked = [await studio.ask(asset) for _ in range(4)]
    await rows("delete from procrastinate_jobs")
    for one in asked:
        await claim(studio, one)
    await limit(studio, concurrency={"limit": 3})
    assert await jobs(rows) == [asked[1]["id"], asked[2]["id"]]


async def test_what_a_killed_worker_ran_may_be_run_again_and_counts_once(studio: Studio) -> None:
    asset = await studio.asset()
    await limit(studio, concurrency={"limit": 1})
    first, second = [await studio.ask(asset) for _ in range(2)]
    assert await claim(studio, first)
    again = await claim(studio, first)
    assert again
    assert again.attempt == 2
    assert not await claim(studio, second)


async def test_the_sweep_lets_run_what_nobody_woke(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset())
    await rows("delete from procrastinate_jobs")
    await rows("update generations set job_id = null")
    work = open_studio(studio.settings)
    async with queue_app(work.database.url, pool_size=2).open_async() as queue:
        await sweep(work.database, queue, work.providers, stalled=studio.settings.stalled_after)
    await work.database.close()
    assert await jobs(rows) == [generation["id"]]


async def test_a_full_project_does_not_stand_in_anothers_way(studio: Studio, worker: None, rows: Rows) -> None:
    asset = await studio.asset()
    await limit(studio, concurrency={"limit": 1})
    for _ in range(6):
        await studio.ask(asset, voice="tone/slow")
    outsider = await studio.person("outsider")
    project = (await outsider.get("/projects")).json()["items"][0]["id"]
    theirs = (await outsider.post(f"/projects/{project}/assets", json={"key": "theirs", "title": "Theirs"})).json()
    began = time.monotonic()
    asked = (await outsider.post(f"/assets/{theirs['id']}/generations", json={"text": "Hello.", "voice": "tone/plain"})).json()
    while (await outsider.get(f"/generations/{asked['id']}")).json()["status"] != "succeeded":
        assert time.monotonic() - began < 4, "the first of the six alone takes five seconds"
        await asyncio.sleep(0.05)
    waiting = "select count(*) from generations where status = 'queued' and job_id is null"
    assert await rows(waiting) == [(5,)], "and no queue turns around what waits"


async def test_a_provider_runs_no_more_at_once_over_all_projects(
    studio: Studio, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICEOPS_PROVIDER_CONCURRENCY", '{"tone": 1}')
    settings.cache_clear()
    asset = await studio.asset()
    outsider = await studio.person("outsider")
    project = (await outsider.get("/projects")).json()["items"][0]["id"]
    theirs = (await outsider.post(f"/projects/{project}/assets", json={"key": "theirs", "title": "Theirs"})).json()
    first = await studio.ask(asset)
    second = (await outsider.post(f"/assets/{theirs['id']}/generations", json={"text": "Hi.", "voice": "tone/plain"})).json()
    await rows("delete from procrastinate_jobs")
    held = await claim(studio, first)
    assert not await claim(studio, second)
    await fail(studio, held)
    assert await jobs(rows) == [second["id"]]
    assert await claim(studio, second)


# The guard before everything


def test_the_guard_takes_a_burst_and_then_so_many_a_second() -> None:
    now = 0.0
    guard = Guard(10, 3, clock=lambda: now)
    for _ in range(3):
        guard.check("192.0.2.1")
    with pytest.raises(TooMany) as caught:
        guard.check("192.0.2.1")
    guard.check("192.0.2.2")
    now += caught.value.retry_after or 0
    guard.check("192.0.2.1")
    with pytest.raises(TooMany):
        guard.check("192.0.2.1")


def test_the_guard_counts_a_line_as_one_and_this_machine_not_at_all() -> None:
    guard = Guard(1, 1)
    guard.check("2001:db8:1:2::1")
    with pytest.raises(TooMany):
        guard.check("2001:db8:1:2:ffff::9")
    guard.check("2001:db8:1:3::1")
    for _ in range(9):
        guard.check("127.0.0.1")
        guard.check("::1")
        guard.check(None)
        Guard(0, 1).check("192.0.2.1")


def test_the_guard_remembers_no_more_than_so_many() -> None:
    guard = Guard(1, 1)
    for number in range(MOST_ADDRESSES + 5):
        guard.check(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(guard._buckets) == MOST_ADDRESSES  # noqa: SLF001 - its memory is what is promised


async def test_an_address_that_floods_is_refused_before_anything_else(studio: Studio) -> None:
    app = create_app(studio.settings.model_copy(update={"guard_burst": 2, "guard_per_second": 0.5}))
    async with app.router.lifespan_context(app):
        studio.transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 4711))
        client = await studio.anonymous()
        answers = [await client.get("/nowhere") for _ in range(3)]
    assert [one.status_code for one in answers] == [404, 404, 429]
    assert "0.5 requests a second" in refused(answers[2], 429)["detail"]
    assert answers[2].headers["retry-after"] in {"1", "2"}


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 second"), (1.01, "2 seconds"), (91, "2 minutes"), (5_401, "2 hours"), (200_000, "3 days")]
)
def test_a_wait_is_told_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
