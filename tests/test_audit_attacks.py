"""What somebody can do to the record who owns its tables and switches the triggers off, and that it is found.

Each attack says whether the database alone tells, or only the copies outside it do.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import psycopg
import pytest
from conftest import SECRET, Rows
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import errors, sql
from sealed import Sealed, sealed, trust

from voiceops.audit import keys
from voiceops.audit.keys import Signer
from voiceops.audit.sealing import seal
from voiceops.audit.telling import tell
from voiceops.audit.verdict import Kind
from voiceops.audit.walking import CLOCK_S
from voiceops.db import libpq_url
from voiceops.models import Project
from voiceops.models.audit import INSTALLATION
from voiceops.witness import WitnessError

BATCHES: Final = (5, 1, 7, 4)
TEN_MINUTES_AGO: Final = """
    update audit_events set recorded_at = now() - interval '10 minutes', payload = regexp_replace(payload, '"at":"[^"]*"',
      to_char(now() at time zone 'UTC' - interval '10 minutes', '"\\"at\\":\\""YYYY-MM-DD"T"HH24:MI:SS.US"Z\\""'))
    where not exists (select from audit_leaves where event_id = id)
"""


@pytest.fixture
async def log(database_url: str, rows: Rows, tmp_path: Path) -> AsyncIterator[Sealed]:
    """Seventeen events of a project in four checkpoints, and some of another."""
    async with sealed(database_url, rows, tmp_path / "outside") as made:
        await made.seal()
        await made.batches(*BATCHES)
        await made.write(3, project=Project(id=uuid4(), key="other", name="Other"))
        await made.seal()
        yield made


async def place(log: Sealed, index: int) -> tuple[int, UUID]:
    """Number and id of the event at a place of the project's log."""
    query = "select e.seq, e.id from audit_leaves l join audit_events e on e.id = l.event_id where l.log = %s and l.index = %s"
    ((seq, event_id),) = await log.rows(query, log.project.id, index)
    return seq, event_id


def stranger() -> Signer:
    return Signer("voiceops-stranger", Ed25519PrivateKey.generate())


EDIT: Final = "update audit_events set payload = replace(payload, '192.0.2.7', '192.0.2.8') where id = %(id)s"


async def edited(log: Sealed) -> set[Kind]:
    await log.beyond(EDIT, id=(await place(log, 8))[1])
    return {Kind.EDITED}


async def edited_with_its_leaf(log: Sealed) -> set[Kind]:
    fixed = "update audit_leaves l set hash = e.leaf from audit_events e where e.id = l.event_id and e.id = %(id)s"
    await log.beyond(EDIT, fixed, id=(await place(log, 8))[1])
    return {Kind.ROOT}


async def edited_and_rebuilt_unsigned(log: Sealed) -> set[Kind]:
    before: dict[int, str] = dict(await log.rows("select size, note from audit_checkpoints where log = %s", log.project.id))
    await log.beyond(EDIT, id=(await place(log, 8))[1])
    await log.resign(log.project.id, log.key)
    for size, note in before.items():
        await log.beyond("update audit_checkpoints set note = %(note)s where size = %(size)s", size=size, note=note)
    return {Kind.CHECKPOINT, Kind.ROOT}


async def edited_and_signed_with_another_key(log: Sealed) -> set[Kind]:
    other = stranger()
    await log.beyond(EDIT, id=(await place(log, 8))[1])
    await log.resign(log.project.id, other)
    values = {"id": uuid4(), "name": other.name, "public": other.verifier.public, "bytes": secrets.token_bytes(32)}
    await log.beyond("insert into signing_keys values (%(id)s, %(name)s, %(public)s, %(bytes)s, %(bytes)s)", **values)
    return {Kind.CHECKPOINT, Kind.UNSIGNED}


async def deleted(log: Sealed) -> set[Kind]:
    await log.beyond("delete from audit_events where id = %(id)s", id=(await place(log, 8))[1])
    return {Kind.MISSING}


async def deleted_with_its_leaf(log: Sealed) -> set[Kind]:
    one = (await place(log, 8))[1]
    await log.beyond("delete from audit_events where id = %(id)s", "delete from audit_leaves where event_id = %(id)s", id=one)
    return {Kind.GAP}


async def deleted_and_renumbered(log: Sealed) -> set[Kind]:
    await deleted_with_its_leaf(log)
    for index in range(9, sum(BATCHES)):
        moved = "update audit_leaves set index = index - 1 where log = %(log)s and index = %(index)s"
        await log.beyond(moved, log=log.project.id, index=index)
    return {Kind.ROOT, Kind.CUT}


