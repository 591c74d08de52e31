"""Reviews: who is asked, who may decide, what an approval is bound to, and what happens when several decide at once."""

from pathlib import Path

import pytest
from conftest import Json, Rows, Studio, field_of, refused
from psycopg import errors
from reviewing import WHY, act, done, give, in_review, person_id, policy, rounds


async def test_an_approval_says_who_heard_how_much_of_what(studio: Studio, worker: None) -> None:
    version = await in_review(studio)
    approved = await done(studio, version, "approve", by="reviewer", heard=0.75)
    assert approved["status"] == "approved"
    (review,) = await rounds(studio, version)
    (decision,) = review["decisions"]
    assert decision == {
        "id": decision["id"],
        "person": {"id": await person_id(studio, "reviewer"), "name": decision["person"]["name"]},
        "key": None,
        "verdict": "approve",
        "reason": WHY["reason"],
        "roles": ["reviewer"],
        "fingerprint": version["fingerprint"],
        "heard": 0.75,
        "at": decision["at"],
        "lapsed": False,
    }
    assert (review["state"], review["outcome"], review["wanted"]) == ("closed", "approved", None)


@pytest.mark.parametrize("heard", ["-0.1", "1.1", '"half"', "true", "1e400", "NaN"])
async def test_nobody_hears_less_than_nothing_or_more_than_all(studio: Studio, worker: None, heard: str) -> None:
    version = await in_review(studio)
    client = await studio.person("reviewer")
    client.headers["Content-Type"] = "application/json"
    sent = f'{{"reason": "Fine", "heard": {heard}}}'
    assert field_of(await client.post(f"/versions/{version['id']}/approve", content=sent)) in {"heard", "body"}


async def test_nobody_approves_what_they_asked_for(studio: Studio, worker: None, rows: Rows) -> None:
    await give(studio, "author", "author", "reviewer")
    version = await in_review(studio)
    assert "version.approve" not in version["can"]
    assert "version.request_changes" in version["can"]
    told = refused(await act(studio, version, "approve"), 403)
    assert told["detail"] == "You asked for this version, so somebody else has to approve it."
    assert await rows("select count(*) from decisions") == [(0,)]
    ((mine,), (theirs,)) = [await rounds(studio, version, by=who) for who in ("author", "reviewer")]
    assert (mine["barred"], theirs["barred"]) == (told["detail"], None)


async def test_no_owner_approves_what_they_asked_for(studio: Studio, worker: None) -> None:
    owner = await studio.person("owner")
    asset = await studio.asset()
    asked = await owner.post(f"/assets/{asset['id']}/generations", json={"text": "Hello.", "voice": "tone/plain"})
    version = {"id": (await studio.ended(asked.json()))["version_id"]}
    await done(studio, version, "submit")
    assert "version.approve" not in (await owner.get(f"/versions/{version['id']}")).json()["can"]
    refused(await act(studio, version, "approve", by="owner"), 403)
    assert (await done(studio, version, "approve", by="reviewer"))["status"] == "approved"


async def speak(studio: Studio, asset: Json, script: Json) -> Json:
    """A generation of a script there is, asked for by the author."""
    body = {"script_id": script["id"], "voice": "tone/plain"}
    asked: Json = (await (await studio.person("author")).post(f"/assets/{asset['id']}/generations", json=body)).json()
    return asked


async def test_nobody_approves_words_they_wrote_that_another_had_spoken(studio: Studio, worker: None) -> None:
    owner, asset = await studio.person("owner"), await studio.asset()
    script = (await owner.post(f"/assets/{asset['id']}/scripts", json={"text": "The owner's words."})).json()
    generation = await studio.ended(await speak(studio, asset, script))
    version = {"id": generation["version_id"]}
    await done(studio, version, "submit")
    told = refused(await act(studio, version, "approve", by="owner"), 403)
    assert told["detail"] == "You wrote the script of this version, so somebody else has to approve it."
    assert (await done(studio, version, "approve", by="reviewer"))["status"] == "approved"


async def test_a_policy_may_let_people_approve_their_own_in_the_open(studio: Studio, worker: None) -> None:
    await give(studio, "author", "author", "reviewer")
    version = await in_review(studio)
    refused(await act(studio, version, "approve"), 403)
    await policy(studio, self_approval=True)
    (told,) = await rounds(studio, version, by="author")
    assert (told["self_approval"], told["barred"]) == (True, None)
    assert "version.approve" in (await (await studio.person("author")).get(f"/versions/{version['id']}")).json()["can"]
    assert (await done(studio, version, "approve"))["status"] == "approved"


