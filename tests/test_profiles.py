"""Renditions as signal: what they decode to, by FFmpeg, which encoded none of them."""

import io
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import numpy.typing as npt
import pyebur128
import pytest
import soundfile

import voiceops.providers
from voiceops.profiles import Format, Profile
from voiceops.speech import Signal, master, render, wav
from voiceops.speech.limiting import limit

Samples = npt.NDArray[np.float32]
VOICE = Path(voiceops.providers.__file__).parent / "samples" / "hibari-heart.flac"
EVERY = list(Format)


class Heard(NamedTuple):
    """What FFmpeg made of a file. Samples are of shape (frames, channels)."""

    codec: str
    sample_rate_hz: int
    samples: Samples

    @property
    def loudness_lufs(self) -> float:
        """By libebur128."""
        return float(pyebur128.get_loudness_global(self._measured(pyebur128.MeasurementMode.MODE_I)))

    @property
    def true_peak_dbtp(self) -> float:
        """Likewise, of the loudest channel."""
        state = self._measured(pyebur128.MeasurementMode.MODE_TRUE_PEAK)
        return 20 * float(np.log10(max(pyebur128.get_true_peak(state, at) for at in range(self.samples.shape[1]))))

    def _measured(self, mode: pyebur128.MeasurementMode) -> pyebur128.R128State:
        state = pyebur128.R128State(self.samples.shape[1], self.sample_rate_hz, mode)
        state.add_frames(np.ascontiguousarray(self.samples).reshape(-1), len(self.samples))
        return state


def heard(file: bytes) -> Heard:
    with av.open(io.BytesIO(file), "r") as container:
        stream = container.streams.audio[0]
        frames = list(container.decode(audio=0))
        planar = np.concatenate([frame.to_ndarray().reshape(-1, frame.samples, order="F") for frame in frames], axis=1)
    if np.issubdtype(planar.dtype, np.integer):
        planar = planar / -float(np.iinfo(planar.dtype).min)
    return Heard(stream.codec_context.name, stream.rate, planar.T.astype(np.float32))


def speech(*, rate: int = 24_000, gain: float = 1.0, channels: int = 1) -> Signal:
    """A sentence, its samples those of 16 bits; other rates make it a slower or quicker voice."""
    samples, _ = soundfile.read(VOICE, dtype="float32")
    turned = np.clip(np.rint(samples * gain * 2**15), -(2**15), 2**15 - 1).astype(np.float32) / 2**15
    return Signal(turned if channels == 1 else np.stack([turned, turned[::-1]], axis=1), rate)


def lag(one: Samples, other: Samples) -> int:
    size = 1 << (len(one) + len(other)).bit_length()
    at = int(np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size)), size).argmax())
    return at if at < size // 2 else at - size


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (22_050, 1), (24_000, 1), (24_000, 2), (44_100, 1), (48_000, 2)])
@pytest.mark.parametrize(
    ("kind", "codec", "has"), [("mp3", "mp3float", 44_100), ("opus", "opus", 48_000), ("ulaw", "pcm_mulaw", 8_000)]
)
def test_a_rendition_is_as_long_as_the_master_and_begins_with_it(kind: str, codec: str, has: int, rate: int, channels: int) -> None:
    said = speech(rate=rate, channels=channels)
    got = heard(render(said, Profile(Format(kind))))
    assert (got.codec, got.sample_rate_hz) == (codec, has)
    assert abs(len(got.samples) - said.frames * has / rate) <= 1
    assert got.samples.shape[1] == (1 if kind == "ulaw" else channels)
    known = render(said, Profile(Format.WAV, sample_rate_hz=has))
    assert abs(lag(got.samples[:, 0], heard(known).samples[:, 0])) <= 1
    if channels == 1 or kind != "ulaw":
        assert got.loudness_lufs == pytest.approx(heard(known).loudness_lufs, abs=0.6)


@pytest.mark.parametrize("channels", [1, 2])
def test_wav_and_flac_are_the_master_to_the_bit(channels: int) -> None:
    said = speech(channels=channels)
    for kind in (Format.WAV, Format.FLAC):
        assert np.array_equal(heard(render(said, Profile(kind))).samples.reshape(said.samples.shape), said.samples)
    assert render(said, Profile(Format.FLAC)) == master(said)


@pytest.mark.parametrize("kind", ["mp3", "opus", "ulaw"])
def test_nothing_clips_that_was_as_loud_as_can_be(kind: str) -> None:
    loud = speech(gain=2.5)
    assert np.abs(loud.samples).max() >= 0.9999
    got = heard(render(loud, Profile(Format(kind))))
    assert got.true_peak_dbtp <= 0.02
    assert np.abs(got.samples).max() <= 1.0


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize(("loudness", "peak"), [(-16.0, -1.0), (-20.0, -3.0), (-23.0, -3.0)])
@pytest.mark.parametrize("gain", [0.1, 1.0, 2.5])
def test_a_rendition_is_as_loud_as_its_profile_says(kind: Format, loudness: float, peak: float, gain: float) -> None:
    got = heard(render(speech(gain=gain), Profile(kind, loudness_lufs=loudness, true_peak_dbtp=peak)))
    assert got.loudness_lufs == pytest.approx(loudness, abs=0.25)
    assert got.true_peak_dbtp <= peak + 0.02


