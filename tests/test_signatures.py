"""Which signatures count: those of retired keys no more, and those that are not looked at one by one hide nothing."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from conftest import SECRET, Rows
from sealed import Sealed, sealed, trust

from voiceops.audit import keys, notes
from voiceops.audit.keys import Signer
from voiceops.audit.merkle import Tree
from voiceops.audit.sealing import seal
from voiceops.audit.verdict import Kind
from voiceops.config import Settings
from voiceops.seed import rotate_key

AN_HOUR_AGO: Final = r"""
    update audit_events set recorded_at = recorded_at - interval '1 hour', payload = regexp_replace(payload, '"at":"[^"]*"',
      to_char(at::timestamptz at time zone 'UTC' - interval '1 hour', '"\"at\":\""YYYY-MM-DD"T"HH24:MI:SS.US"Z\""'))
    where log = %(log)s
"""
EARLIER: Final = "update audit_checkpoints set sealed_at = sealed_at - interval '1 hour' where log = %(log)s"
LATER: Final = "update audit_checkpoints set sealed_at = sealed_at + interval '20 minutes' where log = %(log)s and size = 10"
REBUILT: Final = "update audit_checkpoints set root = %(root)s, frontier = %(frontier)s where log = %(log)s and size = 6"
NOTED: Final = "update audit_checkpoints set note = %(note)s where log = %(log)s and size = %(size)s"


@pytest.fixture
async def log(database_url: str, rows: Rows, tmp_path: Path) -> AsyncIterator[Sealed]:
    """Ten events of a project in three checkpoints."""
    async with sealed(database_url, rows, tmp_path / "outside") as made:
        await made.seal()
        await made.batches(5, 1, 4)
        yield made


def kinds(log: Sealed) -> set[Kind]:
    return {one.kind for one in log.verify(log=log.project.id).findings}


async def stolen(log: Sealed) -> Signer:
    """The key in use before it is changed for a new one, with which three more events are sealed."""
    former, log.key = log.key, await keys.rotate(log.connection, SECRET)
    await log.batches(3)
    assert log.verify(outside=log.witness).ok
    return former


async def unsigned(log: Sealed, size: int) -> None:
    """Let the note of a checkpoint say what its columns do, as far as that goes without the key."""
    query = "select root, sealed_at, note from audit_checkpoints where log = %s and size = %s"
    ((root, sealed_at, note),) = await log.rows(query, log.project.id, size)
    body = notes.Checkpoint(str(log.project.id), size, root, sealed_at).body(log.key.name)
    signatures = note.partition("\n\n")[2]
    await log.beyond(NOTED, log=log.project.id, size=size, note=f"{body}\n{signatures}")


async def test_a_retired_key_signs_nothing_behind_the_first_note_of_the_next(log: Sealed) -> None:
    former = await stolen(log)
    await log.write()
    await seal(log.connection, former)
    assert kinds(log) == {Kind.CHECKPOINT, Kind.UNSIGNED}
    assert "another key had followed" in log.verify(log=log.project.id).findings[0].why


async def test_a_retired_key_signs_nothing_once_it_is_retired(log: Sealed) -> None:
    await keys.rotate(log.connection, SECRET)
    await log.beyond("update signing_keys set retired_at = retired_at - interval '3 minutes' where retired_at is not null")
    await log.write()
    await seal(log.connection, log.key)
    assert kinds(log) == {Kind.CHECKPOINT, Kind.UNSIGNED}
    assert "had been retired before" in log.verify(log=log.project.id).findings[0].why


async def test_that_a_key_was_retired_is_told_by_the_sealed_record_not_by_a_column(log: Sealed, settings: Settings) -> None:
    former = log.key
    await rotate_key(settings, reason="The old one was seen by others")
    log.key = await keys.signer(log.connection, SECRET)
    await log.batches(3)
    await log.beyond("update signing_keys set retired_at = null")
    assert log.verify(outside=log.witness).ok
    await log.write()
    await seal(log.connection, former)
    assert kinds(log) == {Kind.CHECKPOINT, Kind.UNSIGNED}
    findings = log.verify(log=log.project.id, trusted=trust(former, log.key)).findings
    assert {one.kind for one in findings} == {Kind.CHECKPOINT, Kind.UNSIGNED}


async def test_a_root_that_only_the_newest_signature_gives_away_is_told_from_the_last_true_one_on(log: Sealed) -> None:
    """Who has no key makes the checkpoints between fit what was edited: they are not believed for that."""
    edited = "update audit_events set payload = replace(payload, '192.0.2.7', '192.0.2.8') where id = %(id)s"
    leaf = "update audit_leaves l set hash = e.leaf from audit_events e where e.id = l.event_id and e.id = %(id)s"
    query = "select event_id from audit_leaves where log = %s and index = 5"
    ((event_id,),) = await log.rows(query, log.project.id)
    await log.beyond(edited, leaf, id=event_id)
    tree = Tree()
    for (found,) in await log.rows("select hash from audit_leaves where log = %s order by index limit 6", log.project.id):
        tree.append(found)
    await log.beyond(REBUILT, log=log.project.id, root=tree.root, frontier=tree.frontier)
    await unsigned(log, 6)
    findings = log.verify(log=log.project.id).findings
    assert [one.kind for one in findings] == [Kind.CHECKPOINT, Kind.ROOT]
    assert [(one.index, one.event_id) for one in findings if one.kind is Kind.ROOT] == [(5, str(event_id))]


async def test_another_time_in_a_checkpoint_between_is_found(log: Sealed) -> None:
    """Times are signed, too: of two checkpoints whose signatures are looked at the times are never far apart."""
    await log.beyond(AN_HOUR_AGO, EARLIER, log=log.project.id)
    await log.resign(log.project.id, log.key)
    await log.batches(1)
    assert kinds(log) == set()
    await log.beyond(LATER, log=log.project.id)
    await unsigned(log, 10)
    assert kinds(log) == {Kind.CHECKPOINT}
