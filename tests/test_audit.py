"""The record: each action writes exactly one event, in its own transaction, and what is refused writes none."""

import asyncio
import hashlib
import json
import re
from typing import Any
from uuid import UUID

import httpx
import pytest
import rfc8785
from conftest import Json, Rows, Studio, refused

from voiceops.models import Action
from voiceops.seed import rotate_key
from voiceops.workflow import demo

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
FROM = "192.0.2.7"


async def events(rows: Rows, action: str | None = None) -> list[Json]:
    """The payloads recorded since the database was founded, oldest first."""
    found = [json.loads(payload) for (payload,) in await rows("select payload from audit_events order by seq")]
    return [event for event in found if event["action"] != Action.STUDIO_SEED and action in {None, event["action"]}]


async def the(rows: Rows, action: Action) -> Json:
    """The one event of an action."""
    (event,) = await events(rows, action)
    return event


async def me(studio: Studio, role: str = "author") -> str:
    person: str = (await (await studio.person(role)).get("/session")).json()["person"]["id"]
    return person


async def session_of(rows: Rows, person: str) -> str:
    return str((await rows("select id from sessions where person_id = %s order by created_at desc", UUID(person)))[0][0])


@pytest.mark.usefixtures("trusting")
async def test_an_event_tells_who_did_what_to_what_when_and_from_where(studio: Studio, rows: Rows) -> None:
    client = await studio.person("author")
    body = {"key": "support/greeting", "title": "Grüße", "language": "de-DE", "tags": ["ivr"]}
    answer = await client.post(f"/projects/{studio.project}/assets", json=body, headers={"X-Request-ID": "request-7"})
    event = await the(rows, Action.ASSET_CREATE)
    person = await me(studio)
    assert UUID7.fullmatch(event.pop("id"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", event.pop("at"))
    assert event == {
        "schema": 1,
        "action": "asset.create",
        "actor": {"type": "person", "id": person, "session_id": await session_of(rows, person), "key_id": None},
        "subject": {"type": "asset", "id": answer.json()["id"]},
        "project_id": studio.project,
        "asset_id": answer.json()["id"],
        "version_id": None,
        "reason": None,
        "changes": body,
        "request_id": "request-7",
        "address": FROM,
    }


async def test_what_is_stored_is_canonical_json_and_what_is_searched_comes_from_it(
    studio: Studio, worker: None, rows: Rows
) -> None:
    await studio.version(await studio.asset(title="Ünïcödé \u2603 👋"), delivery={"speed": 1.25, "pitch": -0.5}, reason="Grün")
    for payload, *columns in await rows("select payload, action, actor_id, subject_id, project_id, asset_id, id from audit_events"):
        event = json.loads(payload)
        assert rfc8785.dumps(event).decode() == payload
        told = [event["action"], event["actor"]["id"], event["subject"]["id"], event["project_id"], event["asset_id"]]
        assert [*told, event["id"]] == [*columns[:-1], str(columns[-1])]


async def test_a_change_tells_before_and_after(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset(tags=["ivr"])
    viewer = await me(studio, "viewer")
    changes = {"title": "New", "tags": ["bot"], "language": "de", "owner_id": viewer}
    await (await studio.person("author")).patch(f"/assets/{asset['id']}", json=changes)
    assert (await the(rows, Action.ASSET_UPDATE))["changes"] == {
        "title": {"from": "Greeting", "to": "New"},
        "tags": {"from": ["ivr"], "to": ["bot"]},
        "language": {"from": "en-US", "to": "de"},
        "owner_id": {"from": asset["owner"]["id"], "to": viewer},
    }


async def test_words_are_told_by_their_hash(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    body = {"text": "Secret words.", "note": "Because"}
    script = (await client.post(f"/assets/{asset['id']}/scripts", json=body)).json()
    event = await the(rows, Action.SCRIPT_CREATE)
    assert event["subject"] == {"type": "script", "id": script["id"]}
    assert (event["asset_id"], event["reason"]) == (asset["id"], "Because")
    assert event["changes"] == {"number": 1, "sha256": hashlib.sha256(b"Secret words.").hexdigest(), "characters": 13}


async def test_a_request_and_its_settling_are_events_of_their_own(studio: Studio, worker: None, rows: Rows) -> None:
    asset = await studio.asset()
    version = await studio.version(asset, reason="First take", delivery={"speed": 1.5})
    asked, settled = await the(rows, Action.GENERATION_REQUEST), await the(rows, Action.GENERATION_SUCCEED)
    subject = {"type": "generation", "id": version["generation_id"]}
    assert asked["subject"] == settled["subject"] == subject
    assert asked["asset_id"] == settled["asset_id"] == asset["id"]
    assert (asked["version_id"], settled["version_id"]) == (None, version["id"])
    assert asked["reason"] == "First take"
    need = {"characters": len("Hello there."), "micros": 0, "currency": None}
    how = {"script_id": version["script"]["id"], "voice": "tone/plain", "delivery": version["delivery"]}
    assert asked["changes"] == {**how, **need}
    assert settled["actor"] == {"type": "worker", "id": await me(studio), "session_id": None, "key_id": None}
    assert settled["changes"] == {
        "number": 1,
        "audio_sha256": version["audio"]["sha256"],
        "fingerprint": version["fingerprint"],
        "attempt": 1,
    }


async def test_a_failure_a_cancellation_and_a_retry_are_told(studio: Studio, worker: None, rows: Rows) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    failed = await studio.ended(await studio.ask(asset, voice="tone/broken"))
    told = await the(rows, Action.GENERATION_FAIL)
    assert (told["reason"], told["changes"]) == (failed["error"]["message"], {"error": "broken", "attempt": 1})
    await client.post(f"/generations/{failed['id']}/retry", json={"reason": "Once more"})
    told = await the(rows, Action.GENERATION_RETRY)
    again = {"status": {"from": "failed", "to": "queued"}, "error": "broken"}
    need = {"characters": len("Hello there."), "micros": 0, "currency": None}
    assert (told["reason"], told["changes"]) == ("Once more", {**again, **need})
    slow = await studio.ask(asset, voice="tone/slow")
    await client.post(f"/generations/{slow['id']}/cancel")
    told = await the(rows, Action.GENERATION_CANCEL)
    assert (told["subject"]["id"], told["reason"], told["changes"]["status"]["to"]) == (slow["id"], None, "cancelled")


async def test_coming_and_going_are_told(studio: Studio, rows: Rows) -> None:
    client = await studio.person("author")
    person = await me(studio)
    session = await session_of(rows, person)
    await client.delete("/session")
    came, went = await events(rows)
    for event, action in ((came, "session.sign_in"), (went, "session.sign_out")):
        assert (event["action"], event["subject"], event["project_id"]) == (action, {"type": "session", "id": session}, None)
        assert (event["actor"]["id"], event["address"]) == (person, FROM)
    assert went["actor"]["session_id"] == session


async def test_nothing_that_is_recorded_names_a_person(studio: Studio, worker: None, rows: Rows) -> None:
    await studio.version(await studio.asset())
    people = await rows("select name, email from people")
    for (payload,) in await rows("select payload from audit_events"):
        assert not [name for person in people for name in person if name in payload]


async def test_what_is_refused_or_changes_nothing_is_not_told(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    author, viewer, outsider = [await studio.person(role) for role in ("author", "viewer", "outsider")]
    nobody = await studio.anonymous()
    path, assets = f"/assets/{asset['id']}", f"/projects/{studio.project}/assets"
    speech = {"text": "Hello.", "voice": "tone/plain", "parent_version_id": asset["id"]}
    before = await events(rows)
    for client, status in ((nobody, 401), (outsider, 404), (viewer, 403)):
        refused(await client.patch(path, json={"title": "New"}), status)
        refused(await client.post(f"{path}/scripts", json={"text": "Hello."}), status)
        refused(await client.post(assets, json={"key": "b", "title": "B"}), status)
        refused(await client.post(f"/projects/{studio.project}/audit/verify"), status)
        refused(await client.get(f"/projects/{studio.project}/audit/export"), status)
    refused(await author.post(assets, json={"key": asset["key"], "title": "Again"}), 409)
    refused(await author.post(f"{path}/generations", json=speech), 422)
    refused(await author.get("/audit"), 403)
    await author.patch(path, json={"title": asset["title"]})
    await author.get(path)
    assert await events(rows) == before


async def test_what_cannot_be_recorded_is_not_taken_away(studio: Studio, rows: Rows) -> None:
    auditor = await studio.person("auditor")
    await rows("alter table audit_events add constraint never check (action not like 'audit.%') not valid")
    refused(await auditor.get(f"/projects/{studio.project}/audit/export"), 500)
    refused(await auditor.post(f"/projects/{studio.project}/audit/verify"), 500)


@pytest.mark.parametrize(
    "action",
    [
        *("asset.create", "script.create", "generation.request", "session.sign_in"),
        *("member.invite", "member.change", "member.remove", "person.change", "person.deactivate", "project.create"),
        *("project.update", "password.change", "session.end"),
    ],
)
async def test_without_its_record_nothing_happened(studio: Studio, rows: Rows, action: str) -> None:
    """The record is made impossible: then so is the action."""
    asset = await studio.asset("first")
    client = await studio.person("author")
    owner, viewer = await studio.person("owner"), (await (await studio.person("viewer")).get("/sessions")).json()["items"][0]
    person = (await (await studio.person("viewer")).get("/session")).json()["person"]["id"]
    await rows(f"alter table audit_events add constraint never check (action <> '{action}') not valid")
    counts = (
        "select (select count(*) from assets), (select count(*) from scripts), (select count(*) from generations), "
        "(select count(*) from procrastinate_jobs), (select array_agg(s order by id) from sessions s), "
        "(select array_agg(m order by person_id, role) from memberships m), (select count(*) from invitations), "
        "(select array_agg(p order by id) from people p), (select array_agg(p order by id) from projects p)"
    )
    before = await rows(counts)
    project, member, why = f"/projects/{studio.project}", f"/projects/{studio.project}/members/{person}", {"reason": "Because"}
    tried: dict[str, tuple[httpx.AsyncClient, str, str, Any]] = {
        "asset.create": (client, "POST", f"{project}/assets", {"key": "second", "title": "B"}),
        "script.create": (client, "POST", f"/assets/{asset['id']}/scripts", {"text": "Hello."}),
        "generation.request": (client, "POST", f"/assets/{asset['id']}/generations", {"text": "Hello.", "voice": "tone/plain"}),
        "session.sign_in": (client, "POST", "/session", {"email": "viewer@northwind.example", "password": "voiceops-demo"}),
        "member.invite": (owner, "POST", f"{project}/invitations", {"email": "gil@x.example", "roles": ["viewer"]}),
        "member.change": (owner, "PUT", member, {**why, "roles": ["author"]}),
        "member.remove": (owner, "DELETE", member, why),
        "person.change": (owner, "PATCH", f"/people/{person}", {"name": "New"}),
        "person.deactivate": (owner, "POST", f"/people/{person}/deactivate", why),
        "project.create": (owner, "POST", "/projects", {"key": "new", "name": "New"}),
        "project.update": (owner, "PATCH", project, {"name": "New"}),
        "password.change": (client, "PUT", "/session/password", {"current": "voiceops-demo", "new": "seven quiet otters"}),
        "session.end": (await studio.person("viewer"), "DELETE", f"/sessions/{viewer['id']}", None),
    }
    who, method, path, body = tried[action]
    refused(await who.request(method, path, json=body), 500)
    assert await rows(counts) == before


async def test_each_action_is_recorded_once(studio: Studio, worker: None, rows: Rows) -> None:
    """Every action of the enum, done once each, is there once; a new one belongs into this test."""
    asset = await studio.asset()
    client = await studio.person("author")
    await client.patch(f"/assets/{asset['id']}", json={"title": "New"})
    await studio.version(asset)
    failed = await studio.ended(await studio.ask(asset, voice="tone/broken"))
    slow = await studio.ask(asset, voice="tone/slow")
    await client.post(f"/generations/{slow['id']}/cancel")
    await client.post(f"/generations/{failed['id']}/retry")
    await studio.ended(failed)
    await judges_do_everything(studio, asset, rows)
    owner = await studio.person("owner")
    await owner.patch(f"/projects/{studio.project}/limits", json={"characters": {"limit": 0}, "reason": "Enough said"})
    refused(await client.post(f"/assets/{asset['id']}/generations", json={"text": "More.", "voice": "tone/plain"}), 429)
    key = {"project_id": studio.project, "name": "Player", "scopes": ["read"]}
    await client.delete(f"/api-keys/{(await client.post('/api-keys', json=key)).json()['id']}")
    auditor = await studio.person("auditor")
    assert (await auditor.post(f"/projects/{studio.project}/audit/verify")).json()["ok"]
    await auditor.get(f"/projects/{studio.project}/audit/export?format=csv")
    await auditor.get(f"/projects/{studio.project}/audit")
    await client.delete("/session")
    refused(await client.post("/session", json={"email": f"author@{demo.DOMAIN}", "password": "not the password"}), 401)
    await rotate_key(studio.settings, reason="It is a year old")
    await people_do_everything(studio)
    counted: dict[str, int] = dict(await rows("select action, count(*) from audit_events group by 1"))
    expected = dict.fromkeys(Action, 1) | {Action.GENERATION_REQUEST: 6, Action.GENERATION_SUCCEED: 4, Action.GENERATION_FAIL: 2}
    expected |= {Action.VERSION_SUBMIT: 3, Action.SESSION_SIGN_IN: 6, Action.MEMBER_INVITE: 2, Action.DEPLOYMENT_RETIRE: 2}
    expected |= {Action.SCRIPT_CREATE: 4}
    del expected[Action.STUDIO_FOUND]  # only where nobody is yet: test_founding
    for action in Action:
        if action is Action.DEPLOYMENT_RETURN or action.startswith("release."):
            del expected[action]  # they take two people or a time to come: test_releases holds each to once
    del expected[Action.AUDIT_READ]  # a permission alone: reading is not told
    assert counted == expected


async def judges_do_everything(studio: Studio, asset: Json, rows: Rows) -> None:
    """Submit, withdraw, decide both ways, archive, restore and prefer; comment; waive a check; change the policy."""
    one, other = [(await studio.version(asset, text))["id"] for text in ("Good bye.", "Hello there.")]
    author, reviewer, owner = [await studio.person(role) for role in ("author", "reviewer", "owner")]
    why = {"reason": "Because"}
    await author.post(f"/versions/{one}/submit")
    await author.post(f"/versions/{one}/withdraw")
    await author.post(f"/versions/{one}/submit")
    await reviewer.post(f"/versions/{one}/request-changes", json=why)
    await author.post(f"/versions/{one}/submit")
    await reviewer.post(f"/versions/{one}/approve", json=why)
    await publishers_do_everything(studio, asset, one)
    await author.post(f"/versions/{one}/archive", json=why)
    assert (await owner.post(f"/versions/{one}/drop-audio", json=why)).status_code == 200
    assert (await studio.version(asset, "Good bye."))["audio"]["earlier_drops"] == []
    await author.post(f"/versions/{one}/restore", json=why)
    await reviewer.post(f"/projects/{studio.project}/preferences", json={"version_ids": [one, other], "preferred_id": one})
    comment = (await reviewer.post(f"/versions/{one}/comments", json={"body": "Slower"})).json()["id"]
    await reviewer.patch(f"/comments/{comment}", json={"body": "Much slower"})
    await reviewer.post(f"/comments/{comment}/resolve")
    await reviewer.post(f"/comments/{comment}/reopen")
    await reviewer.delete(f"/comments/{comment}")
    unheard = "update examinations set state = 'failed', error = 'It was not heard.', finished_at = now() where version_id = %s"
    await rows(unheard, one)
    assert (await reviewer.post(f"/versions/{one}/checks/pace/waive", json=why)).status_code == 200
    changed = await owner.patch(f"/projects/{studio.project}/policy", json={"self_approval": True, **why})
    assert changed.status_code == 200, changed.text


async def publishers_do_everything(studio: Studio, asset: Json, version: str) -> None:
    """Make and name a target; deploy, pin, unpin, retire and roll back, and leave nothing live."""
    owner, why = await studio.person("owner"), {"reason": "Because"}
    place = {"key": "support-bot-eu", "name": "Support bot", "channel": "support_bot"}
    target = f"/targets/{(await owner.post(f'/projects/{studio.project}/targets', json=place)).json()['id']}"
    assert (await owner.patch(target, json={"name": "Bot", **why})).status_code == 200
    assert (await owner.post(f"{target}/deployments", json={"version_id": version, **why})).status_code == 201
    for verb in ("pin", "unpin", "retire", "rollback", "retire"):
        assert (await owner.post(f"{target}/{verb}", json={"asset_id": asset["id"], **why})).status_code == 200


async def people_do_everything(studio: Studio) -> None:
    """Invite, revoke, accept, change and remove; make and name a project; deactivate and reactivate; a password, a session."""
    owner, admin = await studio.person("owner"), await studio.person("admin")
    invitations = f"/projects/{studio.project}/invitations"
    gil, gone = [
        (await owner.post(invitations, json={"email": f"{n}@x.example", "roles": ["viewer"]})).json() for n in ("gil", "g")
    ]
    await owner.delete(f"/invitations/{gone['id']}")
    guest, why = await studio.anonymous(), {"reason": "Because"}
    token, password = gil["link"].partition("#")[2], "seven quiet otters"
    body = {"token": token, "name": "Gil", "password": password}
    person = (await guest.post("/invitations/accept", json=body)).json()["person"]["id"]
    await owner.put(f"/projects/{studio.project}/members/{person}", json={**why, "roles": ["author"]})
    await guest.put("/session/password", json={"current": password, "new": "eight loud herons"})
    (session,) = (await guest.get("/sessions")).json()["items"]
    await guest.delete(f"/sessions/{session['id']}")
    await owner.request("DELETE", f"/projects/{studio.project}/members/{person}", json=why)
    await admin.patch(f"/people/{person}", json={"name": "Gilbert"})
    for verb in ("deactivate", "reactivate"):
        await admin.post(f"/people/{person}/{verb}", json=why)
    project = (await admin.post("/projects", json={"key": "new", "name": "New"})).json()["id"]
    await admin.patch(f"/projects/{project}", json={"name": "Newer"})


async def test_events_of_many_at_once_are_all_there(studio: Studio, rows: Rows) -> None:
    await asyncio.gather(*(studio.asset(f"a{number}") for number in range(10)))
    assert len(await events(rows, Action.ASSET_CREATE)) == 10
