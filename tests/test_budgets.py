"""Budgets: reserved when asked, used when spoken, given back when not; exact to the character, and never over the limit."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from conftest import Json, Rows, Studio, refused
from limiting import TAKES, limit, limits, month, processes, refusals, speak

from voiceops.db import Database
from voiceops.jobs import Again
from voiceops.limits.budgets import money, resets_at
from voiceops.providers.tone import PRICE_MICROS
from voiceops.worker import open_studio, perform
from voiceops.workflow import settling

COSTS = -(-TAKES * PRICE_MICROS // 1000)


async def standing(studio: Studio) -> tuple[int, int]:
    """Characters used and reserved this month."""
    shown = (await limits(studio))["characters"]
    assert shown["left"] == max(shown["limit"] - shown["used"] - shown["reserved"], 0)
    return shown["used"], shown["reserved"]


async def check_sums(rows: Rows) -> None:
    """Every month's sums are those of its generations."""
    off = (
        "select b.* from budgets b left join generations g"
        " on g.project_id = b.project_id and date_trunc('month', g.reserved_on) = b.month group by b.project_id, b.month having"
        " b.characters_reserved <> coalesce(sum(g.characters) filter (where g.status in ('queued', 'running')), 0)"
        " or b.micros_reserved <> coalesce(sum(g.micros) filter (where g.status in ('queued', 'running')), 0)"
        " or b.characters_used <> coalesce(sum(g.characters) filter (where g.status = 'succeeded'), 0)"
        " or b.micros_used <> coalesce(sum(g.micros) filter (where g.status = 'succeeded'), 0)"
    )
    assert await rows(off) == []


async def attempt(studio: Studio, generation: Json) -> None:
    """One attempt at it by a worker."""
    work = open_studio(studio.settings)
    try:
        await perform(work, UUID(generation["id"]))
    finally:
        await work.database.close()


async def test_what_is_asked_for_is_reserved_and_what_is_spoken_is_used(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset(), "Hello *there*. [pause 300ms] \U0001f600")
    characters = len("Hello there.  \U0001f600")
    assert await standing(studio) == (0, characters)
    await attempt(studio, generation)
    assert await standing(studio) == (characters, 0)
    await check_sums(rows)


