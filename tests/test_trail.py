"""The record as its readers have it: lists with filters, one event with its proof, verification, exports that prove themselves."""

import asyncio
import base64
import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from conftest import SECRET, Json, Rows, Studio, field_of, refused, working
from psycopg import errors
from pymerkle import InmemoryTree
from starlette.requests import ClientDisconnect

from voiceops.api.exporting import AT_ONCE, ExportAnswer, turn
from voiceops.audit import bundle
from voiceops.audit.merkle import leaf_hash, root_from
from voiceops.audit.notes import NotSigned, Verifier
from voiceops.audit.notes import read as read_note
from voiceops.config import Settings
from voiceops.db import libpq_url
from voiceops.migrations import migrate
from voiceops.seed import rotate_key
from voiceops.workflow import demo


@pytest.fixture
async def auditor(studio: Studio, worker: None) -> httpx.AsyncClient:
    """The auditor, beside a worker that seals."""
    return await studio.person("auditor")


async def page(client: httpx.AsyncClient, studio: Studio, **asked: Any) -> list[Json]:
    """The newest events, without their places, which come when they are sealed."""
    answer = await client.get(f"/projects/{studio.project}/audit", params=asked)
    assert answer.status_code == 200, answer.text
    return placeless(answer.json()["items"])


def placeless(items: list[Json]) -> list[Json]:
    return [{name: value for name, value in one.items() if name != "index"} for one in items]


async def sealed(client: httpx.AsyncClient, studio: Studio, event: Json) -> Json:
    """The event in full, as soon as it is sealed."""
    return await sealed_in(client, f"/projects/{studio.project}/audit", event)


async def sealed_in(client: httpx.AsyncClient, log: str, event: Json) -> Json:
    async with asyncio.timeout(60):
        while (whole := (await client.get(f"{log}/{event['id']}")).json())["proof"] is None:
            await asyncio.sleep(0.05)
    found: Json = whole
    return found


async def test_events_are_listed_newest_first_with_the_names_of_now(auditor: httpx.AsyncClient, studio: Studio, rows: Rows) -> None:
    asset = await studio.asset(tags=["ivr"])
    newest, *_ = await page(auditor, studio)
    me = (await (await studio.person("author")).get("/session")).json()["person"]
    assert {name: newest[name] for name in ("action", "subject", "asset_id", "project_id", "reason", "address")} == {
        "action": "asset.create",
        "subject": {"type": "asset", "id": asset["id"], "name": None},
        "asset_id": asset["id"],
        "project_id": studio.project,
        "reason": None,
        "address": "192.0.2.7",
    }
    assert newest["actor"] == {"type": "person", "id": me["id"], "name": me["name"], "key": None}
    assert newest["asset"] == {"id": asset["id"], "key": asset["key"], "title": asset["title"], "language": "en-US"}
    assert newest["changes"]["tags"] == ["ivr"]
    await rows("update people set name = 'Mara Married' where id = %s", me["id"])
    assert (await page(auditor, studio))[0]["actor"]["name"] == "Mara Married"
    listed = await page(auditor, studio)
    assert [event["seq"] for event in listed] == sorted((event["seq"] for event in listed), reverse=True)


async def test_a_list_tells_the_place_once_it_is_sealed_and_places_have_no_holes(
    studio: Studio, rows: Rows, settings: Settings
) -> None:
    auditor = await studio.person("auditor")
    await studio.asset("one")
    await rows("select nextval('audit_events_seq_seq')")  # what is undone leaves a hole in the numbers
    await studio.asset("two")
    listed = (await auditor.get(f"/projects/{studio.project}/audit")).json()["items"]
    assert {one["index"] for one in listed} == {None}
    async with working(settings):
        await sealed(auditor, studio, listed[0])
    listed = (await auditor.get(f"/projects/{studio.project}/audit")).json()["items"]
    assert [one["index"] for one in reversed(listed)] == list(range(len(listed)))
    assert listed[0]["seq"] - listed[1]["seq"] > 1
    assert (await auditor.get(f"/projects/{studio.project}/audit/{listed[0]['id']}")).json()["index"] == listed[0]["index"]


