"""`/versions/{version}/audio`: HTTP's own rules, kept to the byte."""

import hashlib
import io
import os

import numpy as np
import pytest
import soundfile
from conftest import field_of, refused
from sounding import Sound, sound

__all__ = ["sound"]


async def test_the_master_comes_as_it_was_stored(sound: Sound) -> None:
    answer = await sound.get()
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == sound.version["audio"]["sha256"]
    assert answer.headers["etag"] == sound.etag
    assert answer.headers["content-type"] == sound.version["audio"]["media_type"] == "audio/flac"
    assert int(answer.headers["content-length"]) == sound.version["audio"]["bytes"] == len(answer.content)
    assert answer.headers["accept-ranges"] == "bytes"
    assert "private" in answer.headers["cache-control"]
    assert "content-disposition" not in answer.headers


async def test_head_tells_all_that_get_tells(sound: Sound) -> None:
    for query in ("", "?format=wav", "?download=true"):
        head, got = await sound.get(method="HEAD", query=query), await sound.get(query=query)
        assert (head.status_code, head.content) == (200, b"")
        different = {"x-request-id"}
        assert {name: value for name, value in head.headers.items() if name not in different} == {
            name: value for name, value in got.headers.items() if name not in different
        }


async def test_a_range_is_answered_to_the_byte(sound: Sound) -> None:
    size = len(sound.master)
    ranges = {
        "bytes=0-0": (0, 1),
        "bytes=0-99": (0, 100),
        "bytes=100-199": (100, 200),
        f"bytes={size - 1}-": (size - 1, size),
        "bytes=100-": (100, size),
        "bytes=-100": (size - 100, size),
        f"bytes=-{size * 2}": (0, size),
        f"bytes=0-{size * 2}": (0, size),
        f"bytes=0-{'9' * 18}": (0, size),
    }
    for asked, (start, end) in ranges.items():
        answer = await sound.get(Range=asked)
        assert (answer.status_code, answer.content) == (206, sound.master[start:end]), asked
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert int(answer.headers["content-length"]) == end - start
        assert answer.headers["etag"] == sound.etag


async def test_a_range_that_makes_no_sense_is_ignored(sound: Sound) -> None:
    for asked in (
        "bytes=5-2",
        "bytes=-",
        "bytes=a-b",
        "bytes=",
        "bytes 0-1",
        "bytes=0-1,5-6",
        "bytes=0-1, -1",
        "items=0-1",
        "seconds=0-1",
        "bytes=1.5-2",
        "bytes=--1",
        "bytes=0-" + "9" * 5000,
        "bytes=" + "9" * 5000 + "-",
        "bytes=\u0660-\u0661",
        "",
    ):
        answer = await sound.client.get(sound.path, headers=[(b"Range", asked.encode())])
        assert (answer.status_code, answer.content) == (200, sound.master), asked
        assert "content-range" not in answer.headers


async def test_a_range_beyond_the_end_is_416_and_tells_the_length(sound: Sound) -> None:
    size = len(sound.master)
    for asked in (f"bytes={size}-", f"bytes={size}-{size + 5}", "bytes=-0", f"bytes={'9' * 18}-"):
        answer = await sound.get(Range=asked)
        assert refused(answer, 416)["detail"], asked
        assert answer.headers["content-range"] == f"bytes */{size}"


async def test_who_has_it_is_not_sent_it_again(sound: Sound) -> None:
    for known in (sound.etag, f"W/{sound.etag}", "*", f'"other", {sound.etag}', f" {sound.etag} "):
        answer = await sound.get(If_None_Match=known, Range="bytes=0-1")
        assert (answer.status_code, answer.content) == (304, b""), known
        assert answer.headers["etag"] == sound.etag
        assert "content-length" not in answer.headers
    for other in ('"other"', sound.etag.strip('"'), ""):
        assert (await sound.get(If_None_Match=other)).status_code == 200, other
    assert (await sound.get(method="HEAD", If_None_Match=sound.etag)).status_code == 304


async def test_a_range_holds_only_if_the_audio_is_still_the_same(sound: Sound) -> None:
    assert (await sound.get(Range="bytes=0-1", If_Range=sound.etag)).status_code == 206
    for other in ('"other"', f"W/{sound.etag}", "Sun, 22 Nov 2026 10:00:00 GMT"):
        answer = await sound.get(Range="bytes=0-1", If_Range=other)
        assert (answer.status_code, answer.content) == (200, sound.master), other


async def test_a_wav_has_the_same_samples_and_true_lengths(sound: Sound) -> None:
    answer = await sound.get(query="?format=wav")
    wav = answer.content
    assert answer.headers["content-type"] == "audio/wav"
    assert int(answer.headers["content-length"]) == len(wav)
    assert (wav[:4], int.from_bytes(wav[4:8], "little"), wav[8:12]) == (b"RIFF", len(wav) - 8, b"WAVE")
    with soundfile.SoundFile(io.BytesIO(wav)) as file:
        assert (file.format, file.subtype, file.samplerate) == ("WAV", "PCM_16", sound.version["audio"]["sample_rate_hz"])
        assert file.frames == round(sound.version["audio"]["duration_ms"] * file.samplerate / 1000)
        samples = file.read(dtype="int16")
    master, _ = soundfile.read(io.BytesIO(sound.master), dtype="int16")
    assert np.array_equal(samples, master)


async def test_each_format_has_a_validator_of_its_own(sound: Sound) -> None:
    wav = await sound.get(query="?format=wav")
    assert wav.headers["etag"] not in {sound.etag, f"W/{sound.etag}"}
    assert (await sound.get(query="?format=wav", If_None_Match=sound.etag)).status_code == 200
    assert (await sound.get(query="?format=wav", If_None_Match=wav.headers["etag"])).status_code == 304
    part = await sound.get(query="?format=wav", Range="bytes=0-3", If_Range=wav.headers["etag"])
    assert (part.status_code, part.content) == (206, b"RIFF")
    flac = await sound.get(query="?format=flac")
    assert (flac.headers["etag"], flac.content) == (sound.etag, sound.master)


async def test_a_format_there_is_not_is_named(sound: Sound) -> None:
    for other in ("aiff", "", "WAV", "../wav"):
        assert field_of(await sound.get(query=f"?format={other}")) == "format"
    assert field_of(await sound.get(query="?download=perhaps")) == "download"


async def test_a_download_has_a_name(sound: Sound) -> None:
    master, wav = await sound.get(query="?download=true"), await sound.get(query="?download=true&format=wav")
    assert master.headers["content-disposition"] == 'attachment; filename="support-greeting-v1.flac"'
    assert wav.headers["content-disposition"] == 'attachment; filename="support-greeting-v1.wav"'


@pytest.mark.parametrize("query", ["", "?format=wav"])
async def test_audio_that_is_gone_is_a_problem_and_no_broken_file(sound: Sound, query: str) -> None:
    sound.stored.unlink()
    for headers in ({}, {"Range": "bytes=0-9"}):
        told = refused(await sound.get(query=query, **headers), 503)
        assert told["detail"] == "The audio is not in the storage."
    assert (await sound.get(method="HEAD", query=query)).status_code == 503


async def test_damaged_audio_is_not_decoded(sound: Sound) -> None:
    os.chmod(sound.stored, 0o600)  # noqa: PTH101 - what is stored is read-only
    sound.stored.write_bytes(sound.master[:-1] + bytes([sound.master[-1] ^ 1]))
    assert "damaged" in refused(await sound.get(query="?format=wav"), 503)["detail"]
