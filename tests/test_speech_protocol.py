"""The provider `speech` and servers that answer badly: each fault ends in the right words, tried again only if that helps."""

import asyncio
import gzip
import io
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import numpy as np
import pytest
import soundfile
from conftest import Studio
from speech_servers import KEY, Answer, Attempt, Faulty, attempt, beep, faulty, http, silences, streamed, trickling, use

from voiceops.config import Settings
from voiceops.providers import load
from voiceops.providers.base import Pause, ProviderError, Request, Span
from voiceops.worker import Progress

WAV = beep()
QUOTA = {"error": {"message": "You exceeded your current quota.", "type": "insufficient_quota", "code": "insufficient_quota"}}
VALIDATION = {"detail": [{"loc": ["body", "speed"], "msg": "Input should be less than 2", "type": "less_than"}]}
HOSTILE = {"error": {"message": "a\x00b\ud800 \u202ec\n" + "long " * 1_000, "code": ["no", "text"], "type": None}}
QUOTED = {"error": {"message": f"Incorrect key {KEY} given"}}
MANY = b"".join([b"RIFF\xff\xff\xff\xffWAVE", bytes(4096)])


@pytest.fixture
async def speech() -> AsyncIterator[Faulty]:
    async with faulty() as running:
        running.answers = [http(200, WAV)]
        yield running


@pytest.fixture
def settings(settings: Settings, speech: Faulty, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Settings:
    usual = {"URL": speech.url, "KEY": KEY, "VOICES": "alloy"}
    return use(monkeypatch, usual | getattr(request, "param", {}))


async def once(studio: Studio, text: str = "Hello there.", **more: object) -> Attempt:
    return await attempt(studio, await studio.ask(await studio.asset(), text, voice="speech/alloy", **more))


async def heard(studio: Studio, tried: Attempt) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], int]:
    path = f"/versions/{tried.generation['version_id']}/audio"
    samples, rate = soundfile.read(io.BytesIO((await (await studio.person("viewer")).get(path)).content))
    return samples, rate


FOR_GOOD: dict[str, tuple[bytes, str, str]] = {
    "unauthorized": (http(401, QUOTED), "key_refused", "The speech server refused the key."),
    "forbidden": (http(403), "key_refused", "The speech server refused the key."),
    "quota": (http(429, QUOTA), "no_credit", "The account at the speech server has no credit left."),
    "payment": (http(402), "no_credit", "The account at the speech server has no credit left."),
    "bad request": (http(400, QUOTED), "refused", "The speech server refused with 400: Incorrect key … given"),
    "validation": (http(422, VALIDATION), "refused", "The speech server refused with 422: Input should be less than 2"),
    "plain text": (http(404, b"No such model", content_type="text/plain"), "refused", "… refused with 404: No such model"),
    "web page": (http(404, b"<h1>Nothing</h1>", content_type="text/html"), "refused", "The speech server refused with 404."),
    "redirect": (
        http(307, location="http://127.0.0.1:9/v1"),
        "redirected",
        "… points to another address, and that is not followed.",
    ),
    "not audio": (
        http(200, b"<h1>Sign in</h1>", content_type="text/html"),
        "not_audio",
        "… text/html instead of the WAV it was asked for.",
    ),
    "mp3": (
        http(200, b"ID3" + bytes(99), content_type="audio/mpeg"),
        "not_audio",
        "… audio/mpeg instead of the WAV it was asked for.",
    ),
    "nothing": (http(200), "not_audio", "… application/json instead of the WAV it was asked for."),
    "compressed": (http(200, gzip.compress(bytes(10**7)), content_encoding="gzip"), "not_audio", "… answered compressed, unasked."),
    "truncated": (http(200, WAV[:-1000]), "truncated", "The WAV file declares 24000 bytes of audio and holds 23000."),
    "header only": (http(200, WAV[:30]), "truncated", "The WAV file ends before its audio begins."),
    "silence": (http(200, beep(0, tail_s=1)), "silent", "The voice answered with silence."),
}


