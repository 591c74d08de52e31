"""What a WAV or FLAC file says about itself, read before any sample is: libsndfile reads over lies that we refuse."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from voiceops.speech.defect import Defect, NotAudio

_STREAMED_FROM = 0x7FFF0000  # ffmpeg writes 0xFFFFFFFF, sox 0x7FFFF000: "until the stream ends"
_RIFF_BYTES = 12
_CHUNK_BYTES = 8
_FMT_BYTES = 16
_STREAMINFO_END = 42

NO_MD5 = bytes(16)


@dataclass(frozen=True, slots=True)
class Header:
    """Container (`WAV` or `FLAC`) and declared length. `audio` is the file, with the true length where a stream left it open.

    `md5` is what a FLAC says its samples hash to, written in `bits` each; 16 zeros where its encoder did not tell.
    """

    container: str
    sample_rate_hz: int
    channels: int
    frames: int
    audio: bytes
    bits: int = 0
    md5: bytes = NO_MD5


@dataclass(frozen=True, slots=True)
class _Chunk:
    name: bytes
    start: int
    size: int


def read_header(audio: bytes) -> Header:
    """Tell what the bytes declare. Raises `NotAudio`: neither WAV nor FLAC, of unknown length, or shorter than declared."""
    if not audio:
        raise NotAudio(Defect.EMPTY, "The audio is empty: not one byte arrived.")
    if audio.startswith(b"fLaC"):
        return _flac(audio)
    if audio.startswith(b"RIFF") and audio[8:12] == b"WAVE":
        return _wav(audio)
    raise NotAudio(Defect.NOT_AUDIO, f"This is neither WAV nor FLAC: it starts with {audio[:4]!r}.")


def _flac(audio: bytes) -> Header:
    """Read STREAMINFO, always the first block (RFC 9639, 8.2): at byte 18 20 bits of rate, 3 channels, 5 depth, 36 frames; MD5."""
    if len(audio) < _STREAMINFO_END or audio[4] & 0x7F:
        raise NotAudio(Defect.TRUNCATED, "The FLAC file ends within its header.")
    packed = int.from_bytes(audio[18:26], "big")
    frames = packed & 0xFFFFFFFFF
    if not frames:
        raise NotAudio(
            Defect.UNKNOWN_LENGTH,
            "This FLAC was streamed and does not say how long it is, so nobody can tell whether all of it arrived.",
        )
    return Header("FLAC", packed >> 44, (packed >> 41 & 7) + 1, frames, audio, (packed >> 36 & 31) + 1, audio[26:_STREAMINFO_END])


def _wav(audio: bytes) -> Header:
    chunks: dict[bytes, _Chunk] = {}
    for chunk in _chunks(audio):
        chunks.setdefault(chunk.name, chunk)
        if chunk.name == b"data":
            break
    if b"fmt " not in chunks or b"data" not in chunks:
        raise NotAudio(Defect.TRUNCATED, "The WAV file ends before its audio begins.")
    at = chunks[b"fmt "].start
    if chunks[b"fmt "].size < _FMT_BYTES or len(audio) < at + _FMT_BYTES:
        raise NotAudio(Defect.DAMAGED, "The WAV file does not say how its samples are written.")
    channels, sample_rate_hz, _, frame_bytes = struct.unpack_from("<HIIH", audio, at + 2)
    if not frame_bytes:
        raise NotAudio(Defect.DAMAGED, "The WAV file says that a sample takes no bytes.")
    data = chunks[b"data"]
    there = len(audio) - data.start
    size = data.size
    if _is_streamed(audio, data):
        size, audio = there, _closed(audio, data.start, there)
    if size > there:
        raise NotAudio(Defect.TRUNCATED, f"The WAV file declares {size} bytes of audio and holds {there}.")
    if size % frame_bytes:
        raise NotAudio(Defect.TRUNCATED, "The WAV file ends in the middle of a sample.")
    return Header("WAV", sample_rate_hz, channels, size // frame_bytes, audio)


def _chunks(audio: bytes) -> Iterator[_Chunk]:
    at = _RIFF_BYTES
    while at + _CHUNK_BYTES <= len(audio):
        name, size = struct.unpack_from("<4sI", audio, at)
        yield _Chunk(name, at + _CHUNK_BYTES, size)
        at += _CHUNK_BYTES + size + size % 2


def _is_streamed(audio: bytes, data: _Chunk) -> bool:
    """Tell a writer that could not go back and fill in the length: it is huge, or none while the file goes on past its own end."""
    (riff_size,) = struct.unpack_from("<I", audio, 4)
    goes_on = len(audio) > data.start and not (_CHUNK_BYTES + riff_size > data.start and riff_size < _STREAMED_FROM)
    return data.size >= _STREAMED_FROM or (data.size == 0 and goes_on)


def _closed(audio: bytes, start: int, size: int) -> bytes:
    """Write the true length into both places of a streamed WAV."""
    riff_size = struct.pack("<I", start + size - _CHUNK_BYTES)
    return audio[:4] + riff_size + audio[8 : start - 4] + struct.pack("<I", size) + audio[start:]