def test_with_a_true_peak_alone_it_is_turned_down_as_a_whole() -> None:
    said = speech()
    got = heard(render(said, Profile(Format.WAV, true_peak_dbtp=-12.0)))
    assert got.true_peak_dbtp == pytest.approx(-12.0, abs=0.1)
    share = got.samples[:, 0] @ said.samples / (said.samples @ said.samples)
    assert np.abs(got.samples[:, 0] - share * said.samples).max() < 2**-15
    quiet = speech(gain=0.1)
    assert render(quiet, Profile(Format.WAV, true_peak_dbtp=-12.0)) == wav(quiet)


def test_silence_has_no_loudness_to_bring_it_to() -> None:
    silence = Signal(np.zeros(24_000, np.float32), 24_000)
    assert not heard(render(silence, Profile(Format.WAV, loudness_lufs=-16.0, true_peak_dbtp=-1.0))).samples.any()


def test_the_limiter_leaves_alone_what_is_far_from_a_peak() -> None:
    rate = 24_000
    samples = (0.1 * np.sin(np.arange(4 * rate) * 0.3)).astype(np.float32)
    samples[2 * rate : 2 * rate + 40] *= 8
    limited = limit(samples, rate, 0.5)
    assert Heard("", rate, limited[:, None]).true_peak_dbtp <= 20 * np.log10(0.5) + 0.01
    near = slice(2 * rate - rate // 40, 2 * rate + 40 + rate // 40)
    assert np.array_equal(np.delete(limited, near), np.delete(samples, near))
    both = limit(np.stack([samples, samples[::-1] / 2], axis=1), rate, 0.5)
    assert np.array_equal(both[near, 1], samples[::-1][near] / 2) is False  # what one channel needs, both do


def test_a_limited_block_goes_over_into_the_next_without_a_step() -> None:
    samples = np.full((1 << 20) + 50_000, 0.1, np.float32)
    samples[(1 << 20) - 100 : (1 << 20) + 100] = 0.9
    gain = limit(samples, 24_000, 0.5) / samples
    assert np.abs(np.diff(gain)).max() < 0.01


@pytest.mark.parametrize("kind", EVERY)
def test_the_same_audio_is_the_same_file(kind: Format) -> None:
    assert render(speech(), Profile(kind)) == render(speech(), Profile(kind))


def test_an_ogg_that_was_numbered_has_the_checksums_libogg_expects() -> None:
    file = render(speech(), Profile(Format.OPUS))
    samples, rate = soundfile.read(io.BytesIO(file))
    assert abs(len(samples) - speech().frames * rate / 24_000) <= 1
    broken = file[:-40] + bytes([file[-40] ^ 1]) + file[-39:]
    assert len(soundfile.read(io.BytesIO(broken))[0]) < len(samples)  # the page is left out


def test_bits_a_second_are_those_asked_for() -> None:
    seconds = speech().frames / 24_000
    for kbps in (64, 128, 192, 320):
        file = render(speech(), Profile(Format.MP3, bitrate_kbps=kbps))
        assert len(file) * 8 / seconds / 1000 == pytest.approx(kbps, rel=0.05)


def test_a_profile_has_one_name() -> None:
    assert Profile(Format.MP3).name == Profile(Format.MP3, sample_rate_hz=44_100, bitrate_kbps=128).name == "mp3"
    assert Profile(Format.MP3, bitrate_kbps=192).name == "mp3;192k"
    assert Profile(Format.WAV, sample_rate_hz=48_000).name == "wav;48000Hz"
    assert Profile(Format.ULAW, loudness_lufs=-20.0, true_peak_dbtp=-3.0).name == "ulaw;-20LUFS;-3dBTP"
    assert Profile(Format.OPUS, loudness_lufs=-16.5).name == "opus;-16.5LUFS"


def test_what_no_file_can_be_is_no_profile() -> None:
    for wrong in (
        {"format": Format.ULAW, "sample_rate_hz": 16_000},
        {"format": Format.WAV, "bitrate_kbps": 128},
        {"format": Format.MP3, "bitrate_kbps": 100},
        {"format": Format.OPUS, "sample_rate_hz": 44_100},
        {"format": Format.FLAC, "sample_rate_hz": 4_000},
        {"format": Format.MP3, "loudness_lufs": 3.0},
        {"format": Format.MP3, "true_peak_dbtp": 0.5},
        {"format": Format.MP3, "loudness_lufs": float("nan")},
    ):
        with pytest.raises(ValueError, match=r"\d|nan"):
            Profile(**wrong)  # type: ignore[arg-type]