async def test_the_database_itself_refuses_an_approval_of_ones_own(studio: Studio, worker: None, rows: Rows) -> None:
    await in_review(studio)
    own = (
        "insert into decisions select gen_random_uuid(), r.project_id, r.asset_id, version_id, r.id, created_by_id, 'approve', "
        "'x', '{}', 'x', null, now() from reviews r join versions v on v.id = version_id"
    )
    with pytest.raises(errors.CheckViolation):
        await rows(own)
    await rows(own.replace("'approve'", "'request_changes'"))


async def test_a_draft_is_not_approved(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset())
    told = refused(await act(studio, version, "approve", by="reviewer"), 409)
    assert told["possible"] == ["version.submit", "version.archive"]


async def test_what_was_withdrawn_is_not_approved(studio: Studio, worker: None) -> None:
    version = await in_review(studio)
    await done(studio, version, "withdraw")
    told = refused(await act(studio, version, "approve", by="reviewer"), 409)
    assert told["possible"] == ["version.submit", "version.archive"]
    (review,) = await rounds(studio, version)
    assert (review["outcome"], review["decisions"]) == ("withdrawn", [])


async def test_nobody_decides_twice_in_a_round(studio: Studio, worker: None, rows: Rows) -> None:
    await policy(studio, approvals=2)
    version = await in_review(studio)
    once = await done(studio, version, "approve", by="reviewer")
    assert (once["status"], set(once["can"])) == ("in_review", {"comment.create", "version.prefer"})
    for step in ("approve", "request-changes"):
        told = refused(await act(studio, version, step, by="reviewer"), 409)
        assert told["possible"] == ["version.withdraw", "version.archive"]
    assert await rows("select count(*) from decisions") == [(1,)]


async def test_as_many_approve_as_the_policy_asks_for(studio: Studio, worker: None, rows: Rows) -> None:
    await policy(studio, approvals=3)
    await give(studio, "publisher", "publisher", "reviewer")
    version = await in_review(studio)
    for who, left in (("reviewer", 2), ("publisher", 1)):
        assert (await done(studio, version, "approve", by=who))["status"] == "in_review"
        assert (await rounds(studio, version))[0]["wanted"] == {"approvals": left, "roles": []}
    assert (await done(studio, version, "approve", by="owner"))["status"] == "approved"
    query = "select payload::jsonb -> 'changes' -> 'status' from audit_events where action = 'version.approve' order by seq"
    assert await rows(query) == [(None,), (None,), ({"from": "in_review", "to": "approved"},)]


async def test_the_roles_a_policy_wants_are_among_the_approvers(studio: Studio, worker: None) -> None:
    await policy(studio, approvals=1, roles=["owner"])
    version = await in_review(studio)
    assert (await done(studio, version, "approve", by="reviewer"))["status"] == "in_review"
    assert (await rounds(studio, version))[0]["wanted"] == {"approvals": 1, "roles": ["owner"]}
    assert (await done(studio, version, "approve", by="owner"))["status"] == "approved"


async def test_one_request_for_changes_ends_the_round_and_its_approvals_lapse(studio: Studio, worker: None) -> None:
    await policy(studio, approvals=2)
    version = await in_review(studio)
    await done(studio, version, "approve", by="reviewer")
    back = await done(studio, version, "request-changes", by="owner", reason="Too fast")
    assert back["status"] == "draft"
    await done(studio, version, "submit")
    now, before = await rounds(studio, version)
    assert (before["outcome"], [(one["verdict"], one["lapsed"]) for one in before["decisions"]]) == (
        "changes_requested",
        [("approve", True), ("request_changes", False)],
    )
    assert (now["decisions"], now["wanted"]) == ([], {"approvals": 2, "roles": []})
    assert (await done(studio, version, "approve", by="reviewer"))["status"] == "in_review"


async def test_what_was_approved_and_put_away_has_to_be_approved_anew(studio: Studio, worker: None) -> None:
    version = await in_review(studio)
    await done(studio, version, "approve", by="reviewer")
    for step in ("archive", "restore", "submit"):
        await done(studio, version, step)
    await done(studio, version, "approve", by="owner")
    now, before = await rounds(studio, version)
    assert [one["decisions"][0]["lapsed"] for one in (now, before)] == [False, True]


