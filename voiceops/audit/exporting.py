"""Exporting: one checkpoint is fixed first, then the events go out page by page, for the log only ever grows behind it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import bundle, keys
from voiceops.audit.bundle import Line
from voiceops.audit.merkle import Levels
from voiceops.audit.notes import Verifier
from voiceops.audit.reading import Wanted
from voiceops.db import Database
from voiceops.models import AuditCheckpoint, AuditEvent, AuditLeaf, Person, SigningKey
from voiceops.secret import NoSecret

PAGE: Final = 500
LEAVES: Final = 20_000


async def trusted(db: AsyncSession, secret: str | None) -> Mapping[bytes, Verifier]:
    """Return the keys made under the secret; raises `NoSecret`."""
    rows = await db.execute(select(SigningKey.name, SigningKey.public, SigningKey.proof).order_by(SigningKey.created_at))
    return keys.trusted([(name, public, proof) for name, public, proof in rows], secret)


class Export:
    """One export. It holds no transaction open while the reader is slow."""

    def __init__(self, database: Database, wanted: Wanted, filters: Mapping[str, Any], secret: str | None) -> None:
        self._database = database
        self._wanted = wanted
        self._filters = filters
        self._secret = secret

    async def lines(self, kind: Literal["jsonl", "csv"]) -> AsyncIterator[str]:
        """Give the text in pieces, the oldest event first."""
        size, note, verifiers = await self._fixed()
        levels = await self._levels(size) if kind == "jsonl" else None
        if kind == "csv":
            yield bundle.csv_head()
        else:
            yield bundle.header(str(self._wanted.log), note, verifiers, self._filters)
        after = 0
        while rows := await self._page(after, size if levels is not None else None):
            names = await self._names(rows) if kind == "csv" else {}
            yield await asyncio.to_thread(_written, rows, size, levels, names)
            after = rows[-1][0]

    async def _fixed(self) -> tuple[int, str | None, Sequence[Verifier]]:
        log = self._wanted.log
        async with self._database.session.begin() as db:
            newest = select(AuditCheckpoint.size, AuditCheckpoint.note).where(AuditCheckpoint.log == log)
            point = (await db.execute(newest.order_by(AuditCheckpoint.size.desc()).limit(1))).one_or_none()
            size, note = (point.size, point.note) if point else (0, None)
            try:
                verifiers = list((await trusted(db, self._secret)).values())
            except NoSecret:
                verifiers = []
        return size, note, verifiers

    async def _levels(self, size: int) -> Levels:
        """Read every hash of the tree, for a path may lead past any of them."""
        leaves = bytearray()
        for start in range(0, size, LEAVES):
            part = select(AuditLeaf.hash).where(AuditLeaf.log == self._wanted.log, AuditLeaf.index >= start, AuditLeaf.index < size)
            async with self._database.session.begin() as db:
                leaves += b"".join((await db.execute(part.order_by(AuditLeaf.index).limit(LEAVES))).scalars())
        return await asyncio.to_thread(Levels, bytes(leaves))

    async def _page(self, after: int, size: int | None) -> Sequence[Row[int, str, int | None, str | None]]:
        """Read events; with `size`, only those under that checkpoint, for no other can be proved by it."""
        query = (
            select(AuditEvent.seq, AuditEvent.payload, AuditLeaf.index, AuditEvent.actor_id)
            .outerjoin(AuditLeaf, AuditLeaf.event_id == AuditEvent.id)
            .where(*self._wanted.conditions(), AuditEvent.seq > after)
            .order_by(AuditEvent.seq)
            .limit(PAGE)
        )
        if size is not None:
            query = query.where(AuditLeaf.index < size)
        async with self._database.session.begin() as db:
            return (await db.execute(query)).all()

    async def _names(self, rows: Sequence[Row[int, str, int | None, str | None]]) -> Mapping[str, str]:
        people = {UUID(row[3]) for row in rows if row[3]}
        async with self._database.session.begin() as db:
            found = await db.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
            return {str(person): name for person, name in found}


def _written(
    rows: Sequence[Row[int, str, int | None, str | None]], size: int, levels: Levels | None, names: Mapping[str, str]
) -> str:
    """Return rows of a table, or, with the tree, lines with proofs."""
    written = []
    for seq, payload, index, actor_id in rows:
        sealed = index if index is not None and index < size else None
        if levels is None:
            written.append(bundle.as_csv(Line(seq, payload, sealed, (), names.get(actor_id or ""))))
        elif sealed is not None:
            written.append(bundle.as_json(Line(seq, payload, sealed, tuple(levels.path(sealed)), None)))
    return "".join(written)
