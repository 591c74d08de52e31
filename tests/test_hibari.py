"""The local neural voice, judged by instruments: what a delivery asks for can be measured in the audio."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyebur128
import pytest
import pytest_asyncio
import soundfile
from hibari import Hibari as Stock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from voiceops.providers.alphabet import unspeakable
from voiceops.providers.base import Pause, ProviderError, Request, Span, Speech
from voiceops.providers.engine import Engine
from voiceops.providers.english import English
from voiceops.providers.hibari import HEART, Hibari
from voiceops.providers.hibari_model import HibariModel
from voiceops.providers.level import limit
from voiceops.providers.markup import parse
from voiceops.providers.passages import plan
from voiceops.providers.speaking import Speaker

with_engine = pytest.mark.asyncio(loop_scope="module")
"""One event loop, and so one engine, for all tests that speak."""

RATE = 24_000
SHIPPED = "Your order has shipped and should arrive by Tuesday morning."

Samples = NDArray[np.float64]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hibari() -> AsyncIterator[Hibari]:
    provider = Hibari()
    yield provider
    await provider.close()


@pytest.fixture(scope="module")
def speaker() -> Speaker:
    return Speaker(HibariModel())


async def unwatched(share: float) -> None:
    """Nobody watches the progress."""


def request(text: str = SHIPPED) -> Request:
    return Request(id="1", voice="hibari/heart", text=parse(text))


async def say(hibari: Hibari, text: str = SHIPPED, **delivery: object) -> Speech:
    return await hibari.speak(replace(request(text), **delivery), unwatched)  # type: ignore[arg-type]


def samples(speech: Speech) -> Samples:
    read, rate = soundfile.read(BytesIO(speech.audio))
    assert rate == RATE
    return np.asarray(read)


def word_sound(speech: Speech, text: str) -> Samples:
    word = next(word for word in speech.words if word.text == text)
    return samples(speech)[word.start_ms * 24 : word.end_ms * 24]


def level_db(heard: Samples) -> float:
    return float(10 * np.log10(np.mean(heard**2)))


def melody(heard: Samples) -> Samples:
    """The fundamental of each voiced frame of 40 ms, in Hz, by autocorrelation."""
    frames = np.lib.stride_tricks.sliding_window_view(heard, 960)[::240] * np.hanning(960)
    frames = frames[np.mean(frames**2, axis=1) > 0.05 * np.mean(frames**2)]
    correlation = np.fft.irfft(np.abs(np.fft.rfft(frames, 2048, axis=1)) ** 2, axis=1)
    lags = correlation[:, RATE // 450 : RATE // 90]
    voiced = lags.max(axis=1) > 0.5 * correlation[:, 0]
    return np.asarray(RATE / (np.argmax(lags[voiced], axis=1) + RATE // 450))


def loudness(heard: Samples) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP, by libebur128."""
    modes = pyebur128.MeasurementMode.MODE_I | pyebur128.MeasurementMode.MODE_TRUE_PEAK
    state = pyebur128.R128State(1, RATE, modes)
    for begin in range(0, len(heard), RATE):
        part = np.ascontiguousarray(heard[begin : begin + RATE])
        state.add_frames(part, len(part))
    return pyebur128.get_loudness_global(state), 20 * np.log10(pyebur128.get_true_peak(state, 0))


