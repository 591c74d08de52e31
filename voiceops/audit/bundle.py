"""A log, or a part of it, to take away: it can be verified with the public key alone, without database, settings or us."""

import base64
import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from voiceops.audit import notes
from voiceops.audit.merkle import leaf_hash, root_from
from voiceops.audit.notes import NotSigned, Verifier

SCHEMA: Final = "voiceops-audit-1"
COLUMNS: Final = (
    *("seq", "index", "at", "action", "actor_type", "actor_id", "actor_name", "key_id", "subject_type", "subject_id"),
    *("project_id", "asset_id", "version_id", "reason", "changes", "request_id", "address", "id", "leaf_sha256"),
)
MOST: Final = 100
"""Faults told one by one."""
RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a cell for a formula."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event as it is exported. In a table `index` is empty where it is not sealed yet; a bundle holds none of that kind."""

    seq: int
    payload: str
    index: int | None
    path: tuple[bytes, ...]
    actor_name: str | None


def header(log: str, note: str | None, verifiers: Iterable[Verifier], filters: Mapping[str, Any]) -> str:
    """Return the first line: what follows, of which log, under which signed checkpoint and by which keys."""
    told = {"schema": SCHEMA, "log": log, "checkpoint": note, "keys": [str(one) for one in verifiers], "filters": dict(filters)}
    return json.dumps(told, ensure_ascii=False) + "\n"


def as_json(line: Line) -> str:
    """Return an event with its exact bytes and the path to the checkpoint's root."""
    path = [base64.b64encode(step).decode() for step in line.path]
    return json.dumps({"seq": line.seq, "index": line.index, "payload": line.payload, "proof": path}, ensure_ascii=False) + "\n"


def csv_head() -> str:
    """Return the first row of a table."""
    return _row(COLUMNS)


def as_csv(line: Line) -> str:
    """Return an event as a row: every cell quoted, none of them a formula."""
    told = json.loads(line.payload)
    actor, subject = told["actor"], told["subject"]
    cells = {
        **told,
        "seq": line.seq,
        "index": line.index,
        "actor_type": actor["type"],
        "actor_id": actor["id"],
        "actor_name": line.actor_name,
        "key_id": actor.get("key_id"),
        "subject_type": subject["type"],
        "subject_id": subject["id"],
        "changes": json.dumps(told["changes"], ensure_ascii=False, sort_keys=True) if told["changes"] else "",
        "leaf_sha256": leaf_hash(line.payload.encode()).hex(),
    }
    return _row([cells[name] for name in COLUMNS])


def _row(cells: Iterable[object]) -> str:
    written = io.StringIO()
    safe = ["" if cell is None else str(cell) for cell in cells]
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(
        [f"'{cell}" if cell.startswith(RISKY) else cell for cell in safe]
    )
    return written.getvalue()


class NotABundle(Exception):
    """What was given is no export of ours."""


@dataclass(slots=True)
class Checked:
    """How many events of a bundle are proved, of how many under its checkpoint, and what is wrong."""

    proved: int = 0
    sealed: int = 0
    faults: list[str] = field(default_factory=list)


def verify(lines: Iterable[str], trusted: Mapping[bytes, Verifier]) -> Checked:
    """Check every line. Raises `NotABundle`.

    Only keys that are given count: those in the bundle tell which to ask for, but whoever forges it can write others in.
    """
    checked, numbered = Checked(), iter(lines)
    first = _json(next(numbered, ""), 1)
    if first.get("schema") != SCHEMA:
        raise NotABundle("This is no audit export of VoiceOps Studio: its first line does not say so.")
    try:
        checkpoint = notes.read(str(first.get("checkpoint")), trusted)
    except NotSigned as error:
        checked.faults.append(f"The checkpoint does not hold: {error}.")
        return checked
    if checkpoint.log != first.get("log"):
        checked.faults.append("The checkpoint is of another log.")
        return checked
    checked.sealed = checkpoint.size
    places: set[int] = set()
    for number, text in enumerate(numbered, 2):
        line = _line(text, number)
        fault = _fault(line, checkpoint, places)
        if fault is None:
            checked.proved += 1
        elif len(checked.faults) < MOST:
            checked.faults.append(f"Line {number}: {fault}.")
    if not first.get("filters") and (missing := checkpoint.size - len(places)):
        lost = next(place for place in range(checkpoint.size) if place not in places)
        checked.faults.append(
            f"{missing:,} of the {checkpoint.size:,} events of this log are missing, the first of them #{lost + 1}."
        )
    return checked


def _fault(line: Line, checkpoint: notes.Checkpoint, places: set[int]) -> str | None:
    if line.index is None:
        return "an event without a place, which nothing proves"
    if root_from(leaf_hash(line.payload.encode()), line.index, checkpoint.size, line.path) != checkpoint.root:
        return f"event #{line.index + 1} is not what was sealed at this place"
    if line.index in places:
        return f"event #{line.index + 1} is here twice"
    places.add(line.index)
    return None


def _line(text: str, number: int) -> Line:
    read = _json(text, number)
    try:
        path = tuple(base64.b64decode(step, validate=True) for step in read["proof"])
        line = Line(read["seq"], read["payload"], read["index"], path, None)
    except (KeyError, TypeError, ValueError):
        raise NotABundle(f"Line {number} is no event.") from None
    if not isinstance(line.payload, str) or not isinstance(line.index, int | None):
        raise NotABundle(f"Line {number} is no event.")
    return line


def _json(text: str, number: int) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise NotABundle(f"Line {number} is no JSON object.")
    return found
