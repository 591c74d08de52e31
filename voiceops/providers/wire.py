"""How a provider and its engine's process talk: frames of one JSON header and raw bytes, each way over a pipe."""

import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

from voiceops.providers.base import Pause, Request, Span, Speech, Word

_SIZES = struct.Struct(">II")
PREFIX = _SIZES.size

Header = dict[str, Any]


def frame(header: Mapping[str, object], body: bytes = b"") -> bytes:
    """One frame: the two lengths, the header as JSON, the body."""
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return _SIZES.pack(len(head), len(body)) + head + body


def sizes(prefix: bytes) -> tuple[int, int]:
    """The lengths of header and body that a frame's first bytes announce."""
    head, body = _SIZES.unpack(prefix)
    return head, body


def header(head: bytes) -> Header:
    """Read a frame's header."""
    read: Header = json.loads(head.decode("utf-8", "surrogatepass"))
    return read


def read_frame(pipe: BinaryIO) -> tuple[Header, bytes] | None:
    """The next frame from a blocking pipe, or None at its end, also when it ends within a frame."""
    prefix = pipe.read(PREFIX)
    if len(prefix) < PREFIX:
        return None
    head_size, body_size = sizes(prefix)
    head, body = pipe.read(head_size), pipe.read(body_size)
    if len(head) < head_size or len(body) < body_size:
        return None
    return header(head), body


def from_request(request: Request) -> Header:
    """A request as JSON: a span is `[text, emphasised]`, a pause its milliseconds."""
    text = [part.ms if isinstance(part, Pause) else [part.text, part.emphasised] for part in request.text]
    return {**{name: getattr(request, name) for name in Request.__slots__}, "text": text}


def to_request(read: Header) -> Request:
    """The request that `from_request` wrote."""
    text = tuple(Pause(part) if isinstance(part, int) else Span(*part) for part in read["text"])
    return Request(**{**read, "text": text})


def from_speech(speech: Speech) -> Header:
    """All of a speech but its bytes, which travel as the frame's body."""
    words = [[word.text, word.start_ms, word.end_ms, word.emphasised] for word in speech.words]
    return {
        "media_type": speech.media_type,
        "words": words,
        "applied": speech.applied,
        "unspoken": speech.unspoken,
        "metadata": speech.metadata,
    }


def to_speech(read: Header, audio: bytes) -> Speech:
    """The speech that `from_speech` wrote, with its bytes."""
    words = tuple(Word(*word) for word in read["words"])
    return Speech(**{**read, "audio": audio, "words": words, "unspoken": tuple(read["unspoken"])})
