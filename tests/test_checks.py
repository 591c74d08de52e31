"""Examinations and their checks over HTTP: made by a job, settled once, blocking by policy, waived with a reason; captions."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
import pytest
from conftest import Json, Rows, Studio, field_of, refused
from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.captions import LINE, webvtt
from voiceops.db import Database
from voiceops.examiner import Examiner, ExaminerLost, Subject, work
from voiceops.models import Check, Severity, Version
from voiceops.speech.faults import Fault
from voiceops.worker import open_studio
from voiceops.workflow.checks import blockers
from voiceops.workflow.examining import claim, queue_missing, settle

TEXT: Final = "Please hold the line, *we* connect you."
WHY: Final = {"reason": "The pause is meant"}


def test_every_check_has_its_name_here_too() -> None:
    assert [*Fault, "say_back"] == list(Check)


async def read(studio: Studio, path: str, *, by: str = "viewer") -> Any:
    answer = await (await studio.person(by)).get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def examined(studio: Studio, version: Json) -> Json:
    """The version's checks once a worker's job has made them, that job alone."""
    studio_of_worker = open_studio(studio.settings)
    parts = (studio_of_worker.database, studio_of_worker.store, studio_of_worker.providers, studio_of_worker.examiner)
    await work.perform(*parts, UUID(version["id"]))
    await studio_of_worker.examiner.close()
    await studio_of_worker.database.close()
    checks: Json = await read(studio, f"/versions/{version['id']}/checks")
    return checks


async def found(rows: Rows, version: Json, **wrong: str) -> None:
    """Settle the examination by hand: these checks found something, the others nothing."""
    findings = [
        {"check": check, "wrong": check in wrong, "detail": wrong.get(check, "Fine."), "figures": {"n": 1.5}, "at": []}
        for check in Check
    ]
    done = "update examinations set state = 'done', finished_at = now(), findings = %s::jsonb where version_id = %s"
    await rows(done, json.dumps(findings), version["id"])


@asynccontextmanager
async def transaction(studio: Studio) -> AsyncIterator[AsyncSession]:
    database = Database(studio.settings.database_url or "")
    async with database.session.begin() as db:
        yield db
    await database.close()


@pytest.fixture
def examining(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEOPS_EXAMINE", "1")


async def test_a_version_is_examined_by_itself_and_everybody_hears_of_it(
    examining: None, studio: Studio, worker: None, rows: Rows
) -> None:
    listening = await psycopg.AsyncConnection.connect(studio.settings.database_url or "", autocommit=True)
    await listening.execute("listen voiceops")
    version = await studio.version(await studio.asset(), TEXT, voice="hibari/heart")
    before = await read(studio, f"/versions/{version['id']}/checks")
    assert (before["state"], before["items"], before["finished_at"]) == ("pending", [], None)
    path = f"/versions/{version['id']}/checks"
    checks = await studio.until(path, lambda now: now["state"] != "pending", 90)
    assert (checks["state"], checks["error"]) == ("done", None)
    assert [item["check"] for item in checks["items"]] == list(Check)
    outcomes = {item["check"]: item["outcome"] for item in checks["items"]}
    assert outcomes == {str(check): "skipped" if check is Check.PACE else "passed" for check in Check}  # too few words for a pace
    assert checks["sayback"] == {"total": 7, "wrong": 0, "differences": []}
    told = [json.loads(notice.payload) async for notice in listening.notifies(timeout=1)]
    await listening.close()
    where = {"type": "version", "id": version["id"], "project_id": studio.project, "asset_id": version["asset_id"]}
    assert {**where, "action": "version.examined"} in told
    ((facts,),) = await rows("select facts from examinations")
    assert facts["cpu_ms"] > 0
    assert facts["recogniser"].startswith("pocketsphinx 5")
    assert await rows("select count(*) from procrastinate_jobs") == [(0,)]


async def test_words_nobody_timed_are_aligned_and_say_so(studio: Studio, worker: None, rows: Rows) -> None:
    version = await studio.version(await studio.asset(), TEXT, voice="hibari/heart")
    words = f"/versions/{version['id']}/words"
    timed = await read(studio, words)
    assert timed["source"] == "provider"
    await rows("set session_replication_role = replica")  # past the triggers
    await rows("update versions set words = '[]'")
    assert await read(studio, words) == {"source": None, "items": []}
    await examined(studio, version)
    aligned = await read(studio, words)
    assert aligned["source"] == "aligned"
    for mine, theirs in zip(aligned["items"], timed["items"], strict=True):
        assert (mine["text"], mine["emphasised"]) == (theirs["text"], theirs["emphasised"])
        assert abs(mine["start_ms"] - theirs["start_ms"]) <= 200
    captions = (await (await studio.person("viewer")).get(f"/versions/{version['id']}/captions.vtt")).text
    assert "we" in captions
    assert "*" not in captions


async def test_captions_are_webvtt_with_the_moment_of_each_word(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset(), "One <two> AT&T. Four.")
    answer = await (await studio.person("viewer")).get(f"/versions/{version['id']}/captions.vtt")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/vtt; charset=utf-8"
    assert answer.text.startswith("WEBVTT\n\n1\n00:00:00.")
    assert "&lt;two&gt;" in answer.text
    assert "&amp;" in answer.text
    silent = await studio.version(await studio.asset("silent"), voice="tone/basic")
    assert (await (await studio.person("viewer")).get(f"/versions/{silent['id']}/captions.vtt")).text == "WEBVTT\n"


CUE: Final = re.compile(r"\d+\n(\d\d:\d\d:\d\d\.\d{3}) --> (\d\d:\d\d:\d\d\.\d{3})\n((?:.+\n?){1,2})")


@pytest.mark.parametrize("gap_ms", [10, 900])
def test_cues_can_be_read_in_time(gap_ms: int) -> None:
    text = "When you call us at night, nobody answers, but a machine does; it listens well. It is --> kind. " * 8 + "x" * 90
    words, at = [], 100
    for word in text.split():
        words.append({"text": word, "start_ms": at, "end_ms": at + 250})
        at += 250 + gap_ms
    head, *blocks = webvtt(words).strip().split("\n\n")
    assert head == "WEBVTT"
    ends, said = "", []
    for number, block in enumerate(blocks, 1):
        match = CUE.fullmatch(block)
        assert match, block
        assert block.startswith(f"{number}\n")
        assert ends <= match[1] < match[2]
        moments = [match[1], *re.findall(r"<([\d:.]+)>", match[3]), match[2]]
        assert moments == sorted(set(moments))
        lines = [re.sub(r"<[\d:.]+>", "", line) for line in match[3].splitlines()]
        assert len(lines) <= 2
        assert all(len(line.replace("&gt;", ">")) <= LINE or " " not in line for line in lines)
        assert "-->" not in match[3]
        said += " ".join(lines).replace("&gt;", ">").split()
        ends = match[2]
    assert said == text.split()


async def test_a_finding_is_waived_once_with_a_reason_and_on_the_record(studio: Studio, worker: None, rows: Rows) -> None:
    version = await studio.version(await studio.asset())
    path = f"/versions/{version['id']}/checks"
    reviewer = await studio.person("reviewer")
    assert refused(await reviewer.post(f"{path}/pause/waive", json=WHY), 409)["possible"] == []
    await found(rows, version, pause="A pause of 2.0 s.")
    shown = {item["check"]: item for item in (await read(studio, path, by="reviewer"))["items"]}
    assert (shown["pause"]["outcome"], shown["pause"]["can"], shown["pace"]["can"]) == ("warning", ["check.waive"], [])
    assert {item["can"] == [] for item in (await read(studio, path, by="author"))["items"]} == {True}
    assert field_of(await reviewer.post(f"{path}/pause/waive", json={})) == "reason"
    refused(await (await studio.person("author")).post(f"{path}/pause/waive", json=WHY), 403)
    refused(await reviewer.post(f"{path}/nothing/waive", json=WHY), 404)
    assert refused(await reviewer.post(f"{path}/pace/waive", json=WHY), 409)["possible"] == ["pause"]
    waived = {item["check"]: item for item in (await reviewer.post(f"{path}/pause/waive", json=WHY)).json()["items"]}
    assert (waived["pause"]["waived"]["reason"], waived["pause"]["can"]) == (WHY["reason"], [])
    assert "waived" in refused(await reviewer.post(f"{path}/pause/waive", json=WHY), 409)["detail"]
    ((event,),) = await rows("select payload::jsonb from audit_events where action = 'check.waive'")
    assert (event["reason"], event["subject"], event["version_id"]) == (
        WHY["reason"],
        {"type": "version", "id": version["id"]},
        version["id"],
    )
    assert event["changes"]["check"] == "pause"
    assert event["changes"]["waived"] == {"from": False, "to": True}


async def test_a_list_of_versions_tells_how_the_checks_of_each_ended_in_one_statement(
    studio: Studio, worker: None, rows: Rows
) -> None:
    asset = await studio.asset()
    path = f"/assets/{asset['id']}/versions"
    pending, paused, failed = [await studio.version(asset, f"Take {number}.") for number in range(3)]
    await found(rows, paused, pause="A pause of 2.0 s.", loudness="Too loud.", pace="Too fast.")
    await rows("update examinations set state = 'failed', finished_at = now(), error = 'Lost.' where version_id = %s", failed["id"])
    block = {"checks": {"pause": "block", "pace": "off"}, "reason": "Pauses are heard"}
    assert (await (await studio.person("owner")).patch(f"/projects/{studio.project}/policy", json=block)).status_code == 200
    none = {"passed": 0, "warnings": 0, "blockers": 0, "waived": 0, "skipped": 0}
    told = {item["id"]: item["checks"] for item in (await read(studio, path))["items"]}
    assert told == {
        pending["id"]: {**none, "state": "pending"},
        paused["id"]: {**none, "state": "done", "passed": 6, "warnings": 1, "blockers": 1},
        failed["id"]: {**none, "state": "failed", "warnings": 7, "blockers": 1},
    }
    waived = f"/versions/{paused['id']}/checks/pause/waive"
    answer = (await (await studio.person("reviewer")).post(waived, json=WHY)).json()
    assert answer["tally"] == {**none, "state": "done", "passed": 6, "warnings": 1, "waived": 1}
    assert (await read(studio, f"/versions/{paused['id']}"))["checks"] == answer["tally"]
    assert await counting(read(studio, path)) == 1


async def counting(asking: Awaitable[Any]) -> int:
    """How many statements count checks until the answer is there."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "jsonb_object_agg" in statement:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await asking
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen)


