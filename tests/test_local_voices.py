"""What every local voice keeps, whichever engine speaks: what a delivery asks for can be measured in the audio."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from listening import RATE, level_db, loudness, melody, samples, unwatched, word_sound

from voiceops.providers import load
from voiceops.providers.base import Provider, ProviderError, Request, Speech
from voiceops.providers.markup import parse

with_engine = pytest.mark.asyncio(loop_scope="module")
"""One event loop, and so one process of each engine, for all tests that speak."""

SHIPPED = "Your order has shipped and comes on Tuesday morning."


@dataclass
class Speaker:
    """A voice that remembers what it said, for one of the engines is slow."""

    provider: Provider
    voice: str
    folder: Path
    said: dict[str, Speech] = field(default_factory=dict)

    def request(self, text: str, **delivery: object) -> Request:
        """A request for this voice."""
        return replace(Request(id="1", voice=self.voice, text=parse(text)), **delivery)  # type: ignore[arg-type]

    async def say(self, text: str = SHIPPED, **delivery: object) -> Speech:
        """What it says."""
        key = f"{text}{delivery}"
        if key not in self.said:
            self.said[key] = await self.provider.speak(self.request(text, **delivery), unwatched)
        return self.said[key]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["hibari/heart", "kokoro/af_heart"])
async def speaker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Speaker]:
    name, folder = request.param.partition("/")[0], tmp_path_factory.getbasetemp() / "models"
    provider = load([name], {"kokoro": {"folder": folder}})[name]
    yield Speaker(provider, request.param, folder)
    await provider.close()


@with_engine
async def test_the_same_request_gives_the_same_bytes_in_any_process(speaker: Speaker) -> None:
    delivery = {"tone": "warm", "speed": 1.1, "pitch": 1.0}
    wanted = speaker.request("First *this*. [pause 300ms] Then that!", **delivery)
    other = load([speaker.provider.name], {"kokoro": {"folder": speaker.folder}})[speaker.provider.name]
    first, second = await asyncio.gather(*(one.speak(wanted, unwatched) for one in (speaker.provider, other)))
    await other.close()
    assert first == second


@with_engine
async def test_it_tells_what_was_applied_and_what_made_it(speaker: Speaker) -> None:
    speech = await speaker.say("Call *now*. [pause 400ms] Thanks 👋", tone="energetic", speed=9.0)
    fastest = speaker.provider.voices[0].capabilities.speed.maximum
    assert speech.media_type == "audio/wav"
    assert speech.applied["tone"] == "energetic"
    assert speech.applied["adjusted"] == {"speed": {"asked": 9.0, "applied": fastest}}
    assert speech.applied["emphasised_words"] == ["now."]
    assert speech.applied["pauses_ms"] == [400]
    assert speech.applied["sentences"] == 2
    assert speech.unspoken == ("👋",)
    assert set(speech.metadata) >= {"engine", "engine_version", "model_sha256", "onnxruntime", "numpy", "seed", "sample_rate_hz"}
    assert speech.metadata["inference_threads"] == 1


@with_engine
async def test_progress_rises_with_the_sentences(speaker: Speaker) -> None:
    shares: list[float] = []

    async def watch(share: float) -> None:
        shares.append(share)

    await speaker.provider.speak(speaker.request("One. Two. Three. Four."), watch)
    assert shares == [0.25, 0.5, 0.75]


@with_engine
async def test_speed_is_the_factor_it_says(speaker: Speaker) -> None:
    def spoken_ms(speech: Speech) -> int:
        return speech.words[-1].start_ms - speech.words[0].start_ms

    usual, slow, fast = await asyncio.gather(speaker.say(), speaker.say(speed=0.6), speaker.say(speed=1.4))
    assert spoken_ms(usual) / spoken_ms(slow) == pytest.approx(0.6, rel=0.1)
    assert spoken_ms(usual) / spoken_ms(fast) == pytest.approx(1.4, rel=0.1)


@with_engine
async def test_pitch_moves_the_voice_by_its_semitones(speaker: Speaker) -> None:
    said = await asyncio.gather(speaker.say(pitch=-2.0), speaker.say(), speaker.say(pitch=2.0))
    low, usual, high = (12 * np.log2(np.median(melody(samples(one)))) for one in said)
    assert low - usual == pytest.approx(-2, abs=0.7)
    assert high - usual == pytest.approx(2, abs=0.7)


@with_engine
async def test_tones_differ_in_pitch_melody_and_pace(speaker: Speaker) -> None:
    said = await asyncio.gather(speaker.say(tone="energetic"), speaker.say(tone="calm"))
    energetic, calm = samples(said[0]), samples(said[1])
    assert np.median(melody(energetic)) > 1.05 * np.median(melody(calm))
    assert np.std(np.log(melody(energetic))) > 1.3 * np.std(np.log(melody(calm)))
    assert len(calm) > 1.1 * len(energetic)


@with_engine
async def test_emphasis_makes_its_word_longer_higher_and_louder_than_the_rest(speaker: Speaker) -> None:
    marked, strengths, last = SHIPPED.replace("Tuesday", "*Tuesday*"), (1.0, 2.0), 0.0
    plain, *strongs = await asyncio.gather(speaker.say(), *(speaker.say(marked, emphasis=strength) for strength in strengths))
    for strength, strong in zip(strengths, strongs, strict=True):
        assert [word.text for word in strong.words if word.emphasised] == ["Tuesday"]
        longer = len(word_sound(strong, "Tuesday")) / len(word_sound(plain, "Tuesday"))
        higher = np.median(melody(word_sound(strong, "Tuesday"))) / np.median(melody(word_sound(plain, "Tuesday")))
        rise = level_db(word_sound(strong, "Tuesday")) - level_db(word_sound(strong, "order"))
        assert longer == pytest.approx(1 + 0.35 * strength, rel=0.15)
        assert higher > 1 + 0.06 * strength
        assert rise - (level_db(word_sound(plain, "Tuesday")) - level_db(word_sound(plain, "order"))) > strength
        assert longer > last
        last = longer


@with_engine
async def test_a_pause_and_a_gap_are_silence_of_exactly_their_length(speaker: Speaker) -> None:
    speech = await speaker.say("Yes. No [pause 1.5s] now.", sentence_gap_ms=500)
    silences = np.diff(np.flatnonzero(samples(speech))) - 1
    assert sorted(silences)[-2:] == pytest.approx([12_000, 36_000], abs=240)


@with_engine
async def test_everything_is_equally_loud_and_below_the_ceiling(speaker: Speaker) -> None:
    for speech in [await speaker.say(), await speaker.say(tone="energetic"), await speaker.say("STOP! *Stop*!", pitch=2.0)]:
        lufs, peak = loudness(samples(speech))
        assert lufs == pytest.approx(-20, abs=0.2)
        assert peak <= -1


@with_engine
async def test_words_are_the_scripts_own_and_lie_within_the_audio(speaker: Speaker) -> None:
    text = "It's $5.99 at 7:30 pm."
    speech = await speaker.say(text)
    assert [word.text for word in speech.words] == text.split()
    times = [at for word in speech.words for at in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert times[-1] <= len(samples(speech)) * 1000 / RATE
    assert all(word.end_ms > word.start_ms for word in speech.words)
    price, preposition = (next(word for word in speech.words if word.text == text) for text in ("$5.99", "at"))
    assert price.end_ms - price.start_ms > 3 * (preposition.end_ms - preposition.start_ms)


@with_engine
async def test_words_sound_where_they_are_said_to(speaker: Speaker) -> None:
    speech = await speaker.say("Yes. No [pause 1.5s] now.", sentence_gap_ms=500)
    heard = samples(speech)
    for word in speech.words:
        assert level_db(heard[word.start_ms * 24 : word.end_ms * 24]) > -32
    _, no, now = speech.words
    assert level_db(heard[(no.end_ms + 5) * 24 : (now.start_ms - 5) * 24] + 1e-9) < -50


@with_engine
async def test_what_cannot_be_said_is_left_out_and_the_rest_spoken(speaker: Speaker) -> None:
    speech = await speaker.say("Hello 👋 there 你好 hi👋there.")
    assert [word.text for word in speech.words] == ["Hello", "there", "hi👋there."]
    assert speech.unspoken == ("👋", "你", "好")
    assert speaker.provider.unspeakable(speaker.voice, "Hello 👋 there 你好.") == ("👋", "你", "好")


@pytest.mark.parametrize("text", ["", " \n ", "👋 你好", "...!?", "[pause 2s]", "— - ( )"])
@with_engine
async def test_nothing_to_say_is_an_error_for_good(speaker: Speaker, text: str) -> None:
    with pytest.raises(ProviderError) as caught:
        await speaker.say(text)
    assert (caught.value.code, caught.value.transient) == ("nothing_to_say", False)


@with_engine
async def test_a_voice_there_is_none_of_is_an_error_for_good(speaker: Speaker) -> None:
    with pytest.raises(ProviderError) as caught:
        await speaker.provider.speak(replace(speaker.request("Hi."), voice=f"{speaker.provider.name}/nobody"), unwatched)
    assert (caught.value.code, caught.value.transient) == ("unknown_voice", False)
