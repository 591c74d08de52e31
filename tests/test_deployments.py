"""Deployments: what may go live where, what is live at any instant, and coming back from a mistake in one call."""

import asyncio
import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import Json, Rows, Studio, field_of, refused
from psycopg import errors
from reviewing import WHY, act, done, person_id

EARLIER = (
    "insert into deployments select gen_random_uuid(), project_id, target_id, asset_id, version_id, kind, id, null, reason, ticket,"
    " deployed_at - interval '1 hour', deployed_by_id, manifest, manifest_sha256 from deployments"
)


async def target(studio: Studio, key: str = "support-bot-eu", **more: Any) -> Json:
    """A target of the publisher's."""
    publisher = await studio.person("publisher")
    body = {"key": key, "name": "Support bot", "channel": "support_bot", **more}
    answer = await publisher.post(f"/projects/{studio.project}/targets", json=body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def approved(studio: Studio, text: str = "Hello there.", *, asset: Json | None = None) -> Json:
    """A version the reviewer approved."""
    version = await studio.version(asset or await studio.asset(), text)
    await done(studio, version, "submit")
    return await done(studio, version, "approve", by="reviewer")


async def change(studio: Studio, at: Json, verb: str, *, by: str = "publisher", **body: Any) -> httpx.Response:
    """What changing what is live on a target is answered with."""
    return await (await studio.person(by)).post(f"/targets/{at['id']}/{verb}", json={**WHY, **body})


async def deployed(studio: Studio, at: Json, version: Json, **body: Any) -> Json:
    """The deployment of a version."""
    answer = await change(studio, at, "deployments", version_id=version["id"], **body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def rolled_back(studio: Studio, at: Json, asset_id: str) -> Json:
    """The deployment that a rollback made."""
    answer = await change(studio, at, "rollback", asset_id=asset_id)
    assert answer.status_code == 200, answer.text
    made: Json = answer.json()
    return made


async def live(studio: Studio, **asked: Any) -> list[Json]:
    """What is live in the project."""
    answer = await (await studio.person("viewer")).get(f"/projects/{studio.project}/live", params=asked)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def numbers(studio: Studio, **asked: Any) -> list[int]:
    """The numbers of the versions that are live."""
    return [entry["number"] for entry in await live(studio, **asked)]


async def takes(studio: Studio, count: int) -> list[Json]:
    """So many approved versions of one asset."""
    asset = await studio.asset()
    return [await approved(studio, f"Take {take}.", asset=asset) for take in range(count)]


async def test_an_approved_version_goes_live_with_its_reason(studio: Studio, worker: None, rows: Rows) -> None:
    at, version = await target(studio), await approved(studio)
    made = await deployed(studio, at, version, ticket="OPS-17")
    assert (made["kind"], made["number"], made["until"], made["replaces_id"]) == ("deploy", 1, None, None)
    (entry,) = await live(studio)
    assert entry == {
        "target_id": at["id"],
        "target_key": "support-bot-eu",
        "asset_id": version["asset_id"],
        "asset_key": "support/greeting",
        "version_id": version["id"],
        "number": 1,
        "deployment_id": made["id"],
        "since": made["since"],
        "by": made["by"],
        "reason": WHY["reason"],
        "ticket": "OPS-17",
        "pinned": None,
    }
    query = "select payload::jsonb -> 'changes' from audit_events where action = 'deployment.create'"
    assert await rows(query) == [
        (
            {
                "target_id": at["id"],
                "version_id": {"from": None, "to": version["id"]},
                "manifest_sha256": made["manifest_sha256"],
                "ticket": "OPS-17",
                "restores_id": None,
            },
        )
    ]


async def test_what_is_not_approved_is_not_deployed(studio: Studio, worker: None) -> None:
    at, version = await target(studio), await studio.version(await studio.asset())
    told = refused(await change(studio, at, "deployments", version_id=version["id"]), 409)
    assert told["detail"] == "This version is draft; only an approved one can be deployed."
    assert told["possible"] == ["version.submit", "version.archive"]
    await done(studio, version, "archive")
    assert refused(await change(studio, at, "deployments", version_id=version["id"]), 409)["possible"] == ["version.restore"]
    assert await live(studio) == []


async def test_a_deployment_has_a_reason(studio: Studio, worker: None) -> None:
    at, version = await target(studio), await approved(studio)
    for reason in (None, "", "  ", "x" * 501):
        assert field_of(await change(studio, at, "deployments", version_id=version["id"], reason=reason)) == "reason"


async def test_another_projects_version_is_not_there(studio: Studio, worker: None) -> None:
    at = await target(studio)
    outsider, theirs = await studio.person("outsider"), await studio.asset("theirs", by="outsider")
    asked = await outsider.post(f"/assets/{theirs['id']}/generations", json={"text": "Hello.", "voice": "tone/plain"})
    while (generation := (await outsider.get(f"/generations/{asked.json()['id']}")).json())["version_id"] is None:
        await asyncio.sleep(0.02)
    refused(await change(studio, at, "deployments", version_id=generation["version_id"]), 404)
    refused(await change(studio, at, "deployments", by="outsider", version_id=generation["version_id"]), 404)


async def test_a_version_whose_stored_bytes_were_changed_is_not_deployed(studio: Studio, worker: None) -> None:
    at, version = await target(studio), await approved(studio)
    sha256 = version["audio"]["sha256"]
    stored = Path(studio.settings.data) / "audio" / sha256[:2] / sha256[2:4] / sha256
    stored.chmod(0o640)
    stored.write_bytes(stored.read_bytes()[:-1] + b"x")
    told = refused(await change(studio, at, "deployments", version_id=version["id"]), 409)
    assert told["errors"][0]["field"] == "audio"
    assert await live(studio) == []


async def test_what_was_live_at_any_instant_can_be_told(studio: Studio, worker: None) -> None:
    at, (first, second) = await target(studio), await takes(studio, 2)
    before = datetime.fromisoformat((await deployed(studio, at, first))["since"])
    after = datetime.fromisoformat((await deployed(studio, at, second))["since"])
    assert await numbers(studio) == [2]
    assert await numbers(studio, at=before.isoformat()) == [1]
    assert await numbers(studio, at=(after - timedelta(microseconds=1)).isoformat()) == [1]
    assert await numbers(studio, at=after.isoformat()) == [2]
    assert await numbers(studio, at=(before - timedelta(microseconds=1)).isoformat()) == []
    history = (await (await studio.person("viewer")).get(f"/versions/{first['id']}/deployments")).json()["items"]
    assert [datetime.fromisoformat(one["until"]) for one in history] == [after]


async def test_two_rollbacks_in_a_row_go_back_twice_and_no_further(studio: Studio, worker: None) -> None:
    at, versions = await target(studio), await takes(studio, 3)
    first, second, _ = [await deployed(studio, at, version) for version in versions]
    asset = versions[0]["asset_id"]
    back = await rolled_back(studio, at, asset)
    assert (back["kind"], back["number"], back["restores_id"]) == ("rollback", 2, second["id"])
    assert (await rolled_back(studio, at, asset))["restores_id"] == first["id"]
    told = refused(await change(studio, at, "rollback", asset_id=asset), 409)
    assert told["detail"] == "Nothing was live here before that could be again."
    assert await numbers(studio) == [1]


async def test_a_rollback_passes_over_what_was_rolled_back_from(studio: Studio, worker: None) -> None:
    at, (first, second, third) = await target(studio), await takes(studio, 3)
    for version in (first, second):
        await deployed(studio, at, version)
    await rolled_back(studio, at, first["asset_id"])
    for version in (second, third):
        await deployed(studio, at, version)
    assert (await rolled_back(studio, at, first["asset_id"]))["number"] == 1


async def test_a_rollback_passes_over_what_is_not_approved_any_more(studio: Studio, worker: None) -> None:
    at, versions = await target(studio), await takes(studio, 3)
    for version in versions:
        await deployed(studio, at, version)
    await done(studio, versions[1], "archive")
    assert (await rolled_back(studio, at, versions[0]["asset_id"]))["number"] == 1


async def test_what_is_live_is_not_archived(studio: Studio, worker: None, rows: Rows) -> None:
    at, version = await target(studio), await approved(studio)
    await deployed(studio, at, version)
    told = refused(await act(studio, version, "archive"), 409)
    assert told["detail"] == "This version is live on support-bot-eu, so version.archive is not possible."
    assert "version.archive" not in (await (await studio.person("author")).get(f"/versions/{version['id']}")).json()["can"]
    with pytest.raises(errors.CheckViolation):
        await rows("update versions set status = 'archived'")
    assert (await change(studio, at, "retire", asset_id=version["asset_id"])).json()["kind"] == "retire"
    assert await live(studio) == []
    await done(studio, version, "archive")


async def test_after_a_retirement_a_rollback_brings_back_what_was_live(studio: Studio, worker: None) -> None:
    at, version = await target(studio), await approved(studio)
    await deployed(studio, at, version)
    await change(studio, at, "retire", asset_id=version["asset_id"])
    told = refused(await change(studio, at, "retire", asset_id=version["asset_id"]), 409)
    assert told["possible"] == ["deployment.create"]
    assert (await rolled_back(studio, at, version["asset_id"]))["number"] == 1


async def test_two_who_deploy_at_once_are_put_in_an_order(studio: Studio, worker: None, rows: Rows) -> None:
    at, versions = await target(studio), await takes(studio, 2)
    publisher, owner = await studio.person("publisher"), await studio.person("owner")
    path = f"/targets/{at['id']}/deployments"
    pairs = [(client, version) for client in (publisher, owner) for version in versions] * 2
    answers = await asyncio.gather(*(client.post(path, json={**WHY, "version_id": one["id"]}) for client, one in pairs))
    assert [answer.status_code for answer in answers] == [201] * 8
    history = (await publisher.get(path)).json()["items"]
    by_time = sorted(history, key=lambda one: datetime.fromisoformat(one["since"]))
    assert [one["replaces_id"] for one in by_time] == [None, *(one["id"] for one in by_time[:-1])]
    assert [entry["deployment_id"] for entry in await live(studio)] == [by_time[-1]["id"]]


async def test_a_clock_that_was_set_back_puts_nothing_before_what_is_live(studio: Studio, worker: None, rows: Rows) -> None:
    at, (first, second) = await target(studio), await takes(studio, 2)
    made = await deployed(studio, at, first)
    await rows("set session_replication_role = replica")  # past the triggers
    await rows("update deployments set deployed_at = now() + interval '1 hour'")
    await rows("update slots set deployed_at = (select deployed_at from deployments)")
    made_at = datetime.fromisoformat(
        (await (await studio.person("viewer")).get(f"/projects/{studio.project}/live")).json()["items"][0]["since"]
    )
    assert made_at > datetime.fromisoformat(made["since"])
    later = await deployed(studio, at, second)
    assert datetime.fromisoformat(later["since"]) == made_at + timedelta(microseconds=1)
    assert await numbers(studio) == [2]


async def test_what_is_pinned_is_replaced_by_nobody_who_does_not_say_so(studio: Studio, worker: None) -> None:
    at, (first, second) = await target(studio), await takes(studio, 2)
    await deployed(studio, at, first)
    assert (await change(studio, at, "pin", asset_id=first["asset_id"], reason="Campaign until Friday.")).status_code == 200
    (entry,) = await live(studio)
    assert entry["pinned"]["reason"] == "Campaign until Friday."
    body = {**WHY, "version_id": second["id"]}
    told = refused(await change(studio, at, "deployments", version_id=second["id"]), 409)
    assert told["detail"] == "This is pinned: Campaign until Friday. Only a person replaces it, who says so (over_pin)."
    machine = await studio.key("publisher", "deploy")
    refused(await machine.post(f"/targets/{at['id']}/deployments", json={**body, "over_pin": True}), 409)
    refused(await machine.post(f"/targets/{at['id']}/unpin", json={**WHY, "asset_id": first["asset_id"]}), 403)
    await deployed(studio, at, second, over_pin=True)
    assert [(entry["number"], entry["pinned"]) for entry in await live(studio)] == [(2, None)]


async def test_nothing_changes_on_a_target_that_is_frozen(studio: Studio, worker: None) -> None:
    at, version = await target(studio), await approved(studio)
    owner = await studio.person("owner")
    freeze = {"frozen_from": "2020-01-01T00:00:00Z", "frozen_until": "2099-01-01T00:00:00Z", **WHY}
    assert (await owner.patch(f"/targets/{at['id']}", json=freeze)).status_code == 200
    told = refused(await change(studio, at, "deployments", version_id=version["id"]), 409)
    assert told["detail"] == "support-bot-eu is frozen until 2099-01-01 00:00 UTC."
    thaw = {"frozen_from": None, "frozen_until": None, **WHY}
    assert (await owner.patch(f"/targets/{at['id']}", json=thaw)).status_code == 200
    await deployed(studio, at, version)


async def test_a_target_may_be_for_owners_alone(studio: Studio, worker: None) -> None:
    at, version = await target(studio, deployers="owners"), await approved(studio)
    assert at["can"] == ["target.update"]
    refused(await change(studio, at, "deployments", version_id=version["id"]), 403)
    assert (await change(studio, at, "deployments", by="owner", version_id=version["id"])).status_code == 201


async def test_a_target_takes_the_languages_it_names(studio: Studio, worker: None) -> None:
    at, version = await target(studio, languages=["de-DE"]), await approved(studio)
    told = refused(await change(studio, at, "deployments", version_id=version["id"]), 409)
    assert told["detail"] == "support-bot-eu does not take this: It speaks en-US; de-DE is taken."
    assert [error["field"] for error in told["errors"]] == ["acceptance.language"]


async def test_who_may_not_deploy_does_not(studio: Studio, worker: None) -> None:
    at, version = await target(studio), await approved(studio)
    for who in ("author", "reviewer", "viewer", "auditor"):
        refused(await change(studio, at, "deployments", by=who, version_id=version["id"]), 403)
    machine = await studio.key("publisher", "write", "review", "live")
    refused(await machine.post(f"/targets/{at['id']}/deployments", json={**WHY, "version_id": version["id"]}), 403)


async def test_the_database_itself_keeps_the_history(studio: Studio, worker: None, rows: Rows) -> None:
    at, version = await target(studio), await approved(studio)
    await deployed(studio, at, version)
    for forbidden in (
        "update deployments set reason = 'x'",
        "delete from deployments",
        "truncate deployments cascade",
        "delete from slots",
        "update slots set version_id = null",
        EARLIER,
    ):
        with pytest.raises(errors.Error):
            await rows(forbidden)
    assert len(await live(studio)) == 1


async def test_a_target_key_is_one_of_its_project(studio: Studio) -> None:
    await target(studio)
    publisher = await studio.person("publisher")
    body = {"key": "support-bot-eu", "name": "Again", "channel": "sales_intro"}
    told = refused(await publisher.post(f"/projects/{studio.project}/targets", json=body), 409)
    assert told["errors"][0]["field"] == "key"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"key": "Support Bot"}, "key"),
        ({"channel": "radio"}, "channel"),
        ({"profile": {"format": "aiff"}}, "profile.format"),
        ({"profile": {"lead_ms": [500, 100]}}, "profile.lead_ms"),
        ({"profile": {"loudness_lufs": 3}}, "profile.loudness_lufs"),
        ({"profile": {"volume": 3}}, "profile.volume"),
        ({"languages": ["English"]}, "languages.0"),
    ],
)
async def test_a_target_that_cannot_be_is_refused(studio: Studio, wrong: Json, field: str) -> None:
    publisher = await studio.person("publisher")
    body = {"key": "bot", "name": "Bot", "channel": "support_bot", **wrong}
    assert field_of(await publisher.post(f"/projects/{studio.project}/targets", json=body)) == field


