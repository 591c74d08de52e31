"""One measured figure, and the table of them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, its value with its unit, the limit it has to keep, and the load before it was taken."""

    name: str
    value: str
    limit: str
    kept: bool | None
    load: float
    how: str


HEADS = ("figure", "value", "limit", "kept", "load")
KEPT = {True: "yes", False: "NO", None: "-"}


def table(figures: Sequence[Figure]) -> str:
    """Lay figures out in columns, and below them how each was measured."""
    rows = [HEADS, *((one.name, one.value, one.limit, KEPT[one.kept], f"{one.load:.2f}") for one in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([*lines, "", *(f"{one.name}: {one.how}" for one in figures)])
