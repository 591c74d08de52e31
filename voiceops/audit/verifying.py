"""Verifying: everything computed anew from the bytes of the events, in one snapshot, while others go on writing."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import IsolationLevel, errors

from voiceops.audit import keys
from voiceops.audit.notes import Verifier
from voiceops.audit.promises import Keyring, Promises
from voiceops.audit.verdict import Finding, Kind, Verdict
from voiceops.audit.walking import NOWHERE, Walk
from voiceops.db import APP_ROLE, TAKE_ROLE, libpq_url
from voiceops.witness import Witness, WitnessError

FOLDER: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The name of the folder of a log's copies outside; whatever else lies there is none."""
ROTATIONS: Final = "select payload from audit_events where log = %s and action = 'audit.rotate' order by seq"
LOGS: Final = """
with recursive written as (
  (select log from audit_events order by log limit 1)
  union all
  select (select e.log from audit_events e where e.log > w.log order by e.log limit 1) from written w where w.log is not null
), placed as (
  (select log from audit_leaves order by log limit 1)
  union all
  select (select l.log from audit_leaves l where l.log > p.log order by l.log limit 1) from placed p where p.log is not null
), signed as (
  (select log from audit_checkpoints order by log limit 1)
  union all
  select (select c.log from audit_checkpoints c where c.log > s.log order by c.log limit 1) from signed s where s.log is not null
)
select log from (
  table written union table placed union table signed union select log from audit_witness
) logs where log is not null order by 1
"""
"""Each log once, found by steps through the indexes instead of reading a million rows."""


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
            keyring = _keys(connection, scope)
            for log in [scope.log] if scope.log is not None else _logs(connection, scope.witness):
                promises = Promises(connection, scope.witness, keyring, verdict, log)
                Walk(connection, promises, verdict, log).verify(scope.last)
    verdict.seconds = time.monotonic() - began
    return verdict


@contextmanager
def _altered(verdict: Verdict) -> Iterator[None]:
    """Tell of tables that have lost columns, or whole tables that are gone."""
    try:
        yield
    except (errors.UndefinedColumn, errors.UndefinedTable, errors.UndefinedFunction) as error:
        verdict.add(Finding(Kind.COLUMNS, NOWHERE, f"The tables of the record were altered: {error.diag.message_primary}."))


def _keys(connection: psycopg.Connection[Any], scope: Scope) -> Keyring:
    """Return the keys that are trusted, and until when: as a key's row says, or the event of its rotation, whichever is earlier."""
    rows = connection.execute("select name, public, proof, retired_at from signing_keys").fetchall()
    trusted = scope.trusted if scope.trusted is not None else keys.trusted([row[:3] for row in rows], scope.secret)
    retired: dict[str, datetime] = {name: at for name, _, _, at in rows if at is not None}
    for (payload,) in connection.execute(ROTATIONS, (NOWHERE,)):
        told = json.loads(payload)
        at = datetime.fromisoformat(told["at"])
        for name in told["changes"]["retired"]:
            retired[name] = min(at, retired.get(name, at))
    return Keyring(trusted, retired)


def _logs(connection: psycopg.Connection[Any], witness: Witness | None) -> list[UUID]:
    """Every log there is, or that was once: of one that was erased the copies outside still speak."""
    known = {row[0] for row in connection.execute(LOGS)}
    try:
        outside = {name for name in witness.folders("audit") if FOLDER.fullmatch(name)} if witness else set()
    except WitnessError:
        outside = set()  # each known log tells it
    return sorted(known | {UUID(one) for one in outside})
