"""After a crash: what was accepted ends once, with one version or with a reason; what was half done leaves nothing."""

import asyncio
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from conftest import Json, Rows, Studio

from bench.crashing import SLOW_S
from bench.studio import Studio as RealStudio
from bench.studio import wait_until
from voiceops.db import Database
from voiceops.workflow import settling
from voiceops.workflow.settling import Take

STALLED_AFTER_S = 1.5
PLAIN = (sys.executable, "-m", "voiceops", "worker")
QUICK = (sys.executable, "-m", "bench.crashing", "worker")  # its slow voice takes 1.5 s, not 5
TAKE = Take(
    sha256="c" * 64,
    media_type="audio/flac",
    size=1,
    sample_rate_hz=24_000,
    duration_ms=1,
    measurements={},
    peaks={},
    words=[],
    applied={},
    metadata={},
    unspoken="",
    audio=b"",
)

Process = subprocess.Popen[bytes]


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take workers for dead soon."""
    monkeypatch.setenv("VOICEOPS_STALLED_AFTER", str(STALLED_AFTER_S))


@contextmanager
def process(*command: str, **environment: str) -> Iterator[Process]:
    """A part of the studio as a process of its own, a worker unless told; it finds the test's database by the same settings."""
    started = subprocess.Popen(command or QUICK, env={**os.environ, **environment})
    try:
        yield started
    finally:
        started.send_signal(signal.SIGCONT)
        started.kill()
        started.wait()