async def test_two_who_waive_at_once_leave_one_waiver(studio: Studio, worker: None, rows: Rows) -> None:
    version = await studio.version(await studio.asset())
    await found(rows, version, pause="A pause of 2.0 s.")
    people = [await studio.person(role) for role in ("reviewer", "owner")]
    path = f"/versions/{version['id']}/checks/pause/waive"
    answers = await asyncio.gather(*(person.post(path, json=WHY) for person in people * 2))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert await rows("select count(*) from waivers") == [(1,)]


async def test_what_the_policy_blocks_keeps_a_version_from_review_until_it_is_waived(
    studio: Studio, worker: None, rows: Rows
) -> None:
    version = await studio.version(await studio.asset())

    async def stops(**policy: Severity) -> list[str]:
        async with transaction(studio) as db:
            row = await db.get_one(Version, UUID(version["id"]))
            return list(await blockers(db, row, {Check(name): severity for name, severity in policy.items()}))

    block, warn = Severity.BLOCK, Severity.WARN
    assert await stops() == await stops(pause=warn) == []
    assert "still being examined" in (await stops(pace=block))[0]
    await found(rows, version, pause="A pause of 2.0 s.", loudness="Too loud.")
    assert await stops(pause=warn, loudness=Severity.OFF) == []
    assert await stops(pace=block) == []
    assert await stops(pause=block, pace=block) == ["pause: A pause of 2.0 s."]
    reviewer = await studio.person("reviewer")
    assert (await reviewer.post(f"/versions/{version['id']}/checks/pause/waive", json=WHY)).status_code == 200
    assert await stops(pause=block) == []
    assert await stops(pause=block, loudness=block) == ["loudness: Too loud."]