async def test_what_was_asked_for_before_there_were_budgets_takes_of_them_when_it_is_asked_for_again(
    studio: Studio, rows: Rows
) -> None:
    asset = await studio.asset()
    generation, author = await studio.ask(asset), await studio.person("author")
    await rows("alter table generations disable trigger generations_need")
    await rows("update budgets set characters_reserved = 0")
    await rows("update generations set status = 'failed', finished_at = now(), characters = 0 where id = %s", generation["id"])
    await rows("alter table generations enable trigger generations_need")
    assert (await author.post(f"/generations/{generation['id']}/retry")).status_code == 200
    assert await rows("select characters from generations") == [(TAKES,)]
    assert await rows("select characters_reserved, characters_used from budgets") == [(TAKES, 0)]
    await author.post(f"/generations/{generation['id']}/cancel")
    assert await rows("select characters_reserved, characters_used from budgets") == [(0, 0)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await rows("update generations set characters = 1")


async def test_what_fails_is_given_back_and_a_retry_reserves_anew(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset(), voice="tone/broken")
    await attempt(studio, generation)
    assert await standing(studio) == (0, 0)
    author = await studio.person("author")
    assert (await author.post(f"/generations/{generation['id']}/retry")).status_code == 200
    assert await standing(studio) == (0, TAKES)
    await check_sums(rows)
    await attempt(studio, generation)
    await limit(studio, characters={"limit": TAKES - 1})
    told = refused(await author.post(f"/generations/{generation['id']}/retry"), 429)
    assert f"takes {TAKES} characters" in told["detail"]
    assert (await author.get(f"/generations/{generation['id']}")).json()["status"] == "failed"
    assert await standing(studio) == (0, 0)


async def test_an_attempt_that_is_made_again_reserves_nothing_more(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset(), voice="tone/flaky")
    with pytest.raises(Again):
        await attempt(studio, generation)
    assert await standing(studio) == (0, TAKES)
    await check_sums(rows)


@pytest.mark.parametrize("running", [False, True], ids=["queued", "running"])
async def test_what_is_cancelled_is_given_back_once(studio: Studio, rows: Rows, *, running: bool) -> None:
    generation = await studio.ask(await studio.asset())
    database = Database(studio.settings.database_url or "")
    held = None
    if running:
        async with database.session.begin() as db:
            held = await settling.claim(db, UUID(generation["id"]))
    assert (await (await studio.person("author")).post(f"/generations/{generation['id']}/cancel")).status_code == 200
    assert await standing(studio) == (0, 0)
    if held:
        async with database.session.begin() as db:
            assert not await settling.fail(db, held, code="late", message="Too late.")
    await database.close()
    assert await standing(studio) == (0, 0)
    await check_sums(rows)


async def test_what_no_worker_will_end_is_given_back(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset())
    database = Database(studio.settings.database_url or "")
    async with database.session.begin() as db:
        (lost,) = await settling.unspeakable(db, ["hibari"])
    async with database.session.begin() as db:
        assert await settling.abandon(db, lost, code="provider_off", message="It is off.")
    await database.close()
    assert (await studio.ended(generation))["status"] == "failed"
    assert await standing(studio) == (0, 0)
    await check_sums(rows)


async def test_spent_money_refuses_no_voice_that_costs_nothing(studio: Studio) -> None:
    asset = await studio.asset()
    assert (await speak(studio, asset, voice="tone/charged")).status_code == 202
    await limit(studio, money={"limit_micros": 0})
    assert (await speak(studio, asset, voice="tone/charged")).status_code == 429
    assert (await speak(studio, asset, voice="tone/plain")).status_code == 202


async def test_a_spent_budget_says_what_is_left_and_when_it_begins_anew(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    await limit(studio, characters={"limit": 1000})
    assert (await speak(studio, asset, text="x" * 990)).status_code == 202
    answer = await speak(studio, asset)
    told = refused(answer, 429)["detail"]
    ends = resets_at(datetime.now(UTC).date())
    assert told == (
        f"This takes 12 characters, and of this month's 1,000 only 10 are left. The budget begins anew on {ends:%d %B} (UTC);"
        " an owner can raise it before."
    )
    assert abs(int(answer.headers["retry-after"]) - (ends - datetime.now(UTC)).total_seconds()) < 30
    assert (await speak(studio, asset, text="y" * 10)).status_code == 202, "what is left may be used to the last"
    ((event),) = await refusals(rows)
    assert event["changes"] == {"limit": "budget.characters", "needed": "12 characters", "left": "10", "of": "1,000"}
    assert (await limits(studio))["characters"]["resets_at"] == f"{ends:%Y-%m-%dT%H:%M:%SZ}"


async def test_a_limit_below_what_is_used_refuses_the_rest(studio: Studio) -> None:
    asset = await studio.asset()
    await attempt(studio, await studio.ask(asset))
    lowered = await limit(studio, characters={"limit": 3})
    assert (lowered["characters"]["used"], lowered["characters"]["left"]) == (TAKES, 0)
    assert "only 0 are left" in refused(await speak(studio, asset, text="Hi"), 429)["detail"]
    await limit(studio, characters={"limit": TAKES + 2})
    assert (await speak(studio, asset, text="Hi")).status_code == 202


async def test_requests_at_once_take_no_more_than_there_is(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    await limit(studio, characters={"limit": 5 * TAKES + 3})
    answers = await asyncio.gather(*(speak(studio, asset) for _ in range(12)))
    assert sorted(one.status_code for one in answers) == [202] * 5 + [429] * 7
    assert await standing(studio) == (0, 5 * TAKES)
    await check_sums(rows)


async def test_several_processes_use_a_budget_up_to_the_last_character(studio: Studio, database_url: str, rows: Rows) -> None:
    await limit(studio, characters={"limit": 10_007}, money={"limit_micros": 10**12})
    me = (await (await studio.person("author")).get("/session")).json()["person"]["id"]
    granted: list[list[int]] = [one for said in await processes(4, "budget", database_url, studio.project, me) for one in said]
    assert sum(characters for characters, _ in granted) == 10_007
    micros = sum(micros for _, micros in granted)
    assert await rows("select characters_reserved, micros_reserved from budgets") == [(10_007, micros)]


async def test_money_is_reckoned_by_the_millionth_and_limited(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    await limit(studio, money={"limit_micros": 2 * COSTS})
    spoken = await studio.ask(asset, voice="tone/charged")
    await attempt(studio, spoken)
    await studio.ask(asset, voice="tone/charged")
    shown = (await limits(studio))["money"]
    assert (shown["used_micros"], shown["reserved_micros"], shown["left_micros"]) == (COSTS, COSTS, 0)
    answer = await speak(studio, asset, voice="tone/charged")
    told = refused(answer, 429)["detail"]
    assert told.startswith(f"This takes USD 0.180001, and of this month's {money(2 * COSTS, 'USD')} only USD 0.00 are left.")
    assert (await speak(studio, asset)).status_code == 202, "a voice without a price goes on"
    await check_sums(rows)


async def test_without_a_limit_of_money_what_is_spent_is_told_all_the_same(studio: Studio) -> None:
    await attempt(studio, await studio.ask(await studio.asset(), voice="tone/charged"))
    shown = await limits(studio)
    assert (shown["money"]["used_micros"], shown["money"]["left_micros"]) == (COSTS, None)
    today = datetime.now(UTC).date().isoformat()
    assert shown["usage"] == [{"day": today, "characters": TAKES, "money_micros": COSTS}]
    assert [(one["person"]["name"], one["characters"]) for one in shown["people"]] == [("Mara Lindqvist", TAKES)]
    assert shown["providers"] == [{"provider": "tone", "characters": TAKES, "money_micros": COSTS}]


async def test_a_project_has_one_currency(studio: Studio) -> None:
    asset = await studio.asset()
    await limit(studio, money={"currency": "EUR"})
    told = refused(await speak(studio, asset, voice="tone/charged"), 422)
    assert [one["field"] for one in told["errors"]] == ["voice"]
    await limit(studio, money={"currency": "USD"})
    await studio.ask(asset, voice="tone/charged")
    owner = await studio.person("owner")
    body = {"money": {"currency": "EUR"}, "reason": "We moved"}
    refused(await owner.patch(f"/projects/{studio.project}/limits", json=body), 409)


async def test_it_is_settled_in_the_month_it_was_reserved_in(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset())
    before = datetime.fromisoformat(month()).date() - timedelta(days=1)
    await rows("update generations set reserved_on = %s", before)
    await rows("alter table budgets disable trigger user")
    await rows("update budgets set month = %s", before.replace(day=1))
    await attempt(studio, generation)
    assert await standing(studio) == (0, 0)
    assert await rows("select month, characters_used, characters_reserved from budgets where characters_used > 0") == [
        (before.replace(day=1), TAKES, 0)
    ]
    await check_sums(rows)


async def test_the_sums_of_a_month_are_nobodys_to_delete_or_to_make_negative(studio: Studio, rows: Rows) -> None:
    await studio.ask(await studio.asset())
    for statement in (
        "delete from budgets",
        "delete from limits",
        "update budgets set month = month - 40",
        "update budgets set characters_used = -1",
        "update limits set concurrency = 0",
    ):
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)):
            await rows(statement)


async def test_a_new_project_has_the_limits_of_the_house(rows: Rows) -> None:
    await rows("insert into projects (id, key, name) values (gen_random_uuid(), 'new', 'New')")
    assert await rows(
        "select l.characters, l.concurrency from limits l join projects p on p.id = project_id where key = 'new'"
    ) == [(1_000_000, 8)]


@pytest.mark.parametrize(
    ("micros", "words"), [(0, "EUR 0.00"), (1, "EUR 0.000001"), (1_500_000, "EUR 1.50"), (1_234_567_890, "EUR 1,234.56789")]
)
def test_money_is_written_as_people_write_it(micros: int, words: str) -> None:
    assert money(micros, "EUR") == words


def test_a_month_ends_with_the_first_of_the_next() -> None:
    ends = [resets_at(datetime(2026, number, day, tzinfo=UTC).date()).date().isoformat() for number, day in ((2, 28), (12, 31))]
    assert ends == ["2026-03-01", "2027-01-01"]
