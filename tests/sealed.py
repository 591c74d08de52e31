"""A sealed log to attack: events written as the application writes them, sealed, with copies outside."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from conftest import SECRET, Rows
from psycopg import AsyncConnection, IsolationLevel

from voiceops.audit import keys, record
from voiceops.audit.keys import Signer
from voiceops.audit.notes import Verifier
from voiceops.audit.sealing import seal
from voiceops.audit.telling import tell
from voiceops.audit.verdict import Verdict
from voiceops.audit.verifying import Scope, verify
from voiceops.db import Database, libpq_url
from voiceops.models import Action, Project
from voiceops.models.actor import Actor, ActorKind
from voiceops.witness import FolderWitness, Witness

ADA = UUID("01900000-0000-7000-8000-000000000001")


@dataclass
class Sealed:
    """A database with a record, its sealer at hand, and the folder of the copies outside."""

    url: str
    rows: Rows
    witness: FolderWitness
    key: Signer
    connection: AsyncConnection[Any]
    database: Database
    project: Project

    async def write(self, count: int = 1, *, project: Project | None = None) -> None:
        """Record events, each in a transaction of its own."""
        actor = Actor(ActorKind.PERSON, ADA, request_id="request-1", address="192.0.2.7")
        for number in range(count):
            async with self.database.session.begin() as db:
                await record(db, actor, Action.ASSET_UPDATE, project or self.project, changes={"number": number})

    async def seal(self) -> int:
        """Seal what is there and write the copies outside."""
        sealed = await seal(self.connection, self.key)
        await tell(self.connection, self.witness)
        return sealed

    async def batches(self, *sizes: int) -> None:
        """Write and seal so many events at a time."""
        for size in sizes:
            await self.write(size)
            await self.seal()

    def copies(self, log: UUID | None = None) -> list[str]:
        """List the names of the copies outside of a log, the project's if none is named."""
        return [one.name for one in self.witness.listed(f"audit/{log or self.project.id}")]

    def verify(self, *, outside: Witness | None = None, **more: Any) -> Verdict:
        """Verify everything; with `outside`, the copies there too."""
        return verify(self.url, Scope(witness=outside, secret=SECRET, **more))

    async def beyond(self, *statements: str, **values: Any) -> None:
        """Do as the owner of the tables can: with every trigger off, in one transaction."""
        async with await AsyncConnection.connect(libpq_url(self.url)) as owner:
            for table in ("audit_events", "audit_leaves", "audit_checkpoints", "signing_keys", "audit_watermark", "audit_witness"):
                await owner.execute(f"alter table {table} disable trigger all".encode())
            for statement in statements:
                await owner.execute(statement.encode(), values or None)

    async def resign(self, log: UUID, key: Signer) -> None:
        """Build the tree of a log anew over what its events now are, and sign every checkpoint with a key."""
        await self.beyond(
            "delete from audit_leaves where log = %(log)s and not exists (select from audit_events e where e.id = event_id)",
            "update audit_leaves l set index = n.number + 1000000 from"
            " (select event_id, row_number() over (order by index) - 1 as number from audit_leaves where log = %(log)s) n"
            " where n.event_id = l.event_id",
            "update audit_leaves set index = index - 1000000 where log = %(log)s",
            "update audit_leaves l set hash = e.leaf from audit_events e where e.id = l.event_id and l.log = %(log)s",
            log=log,
        )
        await self.rebuild(log, key)

    async def rebuild(self, log: UUID, key: Signer) -> None:
        """Compute every root anew from the leaves as they are, and sign with a key."""
        from voiceops.audit import notes  # noqa: PLC0415 - only attackers need it
        from voiceops.audit.merkle import Tree  # noqa: PLC0415 - as above

        leaves = await self.rows("select hash from audit_leaves where log = %s order by index", log)
        points = await self.rows("select size, sealed_at from audit_checkpoints where log = %s order by size", log)
        tree = Tree()
        for size, sealed_at in points:
            for (leaf,) in leaves[tree.size : size]:
                tree.append(leaf)
            note = notes.sign(notes.Checkpoint(str(log), tree.size, tree.root, sealed_at), key.name, key.key)
            values = {"log": log, "size": size, "real": tree.size, "root": tree.root, "frontier": tree.frontier, "note": note}
            await self.beyond(
                "update audit_checkpoints set size = %(real)s, root = %(root)s, frontier = %(frontier)s, note = %(note)s"
                " where log = %(log)s and size = %(size)s",
                **values,
            )


def trust(*signers: Signer) -> Mapping[bytes, Verifier]:
    return {one.verifier.id: one.verifier for one in signers}


@asynccontextmanager
async def sealed(url: str, rows: Rows, folder: Path) -> AsyncIterator[Sealed]:
    """A record of the database's own events, all sealed."""
    database = Database(url)
    async with await AsyncConnection.connect(libpq_url(url), autocommit=True) as connection:
        await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        key = await keys.signer(connection, SECRET)
        project = Project(id=uuid4(), key="acme", name="Acme")
        yield Sealed(url, rows, FolderWitness(folder), key, connection, database, project)
    await database.close()