async def swapped(log: Sealed) -> set[Kind]:
    first, second = (await place(log, 7))[1], (await place(log, 9))[1]
    swap = "update audit_leaves set event_id = %(new)s where event_id = %(old)s"
    for old, new in ((first, uuid4()), (second, first)):
        await log.beyond(swap, old=old, new=new)
    await log.beyond(
        "update audit_leaves set event_id = %(id)s where log = %(log)s and index = 7",
        "update audit_leaves l set hash = e.leaf from audit_events e where e.id = l.event_id",
        id=second,
        log=log.project.id,
    )
    return {Kind.ROOT}


async def inserted_behind(log: Sealed) -> set[Kind]:
    copied = (
        "insert into audit_events (id, payload, recorded_at, xid) select %(new)s::uuid,"
        " replace(payload, id::text, %(new)s::text), recorded_at, xid from audit_events where id = %(id)s"
    )
    await log.beyond(copied, id=(await place(log, 8))[1], new=str(uuid4()))
    return {Kind.BEHIND}


async def inserted_with_an_old_time(log: Sealed) -> set[Kind]:
    old = "2020-01-01T00:00:00.000000Z"
    copied = (
        "insert into audit_events (id, payload, recorded_at) select %(new)s::uuid,"
        " replace(replace(payload, id::text, %(new)s::text), at, %(at)s::text), %(at)s::timestamptz"
        " from audit_events where id = %(id)s"
    )
    await log.beyond(copied, id=(await place(log, 8))[1], new=str(uuid4()), at=old)
    await log.seal()
    return {Kind.TIME}


async def recorded_at_another_time(log: Sealed) -> set[Kind]:
    await log.beyond(
        "update audit_events set recorded_at = recorded_at - interval '1 day' where id = %(id)s", id=(await place(log, 8))[1]
    )
    return {Kind.TIME}


async def given_an_old_number(log: Sealed) -> set[Kind]:
    await asyncio.sleep(5.2)  # clocks may differ by five seconds
    await log.batches(1)
    await log.beyond(
        "alter table audit_events alter seq drop identity",
        "update audit_events set seq = -1 where id = %(id)s",
        id=(await place(log, sum(BATCHES)))[1],
    )
    return {Kind.TIME}


async def moved_to_another_log(log: Sealed) -> set[Kind]:
    ((other,),) = await log.rows("select log from audit_leaves where log not in (%s, %s) limit 1", log.project.id, INSTALLATION)
    moved = "update audit_leaves set log = %(to)s, index = (select max(index) + 1 from audit_leaves where log = %(to)s)"
    await log.beyond(f"{moved} where event_id = %(id)s", id=(await place(log, 16))[1], to=other)
    return {Kind.MOVED, Kind.CUT, Kind.UNSIGNED}


async def shown_otherwise(log: Sealed) -> set[Kind]:
    await log.beyond(
        "alter table audit_events alter column actor_id drop expression",
        "update audit_events set actor_id = 'somebody else' where id = %(id)s",
        id=(await place(log, 8))[1],
    )
    return {Kind.COLUMNS}


async def without_the_searched_column(log: Sealed) -> set[Kind]:
    await log.beyond("alter table audit_events drop column actor_id")
    return {Kind.COLUMNS}


CUT: Final = (
    "delete from audit_events e using audit_leaves l where l.event_id = e.id and l.log = %(log)s and l.index >= 13",
    "delete from audit_leaves where log = %(log)s and index >= 13",
)


async def cut(log: Sealed) -> set[Kind]:
    await log.beyond(*CUT, log=log.project.id)
    return {Kind.CUT}


async def cut_with_its_checkpoints(log: Sealed) -> set[Kind]:
    await log.beyond(*CUT, "delete from audit_checkpoints where log = %(log)s and size > 13", log=log.project.id)
    return {Kind.CHECKPOINT, Kind.CUT}


async def one_log_erased(log: Sealed) -> set[Kind]:
    tables = ("audit_events", "audit_leaves", "audit_checkpoints", "audit_witness")
    await log.beyond(*(f"delete from {table} where log = %(log)s" for table in tables), log=log.project.id)  # noqa: S608
    return {Kind.CHECKPOINT, Kind.CUT}


async def everything_emptied(log: Sealed) -> set[Kind]:
    await log.beyond("truncate audit_events, audit_leaves, audit_checkpoints, audit_witness")
    return {Kind.CHECKPOINT, Kind.CUT}


