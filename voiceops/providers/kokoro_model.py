"""Kokoro's network, with a speed, a pitch and a gain for every token. Runs in the engine's process only."""

import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import mkstemp
from typing import Final

import numpy as np
import onnxruntime

from voiceops.providers.base import ProviderError
from voiceops.providers.gain import gain
from voiceops.providers.kokoro_graph import OPENED_SHA256, PARTS, SHA256, open_to_prosody, stock
from voiceops.providers.kokoro_voices import STYLES, STYLES_SHA256, VOICES
from voiceops.providers.model import Floats, Integers, Prosody, Sound

FRAME: Final = 600
"""Samples in one unit of duration: 25 ms."""

ROWS: Final = 510
"""A voice has a style for each number of tokens."""


class KokoroModel:
    """Kokoro-82M in int8. One session with one thread for each inference: more threads would change the bytes."""

    sample_rate = 24_000
    longest = 202
    passage = 170
    lag_s = 0.03

    def __init__(self, folder: str) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            model = kept(Path(folder))
        except ValueError as error:
            raise ProviderError(f"Kokoro cannot speak: {error}.", code="engine_damaged", transient=False) from error
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._styles = cache(styles)
        self.facts: Mapping[str, object] = {
            "engine": "kokoro",
            "engine_version": f"v1.0 int8, {PARTS[0]} {version(PARTS[0])}",
            "model_sha256": SHA256,
            "styles_sha256": STYLES_SHA256,
            "front_end": f"hibari-tts {version('hibari-tts')}",
            "onnxruntime": onnxruntime.__version__,
            "numpy": np.__version__,
            "inference_threads": 1,
        }

    def british(self, voice: str) -> bool:
        """Whether it is one of the British voices."""
        return VOICES[_name(voice)].british

    def infer(self, voice: str, tokens: Sequence[int], prosody: Prosody, seed: int) -> Sound:  # noqa: ARG002 - it draws no noise
        """Speak tokens; with neutral prosody the samples are those of the stock engine."""
        name = _name(voice)
        middle = VOICES[name].middle_hz * (1 - prosody.pitch_range)
        asked = {
            "tokens": np.array([tokens], np.int64),
            "style": self._styles(name)[min(len(tokens) - 2, ROWS) - 1][None],
            "speed": prosody.speed,
            "f0_factor": (prosody.pitch * np.float32(prosody.pitch_range))[None],
            "f0_offset": (prosody.pitch * np.float32(middle))[None],
        }
        samples, durations = self._session.run(["audio", "duration"], asked)
        lengths: Integers = durations.ravel() * FRAME
        if np.ptp(prosody.gain_db):
            samples = samples * gain(prosody.gain_db, lengths)
        return Sound(samples, lengths)


def styles(name: str) -> Floats:
    """The styles of a voice, a row of 256 figures for each number of tokens."""
    with np.load(STYLES) as packs:
        pack: Floats = packs[name].astype(np.float32)
    return pack


def kept(folder: Path) -> str | bytes:
    """Where the model lies, joined and ready, written there once; itself if that folder takes no files.

    Raises `ValueError` when its parts are damaged.
    """
    path = folder / f"kokoro-{OPENED_SHA256[:16]}.onnx"
    with suppress(OSError), path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() == OPENED_SHA256:
            return str(path)
    model = open_to_prosody(stock())
    try:
        _write(path, model)
    except OSError as error:
        sys.stderr.write(f"Kokoro's model is not kept in {folder}, and joined anew at each start: {error.strerror}\n")
        return model
    return str(path)


def _write(path: Path, model: bytes) -> None:
    """Write a file whole or not at all, whoever else writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, half = mkstemp(dir=path.parent, prefix=".kokoro-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(model)
            file.flush()
            os.fsync(descriptor)
        Path(half).replace(path)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise


def _name(voice: str) -> str:
    return voice.rpartition("/")[2]