@pytest.mark.parametrize("fault", FOR_GOOD)
async def test_what_asking_again_cannot_mend_fails_at_once(studio: Studio, speech: Faulty, fault: str) -> None:
    answer, code, said = FOR_GOOD[fault]
    speech.answers = [answer]
    tried = await once(studio)
    assert (tried.generation["status"], tried.wait, tried.error[0]) == ("failed", None, code)
    assert tried.error[1].endswith(said.removeprefix("…"))
    assert len(speech.asked) == 1


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """An answer that is no answer."""
    writer.transport.abort()


PASSING: dict[str, tuple[Answer, str, str]] = {
    "busy": (http(429, {"error": {"code": "rate_limit_exceeded"}}), "busy", "The speech server is busy."),
    "broken": (http(500, {"detail": "Out of memory"}), "server_failed", "The speech server failed with 500: Out of memory"),
    "gateway": (
        http(502, b"<h1>Bad gateway</h1>", content_type="text/html"),
        "server_failed",
        "The speech server failed with 502.",
    ),
    "cut off": (http(200, WAV)[:-1000], "connection_lost", "The connection to the speech server broke while it spoke."),
    "hung up": (hang_up, "connection_lost", "The connection to the speech server broke while it spoke."),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", "connection_lost", "The connection to the speech server broke while it spoke."),
}


@pytest.mark.parametrize("fault", PASSING)
async def test_what_may_pass_is_tried_again_and_then_speaks(studio: Studio, speech: Faulty, fault: str) -> None:
    answer, code, said = PASSING[fault]
    speech.answers = [answer, http(200, WAV)]
    tried = await once(studio)
    assert tried.wait is not None
    assert (tried.generation["status"], tried.error) == ("queued", (code, said))
    again = await attempt(studio, tried.generation)
    assert (again.generation["status"], again.generation["error"]) == ("succeeded", None)


