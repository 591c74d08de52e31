"""A studio of its own to measure or to break: `voiceops up`, or a command like it, in a folder that goes when it is closed."""

import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import httpx
import psycopg

from bench.machine import alive, children, family
from voiceops.embedded import Embedded, attach
from voiceops.processes import Child, command_line, spawn
from voiceops.workflow.demo import DOMAIN, PASSWORD

PORTS = range(8200, 8900)
UP = (sys.executable, "-m", "voiceops", "up")
PATIENCE_S = 120.0

Row = tuple[object, ...]


class Studio:
    """One studio: where it is, its processes, its database, and people who sign in."""

    def __init__(self, *, command: Sequence[str] = UP, **environment: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="voiceops-bench-")).resolve()
        self.folder.chmod(0o755)  # the unprivileged user PostgreSQL runs as passes through
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.port = _free_port()
        self.command = list(command)
        self.environment = environment
        self.process: Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        wait_until(lambda: not self.leftovers(), within=30)
        Embedded(self.data).discard()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """Where its page is."""
        return f"http://127.0.0.1:{self.port}"

    def launch(self) -> None:
        """Begin to start it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICEOPS_")}
        ours = {"DATA": str(self.data), "PORT": str(self.port), "PROVIDERS": "hibari,tone", **self.environment}
        env = {**kept, **{name if name.startswith("BENCH_") else f"VOICEOPS_{name}": value for name, value in ours.items()}}
        with self.log.open("ab") as log:
            self.process = spawn(self.command, env=env, output=log)  # dies with us, however we do

    def start(self, path: str = "/readyz") -> float:
        """Start it and wait until it answers; returns how many seconds that took."""
        began = time.monotonic()
        self.launch()
        if not wait_until(lambda: self._answers(path), within=PATIENCE_S):
            raise RuntimeError(f"the studio does not start:\n{self.log.read_text()[-4000:]}")
        return time.monotonic() - began

    def stop(self) -> int:
        """End it in order; returns its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def pids(self, *words: str) -> list[int]:
        """Children of `up` whose command line has all these words, in the order they were started."""
        if self.process is None:
            return []
        named = {pid: command_line(pid).decode(errors="replace").split("\0") for pid in children(self.process.pid)}
        return [pid for pid, line in named.items() if all(any(part.endswith(word) for part in line) for word in words)]

    def family(self, *words: str) -> list[int]:
        """These children and all beneath them."""
        return [member for pid in self.pids(*words) for member in family(pid)]

    def leftovers(self) -> list[int]:
        """Processes that run in this folder although `up` has ended."""
        here = os.fsencode(self.folder)
        pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
        return [pid for pid in pids if here in _surroundings(pid) and alive(pid)]

    def rows(self, query: str, *values: object) -> list[Row]:
        """Ask its database itself."""
        url = attach(self.data)
        if url is None:
            raise RuntimeError("its PostgreSQL does not run")
        with psycopg.connect(url, autocommit=True) as connection:
            return connection.execute(query.encode(), values or None).fetchall()

    def sign_in(self, role: str = "author") -> dict[str, str]:
        """Sign in as a demo person; returns the cookie."""
        answer = httpx.post(f"{self.url}/api/v1/session", json={"email": f"{role}@{DOMAIN}", "password": PASSWORD}, timeout=30)
        answer.raise_for_status()
        return dict(answer.cookies)

    def project(self, cookies: dict[str, str]) -> str:
        """The id of the demo project."""
        answer = httpx.get(f"{self.url}/api/v1/projects", cookies=cookies, timeout=30)
        return str(answer.raise_for_status().json()["items"][0]["id"])

    def lift_limits(self) -> None:
        """Let the demo project take whatever a measurement asks for at once."""
        owner = self.sign_in("owner")
        rate = {"per_minute": 60_000, "burst": 60_000}
        body = {
            "generations": {"person": rate, "project": rate},
            "characters": {"limit": 10**12},
            "reason": "Measured, not limited",
        }
        url = f"{self.url}/api/v1/projects/{self.project(owner)}/limits"
        httpx.patch(url, json=body, cookies=owner, timeout=30).raise_for_status()

    def _answers(self, path: str) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise RuntimeError(f"the studio ended with code {self.process.returncode}:\n{self.log.read_text()[-4000:]}")
        try:
            return httpx.get(self.url + path, timeout=1).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False


def wait_until(holds: Callable[[], object], *, within: float, every: float = 0.05) -> bool:
    """Ask `holds` until it is true; False if it never was in so many seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(every)
    return False


def _surroundings(pid: int) -> bytes:
    """Command line and environment of a process."""
    try:
        return command_line(pid) + Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def _free_port() -> int:
    """Return a port nobody listens on; by chance, for whoever else looks for one at this moment."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no port is free")
