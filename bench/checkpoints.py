"""A log as real traffic makes it: four events a second, each sealed by itself, under a checkpoint and a copy of its own."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from psycopg import AsyncConnection, IsolationLevel

from voiceops.audit import keys, notes
from voiceops.audit.keys import Signer
from voiceops.audit.merkle import Tree, leaf_hash
from voiceops.audit.telling import name_of

APART: Final = timedelta(seconds=0.25)
COPIES: Final = (
    "copy audit_events (id, payload, recorded_at) from stdin",
    "copy audit_leaves (log, index, event_id, hash) from stdin",
    "copy audit_checkpoints (log, size, root, frontier, note, sealed_at) from stdin",
)


async def fill(url: str, secret: str, outside: Path, sample: Sequence[Any], count: int) -> UUID:
    """Write `count` events of a project of their own, sealed as they came; `sample` is a payload with its id, time and project.

    By the tables' owner, at once: no sealer could do in an hour what this tells of two.
    """
    log, began = uuid4(), datetime.now(UTC) - APART * (count + 100)
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.set_isolation_level(IsolationLevel.READ_COMMITTED)
        key = await keys.signer(connection, secret)
        folder = outside / "audit" / str(log)
        folder.mkdir(parents=True)
        rows = list(_rows(log, key, sample, began, count))
        for event in rows:
            (outside / name_of(log, event[2][1])).write_text(event[2][4], encoding="utf-8")
        async with connection.transaction(), connection.cursor() as cursor:
            for part, statement in enumerate(COPIES):
                async with cursor.copy(statement) as copy:
                    for event in rows:
                        await copy.write_row(event[part])
            await cursor.execute("insert into audit_witness values (%s, %s)", (log, count))
    return log


def _rows(log: UUID, key: Signer, sample: Sequence[Any], began: datetime, count: int) -> Iterator[Any]:
    payload, old, old_at, old_project = sample
    tree = Tree()
    for number in range(count):
        event_id, at = uuid4(), began + APART * number
        told = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
        text = payload.replace(old, str(event_id)).replace(old_at, told).replace(old_project, str(log))
        sealed_at, leaf = at + APART / 2, leaf_hash(text.encode())
        tree.append(leaf)
        note = notes.sign(notes.Checkpoint(str(log), tree.size, tree.root, sealed_at), key.name, key.key)
        yield (
            (event_id, text, at),
            (log, number, event_id, leaf),
            (log, tree.size, tree.root, tree.frontier, note, sealed_at),
        )
