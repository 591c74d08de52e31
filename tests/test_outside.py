"""Copies of checkpoints outside the database: what a restored backup, a slow store and a lost one do to them."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from conftest import SECRET, Rows
from sealed import Sealed, sealed

from voiceops.audit.sealing import Sealer
from voiceops.audit.telling import tell
from voiceops.audit.verdict import Kind
from voiceops.models import Project
from voiceops.witness import FolderWitness, WitnessError

LAST: Final = Project(id=UUID(int=2**128 - 1), key="last", name="Last")
"""Its log comes after every other."""
LOST_TAIL: Final = (
    "delete from audit_events e using audit_leaves l where l.event_id = e.id and l.log = %(log)s and l.index >= 5",
    "delete from audit_leaves where log = %(log)s and index >= 5",
    "delete from audit_checkpoints where log = %(log)s and size > 5",
    "update audit_witness set size = 5 where log = %(log)s",
)
"""What a restored backup has lost."""


@pytest.fixture
async def log(database_url: str, rows: Rows, tmp_path: Path) -> AsyncIterator[Sealed]:
    """Nine events of a project under checkpoints of 5 and 9, with copies outside, and one of another log."""
    async with sealed(database_url, rows, tmp_path / "outside") as made:
        await made.seal()
        await made.batches(5, 4)
        await made.write(project=LAST)
        await made.seal()
        yield made


def sizes(log: Sealed, of: UUID) -> list[int]:
    return [int(name.rpartition("/")[2].removesuffix(".note")) for name in log.copies(of)]


async def test_after_a_restored_backup_copies_of_every_log_go_on(log: Sealed) -> None:
    await log.beyond(*LOST_TAIL, log=log.project.id)
    await log.batches(4)  # of size 9, under whose name the lost history lies
    await log.write(3)
    await log.write(2, project=LAST)
    await log.seal()
    assert sizes(log, log.project.id) == [5, 9, 12]
    assert sizes(log, LAST.id) == [1, 3]
    assert await tell(log.connection, log.witness) == 0


async def test_after_a_restored_backup_no_event_is_told_to_be_wrong(log: Sealed) -> None:
    await log.beyond(*LOST_TAIL, log=log.project.id)
    await log.batches(4, 3)
    (finding,) = log.verify(outside=log.witness).findings
    assert (finding.kind, finding.log, finding.index, finding.event_id) == (Kind.WITNESS, str(log.project.id), None, None)
    assert "size 9" in finding.why
    assert "a backup was restored, or the log was rewritten" in finding.why
    assert log.verify().ok


async def test_a_copy_of_a_checkpoint_that_a_restored_backup_never_reached_is_told_as_such(log: Sealed) -> None:
    await log.beyond(*LOST_TAIL, log=log.project.id)
    await log.batches(2, 3)  # past the lost size 9
    (finding,) = log.verify(outside=log.witness).findings
    assert (finding.kind, finding.event_id) == (Kind.WITNESS, None)


async def test_a_log_whose_copies_cannot_be_written_keeps_no_other_waiting(log: Sealed, tmp_path: Path) -> None:
    blocked = tmp_path / "outside" / "audit" / "00000000-0000-4000-8000-000000000000"
    blocked.write_text("a file where a folder should be")
    await log.write(project=Project(id=UUID(blocked.name), key="first", name="First"))
    await log.write(project=LAST)
    with pytest.raises(WitnessError):
        await log.seal()
    assert sizes(log, LAST.id) == [1, 2]
    blocked.unlink()
    await tell(log.connection, log.witness)
    assert sizes(log, UUID(blocked.name)) == [1]


class Stuck(FolderWitness):
    """A store that takes a request and does not answer before it is let go."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.asked, self.free = threading.Event(), threading.Event()

    def add(self, name: str, text: str) -> None:
        """Wait, then keep `text`."""
        self.asked.set()
        self.free.wait(60)
        super().add(name, text)


async def test_a_slow_object_store_holds_up_no_sealing(log: Sealed, tmp_path: Path) -> None:
    witness = Stuck(tmp_path / "slow")
    sealing = asyncio.create_task(Sealer(log.url, witness, SECRET).run())
    try:
        await log.write()
        async with asyncio.timeout(30):
            while not witness.asked.is_set():
                await asyncio.sleep(0.02)
            await log.write(2)
            began = time.monotonic()
            while (await log.rows("select count(*) from audit_leaves where log = %s", log.project.id))[0][0] < 12:
                await asyncio.sleep(0.02)
            assert time.monotonic() - began < 5
            witness.free.set()
            while sizes(Sealed(**{**vars(log), "witness": witness}), log.project.id)[-1:] != [12]:
                await asyncio.sleep(0.05)
    finally:
        witness.free.set()
        sealing.cancel()
        await asyncio.gather(sealing, return_exceptions=True)
