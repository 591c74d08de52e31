"""hibari's network and signal processing, with a speed, a pitch and a gain for every token. Runs in the engine's process only."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

import hibari
import numpy as np
import onnxruntime
from hibari import dsp

from voiceops.providers.gain import gain
from voiceops.providers.graph import Element, opened
from voiceops.providers.model import Doubles, Floats, Integers, Prosody, Sound
from voiceops.providers.passages import LONGEST

TOKEN_FRAMES = 2
"""Frames of the network's output in one unit of duration."""

OUTPUTS = {"wanted": ("/Div_40_output_0", Element.FLOAT), "duration": ("/Cast_32_output_0", Element.INT64)}
"""How long each token should last by the network's reckoning, and how long it does: rounded to 25 ms, at least 25 ms."""

SPARING, LONG = 0.5, 6
"""Hurrying takes more from long sounds than from short ones, as speakers do: up to this power of their units of 25 ms. Most
sounds last two units, so the network's own pace moves in leaps (asked for x1.3 it speaks x1.15, for x1.4 x1.55 with one word in
twelve lost). It is therefore only asked to speak slower, and the pace is made true by leaving out or repeating frames of its
spectrum. Words lost of 98, by whisper tiny.en: none or one at x0.5 to x1.5, three at x1.75, five at x2."""

VOICED_HZ, LOWEST_HZ = 40.0, 45.0
"""hibari's threshold of voicing, and the pitch below which no voiced frame is taken."""


def _melody(f0: Floats, factors: Floats, pitch_range: float) -> Floats:
    """The pitch curve, moved and stretched about its middle; unvoiced frames stay as they are."""
    voiced = f0 > VOICED_HZ
    if not voiced.any():
        return f0
    middle = np.median(f0[voiced])
    moved = np.maximum((middle + (f0 - middle) * pitch_range) * factors, LOWEST_HZ)
    return np.where(voiced, moved, f0).astype(np.float32)


def _wanted(usual: Doubles, speed: Floats) -> Doubles:
    """Frames each token should last, given its usual units and its speed; the silence at both ends keeps out of the bargain."""
    wanted = usual * TOKEN_FRAMES / speed
    inner = wanted[1:-1]
    spared = inner * np.minimum(usual[1:-1], LONG) ** (-SPARING * np.clip(speed[1:-1] - 1, 0, 1))
    wanted[1:-1] = spared * (inner.sum() / spared.sum())
    return wanted


def _retimed(frames: Integers, wanted: Doubles) -> tuple[Integers, Integers]:
    """Which frames to take, some left out and some repeated, so that each token lasts as many as wanted; and how many it got.

    Fractions carry over, so a run of tokens lasts as long as its parts together.
    """
    owners = np.repeat(np.arange(len(frames)), frames)
    time = np.cumsum((wanted / frames)[owners])
    kept = np.searchsorted(time, np.arange(0.5, time[-1]))
    return kept, np.bincount(owners[kept], minlength=len(frames))


class _Noise:
    """The beginning of a seeded generator's stream, kept: drawing it anew took a tenth of every inference.

    Stands in for `numpy.random.Generator` where hibari draws its noise; the same figures, because each call draws once.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._drawn = np.zeros(0, np.float32)

    def standard_normal(self, shape: tuple[int, ...], dtype: type[np.float32]) -> Floats:
        """The first figures of the stream in that shape, to be overwritten as the caller likes."""
        size, drawn = math.prod(shape), self._drawn
        if size > drawn.size:
            self._drawn = drawn = np.random.default_rng(self._seed).standard_normal(2 * size, dtype=dtype)
        return drawn[:size].reshape(shape).copy()


class HibariModel:
    """hibari's "heart". One session with one thread for each inference: more threads would change the bytes."""

    sample_rate: int = dsp.SR
    longest = 402
    passage = LONGEST
    lag_s = 0.035

    def __init__(self) -> None:
        stock = (Path(hibari.__file__).parent / "assets" / "hibari.onnx").read_bytes()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        graph = opened(stock, OUTPUTS)
        self._noise = cache(_Noise)
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self.facts: Mapping[str, object] = {
            "engine": "hibari-tts",
            "engine_version": version("hibari-tts"),
            "model_sha256": hashlib.sha256(stock).hexdigest(),
            "onnxruntime": onnxruntime.__version__,
            "numpy": np.__version__,
            "fft": dsp.FFT_BACKEND,
            "inference_threads": 1,
        }

    def british(self, voice: str) -> bool:  # noqa: ARG002 - it has one voice
        """Its voice is American."""
        return False

    def infer(self, voice: str, tokens: Sequence[int], prosody: Prosody, seed: int) -> Sound:  # noqa: ARG002 - it has one voice
        """Speak tokens; with neutral prosody the samples are those of the stock engine."""
        native = np.minimum(prosody.speed, 1)
        *outputs, wanted, durations = self._session.run(None, {"ids": np.array([tokens], np.int64), "speed": native})
        *spectrum, f0 = (output[0] for output in outputs)
        frames: Integers = durations.ravel() * TOKEN_FRAMES
        if np.any(prosody.speed != 1.0):
            usual = np.maximum(np.round(wanted.ravel() * native), 1)
            kept, frames = _retimed(frames, _wanted(usual, prosody.speed))
            spectrum, f0 = [part[:, kept] for part in spectrum], f0[kept]
        if prosody.pitch_range != 1.0 or np.any(prosody.pitch != 1.0):
            f0 = _melody(f0, np.repeat(prosody.pitch, frames), prosody.pitch_range)
        samples: Floats = dsp.synth(*spectrum, f0, self._noise(seed))
        lengths = frames * dsp.HOP
        if np.ptp(prosody.gain_db):
            samples = samples * gain(prosody.gain_db, lengths)
        return Sound(samples, lengths)
