"""Server-sent events: what changed, told to everybody who may see it."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import psycopg
import structlog
from psycopg import AsyncConnection, sql

from voiceops.changes import CHANNEL, Change, read
from voiceops.db import APP_ROLE, take_role
from voiceops.models import ApiKey, Invitation, LoginSession, Member, Notice, Person, Role
from voiceops.models.actor import Actor, ActorKind

log = structlog.get_logger()

BACKLOG = 1000
"""Changes kept for one slow reader; one further behind is told to fetch afresh."""

RECONNECT_SECONDS = 1.0


class Broadcaster:
    """One listening connection a process, handing every change to every reader."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._readers: set[asyncio.Queue[Change | None]] = set()

    async def run(self) -> None:
        """Listen until cancelled; after a lost connection every reader is told to fetch afresh."""
        while True:
            try:
                async with await AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await take_role(connection, APP_ROLE)
                    await connection.execute(sql.SQL("listen {}").format(sql.Identifier(CHANNEL)))
                    self._tell(None)
                    async for notice in connection.notifies():
                        self._hear(notice.payload)
            except psycopg.Error as error:
                log.warning("live_events_lost_database", error=str(error))
            await asyncio.sleep(RECONNECT_SECONDS)

    def _hear(self, payload: str) -> None:
        """Tell a change; what can't be read may be anything, so every reader is told to fetch afresh."""
        try:
            change = read(payload)
        except ValueError as error:
            log.warning("live_event_unreadable", error=str(error))
            change = None
        self._tell(change)

    def _tell(self, change: Change | None) -> None:
        for reader in self._readers:
            if reader.full():
                while not reader.empty():
                    reader.get_nowait()
                reader.put_nowait(None)
            else:
                reader.put_nowait(change)

    @contextmanager
    def reader(self) -> Iterator[asyncio.Queue[Change | None]]:
        """Give a queue of each change from now on; None in it means that some were missed."""
        reader: asyncio.Queue[Change | None] = asyncio.Queue(BACKLOG)
        self._readers.add(reader)
        try:
            yield reader
        finally:
            self._readers.discard(reader)


def event(change: Change) -> str:
    """Return a change as the JSON that browsers get."""
    told = {name: value for name, value in asdict(change).items() if name not in {"type", "id"}}
    return json.dumps({"subject": {"type": change.type, "id": change.id}, **told})


def visible(change: Change, reader: Actor) -> bool:
    """Tell whether somebody may hear of it: a member of its project; of people also who manages them, and of oneself always.

    Of notices each person hears for themselves alone, of invitations owners alone, and of keys people alone: whose key it is a
    change does not tell, which `workflow.keys.sees` is to be asked for.
    """
    if change.type == Notice.noun:
        return reader.kind is ActorKind.PERSON and change.id == str(reader.person_id)
    if concerns(change, reader) and reader.kind is not ActorKind.KEY:
        return True
    if change.project_id is None:
        return change.type == Person.noun and reader.is_admin
    roles = {str(project): held for project, held in reader.roles.items()}.get(change.project_id, frozenset())
    if change.type == Invitation.noun:
        return reader.kind is not ActorKind.KEY and Role.OWNER in roles
    return bool(roles) and not (change.type == ApiKey.noun and reader.kind is ActorKind.KEY)


def concerns(change: Change, reader: Actor) -> bool:
    """Tell whether what somebody may hear can be another after it."""
    mine = {
        Person.noun: reader.person_id,
        Member.noun: reader.person_id,
        LoginSession.noun: reader.session_id,
        ApiKey.noun: reader.key_id,
    }
    return change.type in mine and change.id == str(mine[change.type])