async def test_a_targets_own_figures_stand_before_its_channels(studio: Studio) -> None:
    made = await target(studio, profile={"loudness_lufs": -18.0})
    assert (made["profile"]["format"], made["profile"]["loudness_lufs"], made["own"]) == ("ulaw", -18.0, ["loudness_lufs"])
    owner = await studio.person("owner")
    back = (await owner.patch(f"/targets/{made['id']}", json={"profile": {}, **WHY})).json()
    assert (back["profile"]["loudness_lufs"], back["own"]) == (-20.0, [])


async def test_the_map_comes_in_parts_of_whole_assets(studio: Studio, worker: None) -> None:
    one, other = await target(studio), await target(studio, "sales", channel="sales_intro")
    versions = [await approved(studio, asset=await studio.asset(f"support/{number}")) for number in range(3)]
    for version in versions:
        for at in (one, other):
            await deployed(studio, at, version)
    viewer, found = await studio.person("viewer"), []
    cursor: Json = {}
    for _ in range(2):
        part = (await viewer.get(f"/projects/{studio.project}/live", params={"limit": 2, **cursor})).json()
        found.append([(entry["asset_key"], entry["target_key"]) for entry in part["items"]])
        cursor = {"cursor": part["next_cursor"]}
    pairs = [[(f"support/{number}", key) for key in ("sales", "support-bot-eu")] for number in (2, 1, 0)]
    assert found == [pairs[0] + pairs[1], pairs[2]]
    assert cursor == {"cursor": None}