async def rebuilt_and_signed_with_the_stolen_key(log: Sealed) -> set[Kind]:
    await log.beyond(EDIT, id=(await place(log, 8))[1])
    await log.resign(log.project.id, log.key)
    return {Kind.WITNESS}


Attack = Callable[[Sealed], Awaitable[set[Kind]]]
FOUND_INSIDE: Final[tuple[Attack, ...]] = (
    edited,
    edited_with_its_leaf,
    edited_and_rebuilt_unsigned,
    edited_and_signed_with_another_key,
    deleted,
    deleted_with_its_leaf,
    deleted_and_renumbered,
    swapped,
    inserted_behind,
    inserted_with_an_old_time,
    recorded_at_another_time,
    given_an_old_number,
    moved_to_another_log,
    shown_otherwise,
    without_the_searched_column,
    cut,
)
FOUND_OUTSIDE: Final[tuple[Attack, ...]] = (
    cut_with_its_checkpoints,
    one_log_erased,
    everything_emptied,
    rebuilt_and_signed_with_the_stolen_key,
)


@pytest.mark.parametrize("attack", FOUND_INSIDE)
async def test_the_database_alone_tells(log: Sealed, attack: Attack) -> None:
    assert log.verify().ok
    expected = await attack(log)
    verdict = log.verify()
    assert {finding.kind for finding in verdict.findings} == expected, verdict.findings
    assert not log.verify(outside=log.witness).ok


@pytest.mark.parametrize("attack", FOUND_OUTSIDE)
async def test_only_the_copies_outside_tell(log: Sealed, attack: Attack) -> None:
    assert log.verify(outside=log.witness).ok
    expected = await attack(log)
    assert log.verify().ok, "the database alone would have told"
    verdict = log.verify(outside=log.witness)
    assert {finding.kind for finding in verdict.findings} == expected, verdict.findings


@pytest.mark.parametrize("attack", [edited, deleted, shown_otherwise, recorded_at_another_time])
async def test_the_event_that_is_wrong_is_named(log: Sealed, attack: Attack) -> None:
    seq, event_id = await place(log, 8)
    await attack(log)
    (finding,) = log.verify(outside=log.witness).findings
    assert (finding.log, finding.index, finding.event_id) == (str(log.project.id), 8, str(event_id))
    assert finding.seq == (None if attack is deleted else seq)


async def test_a_root_that_is_wrong_is_told_once_with_the_first_event_it_may_be(log: Sealed) -> None:
    first, _ = await place(log, 6)
    await edited_with_its_leaf(log)
    (finding,) = log.verify().findings
    assert (finding.index, finding.seq) == (6, first)


async def test_what_no_verification_can_find(log: Sealed) -> None:
    """Before it is sealed an event has nobody's signature; and who has database, key and copies can write another history."""
    await log.write()
    await log.beyond("update audit_events set payload = replace(payload, '192.0.2.7', '192.0.2.8') where seq = %(seq)s", seq=10**9)
    newest = (await log.rows("select id from audit_events order by seq desc limit 1"))[0][0]
    await log.beyond(EDIT, id=newest)
    await log.seal()
    assert log.verify(outside=log.witness).ok


async def test_a_copy_outside_that_was_lost_or_changed_is_told(log: Sealed, tmp_path: Path) -> None:
    names = log.copies()
    assert len(names) == len(BATCHES)
    lost, changed = [tmp_path / "outside" / name for name in names[:2]]
    lost.unlink()
    changed.chmod(0o600)
    changed.write_text(changed.read_text().replace("sealed 2", "sealed 3"))
    findings = log.verify(outside=log.witness).findings
    assert [finding.kind for finding in findings] == [Kind.WITNESS, Kind.WITNESS]
    assert "gone" in findings[1].why


async def test_copies_outside_are_only_added(log: Sealed) -> None:
    name = log.copies()[0]
    log.witness.add(name, log.witness.read(name))
    with pytest.raises(WitnessError, match="something else"):
        log.witness.add(name, "another history")


async def test_only_keys_made_under_the_secret_are_trusted(log: Sealed) -> None:
    assert log.verify(trusted=trust(log.key)).ok
    for trusted in (trust(stranger()), {}):
        assert {finding.kind for finding in log.verify(trusted=trusted).findings} == {Kind.CHECKPOINT, Kind.UNSIGNED}


