"""Verifying: everything computed anew from the bytes of the events, in one snapshot, while others go on writing."""

import json
import re
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
from psycopg import IsolationLevel, errors

from voiceops.audit import keys
from voiceops.audit.merkle import Tree
from voiceops.audit.notes import Verifier
from voiceops.audit.promises import Promise, Promises
from voiceops.audit.verdict import Finding, Kind, Verdict
from voiceops.db import APP_ROLE, TAKE_ROLE, libpq_url
from voiceops.witness import Witness, WitnessError

CHUNK: Final = 5000
NOTE: Final = re.compile(r"audit/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/\d{20}\.note")
"""The name of a copy outside; whatever else lies there is none."""
LONGEST_TRANSACTION_S: Final = 120.0
"""An event may have been written so long before it was committed."""
CLOCK_S: Final = 5.0
"""Clocks may be set back by so much."""

LEAVES: Final = """
select l.index, l.hash, l.event_id::text, e.seq, e.payload, e.leaf, e.id is null, extract(epoch from e.recorded_at)::float8,
  e.id::text, e.action, e.actor_id, e.subject_id, e.project_id, e.asset_id, e.version_id, e.at, e.log::text
from audit_leaves l left join audit_events e on e.id = l.event_id
where l.log = %s and l.index >= %s order by l.index limit %s
"""
LOGS: Final = """
with recursive written as (
  (select log from audit_events order by log limit 1)
  union all
  select (select e.log from audit_events e where e.log > w.log order by e.log limit 1) from written w where w.log is not null
), placed as (
  (select log from audit_leaves order by log limit 1)
  union all
  select (select l.log from audit_leaves l where l.log > p.log order by l.log limit 1) from placed p where p.log is not null
)
select log from (
  table written union table placed union select log from audit_checkpoints union select log from audit_witness
) logs where log is not null order by 1
"""
"""Each log once, found by steps through the indexes instead of reading a million rows."""
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


@dataclass(frozen=True, slots=True)
class Scope:
    """What to verify: one log or all, whole or about its last so many events; by which keys, with which copies outside."""

    log: UUID | None = None
    last: int | None = None
    witness: Witness | None = None
    secret: str | None = None
    trusted: Mapping[bytes, Verifier] | None = None


def verify(url: str, scope: Scope) -> Verdict:
    """Verify on a connection of its own. Blocks, for a minute where there are millions: call it from a thread."""
    began = time.monotonic()
    verdict = Verdict()
    with psycopg.connect(libpq_url(url), autocommit=True, application_name="voiceops verify") as connection:
        connection.execute(TAKE_ROLE, (APP_ROLE,))
        connection.execute("set max_parallel_workers_per_gather = 0")  # to start workers for each part takes longer than the part
        connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        connection.set_read_only(True)
        with connection.transaction(), _altered(verdict):
            trusted = scope.trusted if scope.trusted is not None else _keys(connection, scope.secret)
            promises = Promises(connection, scope.witness, trusted, verdict)
            for log in [scope.log] if scope.log is not None else _logs(connection, scope.witness):
                _Log(connection, promises, verdict, log).verify(scope.last)
    verdict.seconds = time.monotonic() - began
    return verdict


@contextmanager
def _altered(verdict: Verdict) -> Iterator[None]:
    """Tell of tables that have lost columns, or whole tables that are gone."""
    try:
        yield
    except (errors.UndefinedColumn, errors.UndefinedTable, errors.UndefinedFunction) as error:
        verdict.add(Finding(Kind.COLUMNS, NOWHERE, f"The tables of the record were altered: {error.diag.message_primary}."))


def _keys(connection: psycopg.Connection[Any], secret: str | None) -> Mapping[bytes, Verifier]:
    return keys.trusted(connection.execute("select name, public, proof from signing_keys").fetchall(), secret)


