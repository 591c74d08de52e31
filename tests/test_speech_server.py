"""The provider `speech` on a real server: loudness-tts from PyPI, a program of its own that we did not write."""

import asyncio
import io
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
import soundfile
from conftest import Json, Studio
from speech_servers import KEY, LONGEST, VOICE, Real, attempt, free_port, real, silences, use

from voiceops.config import Settings

JOE = f"speech/{VOICE}"
MINE = "speech/nobody"


@pytest.fixture(scope="module")
def speaking() -> Iterator[Real]:
    with real() as running:
        yield running


@pytest.fixture
def settings(settings: Settings, speaking: Real, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Settings:
    """Settings with the server's address, key, voices and a price; an `indirect` parameter changes some."""
    usual = {"URL": speaking.url, "KEY": KEY, "VOICES": f"{VOICE}=Joe, nobody=Nobody", "PRICE": "15000", "CURRENCY": "USD"}
    return use(monkeypatch, usual | getattr(request, "param", {}))


async def heard(studio: Studio, version: Json) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], int]:
    answer = await (await studio.person("viewer")).get(f"/versions/{version['id']}/audio")
    samples, rate = soundfile.read(io.BytesIO(answer.content))
    return samples, rate


async def test_a_real_server_speaks_a_version_that_sounds_and_lasts_as_long_as_it_says(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset(), "Your *order* has shipped.", voice=JOE)
    samples, rate = await heard(studio, version)
    assert (rate, samples.ndim) == (22_050, 1)
    assert version["audio"]["duration_ms"] == pytest.approx(len(samples) * 1000 / rate, abs=1)
    assert 800 < version["audio"]["duration_ms"] < 4000
    assert -26 < version["measurements"]["loudness_lufs"] < -10
    assert version["applied_delivery"] == {"tone": "neutral", "speed": 1, "pauses_ms": [], "emphasised_words": [], "adjusted": {}}
    told = version["provider_metadata"]
    assert (told["model"], told["voice"], told["sent_characters"]) == ("tts-1", VOICE, 23)
    assert told["requests"][0]["server"].startswith("loudness-tts/")
    assert told["requests"][0]["x-voice-id"] == VOICE
    assert KEY not in str(version)


async def test_a_pause_is_silence_of_its_length_whatever_the_server_adds(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset(), "One. [pause 1500ms] Two. [pause 2s]", voice=JOE)
    samples, rate = await heard(studio, version)
    assert silences(samples, rate) == [pytest.approx(1.5, abs=0.06)]
    assert not np.abs(samples[-round(1.9 * rate) :]).max() > 0.003
    assert version["applied_delivery"]["pauses_ms"] == [1500, 2000]


async def test_speed_reaches_the_server(studio: Studio, worker: None) -> None:
    asset = await studio.asset()
    text = "We open every morning at nine, and we close when the last guest has gone home."
    slow, fast = [await studio.version(asset, text, voice=JOE, delivery={"speed": speed}) for speed in (0.5, 2.0)]
    assert 2.5 < slow["audio"]["duration_ms"] / fast["audio"]["duration_ms"] < 6
    assert slow["applied_delivery"]["speed"] == 0.5


@pytest.mark.parametrize("settings", [{"MAX_CHARACTERS": "100"}], indirect=True)
async def test_a_text_too_long_for_one_request_is_spoken_in_several(studio: Studio, worker: None) -> None:
    text = " ".join(f"This is sentence number {n}, which says nothing of weight." for n in range(6))
    version = await studio.version(await studio.asset(), text, voice=JOE)
    assert len(version["provider_metadata"]["requests"]) == 6
    assert version["audio"]["duration_ms"] > 6 * 1500


async def failed(studio: Studio, voice: str = JOE, text: str = "Hello there.") -> Json:
    ended = await studio.ended(await studio.ask(await studio.asset(), text, voice=voice), within=60)
    assert ended["status"] == "failed"
    error: Json = ended["error"] | {"attempts": ended["attempt"]}
    return error


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"KEY": "wrong"}, "The speech server refused the key."), ({"KEY": ""}, "The speech server wants a key, and none is set.")],
    indirect=["settings"],
)
async def test_a_wrong_key_fails_at_once_and_in_words(studio: Studio, worker: None, said: str) -> None:
    assert await failed(studio) == {"code": "key_refused", "message": said, "attempts": 1}


async def test_a_voice_the_server_lacks_fails_in_the_words_of_the_server(studio: Studio, worker: None) -> None:
    error = await failed(studio, MINE)
    assert error["message"].startswith("The speech server refused with 400: No voice called 'nobody'.")
    assert (error["code"], error["attempts"]) == ("refused", 1)


@pytest.mark.parametrize("settings", [{"MAX_CHARACTERS": "20000"}], indirect=True)
async def test_a_text_the_server_finds_too_long_fails_in_the_words_of_the_server(studio: Studio, worker: None) -> None:
    error = await failed(studio, text="A word and another. " * (LONGEST // 20 + 1))
    assert error["message"].startswith(f"The speech server refused with 413: Text is longer than {LONGEST} characters")


@pytest.mark.parametrize("settings", [{"URL": f"http://127.0.0.1:{free_port()}/v1"}], indirect=True)
async def test_a_server_that_is_down_is_asked_again_until_the_attempts_are_used_up(studio: Studio, worker: None) -> None:
    said = "The speech server cannot be reached."
    assert await failed(studio) == {"code": "unreachable", "message": said, "attempts": 4}


async def test_a_server_killed_while_it_speaks_is_asked_again_when_it_is_back(
    studio: Studio, speaking: Real, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "A long sentence that takes its time to speak. " * 12
    generation = await studio.ask(await studio.asset(), text, voice=JOE)
    with real() as dying:
        studio.settings = use(monkeypatch, {"URL": dying.url})
        attempting = asyncio.create_task(attempt(studio, generation))
        await studio.until(f"/generations/{generation['id']}", lambda now: now["status"] == "running")
        await asyncio.sleep(0.4)
        dying.process.kill()
        tried = await attempting
    assert tried.error == ("connection_lost", "The connection to the speech server broke while it spoke.")
    assert tried.wait is not None
    studio.settings = use(monkeypatch, {"URL": speaking.url})
    assert (await attempt(studio, tried.generation)).generation["status"] == "succeeded"


async def test_the_voices_say_what_they_cost_and_what_they_can(studio: Studio) -> None:
    client: httpx.AsyncClient = await studio.person("viewer")
    joe, nobody = (await client.get("/voices")).json()["items"]
    assert (joe["id"], joe["name"], nobody["name"]) == (JOE, "Joe", "Nobody")
    assert (joe["price_micros_per_1000_characters"], joe["price_currency"]) == (15_000, "USD")
    can = joe["capabilities"]
    assert (can["speed"]["support"], can["pauses"], can["word_timings"]) == ("approximate", "native", False)
    assert {can[name]["support"] for name in ("emphasis", "pitch", "sentence_gap_ms")} == {can["tone"]} == {"ignored"}


@pytest.mark.parametrize("settings", [{"PRICE": "0", "CURRENCY": "USD"}], indirect=True)
async def test_a_free_voice_has_no_currency(studio: Studio) -> None:
    joe = (await (await studio.person("viewer")).get("/voices")).json()["items"][0]
    assert (joe["price_micros_per_1000_characters"], joe["price_currency"]) == (0, None)
