"""What was once signed about a log: its checkpoints in the database and their copies outside, in one order, each checked."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg

from voiceops.audit import notes
from voiceops.audit.merkle import Tree
from voiceops.audit.notes import NotSigned, Verifier
from voiceops.audit.verdict import Finding, Kind, Verdict
from voiceops.witness import Witness, WitnessError

PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Promise:
    """The log had `size` events and this root at `sealed_at`, says a key we trust; `tree` goes on from there."""

    size: int
    root: bytes
    sealed_at: datetime
    tree: Tree | None


class Source(NamedTuple):
    """A checkpoint of the database (with its row), or the name of a copy outside."""

    size: int
    name: str | None
    row: tuple[bytes, bytes, str, datetime] | None


class Promises:
    """The checkpoints of one log, smallest first; what is wrong with them goes into the verdict."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        witness: Witness | None,
        trusted: Mapping[bytes, Verifier],
        verdict: Verdict,
    ) -> None:
        self._connection = connection
        self._witness = witness
        self._trusted = trusted
        self._verdict = verdict
        self._lost: list[int] = []

    def after(self, log: UUID, start: int) -> Iterator[Promise]:
        """Give every promise beyond `start` events."""
        self._lost = []
        told = self._told(log)
        sources = heapq.merge(self._rows(log, start), self._copies(log, start), key=lambda one: one.size)
        for size, group in groupby(sources, key=lambda one: one.size):
            both = list(group)
            inside = next((one.row for one in both if one.row is not None), None)
            name = next((one.name for one in both if one.name is not None), None)
            if inside is not None and name is None and size <= told and self._witness is not None:
                self._lost.append(size)
            promise = self._joined(log, size, inside, name)
            if promise is not None:
                yield promise
        if self._lost:
            self._wrong(log, Kind.WITNESS, f"{len(self._lost)} copies outside are gone, the first of size {self._lost[0]}")

    def newest(self, log: UUID, most: int) -> Promise | None:
        """Return the newest sound promise of at most so many events, to begin from."""
        query = (
            "select size, root, frontier, note, sealed_at from audit_checkpoints where log = %s and size <= %s"
            " order by size desc limit 1"
        )
        row = self._connection.execute(query, (log, most)).fetchone()
        promise = self._inside(log, row[0], row[1:]) if row else None
        return promise if promise is not None and promise.tree is not None else None

    def _joined(self, log: UUID, size: int, row: tuple[bytes, bytes, str, datetime] | None, name: str | None) -> Promise | None:
        inside = self._inside(log, size, row) if row else None
        outside = self._outside(log, size, name) if name else None
        if outside is not None and row is None:
            self._wrong(log, Kind.CHECKPOINT, f"the checkpoint of size {size}, of which there is a copy outside, is gone")
        if inside is not None and outside is not None and inside.root != outside.root:
            self._wrong(log, Kind.WITNESS, f"the copy outside has another root at size {size}: the log was rewritten")
        return outside if outside is not None and (inside is None or inside.root != outside.root) else inside

    def _inside(self, log: UUID, size: int, row: tuple[bytes, bytes, str, datetime]) -> Promise | None:
        root, frontier, note, sealed_at = row
        self._verdict.checkpoints += 1
        try:
            said = notes.read(note, self._trusted)
        except NotSigned as error:
            self._wrong(log, Kind.CHECKPOINT, f"the checkpoint of size {size} does not hold: {error}")
            return None
        if said != notes.Checkpoint(str(log), size, bytes(root), sealed_at):
            self._wrong(log, Kind.CHECKPOINT, f"the checkpoint of size {size} is not what was signed")
        return Promise(said.size, said.root, said.sealed_at, _tree(said.size, bytes(frontier), said.root))

    def _outside(self, log: UUID, size: int, name: str) -> Promise | None:
        try:
            said = notes.read(self._witness.read(name) if self._witness else "", self._trusted)
        except (NotSigned, WitnessError) as error:
            self._wrong(log, Kind.WITNESS, f"the copy {name} does not hold: {error}")
            return None
        self._verdict.outside += 1
        if (said.log, said.size) != (str(log), size):
            self._wrong(log, Kind.WITNESS, f"the copy {name} is of another checkpoint")
            return None
        return Promise(said.size, said.root, said.sealed_at, None)

    def _rows(self, log: UUID, start: int) -> Iterator[Source]:
        columns = "select size, root, frontier, note, sealed_at from audit_checkpoints"
        query = f"{columns} where log = %s and size > %s order by size limit %s"
        while rows := self._connection.execute(query, (log, start, PAGE)).fetchall():
            for size, *row in rows:
                yield Source(size, None, (row[0], row[1], row[2], row[3]))
            start = rows[-1][0]

    def _copies(self, log: UUID, start: int) -> Iterator[Source]:
        try:
            names = self._witness.names(f"audit/{log}") if self._witness else []
        except WitnessError as error:
            self._wrong(log, Kind.WITNESS, f"the copies outside cannot be read: {error}")
            return
        for name in names:
            stem = name.rpartition("/")[2].removesuffix(".note")
            if stem.isdecimal() and int(stem) > start:
                yield Source(int(stem), name, None)

    def _told(self, log: UUID) -> int:
        """How far the copies outside have come, as the sealer noted; what is newer may still be on its way."""
        row = self._connection.execute("select size from audit_witness where log = %s", (log,)).fetchone()
        return row[0] if row else 0

    def _wrong(self, log: UUID, kind: Kind, why: str) -> None:
        self._verdict.add(Finding(kind, str(log), why[:1].upper() + why[1:] + "."))


def _tree(size: int, frontier: bytes, root: bytes) -> Tree | None:
    """Return the tree with this frontier, if it has the root that was signed."""
    try:
        tree = Tree(size, frontier)
    except ValueError:
        return None
    return tree if tree.root == root else None
