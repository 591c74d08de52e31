"""The database keeps the rules itself, whoever writes to it: what is immutable, what belongs together, what moves where."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Final
from uuid import UUID

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from conftest import Json, Rows, Studio
from psycopg import errors
from sqlalchemy import create_engine, make_url

from voiceops.db import Base, libpq_url
from voiceops.migrations import head, migrate
from voiceops.models import GenerationStatus, Status
from voiceops.models.version import LIFECYCLE

KEPT: Final = (
    "people",
    "sessions",
    "invitations",
    "projects",
    "assets",
    "scripts",
    "generations",
    "versions",
    "waveforms",
    "blobs",
    "audit_events",
    "preferences",
    "policies",
    "reviews",
    "reviewers",
    "decisions",
    "comments",
    "comment_texts",
    "notices",
    "examinations",
    "waivers",
    "drops",
)
MOVES: Final = {(before, after) for froms, after in LIFECYCLE.values() for before in froms}
STEPS: Final = {
    "queued": {"queued", "running", "failed", "cancelled"},
    "running": {"running", "queued", "succeeded", "failed", "cancelled"},
    "failed": {"queued"},
    "succeeded": set(),
    "cancelled": set(),
}
MAY_CHANGE: Final = {
    "generations": {
        *("status", "attempt", "attempts_before", "failures", "progress", "job_id"),
        *("error_code", "error_message", "started_at", "finished_at", "reserved_on"),
    },
    "versions": {"status", "archived_at"},
    "assets": {"title", "language", "tags", "owner_id", "script_count", "version_count", "updated_at"},
    "blobs": {"state", "dropped_at", "deleted_at"},
    "people": {"name", "email", "password_hash", "has_public_password", "is_admin", "deactivated_at"},
    "sessions": {"token_hash", "last_seen_at", "ended_at"},
    "memberships": set(),
    "idempotency_keys": set(),
    "invitations": {"email", "accepted_at", "accepted_by_id", "revoked_at"},
    "examinations": {"state", "attempt", "finished_at", "findings", "say_back", "words", "facts", "error"},
    "waivers": set(),
    "scripts": set(),
    "waveforms": set(),
    "audit_events": set(),
    "preferences": set(),
    "reviews": {"closed_at", "outcome"},
    "reviewers": set(),
    "decisions": set(),
    "comments": {"text_count", "resolved_at", "resolved_by_id", "deleted_at", "deleted_by_id"},
    "comment_texts": set(),
    "notices": {"read_at", "mailed_at"},
    "renditions": {"sha256", "created_at", "used_on"},
    "drops": set(),
}


@contextmanager
def refusal(*kinds: type[psycopg.Error]) -> Iterator[None]:
    """The database refuses, for one of these reasons."""
    with pytest.raises(kinds or errors.InsufficientPrivilege):
        yield


@pytest.fixture
async def version(studio: Studio, worker: None, rows: Rows) -> Json:
    """A version, and something in every other table."""
    body = {"email": "guest@x.example", "roles": ["viewer"]}
    owner = await studio.person("owner")
    assert (await owner.post(f"/projects/{studio.project}/invitations", json=body)).status_code == 201
    asset = await studio.asset()
    made, other = [await studio.version(asset) for _ in range(2)]
    heard = {"version_ids": [made["id"], other["id"]], "preferred_id": None}
    assert (await owner.post(f"/projects/{studio.project}/preferences", json=heard)).status_code == 201
    author, reviewer = await studio.person("author"), await studio.person("reviewer")
    asked = {"reviewers": [(await reviewer.get("/session")).json()["person"]["id"]]}
    assert (await author.post(f"/versions/{made['id']}/submit", json=asked)).status_code == 200
    remark: Json = {"json": {"body": "Slower here", "at_ms": 0, "until_ms": 1}, "headers": {"Idempotency-Key": "remark"}}
    assert (await author.post(f"/versions/{made['id']}/comments", **remark)).status_code == 201
    decision = {"reason": "Too fast", "heard": 0.5}
    answer = await reviewer.post(f"/versions/{made['id']}/request-changes", json=decision)
    assert answer.json()["status"] == "draft", answer.text
    await rows(
        "insert into waivers (id, version_id, project_id, asset_id, check_name, reason, person_id) "
        "select gen_random_uuid(), id, project_id, asset_id, 'pace', 'It is a poem', created_by_id from versions limit 1"
    )
    await rows(
        "insert into renditions (version_id, profile, project_id, asset_id, sha256) "
        "select id, 'mp3', project_id, asset_id, audio_sha256 from versions limit 1"
    )
    await rows(
        "insert into drops (id, project_id, asset_id, version_id, days) "
        "select gen_random_uuid(), project_id, asset_id, id, 30 from versions limit 1"
    )
    return made


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    engine = create_engine(make_url(libpq_url(database_url)).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:

        def ours(_object: object, name: str | None, kind: str, *_more: object) -> bool:
            return not (kind == "table" and name is not None and name.startswith(("procrastinate_", "alembic_")))

        options = {"compare_type": True, "compare_server_default": True, "include_object": ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


async def test_constraints_are_named_by_what_they_are(rows: Rows) -> None:
    query = (
        "select contype::text, conname from pg_constraint c join pg_class t on t.oid = c.conrelid "
        "where contype in ('p', 'u', 'f', 'c') and relname = any(%s)"
    )
    named = await rows(query, list(Base.metadata.tables))
    prefix = {"p": "pk", "u": "uq", "f": "fk", "c": "ck"}
    assert [name for kind, name in named if not name.startswith(f"{prefix[kind]}_")] == []
    assert len(named) > 30


async def test_migrating_again_changes_nothing(database_url: str, rows: Rows) -> None:
    before = await rows("select oid from pg_class order by 1")
    migrate(database_url)
    assert await rows("select oid from pg_class order by 1") == before
    assert await rows("select version_num from alembic_version") == [(head(),)]


async def test_no_row_that_tells_what_happened_is_ever_deleted(version: Json, rows: Rows) -> None:
    for table in KEPT:
        assert (await rows(f"select count(*) > 0 from {table}"))[0][0], table  # noqa: S608 - our own names
        with refusal():
            await rows(f"delete from {table}")  # noqa: S608 - our own names
        with refusal():
            await rows(f"truncate {table} cascade")
    assert version["number"] == 1


async def test_what_is_written_once_stays(version: Json, rows: Rows) -> None:
    """Every column of every immutable table, one by one: set to something else, it is refused unless it is listed to change."""
    for table, may in MAY_CHANGE.items():
        columns = await rows(
            "select column_name, udt_name from information_schema.columns where table_name = %s and is_generated = 'NEVER' "
            "and is_identity = 'NO'",
            table,
        )
        for name, kind in columns:
            if name in may:
                continue
            other = {
                "uuid": "gen_random_uuid()",
                "text": f"coalesce({name}, '') || 'x'",
                "varchar": f"{name} || 'x'",
                "bool": f"not {name}",
                "_text": f"{name} || '{{x}}'",
                "_uuid": f"{name} || gen_random_uuid()",
                "int4": f"{name} + 1",
                "int8": f"{name} + 1",
                "jsonb": "'[1]'",
                "timestamptz": "now() + interval '1 s'",
                "bytea": "'x'",
                "float8": f"{name} / 2",
            }[kind]
            with refusal():
                await rows(f"update {table} set {name} = {other}")  # noqa: S608 - our own names
    assert (UUID(version["id"]),) in await rows("select id from versions")


async def test_what_comes_and_goes_goes_row_by_row(version: Json, rows: Rows) -> None:
    """Memberships as people leave, answers under an `Idempotency-Key` once they are a day old."""
    for table in ("memberships", "idempotency_keys"):
        with refusal():
            await rows(f"truncate {table}")
    with refusal():
        await rows("delete from idempotency_keys")
    await rows("delete from memberships where role = 'viewer'")
    assert version["number"] == 1


async def test_a_session_that_ended_stays_ended(studio: Studio, rows: Rows) -> None:
    await studio.person("author")
    await rows("update sessions set ended_at = now()")
    for change in ("ended_at = null", "ended_at = now() + interval '1 h'", "token_hash = 'x'", "last_seen_at = now()"):
        with refusal(errors.CheckViolation):
            await rows(f"update sessions set {change}")  # noqa: S608 - our own


LAST: Final = {
    "owner": (
        "insert into memberships select project_id, person_id, 'owner' from memberships where role = 'author'",
        "delete from memberships where role = 'owner' and person_id = (select id from people where email like '{who}@%%')",
        ("owner", "author"),
    ),
    "admin": ("select", "update people set is_admin = false where email like '{who}@%%'", ("owner", "admin")),
}


@pytest.mark.parametrize("kind", LAST)
async def test_the_last_of_those_who_manage_stays_whoever_writes(rows: Rows, database_url: str, kind: str) -> None:
    """One after the other, and two at once that do not see each other."""
    second, leave, (one, other) = LAST[kind]
    await rows("delete from memberships where project_id = (select id from projects where key = 'elsewhere')")
    await rows(second)
    async with await psycopg.AsyncConnection.connect(database_url) as somebody:
        await somebody.execute(leave.format(who=one).encode())
        await somebody.execute("set constraints all immediate")
        await rows("begin")
        await rows(leave.format(who=other))
        ending = asyncio.ensure_future(rows("commit"))
        while not await (await somebody.execute("select from pg_locks where not granted")).fetchall():
            await asyncio.sleep(0.01)
        await somebody.commit()
        with refusal(errors.CheckViolation):
            await ending
    with refusal(errors.CheckViolation):
        await rows(leave.format(who=other))


async def test_the_record_holds_against_who_switches_triggers_off(version: Json, rows: Rows) -> None:
    before = await rows("select * from audit_events order by seq")
    for role in ("replica", "local"):
        await rows(f"set session_replication_role = {role}")
        for statement in (
            "update audit_events set payload = '{}'",
            "update audit_events set recorded_at = now()",
            "delete from audit_events",
            "truncate audit_events",
        ):
            with refusal():
                await rows(statement)
    with refusal():
        await rows(
            "insert into audit_events (id, payload) select id, payload from audit_events "
            "on conflict (id) do update set payload = '{}'"
        )
    with refusal(errors.GeneratedAlways):
        await rows("insert into audit_events (id, seq, payload) values (gen_random_uuid(), 1, '{}')")
    with refusal(errors.NotNullViolation, errors.InvalidTextRepresentation):
        await rows("insert into audit_events (id, payload) values (gen_random_uuid(), '{}')")
    assert await rows("select * from audit_events order by seq") == before
    assert version["status"] == "draft"


async def test_what_proves_the_record_holds_too(studio: Studio, worker: None, rows: Rows) -> None:
    await studio.asset()
    while not await rows("select size from audit_witness"):
        await asyncio.sleep(0.05)
    tables = ("audit_leaves", "audit_checkpoints", "audit_witness", "audit_watermark", "signing_keys")
    for role, table in product(("default", "replica"), tables):
        await rows(f"set session_replication_role = {role}")
        for statement in (f"delete from {table}", f"truncate {table}"):  # noqa: S608 - our own names
            with refusal():
                await rows(statement)
    for change in ("audit_leaves set hash = hash", "audit_checkpoints set note = note", "signing_keys set secret = public"):
        with refusal():
            await rows(f"update {change}")
    await rows("set session_replication_role = default")


async def test_a_version_moves_along_its_life_and_nowhere_else(version: Json, rows: Rows, beyond: Rows) -> None:
    for before, after in product(Status, Status):
        await beyond("update versions set status = %s", before)
        if (before, after) in MOVES:
            await rows("update versions set status = %s", after)
        else:
            with refusal(errors.CheckViolation):
                await rows("update versions set status = %s", after)
    with refusal(errors.CheckViolation):
        await rows("update versions set status = 'published'")
    assert version["status"] == "draft"


async def test_a_generation_moves_to_one_end_and_stays_there(studio: Studio, rows: Rows, beyond: Rows) -> None:
    await studio.ask(await studio.asset())
    for before, after in product(GenerationStatus, GenerationStatus):
        await beyond("update generations set status = %s", before)
        if after in STEPS[before]:
            await rows("update generations set status = %s", after)
        else:
            with refusal(errors.CheckViolation):
                await rows("update generations set status = %s", after)


async def test_numbers_never_go_back(version: Json, rows: Rows) -> None:
    for change in ("script_count = script_count - 1", "version_count = version_count - 1"):
        with refusal(errors.CheckViolation):
            await rows(f"update assets set {change}")  # noqa: S608 - our own
    await rows("update assets set version_count = version_count + 1")
    with refusal(errors.CheckViolation):
        await rows("update generations set attempt = attempt - 1")
    assert version["number"] == 1


@pytest.mark.parametrize(
    ("change", "refused_as"),
    [
        ("progress = 1.5", errors.CheckViolation),
        ("progress = -0.1", errors.CheckViolation),
        ("progress = 'NaN'", errors.CheckViolation),
        ("error_code = 'x'", errors.CheckViolation),
        ("error_message = 'x'", errors.CheckViolation),
        ("status = null", errors.NotNullViolation),
    ],
)
async def test_a_generation_says_nothing_absurd(studio: Studio, rows: Rows, change: str, refused_as: type[psycopg.Error]) -> None:
    await studio.ask(await studio.asset())
    with refusal(refused_as):
        await rows(f"update generations set {change}")  # noqa: S608 - our own


async def copy(rows: Rows, table: str, **other: str) -> None:
    """Insert the first row of a table again, with other values (as SQL) in some columns."""
    columns = await rows(
        "select column_name from information_schema.columns "
        "where table_name = %s and is_generated = 'NEVER' and is_identity = 'NO'",
        table,
    )
    names = [name for (name,) in columns]
    values = ", ".join(other.get(name, name) for name in names)
    await rows(f"insert into {table} ({', '.join(names)}) select {values} from {table} order by id limit 1")  # noqa: S608


async def test_what_lies_beneath_an_asset_lies_in_its_project(version: Json, rows: Rows) -> None:
    new: Json = {"id": "gen_random_uuid()"}
    elsewhere = "(select id from projects where key = 'elsewhere')"
    await copy(rows, "scripts", **new, number="number + 1")
    for table, more in {
        "scripts": {"number": "number + 9"},
        "generations": {},
        "versions": {"number": "number + 9", "generation_id": "gen_random_uuid()"},
    }.items():
        with refusal(errors.ForeignKeyViolation):
            await copy(rows, table, **new, **more, project_id=elsewhere)
        with refusal(errors.ForeignKeyViolation):
            await copy(rows, table, **new, **more, asset_id="gen_random_uuid()")
    assert version["number"] == 1


async def test_nothing_points_to_what_belongs_to_another_asset(studio: Studio, worker: None, rows: Rows) -> None:
    mine, other = [await studio.version(await studio.asset(key)) for key in ("mine", "other")]
    new = {"id": "gen_random_uuid()"}
    foreign = {"script_id": f"'{other['script']['id']}'::uuid", "parent_version_id": f"'{other['id']}'::uuid"}
    for column, value in foreign.items():
        with refusal(errors.ForeignKeyViolation):
            await copy(rows, "generations", **new, **{column: value})
    await copy(rows, "generations", **new, parent_version_id=f"'{mine['id']}'::uuid")
    spare = f"(select id from generations where id not in ('{mine['generation_id']}', '{other['generation_id']}'))"  # noqa: S608
    for column, value in foreign.items():
        with refusal(errors.ForeignKeyViolation):
            await copy(rows, "versions", **new, number="9", generation_id=spare, **{column: value})
    await copy(rows, "versions", **new, number="9", generation_id=spare)


async def test_what_there_is_once_there_is_once(version: Json, rows: Rows) -> None:
    new = {"id": "gen_random_uuid()"}
    for table, more in {
        "scripts": new,  # the same number in the same asset
        "versions": {**new, "number": "9"},  # a second version of a generation
        "assets": new,
        "projects": new,
        "people": {**new, "email": "upper(email)"},
        "sessions": new,
    }.items():
        with refusal(errors.UniqueViolation):
            await copy(rows, table, **more)
    assert version["number"] == 1
