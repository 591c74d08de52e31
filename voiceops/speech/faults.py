"""What can be wrong with a recording, told by its signal alone: clipping, silences, a cut-off end, pace, loudness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np

from voiceops.speech.measurements import FRAME_MS, Measurements, frame_power, threshold
from voiceops.speech.signal import Signal

LEAD_MS: Final = 500
TAIL_MS: Final = 1_000
"""Silence at the ends that nobody asked for; what tells a listener that nothing comes is about a second."""
PAUSE_MS: Final = 1_200
"""A pause within speech that nobody asked for; people pause up to a second between thoughts."""
SLACK_MS: Final = 300
"""A voice makes of a pause asked for what is around it, too."""
PACE: Final = 0.25
"""Off the usual pace of its voice by this share. Twelve of twenty takes at x1.3 are caught, all at x1.6 and x0.6."""
PACE_WORDS: Final = 8
"""Fewer words have no pace: one long name makes them slow."""
LOUDNESS_LUFS: Final = (-24.0, -14.0)
TRUE_PEAK_DBTP: Final = -1.0
CUT_WITHIN_MS: Final = 30
CUT_BELOW_LOUD_DB: Final = 26.0
"""A word that ends by itself fades further than this below the loud parts before the file ends."""


class Fault(StrEnum):
    """Every check of the signal."""

    CLIPPING = "clipping"
    SILENCE_BEFORE = "silence_before"
    SILENCE_AFTER = "silence_after"
    PAUSE = "pause"
    CUT_OFF = "cut_off"
    PACE = "pace"
    LOUDNESS = "loudness"
    TRUE_PEAK = "true_peak"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the script asks of the silence: before the first word, after the last, and each pause between; all in ms.

    `usual_wpm` is the voice's pace as this was asked for, None where nobody knows it, and `words` how many there are to say.
    """

    words: int
    usual_wpm: float | None = None
    lead_ms: int = 0
    tail_ms: int = 0
    gap_ms: int = 0
    pauses_ms: Sequence[int] = ()
    gaps: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: `wrong` or not, None where it could not be told. `detail` is for people; times are in ms."""

    check: str
    wrong: bool | None
    detail: str
    figures: Mapping[str, float | int | None] = field(default_factory=dict)
    at: Sequence[tuple[int, int]] = ()


def find_faults(signal: Signal, measured: Measurements, asked: Asked) -> list[Finding]:
    """Make every check of the signal, in the order of `Fault`."""
    sounding = _sounding(signal)
    return [
        _clipping(measured),
        _end(Fault.SILENCE_BEFORE, measured.lead_silence_ms, LEAD_MS + asked.lead_ms, (0, measured.lead_silence_ms)),
        _end(
            Fault.SILENCE_AFTER,
            measured.tail_silence_ms,
            TAIL_MS + asked.tail_ms,
            (measured.duration_ms - measured.tail_silence_ms, measured.duration_ms),
        ),
        _pause(sounding, asked),
        _cut_off(signal, sounding),
        _pace(measured, asked),
        _loudness(measured),
        _true_peak(measured),
    ]


def _clipping(measured: Measurements) -> Finding:
    count = measured.clipped_samples
    detail = f"{count:,} samples are cut flat." if count else "No sample is cut flat."
    return Finding(Fault.CLIPPING, count > 0, detail, {"clipped_samples": count})


def _end(fault: Fault, silence_ms: int, most_ms: int, at: tuple[int, int]) -> Finding:
    where = "before the first word" if fault is Fault.SILENCE_BEFORE else "after the last word"
    wrong = silence_ms > most_ms
    detail = f"{silence_ms / 1000:.1f} s of silence {where}; at most {most_ms / 1000:.1f} s are usual."
    return Finding(fault, wrong, detail, {"silence_ms": silence_ms, "most_ms": most_ms}, [at] if wrong else [])


def _pause(sounding: Sequence[tuple[int, int]], asked: Asked) -> Finding:
    """Give each silence the shortest pause asked for that explains it; what is left is nobody's wish."""
    silences = sorted(((end, start) for (_, end), (start, _) in pairwise(sounding)), key=_length)
    left = sorted(asked.pauses_ms)
    usual = max(PAUSE_MS, asked.gap_ms + SLACK_MS)
    unasked = []
    for begin, end in reversed(silences):
        if end - begin <= usual:
            break
        if left and end - begin <= left[-1] + asked.gap_ms + SLACK_MS:
            left.pop()
        else:
            unasked.append((begin, end))
    longest = max((end - begin for begin, end in unasked), default=0)
    figures = {"longest_ms": max((end - begin for begin, end in silences), default=0), "most_ms": usual}
    detail = f"A pause of {longest / 1000:.1f} s that the script does not ask for." if unasked else "No pause is longer than asked."
    return Finding(Fault.PAUSE, bool(unasked), detail, figures, sorted(unasked))


