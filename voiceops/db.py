"""The database: one engine a process, one session a request, ids that sort by birth."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy import DateTime, Enum, MetaData, Text, event, make_url
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from uuid_utils.compat import uuid7

__all__ = [
    "APP_ROLE",
    "MAY_TAKE",
    "SEALER_ROLE",
    "TAKE_ROLE",
    "Base",
    "Database",
    "act_as",
    "ask",
    "driver_connection",
    "is_entangled",
    "is_lost",
    "libpq_url",
    "new_id",
    "take_role",
    "together",
]

APP_ROLE: Final = "voiceops_app"
"""What API and worker are while they are connected, whoever they log in as: it may add to the record, and read it."""
SEALER_ROLE: Final = "voiceops_sealer"
"""What the sealer is."""
MAY_TAKE: Final = "case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end"
"""What a login needs of a role to be it: since PostgreSQL 16 who made a role is its member, but may not set it."""
TAKE_ROLE: Final = f"select set_config('role', rolname, false) from pg_roles where rolname = %s and pg_has_role(oid, {MAY_TAKE})"  # noqa: S608 - ours
"""Does nothing where there is no such role or the login may not take it; `voiceops migrate` says so."""
OPTIONS: Final = "-c timezone=UTC -c idle_in_transaction_session_timeout=30s"
"""A transaction that nobody goes on with would keep everything younger from being sealed, whoever runs the server."""
CONNECTING: Final[Mapping[str, Any]] = {"application_name": "voiceops", "prepare_threshold": 2, "options": OPTIONS}
"""How every connection of the application is made."""

POOL_SECONDS: Final = 5.0
"""Who waits longer for a connection is told to come back."""
GONE: Final = ("08", "53", "57P0")
"""How the codes of PostgreSQL begin that tell of a lost connection, or of a server that stops, starts or has no room."""
ENTANGLED: Final = ("40001", "40P01", "55P03")
"""A serialization failure, a deadlock, a lock that was not to be had."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> UUID:
    """Return a UUIDv7: made where the object is made, sorting by time of birth (RFC 9562)."""
    return uuid7()


class Base(DeclarativeBase):
    """Every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        str: Text(),
        datetime: DateTime(timezone=True),
        StrEnum: Enum(StrEnum, native_enum=False, length=32, values_callable=lambda kind: [str(member) for member in kind]),
        UUID: PG_UUID(as_uuid=True),
        Mapping[str, Any]: JSONB,
        list[Mapping[str, Any]]: JSONB,
    }


def is_lost(error: DBAPIError) -> bool:
    """Tell whether the database went away or can't be reached, rather than refused: what never reached it has no code of its."""
    code = _code(error)
    away = code.startswith(GONE) if code else isinstance(error, OperationalError | InterfaceError)
    return error.connection_invalidated or away


def is_entangled(error: DBAPIError) -> bool:
    """Tell whether it was undone for the sake of another transaction, and may well be done the next time."""
    return _code(error) in ENTANGLED


def _code(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


class Database:
    """The engine and the maker of sessions of this process.

    `ping` before each use costs a round trip; a process that does its work again anyway can do without.
    """

    def __init__(self, url: str, *, pool_size: int = 10, ping: bool = True) -> None:
        self.url = libpq_url(url)
        self.engine: AsyncEngine = create_async_engine(
            make_url(self.url).set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=POOL_SECONDS,
            pool_pre_ping=ping,  # a restarted server costs no request
            pool_use_lifo=True,  # the connections that have prepared what is asked
            connect_args=dict(CONNECTING),
        )
        event.listen(self.engine.sync_engine, "connect", _take_app_role)
        self._direct = AsyncConnectionPool(
            self.url,
            open=False,
            min_size=1,
            max_size=pool_size,
            timeout=POOL_SECONDS,
            configure=_ready,
            kwargs={**CONNECTING, "autocommit": True},
        )
        self.session = async_sessionmaker(self.engine, expire_on_commit=False)

    async def look(self, sql: LiteralString, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Run one statement by itself, on a connection of psycopg's own; returns its first row.

        For what machines ask on every call: it costs a third of the same through SQLAlchemy. Errors are SQLAlchemy's, as of `ask`.
        """
        try:
            if self._direct.closed:
                await self._direct.open()
            async with self._direct.connection() as connection:
                return await (await connection.execute(sql, values)).fetchone()
        except (psycopg.Error, PoolTimeout) as error:
            lost = error if isinstance(error, psycopg.Error) else psycopg.OperationalError(str(error))
            raise DBAPIError.instance(sql, values, lost, psycopg.Error) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._direct.close()
        await self.engine.dispose()


def _take_app_role(connection: Any, _record: object) -> None:  # noqa: ANN401 - SQLAlchemy's untyped face of a connection
    with connection.cursor() as cursor:
        cursor.execute(TAKE_ROLE, (APP_ROLE,))
    connection.commit()  # a role that is set in a transaction is gone with its rollback


async def _ready(connection: AsyncConnection[Any]) -> None:
    await take_role(connection, APP_ROLE)


async def act_as(connection: AsyncConnection[Any], role: str) -> None:
    """Be `role` until the open transaction ends, if the login may; whatever it was before."""
    await connection.execute("set local role none")  # what may be taken is asked of the login, not of the role it has
    await connection.execute(TAKE_ROLE.replace("false", "true").encode(), (role,))


async def take_role(connection: AsyncConnection[Any], role: str) -> None:
    """Be `role` on this connection from now on, if the login may."""
    await connection.execute(TAKE_ROLE.encode(), (role,))
    if not connection.autocommit:
        await connection.commit()


def libpq_url(url: str) -> str:
    """Return `url` as libpq and psycopg take it, whatever driver it names."""
    scheme, _, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}://{rest}".replace("postgres://", "postgresql://", 1)


async def driver_connection(session: AsyncSession) -> AsyncConnection[Any]:
    """Return psycopg's own connection of the session's open transaction, for what must join that transaction."""
    raw = await (await session.connection()).get_raw_connection()
    connection = raw.driver_connection
    if not isinstance(connection, AsyncConnection):
        raise TypeError(f"psycopg expected, not {type(connection).__name__}")
    return connection


async def ask(session: AsyncSession, sql: LiteralString, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement on psycopg's own connection, in the session's transaction; returns its rows.

    For what every generation does: SQLAlchemy adds up to 0.9 ms of a processor to a statement. It neither flushes what the session
    holds nor changes its objects. Errors are SQLAlchemy's, so that a database that went away looks the same to whoever asks.
    """
    connection = await driver_connection(session)
    try:
        cursor = await connection.execute(sql, values)
        return await cursor.fetchall() if cursor.description else []
    except psycopg.Error as error:
        raise DBAPIError.instance(sql, values, error, psycopg.Error) from error


@asynccontextmanager
async def together(session: AsyncSession) -> AsyncIterator[None]:
    """Send what is asked within without waiting for each answer, of which none is told; errors come at the end.

    Statements still run one after the other, each seeing what was committed before it.
    """
    connection = await driver_connection(session)
    try:
        async with connection.pipeline():
            yield
    except psycopg.Error as error:
        raise DBAPIError.instance(None, None, error, psycopg.Error) from error