def in_seconds(seconds: float) -> str:
    """A date as HTTP writes it."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 7),
        (600, 500, 600),
        (-60, 0, 1),
        ("Tue, 24 Nov 2026", 0, 1),
        ("soon", 0, 1),
        ("-5", 0, 1),
        ("nan", 0, 1),
        ("999999999", 3600, 3600),
        ("9" * 5000, 0, 1),
    ],
)
async def test_a_server_says_how_long_to_wait_but_not_for_ever(
    studio: Studio, speech: Faulty, header: str | int, least: float, most: float
) -> None:
    """As seconds, or (a number here) as the date so many seconds ahead."""
    speech.answers = [http(503, retry_after=header if isinstance(header, str) else in_seconds(header))]
    tried = await once(studio)
    assert tried.wait is not None
    assert least <= tried.wait <= most


async def test_a_hostile_message_is_kept_as_one_short_line(studio: Studio, speech: Faulty) -> None:
    speech.answers = [http(400, HOSTILE)]
    code, message = (await once(studio)).error
    assert code == "refused"
    assert message.startswith("The speech server refused with 400: a b c long long")
    assert message.isprintable()
    assert len(message) < 250


@pytest.mark.parametrize("settings", [{"TIMEOUT": "0.5"}], indirect=True)
@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n\r\nRIFF", b"HTTP/1.1 400 No\r\n\r\n"])
async def test_an_answer_that_trickles_is_given_up(studio: Studio, speech: Faulty, head: bytes) -> None:
    speech.answers = [trickling(head, b"a" if head else b"", 0.02)]
    async with asyncio.timeout(60):  # it would go on for ever
        tried = await once(studio)
    assert tried.error == ("timeout", "The speech server did not answer in time.")
    assert tried.wait is not None


@pytest.mark.parametrize("settings", [{"MAX_BYTES": "1000000"}], indirect=True)
async def test_an_endless_answer_is_cut_at_the_bound(studio: Studio, speech: Faulty) -> None:
    speech.answers = [trickling(b"HTTP/1.1 200 OK\r\n\r\n", MANY)]
    tried = await once(studio)
    assert tried.error == ("too_large", "The speech server sent more audio than is accepted (VOICEOPS_SPEECH_MAX_BYTES).")
    await asyncio.wait_for(speech.hung_up.wait(), 5)


@pytest.mark.parametrize("settings", [{"MAX_BYTES": "60000"}], indirect=True)
async def test_the_bound_holds_for_a_whole_script(studio: Studio, speech: Faulty) -> None:
    asset = await studio.asset()
    two, three = [
        await attempt(studio, await studio.ask(asset, text, voice="speech/alloy"))
        for text in ("One. [pause 1s] Two.", "One. [pause 1s] Two. [pause 1s] Three.")
    ]
    assert two.generation["status"] == "succeeded"
    assert three.error[0] == "too_large"


async def test_audio_is_told_by_its_bytes_not_by_its_header(studio: Studio, speech: Faulty) -> None:
    speech.answers = [http(200, WAV, content_type="text/html; charset=utf-8")]
    samples, rate = await heard(studio, await once(studio))
    assert (len(samples), rate) == (12_000, 24_000)


@pytest.mark.parametrize("text", ["Hello.", "Hello. [pause 1s] Again."])
async def test_a_wav_streamed_without_its_length_is_heard_whole(studio: Studio, speech: Faulty, text: str) -> None:
    speech.answers = [b"HTTP/1.1 200 OK\r\ncontent-type: audio/wav\r\n\r\n" + streamed(WAV)]
    samples, rate = await heard(studio, await once(studio, text))
    assert len(samples) / rate == 0.5 * text.count(".") + text.count("pause")


async def test_answers_are_joined_sample_for_sample_and_their_own_silence_counts(studio: Studio, speech: Faulty) -> None:
    first, second = beep(0.4, tail_s=0.3, channels=2), beep(0.6, lead_s=0.2, channels=2)
    speech.answers = [http(200, first), http(200, second), http(200, first)]
    samples, rate = await heard(studio, await once(studio, "[pause 1s] One. [pause 1.5s] Two. [pause 100ms] Three. [pause 400ms]"))
    assert silences(samples[:, 0], rate) == [pytest.approx(1.5, abs=0.002), pytest.approx(0.1, abs=0.002)]
    one = soundfile.read(io.BytesIO(first))[0]
    assert np.array_equal(samples[rate : rate + len(one)], one)
    assert len(samples) / rate == pytest.approx(1 + 0.4 + 1.5 + 0.6 + 0.1 + 0.4 + 0.4, abs=0.002)


async def test_answers_that_do_not_match_are_refused(studio: Studio, speech: Faulty) -> None:
    speech.answers = [http(200, WAV), http(200, beep(rate=16_000))]
    assert (await once(studio, "One. [pause 1s] Two.")).error[0] == "changed_format"


async def test_a_part_that_is_no_audio_fails_as_a_whole_would(studio: Studio, speech: Faulty) -> None:
    speech.answers = [http(200, WAV), http(200, WAV[:-1000])]
    tried = await once(studio, "One. [pause 1s] Two.")
    assert (tried.error[0], tried.wait) == ("truncated", None)


async def test_the_server_is_asked_in_its_own_protocol_and_the_same_at_each_attempt(studio: Studio, speech: Faulty) -> None:
    speech.answers = [http(200, WAV), http(500), http(200, WAV)]
    tried = await once(studio, "Say *this*. [pause 1s] ... [pause 1s] And that.", delivery={"speed": 1.25})
    await attempt(studio, tried.generation)
    bodies = [asked.body for asked in speech.asked]
    plain = {"model": "tts-1", "voice": "alloy", "response_format": "wav", "speed": 1.25}
    assert bodies == [{**plain, "input": "Say this."}, {**plain, "input": "And that."}] * 2
    assert {asked.path for asked in speech.asked} == {"/v1/audio/speech"}
    assert {asked.headers["authorization"] for asked in speech.asked} == {f"Bearer {KEY}"}
    names = [asked.headers["idempotency-key"] for asked in speech.asked]
    assert names == [asked.headers["x-request-id"] for asked in speech.asked]
    assert names == [f"{tried.generation['id']}-1", f"{tried.generation['id']}-2"] * 2


@pytest.mark.parametrize("settings", [{"INSTRUCTIONS": "1", "MODEL": "speaks-1", "KEY": ""}], indirect=True)
async def test_a_model_that_takes_instructions_is_told_the_tone(studio: Studio, speech: Faulty) -> None:
    await once(studio, delivery={"tone": "calm"})
    (asked,) = speech.asked
    wanted = {"model": "speaks-1", "voice": "alloy", "response_format": "wav", "input": "Hello there."}
    assert asked.body == {**wanted, "instructions": "Speak in a calm, soothing tone."}
    assert "authorization" not in asked.headers


@pytest.mark.parametrize("settings", [{"URL": "http://127.0.0.1:9/v1"}], indirect=True)
async def test_a_script_without_a_word_costs_no_request(settings: Settings, speech: Faulty) -> None:
    provider = load(settings.provider_names, settings.provider_options)["speech"]
    wordless = Request(id="1", voice="speech/alloy", text=(Span("... "), Pause(1000), Span("!")))
    with pytest.raises(ProviderError, match="Nothing in this script can be spoken"):
        await provider.speak(wordless, Progress().tell)
    assert speech.asked == []


async def test_cancelling_hangs_up(studio: Studio, speech: Faulty, worker: None) -> None:
    speech.answers = [trickling(b"HTTP/1.1 200 OK\r\n\r\nRIFF", b"a", 0.02)]
    generation = await studio.ask(await studio.asset(), voice="speech/alloy")
    await studio.until(f"/generations/{generation['id']}", lambda now: now["status"] == "running" and bool(speech.asked))
    await (await studio.person("author")).post(f"/generations/{generation['id']}/cancel")
    await asyncio.wait_for(speech.hung_up.wait(), 5)


async def test_progress_is_told_request_by_request(studio: Studio, speech: Faulty, worker: None) -> None:
    speech.answers = [http(200, WAV), trickling(b"HTTP/1.1 200 OK\r\n\r\nRIFF", b"a", 0.02)]
    generation = await studio.ask(await studio.asset(), "One. [pause 1s] Two.", voice="speech/alloy")
    await studio.until(f"/generations/{generation['id']}", lambda now: now["progress"] == 0.5)
    await (await studio.person("author")).post(f"/generations/{generation['id']}/cancel")


MISSET = {
    "VOICEOPS_SPEECH_URL does not say": {"URL": ""},
    "such as http://127.0.0.1:8880/v1": {"URL": "ftp://speech.example/v1"},
    "must hold no name and password": {"URL": "https://me:hunter2@speech.example/v1"},
    "one word of printable ASCII": {"KEY": "two words"},
    "VOICEOPS_SPEECH_VOICES must name a voice": {"VOICES": " , "},
    "cannot hold 'alloy=Another'": {"VOICES": "alloy,alloy=Another"},
    "cannot hold 'a/b'": {"VOICES": "a/b"},
    "three capital letters": {"PRICE": "15000", "CURRENCY": "euro"},
}


@pytest.mark.parametrize("said", MISSET)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    told = use(monkeypatch, {"URL": "http://127.0.0.1:8880/v1", "VOICES": "alloy", **MISSET[said]})
    with pytest.raises(ValueError, match=re.escape(said)) as refused:
        load(told.provider_names, told.provider_options)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["speech.example/v1", "http://", "http://a b/v1", "http://a:99999/v1", "http://[::1/v1", "http://a/v1?k=1"]
)
def test_only_a_base_address_is_taken(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    told = use(monkeypatch, {"URL": url, "VOICES": "alloy"})
    with pytest.raises(ValueError, match="VOICEOPS_SPEECH_URL must be a base address"):
        load(told.provider_names, told.provider_options)


@pytest.mark.parametrize("command", ["serve", "worker", "up"])
def test_without_an_address_every_command_ends_with_a_sentence(command: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICEOPS_")}
    environment = {**kept, "VOICEOPS_PROVIDERS": "speech", "VOICEOPS_DATABASE_URL": "postgresql://127.0.0.1:9/none"}
    done = subprocess.run([sys.executable, "-m", "voiceops", command], env=environment, capture_output=True, text=True, check=False)
    said = "The provider speech is on, but VOICEOPS_SPEECH_URL does not say where the server is.\n"
    assert (done.returncode, done.stderr, done.stdout) == (2, said, "")


def test_the_key_shows_in_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert KEY not in repr(use(monkeypatch, {"KEY": KEY}))