async def test_who_may_not_judge_does_not(studio: Studio, worker: None) -> None:
    version = await in_review(studio)
    for who in ("author", "viewer", "publisher", "auditor"):
        for step in ("approve", "request-changes"):
            refused(await act(studio, version, step, by=who), 403)
    for step in ("approve", "request-changes", "submit", "withdraw", "archive", "restore"):
        refused(await act(studio, version, step, by="outsider"), 404)


async def test_a_key_with_the_scope_review_decides_where_its_person_may(studio: Studio, worker: None) -> None:
    version = await in_review(studio)
    path = f"/versions/{version['id']}/approve"
    refused(await (await studio.key("reviewer", "write")).post(path, json=WHY), 403)
    refused(await (await studio.key("author", "review")).post(path, json=WHY), 403)
    client = await studio.key("reviewer", "review")
    assert (await client.post(path, json={**WHY, "heard": 1})).json()["status"] == "approved"
    (review,) = await rounds(studio, version)
    assert review["decisions"][0]["heard"] is None, "a program has no player"
    assert review["decisions"][0]["key"]["name"] == "Machine"


async def test_a_key_is_no_second_person(studio: Studio, worker: None) -> None:
    await policy(studio, approvals=2)
    await give(studio, "author", "author", "reviewer")
    version = await in_review(studio)
    path = f"/versions/{version['id']}/approve"
    refused(await (await studio.key("author", "review")).post(path, json=WHY), 403)
    await done(studio, version, "approve", by="reviewer")
    refused(await (await studio.key("reviewer", "review")).post(path, json=WHY), 409)


async def test_bytes_that_are_not_what_was_generated_are_not_approved(studio: Studio, worker: None, tmp_path: Path) -> None:
    version = await in_review(studio)
    (stored,) = (tmp_path / "audio").rglob(version["audio"]["sha256"])
    stored.chmod(0o640)
    kept = stored.read_bytes()
    stored.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    told = refused(await act(studio, version, "approve", by="reviewer"), 409)
    assert [error["field"] for error in told["errors"]] == ["audio"]
    assert "no longer has the hash" in told["detail"]
    assert told["possible"] == ["version.request_changes", "version.withdraw", "version.archive"]
    stored.unlink()
    assert "not in the storage" in refused(await act(studio, version, "approve", by="reviewer"), 409)["detail"]
    assert (await rounds(studio, version))[0]["decisions"] == []
    stored.write_bytes(kept)
    assert (await done(studio, version, "approve", by="reviewer"))["status"] == "approved"


@pytest.mark.parametrize("change", ["voice = 'tone/other'", "delivery = '{}'", "fingerprint = repeat('0', 64)"])
async def test_a_row_that_is_not_what_its_fingerprint_says_is_not_approved(
    studio: Studio, worker: None, rows: Rows, change: str
) -> None:
    version = await in_review(studio)
    await rows("set session_replication_role = replica")  # somebody with the keys to the database
    await rows(f"update versions set {change}")  # noqa: S608 - our own
    told = refused(await act(studio, version, "approve", by="reviewer"), 409)
    assert [error["field"] for error in told["errors"]] == ["fingerprint"]
    assert told["possible"] == ["version.request_changes", "version.withdraw", "version.archive"]
    assert await rows("select status from versions") == [("in_review",)]


async def test_what_cannot_be_heard_any_more_is_neither_submitted_nor_approved(studio: Studio, worker: None, rows: Rows) -> None:
    version = await in_review(studio)
    await rows("update blobs set state = 'dropped'")
    seen = await (await studio.person("reviewer")).get(f"/versions/{version['id']}")
    assert seen.json()["can"] == ["version.request_changes", "comment.create", "version.prefer"]
    assert refused(await act(studio, version, "approve", by="reviewer"), 409)["errors"][0]["field"] == "audio"
    back = await done(studio, version, "withdraw")
    assert "version.submit" not in back["can"]
    assert refused(await act(studio, version, "submit"), 409)["errors"][0]["field"] == "audio"


async def test_where_a_policy_asks_for_less_the_next_decision_ends_the_round(studio: Studio, worker: None) -> None:
    await policy(studio, approvals=3)
    version = await in_review(studio)
    await done(studio, version, "approve", by="reviewer")
    await policy(studio, approvals=1)
    assert (await rounds(studio, version))[0]["wanted"] == {"approvals": 1, "roles": []}
    assert (await done(studio, version, "approve", by="owner"))["status"] == "approved"
