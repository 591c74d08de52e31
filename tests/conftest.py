"""What the tests stand on: a real PostgreSQL, a fresh migrated database for each test, the application, people who sign in."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import httpx
import hypothesis
import psycopg
import pytest
import structlog
import uvicorn
from psycopg import sql
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from voiceops.api.border import SECURITY_HEADERS
from voiceops.api.http import Http
from voiceops.app import create_app
from voiceops.config import Settings
from voiceops.config import settings as current_settings
from voiceops.db import Database
from voiceops.embedded import Embedded
from voiceops.migrations import migrate
from voiceops.models import Membership, Person, Project, Role, Scope
from voiceops.worker import open_studio, serve
from voiceops.workflow import demo

Json = dict[str, Any]
hypothesis.settings.register_profile("studio", deadline=None)  # speed is measured in `make bench`, on a quiet machine
hypothesis.settings.load_profile("studio")
# Taken out of the environment: the programs that tests start are set up by the tests alone
_GIVEN: Final = {name: os.environ.pop(name) for name in tuple(os.environ) if name.startswith("VOICEOPS_")}
EXTERNAL: Final = _GIVEN.get("VOICEOPS_TEST_DATABASE_URL") or _GIVEN.get("VOICEOPS_DATABASE_URL")
if EXTERNAL:
    os.environ["VOICEOPS_TEST_DATABASE_URL"] = EXTERNAL  # for the other processes of one test run
PEER: Final = "192.0.2.7"
"""Where the tests' requests come from."""
SECRET: Final = "a secret that is only for tests, 32+ long"


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Log errors plainly: structlog's own default renders the locals of every frame, for half a minute."""
    structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real PostgreSQL: an external one if the environment names it, else an embedded one of our own."""
    if EXTERNAL:
        yield EXTERNAL
        return
    fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    embedded = Embedded(tmp_path_factory.mktemp("postgres"), settings=fast)
    embedded.start()
    yield embedded.url
    embedded.discard()


@pytest.fixture(scope="session")
def template(server: str) -> Iterator[str]:
    """Name of a migrated database with two projects and their people, to copy from."""
    name = f"voiceops_template_{uuid4().hex[:8]}"
    with _admin(server) as admin:
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    url = _database(server, name)
    migrate(url)
    asyncio.run(_people(url))
    yield name
    with _admin(server) as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def database_url(server: str, template: str) -> Iterator[str]:
    """URL of a database of the test's own."""
    name = f"voiceops_test_{uuid4().hex[:8]}"
    with _admin(server) as admin:
        copy = sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
        admin.execute(copy)
    yield _database(server, name)
    with _admin(server) as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def trusting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust these proxies."""
    monkeypatch.setenv("VOICEOPS_TRUSTED_PROXIES", getattr(request, "param", f"{PEER}, 10.0.0.0/8, 2001:db8::/32"))


@pytest.fixture
def settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings for one test: instant voices, quick retries. `monkeypatch.setenv` before this one to change more."""
    quick = {
        "DATA": str(tmp_path),
        "DATABASE_URL": database_url,
        "PROVIDERS": "tone,hibari",
        "RETRY_WAIT": "0.05",
        "GUARD_BURST": "100000",
        "SECRET_KEY": SECRET,
        "EXAMINE": "0",  # two seconds of a processor for each version; tests/test_checks.py turns it on
        "EXAMINER_NICENESS": "0",
    }
    for name, value in quick.items():
        if name not in {"RETRY_WAIT", "EXAMINE"} or f"VOICEOPS_{name}" not in os.environ:
            monkeypatch.setenv(f"VOICEOPS_{name}", value)
    current_settings.cache_clear()
    yield current_settings()
    current_settings.cache_clear()


