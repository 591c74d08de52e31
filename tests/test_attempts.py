"""Attempts at a generation: how long one may take, what it may bring back, and how long the next one waits."""

import asyncio
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from conftest import Json, Rows, Studio

from voiceops.jobs import Again
from voiceops.worker import open_studio, perform


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a second for a voice that takes five, ten times half a second or all at once, and try once."""
    monkeypatch.setenv("VOICEOPS_SPEAK_TIMEOUT", "1")
    monkeypatch.setenv("VOICEOPS_GENERATION_ATTEMPTS", "1")


@pytest.fixture
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take no audio of more than a minute."""
    monkeypatch.setenv("VOICEOPS_MAX_SPEECH_MINUTES", "1")


@pytest.fixture
def a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave more than the usual 50 ms before the second attempt, so that there is time to mend what failed the first."""
    monkeypatch.setenv("VOICEOPS_RETRY_WAIT", "1")


async def waits(studio: Studio, generation: Json, count: int, **settings: float) -> list[float]:
    """How many seconds each of `count` attempts asks to wait before the next."""
    work = open_studio(studio.settings.model_copy(update=settings))
    asked = []
    for _ in range(count):
        try:
            await perform(work, UUID(generation["id"]))
        except Again as again:
            asked.append(again.wait)
    await work.database.close()
    return asked


@pytest.mark.usefixtures("impatient")
async def test_a_voice_that_does_not_answer_in_time_is_given_up(studio: Studio, worker: None) -> None:
    generation = await studio.ended(await studio.ask(await studio.asset(), voice="tone/late"), within=4)
    assert (generation["status"], generation["error"]["code"], generation["version_id"]) == ("failed", "timeout", None)


@pytest.mark.usefixtures("impatient")
async def test_a_voice_that_gets_on_may_take_its_time(studio: Studio, worker: None) -> None:
    generation = await studio.ended(await studio.ask(await studio.asset(), voice="tone/slow"))
    assert generation["status"] == "succeeded"


@pytest.mark.usefixtures("one_minute")
async def test_audio_that_turned_out_too_long_is_not_kept(studio: Studio, worker: None) -> None:
    text = " ".join(["Donaudampfschifffahrtsgesellschaftskapitaen"] * 50)  # words, by which length is foreseen, of 1.6 s each
    generation = await studio.ended(await studio.ask(await studio.asset(), text))
    assert (generation["status"], generation["error"]["code"], generation["version_id"]) == ("failed", "too_long", None)
    assert kept(studio.settings.data / "audio") == []


async def test_the_wait_doubles_with_each_attempt(studio: Studio) -> None:
    generation = await studio.ask(await studio.asset(), voice="tone/down")
    waited = await waits(studio, generation, 4, retry_wait=10.0)
    assert waited == pytest.approx([10, 20, 40], rel=0.2)  # each spread a little, so that not all come back at once


async def test_a_vendor_that_asks_for_more_time_gets_it(studio: Studio) -> None:
    generation = await studio.ask(await studio.asset(), voice="tone/down")  # it asks for a second; without, this waits 50 ms
    assert await waits(studio, generation, 2) == [1.0, 1.0]


async def test_the_queue_keeps_the_wait(studio: Studio, worker: None, rows: Rows) -> None:
    generation = await studio.ask(await studio.asset(), voice="tone/down")
    await rows("create table told (wait interval)")
    await rows("grant insert on told to public")
    await rows(
        "create function tell() returns trigger language plpgsql as"
        " 'begin insert into told values (new.scheduled_at - clock_timestamp()); return null; end'"
    )
    await rows(
        "create trigger tell after update on procrastinate_jobs for each row"
        " when (new.scheduled_at is distinct from old.scheduled_at) execute function tell()"
    )
    ended = await studio.ended(generation)
    assert (ended["attempt"], ended["error"]["code"]) == (4, "unavailable")
    told = [float(seconds) for (seconds,) in await rows("select extract(epoch from wait) from told")]
    assert len(told) == 3
    assert all(0.5 < seconds <= 1.0 for seconds in told), told


@pytest.mark.usefixtures("a_second")
async def test_a_storage_that_does_not_work_is_tried_again(studio: Studio, worker: None) -> None:
    incoming = studio.settings.data / "audio/incoming"
    away = incoming.rename(incoming.with_name("away"))
    incoming.write_text("in the way")
    generation = await studio.ask(await studio.asset())
    waiting = await studio.until(f"/generations/{generation['id']}", lambda now: now["error"] is not None)
    assert (waiting["status"], waiting["error"]["code"]) == ("queued", "storage_unavailable")
    incoming.unlink()
    away.rename(incoming)
    ended = await studio.ended(generation)
    assert (ended["status"], ended["error"]) == ("succeeded", None)
    assert ended["attempt"] > 1


async def test_a_worker_that_may_write_no_more_fails_the_generation_and_leaves_nothing(studio: Studio) -> None:
    text = "A sentence that is long enough to be more than a few kilobytes of sound. " * 5
    generation = await studio.ask(await studio.asset(), text)
    command = ["/bin/sh", "-c", 'ulimit -f 8; exec "$0" -m voiceops worker', sys.executable]
    limited = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ended = await studio.ended(generation)
    finally:
        limited.kill()
        await limited.wait()
    assert (ended["status"], ended["error"]["code"]) == ("failed", "storage_full")
    assert kept(studio.settings.data / "audio") == []


def kept(audio: Path) -> list[Path]:
    """Whatever lies in the store but signed checkpoints of the record, which lie beside the audio."""
    return [path for path in audio.rglob("*") if path.is_file() and path.relative_to(audio).parts[0] != "audit"]