async def test_an_examination_that_failed_blocks_what_it_was_to_check(studio: Studio, worker: None, rows: Rows) -> None:
    version = await studio.version(await studio.asset())
    path = open_studio(studio.settings).store.path(version["audio"]["sha256"])
    assert path is not None
    path.unlink()
    checks = await examined(studio, version)
    assert (checks["state"], checks["error"]) == ("failed", "The audio is not in the storage any more.")
    assert {item["outcome"] for item in checks["items"]} == {"warning"}
    async with transaction(studio) as db:
        row = await db.get_one(Version, UUID(version["id"]))
        assert len(await blockers(db, row, {Check.PAUSE: Severity.BLOCK})) == 1


async def test_an_examination_is_settled_once_by_who_holds_it(studio: Studio, worker: None) -> None:
    version = UUID((await studio.version(await studio.asset()))["id"])
    report: Mapping[str, Any] = {"findings": [], "say_back": None, "words": None, "facts": {}}
    async with transaction(studio) as db:
        late, held = [await claim(db, version) for _ in range(2)]
        assert late is not None
        assert held is not None
        assert not await settle(db, late, **report)
        assert await settle(db, held, **report)
        assert not await settle(db, held, **report)
        assert await claim(db, version) is None


async def test_an_examination_without_a_job_is_queued_again(studio: Studio, worker: None, rows: Rows) -> None:
    await studio.version(await studio.asset())
    await rows("delete from procrastinate_jobs")
    async with transaction(studio) as db:
        assert await queue_missing(db) == 0
    await rows("set session_replication_role = replica")
    await rows("update examinations set made_at = made_at - interval '1 minute'")
    async with transaction(studio) as db:
        assert await queue_missing(db) == 1
    async with transaction(studio) as db:
        assert await queue_missing(db) == 0


async def test_an_examiner_that_dies_is_replaced(studio: Studio) -> None:
    examiner = Examiner(niceness=0)
    subject = Subject("Hello.", "en-US", speed=1.0, sentence_gap_ms=250, words_per_minute=None, timed=False)
    with pytest.raises(ValueError, match="neither WAV nor FLAC"):
        await examiner.examine(subject, b"no audio", seconds=1)
    first = examiner.pid
    assert first is not None
    asking = asyncio.create_task(examiner.examine(subject, b"no audio" * 10_000_000, seconds=1))
    await asyncio.sleep(0.01)
    os.kill(first, 9)
    with pytest.raises(ExaminerLost):
        await asking
    with pytest.raises(ValueError, match="neither"):
        await examiner.examine(subject, b"no audio", seconds=1)
    assert examiner.pid not in {None, first}
    await examiner.close()
    assert examiner.pid is None


async def test_checks_of_what_is_not_here_are_not_found(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset())
    for part in ("checks", "captions.vtt"):
        refused(await (await studio.person("outsider")).get(f"/versions/{version['id']}/{part}"), 404)
        refused(await (await studio.person("author")).get(f"/versions/{uuid4()}/{part}"), 404)
