"""Audio decoded into samples, or refused with a reason."""

import hashlib
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soundfile

from voiceops.speech.defect import Defect, NotAudio
from voiceops.speech.header import NO_MD5, Header, read_header

Samples = npt.NDArray[np.float32]

MAX_SECONDS = 3600.0
MAX_SAMPLES = 3600 * 48_000  # bounds the memory (four bytes each) whatever rate and channels a header claims
RATES_HZ = range(8_000, 96_001)
MAX_CHANNELS = 2

_EXACT = {"PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "ULAW", "ALAW"}  # what 24 bits hold without loss
_ROUNDED = {"PCM_32", "FLOAT", "DOUBLE"}


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """Samples in -1..1, read-only: float32 of shape (frames,) for mono, (frames, channels) else; each fits 24 bits exactly.

    `original` is the FLAC file it was decoded from, where that file can be kept as it is.
    """

    samples: Samples
    sample_rate_hz: int
    original: bytes | None = None

    @property
    def frames(self) -> int:
        """Sampling moments, the same for every channel."""
        return len(self.samples)

    @property
    def channels(self) -> int:
        """1 or 2."""
        return 1 if self.samples.ndim == 1 else self.samples.shape[1]

    @property
    def duration_ms(self) -> int:
        """Length by the samples that are there, to the nearest millisecond."""
        return round(self.frames * 1000 / self.sample_rate_hz)


def decode(audio: bytes, *, max_seconds: float = MAX_SECONDS) -> Signal:
    """Decode a whole WAV or FLAC file. Raises `NotAudio` for anything else, incomplete, damaged, or longer than `max_seconds`.

    Samples finer than 24 bits are rounded to 24 and cut at full scale, so that the lossless master holds exactly what is measured.
    """
    header = read_header(audio)
    _refuse_absurd(header, max_seconds)
    samples = _read(header)
    if len(samples) != header.frames:
        raise NotAudio(Defect.TRUNCATED, f"The audio declares {header.frames} samples and holds {len(samples)}.")
    if header.md5 != NO_MD5 and header.md5 != _md5(samples, header.bits):
        raise NotAudio(Defect.DAMAGED, "The FLAC file is damaged: its samples are not those it was made of.")
    samples.setflags(write=False)
    return Signal(samples, header.sample_rate_hz, audio if header.container == "FLAC" else None)


def _refuse_absurd(header: Header, max_seconds: float) -> None:
    """Before anything is allocated: a FLAC of a few bytes may declare gigabytes."""
    if header.sample_rate_hz not in RATES_HZ:
        raise NotAudio(
            Defect.UNSUPPORTED,
            f"The audio has {header.sample_rate_hz} samples a second; {RATES_HZ.start} to {RATES_HZ.stop - 1} are accepted.",
        )
    if not 1 <= header.channels <= MAX_CHANNELS:
        raise NotAudio(Defect.UNSUPPORTED, f"The audio has {header.channels} channels; one or two are accepted.")
    if not header.frames:
        raise NotAudio(Defect.EMPTY, "The audio holds no samples.")
    seconds = header.frames / header.sample_rate_hz
    if seconds > max_seconds or header.frames * header.channels > MAX_SAMPLES:
        raise NotAudio(Defect.TOO_LONG, f"The audio lasts {seconds:.0f} seconds; at most {max_seconds:.0f} are accepted.")


def _read(header: Header) -> Samples:
    try:
        with soundfile.SoundFile(io.BytesIO(header.audio)) as file:
            if file.subtype not in _EXACT | _ROUNDED:
                raise NotAudio(Defect.UNSUPPORTED, f"Samples written as {file.subtype} are not accepted.")
            samples: Samples = file.read(dtype="float32")
            rounded = file.subtype in _ROUNDED
    except (soundfile.SoundFileError, ValueError) as error:
        raise NotAudio(Defect.DAMAGED, "The audio is damaged or cut off: it cannot be decoded.") from error
    return _to_24_bits(samples) if rounded else samples


def _md5(samples: Samples, bits: int) -> bytes:
    """Hash the samples as FLAC does (RFC 9639, 8.2): interleaved, little-endian, each in as few whole bytes as hold its bits."""
    integers = np.rint(samples * np.float32(1 << (bits - 1))).astype("<i4")
    width = (bits + 7) // 8
    packed = integers.astype("<i2") if width == 2 else integers.reshape(-1, 1).view(np.uint8)[:, :width]  # noqa: PLR2004 (the usual)
    return hashlib.md5(packed.tobytes(), usedforsecurity=False).digest()


def _to_24_bits(samples: Samples) -> Samples:
    if not np.isfinite(samples).all():
        raise NotAudio(Defect.DAMAGED, "The audio holds samples that are no numbers.")
    scale = np.float32(1 << 23)
    whole: Samples = np.clip(np.rint(samples * scale), -scale, scale - 1)
    return whole / scale
