"""The changes made to an engine's ONNX file, as bytes: a speed for every token, inner tensors handed out or computed otherwise.

ONNX is protobuf, and protobuf messages may be appended to: fields that repeat add up, messages that recur are merged. So nodes,
inputs and outputs are appended to the graph, and only declared names and shapes are rewritten in place, at equal length. That
needs no `onnx` package, and at neutral figures the network computes what it always did.
"""

import struct
from collections.abc import Mapping, Sequence
from enum import IntEnum


class Element(IntEnum):
    """TensorProto.DataType."""

    FLOAT = 1
    INT64 = 7


class _Part(IntEnum):
    """Field numbers in GraphProto (onnx.proto)."""

    NODE = 1
    INITIALIZER = 5
    INPUT = 11
    OUTPUT = 12


_GRAPH = 7
"""Field number of ModelProto.graph."""


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


def node(operator: str, sources: Sequence[str], name: str) -> bytes:
    """NodeProto: `name = operator(sources)`; inputs are field 1, the output 2, the node's name 3, the operator 4."""
    texts = (*((1, source) for source in sources), (2, name), (3, f"voiceops/{name}"), (4, operator))
    return _message(_Part.NODE, b"".join(_message(field, text.encode()) for field, text in texts))


def constant(name: str, values: Sequence[int] | float) -> bytes:
    """TensorProto: a list of whole numbers, or a list of one float; dimension is field 1, type 2, name 8, raw data 9."""
    whole = isinstance(values, Sequence)
    raw = struct.pack(f"<{len(values)}q", *values) if isinstance(values, Sequence) else struct.pack("<f", values)
    kind, size = (Element.INT64, len(raw) // 8) if whole else (Element.FLOAT, 1)
    return _message(_Part.INITIALIZER, _number(1, size) + _number(2, kind) + _message(8, name.encode()) + _message(9, raw))


def _declared(name: str, element: Element, shape: bytes = b"") -> bytes:
    """ValueInfoProto: name is field 1, type 2, tensor type 1; of that, element type 1, shape 2."""
    return _message(1, name.encode()) + _message(2, _message(1, _number(1, element) + shape))


def token_input(name: str) -> bytes:
    """An input of one float a token, of shape (1, tokens); a dimension is field 1 of the shape, its size 1, its name 2."""
    dimensions = _message(1, _number(1, 1)) + _message(1, _message(2, b"sequence_length"))
    return _message(_Part.INPUT, _declared(name, Element.FLOAT, _message(2, dimensions)))


def _speed(dimension: bytes) -> bytes:
    """ValueInfoProto of the float input `speed` with one dimension, as the exporter wrote it."""
    return b"\n\x05speed\x12\n\n\x08\x08\x01\x12\x04\n\x02" + dimension


def redirected(model: bytes, tensor: str, to: str) -> bytes:
    """The model in which what computed `tensor` computes `to`, so that an added node can give `tensor`; names of one length.

    Raises `ValueError` unless exactly one node has that output.
    """
    before, after = (_message(2, name.encode()) + b"\x1a" for name in (tensor, to))  # field 3, the node's name, follows
    if len(before) != len(after) or model.count(before) != 1:
        raise ValueError(f"not the engine this program knows: nothing, or more than one node, computes {tensor}")
    return model.replace(before, after)


def opened(model: bytes, outputs: Mapping[str, tuple[str, Element]], added: bytes = b"") -> bytes:
    """The model whose `speed` has one figure a token and which has more outputs: by name, the inner tensor and its type.

    `added` are parts made by the functions above. Raises `ValueError` unless the file is laid out as the one this was written for.
    """
    fixed, free = _speed(_number(1, 1)), _speed(_number(15, 1))  # dim_value 1; a field readers skip, hence: any length
    if model.count(fixed) != 1 or not all(tensor.encode() in model for tensor, _ in outputs.values()):
        raise ValueError("not the engine this program knows: its graph has another layout")
    shown = b"".join(
        node("Identity", [tensor], name) + _message(_Part.OUTPUT, _declared(name, element))
        for name, (tensor, element) in outputs.items()
    )
    return model.replace(fixed, free) + _message(_GRAPH, added + shown)
