"""`voiceops up` with small children: what it starts, what it starts again, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import clusters
import psycopg
import pytest
from clusters import eventually, home

from voiceops.cluster import MAJOR
from voiceops.embedded import attach
from voiceops.processes import command_line

UP = """
import json, sys
from voiceops.config import Settings
from voiceops.up import run
sys.exit(run(Settings(), before=json.loads(sys.argv[1]), services=json.loads(sys.argv[2])))
"""
MIGRATE = (
    "import os, psycopg; psycopg.connect(os.environ['VOICEOPS_DATABASE_URL'], autocommit=True).execute('create table made ()')"
)
SERVE = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Ready(BaseHTTPRequestHandler):
    def do_GET(self): self.send_response(200 if self.path == "/readyz" else 404); self.end_headers()
    def log_message(self, *_): pass
print("child serve", os.getpid(), flush=True)
HTTPServer(("127.0.0.1", int(os.environ["VOICEOPS_PORT"])), Ready).serve_forever()
"""
WORKER = "import os, time; print('child worker', os.getpid(), os.environ['VOICEOPS_DATABASE_URL'], flush=True); time.sleep(60)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + WORKER
DYING = "print('child dying', 0, flush=True); raise SystemExit(7)"


def python(**scripts: str) -> dict[str, list[str]]:
    return {name: [sys.executable, "-c", script] for name, script in scripts.items()}


class Up:
    """A running `up`, read line by line."""

    def __init__(
        self, data: Path, port: int, *, serve: str = SERVE, worker: str = WORKER, migrate: str = MIGRATE, **environment: str
    ) -> None:
        self.data = data
        self.lines: list[str] = []
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICEOPS_")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", UP, json.dumps(python(migrate=migrate)), json.dumps(python(worker=worker, serve=serve))],
            env={**kept, "VOICEOPS_DATA": str(data), "VOICEOPS_PORT": str(port), **environment},
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.read()
        assert eventually(lambda: not server_of(self.data)), "the server ends with it"

    def read(self, until: str | None = None) -> str:
        """Read up to the line that holds some words, or all to the end."""
        if not self.process.stdout or self.process.stdout.closed:
            return "\n".join(self.lines)
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if until and until in line:
                return line.rstrip()
        self.process.stdout.close()
        self.process.wait()
        return "\n".join(self.lines)

    def pids(self) -> list[int]:
        """Give the process ids its children told."""
        return [int(line.split()[2]) for line in self.lines if line.startswith("child")]


def server_of(data: Path) -> int | None:
    try:
        pid = int((home(data) / f"pg{MAJOR}/postmaster.pid").read_text().partition("\n")[0])
    except FileNotFoundError:
        return None
    return pid if command_line(pid) else None


@pytest.fixture
def data() -> Iterator[Path]:
    """Give a data folder with a cluster in it."""
    with clusters.folder_with_cluster() as data:
        yield data


@pytest.fixture
def empty() -> Iterator[Path]:
    """Give a data folder that is not there yet."""
    with clusters.folder() as data:
        yield data


@pytest.fixture
def port() -> int:
    """Give a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
        return number


def test_it_runs_everything_tells_where_and_ends_in_time_even_with_a_deaf_child(data: Path, port: int) -> None:
    with Up(data, port, worker=DEAF) as up:
        assert f"http://127.0.0.1:{port} " in up.read("ready")
        url = attach(data)
        assert url
        with psycopg.connect(url) as connection:
            assert connection.execute("select to_regclass('made')::text").fetchone() == ("made",)
        assert any(line.endswith(url) for line in up.lines), "the children know the database"
        started = time.monotonic()
        up.process.send_signal(signal.SIGTERM)
        up.read()
        assert up.process.returncode == 0
        assert time.monotonic() - started < 10
        assert [pid for pid in up.pids() if command_line(pid)] == []
        assert not server_of(data)


def test_a_second_one_on_the_same_data_is_refused_and_told_where_the_first_is(data: Path, port: int) -> None:
    with Up(data, port) as up:
        up.read("ready")
        with Up(data, port) as second:
            assert f"it already runs at http://127.0.0.1:{port}" in second.read()
            assert second.process.returncode == 2
            up.process.send_signal(signal.SIGINT)
            up.read()
            assert up.process.returncode == 0


def test_a_taken_port_is_told_before_anything_is_started(empty: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, Up(empty, taken.getsockname()[1]) as up:
        assert "taken by another program" in up.read()
        assert up.process.returncode == 3
        assert [path.name for path in empty.iterdir()] == ["up.lock"]


def test_what_dies_is_started_again(data: Path, port: int) -> None:
    with Up(data, port) as up:
        up.read("ready")
        worker = up.pids()[0]
        os.kill(worker, signal.SIGKILL)
        assert up.read("worker was") == "worker was killed by SIGKILL; starting it again in 0.25 s"
        up.read("child worker")
        server = server_of(data)
        assert server
        url = attach(data)
        assert url
        os.kill(server, signal.SIGKILL)
        up.read("PostgreSQL was killed by SIGKILL")
        assert eventually(lambda: server_of(data) not in {None, server})
        assert eventually(lambda: answers(url))


def answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def test_nothing_outlives_it_when_it_is_killed(data: Path, port: int) -> None:
    with Up(data, port, worker=DEAF) as up:
        up.read("ready")
        up.process.kill()
        assert eventually(lambda: not [pid for pid in up.pids() if command_line(pid)])
        assert eventually(lambda: not server_of(data))
    with Up(data, port, migrate="pass") as up:
        assert up.read("ready")


def test_a_child_that_never_lives_ends_it_before_it_is_ready(data: Path, port: int) -> None:
    with Up(data, port, worker=DYING, serve="import time; time.sleep(60)") as up:
        assert "worker ended 5 times before the page answered" in up.read()
        assert up.process.returncode == 1
        assert len(up.pids()) == 5


def test_it_needs_no_web_framework() -> None:
    imported = subprocess.run(
        [sys.executable, "-c", "import sys, voiceops.up; print(*sys.modules)"], capture_output=True, check=True
    )
    assert b"fastapi" not in imported.stdout.split()


def test_a_failed_migration_ends_it_before_anything_is_served(data: Path, port: int) -> None:
    with Up(data, port, migrate="raise SystemExit(4)") as up:
        assert "migrate ended with code 4" in up.read()
        assert up.process.returncode == 1
        assert up.pids() == []


def test_a_database_of_ones_own_is_used_instead(empty: Path, port: int) -> None:
    with Up(empty, port, migrate="pass", VOICEOPS_DATABASE_URL="postgresql://elsewhere/voiceops") as up:
        up.read("ready")
        assert any(line.endswith("postgresql://elsewhere/voiceops") for line in up.lines)
        assert [path.name for path in empty.iterdir()] == ["up.lock"]
