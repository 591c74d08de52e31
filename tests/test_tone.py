"""The provider for tests keeps its promises: its tones obey the delivery, and each faulty voice fails as it says."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from voiceops.providers import load, voice
from voiceops.providers.base import NEUTRAL, ProviderError, Request, Speech, Support
from voiceops.providers.markup import parse
from voiceops.providers.tone import ToneProvider

RATE = 24_000


@pytest.fixture
async def tone() -> AsyncIterator[ToneProvider]:
    provider = ToneProvider(slow_s=0.2, late_s=0.2, retry_after_s=3)
    yield provider
    await provider.close()


def request(text: str = "Your order has shipped.", name: str = "plain") -> Request:
    return Request(id="1", voice=f"tone/{name}", text=parse(text))


async def unwatched(share: float) -> None:
    """Nobody watches the progress."""


def samples(speech: Speech) -> NDArray[np.float64]:
    read, rate = soundfile.read(BytesIO(speech.audio))
    assert rate == RATE
    return np.asarray(read)


def pitch(heard: NDArray[np.float64]) -> float:
    """The strongest frequency, in Hz."""
    spectrum = np.abs(np.fft.rfft(heard, 10 * RATE))
    return float(np.argmax(spectrum)) / 10


def sound_of(speech: Speech, at: int) -> NDArray[np.float64]:
    word = speech.words[at]
    return samples(speech)[word.start_ms * 24 : word.end_ms * 24]


async def test_it_says_every_word_as_a_tone_where_it_says_it_does(tone: ToneProvider) -> None:
    speech = await tone.speak(request("One two. Three — 4!"), unwatched)
    assert [word.text for word in speech.words] == ["One", "two.", "Three", "4!"]
    heard = samples(speech)
    for word, following in zip(speech.words, speech.words[1:], strict=False):
        assert np.abs(heard[word.start_ms * 24 : word.end_ms * 24]).max() > 0.1
        assert not heard[word.end_ms * 24 + 24 : following.start_ms * 24 - 24].any()
    assert speech.words[-1].end_ms <= len(heard) / 24


async def test_the_same_request_gives_the_same_bytes(tone: ToneProvider) -> None:
    assert (await tone.speak(request(), unwatched)).audio == (await ToneProvider().speak(request(), unwatched)).audio


async def test_speed_shortens(tone: ToneProvider) -> None:
    usual = await tone.speak(request("A single sentence"), unwatched)
    fast = await tone.speak(replace(request("A single sentence"), speed=2.0), unwatched)
    assert len(samples(fast)) == pytest.approx(len(samples(usual)) / 2, rel=0.01)


async def test_pitch_and_tone_move_the_frequency(tone: ToneProvider) -> None:
    usual = pitch(sound_of(await tone.speak(request("hello"), unwatched), 0))
    high = pitch(sound_of(await tone.speak(replace(request("hello"), pitch=4.0), unwatched), 0))
    lively = pitch(sound_of(await tone.speak(replace(request("hello"), tone="energetic"), unwatched), 0))
    assert high / usual == pytest.approx(2 ** (4 / 12), rel=0.01)
    assert lively / usual == pytest.approx(2 ** (1.2 / 12), rel=0.01)


async def test_emphasis_makes_a_word_longer_higher_and_louder(tone: ToneProvider) -> None:
    plain = await tone.speak(request("now now"), unwatched)
    strong = await tone.speak(request("now *now*"), unwatched)
    assert [word.emphasised for word in strong.words] == [False, True]
    assert len(sound_of(strong, 1)) == pytest.approx(1.35 * len(sound_of(plain, 1)), rel=0.02)
    assert pitch(sound_of(strong, 1)) == pytest.approx(1.12 * pitch(sound_of(plain, 1)), rel=0.02)
    assert np.abs(sound_of(strong, 1)).max() > 1.2 * np.abs(sound_of(plain, 1)).max()
    assert np.array_equal(sound_of(strong, 0), sound_of(plain, 0))


async def test_a_pause_is_silence_of_exactly_its_length(tone: ToneProvider) -> None:
    speech = await tone.speak(request("one[pause 1234ms]two[pause 1s]"), unwatched)
    one, two = speech.words
    heard = samples(speech)
    assert two.start_ms - one.end_ms == 1234
    assert not heard[one.end_ms * 24 : two.start_ms * 24].any()
    assert len(heard) // 24 - two.end_ms == 1000


async def test_sentences_lie_a_gap_apart(tone: ToneProvider) -> None:
    one, two = (await tone.speak(replace(request("One. Two."), sentence_gap_ms=700), unwatched)).words
    assert two.start_ms - one.end_ms == 700


async def test_the_basic_voice_ignores_what_it_cannot_do_and_says_so(tone: ToneProvider) -> None:
    asked = replace(request("a *b*", "basic"), tone="warm", pitch=2.0, emphasis=2.0, speed=2.0)
    speech = await tone.speak(asked, unwatched)
    assert speech.words == ()
    assert speech.applied["tone"] == NEUTRAL
    assert speech.applied["adjusted"] == {
        "tone": {"asked": "warm", "applied": "neutral"},
        "pitch": {"asked": 2.0, "applied": 0.0},
        "emphasis": {"asked": 2.0, "applied": 1.0},
        "speed": {"asked": 2.0, "applied": 1.25},
    }


async def test_the_flaky_voice_fails_twice_for_each_request(tone: ToneProvider) -> None:
    for request_id in ("1", "2"):
        asked = replace(request(name="flaky"), id=request_id)
        for _ in range(2):
            with pytest.raises(ProviderError) as caught:
                await tone.speak(asked, unwatched)
            assert (caught.value.code, caught.value.transient) == ("flaky", True)
        assert (await tone.speak(asked, unwatched)).words


async def test_the_broken_voice_fails_for_good_and_the_one_that_is_down_asks_to_wait(tone: ToneProvider) -> None:
    with pytest.raises(ProviderError) as broken:
        await tone.speak(request(name="broken"), unwatched)
    with pytest.raises(ProviderError) as down:
        await tone.speak(request(name="down"), unwatched)
    assert not broken.value.transient
    assert (down.value.transient, down.value.retry_after) == (True, 3)


@pytest.mark.parametrize("name", ["garbage", "truncated"])
async def test_spoilt_audio_cannot_be_decoded(tone: ToneProvider, name: str) -> None:
    speech = await tone.speak(request(name=name), unwatched)
    whole = await tone.speak(request(), unwatched)
    try:
        heard = len(samples(speech))
    except soundfile.LibsndfileError:
        heard = 0
    assert heard < len(samples(whole))


async def test_the_silent_voice_is_silent_for_as_long(tone: ToneProvider) -> None:
    silent = samples(await tone.speak(request(name="silent"), unwatched))
    assert len(silent) == len(samples(await tone.speak(request(), unwatched)))
    assert not silent.any()


async def test_the_slow_voice_tells_its_progress_and_can_be_cancelled(tone: ToneProvider) -> None:
    shares: list[float] = []

    async def watch(share: float) -> None:
        shares.append(share)

    await tone.speak(request(name="slow"), watch)
    assert shares == sorted(shares)
    assert len(shares) == 10
    task = asyncio.ensure_future(tone.speak(request(name="slow"), unwatched))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_late_voice_finishes_even_when_cancelled(tone: ToneProvider) -> None:
    task = asyncio.ensure_future(tone.speak(request(name="late"), unwatched))
    await asyncio.sleep(0.05)
    task.cancel()
    assert (await task).words


@pytest.mark.parametrize("text", ["", " \n", "...", "👋 你好", "[pause 1s]", "— ! ?"])
async def test_nothing_to_say_is_an_error_for_good(tone: ToneProvider, text: str) -> None:
    with pytest.raises(ProviderError) as caught:
        await tone.speak(request(text), unwatched)
    assert (caught.value.code, caught.value.transient) == ("nothing_to_say", False)


async def test_an_unknown_voice_is_an_error_for_good(tone: ToneProvider) -> None:
    with pytest.raises(ProviderError) as caught:
        await tone.speak(request(name="nobody"), unwatched)
    assert not caught.value.transient


def test_every_voice_declares_what_it_can_do() -> None:
    for provider in load(["hibari", "tone"]).values():
        for one in provider.voices:
            can = one.capabilities
            assert one.id.startswith(f"{provider.name}/")
            assert NEUTRAL in can.tones
            assert can.tone is not Support.IGNORED or can.tones == (NEUTRAL,)
            for control in (can.speed, can.emphasis, can.pitch, can.sentence_gap_ms):
                assert control.minimum <= control.default <= control.maximum
            assert one.sample is None or one.sample.stat().st_size < 200_000


def test_a_voice_is_found_by_its_id_and_a_provider_by_its_name() -> None:
    providers = load(["tone"])
    found = voice(providers, "tone/plain")
    assert found
    assert found.id == "tone/plain"
    assert voice(providers, "tone/nobody") is None
    assert voice(providers, "hibari/heart") is None
    with pytest.raises(ValueError, match="known are"):
        load(["nobody"])


def test_building_the_providers_loads_no_engine() -> None:
    script = (
        "import sys; from voiceops.providers import load; p = load(['hibari', 'tone']);"
        "assert p['hibari'].unspeakable('hibari/heart', 'Hi 👋') == ('👋',);"
        "assert p['hibari'].voices and p['tone'].voices;"
        "sys.exit(str({'numpy', 'onnxruntime', 'hibari', 'soundfile'} & set(sys.modules) or ''))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
