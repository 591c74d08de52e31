"""The same samples as files: the lossless master (FLAC) and PCM16 WAV."""

import io

import numpy as np
import numpy.typing as npt
import soundfile

from voiceops.speech.signal import Samples, Signal, decode

MASTER_MEDIA_TYPE = "audio/flac"


def master(audio: Signal | bytes) -> bytes:
    """Give the lossless FLAC: the one that arrived, byte for byte, or one of 16 bits where they are enough and 24 else.

    Bytes are decoded first and may raise `NotAudio`; who has the `Signal` already saves that.
    """
    signal = decode(audio) if isinstance(audio, bytes) else audio
    if signal.original is not None:
        return signal.original
    whole = sixteen_bits(signal.samples)
    if (whole == signal.samples * np.float32(1 << 15)).all():
        return _written(whole, signal, "FLAC", "PCM_16")
    return _encode(signal, "FLAC", "PCM_24")


def wav(signal: Signal) -> bytes:
    """Give PCM16 WAV with its true length in the header; samples of 16 bits are kept exactly, finer ones rounded."""
    return _encode(signal, "WAV", "PCM_16")


def sixteen_bits(samples: Samples) -> npt.NDArray[np.int16]:
    """Round samples to 16 bits and cut them at full scale."""
    whole: npt.NDArray[np.int16] = np.clip(np.rint(samples * np.float32(1 << 15)), -(1 << 15), (1 << 15) - 1).astype(np.int16)
    return whole


def _encode(signal: Signal, container: str, subtype: str) -> bytes:
    """Scale here: libsndfile's float scaling by 32767 is not the inverse of its decoding, so the samples would shift."""
    bits = 16 if subtype == "PCM_16" else 24
    full = float(1 << (bits - 1))
    integers = np.clip(np.rint(signal.samples * np.float32(full)), -full, full - 1).astype(np.int32)
    integers <<= 32 - bits
    return _written(integers, signal, container, subtype)


def _written(integers: npt.NDArray[np.signedinteger], signal: Signal, container: str, subtype: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, integers, signal.sample_rate_hz, format=container, subtype=subtype)
    return file.getvalue()
