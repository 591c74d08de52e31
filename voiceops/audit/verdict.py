"""What a verification says: how much was looked at, and each thing that is wrong, the first of them first."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

MOST: Final = 100
"""Findings told one by one; the rest are counted."""


class Kind(StrEnum):
    """What can be wrong."""

    EDITED = "edited"  # an event no longer is what was sealed
    MISSING = "missing"  # a sealed event is gone
    GAP = "gap"  # a place in the tree is empty
    MOVED = "moved"  # an event lies in another log than it says
    ROOT = "root"  # the events up to a checkpoint do not make the root that was signed
    CHECKPOINT = "checkpoint"  # a checkpoint is not what its signature covers, or nobody we trust signed it
    CUT = "cut"  # a signed checkpoint promises more events than there are
    UNSIGNED = "unsigned"  # sealed events that no signature covers
    BEHIND = "behind"  # an event that was put in where everything had been sealed
    COLUMNS = "columns"  # what is searched and shown is not what the event says
    TIME = "time"  # an event tells of a time at which it cannot have been written
    WITNESS = "witness"  # the copy outside says something else, is gone, or cannot be read


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, with the event it concerns, or the first of them, where it is known."""

    kind: Kind
    log: str
    why: str
    index: int | None = None
    seq: int | None = None
    event_id: str | None = None


@dataclass(slots=True)
class Verdict:
    """The result of one verification."""

    events: int = 0
    sealed: int = 0
    unsealed: int = 0
    oldest_unsealed: datetime | None = None
    checkpoints: int = 0
    outside: int = 0
    more: int = 0
    seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def add(self, finding: Finding) -> None:
        """Note a finding; above the bound it is only counted."""
        if len(self.findings) < MOST:
            self.findings.append(finding)
        else:
            self.more += 1