async def test_after_a_change_of_keys_old_and_new_notes_hold(log: Sealed) -> None:
    log.key = await keys.rotate(log.connection, SECRET)
    await log.batches(3)
    assert (await keys.signer(log.connection, SECRET)).name == log.key.name
    assert log.verify(outside=log.witness).ok
    assert not log.verify(trusted=trust(log.key)).ok


async def test_nothing_is_wrong_while_many_write(log: Sealed) -> None:
    """Transactions that end out of order, some of them long, some rolled back: every one is sealed once, none is suspected."""
    stop = asyncio.Event()

    async def write(number: int) -> None:
        while not stop.is_set():
            connection = await psycopg.AsyncConnection.connect(libpq_url(log.url))
            payload = (await log.rows("select payload, id::text from audit_events order by seq desc limit 1"))[0]
            new = str(uuid4())
            query = "insert into audit_events (id, payload) values (%s, replace(%s, %s, %s))"
            await connection.execute(query, (new, payload[0], payload[1], new))
            await asyncio.sleep(number * 0.01)
            await (connection.rollback() if number % 4 == 3 else connection.commit())
            await connection.close()

    async def watch() -> None:
        for _ in range(12):
            await log.seal()
            verdict = await asyncio.to_thread(log.verify, outside=log.witness)
            assert verdict.ok, verdict.findings
            await asyncio.sleep(0.05)
        stop.set()

    await asyncio.gather(watch(), *(write(number) for number in range(8)))
    await log.seal()
    verdict = log.verify(outside=log.witness)
    ((count,),) = await log.rows("select count(*) from audit_events")
    assert (verdict.ok, verdict.events, verdict.sealed, verdict.unsealed) == (True, count, count, 0)
    assert count > 50


async def test_what_commits_late_is_sealed_all_the_same(log: Sealed) -> None:
    """A long transaction with a low number is no gap: sealing goes by transactions, not by numbers."""
    (payload, old), new = (await log.rows("select payload, id::text from audit_events order by seq desc limit 1"))[0], str(uuid4())
    async with await psycopg.AsyncConnection.connect(libpq_url(log.url)) as slow:
        await slow.execute("insert into audit_events (id, payload) values (%s, replace(%s, %s, %s))", (new, payload, old, new))
        await log.write(3)
        assert await log.seal() == 0  # everything younger waits for it
        assert log.verify().unsealed == 3
    assert await log.seal() == 4
    assert log.verify(outside=log.witness).ok


async def test_a_backup_that_was_restored_elsewhere_is_sealed_on(log: Sealed) -> None:
    """In another cluster transactions count anew, so old events seem to lie behind the mark, or far ahead of it."""
    await log.write(4)
    await log.beyond("update audit_watermark set cluster = '7', low = 9000000000", "update audit_events set xid = xid + 8000000000")
    assert log.verify(outside=log.witness).ok
    assert log.verify().unsealed == 4
    assert await log.seal() == 4
    await log.batches(2)
    verdict = log.verify(outside=log.witness)
    assert (verdict.ok, verdict.unsealed) == (True, 0)


@pytest.mark.parametrize("restored", [True, False])
async def test_what_is_written_while_a_backlog_is_sealed_is_of_its_own_time(log: Sealed, *, restored: bool) -> None:
    """However long that takes: all parts are sealed as of the moment it began, and nothing younger belongs into them."""
    await log.write(5)
    if restored:
        await log.beyond(
            "update audit_watermark set cluster = '7', low = 9000000000", "update audit_events set xid = xid + 8000000000"
        )
    async with await psycopg.AsyncConnection.connect(libpq_url(log.url)) as blocking:
        await blocking.execute("lock table audit_leaves in share mode")
        sealing = asyncio.create_task(seal(log.connection, log.key, batch=2))
        await asyncio.sleep(CLOCK_S + 1)
        await log.write()
        await blocking.commit()
        first = await sealing
    sealed_by = (first, await log.seal())
    verdict = log.verify(outside=log.witness)
    assert (verdict.findings, verdict.unsealed) == ([], 0)
    assert sealed_by == (5, 1)


async def test_sealing_takes_any_number_of_events_in_parts(log: Sealed) -> None:
    await log.write(11)
    assert await seal(log.connection, log.key, batch=3) == 11
    await tell(log.connection, log.witness)
    assert log.verify(outside=log.witness).ok


async def test_the_last_events_can_be_verified_alone(log: Sealed) -> None:
    whole = log.verify(log=log.project.id)
    part = log.verify(log=log.project.id, last=4)
    assert (whole.sealed, part.sealed, part.ok) == (sum(BATCHES), 4, True)
    await edited(log)
    assert log.verify(log=log.project.id, last=4).ok
    assert not log.verify(log=log.project.id, last=9).ok


