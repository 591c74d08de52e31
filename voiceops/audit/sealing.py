"""Sealing: what was committed goes into its log's tree, and each log's root is signed.

Ids and numbers of events commit out of order, so the sealer goes by transactions: those below the oldest one that still runs have
ended for good, and each of them falls into exactly one window.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog
from psycopg import AsyncConnection, IsolationLevel

from voiceops.audit import keys, notes
from voiceops.audit.keys import Signer
from voiceops.audit.merkle import Tree
from voiceops.audit.telling import Teller
from voiceops.db import SEALER_ROLE, take_role
from voiceops.secret import NoSecret
from voiceops.witness import Witness

log = structlog.get_logger()

EVERY_SECONDS: Final = 0.25
BATCH: Final = 10_000
LOCK: Final = 0x7365_616C
ASLEEP_SECONDS: Final = 1.0
"""Between looks of a worker whether the one that seals has gone, and between attempts to reach what was lost."""

WINDOW: Final = """
select w.low, w.cluster = s.cluster and w.low <= s.high, s.high, s.cluster, clock_timestamp(),
  coalesce((select max(seq) from audit_events), 0)
from audit_watermark w, (
  select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as high,
    (select system_identifier from pg_control_system())::text as cluster
) s
"""
ADDED: Final = """
select e.xid, e.seq, e.log, e.id, e.leaf from audit_events e
where e.xid >= %(low)s and e.xid < %(high)s and (e.xid, e.seq) > (%(xid)s, %(seq)s) and e.seq <= %(newest)s
  and not exists (select from audit_leaves l where l.event_id = e.id)
