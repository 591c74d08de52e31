"""What was once signed about a log: its checkpoints in the database and their copies outside, in one order."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import md5
from itertools import groupby
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg

from voiceops.audit import notes
from voiceops.audit.merkle import Tree
from voiceops.audit.notes import NotSigned, Verifier
from voiceops.audit.verdict import Finding, Kind, Verdict
from voiceops.witness import Listed, Witness, WitnessError

PAGE: Final = 1000
KEY_SLACK: Final = timedelta(minutes=2)
"""A sealing that had begun when its key was retired may have ended so much later."""
COLUMNS: Final = "select size, root, frontier, note, sealed_at from audit_checkpoints"


class Row(NamedTuple):
    """A checkpoint as the database has it."""

    size: int
    root: bytes
    frontier: bytes
    note: str
    sealed_at: datetime


class Point(NamedTuple):
    """A size of which there is a checkpoint in the database, or a copy of one outside, or both."""

    size: int
    row: Row | None
    copy: Listed | None


@dataclass(frozen=True, slots=True)
class Promise:
    """The log had `size` events and this root at `sealed_at`; `tree` goes on from there.

    Unless it is `signed`, only the database says so.
    """

    size: int
    root: bytes
    sealed_at: datetime
    tree: Tree | None
    signed: bool


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys that are trusted, by id, and when those of a name were retired."""

    trusted: Mapping[bytes, Verifier]
    retired: Mapping[str, datetime] = field(default_factory=dict)


