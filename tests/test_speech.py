"""Audio as signal: what is refused, what is kept bit for bit, and figures checked against signals whose answer is known."""

import io
import math
import struct

import numpy as np
import numpy.typing as npt
import pyebur128
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from voiceops.speech import ZOOMS, Defect, NotAudio, Signal, decode, master, measure, peaks, pyramid, wav

Array = npt.NDArray[np.generic]
RATE = 24_000


def encoded(samples: Array, container: str = "WAV", subtype: str = "PCM_16", rate: int = RATE) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=container, subtype=subtype)
    return file.getvalue()


def sine(seconds: float, *, hz: float = 1000.0, peak: float = 0.5, rate: int = RATE) -> npt.NDArray[np.float32]:
    return (peak * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def silence(seconds: float) -> npt.NDArray[np.float32]:
    return np.zeros(round(seconds * RATE), np.float32)


def signal(*parts: npt.NDArray[np.float32], rate: int = RATE) -> Signal:
    return Signal(np.concatenate(parts), rate)


def refusal(audio: bytes) -> Defect:
    with pytest.raises(NotAudio) as refused:
        decode(audio)
    assert refused.value.message == str(refused.value)
    assert refused.value.message.endswith(".")
    return refused.value.code


pcm16 = st.one_of(
    arrays.arrays(np.int16, st.integers(1, 9000)),
    arrays.arrays(np.int16, st.tuples(st.integers(1, 3000), st.just(2))),
)
rates = st.sampled_from([8000, 11025, 16000, 22050, 24000, 44100, 48000, 96000])


@given(pcm16, rates, st.sampled_from(["WAV", "FLAC"]))
def test_sixteen_bits_come_through_master_and_wav_bit_for_bit(samples: npt.NDArray[np.int16], rate: int, container: str) -> None:
    heard = decode(encoded(samples, container, rate=rate))
    assert (heard.frames, heard.channels) == (len(samples), samples.ndim)
    assert heard.duration_ms == round(len(samples) * 1000 / rate)
    for file in (master(heard), wav(heard)):
        kept, kept_rate = soundfile.read(io.BytesIO(file), dtype="int16")
        assert kept_rate == rate
        assert np.array_equal(kept, samples)


@given(arrays.arrays(np.int32, st.integers(1, 3000), elements=st.integers(-(1 << 23), (1 << 23) - 1)))
def test_twenty_four_bits_come_through_the_master_bit_for_bit(samples: npt.NDArray[np.int32]) -> None:
    kept, _ = soundfile.read(io.BytesIO(master(encoded(samples << 8, subtype="PCM_24"))), dtype="int32")
    assert np.array_equal(kept, samples << 8)


@given(arrays.arrays(np.float32, st.integers(1, 3000), elements=st.floats(-2, 2, width=32)))
def test_the_master_of_float_audio_holds_exactly_what_is_measured(samples: npt.NDArray[np.float32]) -> None:
    heard = decode(encoded(samples, subtype="FLOAT"))
    assert np.array_equal(decode(master(heard)).samples, heard.samples)
    assert np.abs(heard.samples - samples.clip(-1, 1)).max() <= 2**-23


@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
def test_a_flac_that_arrives_is_the_master_as_it_is(subtype: str) -> None:
    arrived = encoded(np.stack((sine(1), sine(1, hz=300)), axis=1), "FLAC", subtype)
    assert master(arrived) == arrived
    assert master(decode(arrived)) == arrived


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(lambda tail: encoded(sine(0.01))[:44] + tail)))
def test_random_bytes_are_decoded_or_refused_but_never_break(audio: bytes) -> None:
    try:
        assert decode(audio).frames > 0
    except NotAudio as refused:
        assert refused.message  # noqa: PT017 (either outcome is right)


@given(st.data(), st.sampled_from(["WAV", "FLAC"]))
def test_a_file_with_flipped_bytes_is_decoded_or_refused_but_never_breaks(data: st.DataObject, container: str) -> None:
    audio = bytearray(encoded(sine(0.3), container))
    for at in data.draw(st.lists(st.integers(0, len(audio) - 1), min_size=1, max_size=8)):
        audio[at] = data.draw(st.integers(0, 255))
    try:
        assert np.isfinite(decode(bytes(audio)).samples).all()
    except NotAudio as refused:
        assert refused.message  # noqa: PT017 (either outcome is right)