order by e.xid, e.seq limit %(batch)s
"""
HEADS: Final = """
select log, size, frontier from unnest(%s::uuid[]) as wanted(log)
cross join lateral (select size, frontier from audit_checkpoints c where c.log = wanted.log order by size desc limit 1) newest
"""
FEW: Final = "set enable_hashjoin = off; set enable_mergejoin = off"
"""What is added is little, whatever the planner expects: it would read every leaf there is, four times a second."""


@dataclass(frozen=True, slots=True)
class Window:
    """Transactions from `low` up to, not including, `high`: all of them have ended. `known`: not of a restored backup.

    `newest` is the highest number by `now`: where transactions count anew, it alone tells what is younger.
    """

    low: int
    known: bool
    high: int
    cluster: str
    now: datetime
    newest: int


Row = tuple[int, int, UUID, UUID, bytes]


async def seal(connection: AsyncConnection[Any], key: Signer, batch: int = BATCH) -> int:
    """Seal all that has ended by now, so many events a transaction; returns how many there were.

    All of them are sealed as of the moment it began: what waited long is not told to be of a later time, batch by batch.
    """
    sealed, after, began = 0, (-1, -1), None
    while True:
        async with connection.transaction():
            window = await _window(connection)
            began = began or window
            window = replace(window, high=min(window.high, began.high), now=began.now, newest=began.newest)
            rows = await _added(connection, window, after, batch)
            if rows:
                await _append(connection, key, rows, window.now)
            full = len(rows) == batch
            if full or rows or not window.known:
                low = rows[-1][0] if full and window.known else window.low if full else window.high
                await connection.execute("update audit_watermark set low = %s, cluster = %s", (low, _mark(window, full)))
        sealed += len(rows)
        if not full:
            return sealed
        after = rows[-1][:2] if window.known else after


async def _window(connection: AsyncConnection[Any]) -> Window:
    row = await (await connection.execute(WINDOW)).fetchone()
    if row is None:
        raise RuntimeError("audit_watermark has lost its row")
    return Window(*row)


def _mark(window: Window, full: bool) -> str:  # noqa: FBT001 - an aside of the function above
    """Return the cluster to note: the new one only when everything restored has been sealed."""
    return window.cluster if window.known or not full else ""


async def _added(connection: AsyncConnection[Any], window: Window, after: tuple[int, int], batch: int) -> Sequence[Row]:
    """Return what is to be sealed. Where transactions count anew, that is all that has no leaf, whatever its number says."""
    low, high = (window.low, window.high) if window.known else (0, 2**63 - 1)
    values = {"low": low, "high": high, "xid": after[0], "seq": after[1], "newest": window.newest, "batch": batch}
    return await (await connection.execute(ADDED, values)).fetchall()


async def _append(connection: AsyncConnection[Any], key: Signer, rows: Sequence[Row], now: datetime) -> None:
    added: dict[UUID, list[tuple[UUID, bytes]]] = defaultdict(list)
    for _xid, _seq, log_id, event_id, leaf in rows:
        added[log_id].append((event_id, leaf))
    heads = await (await connection.execute(HEADS, (list(added),))).fetchall()
    trees = {log_id: Tree(size, frontier) for log_id, size, frontier in heads}
    checkpoints = []
    async with connection.cursor() as cursor:
        async with cursor.copy("copy audit_leaves (log, index, event_id, hash) from stdin") as copy:
            for log_id, leaves in added.items():
                tree = trees.setdefault(log_id, Tree())
                for event_id, leaf in leaves:
                    await copy.write_row((log_id, tree.size, event_id, leaf))
                    tree.append(leaf)
                note = notes.sign(notes.Checkpoint(str(log_id), tree.size, tree.root, now), key.name, key.key)
                checkpoints.append((log_id, tree.size, tree.root, tree.frontier, note, now))
        await cursor.executemany(
            "insert into audit_checkpoints (log, size, root, frontier, note, sealed_at) values (%s, %s, %s, %s, %s, %s)",
            checkpoints,
        )


class Sealer:
    """Seals for as long as it runs. Of all processes that do, one works; the others wait for it to be gone."""

    def __init__(self, url: str, witness: Witness, secret: str | None) -> None:
        self._url = url
        self._witness = witness
        self._secret = secret

    async def check(self) -> None:
        """Find or make the key, before anything else starts; raises `NoSecret`."""
        async with await self._connect(IsolationLevel.READ_COMMITTED) as connection, connection.transaction():
            await keys.lock(connection)
            await keys.signer(connection, self._secret)

    async def run(self) -> None:
        """Seal until cancelled; what is lost (the database, the lock) is taken up again."""
        while True:
            try:
                async with await self._connect() as connection:
                    await self._while_alone(connection)
            except (psycopg.Error, OSError) as error:
                log.warning("sealer_lost_database", error=str(error))
            except NoSecret as error:
                log.error("sealer_has_no_key", error=str(error))  # noqa: TRY400 - the words say it all
            except Exception:
                log.exception("sealer_broke")  # whatever it was, it is tried again: unsealed events pile up where all can see
            await asyncio.sleep(ASLEEP_SECONDS)

    async def _connect(self, isolation: IsolationLevel = IsolationLevel.REPEATABLE_READ) -> AsyncConnection[Any]:
        connection = await AsyncConnection.connect(self._url, autocommit=True, application_name="voiceops sealer")
        await take_role(connection, SEALER_ROLE)
        await connection.execute(FEW)
        await connection.set_isolation_level(isolation)
        return connection

    async def _while_alone(self, connection: AsyncConnection[Any]) -> None:
        while not await self._alone(connection):  # noqa: ASYNC110 - its holder is another process
            await asyncio.sleep(ASLEEP_SECONDS)
        telling = asyncio.create_task(Teller(self._connect, self._witness).run())
        try:
            await self._again_and_again(connection)
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)

    async def _again_and_again(self, connection: AsyncConnection[Any]) -> None:
        key = None
        due = time.monotonic()
        while True:
            if key is None or not await self._current(connection, key):
                key = await keys.signer(connection, self._secret)
            await seal(connection, key)
            due = max(due + EVERY_SECONDS, time.monotonic())
            await asyncio.sleep(due - time.monotonic())

    async def _alone(self, connection: AsyncConnection[Any]) -> bool:
        row = await (await connection.execute("select pg_try_advisory_lock(%s)", (LOCK,))).fetchone()
        return row == (True,)

    async def _current(self, connection: AsyncConnection[Any], key: Signer) -> bool:
        used = "select from signing_keys where name = %s and retired_at is null"
        return await (await connection.execute(used, (key.name,))).fetchone() is not None
