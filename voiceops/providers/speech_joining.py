"""A server's answers put together, sample for sample, with the silences that the script asks for between them."""

from collections.abc import Sequence

import numpy as np

from voiceops.providers.base import ProviderError
from voiceops.providers.chunks import Chunks
from voiceops.speech import Signal, decode, master

_QUIET = 10 ** (-50 / 20)
"""Of an answer's peak: what is quieter at its ends counts as silence already there."""


def join(answers: Sequence[bytes], script: Chunks, *, max_seconds: float) -> bytes:
    """One FLAC file of all answers. Raises `NotAudio` for one that is none, `ProviderError` for answers that do not match.

    A server's voice ends in some silence of its own. Nothing of it is cut away, but it counts: only what lacks is added.
    """
    signals: list[Signal] = []
    for answer in answers:
        left = max_seconds - sum(signal.frames / signal.sample_rate_hz for signal in signals)
        signals.append(decode(answer, max_seconds=left))
    first = signals[0]
    if any((one.sample_rate_hz, one.channels) != (first.sample_rate_hz, first.channels) for one in signals):
        message = "The speech server changed its sample rate or channels between two parts of the script."
        raise ProviderError(message, code="changed_format", transient=False)
    edges = [_edges(one) for one in signals]
    wanted = [*(chunk.silence_ms for chunk in script.chunks), script.tail_ms]
    there = [0, *(tail for _, tail in edges)]
    leads = [*(lead for lead, _ in edges), 0]
    parts: list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = []
    for at, ms in enumerate(wanted):
        lacking = max(ms * first.sample_rate_hz // 1000 - there[at] - leads[at], 0)
        parts.append(np.zeros((lacking, *first.samples.shape[1:]), np.float32))
        parts += [signal.samples for signal in signals[at : at + 1]]
    return master(Signal(np.concatenate(parts), first.sample_rate_hz))


def _edges(signal: Signal) -> tuple[int, int]:
    """How many samples of near silence it begins and ends with."""
    level = np.abs(signal.samples).reshape(signal.frames, -1).max(axis=1)
    loud = np.flatnonzero(level > _QUIET * level.max(initial=0))
    return (int(loud[0]), signal.frames - 1 - int(loud[-1])) if loud.size else (0, 0)