async def manifest(client: httpx.AsyncClient, path: str = "support-bot-eu/support/greeting", **headers: str) -> httpx.Response:
    """What a machine is answered that asks what is live."""
    return await client.get(f"/live/{path}", headers=headers)


async def test_a_machine_is_given_the_manifest_of_what_is_live(studio: Studio, worker: None) -> None:
    at, version = await target(studio), await approved(studio)
    made = await deployed(studio, at, version, ticket="OPS-17")
    machine = await studio.key("viewer", "live")
    for name in ("support-bot-eu", at["id"]):
        answer = await manifest(machine, f"{name}/support/greeting")
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"] == f'"{made["manifest_sha256"]}"'
        assert hashlib.sha256(answer.content).hexdigest() == made["manifest_sha256"]
    told = answer.json()
    known = {name: told[name] for name in ("schema", "deployment_id", "target_key", "version_id", "number", "ticket", "reason")}
    assert known == {
        "schema": 1,
        "deployment_id": made["id"],
        "target_key": "support-bot-eu",
        "version_id": version["id"],
        "number": 1,
        "ticket": "OPS-17",
        "reason": WHY["reason"],
    }
    assert (told["audio"]["media_type"], told["audio"]["sample_rate_hz"]) == ("audio/wav", 8_000)
    assert told["audio"]["loudness_lufs"] == pytest.approx(-20.0, abs=2.0)
    audio = await machine.get(told["audio"]["url"].partition("/api/v1")[2])
    assert hashlib.sha256(audio.content).hexdigest() == told["audio"]["sha256"]
    captions = await machine.get(told["captions_url"].partition("/api/v1")[2])
    assert (captions.status_code, captions.headers["content-type"].partition(";")[0]) == (200, "text/vtt")
    assert [one["by"] for one in told["approved"]] == [await person_id(studio, "reviewer")]
    assert (await manifest(await studio.person("viewer"))).content == answer.content