FORBIDDEN: Final = (
    "update audit_events set payload = payload",
    "update audit_events set recorded_at = now()",
    "delete from audit_events",
    "truncate audit_events",
    "insert into audit_events (id, payload) select id, payload from audit_events on conflict (id) do update set payload = '{}'",
    "insert into audit_events (id, seq, payload) overriding system value select gen_random_uuid(), 1, payload from audit_events",
    "insert into audit_events (id, payload, recorded_at) select gen_random_uuid(), payload, now() from audit_events",
    "insert into audit_events (id, payload, xid) select gen_random_uuid(), payload, 1 from audit_events",
    "insert into audit_leaves select log, 99, gen_random_uuid(), hash from audit_leaves limit 1",
    "insert into audit_checkpoints select log, 99, root, frontier, note, sealed_at from audit_checkpoints limit 1",
    "update audit_leaves set hash = hash",
    "delete from audit_leaves",
    "truncate audit_leaves",
    "update audit_checkpoints set note = note",
    "delete from audit_checkpoints",
    "update audit_watermark set low = 0",
    "update audit_witness set size = 0",
    "insert into signing_keys select * from signing_keys",
    "select secret from signing_keys",
    "update signing_keys set retired_at = now()",
    "alter table audit_events disable trigger all",
    "alter table audit_events alter seq drop identity",
    "drop trigger audit_events_fixed on audit_events",
    "drop table audit_events cascade",
    "create or replace function refuse_change() returns trigger language plpgsql as 'begin return new; end'",
    "set session_replication_role = replica",
    "set role voiceops_sealer",
    "set role voiceops",
    "set session authorization voiceops",
    "create trigger mine before insert on audit_events for each row execute function refuse_change()",
    "alter role voiceops_app superuser",
    "delete from scripts",
    "update versions set status = 'approved' where false; delete from versions",
    "create table mine (id int)",
)


async def test_the_application_may_only_add_and_read(log: Sealed) -> None:
    """By a login that is nothing but the application's role, as an operator makes it."""
    name = f"voiceops_login_{secrets.token_hex(4)}"
    async with await psycopg.AsyncConnection.connect(libpq_url(log.url), autocommit=True) as owner:
        await owner.execute(sql.SQL("create role {} login password 'secret' in role voiceops_app").format(sql.Identifier(name)))
        try:
            url = libpq_url(log.url)
            async with await psycopg.AsyncConnection.connect(url, autocommit=True, user=name, password="secret") as app:
                await app.execute("set role voiceops_app")
                before, allowed = await log.rows("select * from audit_events order by seq"), []
                for statement in FORBIDDEN:
                    with contextlib.suppress(errors.InsufficientPrivilege, errors.GeneratedAlways):
                        await app.execute(statement.encode())
                        allowed.append(statement)
                assert allowed == []
                assert await log.rows("select * from audit_events order by seq") == before
        finally:
            await owner.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


async def test_the_application_is_that_role(log: Sealed) -> None:
    async with log.database.session.begin() as db:
        connection = await db.connection()
        assert (await connection.exec_driver_sql("select current_user::text")).scalar_one() == "voiceops_app"
    async with log.database.session.begin() as db:  # the same connection, after a rollback
        await (await db.connection()).exec_driver_sql("select 1")
        await db.rollback()
    async with log.database.engine.connect() as connection:
        assert (await connection.exec_driver_sql("select current_user::text")).scalar_one() == "voiceops_app"


async def test_what_waited_long_and_is_sealed_in_several_parts_is_no_attack(log: Sealed) -> None:
    await log.write(5, project=Project(id=uuid4(), key="late", name="Late"))
    await log.beyond(TEN_MINUTES_AGO)
    await seal(log.connection, log.key, batch=2)
    await tell(log.connection, log.witness)
    assert [one.why for one in log.verify(outside=log.witness).findings] == []


async def test_what_else_lies_among_the_copies_outside_stops_no_verification(log: Sealed, tmp_path: Path) -> None:
    await log.batches(2)
    folder = log.witness._folder / "audit"  # noqa: SLF001 - as whoever may write there
    (folder / ".DS_Store").write_bytes(b"\xff")
    (folder / "lost+found").mkdir()
    assert log.verify(outside=log.witness).ok
    note = next(one for one in folder.rglob("*.note"))
    note.chmod(0o600)
    note.write_bytes(b"\xff\xfe")
    assert not log.verify(outside=log.witness).ok