async def test_people_are_named_in_what_was_done_to_them(studio: Studio) -> None:
    owner, auditor = await studio.person("owner"), await studio.person("auditor")
    body = {"email": "gil@guest.example", "roles": ["viewer"]}
    link = (await owner.post(f"/projects/{studio.project}/invitations", json=body)).json()["link"]
    assert (await page(auditor, studio))[0]["subject"]["name"] is None
    newcomer = {"token": link.partition("#")[2], "name": "Gil Guest", "password": "seven grey umbrellas"}
    gil = (await (await studio.anonymous()).post("/invitations/accept", json=newcomer)).json()["person"]
    accepted, invited, *_ = await page(auditor, studio)
    assert (invited["action"], invited["subject"]["type"], invited["subject"]["name"]) == (
        "member.invite",
        "invitation",
        "Gil Guest",
    )
    assert (accepted["action"], accepted["subject"]["name"]) == ("member.accept", "Gil Guest")
    assert accepted["people"] == [{"id": gil["id"], "name": "Gil Guest"}]


async def test_parts_follow_each_other(auditor: httpx.AsyncClient, studio: Studio) -> None:
    for number in range(4):
        await studio.asset(f"a{number}")
    whole, path = await page(auditor, studio), f"/projects/{studio.project}/audit"
    found: list[Json] = []
    cursor: Json | None = {}
    while cursor is not None:
        answer = (await auditor.get(path, params={"limit": 2, **cursor})).json()
        assert len(answer["items"]) <= 2
        found += placeless(answer["items"])
        cursor = answer["next_cursor"] and {"cursor": answer["next_cursor"]}
    assert found == whole
    for nonsense in ("0", "-1", "x", str(2**63), "1' or '1"):
        refused(await auditor.get(path, params={"cursor": nonsense}), 422)