@given(st.data(), st.sampled_from(["WAV", "FLAC"]))
def test_a_file_cut_off_anywhere_is_refused(data: st.DataObject, container: str) -> None:
    audio = encoded(np.random.default_rng(7).integers(-9000, 9000, 15_000, np.int16), container)
    assert refusal(audio[: data.draw(st.integers(0, len(audio) - 1))])


def test_a_flac_whose_samples_are_not_those_it_was_made_of_is_refused() -> None:
    audio = bytearray(encoded(sine(1), "FLAC"))
    audio[26] ^= 1
    assert refusal(bytes(audio)) is Defect.DAMAGED
    audio[26:42] = bytes(16)  # its encoder did not tell
    assert decode(bytes(audio)).frames == RATE


def test_a_damaged_flac_is_refused() -> None:
    audio = bytearray(encoded(np.random.default_rng(7).integers(-9000, 9000, 15_000, np.int16), "FLAC"))
    audio[len(audio) // 2] ^= 1
    assert refusal(bytes(audio)) is Defect.DAMAGED


def test_what_is_no_audio_is_refused_with_its_reason() -> None:
    mp3, ogg = encoded(sine(1), "MP3", "MPEG_LAYER_III"), encoded(sine(1), "OGG", "VORBIS")
    assert refusal(b"") is Defect.EMPTY
    assert refusal(encoded(silence(0))) is Defect.EMPTY
    assert {refusal(audio) for audio in (b"RIFF", b"<html>Too many requests</html>", mp3, ogg)} == {Defect.NOT_AUDIO}
    assert refusal(encoded(sine(1), subtype="IMA_ADPCM")) is Defect.UNSUPPORTED
    assert refusal(encoded(np.zeros((99, 3), np.int16))) is Defect.UNSUPPORTED
    assert refusal(encoded(sine(1), rate=192_000)) is Defect.UNSUPPORTED
    assert refusal(encoded(np.array([0, math.nan, 0]), subtype="FLOAT")) is Defect.DAMAGED
    assert refusal(encoded(np.array([0, math.inf, 0]), subtype="DOUBLE")) is Defect.DAMAGED


def with_flac_length(audio: bytes, frames: int) -> bytes:
    packed = int.from_bytes(audio[18:26], "big") >> 36 << 36 | frames
    return audio[:18] + packed.to_bytes(8, "big") + audio[26:]


def test_a_flac_must_say_how_long_it_is_and_be_as_long() -> None:
    audio = encoded(sine(1), "FLAC")
    assert refusal(with_flac_length(audio, 0)) is Defect.UNKNOWN_LENGTH
    assert refusal(with_flac_length(audio, RATE + 1)) in {Defect.TRUNCATED, Defect.DAMAGED}
    assert refusal(with_flac_length(audio, RATE - 1)) in {Defect.TRUNCATED, Defect.DAMAGED}
    assert refusal(with_flac_length(audio, (1 << 36) - 1)) is Defect.TOO_LONG


@pytest.mark.parametrize(("riff", "data"), [(0xFFFFFFFF, 0xFFFFFFFF), (0x7FFFF024, 0x7FFFF000), (36, 0), (0, 0), (0xFFFFFFFF, 0)])
def test_a_streamed_wav_is_as_long_as_what_arrived(riff: int, data: int) -> None:
    whole = encoded(sine(1))
    streamed = whole[:4] + struct.pack("<I", riff) + whole[8:40] + struct.pack("<I", data) + whole[44:]
    assert np.array_equal(decode(streamed).samples, decode(whole).samples)
    assert refusal(streamed[:-1]) is Defect.TRUNCATED


def test_a_wav_that_is_not_as_long_as_it_says_is_refused() -> None:
    whole = encoded(sine(1))
    with pytest.raises(NotAudio, match="declares 48000 bytes of audio and holds 47000"):
        decode(whole[:-1000])
    twice_as_wide = whole[:32] + struct.pack("<H", 4) + whole[34:]
    assert refusal(twice_as_wide) in {Defect.TRUNCATED, Defect.DAMAGED}


def test_a_wav_with_other_chunks_around_its_audio_is_read() -> None:
    whole = encoded(sine(1))
    extra = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    padded = whole[:12] + extra + whole[12:] + extra
    audio = padded[:4] + struct.pack("<I", len(padded) - 8) + padded[8:]
    assert np.array_equal(decode(audio).samples, decode(whole).samples)


def test_audio_longer_than_the_cap_is_refused_before_it_is_decoded() -> None:
    three_hours = encoded(np.zeros(3 * 3600 * 8000, np.int16), "FLAC", rate=8000)
    assert refusal(three_hours) is Defect.TOO_LONG
    with pytest.raises(NotAudio, match="lasts 3 seconds; at most 2 are accepted"):
        decode(encoded(sine(3)), max_seconds=2)
    assert decode(encoded(sine(2)), max_seconds=2).duration_ms == 2000


def test_a_signal_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        decode(encoded(sine(1))).samples[0] = 1


def test_loudness_is_what_ebu_tech_3341_says_of_its_test_tone() -> None:
    """Case 1 of EBU Tech 3341: a stereo 1 kHz sine at -23 dBFS reads -23.0 LUFS, within 0.1; one channel of it 3 dB less."""
    tone = sine(20, peak=10 ** (-23 / 20), rate=48_000)
    assert measure(Signal(np.stack((tone, tone), axis=1), 48_000), 1).loudness_lufs == pytest.approx(-23.0, abs=0.1)
    assert measure(signal(tone, rate=48_000), 1).loudness_lufs == pytest.approx(-26.0, abs=0.1)


def test_loudness_is_unknown_below_the_gate_and_below_400_ms() -> None:
    assert measure(signal(sine(0.399)), 1).loudness_lufs is None
    assert measure(signal(sine(0.401)), 1).loudness_lufs is not None
    assert measure(signal(sine(2, peak=0.0001)), 1).loudness_lufs is None


def test_true_peak_sees_what_lies_between_the_samples() -> None:
    """Case 16 of EBU Tech 3341: a quarter of the sampling rate, 45 degrees off; every sample is 3 dB below the crest."""
    between = (0.5 * np.sin(np.pi / 4 + np.pi / 2 * np.arange(48_000))).astype(np.float32)
    fade = np.minimum(1, np.minimum(np.arange(48_000), np.arange(48_000)[::-1]) / 4800).astype(np.float32)
    found = measure(Signal(between * fade, 48_000), 1).true_peak_dbtp
    assert found is not None
    assert -6.4 <= found <= -5.8
    assert 20 * math.log10(np.abs(between).max()) < -9


@given(st.integers(0, 1 << 30), st.integers(1, 3000), st.floats(0.01, 1))
def test_true_peak_agrees_with_libebur128(seed: int, frames: int, spread: float) -> None:
    noise = np.random.default_rng(seed).standard_normal(frames) * np.geomspace(1, spread, frames)
    samples = (np.append(noise, np.zeros(16)).clip(-4, 4) / 4).astype(np.float32)
    state = pyebur128.R128State(1, RATE, pyebur128.MeasurementMode.MODE_TRUE_PEAK)
    state.add_frames(samples, len(samples))
    expected = 20 * math.log10(pyebur128.get_true_peak(state, 0))
    assert measure(signal(samples), 1).true_peak_dbtp == pytest.approx(expected, abs=0.006)


def test_true_peak_finds_a_crest_wherever_it_lies() -> None:
    found = set()
    for at in range(300):
        pair = np.zeros(302, np.float32)
        pair[at : at + 2] = 0.5
        found.add(measure(signal(pair), 1).true_peak_dbtp)
    (crest,) = found
    assert crest is not None
    assert crest > 20 * math.log10(0.6)


def test_silence_has_no_peak_no_loudness_and_no_pace() -> None:
    found = measure(signal(silence(2)), 10)
    assert (found.loudness_lufs, found.true_peak_dbtp, found.words_per_minute, found.clipped_samples) == (None, None, None, 0)
    assert (found.duration_ms, found.lead_silence_ms, found.tail_silence_ms, found.longest_pause_ms) == (2000, 2000, 2000, 0)


def test_the_noise_of_a_quiet_room_is_silence() -> None:
    room = np.random.default_rng(3).normal(0, 10 ** (-70 / 20), RATE).astype(np.float32)
    assert measure(signal(room), 1).lead_silence_ms == 1000


@pytest.mark.parametrize("peak", [0.9, 0.05])
def test_silences_pauses_and_pace_are_measured_at_any_level(peak: float) -> None:
    room = np.random.default_rng(3).normal(0, 0.0002, RATE * 7).astype(np.float32)
    said = sine(1.5, hz=200, peak=peak)
    quiet_room = np.concatenate((silence(0.3), said, silence(0.8), said, silence(0.2), said, silence(1.2))) + room
    spoken = signal(quiet_room.astype(np.float32))
    found = measure(spoken, 15)
    assert found.duration_ms == 7000
    assert found.lead_silence_ms == pytest.approx(300, abs=5)
    assert found.tail_silence_ms == pytest.approx(1200, abs=5)
    assert found.longest_pause_ms == pytest.approx(800, abs=10)
    assert found.words_per_minute == pytest.approx(15 / 5.5 * 60, abs=1)


def clipped(samples: npt.NDArray[np.float32]) -> int:
    return measure(decode(encoded(samples)), 1).clipped_samples


def test_clipping_is_counted_and_a_loud_clean_voice_is_not() -> None:
    cut = np.clip(sine(1, hz=200, peak=2), -1, 1)
    assert clipped(cut) == pytest.approx(RATE * 2 / 3, rel=0.03)  # |sin| >= 1/2 two thirds of the time
    assert clipped(cut * np.float32(0.5)) == clipped(cut)
    for hz in (60, 100, 440, 3000):
        for peak in (0.05, 0.25, 0.5, 0.99):
            assert clipped(sine(1, hz=hz, peak=peak)) == 0, (hz, peak)


def test_two_samples_at_full_scale_are_not_yet_clipping_and_three_are() -> None:
    quiet = np.linspace(-0.1, 0.1, 50, dtype=np.float32)
    assert clipped(np.concatenate((quiet, np.ones(2, np.float32), quiet))) == 0
    assert clipped(np.concatenate((quiet, np.ones(3, np.float32), quiet, -np.ones(4, np.float32)))) == 7


@given(pcm16, st.sampled_from([1, 100, 256, 1024, 4096]))
def test_peaks_bound_the_samples_tightly(samples: npt.NDArray[np.int16], size: int) -> None:
    heard = decode(encoded(samples))
    pairs = np.frombuffer(peaks(heard, size), np.int8).reshape(-1, 2)
    assert len(pairs) == math.ceil(len(samples) / size)
    for (low, high), start in zip(pairs, range(0, len(samples), size), strict=True):
        scaled = heard.samples[start : start + size].astype(np.float64) * 127
        assert low <= scaled.min() < low + 1
        assert high - 1 < scaled.max() <= high


@given(pcm16)
def test_coarse_peaks_made_of_finer_ones_equal_those_of_the_samples(samples: npt.NDArray[np.int16]) -> None:
    heard = decode(encoded(samples))
    assert pyramid(heard) == {zoom: peaks(heard, zoom) for zoom in ZOOMS}


def test_zooms_that_do_not_divide_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="no whole number"):
        pyramid(signal(sine(1)), (256, 1000))


@given(st.integers(1, 700), st.sampled_from([1, 2]), rates)
def test_even_the_shortest_audio_is_measured(frames: int, channels: int, rate: int) -> None:
    samples = np.random.default_rng(frames).integers(-9000, 9000, (frames, channels), np.int16)
    found = measure(decode(encoded(samples[:, 0] if channels == 1 else samples, rate=rate)), 1)
    assert found.duration_ms == round(frames * 1000 / rate)
    assert found.true_peak_dbtp is not None
    assert 0 <= found.lead_silence_ms + found.tail_silence_ms <= found.duration_ms
