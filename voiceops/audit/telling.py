"""Telling: each signed checkpoint leaves the database, as a copy that the database cannot change.

However slow the object store is, or how long it is away, sealing goes on: this has a task and a connection of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog
from psycopg import AsyncConnection

from voiceops.witness import Witness, WitnessConflict, WitnessError

log = structlog.get_logger()

EVERY_SECONDS: Final = 0.25
BACK_SECONDS: Final = 1.0
"""Between attempts to reach what was lost."""
NOTES_AT_ONCE: Final = 200
"""Of each log, so that one with many does not keep the others waiting."""

UNTOLD: Final = """
with recursive logs as (
  (select log from audit_checkpoints order by log limit 1)
  union all
  select (select c.log from audit_checkpoints c where c.log > l.log order by c.log limit 1) from logs l where l.log is not null
)
select l.log, c.size, c.note from logs l left join audit_witness w on w.log = l.log cross join lateral (
  select size, note from audit_checkpoints c where c.log = l.log and c.size > coalesce(w.size, 0) order by c.size limit %s
) c order by l.log, c.size
"""
"""By steps through the index: this is asked four times a second, and only the newest of all checkpoints are wanted."""
TOLD: Final = (
    "insert into audit_witness (log, size) values (%s, %s)"
    " on conflict (log) do update set size = greatest(audit_witness.size, excluded.size)"
)


def name_of(log_id: UUID | str, size: int) -> str:
    """Return the name of a checkpoint in the object store; names sort as sizes do."""
    return f"audit/{log_id}/{size:020}.note"


async def tell(connection: AsyncConnection[Any], witness: Witness) -> int:
    """Write the checkpoints that only the database knows outside it, some at a time; returns how many were taken.

    Where another history lies there already, it stays, and `verify` tells it. Raises `WitnessError` at the end if the copies
    of some log could not be written; those of the other logs were.
    """
    rows = await (await connection.execute(UNTOLD, (NOTES_AT_ONCE,))).fetchall()
    taken, failed = 0, None
    for log_id, found in groupby(rows, key=lambda row: row[0]):
        try:
            for _, size, note in found:
                await _add(witness, name_of(log_id, size), note)
                await connection.execute(TOLD, (log_id, size))
                taken += 1
        except WitnessError as error:
            failed = error
    if failed is not None:
        raise failed
    return taken


async def _add(witness: Witness, name: str, note: str) -> None:
    try:
        await asyncio.to_thread(witness.add, name, note)
    except WitnessConflict as error:
        log.error("witness_holds_another_history", name=name, error=str(error))  # noqa: TRY400 - the words say it all


class Teller:
    """Tells for as long as it runs; `connect` opens a connection of the sealer's role."""

    def __init__(self, connect: Callable[[], Awaitable[AsyncConnection[Any]]], witness: Witness) -> None:
        self._connect = connect
        self._witness = witness

    async def run(self) -> None:
        """Tell until cancelled; what is lost (the database, the object store) is taken up again, and what is missing follows."""
        while True:
            try:
                async with await self._connect() as connection:
                    await self._while_connected(connection)
            except (psycopg.Error, OSError) as error:
                log.warning("teller_lost_database", error=str(error))
            except Exception:
                log.exception("teller_broke")
            await asyncio.sleep(BACK_SECONDS)

    async def _while_connected(self, connection: AsyncConnection[Any]) -> None:
        while True:
            try:
                await tell(connection, self._witness)
                await asyncio.sleep(EVERY_SECONDS)
            except WitnessError as error:
                log.warning("witness_unreachable", error=str(error))
                await asyncio.sleep(BACK_SECONDS)
