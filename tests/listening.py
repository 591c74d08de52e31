"""Instruments that judge speech: its loudness, its melody, where its words sound."""

from io import BytesIO

import numpy as np
import pyebur128
import soundfile
from numpy.typing import NDArray

from voiceops.providers.base import Speech

RATE = 24_000

Samples = NDArray[np.float64]


async def unwatched(share: float) -> None:
    """Nobody watches the progress."""


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