@pytest.fixture
def full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Keep the audio on a real filesystem of one megabyte, filled up but for a few bytes."""
    place = tmp_path / "disk"
    place.mkdir()
    command: list[str | Path] = ["/usr/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place]
    mounted = subprocess.run(command, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"cannot mount a small disk here: {mounted.stderr.strip()}")
    monkeypatch.setenv("VOICEOPS_STORAGE_URL", (place / "audio").as_uri())
    with suppress(OSError), (place / "filler").open("wb", buffering=0) as filler:
        while filler.write(bytes(4096)):
            pass
    yield place
    subprocess.run(["/usr/bin/umount", "--lazy", place], check=True)


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
        return number


async def running(studio: Studio, generation: Json, attempt: int = 1) -> None:
    """Wait until it runs for at least so many times: a busy machine may take a worker for dead that only waits for it."""
    path = f"/generations/{generation['id']}"
    await studio.until(path, lambda now: now["status"] == "running" and now["attempt"] >= attempt)


async def story(rows: Rows, generation: Json) -> list[str]:
    """What the audit tells of a generation, in order."""
    found = await rows("select action from audit_events where subject_id = %s order by seq", generation["id"])
    return [str(action) for (action,) in found]


async def versions(rows: Rows) -> list[int]:
    return [int(number) for (number,) in await rows("select number from versions order by number")]


async def test_what_a_killed_worker_held_becomes_one_version_soon_after(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset(), voice="tone/slow")
    with process() as killed:
        await running(studio, generation)
        killed.kill()
    with process():
        await running(studio, generation, attempt=2)
        assert (await studio.ended(generation))["status"] == "succeeded"
        assert await eventually(rows, "select count(*) = 0 from procrastinate_jobs where task_name = 'generate'")
    assert await versions(rows) == [1]
    assert await story(rows, generation) == ["generation.request", "generation.succeed"]


async def test_a_worker_that_wakes_late_changes_nothing(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset(), voice="tone/slow")
    with process() as asleep:
        await running(studio, generation)
        asleep.send_signal(signal.SIGSTOP)
        with process():
            ended = await studio.ended(generation)
            assert (ended["status"], ended["attempt"]) == ("succeeded", 2)
            asleep.send_signal(signal.SIGCONT)
            assert await studio.version(await studio.asset("support/after")), "both work on"
            await asyncio.sleep(SLOW_S)
    assert await story(rows, generation) == ["generation.request", "generation.succeed"]
    assert await versions(rows) == [1, 1]


async def test_a_worker_that_wakes_early_leaves_its_successor_in_peace(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset(), voice="tone/slow")
    with process(*PLAIN) as asleep:
        await running(studio, generation)
        asleep.send_signal(signal.SIGSTOP)
        with process(*PLAIN):
            await running(studio, generation, attempt=2)
            asleep.send_signal(signal.SIGCONT)
            ended = await studio.ended(generation)
    assert (ended["status"], ended["attempt"] >= 2) == ("succeeded", True)
    assert await story(rows, generation) == ["generation.request", "generation.succeed"]


async def test_being_interrupted_counts_as_no_attempt_and_failing_does(studio: Studio) -> None:
    generation = await studio.ask(await studio.asset())
    database = Database(studio.settings.database_url or "")
    for failed in (False, False, True, False, True):
        async with database.session.begin() as db:
            held = await settling.claim(db, UUID(generation["id"]))
            assert held
            assert await settling.put_back(db, held, code="ended", message="It ended.", failed=failed)
    async with database.session.begin() as db:
        held = await settling.claim(db, UUID(generation["id"]))
    await database.close()
    assert held
    assert (held.attempt, held.failures, held.deaths) == (6, 2, 0)


async def test_what_waits_for_a_provider_that_is_off_ends_with_that_reason(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset())
    with process(*PLAIN, VOICEOPS_PROVIDERS="hibari"):
        ended = await studio.ended(generation)
    assert (ended["status"], ended["error"]["code"]) == ("failed", "provider_off")
    assert await story(rows, generation) == ["generation.request", "generation.fail"]


async def test_a_job_whose_end_its_worker_could_not_tell_is_replaced(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset())
    await rows("select procrastinate_register_worker_v1()")
    await rows("update procrastinate_workers set last_heartbeat = now() + interval '1 hour'")  # it lives, and is busy with another
    await rows("update procrastinate_jobs set status = 'doing', worker_id = (select id from procrastinate_workers)")
    await rows("update procrastinate_events set at = now() - interval '1 minute'")
    with process():
        assert (await studio.ended(generation))["status"] == "succeeded"
    assert await versions(rows) == [1]


async def test_only_the_last_who_claimed_settles(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset())
    database = Database(studio.settings.database_url or "")
    claims = []
    for _ in range(2):
        async with database.session.begin() as db:
            claims.append(await settling.claim(db, UUID(generation["id"])))
    first, last = claims
    assert first
    assert last
    async with database.session.begin() as db:
        assert not await settling.keep(db, first, 0.5)
        assert not await settling.fail(db, first, code="late", message="Too late.")
        assert not await settling.put_back(db, first, code="late", message="Too late.", failed=True)
        assert not await settling.succeed(db, first, TAKE)
        assert await settling.succeed(db, last, TAKE)
        assert not await settling.succeed(db, last, replace(TAKE, sha256="d" * 64)), "nor does it settle twice"
    await database.close()
    assert await versions(rows) == [1]
    assert await story(rows, generation) == ["generation.request", "generation.succeed"]


async def test_a_generation_that_lost_its_job_gets_another(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset())
    await rows("delete from procrastinate_jobs")
    with process():
        assert (await studio.ended(generation))["status"] == "succeeded"
    assert await versions(rows) == [1]


async def test_a_worker_told_to_stop_hands_back_what_it_cannot_finish(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset(), voice="tone/slow")
    with process(*PLAIN) as told:
        await running(studio, generation)
        told.send_signal(signal.SIGTERM)
        assert told.wait(15) == 0
    waiting = await studio.until(f"/generations/{generation['id']}", lambda _: True)
    assert (waiting["status"], waiting["error"]["code"]) == ("queued", "worker_stopped")
    assert await rows("select status::text, scheduled_at <= now() from procrastinate_jobs") == [("todo", True)]
    with process():
        assert (await studio.ended(generation))["status"] == "succeeded"
    assert await versions(rows) == [1]


async def test_what_kills_its_worker_every_time_ends_with_that_reason(studio: Studio, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset())
    await rows("update generations set attempt = 3")  # it has killed three
    with process(BENCH_CRASH="stored=1") as fourth:
        assert fourth.wait(20) == -signal.SIGKILL
    with process(BENCH_CRASH="stored=1"):
        ended = await studio.ended(generation)
    assert (ended["status"], ended["error"]["code"]) == ("failed", "worker_died")
    assert await versions(rows) == []
    assert await story(rows, generation) == ["generation.request", "generation.fail"]


@pytest.mark.parametrize("point", ["writing", "stored", "settling", "performed"])
async def test_wherever_a_worker_dies_there_is_one_version_and_no_half_file(studio: Studio, rows: Rows, point: str) -> None:
    generation = await studio.ask(await studio.asset())
    with process(BENCH_CRASH=f"{point}=1") as dying:
        assert dying.wait(20) == -signal.SIGKILL
    audio = studio.settings.data / "audio"
    assert all(hashlib.sha256(file.read_bytes()).hexdigest() == file.name for file in kept(audio))
    with process():
        assert (await studio.ended(generation))["status"] == "succeeded"
        assert await eventually(rows, "select count(*) = 0 from procrastinate_jobs where task_name = 'generate'")
    assert await versions(rows) == [1]
    assert len(kept(audio)) == 1
    assert await story(rows, generation) == ["generation.request", "generation.succeed"]


async def test_an_answer_that_was_lost_is_given_again_under_its_key(studio: Studio, rows: Rows, free_port: int) -> None:
    asset = await studio.asset()
    author = await studio.person("author")
    path, body, headers = f"/assets/{asset['id']}/generations", {"text": "Hello.", "voice": "tone/plain"}, {"Idempotency-Key": "k"}
    url = f"http://127.0.0.1:{free_port}"
    serve = (sys.executable, "-m", "bench.crashing", "serve")
    with process(*serve, BENCH_CRASH="committed=1", VOICEOPS_PORT=str(free_port)) as dying:
        assert wait_until(lambda: answers(f"{url}/healthz"), within=60)
        async with httpx.AsyncClient(cookies=dict(author.cookies)) as client:
            with pytest.raises(httpx.TransportError):
                await client.post(f"{url}/api/v1{path}", json=body, headers=headers)
        assert dying.wait(5) == -signal.SIGKILL
    again = await author.post(path, json=body, headers=headers)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (202, "true")
    assert await rows("select id::text from generations") == [(again.json()["id"],)]


async def test_a_full_disk_fails_the_generation_and_leaves_nothing_of_it(full_disk: Path, studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    generation = await studio.ended(await studio.ask(asset))
    assert (generation["status"], generation["error"]["code"]) == ("failed", "storage_full")
    assert files(full_disk) == [full_disk / "filler"]
    files(full_disk)[0].unlink()
    again = await (await studio.person("author")).post(f"/generations/{generation['id']}/retry")
    assert again.status_code == 200
    ended = await studio.ended(generation)
    assert (ended["status"], ended["error"]) == ("succeeded", None)


def test_worker_and_api_heal_when_postgresql_was_killed() -> None:
    with RealStudio(PROVIDERS="tone", STALLED_AFTER=str(STALLED_AFTER_S)) as real:
        real.start()
        cookies = real.sign_in()
        with httpx.Client(base_url=f"{real.url}/api/v1", cookies=cookies, timeout=20) as author:
            project = author.get("/projects").json()["items"][0]["id"]
            asset = author.post(f"/projects/{project}/assets", json={"key": "support/crash", "title": "Crash"}).json()["id"]
            asked = author.post(f"/assets/{asset}/generations", json={"text": "Hello.", "voice": "tone/slow"}).json()
            path = f"/generations/{asked['id']}"
            assert wait_until(lambda: author.get(path).json()["status"] == "running", within=60)
            os.kill(real.pids("postgres")[0], signal.SIGKILL)
            assert wait_until(lambda: status_of(author, path) == "succeeded", within=45)
            assert author.get(f"/assets/{asset}/versions").json()["items"][0]["number"] == 1
        assert real.rows("select count(*) from versions where asset_id = %s", asset) == [(1,)]
        assert real.stop() == 0


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def kept(audio: Path) -> list[Path]:
    """Stored bytes of versions; signed checkpoints of the record lie beside them."""
    return [file for file in files(audio) if file.relative_to(audio).parts[0] not in {"incoming", "audit"}]


def status_of(client: httpx.Client, path: str) -> str | None:
    """What a generation is doing; nothing while the database is away."""
    answer = client.get(path)
    assert answer.status_code in {200, 503}, answer.text
    return str(answer.json()["status"]) if answer.is_success else None


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).is_success
    except httpx.TransportError:
        return False


async def eventually(rows: Rows, query: str) -> bool:
    deadline = time.monotonic() + 30  # on a busy machine; how soon is measured elsewhere
    while await rows(query) != [(True,)]:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.05)
    return True
