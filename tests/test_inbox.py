"""Who is asked for a review and until when, and the inbox: what waits for whom, the oldest first."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from conftest import Json, Rows, Studio, field_of
from reviewing import act, done, give, in_review, inbox, person_id, policy, rounds


async def test_people_are_asked_by_name_and_until_when(studio: Studio, worker: None) -> None:
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    named = [await person_id(studio, "reviewer")]
    version = await in_review(studio, reviewers=[*named, *named], due_at=due.isoformat(), reason="For the launch")
    (review,) = await rounds(studio, version)
    assert [(one["person"]["id"], one["verdict"]) for one in review["reviewers"]] == [(named[0], None)]
    assert (datetime.fromisoformat(review["due_at"]), review["reason"]) == (due, "For the launch")
    await done(studio, version, "approve", by="owner")  # who was not asked may decide too
    assert (await rounds(studio, version))[0]["reviewers"][0]["verdict"] is None


async def test_only_who_may_approve_is_asked_to(studio: Studio, worker: None, rows: Rows) -> None:
    version = await studio.version(await studio.asset())
    for stranger in (str(uuid4()), *[await person_id(studio, who) for who in ("viewer", "author", "outsider")]):
        named = [await person_id(studio, "reviewer"), stranger]
        assert field_of(await act(studio, version, "submit", reviewers=named)) == "reviewers.1"
    await give(studio, "author", "author", "reviewer")
    assert field_of(await act(studio, version, "submit", reviewers=[await person_id(studio, "author")])) == "reviewers.0"
    reviewer = await person_id(studio, "reviewer")
    await rows("update people set deactivated_at = now() where id = %s", reviewer)
    assert field_of(await act(studio, version, "submit", reviewers=[reviewer])) == "reviewers.0"
    assert field_of(await act(studio, version, "submit", reviewers=["nobody"])) == "reviewers.0"
    assert field_of(await act(studio, version, "submit", reviewers=[str(uuid4()) for _ in range(51)])) == "reviewers"
    assert await rows("select count(*) from reviews") == [(0,)]


@pytest.mark.parametrize(
    "due", ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "2999-01-01T00:00:00", "9999-12-31T23:59:59-14:00", "soon", 5e30]
)
async def test_a_review_is_due_within_a_year(studio: Studio, worker: None, due: Any) -> None:
    version = await studio.version(await studio.asset())
    assert field_of(await act(studio, version, "submit", due_at=due)) == "due_at"


async def test_the_inbox_holds_what_waits_for_whom_the_oldest_first(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    versions = [await studio.version(asset, f"Take {number}.") for number in range(3)]
    reviewer, owner = [await person_id(studio, who) for who in ("reviewer", "owner")]
    for version, named in zip(versions, ([], [reviewer], [owner]), strict=True):
        await done(studio, version, "submit", reviewers=named)

    async def waiting(who: str, **asked: Any) -> list[int]:
        return [one["version"]["number"] for one in await inbox(studio, who, **asked)]

    assert await waiting("viewer") == [1, 2, 3]
    assert (await waiting("reviewer", **{"for": "me"}), await waiting("owner", **{"for": "me"})) == ([1, 2], [1, 3])
    assert await waiting("author", **{"for": "me"}) == []
    await done(studio, versions[0], "approve", by="reviewer")
    assert (await waiting("reviewer", **{"for": "me"}), await waiting("reviewer")) == ([2], [2, 3])
    await done(studio, versions[2], "approve", by="reviewer")
    assert await waiting("viewer", state="closed") == [3, 1]
    assert await waiting("owner", state="closed", **{"for": "me"}) == [3]
    assert await waiting("author", state="closed", **{"for": "me"}) == [3, 1]


async def test_the_inbox_leaves_out_what_one_made_and_what_one_has_decided(studio: Studio, worker: None) -> None:
    await policy(studio, approvals=2)
    await give(studio, "author", "author", "reviewer")
    version = await in_review(studio)
    assert await inbox(studio, "author", **{"for": "me"}) == []
    (mine,) = await inbox(studio, "reviewer", **{"for": "me"})
    assert mine["can"] == ["version.approve", "version.request_changes", "comment.create", "version.prefer"]
    assert mine["asset"]["key"] == "support/greeting"
    assert (mine["version"]["id"], mine["version"]["fingerprint"]) == (version["id"], version["fingerprint"])
    await done(studio, version, "approve", by="reviewer")
    assert await inbox(studio, "reviewer", **{"for": "me"}) == []
    await policy(studio, self_approval=True)
    assert len(await inbox(studio, "author", **{"for": "me"})) == 1


async def test_the_inbox_comes_in_parts(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    for number in range(5):
        await done(studio, await studio.version(asset, f"Take {number}."), "submit")
    viewer = await studio.person("viewer")
    numbers: list[int] = []
    cursor: Json = {}
    for _ in range(3):
        page = (await viewer.get(f"/projects/{studio.project}/reviews", params={"limit": 2, **cursor})).json()
        numbers += [one["version"]["number"] for one in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert (numbers, cursor) == ([1, 2, 3, 4, 5], {"cursor": None})


async def test_whoever_can_approve_no_more_is_waited_for_no_longer(studio: Studio, worker: None) -> None:
    version = await in_review(studio, reviewers=[await person_id(studio, "reviewer")])
    assert await inbox(studio, "owner", **{"for": "me"}) == []
    assert [one["may_approve"] for one in (await rounds(studio, version))[0]["reviewers"]] == [True]
    await give(studio, "reviewer", "viewer")
    assert [one["may_approve"] for one in (await rounds(studio, version))[0]["reviewers"]] == [False]
    assert [one["version"]["id"] for one in await inbox(studio, "owner", **{"for": "me"})] == [version["id"]]
    await give(studio, "reviewer", "reviewer")
    assert await inbox(studio, "owner", **{"for": "me"}) == []


async def test_where_the_named_have_decided_and_more_is_wanted_everybody_is_asked(studio: Studio, worker: None) -> None:
    await policy(studio, approvals=2)
    version = await in_review(studio, reviewers=[await person_id(studio, "reviewer")])
    await done(studio, version, "approve", by="reviewer")
    assert [one["version"]["id"] for one in await inbox(studio, "owner", **{"for": "me"})] == [version["id"]]