def process(pid: int) -> list[str]:
    """The fields of a process from its state on, as Linux has them; empty when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except FileNotFoundError:
        return []
    return [] if fields[0] == "Z" else fields


def memory_mb(pid: int | None) -> float:
    """Resident memory."""
    return int(process(pid or 0)[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6


# The engine


@pytest.mark.parametrize(
    "sentence",
    [SHIPPED, "Really?", "It costs $5.99, or 10% off on Jan 5th!", "Dr. Smith's “naïve” café — it opens at 7:30 pm (EST)…"],
)
def test_a_neutral_sentence_is_bit_for_bit_the_stock_engines(speaker: Speaker, sentence: str) -> None:
    (passage,) = plan(parse(sentence)).passages
    sound, owners = speaker.sound(request(sentence), passage)
    assert np.array_equal(sound.samples, Stock(threads=1)(sentence, seed=0))
    assert len(sound.durations) == len(owners)
    assert sound.durations.sum() == len(sound.samples)


@with_engine
async def test_the_same_request_gives_the_same_bytes_in_any_process(hibari: Hibari) -> None:
    delivery = {"tone": "warm", "speed": 1.1, "pitch": 1.0}
    text = "First *this*. [pause 300ms] Then that! And a third sentence, to keep two threads busy."
    other = Hibari(threads=1)
    first, second, third = await asyncio.gather(
        say(hibari, text, **delivery), say(hibari, text, **delivery), say(other, text, **delivery)
    )
    await other.close()
    assert first == second == third


@with_engine
async def test_ten_words_take_much_less_than_a_second_once_warm(hibari: Hibari) -> None:
    await say(hibari)
    begun = time.monotonic()
    await say(hibari)
    assert time.monotonic() - begun < 2  # about 0.04 s; the bound only catches a model loaded anew


@with_engine
async def test_it_tells_what_was_applied_and_what_made_it(hibari: Hibari) -> None:
    speech = await say(hibari, "Call *now*. [pause 400ms] Thanks 👋", tone="calm", speed=9.0)
    assert speech.media_type == "audio/wav"
    assert speech.applied["tone"] == "calm"
    assert speech.applied["adjusted"] == {"speed": {"asked": 9.0, "applied": 2.0}}
    assert speech.applied["emphasised_words"] == ["now."]
    assert speech.applied["pauses_ms"] == [400]
    assert speech.applied["sentences"] == 2
    assert speech.unspoken == ("👋",)
    assert set(speech.metadata) >= {"engine", "engine_version", "model_sha256", "onnxruntime", "numpy", "seed", "sample_rate_hz"}
    assert speech.metadata["fft"] == "numpy"


@with_engine
async def test_progress_rises_with_the_sentences(hibari: Hibari) -> None:
    shares: list[float] = []

    async def watch(share: float) -> None:
        shares.append(share)

    await hibari.speak(request("One. Two. Three. Four. Five."), watch)
    assert shares == [0.2, 0.4, 0.6, 0.8]


# What a delivery does


@with_engine
async def test_speed_is_the_factor_it_says(hibari: Hibari) -> None:
    def spoken_ms(speech: Speech) -> int:
        return speech.words[-1].start_ms - speech.words[0].start_ms

    usual = spoken_ms(await say(hibari))
    for speed in (0.5, 0.7, 0.9, 1.1, 1.3, 1.4, 2.0):
        assert usual / spoken_ms(await say(hibari, speed=speed)) == pytest.approx(speed, rel=0.1)


@with_engine
async def test_pitch_moves_the_voice_by_its_semitones(hibari: Hibari) -> None:
    usual = np.median(melody(samples(await say(hibari))))
    for semitones in (-2.0, 2.0):
        moved = np.median(melody(samples(await say(hibari, pitch=semitones))))
        assert 12 * np.log2(moved / usual) == pytest.approx(semitones, abs=0.5)


@with_engine
async def test_tones_differ_in_pitch_melody_and_pace(hibari: Hibari) -> None:
    heard = {tone: samples(await say(hibari, tone=tone)) for tone in HEART.capabilities.tones}
    tune = {tone: melody(sound) for tone, sound in heard.items()}
    assert np.median(tune["energetic"]) > 1.03 * np.median(tune["neutral"]) > 1.06 * np.median(tune["serious"])
    assert np.std(np.log(tune["energetic"])) > 1.15 * np.std(np.log(tune["neutral"])) > 1.3 * np.std(np.log(tune["calm"]))
    assert len(heard["calm"]) > len(heard["warm"]) > len(heard["neutral"]) > len(heard["energetic"])
    assert len({sound.tobytes() for sound in heard.values()}) == len(heard)


@with_engine
async def test_emphasis_makes_its_word_longer_higher_and_louder_than_the_rest(hibari: Hibari) -> None:
    plain = await say(hibari)
    marked = SHIPPED.replace("Tuesday", "*Tuesday*")
    last = 0.0
    for strength in (0.5, 1.0, 2.0):
        strong = await say(hibari, marked, emphasis=strength)
        assert [word.text for word in strong.words if word.emphasised] == ["Tuesday"]
        longer = len(word_sound(strong, "Tuesday")) / len(word_sound(plain, "Tuesday"))
        higher = np.median(melody(word_sound(strong, "Tuesday"))) / np.median(melody(word_sound(plain, "Tuesday")))
        rise = level_db(word_sound(strong, "Tuesday")) - level_db(word_sound(strong, "order"))
        assert longer == pytest.approx(1 + 0.35 * strength, rel=0.1)
        assert higher > 1 + 0.06 * strength
        assert rise - (level_db(word_sound(plain, "Tuesday")) - level_db(word_sound(plain, "order"))) > 2 * strength
        assert longer > last
        last = longer


@with_engine
async def test_emphasis_of_strength_nought_changes_nothing(hibari: Hibari) -> None:
    marked = await say(hibari, SHIPPED.replace("Tuesday", "*Tuesday*"), emphasis=0.0)
    assert marked.audio == (await say(hibari)).audio


@with_engine
async def test_emphasis_takes_several_words_and_numbers(hibari: Hibari) -> None:
    text = "You pay *only $5.99* on *Jan. 5th*, un*believ*able."
    plain, strong = await say(hibari, text.replace("*", "")), await say(hibari, text)
    assert [word.text for word in strong.words if word.emphasised] == ["only", "$5.99", "Jan.", "5th,", "unbelievable."]
    for word in ("only", "$5.99", "Jan.", "5th,"):
        assert len(word_sound(strong, word)) > 1.2 * len(word_sound(plain, word))


@with_engine
async def test_a_pause_is_digital_silence_of_exactly_its_length(hibari: Hibari) -> None:
    silence = []
    for pause in ("[pause 500ms]", "[pause 1.5s]", "[pause 1s][pause 500ms]", ". [pause 1.5s]"):
        speech = await say(hibari, f"Press one {pause} for sales")
        heard = samples(speech)
        loud = np.flatnonzero(heard)
        silence.append(np.diff(loud).max() - 1)
    assert silence == pytest.approx([12_000, 36_000, 36_000, 36_000], abs=240)
    assert not samples(await say(hibari, "[pause 2s] Hello [pause 1s]"))[: 2 * RATE].any()
    assert not samples(await say(hibari, "[pause 2s] Hello [pause 1s]"))[-RATE:].any()


@with_engine
async def test_sentences_lie_as_far_apart_as_asked(hibari: Hibari) -> None:
    lengths = [len(samples(await say(hibari, "One sentence. Another.\nA third.", sentence_gap_ms=ms))) for ms in (0, 1000)]
    assert lengths[1] - lengths[0] == 2 * RATE


@with_engine
async def test_everything_is_equally_loud_and_below_the_ceiling(hibari: Hibari) -> None:
    for text, tone in ((SHIPPED, "neutral"), ("STOP! Do *not* enter!", "energetic"), ("A longer one. " * 4, "calm")):
        lufs, peak = loudness(samples(await say(hibari, text, tone=tone)))
        assert lufs == pytest.approx(-20, abs=0.2)
        assert peak <= -1


def test_the_limiter_holds_what_is_far_too_loud() -> None:
    noise = np.random.default_rng(1).standard_normal(RATE).astype(np.float32)
    spikes = np.convolve(noise * (noise > 3), np.hanning(9), "same").astype(np.float32)
    for loud in (spikes, 3 * np.sin(np.arange(RATE, dtype=np.float32)), spikes[:5], spikes[:0]):
        limited = limit(loud, RATE)
        assert len(limited) == len(loud)
        assert len(loud) < RATE or loudness(limited.astype(np.float64))[1] <= -1


@with_engine
async def test_silence_at_both_ends_is_short(hibari: Hibari) -> None:
    heard = samples(await say(hibari))
    loud = np.flatnonzero(np.abs(heard) > 0.01)
    assert loud[0] < 0.1 * RATE
    assert len(heard) - loud[-1] < 0.1 * RATE


# Words


@with_engine
async def test_words_are_the_scripts_own_however_they_are_read(hibari: Hibari) -> None:
    text = "Call 1-800-555-0199 at 7:30 pm on 12/05/2024 — it's $1,250.50 (10% off) for Dr. Smith's 5 km run & St. Mary's."
    speech = await say(hibari, text)
    assert [word.text for word in speech.words] == [word for word in text.split() if word != "—"]
    lasting = {word.text: word.end_ms - word.start_ms for word in speech.words}
    assert min(lasting["1-800-555-0199"], lasting["$1,250.50"], lasting["12/05/2024"]) > 1200
    assert max(lasting["at"], lasting["on"], lasting["for"]) < 400


@pytest.mark.parametrize(
    "text", [SHIPPED, "Yes. No. Maybe, perhaps: 3.5 GB?", "A b c d e f g " * 30, "No. 5 is ready. Say no. Then go."]
)
@with_engine
async def test_words_follow_each_other_within_the_audio(hibari: Hibari, text: str) -> None:
    speech = await say(hibari, text)
    times = [at for word in speech.words for at in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert times[-1] <= len(samples(speech)) * 1000 / RATE
    assert all(word.end_ms > word.start_ms for word in speech.words)
    assert [word.text for word in speech.words] == text.split()


@with_engine
async def test_words_sound_where_they_are_said_to(hibari: Hibari) -> None:
    speech = await say(hibari, "Tuesday [pause 500ms] morning [pause 500ms] shipped", speed=0.8)
    heard = samples(speech)
    for word, following in pairwise(speech.words):
        assert level_db(heard[word.start_ms * 24 : word.end_ms * 24]) > -30
        assert level_db(heard[(word.end_ms + 5) * 24 : (following.start_ms - 5) * 24] + 1e-9) < -60


@with_engine
async def test_a_word_within_a_sentence_begins_near_its_own_sound(hibari: Hibari) -> None:
    speech = await say(hibari, "Say stop, take this, pick two.")
    heard = samples(speech)
    for name in ("take", "pick"):  # before the burst of a stop there is silence: the steepest rise about the start is the burst
        start = next(word.start_ms for word in speech.words if word.text == name)
        near = heard[(start - 150) * 24 : (start + 150) * 24]
        energy = np.convolve(near**2, np.full(240, 1 / 240), "valid")[::24]
        burst = int(np.argmax(np.diff(10 * np.log10(energy + 1e-7), n=1))) + 10 - 150
        assert abs(burst) < 60


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("We meet Jan. 5th. Come.", 2),
        ("Dr. Smith and J. K. Rowling vs. Acme Inc. of Main St. here.", 1),
        ("Call ext. 42 or No. 7 now. Thanks!", 2),
        ("He said no. Then he left.", 2),
        ("Open 9 a.m. Monday to 7:30 pm Friday.", 1),
        ("Wait... what? “Really?” Yes.", 3),
        ("One line\nand another", 2),
        ("", 0),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, sentences: int) -> None:
    assert len(plan(parse(text)).passages) == sentences


def test_a_sentence_too_long_for_an_engine_is_cut_at_clauses_or_words() -> None:
    words = [f"word{at}{',' if at % 7 == 6 else ''}" for at in range(1000)]
    passages = plan(parse(" ".join(words))).passages
    assert [word.text for passage in passages for word in passage.words] == words
    assert all(len(" ".join(word.text for word in passage.words)) <= 320 for passage in passages)
    assert all(passage.words[-1].text.endswith(",") for passage in passages[:-1])


@pytest.fixture(scope="module")
def read() -> Callable[[str], list[int]]:
    english = English()
    return lambda text: [
        token.id for passage in plan(parse(text)).passages for token in english.tokens(passage.words, stressed=False)
    ]


def test_no_before_a_full_stop_is_not_read_as_number(read: Callable[[str], list[int]]) -> None:
    assert read("I said no.") == read("I said no .")
    assert len(read("See no. 5")) > len(read("See no 5"))


def test_long_numbers_are_read_by_their_digits_and_links_are_no_markup(read: Callable[[str], list[int]]) -> None:
    assert read("4111111111111111") == read("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1")
    assert read("2,000,000") == read("two million")
    assert len(read("[hello](there)")) >= len(read("hello")) + len(read("there"))


# What cannot be said


def test_what_no_voice_can_say_is_named_in_order(hibari: Hibari) -> None:
    assert hibari.unspeakable("hibari/heart", "Hi 👋, 你好 👋 привет… “naïve” café №5 ½ €9 x² ﬁne Łódź™ ® • a·b ¿qué?") == tuple(
        "👋你好привет™®•·"
    )


@with_engine
async def test_what_cannot_be_said_is_left_out_and_the_rest_spoken(hibari: Hibari) -> None:
    speech = await say(hibari, "Hello 👋 there 你好 hi👋there.")
    assert [word.text for word in speech.words] == ["Hello", "there", "hi👋there."]
    assert speech.unspoken == ("👋", "你", "好")


@pytest.mark.parametrize("text", ["", " \n ", "👋 你好", "...!?", "[pause 2s]", "— - ( )"])
@with_engine
async def test_nothing_to_say_is_an_error_for_good(hibari: Hibari, text: str) -> None:
    with pytest.raises(ProviderError) as caught:
        await say(hibari, text)
    assert (caught.value.code, caught.value.transient) == ("nothing_to_say", False)


@pytest.mark.parametrize(
    "text",
    [
        "word " * 1000,
        "n" * 3000,
        "1" * 1200,
        "1,000" * 200,
        "1234567 " * 30,
        "[a](b) " * 50,
        "a](/x/) [b",
        "http://example.com/" + "a/b?c=d&" * 60,
        "é" * 500,
        "-" * 400 + "a",
        "$" * 300 + "5",
        "9" * 40 + "th",
    ],
    ids=lambda text: text[:12].strip(),
)
@with_engine
async def test_long_and_odd_text_is_spoken_and_never_fails(hibari: Hibari, text: str) -> None:
    speech = await say(hibari, text)
    assert [word.text for word in speech.words] == [word for word in text.split() if any(map(str.isalnum, word))]
    assert len(samples(speech)) > 0.03 * RATE * sum(map(str.isalnum, text))


@with_engine
async def test_a_script_of_20000_characters_takes_little_memory(hibari: Hibari) -> None:
    await say(hibari, "sphinx of black quartz judge my vow " * 555)
    assert memory_mb(hibari.engine.pid) < 700


@given(st.text(max_size=60) | st.from_regex(r"[\w $€.,:/'\-\[\]()%&#@+]{1,60}", fullmatch=True))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_becomes_tokens_that_know_their_word(speaker: Speaker, text: str) -> None:
    for passage in plan([Span(text), Pause(5), Span(text, emphasised=True)]).passages:
        tokens = speaker._english.tokens(passage.words, stressed=True)  # noqa: SLF001 - the front end without the engine
        owners = [token.owner for token in tokens if token.owner >= 0]
        assert owners == sorted(owners)
        assert all(owner < len(passage.words) for owner in owners)
    unspeakable(text)


# The process


@with_engine
async def test_a_killed_child_fails_what_it_had_and_is_replaced(hibari: Hibari) -> None:
    await say(hibari)
    first = hibari.engine.pid
    assert first
    under_way = [asyncio.ensure_future(say(hibari, "A long sentence to be interrupted. " * 40)) for _ in range(3)]
    await asyncio.sleep(0.2)
    os.kill(first, signal.SIGKILL)
    for failed in await asyncio.gather(*under_way, return_exceptions=True):
        assert isinstance(failed, ProviderError)
        assert (failed.code, failed.transient) == ("engine_stopped", True)
    assert (await say(hibari)).words
    assert hibari.engine.pid != first


@with_engine
async def test_a_cancelled_request_is_dropped_between_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = tmp_path / "counted"
    monkeypatch.setenv("COUNTED", str(counted))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    engine = Engine("counting:Counting", threads=1)
    begun = asyncio.Event()

    async def watch(_share: float) -> None:
        begun.set()

    long = asyncio.ensure_future(engine.speak(request("A long sentence that nobody wants to hear any more. " * 1000), watch))
    await begun.wait()
    long.cancel()
    with pytest.raises(asyncio.CancelledError):
        await long
    await engine.speak(request("What was under way."), unwatched)
    before = counted.stat().st_size
    for _ in range(5):  # sentences are spoken turn about, so that each would have brought one of the long request along
        await engine.speak(request("One sentence."), unwatched)
    assert counted.stat().st_size == before + 5
    await engine.close()


@with_engine
async def test_a_short_request_does_not_wait_for_a_long_one(hibari: Hibari) -> None:
    await say(hibari)
    shares = [0.0]

    async def watch(share: float) -> None:
        shares.append(share)

    long = asyncio.ensure_future(hibari.speak(request("A long sentence that takes its time to be spoken. " * 100), watch))
    await asyncio.sleep(0.1)
    assert (await say(hibari)).words
    assert shares[-1] < 0.5
    long.cancel()
    await asyncio.gather(long, return_exceptions=True)


@with_engine
async def test_an_engine_that_is_closed_ends_at_once_even_while_it_speaks() -> None:
    hibari = Hibari()
    begun = asyncio.Event()

    async def watch(_: float) -> None:
        begun.set()

    speaking = asyncio.ensure_future(hibari.speak(request("A long sentence that takes its time to be spoken. " * 400), watch))
    await begun.wait()
    child, closed = hibari.engine.pid, time.monotonic()
    await hibari.close()
    assert time.monotonic() - closed < 1.5
    assert child
    assert not process(child)
    with pytest.raises(ProviderError, match="stopped"):
        await speaking


PARENT = """
import asyncio, os, time
from voiceops.providers.base import Request, Span
from voiceops.providers.hibari import Hibari