def _length(span: tuple[int, int]) -> int:
    return span[1] - span[0]


def _cut_off(signal: Signal, sounding: Sequence[tuple[int, int]]) -> Finding:
    """Compare the last moments with the loud parts: speech fades before it ends, a cut does not wait for that."""
    if not sounding:
        return Finding(Fault.CUT_OFF, None, "Nothing sounds, so nothing can be cut off.")
    power = _power(signal)
    loud, last = float(np.quantile(power[power > 0], 0.9)), float(power[-CUT_WITHIN_MS // FRAME_MS :].max())
    below_db = 10 * np.log10(loud / last) if last > 0 else 120.0
    wrong = bool(below_db < CUT_BELOW_LOUD_DB)
    detail = "The audio ends while something still sounds." if wrong else "The end fades as speech does."
    end = signal.duration_ms
    figures = {"below_loud_db": round(float(below_db), 1), "least_db": CUT_BELOW_LOUD_DB}
    return Finding(Fault.CUT_OFF, wrong, detail, figures, [(max(0, end - CUT_WITHIN_MS), end)] if wrong else [])


def _pace(measured: Measurements, asked: Asked) -> Finding:
    """Compare words a minute without the pauses and gaps that the script and the delivery ask for."""
    if asked.usual_wpm is None or asked.words < PACE_WORDS:
        why = "Nobody knows this voice's usual pace." if asked.usual_wpm is None else f"Fewer than {PACE_WORDS} words have no pace."
        return Finding(Fault.PACE, None, why)
    wanted_ms = sum(asked.pauses_ms) + asked.gaps * asked.gap_ms
    spoken_ms = max(1, measured.duration_ms - measured.lead_silence_ms - measured.tail_silence_ms - wanted_ms)
    pace = asked.words * 60_000 / spoken_ms
    off = pace / asked.usual_wpm - 1
    wrong = abs(off) > PACE
    how = "faster" if off > 0 else "slower"
    detail = (
        f"{pace:.0f} words a minute without the pauses asked for, {abs(off):.0%} {how} than this voice usually speaks"
        f" ({asked.usual_wpm:.0f})."
    )
    return Finding(Fault.PACE, wrong, detail, {"words_per_minute": round(pace, 1), "usual": round(asked.usual_wpm, 1)})


def _loudness(measured: Measurements) -> Finding:
    lowest, highest = LOUDNESS_LUFS
    found = measured.loudness_lufs
    if found is None:
        return Finding(Fault.LOUDNESS, None, "Too short or too quiet for its loudness to be measured.")
    wrong = not lowest <= found <= highest
    detail = f"{found:.1f} LUFS; {lowest:.0f} to {highest:.0f} are usual."
    return Finding(Fault.LOUDNESS, wrong, detail, {"loudness_lufs": found, "lowest": lowest, "highest": highest})


def _true_peak(measured: Measurements) -> Finding:
    found = measured.true_peak_dbtp
    if found is None:
        return Finding(Fault.TRUE_PEAK, None, "Nothing sounds.")
    detail = f"The true peak is {found:.1f} dBTP; at most {TRUE_PEAK_DBTP:.0f} leaves room for every codec."
    return Finding(Fault.TRUE_PEAK, found > TRUE_PEAK_DBTP, detail, {"true_peak_dbtp": found, "most": TRUE_PEAK_DBTP})


def _power(signal: Signal) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return frame_power(signal, max(1, signal.sample_rate_hz * FRAME_MS // 1000))


def _sounding(signal: Signal) -> list[tuple[int, int]]:
    """The stretches in which something sounds, in ms, by the frames and the threshold that silences are measured with."""
    power = _power(signal)
    on = np.flatnonzero(np.diff(np.concatenate(([0], (power > threshold(power)).astype(np.int8), [0]))))
    size = max(1, signal.sample_rate_hz * FRAME_MS // 1000)
    times = np.rint(np.minimum(on * size, signal.frames) * 1000 / signal.sample_rate_hz).astype(int)
    return [(int(start), int(end)) for start, end in times.reshape(-1, 2)]
