"""Walking through one log: its events and what was signed about it, side by side."""

import json
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg

from voiceops.audit.merkle import Tree
from voiceops.audit.promises import Point, Promise, Promises, Row
from voiceops.audit.verdict import Finding, Kind, Verdict

CHUNK: Final = 5000
LONGEST_TRANSACTION_S: Final = 120.0
"""An event may have been written so long before it was committed."""
CLOCK_S: Final = 5.0
"""Clocks may be set back by so much."""
UNSIGNED_S: Final = 600.0
"""So long a time at most passes between two checkpoints whose signatures are looked at: what those between say of it is as good."""

LEAVES: Final = """
select l.index, l.hash, l.event_id::text, e.seq, e.payload, e.leaf, e.id is null, extract(epoch from e.recorded_at)::float8,
  e.id::text, e.action, e.actor_id, e.subject_id, e.project_id, e.asset_id, e.version_id, e.at, e.log::text
from audit_leaves l left join audit_events e on e.id = l.event_id
where l.log = %s and l.index >= %s order by l.index limit %s
"""
PLACED: Final = """
select e.seq, l.event_id::text from audit_leaves l left join audit_events e on e.id = l.event_id where l.log = %s and l.index = %s
"""
LOOSE: Final = """
select count(*) filter (where not behind), min(recorded_at) filter (where not behind),
  (array_agg(seq::text || ' ' || id::text order by seq) filter (where behind))[:100]
from (
  select e.id, e.seq, e.recorded_at,
    e.xid < w.low and w.cluster = (select system_identifier::text from pg_control_system()) as behind
  from audit_events e cross join audit_watermark w
  where e.log = %s and e.seq >= %s and not exists (select from audit_leaves l where l.event_id = e.id)
) loose
"""


class Leaf(NamedTuple):
    """One place in the tree, with the event that stands in it; the fields from `id` on are compared with the payload."""

    place: int
    hash: bytes
    event_id: str
    seq: int
    payload: str
    leaf: bytes
    missing: bool
    recorded_at: float
    id: str
    action: str
    actor_id: str | None
    subject_id: str
    project_id: str | None
    asset_id: str | None
    version_id: str | None
    at: str
    log: str

    @property
    def number(self) -> int:
        """Its place as people count, from 1: `seq` has holes."""
        return self.place + 1


