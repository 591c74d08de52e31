"""Data folders for tests of the embedded PostgreSQL, with a cluster in them or without, and what is done with one."""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg

from voiceops.embedded import Embedded
from voiceops.processes import command_line

# Starts a server, tells its url and process, and waits to be killed. With a user's number it is that user by then: an ordinary
# one may not be able to read the interpreter, so the imports come first.
SUPERVISOR = """
import json, os, resource, sys, time
from pathlib import Path
import psycopg
from voiceops.embedded import Embedded, EmbeddedError
data, user, largest_file = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
if user:
    os.setgroups([]); os.setgid(user); os.setuid(user)
if largest_file:
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
server = Embedded(data)
try:
    server.start()
except EmbeddedError as error:
    print(json.dumps({"error": str(error)}), flush=True)
else:
    print(json.dumps({"url": server.url, "pid": server.pid}), flush=True)
    time.sleep(60)
"""


@contextmanager
def folder() -> Iterator[Path]:
    """Give the name of a data folder that everybody may pass through to, and leave nothing of it behind."""
    parent = Path(tempfile.mkdtemp(prefix="voiceops-test-")).resolve()
    parent.chmod(0o755)
    try:
        yield parent / "data"
    finally:
        for record in parent.glob("*/cluster"):
            shutil.rmtree(record.read_text().strip(), ignore_errors=True)
        shutil.rmtree(parent)


@contextmanager
def folder_with_cluster() -> Iterator[Path]:
    """Give a data folder in which a server ran before, and was stopped."""
    with folder() as data:
        made = _made()
        _copy(made, data)
        if home(made) != made:  # root with binaries that are closed to others: see voiceops.cluster
            elsewhere = home(made).with_name(data.parent.name)
            _copy(home(made), elsewhere)
            (data / "cluster").write_text(f"{elsewhere}\n")
        yield data


def home(data: Path) -> Path:
    """Tell where the cluster of a data folder lives."""
    record = data / "cluster"
    return Path(record.read_text().strip()) if record.exists() else data


@cache
def _made() -> Path:
    context = folder()
    data = context.__enter__()
    atexit.register(context.__exit__, None, None, None)
    with Embedded(data):
        return data


def _copy(source: Path, to: Path) -> None:
    subprocess.run(["/bin/cp", "-a", str(source), str(to)], check=True)


def eventually(holds: Callable[[], object]) -> bool:
    """Wait, on a busy machine too, for something that usually takes no time."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def ask(url: str, query: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
        return str(row[0]) if row else ""


def write(url: str, word: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table if not exists kept (word text)")
        connection.execute("insert into kept values (%s)", [word])


def supervise(
    data: Path, *, user: int = 0, largest_file: int = 0, path: Path | None = None
) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    environment = {**os.environ, **({"PYTHONPATH": str(path)} if path else {})}
    command = [sys.executable, "-c", SUPERVISOR, str(data), str(user), str(largest_file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    assert process.stdout
    with process.stdout:
        return process, json.loads(process.stdout.readline())


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def gone(pid: int) -> bool:
    return eventually(lambda: not command_line(pid))


def kill_and_start_again(server: Embedded) -> None:
    write(server.url, "durable")
    url, pid = server.url, server.pid
    with psycopg.connect(url) as busy:
        assert pid
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: server.poll() == -signal.SIGKILL)
        server.start()
        busy.close()
    assert server.url == url
    assert ask(url, "select word from kept") == "durable"
