"""How soon the page answers when the studio is started again."""

from statistics import median

from bench.figure import Figure
from bench.machine import load
from bench.studio import Studio

STARTS = 3
LIMIT_S = 10.0


def second_start(studio: Studio) -> list[Figure]:
    """Start a studio that has run before, a few times; it runs afterwards."""
    before, seconds = load(), []
    for _ in range(STARTS):
        studio.stop()
        seconds.append(studio.start("/"))
    value, longest = median(seconds), max(seconds)
    how = f"`voiceops up` on a data folder that exists until GET / answers 200; median of {STARTS}, the longest {longest:.1f} s"
    return [Figure("second start", f"{value:.1f} s", f"<= {LIMIT_S:g} s", value <= LIMIT_S, before, how)]