def _logs(connection: psycopg.Connection[Any], witness: Witness | None) -> list[UUID]:
    """Every log there is, or that was once: of one that was erased the copies outside still speak."""
    known = {row[0] for row in connection.execute(LOGS)}
    try:
        outside = {name.split("/")[1] for name in witness.names("audit") if NOTE.fullmatch(name)} if witness else set()
    except WitnessError:
        outside = set()  # each known log tells it
    return sorted(known | {UUID(one) for one in outside})


class _Log:
    """The verification of one log: leaves and promises walked through side by side."""

    def __init__(self, connection: psycopg.Connection[Any], promises: Promises, verdict: Verdict, log: UUID) -> None:
        self._connection = connection
        self._promises = promises
        self._verdict = verdict
        self._log = log
        self._tree: Tree | None = Tree()
        self._at = 0
        self._first: Leaf | None = None
        self._sealed: list[float] = []
        self._highest: list[int] = [0]

    def verify(self, last: int | None) -> None:
        """Verify all of it, or from the newest checkpoint before the last so many events."""
        begin = self._begin(last) if last is not None else None
        if begin is not None:
            self._at, self._tree = begin.size, begin.tree
            self._sealed.append(begin.sealed_at.timestamp())
            self._highest.append(0)
        leaves = self._leaves(self._at)
        leaf = next(leaves, None)
        lowest = leaf.seq if leaf is not None and begin is not None else 0
        for promise in self._promises.after(self._log, self._at):
            self._first = leaf
            while leaf is not None and leaf.place < promise.size:
                self._check(leaf, promise.sealed_at.timestamp())
                leaf = next(leaves, None)
            if self._at < promise.size and leaf is None:
                self._cut(promise)
                break
            self._meet(promise)
        if leaf is not None:
            self._wrong(Kind.UNSIGNED, leaf, f"No signed checkpoint covers the sealed events from #{leaf.number} on.")
        for rest in [leaf, *leaves] if leaf is not None else ():
            self._check(rest, time.time())
        self._loose(lowest or 0)

    def _begin(self, last: int) -> Promise | None:
        row = self._connection.execute("select max(index) + 1 from audit_leaves where log = %s", (self._log,)).fetchone()
        return self._promises.newest(self._log, max(0, ((row and row[0]) or 0) - last))

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
        if leaf.log != str(self._log) or (told["project_id"] or NOWHERE) != leaf.log:
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

    _newest = 0

    def _meet(self, promise: Promise) -> None:
        """Compare with a promise that has been reached, and go on from it, so that one wrong event is not told for ever."""
        if self._tree is not None and (self._tree.size != promise.size or self._tree.root != promise.root):
            self._root(promise)
            self._tree = None
        if self._tree is None:
            self._tree = promise.tree
        self._at = promise.size
        self._sealed.append(promise.sealed_at.timestamp())
        self._highest.append(max(self._highest[-1], self._newest))

    def _root(self, promise: Promise) -> None:
        first = self._first
        among = f"Among the events from #{first.number} up to" if first is not None and first.seq else "Before"
        why = f"{among} place {promise.size} one was changed, added, removed or moved: their root is not the signed one."
        self._wrong(Kind.ROOT, first, why)

    def _cut(self, promise: Promise) -> None:
        why = f"A signed checkpoint promises {promise.size} events, but only {self._at} are left: the newest were removed."
        self._wrong(Kind.CUT, None, why)

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
            self._verdict.add(Finding(Kind.BEHIND, str(self._log), why, None, int(seq), event_id))

    def _wrong(self, kind: Kind, leaf: Leaf | None, why: str) -> None:
        if leaf is None:
            self._verdict.add(Finding(kind, str(self._log), why))
        else:
            self._verdict.add(Finding(kind, str(self._log), why, leaf.place, leaf.seq, leaf.event_id))


NOWHERE: Final = str(UUID(int=0))


def _columns(told: Mapping[str, Any]) -> tuple[str | None, ...]:
    """Return what the columns from `id` to `at` have to be."""
    subject, actor = told["subject"]["id"], told["actor"]["id"]
    return (told["id"], told["action"], actor, subject, told["project_id"], told["asset_id"], told["version_id"], told["at"])