@dataclass
class Studio:
    """A running application, and the people who use it."""

    settings: Settings
    transport: httpx.ASGITransport
    stack: AsyncExitStack
    project: str = ""
    _people: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def anonymous(self) -> httpx.AsyncClient:
        """Somebody who has not signed in."""
        client = httpx.AsyncClient(transport=self.transport, base_url="http://studio.test/api/v1")
        return await self.stack.enter_async_context(client)

    async def person(self, role: str) -> httpx.AsyncClient:
        """The member with that role, signed in; or `outsider`, another project's author; or `admin`, member of nothing."""
        if role not in self._people:
            client = await self.anonymous()
            domain = "elsewhere.example" if role in {"outsider", "admin"} else demo.DOMAIN
            answer = await client.post("/session", json={"email": f"{role}@{domain}", "password": demo.PASSWORD})
            assert answer.status_code == 201, answer.text
            if role not in {"outsider", "admin"}:
                self.project = answer.json()["projects"][0]["id"]
            self._people[role] = client
        return self._people[role]

    async def key(self, role: str, *scopes: str, **more: Any) -> httpx.AsyncClient:
        """A machine with an API key of that member, with every scope if none is named."""
        owner = await self.person(role)
        project = (await owner.get("/projects")).json()["items"][0]["id"]
        body = {"project_id": project, "name": "Machine", "scopes": scopes or list(Scope), **more}
        answer = await owner.post("/api-keys", json=body)
        assert answer.status_code == 201, answer.text
        client = await self.anonymous()
        client.headers["Authorization"] = f"Bearer {answer.json()['secret']}"
        return client

    async def asset(self, key: str = "support/greeting", *, by: str = "author", **more: Any) -> Json:
        """A new asset."""
        client = await self.person(by)
        project = (await client.get("/projects")).json()["items"][0]["id"]
        answer = await client.post(f"/projects/{project}/assets", json={"key": key, "title": "Greeting", **more})
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        return made

    async def ask(self, asset: Json, text: str = "Hello there.", **more: Any) -> Json:
        """A generation asked for by the author."""
        body = {"text": text, "voice": "tone/plain", **more}
        answer = await (await self.person("author")).post(f"/assets/{asset['id']}/generations", json=body)
        assert answer.status_code == 202, answer.text
        made: Json = answer.json()
        return made

    async def ended(self, generation: Json, *, within: float = 60.0) -> Json:
        """The generation once it has ended."""
        return await self.until(f"/generations/{generation['id']}", lambda now: now["status"] not in {"queued", "running"}, within)

    async def until(self, path: str, wanted: Callable[[Json], bool], within: float = 60.0) -> Json:
        """What is at `path` as soon as it is as wanted."""
        client = await self.person("author")
        async with asyncio.timeout(within):
            while not wanted(now := (await client.get(path)).json()):
                await asyncio.sleep(0.02)
        found: Json = now
        return found

    async def version(self, asset: Json, text: str = "Hello there.", **more: Any) -> Json:
        """A version the author had spoken."""
        generation = await self.ended(await self.ask(asset, text, **more))
        assert generation["status"] == "succeeded", generation
        answer = await (await self.person("author")).get(f"/versions/{generation['version_id']}")
        found: Json = answer.json()
        return found


@pytest.fixture
async def studio(settings: Settings) -> AsyncIterator[Studio]:
    """The application on the test's database, without a worker."""
    app = create_app(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield Studio(settings, httpx.ASGITransport(app=app, client=(PEER, 4711)), stack)


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[None]:
    """A worker for as long as it is wanted."""
    stop = asyncio.Event()
    work = open_studio(settings)
    serving = asyncio.create_task(serve(work, stop))
    yield
    stop.set()
    await serving
    for provider in work.providers.values():
        await provider.close()
    await work.database.close()


@pytest.fixture
async def worker(settings: Settings) -> AsyncIterator[None]:
    """A worker beside it."""
    async with working(settings):
        yield


@asynccontextmanager
async def served(studio: Studio, *, http: type[Http] = Http) -> AsyncIterator[str]:
    """The application on a free port of this machine."""
    how: Json = {"http": http, "log_level": "critical", "proxy_headers": False, "timeout_graceful_shutdown": 1}
    config = uvicorn.Config(create_app(studio.settings), host="127.0.0.1", port=0, **how)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/api/v1"
    finally:
        server.should_exit = True
        await serving


def refused(answer: httpx.Response, status: int) -> Json:
    """The problem document of a refused request, which looks as all of them do."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text[:500]}"
    assert answer.headers["content-type"] == "application/problem+json", answer.headers
    assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    found: Json = answer.json()
    assert found.keys() == {"type", "title", "status", "detail", "errors", "possible", "request_id"}
    assert found["status"] == status
    assert found["detail"]
    assert found["request_id"] == answer.headers["x-request-id"]
    return found


def field_of(answer: httpx.Response) -> str:
    """The one field a 422 names."""
    (error,) = refused(answer, 422)["errors"]
    assert error["message"]
    name: str = error["field"]
    return name


Rows = Callable[..., Awaitable[list[tuple[Any, ...]]]]


@pytest.fixture
async def rows(database_url: str) -> AsyncIterator[Rows]:
    """Ask the database itself, as nobody's request."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:

        async def ask(query: str, *values: Any) -> list[tuple[Any, ...]]:
            cursor = await connection.execute(query.encode(), values or None)
            return await cursor.fetchall() if cursor.description else []

        yield ask


@pytest.fixture
async def beyond(rows: Rows) -> Rows:
    """The database with its triggers passed by, to bring a row where it would not get by itself."""

    async def ask(query: str, *values: Any) -> list[tuple[Any, ...]]:
        await rows("set session_replication_role = replica")
        found = await rows(query, *values)
        await rows("set session_replication_role = default")
        return found

    return ask


async def _people(url: str) -> None:
    """The demo's project and people, another project with an author of its own, and who manages both and is in neither."""
    database = Database(url)
    hashed = PasswordHash([Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)]).hash(demo.PASSWORD)  # quick: many sign in
    async with database.session.begin() as db:
        await demo.found(db, password_hash=hashed)
        project = Project(key="elsewhere", name="Elsewhere")
        outsider = Person(name="Olga Outsider", email="outsider@elsewhere.example", password_hash=hashed)
        admin = Person(name="Ada Admin", email="admin@elsewhere.example", password_hash=hashed, is_admin=True)
        db.add_all([project, outsider, admin])
        await db.flush()
        db.add(Membership(project_id=project.id, person_id=outsider.id, role=Role.AUTHOR))
    await database.close()


def _admin(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(url, autocommit=True)


def _database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