async def test_filters_let_through_what_they_say(auditor: httpx.AsyncClient, studio: Studio) -> None:
    mine, other = await studio.asset("mine"), await studio.asset("other", by="owner")
    version = await studio.version(mine)
    whole = await page(auditor, studio)
    middle = whole[len(whole) // 2]
    told: dict[str, tuple[Any, Callable[[Json], bool]]] = {
        "action": ("asset.create", lambda one: one["action"] == "asset.create"),
        "actor": (other["owner"]["id"], lambda one: one["actor"]["id"] == other["owner"]["id"]),
        "subject": (version["generation_id"], lambda one: one["subject"]["id"] == version["generation_id"]),
        "asset": (mine["id"], lambda one: one["asset_id"] == mine["id"]),
        "version": (version["id"], lambda one: one["version_id"] == version["id"]),
        "since": (middle["at"], lambda one: one["at"] >= middle["at"]),
        "until": (middle["at"], lambda one: one["at"] <= middle["at"]),
    }
    for name, (value, wanted) in told.items():
        expected = [one for one in whole if wanted(one)]
        assert 0 < len(expected) < len(whole), name
        assert await page(auditor, studio, **{name: value}) == expected, name
    assert await page(auditor, studio, since=middle["at"], until=middle["at"], action=middle["action"]) == [middle]
    path = f"/projects/{studio.project}/audit"
    for bad in ({"actor": "x"}, {"since": "yesterday"}, {"until": "9999-12-31T23:59:59-01:00"}, {"since": "2026-01-01T00:00:00"}):
        refused(await auditor.get(path, params=bad), 422)
    refused(await auditor.get(path, params={"action": "a\0"}), 422)


async def test_a_filter_that_nothing_can_meet_is_refused(auditor: httpx.AsyncClient, studio: Studio) -> None:
    for path in (f"/projects/{studio.project}/audit", f"/projects/{studio.project}/audit/export"):
        assert field_of(await auditor.get(path, params={"action": "version.aprove"})) == "action"
        times = {"since": "2026-11-25T10:00:00Z", "until": "2026-11-25T09:59:59Z"}
        assert field_of(await auditor.get(path, params=times)) == "until"


async def test_events_name_the_version_comment_or_target_they_are_about(auditor: httpx.AsyncClient, studio: Studio) -> None:
    asset = await studio.asset()
    await studio.version(asset, "One.")
    version = await studio.version(asset, "Two.")
    named = f"{asset['key']} v2"
    author, reviewer, owner = [await studio.person(role) for role in ("author", "reviewer", "owner")]
    await author.post(f"/versions/{version['id']}/submit")
    await reviewer.post(f"/versions/{version['id']}/comments", json={"body": "Well said"})
    await reviewer.post(f"/versions/{version['id']}/approve", json={"reason": "Clear"})
    place = {"key": "bot-eu", "name": "Support bot", "channel": "support_bot"}
    target = (await owner.post(f"/projects/{studio.project}/targets", json=place)).json()
    why = {"version_id": version["id"], "reason": "Launch"}
    assert (await owner.post(f"/targets/{target['id']}/deployments", json=why)).status_code == 201
    told = {one["action"]: one for one in await page(auditor, studio)}
    names = {action: told[action]["subject"]["name"] for action in told}
    assert names["version.approve"] == names["comment.create"] == named
    assert (names["target.create"], names["deployment.create"]) == ("bot-eu", f"{named} on bot-eu")
    for action in ("version.approve", "comment.create", "deployment.create"):
        assert told[action]["version"] == {"id": version["id"], "number": 2}
    assert told["target.create"]["version"] is None


async def test_an_event_in_full_proves_itself(auditor: httpx.AsyncClient, studio: Studio, rows: Rows) -> None:
    for number in range(5):
        await studio.asset(f"a{number}")
    for event in await page(auditor, studio):
        whole = await sealed(auditor, studio, event)
        assert {name: whole[name] for name in event} == event
        proof, leaf = whole["proof"], leaf_hash(whole["payload"].encode())
        assert (whole["leaf"], proof["proved"], whole["log"]) == (leaf.hex(), True, studio.project)
        path = [bytes.fromhex(step) for step in proof["path"]]
        root = root_from(leaf, proof["index"], proof["size"], path)
        assert root is not None
        assert root.hex() == proof["root"]
        ((name, public),) = await rows("select name, public from signing_keys")
        verifier = Verifier(name, public)
        said = read_note(proof["note"], {verifier.id: verifier})
        assert (said.log, said.size, said.root) == (studio.project, proof["size"], root)
        with pytest.raises(NotSigned):
            read_note(proof["note"].replace(f"\n{proof['size']}\n", f"\n{proof['size'] + 1}\n"), {verifier.id: verifier})


async def test_an_event_that_was_changed_is_not_proved(auditor: httpx.AsyncClient, studio: Studio, rows: Rows) -> None:
    await studio.asset()
    event = (await page(auditor, studio))[0]
    await sealed(auditor, studio, event)
    await rows("alter table audit_events disable trigger all")
    await rows("update audit_events set payload = replace(payload, 'Greeting', 'Farewell') where id = %s", event["id"])
    whole = (await auditor.get(f"/projects/{studio.project}/audit/{event['id']}")).json()
    assert whole["proof"]["proved"] is False
    verdict = (await auditor.post(f"/projects/{studio.project}/audit/verify", json={})).json()
    (finding,) = verdict["findings"]
    assert (verdict["ok"], finding["kind"], finding["event_id"], finding["seq"]) == (False, "edited", event["id"], event["seq"])
    told = (await page(auditor, studio, action="audit.verify"))[0]["changes"]
    assert (told["ok"], told["findings"], told["first"]) == (False, 1, finding["why"])


async def test_a_verification_counts_what_it_saw_and_is_told(auditor: httpx.AsyncClient, studio: Studio) -> None:
    await sealed(auditor, studio, (await page(auditor, studio))[-1])
    path = f"/projects/{studio.project}/audit/verify"
    verdict = (await auditor.post(path)).json()
    assert (verdict["ok"], verdict["findings"]) == (True, [])
    assert verdict["events"] == len(await page(auditor, studio)) - 1
    assert (await page(auditor, studio))[0]["action"] == "audit.verify"
    await asyncio.sleep(0.6)
    part = (await auditor.post(path, json={"last": 1})).json()
    assert part["ok"]
    assert part["events"] < verdict["events"] + 1
    refused(await auditor.post(path, json={"last": 0}), 422)
    refused(await auditor.post(path, json={"all": True}), 422)


async def test_while_a_verification_runs_others_are_answered_and_sealing_goes_on(
    auditor: httpx.AsyncClient, studio: Studio, rows: Rows
) -> None:
    await studio.asset()  # of just now: an event copied much later would be told as one of another time
    await rows(
        "insert into audit_events (id, payload) select new, replace(payload, id::text, new::text) from audit_events,"
        " lateral (select gen_random_uuid() as new, n from generate_series(1, 15000) n) made"
        " where seq = (select max(seq) from audit_events where action = 'asset.create')"
    )
    async with asyncio.timeout(60):
        while (await rows("select count(*) < 15000 from audit_leaves"))[0][0]:
            await asyncio.sleep(0.1)
    verifying = asyncio.create_task(auditor.post(f"/projects/{studio.project}/audit/verify"))
    author, longest = await studio.person("author"), 0.0
    while not verifying.done():
        began = asyncio.get_running_loop().time()
        await author.get("/session")
        longest = max(longest, asyncio.get_running_loop().time() - began)
        await asyncio.sleep(0.01)
    assert verifying.result().json()["findings"] == []
    assert longest < 1.0


async def test_the_installations_log_is_for_its_admins(auditor: httpx.AsyncClient, studio: Studio) -> None:
    admin = await studio.person("owner")
    listed = (await admin.get("/audit", params={"action": "session.sign_in"})).json()["items"]
    assert listed
    assert {event["project_id"] for event in listed} == {None}
    assert (await admin.get(f"/audit/{listed[0]['id']}")).json()["log"] == "00000000-0000-0000-0000-000000000000"
    assert (await admin.post("/audit/verify")).json()["ok"]
    refused(await auditor.get("/audit"), 403)
    refused(await admin.get(f"/projects/{studio.project}/audit/{listed[0]['id']}"), 404)
    exported = await admin.get("/audit/export")
    assert json.loads(exported.text.splitlines()[0])["log"] == "00000000-0000-0000-0000-000000000000"


async def exported(auditor: httpx.AsyncClient, studio: Studio, **asked: str) -> httpx.Response:
    answer = await auditor.get(f"/projects/{studio.project}/audit/export", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    return answer


async def test_an_export_proves_itself_without_us(auditor: httpx.AsyncClient, studio: Studio, tmp_path: Path) -> None:
    for number in range(5):
        await studio.asset(f"a{number}")
    await sealed(auditor, studio, (await page(auditor, studio))[0])
    text = (await exported(auditor, studio)).text
    head, *lines = [json.loads(line) for line in text.splitlines()]
    assert (head["schema"], head["log"], head["filters"]) == ("voiceops-audit-1", studio.project, {})
    listed = (await page(auditor, studio))[1:]  # the newest is the export itself, perhaps unsealed and so perhaps without proof
    assert [line["seq"] for line in lines][: len(listed)] == [event["seq"] for event in reversed(listed)]
    file = tmp_path / "bundle.jsonl"

    def check(changed: str, *keys: str) -> subprocess.CompletedProcess[str]:
        file.write_text(changed, encoding="utf-8")
        plain = {name: value for name, value in os.environ.items() if not name.startswith("VOICEOPS_")}
        words = [word for key in keys for word in ("--key", key)]
        command = [sys.executable, "-m", "voiceops", "audit", "verify", "--json", "--bundle", str(file), *words]
        return subprocess.run(command, env=plain, cwd=tmp_path, capture_output=True, text=True, check=False)

    (key,) = head["keys"]
    good = check(text, key)
    assert good.returncode == 0, good.stderr
    result = json.loads(good.stdout)
    assert (result["ok"], result["faults"]) == (True, [])
    assert result["proved"] == len(lines) == int(head["checkpoint"].split("\n")[1])
    assert result["proved"] >= len(listed)
    keyfile = tmp_path / "keys.txt"
    keyfile.write_text(f"{key}\n")
    assert check(text, str(keyfile)).returncode == 0
    assert check(text).returncode == 2
    assert check("no bundle\n", key).returncode == 2
    assert check(text, "nonsense").returncode == 2
    forged = Verifier("voiceops-stranger", bytes(32))
    assert check(text, str(forged)).returncode == 1
    for changed in (
        text.replace("192.0.2.7", "192.0.2.8", 1),
        text.replace("\n", "\n" + text.splitlines()[2] + "\n", 1),
        text.replace('"index": 2,', '"index": 3,', 1),
        text.replace(studio.project, str(uuid4()), 1),
        text + json.dumps({**lines[-1], "index": None, "proof": []}) + "\n",
        "\n".join(text.splitlines()[:-1]) + "\n",
        "\n".join([*text.splitlines()[:2], *text.splitlines()[3:]]) + "\n",
        text.replace('"index": 2,', '"index": null,', 1),
    ):
        assert changed != text
        bad = check(changed, key)
        assert (bad.returncode, bool(json.loads(bad.stdout)["faults"])) == (1, True)


async def test_somebody_elses_code_verifies_our_proofs(auditor: httpx.AsyncClient, studio: Studio) -> None:
    """A tree of pymerkle's over the exported payloads has the root that we signed."""
    await studio.asset()
    await sealed(auditor, studio, (await page(auditor, studio))[0])
    head, *lines = [json.loads(line) for line in (await exported(auditor, studio)).text.splitlines()]
    theirs = InmemoryTree(algorithm="sha256")
    for line in sorted((line for line in lines if line["index"] is not None), key=lambda line: line["index"]):
        theirs.append_entry(line["payload"].encode())
    size, root = int(head["checkpoint"].split("\n")[1]), base64.b64decode(head["checkpoint"].split("\n")[2])
    assert theirs.get_root(size) == root


async def test_an_export_keeps_to_its_filters(auditor: httpx.AsyncClient, studio: Studio) -> None:
    asset = await studio.asset()
    await studio.asset("other")
    await sealed(auditor, studio, (await page(auditor, studio))[0])
    head, *lines = [json.loads(line) for line in (await exported(auditor, studio, asset=asset["id"])).text.splitlines()]
    assert head["filters"] == {"asset": asset["id"]}
    assert {json.loads(line["payload"])["asset_id"] for line in lines} == {asset["id"]}
    told = (await page(auditor, studio, action="audit.export"))[0]
    assert told["changes"] == {"format": "jsonl", "filters": {"asset": asset["id"]}}
    refused(await auditor.get(f"/projects/{studio.project}/audit/export", params={"format": "xlsx"}), 422)


async def test_a_link_of_another_site_takes_nothing_away_and_leaves_no_event(studio: Studio) -> None:
    auditor, admin = await studio.person("auditor"), await studio.person("admin")
    for client, path in ((auditor, f"/projects/{studio.project}/audit/export"), (admin, "/audit/export")):
        for site in ("cross-site", "same-site"):
            how = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
            assert "another site" in refused(await client.get(path, headers=how), 403)["detail"]
        for site in ("same-origin", "none"):
            assert (await client.get(path, headers={"Sec-Fetch-Site": site})).status_code == 200
        assert (await client.get(path)).status_code == 200
        told = (await client.get(path.removesuffix("/export"), params={"action": "audit.export"})).json()["items"]
        assert len(told) == 3


async def test_each_person_has_one_export_at_once_and_all_together_so_many(studio: Studio) -> None:
    auditor = await studio.person("auditor")
    me = UUID((await auditor.get("/session")).json()["person"]["id"])
    for readers in ([me], [uuid4() for _ in range(AT_ONCE)]):
        with ExitStack() as having:
            for reader in readers:
                having.enter_context(turn(reader))
            answer = await auditor.get(f"/projects/{studio.project}/audit/export")
            refused(answer, 429)
            assert int(answer.headers["retry-after"]) > 0
    assert await page(auditor, studio, action="audit.export") == []
    with ExitStack() as having:
        for _ in range(AT_ONCE - 1):
            having.enter_context(turn(uuid4()))
        for _ in range(2):
            assert (await exported(auditor, studio)).status_code == 200


async def test_an_export_that_is_refused_leaves_the_turn(studio: Studio) -> None:
    viewer = await studio.person("viewer")
    for _ in range(AT_ONCE + 1):
        refused(await viewer.get(f"/projects/{studio.project}/audit/export"), 403)


async def _lines() -> AsyncIterator[str]:
    yield "a line\n"
    yield "another\n"


async def send_to(send: Callable[[Any], Awaitable[None]]) -> None:
    """Send an export to somebody, who had the turn."""
    somebody = uuid4()
    with ExitStack() as having:
        having.enter_context(turn(somebody))
        answer = ExportAnswer(_lines(), having.pop_all(), "text/csv", {})
    try:
        await answer({"type": "http", "asgi": {"spec_version": "2.4"}}, _nothing, send)
    finally:
        with turn(somebody):
            pass


@pytest.mark.usefixtures("settings")
async def test_who_goes_away_amid_an_export_leaves_their_turn_to_others() -> None:
    async def gone(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise OSError("The reader has gone.")

    for _ in range(AT_ONCE + 1):
        with pytest.raises(ClientDisconnect):
            await send_to(gone)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """An export may take so long."""
    monkeypatch.setenv("VOICEOPS_EXPORT_TIMEOUT", "0.2")


@pytest.mark.usefixtures("hurried", "settings")
async def test_who_takes_nothing_of_an_export_loses_it_and_the_turn() -> None:
    sent = []

    async def slow(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body":
            await asyncio.sleep(60)

    async with asyncio.timeout(30):
        await send_to(slow)
    assert [message.get("more_body") for message in sent] == [None, True], "broken off, not ended"


async def _nothing() -> Any:
    return {}


async def test_a_new_signing_key_is_told_and_made_by_one_at_a_time(studio: Studio, rows: Rows, settings: Settings) -> None:
    admin = await studio.person("admin")
    made = await asyncio.gather(*(rotate_key(settings, reason=f"Reason {n}") for n in range(4)))
    current = await rows("select name from signing_keys where retired_at is null")
    assert len(current) == 1
    told = (await admin.get("/audit", params={"action": "audit.rotate"})).json()["items"]
    assert {one["changes"]["key"] for one in told} == set(made)
    assert current == [(told[0]["changes"]["key"].partition("+")[0],)]
    names = [one["changes"]["key"].partition("+")[0] for one in reversed(told)]
    assert [one["changes"]["retired"] for one in reversed(told)] == [[], *([one] for one in names[:-1])]
    assert {one["actor"]["type"] for one in told} == {"system"}
    async with working(settings):
        await sealed_in(admin, "/audit", told[0])
        assert (await admin.post("/audit/verify")).json()["ok"]


async def test_a_table_is_no_spreadsheet_program(auditor: httpx.AsyncClient, studio: Studio) -> None:
    author = await studio.person("author")
    asset = await studio.asset()
    await author.post(f"/assets/{asset['id']}/scripts", json={"text": "Hello.", "note": '=HYPERLINK("http://evil", "x")'})
    await author.post(f"/assets/{asset['id']}/scripts", json={"text": "Hello you.", "note": "@SUM(A1), and a\nsecond line"})
    text = (await exported(auditor, studio, format="csv")).text
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["action"] for row in table[-3:]] == ["script.create", "script.create", "audit.export"]
    assert table[-3]["reason"] == '\'=HYPERLINK("http://evil", "x")'
    assert table[-2]["reason"] == "'@SUM(A1), and a\nsecond line"
    assert table[-2]["actor_name"] == "Mara Lindqvist"
    for line in csv.reader(io.StringIO(text, newline="")):
        assert not [cell for cell in line if cell.startswith(bundle.RISKY)]
    assert text.startswith('"seq","index","at"')


async def test_the_record_is_verified_from_the_command_line(auditor: httpx.AsyncClient, studio: Studio, rows: Rows) -> None:
    event = (await page(auditor, studio))[0]
    await sealed(auditor, studio, event)

    def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "voiceops", "audit", *words]
        return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)

    good = await asyncio.to_thread(run, "verify")
    assert (good.returncode, "Nothing is wrong." in good.stdout) == (0, True), good.stdout + good.stderr
    assert (await asyncio.to_thread(run, "verify", "--project", "nowhere")).returncode == 2
    wrong = await asyncio.to_thread(run, "verify", VOICEOPS_SECRET_KEY="x" * 40)
    assert (wrong.returncode, "no key that is trusted" in wrong.stdout) == (1, True)
    short = await asyncio.to_thread(run, "verify", VOICEOPS_SECRET_KEY="short")
    assert (short.returncode, "voiceops secret" in short.stderr) == (2, True)
    keys = (await asyncio.to_thread(run, "key")).stdout.split()
    rotated = (await asyncio.to_thread(run, "rotate-key")).stdout.strip()
    assert (await asyncio.to_thread(run, "key")).stdout.split() == [rotated, *keys]
    async with asyncio.timeout(60):
        while (await auditor.post(f"/projects/{studio.project}/audit/verify")).json()["checkpoints"] < 3:
            await asyncio.sleep(0.3)
    assert (await asyncio.to_thread(run, "verify")).returncode == 0
    await rows("alter table audit_events disable trigger all")
    await rows("update audit_events set payload = replace(payload, 'studio.seed', 'studio.need') where id = %s", event["id"])
    bad = await asyncio.to_thread(run, "verify", "--project", "northwind", "--json")
    assert bad.returncode == 1
    assert json.loads(bad.stdout)["findings"][0]["event_id"] == event["id"]


async def test_a_worker_without_the_secret_says_what_to_do(studio: Studio) -> None:
    def run(part: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if name != "VOICEOPS_SECRET_KEY"}
        command = [sys.executable, "-m", "voiceops", part]
        return subprocess.run(command, env={**kept, **environment}, capture_output=True, text=True, check=False, timeout=60)

    for part, environment in product(("worker", "up"), ({}, {"VOICEOPS_SECRET_KEY": "too short"})):
        ended = await asyncio.to_thread(run, part, **environment)
        assert (ended.returncode, "voiceops secret" in ended.stderr) == (2, True), ended.stderr


async def test_what_is_recorded_holds_no_secret_no_script_and_no_address(
    auditor: httpx.AsyncClient, studio: Studio, rows: Rows
) -> None:
    words = "These very words are nobody's business."
    author = await studio.person("author")
    asset = await studio.asset()
    await studio.version(asset, words)
    await author.patch(f"/assets/{asset['id']}", json={"title": "New"})
    failed = await studio.ended(await studio.ask(asset, words, voice="tone/broken"))
    await author.post(f"/generations/{failed['id']}/retry")
    await auditor.post(f"/projects/{studio.project}/audit/verify")
    await exported(auditor, studio)
    cookie = author.cookies["voiceops_session"]
    await author.delete("/session")
    forbidden = [words, "very words", cookie, demo.PASSWORD, SECRET, "@northwind.example", "argon2", "Mara", "Lindqvist"]
    payloads = [payload for (payload,) in await rows("select payload from audit_events")]
    assert len({json.loads(payload)["action"] for payload in payloads}) >= 11
    for payload in payloads:
        assert not [one for one in forbidden if one in payload], payload


async def test_where_roles_cannot_be_made_it_is_said_and_all_works_without(studio: Studio, rows: Rows) -> None:
    """An ordinary login that owns its database and nothing else."""
    name = f"plain_{uuid4().hex[:8]}"
    await rows(f"create role {name} login password 'secret'")
    try:
        await rows(f"create database {name} owner {name}")
        known = urlsplit(libpq_url(studio.settings.database_url or ""))
        login = f"{name}:secret@{known.netloc.rpartition('@')[2]}"
        url = urlunsplit(known._replace(netloc=login, path=f"/{name}"))
        missing = await asyncio.to_thread(migrate, url)
        assert missing == [f'grant "voiceops_{role}" to "{name}";' for role in ("app", "sealer")]
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute("select count(*) from audit_events")
            with pytest.raises(errors.InsufficientPrivilege):
                await connection.execute("truncate audit_events")
    finally:
        await rows(f"drop database if exists {name} with (force)")
        await rows(f"drop role {name}")


async def test_what_a_key_did_names_the_key_and_its_person(auditor: httpx.AsyncClient, studio: Studio) -> None:
    machine = await studio.key("author", "write")
    made = await machine.post(f"/projects/{studio.project}/assets", json={"key": "support/by-key", "title": "By a key"})
    assert made.status_code == 201, made.text
    newest = (await page(auditor, studio))[0]
    assert (newest["action"], newest["actor"]["type"], newest["actor"]["name"]) == ("asset.create", "key", "Mara Lindqvist")
    export = (await auditor.get(f"/projects/{studio.project}/audit/export", params={"format": "csv"})).text
    assert newest["actor"]["key"]["id"] in export