class Walk:
    """The verification of one log.

    Its hashes are computed anew from the first event to the last; that the last root is signed proves all of them. Signatures
    before it are looked at where a root is another than was computed, and every so often, for they tell the times, too.
    """

    def __init__(self, connection: psycopg.Connection[Any], promises: Promises, verdict: Verdict, log: UUID) -> None:
        self._connection = connection
        self._promises = promises
        self._verdict = verdict
        self._log = log
        self._origin = str(log)
        self._tree: Tree | None = Tree()
        self._at = 0
        self._sound = 0
        self._sound_time = 0.0
        self._met: Row | None = None
        self._newest = 0
        self._sealed: list[float] = []
        self._highest: list[int] = [0]

    def verify(self, last: int | None) -> None:
        """Verify all of it, or from the newest checkpoint before the last so many events."""
        begin = self._begin(last) if last is not None else None
        if begin is not None:
            self._tree = begin.tree
            self._at = self._sound = begin.size
            self._sound_time = begin.sealed_at.timestamp()
            self._sealed.append(self._sound_time)
            self._highest.append(0)
        leaves = self._leaves(self._at)
        leaf = next(leaves, None)
        lowest = leaf.seq if leaf is not None and begin is not None else 0
        for point in self._promises.after(self._at):
            sealed_at = self._promises.sealed_at(point).timestamp()
            while leaf is not None and leaf.place < point.size:
                self._check(leaf, sealed_at)
                leaf = next(leaves, None)
            if leaf is not None or self._at == point.size:
                self._meet(point)
            elif self._cut(point):
                break
        else:
            self._end(leaf)
        self._promises.differ()
        for rest in [leaf, *leaves] if leaf is not None else ():
            self._check(rest, time.time())
        self._loose(lowest or 0)

    def _begin(self, last: int) -> Promise | None:
        row = self._connection.execute("select max(index) + 1 from audit_leaves where log = %s", (self._log,)).fetchone()
        return self._promises.newest(max(0, ((row and row[0]) or 0) - last))

    def _leaves(self, start: int) -> Iterator[Leaf]:
        """Read one part while the one before it is checked: the database works on another processor."""
        with ThreadPoolExecutor(1) as ahead:
            reading = ahead.submit(self._read, start)
            while rows := reading.result():
                reading = ahead.submit(self._read, rows[-1][0] + 1)
                yield from map(Leaf._make, rows)

    def _read(self, start: int) -> list[tuple[Any, ...]]:
        return self._connection.execute(LEAVES, (self._log, start, CHUNK)).fetchall()

    def _check(self, leaf: Leaf, sealed_at: float) -> None:
        """Check one event: its place, its bytes, what is searched of it, its time."""
        self._verdict.sealed += 1
        if leaf.place != self._at:
            self._wrong(Kind.GAP, leaf, f"{leaf.place - self._at} sealed events before #{leaf.number} are gone, with their places.")
            self._tree = None
        self._at = leaf.place + 1
        if self._tree is not None:
            self._tree.append(leaf.hash)
        if leaf.missing:
            self._wrong(Kind.MISSING, leaf, "A sealed event is gone.")
            return
        self._verdict.events += 1
        if sha256(b"\0" + leaf.payload.encode()).digest() != leaf.hash:
            self._wrong(Kind.EDITED, leaf, f"Event #{leaf.number} is not what was sealed.")
            return
        told = json.loads(leaf.payload)
        if leaf.log != self._origin or (told["project_id"] or NOWHERE) != leaf.log:
            self._wrong(Kind.MOVED, leaf, f"Event #{leaf.number} belongs to another log.")
        elif leaf[8:16] != _columns(told) or leaf.leaf != leaf.hash:
            self._wrong(Kind.COLUMNS, leaf, f"What is searched of event #{leaf.number} is not what it says.")
        else:
            self._check_time(leaf, sealed_at)

    def _check_time(self, leaf: Leaf, sealed_at: float) -> None:
        """An event is younger than the checkpoint before its own, and its number higher than those sealed before it was written."""
        at = datetime.fromisoformat(leaf.at).timestamp()
        earlier = bisect_left(self._sealed, sealed_at)  # checkpoints of one time are of one sealing, batch by batch
        before = self._sealed[earlier - 1] if earlier else 0.0
        if not before - LONGEST_TRANSACTION_S <= at <= sealed_at + CLOCK_S:
            self._wrong(Kind.TIME, leaf, f"Event #{leaf.number} was sealed at another time than it tells.")
        elif not at - CLOCK_S <= leaf.recorded_at <= at + LONGEST_TRANSACTION_S:
            self._wrong(Kind.TIME, leaf, f"Event #{leaf.number} was recorded at another time than it tells.")
        elif leaf.seq <= self._highest[bisect_left(self._sealed, at - CLOCK_S)]:
            self._wrong(Kind.TIME, leaf, f"Event #{leaf.number} has a number of an earlier time.")
        self._newest = max(self._newest, leaf.seq)

    def _meet(self, point: Point) -> None:
        """Compare with what was signed of the size that has been reached."""
        self._at = point.size
        root = self._tree.root if self._tree is not None and self._tree.size == point.size else None
        if point.row is not None:
            self._inside(point.row, root)
        if point.copy is not None:
            self._promises.hold(point, root)

    def _inside(self, row: Row, root: bytes | None) -> None:
        """Hold the checkpoint against the events, and go on from it, so that one wrong event is not told for ever."""
        promise = self._promises.said(row)
        if promise is not None and not promise.signed:
            if root != promise.root:
                promise = self._promises.signed(row)
            elif self._is_far(promise):
                promise = self._signed(row)
        if promise is None:
            return
        if promise.signed:
            if self._tree is not None and root != promise.root:
                self._root(promise)
                self._tree = None
            self._tree = self._tree or promise.tree
            self._sound, self._sound_time = row.size, promise.sealed_at.timestamp()
        self._met = row
        self._sealed.append(promise.sealed_at.timestamp())
        self._highest.append(max(self._highest[-1], self._newest))

    def _is_far(self, promise: Promise) -> bool:
        at = promise.sealed_at.timestamp()
        return at - self._sound_time > UNSIGNED_S or at < self._sealed[-1]

    def _signed(self, row: Row) -> Promise | None:
        """Look at a signature, and at that before it, so that the time between two of those that were not is bounded."""
        if self._met is not None and self._met.size > self._sound and self._promises.signed(self._met) is not None:
            self._sound = self._met.size
        return self._promises.signed(row)

    def _root(self, promise: Promise) -> None:
        """Name the first event that may be wrong: the one after the last signature that holds."""
        sound = self._sound
        for row in self._promises.rows(self._sound, promise.size):
            if self._promises.signed(row) is not None:
                sound = row.size
        among = f"Among the events from #{sound + 1} up to place {promise.size}"
        self._wrong_at(Kind.ROOT, sound, f"{among} one was changed, added, removed or moved: their root is not the signed one.")

    def _cut(self, point: Point) -> bool:
        """Tell of events that were signed and are not there; returns False if the signature does not hold."""
        inside = self._promises.signed(point.row) if point.row else None
        outside = point.copy is not None and self._promises.hold(point, None)
        if inside is None and not outside:
            return False
        why = f"A signed checkpoint promises {point.size} events, but only {self._at} are left: the newest were removed."
        self._verdict.add(Finding(Kind.CUT, self._origin, why))
        return True

    def _end(self, leaf: Leaf | None) -> None:
        """See that a signature holds all that was computed, and tell from where on none does."""
        sound = self._sound
        if self._met is not None and self._met.size > sound:
            for row in self._promises.rows_back(self._met.size + 1, sound):
                if self._promises.signed(row) is not None:
                    sound = row.size
                    break
        if sound < self._at or leaf is not None:
            self._wrong_at(Kind.UNSIGNED, sound, f"No signed checkpoint covers the sealed events from #{sound + 1} on.")

    def _loose(self, lowest: int) -> None:
        """Count what waits to be sealed, and find what was put in where all had been sealed."""
        waiting, oldest, behind = self._connection.execute(LOOSE, (self._log, lowest)).fetchone() or (0, None, None)
        self._verdict.unsealed += waiting
        self._verdict.events += waiting
        if oldest is not None:
            self._verdict.oldest_unsealed = min(oldest, self._verdict.oldest_unsealed or oldest)
        for one in behind or ():
            seq, _, event_id = one.partition(" ")
            why = "An event that has no place was put in behind what had been sealed, or lost its place."
            self._verdict.add(Finding(Kind.BEHIND, self._origin, why, None, int(seq), event_id))

    def _wrong(self, kind: Kind, leaf: Leaf, why: str) -> None:
        self._verdict.add(Finding(kind, self._origin, why, leaf.place, leaf.seq, leaf.event_id))

    def _wrong_at(self, kind: Kind, place: int, why: str) -> None:
        found = self._connection.execute(PLACED, (self._log, place)).fetchone()
        self._verdict.add(Finding(kind, self._origin, why, place if found else None, *(found or ())))


NOWHERE: Final = str(UUID(int=0))


def _columns(told: Mapping[str, Any]) -> tuple[str | None, ...]:
    """Return what the columns from `id` to `at` have to be."""
    subject, actor = told["subject"]["id"], told["actor"]["id"]
    return (told["id"], told["action"], actor, subject, told["project_id"], told["asset_id"], told["version_id"], told["at"])
