"""The demo studio: what an empty database gets, what any other does not, and who may reach its well-known accounts."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg import sql

from bench.studio import wait_until
from voiceops.config import Settings

VOICEOPS = (sys.executable, "-m", "voiceops")
COUNTS = "select (select count(*) from people), (select count(*) from assets), (select count(*) from generations)"


@pytest.fixture
def unmade(server: str) -> Iterator[str]:
    """URL of a database with nothing in it."""
    name = f"voiceops_unmade_{uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def run(command: str, url: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of ours to its end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICEOPS_")}
    ours = {f"VOICEOPS_{name}": value for name, value in {"DATABASE_URL": url, **environment}.items()}
    return subprocess.run([*VOICEOPS, command], env={**kept, **ours}, capture_output=True, text=True, timeout=60, check=False)


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def test_an_empty_database_gets_a_small_studio_once(unmade: str) -> None:
    for _ in range(2):
        told = run("migrate", unmade, DEMO="1")
        assert told.returncode == 0, told.stderr
        assert ask(unmade, COUNTS) == [(6, 12, 7)]
    roles = ask(unmade, "select email, role from memberships join people on people.id = person_id order by role")
    every = ["auditor", "author", "owner", "publisher", "reviewer", "viewer"]
    assert roles == [(f"{role}@northwind.example", role) for role in every]
    assert ask(unmade, "select email from people where is_admin") == [("owner@northwind.example",)]
    assert ask(unmade, "select key from projects") == [("northwind",)]
    assert {area for (area,) in ask(unmade, "select split_part(key, '/', 1) from assets")} == {"support", "sales", "courses"}
    assert ask(unmade, "select count(*) from scripts") == [(12,)]
    assert ask(unmade, "select distinct status, voice from generations") == [("queued", "hibari/heart")]
    assert ask(unmade, "select count(*) from procrastinate_jobs where priority < 0") == [(7,)]


def test_without_the_demo_an_empty_database_stays_empty(unmade: str) -> None:
    assert run("migrate", unmade, DEMO="0").returncode == 0
    assert ask(unmade, COUNTS) == [(0, 0, 0)]


def test_a_database_where_somebody_is_gets_nothing(database_url: str) -> None:
    before = ask(database_url, COUNTS)
    assert run("migrate", database_url, DEMO="1").returncode == 0
    assert ask(database_url, COUNTS) == before


@pytest.mark.parametrize("command", ["serve", "migrate"])
@pytest.mark.parametrize("demo", ["0", "1"])
def test_with_demo_accounts_nothing_listens_beyond_this_machine(database_url: str, command: str, demo: str) -> None:
    told = run(command, database_url, HOST="0.0.0.0", PORT="0", DEMO=demo)  # noqa: S104 - what is refused
    assert told.returncode == 2
    assert "VOICEOPS_ALLOW_REMOTE_DEMO=1" in told.stderr


def test_a_password_everybody_knows_keeps_it_from_listening_by_whatever_address(database_url: str) -> None:
    ask(database_url, "update people set email = replace(email, 'northwind', 'customer')")
    ask(database_url, "update people set deactivated_at = now() where email not like 'viewer@%' and not is_admin")
    told = run("serve", database_url, HOST="0.0.0.0", PORT="0", DEMO="0")  # noqa: S104 - what is refused
    assert told.returncode == 2
    assert "new password or is deactivated" in told.stderr


def test_an_empty_database_is_not_filled_where_others_could_sign_in(unmade: str) -> None:
    assert run("migrate", unmade, HOST="0.0.0.0", DEMO="1").returncode == 2  # noqa: S104 - what is refused
    assert ask(unmade, COUNTS) == [(0, 0, 0)]


@pytest.mark.parametrize("why", ["it was allowed", "nobody of the demo can sign in", "all changed their passwords"])
def test_it_listens_beyond_this_machine_where(settings: Settings, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    url = settings.database_url or ""
    if why == "it was allowed":
        monkeypatch.setenv("VOICEOPS_ALLOW_REMOTE_DEMO", "1")
    elif why == "all changed their passwords":
        ask(url, "update people set has_public_password = false")
    else:
        ask(url, "update people set deactivated_at = now() where email like '%@northwind.example'")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("VOICEOPS_HOST", "0.0.0.0")  # noqa: S104 - what is allowed here
    monkeypatch.setenv("VOICEOPS_PORT", str(port))
    serving = subprocess.Popen([*VOICEOPS, "serve"])
    try:
        assert wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), within=60)
    finally:
        serving.kill()
        serving.wait()


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).is_success
    except httpx.TransportError:
        return False
