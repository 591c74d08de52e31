"""Several who decide, withdraw and archive in the same moment: one step, and no decision in a round that was not seen."""

import asyncio
from typing import Any, Self

import httpx
import psycopg
import pytest
from conftest import Json, Rows, Studio, refused
from reviewing import WHY, act, done, give, in_review, policy, rounds


class Held:
    """A version's row locked by somebody else, so that whoever acts meanwhile meets others who do."""

    def __init__(self, url: str, version: Json) -> None:
        self.url, self.version = url, version

    async def __aenter__(self) -> Self:
        self.connection = await psycopg.AsyncConnection.connect(self.url)
        await self.connection.execute("select from versions where id = %s for update", (self.version["id"],))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.connection.close()

    async def waiting(self, count: int) -> None:
        """Wait until so many others wait for the row."""
        query = "select count(*) >= %s from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        async with asyncio.timeout(60), await psycopg.AsyncConnection.connect(self.url, autocommit=True) as looking:
            while await (await looking.execute(query, (count,))).fetchone() != (True,):
                await asyncio.sleep(0.02)


async def at_once(database_url: str, version: Json, *asked: Any) -> list[httpx.Response]:
    """The answers to what several ask of one version in the same moment, in the order in which they came to it."""
    tasks = []
    async with Held(database_url, version) as held:
        for count, one in enumerate(asked, 1):
            tasks.append(asyncio.create_task(one))
            await held.waiting(count)
    return list(await asyncio.gather(*tasks))


@pytest.mark.parametrize("approvals", [1, 2])
async def test_two_approve_at_once_and_there_is_one_step_and_two_decisions(
    studio: Studio, worker: None, rows: Rows, database_url: str, approvals: int
) -> None:
    await policy(studio, approvals=approvals)
    version = await in_review(studio)
    asked = [act(studio, version, "approve", by=who) for who in ("reviewer", "owner")]
    answers = await at_once(database_url, version, *asked)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].json()["status"] == "approved"
    assert await rows("select count(*) from decisions") == [(2,)]
    moved = "select count(*) filter (where payload::jsonb -> 'changes' ? 'status'), count(*) from audit_events where action = %s"
    assert await rows(moved, "version.approve") == [(1, 2)]
    (review,) = await rounds(studio, version)
    assert [(one["verdict"], one["lapsed"]) for one in review["decisions"]] == [("approve", False)] * 2


async def test_who_comes_after_the_last_approval_is_told_so(studio: Studio, worker: None) -> None:
    version = await in_review(studio)
    await done(studio, version, "approve", by="reviewer")
    assert refused(await act(studio, version, "approve", by="owner"), 409)["possible"] == ["version.archive"]


async def test_one_approves_and_one_asks_for_changes_at_once_and_the_first_counts(
    studio: Studio, worker: None, rows: Rows, database_url: str
) -> None:
    version = await in_review(studio)
    asked = [act(studio, version, step, by=who) for step, who in (("request-changes", "reviewer"), ("approve", "owner"))]
    first, second = await at_once(database_url, version, *asked)
    assert first.json()["status"] == "draft"
    assert refused(second, 409)["possible"] == ["version.submit", "version.archive"]
    assert await rows("select verdict from decisions") == [("request_changes",)]


async def test_an_approval_meets_the_archiving_of_what_it_approves(studio: Studio, worker: None, database_url: str) -> None:
    version = await in_review(studio)
    archived, approved = await at_once(
        database_url, version, act(studio, version, "archive"), act(studio, version, "approve", by="reviewer")
    )
    assert archived.json()["status"] == "archived"
    assert refused(approved, 409)["possible"] == ["version.restore"]
    other = await in_review(studio, key="support/other")
    approved, archived = await at_once(
        database_url, other, act(studio, other, "approve", by="reviewer"), act(studio, other, "archive")
    )
    assert (approved.json()["status"], archived.json()["status"]) == ("approved", "archived")


async def test_an_approval_of_a_round_that_was_taken_back_is_not_one_of_the_next(
    studio: Studio, worker: None, rows: Rows, database_url: str
) -> None:
    version = await in_review(studio)
    asked = (act(studio, version, "withdraw"), act(studio, version, "submit"), act(studio, version, "approve", by="reviewer"))
    withdrawn, submitted, approved = await at_once(database_url, version, *asked)
    assert (withdrawn.json()["status"], submitted.json()["status"]) == ("draft", "in_review")
    assert "another has begun" in refused(approved, 409)["detail"]
    assert await rows("select count(*) from decisions") == [(0,)]


async def test_many_decide_at_once_and_the_round_ends_once(studio: Studio, worker: None, rows: Rows) -> None:
    await policy(studio, approvals=2)
    for who in ("publisher", "viewer", "auditor"):
        await give(studio, who, "reviewer")
    version = await in_review(studio)
    answers = await asyncio.gather(
        *(act(studio, version, "approve", by=who) for who in ("reviewer", "owner", "publisher", "viewer", "auditor"))
    )
    assert {answer.status_code for answer in answers} <= {200, 409}
    taken = [answer for answer in answers if answer.status_code == 200]
    assert len(taken) >= 2
    assert await rows("select count(*) from decisions") == [(len(taken),)]
    moved = "select count(*) from audit_events where action = 'version.approve' and payload::jsonb -> 'changes' ? 'status'"
    assert await rows(moved) == [(1,)]


async def test_a_decision_waits_for_the_policy_that_is_being_changed(studio: Studio, worker: None, database_url: str) -> None:
    version = await in_review(studio)
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        await connection.execute("update policies set approvals = 2")
        approving = asyncio.create_task(act(studio, version, "approve", by="reviewer"))
        assert not (await asyncio.wait({approving}, timeout=0.3))[0]
    assert (await approving).json()["status"] == "in_review"


async def test_two_who_archive_many_at_once_archive_each_once(studio: Studio, worker: None, rows: Rows, database_url: str) -> None:
    version = await in_review(studio)
    path, body = f"/projects/{studio.project}/versions/archive", {**WHY, "version_ids": [version["id"]]}
    asked = [(await studio.person(who)).post(path, json=body) for who in ("author", "owner")]
    first, second = await at_once(database_url, version, *asked)
    assert first.json()["items"][0]["status"] == "archived"
    assert refused(second, 409)["possible"] == ["version.restore"]
    assert await rows("select count(*) from audit_events where action = 'version.archive'") == [(1,)]
