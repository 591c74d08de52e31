"""`/versions/{version}/audio?format=`: made once when it is first asked for, kept, and gone with its master."""

import asyncio
import hashlib
import io
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from conftest import Rows, Studio, field_of, refused
from sounding import Sound, sound

from voiceops.app import create_app

__all__ = ["sound"]

MADE = {"wav": "audio/wav", "mp3": "audio/mpeg", "opus": "audio/ogg", "ulaw": "audio/wav"}
HEARD = {"wav": ("pcm_s16le", None), "mp3": ("mp3float", 44_100), "opus": ("opus", 48_000), "ulaw": ("pcm_mulaw", 8_000)}


def stored(studio: Studio, sha256: str) -> Path:
    return studio.settings.data / "audio" / sha256[:2] / sha256[2:4] / sha256


def children() -> list[int]:
    """The processes of ours in which renditions are being made."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"voiceops.rendering.child" in (process / "cmdline").read_bytes():
                parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
                found += [int(process.name)] if parent == os.getpid() else []
        except OSError:
            continue
    return found


async def child() -> int:
    """The one process in which a rendition is being made, as soon as there is one."""
    async with asyncio.timeout(10):
        while not (found := children()):
            await asyncio.sleep(0.005)
    return found[0]


async def watched(asking: asyncio.Future[Any]) -> set[int]:
    """All the processes in which renditions are made until somebody has their answer."""
    seen: set[int] = set()
    while not asking.done():
        seen.update(children())
        await asyncio.sleep(0.005)
    return seen


@pytest.mark.parametrize("kind", MADE)
async def test_a_version_can_be_had_in_each_format(sound: Sound, rows: Rows, kind: str) -> None:
    answer = await sound.get(query=f"?format={kind}&download=true")
    file = answer.content
    assert (answer.status_code, answer.headers["content-type"]) == (200, MADE[kind])
    assert answer.headers["etag"] == f'"{hashlib.sha256(file).hexdigest()}"'
    assert int(answer.headers["content-length"]) == len(file)
    suffix = {"ulaw": ".ulaw.wav"}.get(kind, f".{kind}")
    assert answer.headers["content-disposition"] == f'attachment; filename="support-greeting-v1{suffix}"'
    with av.open(io.BytesIO(file), "r") as container:
        codec, rate = container.streams.audio[0].codec_context.name, container.streams.audio[0].rate
        ms = sum(frame.samples for frame in container.decode(audio=0)) * 1000 / rate
    assert (codec, HEARD[kind][1] or rate) == (HEARD[kind][0], rate)
    assert ms == pytest.approx(sound.version["audio"]["duration_ms"], abs=1)
    kept = await rows(
        "select profile, r.sha256, bytes, media_type, state, used_on = current_date from renditions r join blobs using (sha256)"
    )
    assert kept == [(kind, hashlib.sha256(file).hexdigest(), len(file), MADE[kind], "stored", True)]


async def test_the_second_time_it_is_read_from_the_store(sound: Sound, rows: Rows) -> None:
    first = await sound.get(query="?format=mp3")
    seen = await rows("select xmin::text, created_at from renditions")
    sound.stored.unlink()  # nothing can be made of it any more
    again = await sound.get(query="?format=mp3")
    assert (again.status_code, again.content, again.headers["etag"]) == (200, first.content, first.headers["etag"])
    assert await rows("select xmin::text, created_at from renditions") == seen


async def test_a_rendition_is_answered_by_the_same_rules_as_the_master(sound: Sound) -> None:
    whole = await sound.get(query="?format=mp3")
    etag, size = whole.headers["etag"], len(whole.content)
    part = await sound.get(query="?format=mp3", Range="bytes=-100", If_Range=etag)
    assert (part.status_code, part.content) == (206, whole.content[-100:])
    assert part.headers["content-range"] == f"bytes {size - 100}-{size - 1}/{size}"
    assert (await sound.get(query="?format=mp3", Range="bytes=0-1", If_Range=sound.etag)).status_code == 200
    beyond = await sound.get(query="?format=mp3", Range=f"bytes={size}-")
    assert refused(beyond, 416)["detail"]
    assert beyond.headers["content-range"] == f"bytes */{size}"
    known = await sound.get(query="?format=mp3", If_None_Match=etag)
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", etag)
    head = await sound.get(method="HEAD", query="?format=mp3")
    assert (head.status_code, head.headers["content-length"], head.headers["etag"]) == (200, str(size), etag)
    assert (await sound.get(query="?format=opus", If_None_Match=etag)).status_code == 200


async def test_who_only_asks_how_large_it_would_be_has_it_made(sound: Sound, rows: Rows) -> None:
    head = await sound.get(method="HEAD", query="?format=ulaw")
    assert (head.status_code, head.content) == (200, b"")
    assert await rows("select profile, bytes from renditions join blobs using (sha256)") == [
        ("ulaw", int(head.headers["content-length"]))
    ]


async def test_the_master_is_no_rendition(sound: Sound, rows: Rows) -> None:
    assert (await sound.get(query="?format=flac")).content == sound.master
    assert await rows("select count(*) from renditions") == [(0,)]


async def test_a_format_there_is_not_is_told_which_there_are(sound: Sound) -> None:
    answer = await sound.get(query="?format=aac")
    assert field_of(answer) == "format"
    (error,) = answer.json()["errors"]
    assert [kind for kind in ("wav", "flac", "mp3", "opus", "ulaw") if f"'{kind}'" not in error["message"]] == []


async def test_many_who_ask_at_once_have_it_made_once(sound: Sound, rows: Rows) -> None:
    asking = asyncio.gather(*(sound.get(query="?format=mp3") for _ in range(6)))
    assert len(await watched(asking)) == 1
    answers = await asking
    assert len({answer.content for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert await rows("select count(*) from renditions") == [(1,)]


async def test_two_processes_that_make_the_same_at_once_keep_one(studio: Studio, sound: Sound, rows: Rows) -> None:
    other = create_app(studio.settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(other.router.lifespan_context(other))
        transport = httpx.ASGITransport(app=other, client=("192.0.2.8", 4712))
        beside = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://studio.test/api/v1"))
        beside.cookies = sound.client.cookies
        for kind in MADE:
            asked = [one.get(f"{sound.path}?format={kind}") for one in (sound.client, beside)]
            here, there = await asyncio.gather(*asked)
            assert (here.status_code, there.status_code) == (200, 200)
            assert (here.content, here.headers["etag"]) == (there.content, there.headers["etag"])
    assert await rows("select profile from renditions order by 1") == [(kind,) for kind in sorted(MADE)]
    assert await rows("select count(*) from blobs") == [(1 + len(MADE),)]


async def test_versions_of_the_same_audio_share_its_bytes(studio: Studio, worker: None, rows: Rows) -> None:
    asset = await studio.asset()
    one, two = [await studio.version(asset) for _ in range(2)]
    assert one["audio"]["sha256"] == two["audio"]["sha256"]
    client = await studio.person("viewer")
    answers = [await client.get(f"/versions/{version['id']}/audio?format=mp3") for version in (one, two)]
    assert answers[0].content == answers[1].content
    assert await rows("select count(*), count(distinct sha256) from renditions") == [(2, 1)]


async def test_the_day_it_was_last_wanted_is_noted_once_a_day(sound: Sound, rows: Rows) -> None:
    await sound.get(query="?format=ulaw")
    await rows("update renditions set used_on = current_date - 30")
    etag = (await sound.get(query="?format=ulaw", Range="bytes=0-0")).headers["etag"]
    noted = await rows("select xmin::text, used_on = current_date from renditions")
    assert noted[0][1]
    assert (await sound.get(query="?format=ulaw", If_None_Match=etag)).status_code == 304
    assert await rows("select xmin::text, used_on = current_date from renditions") == noted


async def test_a_rendition_whose_bytes_are_gone_is_made_anew(studio: Studio, sound: Sound, rows: Rows) -> None:
    first = await sound.get(query="?format=opus")
    stored(studio, first.headers["etag"].strip('"')).unlink()
    again = await sound.get(query="?format=opus")
    assert (again.status_code, again.content) == (200, first.content)
    await rows("update blobs set state = 'dropped' where sha256 = %s", first.headers["etag"].strip('"'))
    third = await sound.get(query="?format=opus")
    assert (third.status_code, third.content) == (200, first.content)
    assert await rows("select state from blobs where sha256 = %s", first.headers["etag"].strip('"')) == [("stored",)]
    assert await rows("select count(*) from renditions") == [(1,)]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_with_the_master_all_of_it_is_gone(sound: Sound, rows: Rows, method: str) -> None:
    etag = (await sound.get(query="?format=mp3")).headers["etag"]
    await rows("update blobs set state = 'dropped' where sha256 = %s", sound.version["audio"]["sha256"])
    for query in ("", "?format=flac", "?format=mp3", "?format=wav"):
        answer = await sound.get(method=method, query=query, If_None_Match=etag)
        assert answer.status_code == 410, query
        if method == "GET":
            assert "dropped" in refused(answer, 410)["detail"]


async def test_what_is_dropped_while_a_rendition_of_it_is_made_leaves_none(sound: Sound, rows: Rows) -> None:
    asking = asyncio.create_task(sound.get(query="?format=mp3"))
    at_work = await child()
    os.kill(at_work, signal.SIGSTOP)
    await rows("update blobs set state = 'dropped' where sha256 = %s", sound.version["audio"]["sha256"])
    os.kill(at_work, signal.SIGCONT)
    assert "dropped" in refused(await asking, 410)["detail"]
    assert await rows("select count(*) from renditions") == [(0,)]


async def test_damaged_audio_is_told_and_nothing_kept_of_it(sound: Sound, rows: Rows) -> None:
    sound.stored.chmod(0o600)
    sound.stored.write_bytes(sound.master[:-1] + bytes([sound.master[-1] ^ 1]))
    assert "damaged" in refused(await sound.get(query="?format=mp3"), 503)["detail"]
    assert await rows("select count(*) from renditions") == [(0,)]


async def test_a_rendition_whose_process_dies_is_told_and_made_the_next_time(sound: Sound) -> None:
    asking = asyncio.create_task(sound.get(query="?format=mp3"))
    os.kill(await child(), signal.SIGKILL)
    assert "Trying again" in refused(await asking, 503)["detail"]
    assert (await sound.get(query="?format=mp3")).status_code == 200


async def test_it_is_made_to_its_end_though_whoever_asked_has_gone(sound: Sound, rows: Rows) -> None:
    asking = asyncio.create_task(sound.get(query="?format=mp3"))
    first = await child()
    asking.cancel()
    again = asyncio.create_task(sound.get(query="?format=mp3"))
    assert await watched(again) <= {first}
    assert (await again).status_code == 200


async def test_a_server_that_stops_takes_what_it_was_making_along(studio: Studio, sound: Sound) -> None:
    other = create_app(studio.settings)
    async with asyncio.timeout(20), other.router.lifespan_context(other):
        transport = httpx.ASGITransport(app=other, client=("192.0.2.8", 4712))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://studio.test/api/v1", cookies=sound.client.cookies
        ) as beside:
            asking = asyncio.create_task(beside.get(f"{sound.path}?format=mp3"))
            at_work = await child()
            os.kill(at_work, signal.SIGSTOP)  # it would take for ever
            asking.cancel()
    assert at_work not in children()


async def test_nobody_else_can_have_it(studio: Studio, sound: Sound, rows: Rows) -> None:
    outsider = await studio.person("outsider")
    assert refused(await outsider.get(f"{sound.path}?format=mp3"), 404)
    assert await rows("select count(*) from renditions") == [(0,)]


async def test_it_leaves_nothing_in_the_record(sound: Sound, rows: Rows) -> None:
    before = await rows("select count(*) from audit_events")
    await sound.get(query="?format=mp3")
    assert await rows("select count(*) from audit_events") == before
