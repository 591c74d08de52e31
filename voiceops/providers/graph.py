"""The one change made to an engine's ONNX file, as bytes: a speed for every token, and inner tensors handed out.

ONNX is protobuf, and protobuf messages may be appended to: fields that repeat add up, messages that recur are merged. So nodes
and outputs are appended to the graph, and only the declared shape of one input is rewritten in place, at equal length. That
needs no `onnx` package, and at equal speeds the network computes what it always did.
"""

from collections.abc import Mapping
from enum import IntEnum

_GRAPH, _NODE, _OUTPUT = 7, 1, 12
"""Field numbers of ModelProto.graph, GraphProto.node and GraphProto.output (onnx.proto)."""


class Element(IntEnum):
    """TensorProto.DataType."""

    FLOAT = 1
    INT64 = 7


def _varint(number: int) -> bytes:
    """A protobuf varint: seven bits a byte, lowest first."""
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _message(field: int, payload: bytes) -> bytes:
    """A length-delimited field: a message, a string or bytes."""
    return _varint(field << 3 | 2) + _varint(len(payload)) + payload


def _number(field: int, value: int) -> bytes:
    """A varint field."""
    return _varint(field << 3) + _varint(value)


def _identity(source: str, name: str) -> bytes:
    """NodeProto: `name = Identity(source)`; its input is field 1, output 2, name 3, operator 4."""
    texts = ((1, source), (2, name), (3, f"voiceops/{name}"), (4, "Identity"))
    return _message(_NODE, b"".join(_message(field, text.encode()) for field, text in texts))


def _declared(name: str, element: Element) -> bytes:
    """ValueInfoProto: an output of some shape; name is field 1, type 2, tensor type 1, its element type 1."""
    return _message(_OUTPUT, _message(1, name.encode()) + _message(2, _message(1, _number(1, element))))


def _speed(dimension: bytes) -> bytes:
    """ValueInfoProto of the float input `speed` with one dimension, as the exporter wrote it."""
    return b"\n\x05speed\x12\n\n\x08\x08\x01\x12\x04\n\x02" + dimension


def opened(model: bytes, outputs: Mapping[str, tuple[str, Element]]) -> bytes:
    """The model whose `speed` has one figure a token and which has more outputs: by name, the inner tensor and its type.

    Raises `ValueError` unless the file is laid out as the one this was written for.
    """
    fixed, free = _speed(_number(1, 1)), _speed(_number(15, 1))  # dim_value 1; a field readers skip, hence: any length
    if model.count(fixed) != 1 or not all(tensor.encode() in model for tensor, _ in outputs.values()):
        raise ValueError("not the engine this program knows: its graph has another layout")
    added = b"".join(_identity(tensor, name) + _declared(name, element) for name, (tensor, element) in outputs.items())
    return model.replace(fixed, free) + _message(_GRAPH, added)