class Promises:
    """The checkpoints of one log, smallest first; what is wrong with them goes into the verdict.

    A signature costs many times what all else of a checkpoint does, so it is only looked at when it is asked for: the events
    are hashed anew anyway, and one sound signature over all of them stands for the roots before it.
    """

    def __init__(
        self, connection: psycopg.Connection[Any], witness: Witness | None, keyring: Keyring, verdict: Verdict, log: UUID
    ) -> None:
        self._connection = connection
        self._witness = witness
        self._keyring = keyring
        self._verdict = verdict
        self._log = log
        self._origin = str(log)
        self._lost: list[int] = []
        self._agreed = 0
        self._differing: list[int] = []
        self._newest_key: datetime | None = None

    def after(self, start: int) -> Iterator[Point]:
        """Give every size beyond `start` of which something was signed."""
        told = self._told()
        rows = (Point(row.size, row, None) for row in self.rows(start))
        for size, group in groupby(heapq.merge(rows, self._copies(start), key=lambda one: one.size), key=lambda one: one.size):
            both = list(group)
            row = next((one.row for one in both if one.row is not None), None)
            copy = next((one.copy for one in both if one.copy is not None), None)
            if row is not None and copy is None and size <= told and self._witness is not None:
                self._lost.append(size)
            self._verdict.checkpoints += row is not None
            yield Point(size, row, copy)
        if self._lost:
            self._wrong(Kind.WITNESS, f"{len(self._lost)} copies outside are gone, the first of size {self._lost[0]}")

    def newest(self, most: int) -> Promise | None:
        """Return the newest sound promise of at most so many events, to begin from."""
        query = f"{COLUMNS} where log = %s and size <= %s order by size desc limit 1"
        row = self._connection.execute(query, (self._log, most)).fetchone()
        promise = self.signed(Row(*row)) if row and self.said(Row(*row)) else None
        return promise if promise is not None and promise.tree is not None else None

    def rows(self, start: int, end: int | None = None) -> Iterator[Row]:
        """Give the checkpoints of the database between two sizes, neither included, the smallest first."""
        query = f"{COLUMNS} where log = %s and size > %s and size < coalesce(%s, size + 1) order by size limit %s"
        while rows := self._connection.execute(query, (self._log, start, end, PAGE)).fetchall():
            yield from map(Row._make, rows)
            start = rows[-1][0]

    def rows_back(self, end: int, start: int) -> Iterator[Row]:
        """Give the checkpoints of the database between two sizes, neither included, the greatest first."""
        query = f"{COLUMNS} where log = %s and size < %s and size > %s order by size desc limit %s"
        while rows := self._connection.execute(query, (self._log, end, start, PAGE)).fetchall():
            yield from map(Row._make, rows)
            end = rows[-1][0]

    def said(self, row: Row) -> Promise | None:
        """Return what a checkpoint says, its signature not looked at unless its note says something else than its columns."""
        name, _, _ = row.note.partition("/")
        body = notes.Checkpoint(self._origin, row.size, bytes(row.root), row.sealed_at).body(name)
        if not row.note.startswith(f"{body}\n{notes.DASH} {name} "):
            return self.signed(row)
        if self._stale(row.size, name, row.sealed_at):
            return None
        return Promise(row.size, bytes(row.root), row.sealed_at, None, signed=False)

    def signed(self, row: Row) -> Promise | None:
        """Return what a checkpoint says, if a key that is trusted has signed it; tell what is wrong with it."""
        try:
            said = notes.read(row.note, self._keyring.trusted)
        except NotSigned as error:
            self._wrong(Kind.CHECKPOINT, f"the checkpoint of size {row.size} does not hold: {error}")
            return None
        if said != notes.Checkpoint(self._origin, row.size, bytes(row.root), row.sealed_at):
            self._wrong(Kind.CHECKPOINT, f"the checkpoint of size {row.size} is not what was signed")
        tree = _tree(said.size, bytes(row.frontier), said.root)
        return Promise(said.size, said.root, said.sealed_at, tree, signed=True)

    def sealed_at(self, point: Point) -> datetime:
        """Return when the events up to a size were sealed at the latest, as the database says."""
        if point.row is not None:
            return point.row.sealed_at
        query = "select sealed_at from audit_checkpoints where log = %s and size > %s order by size limit 1"
        row = self._connection.execute(query, (self._log, point.size)).fetchone()
        return row[0] if row else datetime.now(UTC)

    def hold(self, point: Point, root: bytes | None) -> bool:
        """Hold a copy outside against the root that was computed, if it is known; returns False if the copy is not sound.

        Only where it is not, byte for byte, what the database has, its own signature is looked at.
        """
        try:
            text = self._text(point)
            said = notes.read(text, self._keyring.trusted) if point.row is None or text != point.row.note else None
        except (NotSigned, WitnessError) as error:
            self._wrong(Kind.WITNESS, f"the copy {point.copy.name if point.copy else ''} does not hold: {error}")
            return False
        self._verdict.outside += 1
        if said is not None and (said.log, said.size) != (self._origin, point.size):
            self._wrong(Kind.WITNESS, f"the copy of size {point.size} is of another checkpoint")
            return False
        if said is not None and root is not None and said.root != root:
            self._differing.append(point.size)
        elif point.row is None:
            self._wrong(Kind.CHECKPOINT, f"the checkpoint of size {point.size}, of which there is a copy outside, is gone")
        elif not self._differing:
            self._agreed = point.size
        return True

    def differ(self) -> None:
        """Tell of copies that know another history. Which of the two is the true one nobody can say from here."""
        if self._differing:
            first, several = self._differing[0], len(self._differing) > 1
            copies = (
                f"{len(self._differing)} copies outside, the first of size {first},"
                if several
                else f"the copy outside of size {first}"
            )
            why = f"{'differ' if several else 'differs'} from the log, whose own signatures hold"
            self._wrong(
                Kind.WITNESS,
                f"{copies} {why}: a backup was restored, or the log was rewritten, somewhere after event #{self._agreed}",
            )

    def _text(self, point: Point) -> str:
        """Read a copy, unless the list that named it also tells that it is what the database has."""
        copy, row = point.copy, point.row
        if copy is None or self._witness is None:
            return ""
        if row is not None and copy.md5 is not None and copy.md5 == md5(row.note.encode(), usedforsecurity=False).hexdigest():
            return row.note
        return self._witness.read(copy.name)

    def _stale(self, size: int, name: str, sealed_at: datetime) -> bool:
        """Tell whether a key signed that had been retired, or that had been followed by another one already."""
        retired, former = self._keyring.retired.get(name), self._newest_key
        if retired is not None and sealed_at > retired + KEY_SLACK:
            self._wrong(Kind.CHECKPOINT, f"the checkpoint of size {size} is signed with {name}, which had been retired before")
            return True
        if former is not None and retired is not None and retired < former:
            self._wrong(Kind.CHECKPOINT, f"the checkpoint of size {size} is signed with {name}, which another key had followed")
            return True
        self._newest_key = retired or datetime.max.replace(tzinfo=sealed_at.tzinfo)
        return False

    def _copies(self, start: int) -> Iterator[Point]:
        folder = f"audit/{self._log}"
        try:
            for copy in self._witness.listed(folder, f"{folder}/{start:020}.note") if self._witness else ():
                stem = copy.name.rpartition("/")[2].removesuffix(".note")
                if stem.isdecimal() and int(stem) > start:
                    yield Point(int(stem), None, copy)
        except WitnessError as error:
            self._wrong(Kind.WITNESS, f"the copies outside cannot be read: {error}")

    def _told(self) -> int:
        """How far the copies outside have come, as the sealer noted; what is newer may still be on its way."""
        row = self._connection.execute("select size from audit_witness where log = %s", (self._log,)).fetchone()
        return row[0] if row else 0

    def _wrong(self, kind: Kind, why: str) -> None:
        self._verdict.add(Finding(kind, self._origin, why[:1].upper() + why[1:] + "."))


def _tree(size: int, frontier: bytes, root: bytes) -> Tree | None:
    """Return the tree with this frontier, if it has the root that was signed."""
    try:
        tree = Tree(size, frontier)
    except ValueError:
        return None
    return tree if tree.root == root else None