async def test_a_machine_that_has_it_already_is_told_so(studio: Studio, worker: None) -> None:
    at, (first, second) = await target(studio), await takes(studio, 2)
    await deployed(studio, at, first)
    machine = await studio.key("viewer", "live")
    etag = (await manifest(machine)).headers["etag"]
    for sent in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await manifest(machine, **{"If-None-Match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    await deployed(studio, at, second)
    assert (await manifest(machine, **{"If-None-Match": etag})).json()["number"] == 2


async def test_a_machine_without_the_right_is_told_nothing(studio: Studio, worker: None, rows: Rows) -> None:
    at, version = await target(studio), await approved(studio)
    await deployed(studio, at, version)
    machine = await studio.key("viewer", "live")
    for path in ("support-bot-eu/support/other", "nowhere/support/greeting", f"{version['id']}/support/greeting"):
        refused(await manifest(machine, path), 404)
    refused(await manifest(await studio.key("outsider", "live")), 404)
    refused(await manifest(await studio.person("outsider")), 404)
    refused(await manifest(await studio.key("viewer", "read", "deploy")), 403)
    refused(await manifest(await studio.anonymous()), 401)
    await change(studio, at, "retire", asset_id=version["asset_id"])
    refused(await manifest(machine), 404)
    await rows("update api_keys set revoked_at = now(), revoked_by_id = person_id")
    refused(await manifest(machine), 401)


async def test_a_key_is_worth_nothing_once_its_person_left(studio: Studio, worker: None, rows: Rows) -> None:
    await deployed(studio, await target(studio), await approved(studio))
    machine = await studio.key("viewer", "live")
    assert (await manifest(machine)).status_code == 200
    owner = await studio.person("owner")
    member = f"/projects/{studio.project}/members/{await person_id(studio, 'viewer')}"
    assert (await owner.request("DELETE", member, json={"reason": "Left"})).status_code == 204
    refused(await manifest(machine), 401)


async def test_a_lookup_notes_that_the_key_was_used(studio: Studio, worker: None, rows: Rows) -> None:
    await deployed(studio, await target(studio), await approved(studio))
    machine = await studio.key("viewer", "live")
    assert await rows("select last_used_at from api_keys") == [(None,)]
    await manifest(machine)
    ((used,),) = await rows("select last_used_at from api_keys")
    await manifest(machine)
    assert await rows("select last_used_at from api_keys") == [(used,)]