async def unwatched(share): pass

async def main():
    hibari = Hibari()
    await hibari.speak(Request("1", "hibari/heart", (Span("Warm."),)), unwatched)
    print(hibari.engine.pid, flush=True)
    if HOLD and not os.fork():
        time.sleep(5)
        os._exit(0)
    await hibari.speak(Request("2", "hibari/heart", (Span("A very long script. " * 5000),)), unwatched)

asyncio.run(main())
"""


@pytest.mark.parametrize("hold", [False, True], ids=["and its pipe closes", "and somebody else holds its pipe open"])
def test_the_child_dies_with_a_parent_that_is_killed_while_it_speaks(hold: bool) -> None:  # noqa: FBT001 - a parameter
    with subprocess.Popen([sys.executable, "-c", f"HOLD = {hold}{PARENT}"], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        time.sleep(0.3)
        assert process(child)
        parent.kill()
    deadline = time.monotonic() + 3
    while process(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not process(child)


ODD_MODEL = """
import os, time
import numpy as np
from voiceops.providers.model import Sound

class Odd:
    sample_rate, longest, lag_s, facts = 24000, 400, 0.0, {"engine": "odd"}

    def infer(self, voice, tokens, prosody, seed):
        print("a stray line on stdout")
        os.write(1, b"and another")
        if voice == "hangs":
            time.sleep(600)
        if voice == "raises":
            raise RuntimeError("secret path")
        if voice == "exits":
            os._exit(3)
        durations = np.full(len(tokens), 600)
        return Sound(np.full(durations.sum(), 0.1, np.float32), durations)
"""


@contextmanager
def odd_engine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    (folder / "odd.py").write_text(ODD_MODEL)
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{os.environ.get('PYTHONPATH', '')}")
    yield Engine("odd:Odd", threads=2, patience=4)


@with_engine
async def test_an_engine_may_print_raise_exit_and_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with odd_engine(tmp_path, monkeypatch) as engine:
        assert (await engine.speak(request(), unwatched)).words
        ends = {"raises": ("engine_failed", False), "exits": ("engine_stopped", True), "hangs": ("engine_stopped", True)}
        for voice, (code, transient) in ends.items():
            with pytest.raises(ProviderError) as caught:
                await engine.speak(replace(request(), voice=voice), unwatched)
            assert (caught.value.code, caught.value.transient) == (code, transient)
            assert "secret" not in caught.value.message
            assert (await engine.speak(request(), unwatched)).words
        await engine.close()
        assert engine.pid is None
