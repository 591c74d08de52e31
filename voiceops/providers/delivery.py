"""Fitting a request to what its voice can do, and saying what was changed."""

from collections.abc import Mapping
from dataclasses import replace

from voiceops.providers.base import NEUTRAL, Capabilities, Control, Request, Support

Adjusted = Mapping[str, Mapping[str, object]]
"""By field: what was asked, what was applied."""


def _fitted(control: Control, asked: float) -> float:
    if control.support is Support.IGNORED:
        return control.default
    return min(max(asked, control.minimum), control.maximum)


def fit(request: Request, voice: Capabilities) -> tuple[Request, Adjusted]:
    """The request within the voice's bounds, ignored fields at their defaults, and every field that had to change."""
    fitted = replace(
        request,
        tone=request.tone if request.tone in voice.tones else NEUTRAL,
        speed=_fitted(voice.speed, request.speed),
        emphasis=_fitted(voice.emphasis, request.emphasis),
        pitch=_fitted(voice.pitch, request.pitch),
        sentence_gap_ms=round(_fitted(voice.sentence_gap_ms, request.sentence_gap_ms)),
    )
    fields = ("tone", "speed", "emphasis", "pitch", "sentence_gap_ms")
    pairs = {name: (getattr(request, name), getattr(fitted, name)) for name in fields}
    return fitted, {name: {"asked": asked, "applied": applied} for name, (asked, applied) in pairs.items() if asked != applied}


def applied(request: Request) -> dict[str, object]:
    """The delivery of a fitted request, as `Speech.applied` tells it."""
    return {
        "tone": request.tone,
        "speed": request.speed,
        "emphasis": request.emphasis,
        "pitch": request.pitch,
        "sentence_gap_ms": request.sentence_gap_ms,
    }
