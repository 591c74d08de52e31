"""`voiceops up`: PostgreSQL, the web server and the worker as children of one process, until it is told to end."""

import errno
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import NoReturn

from voiceops.cluster import EmbeddedError, data_folder
from voiceops.config import EVERYWHERE, Settings
from voiceops.embedded import Embedded
from voiceops.lock import AlreadyRunning, Lock
from voiceops.processes import Child, end, spawn

_TICK_S = 0.2
_STEADY_S = 60.0  # what has lived so long begins anew with the shortest pause
_LONGEST_PAUSE_S = 30.0
_DEATHS_BEFORE_READY = 5
_CHILDREN_S, _DATABASE_S = 5.0, 2.0  # patience with each; all in all, ending takes less than 10 s


class Exit(IntEnum):
    """How `up` ended, for the shell."""

    TOLD = 0
    FAILED = 1
    ALREADY_RUNNING = 2
    PORT_TAKEN = 3


class _ToldToEnd(BaseException):
    """A signal arrived; raised wherever we are, for every wait here may be long."""


class _CannotRun(Exception):
    def __init__(self, code: Exit, why: str) -> None:
        super().__init__(why)
        self.code = code


class _Pauses:
    """The times between a death and the next start: each twice as long as the one before, up to a bound."""

    def __init__(self) -> None:
        self.deaths = 0
        self._born = time.monotonic()
        self._due: float | None = None

    def over(self, death: str) -> bool:
        """Tell whether to start again now; asked for the first time after a death, it also tells the person watching."""
        now = time.monotonic()
        if self._due is None:
            self.deaths = 1 if now - self._born > _STEADY_S else self.deaths + 1
            pause = min(_LONGEST_PAUSE_S, 0.25 * 2 ** (self.deaths - 1))
            self._due = now + pause
            _say(f"{death}; starting it again in {pause:g} s")
        if now < self._due:
            return False
        self._born, self._due = now, None
        return True


class _Service:
    """A command that is to run for as long as we do."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self.command = command
        self.child: Child | None = None
        self.pauses = _Pauses()

    def keep(self, env: Mapping[str, str]) -> None:
        """Start it, unless it runs or has just died."""
        if self.child and ((code := self.child.poll()) is None or not self.pauses.over(f"{self.name} {_death(code)}")):
            return
        self.child = spawn(self.command, env=env)


class _House:
    """All that runs."""

    def __init__(self, settings: Settings, env: Mapping[str, str], services: Mapping[str, Sequence[str]]) -> None:
        self.env = {**env, **({"VOICEOPS_SECRET_KEY": settings.secret_key} if settings.secret_key else {})}
        self.server = None if settings.database_url else Embedded(settings.data)
        self.pauses = _Pauses()
        self.services = [_Service(name, command) for name, command in services.items()]

    def open(self, before: Mapping[str, Sequence[str]]) -> None:
        """Start PostgreSQL, and run the commands that come before the services."""
        if self.server:
            self.server.start(report=_say)
            self.env["VOICEOPS_DATABASE_URL"] = self.server.url
        for name, command in before.items():
            child = spawn(command, env=self.env)
            try:
                code = child.wait()
            finally:
                end([child], patience=_DATABASE_S)
            if code:
                raise _CannotRun(Exit.FAILED, f"{name} {_death(code)}")

    def keep(self) -> None:
        """Start again what has died."""
        self._keep_server()
        for service in self.services:
            service.keep(self.env)

    def close(self) -> None:
        """End everything, the database last."""
        end([service.child for service in self.services if service.child], patience=_CHILDREN_S)
        if self.server:
            self.server.stop(patience=_DATABASE_S)

    def _keep_server(self) -> None:
        if self.server is None or (self.server.pid and self.server.poll() is None):
            return
        code = self.server.poll()
        if not self.pauses.over(f"PostgreSQL {_death(code)}"):
            return
        try:
            self.server.start(report=_say)
        except EmbeddedError as error:
            _say(str(error))
        else:
            if self.server.url != self.env["VOICEOPS_DATABASE_URL"]:  # its socket's folder had to be made anew
                self.env["VOICEOPS_DATABASE_URL"] = self.server.url
                end([service.child for service in self.services if service.child], patience=_CHILDREN_S)


def run(settings: Settings, *, before: Mapping[str, Sequence[str]], services: Mapping[str, Sequence[str]]) -> Exit:
    """Run the commands `before` once each, in order, then keep `services` running; both by name, as argument lists.

    They find the database in VOICEOPS_DATABASE_URL, and die with this process even when it is killed; PostgreSQL then shuts
    down in order. For the main thread of a process of its own: it takes the signals.
    """
    signal.signal(signal.SIGINT, _end)
    signal.signal(signal.SIGTERM, _end)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, _end)
    try:
        _run(settings, before, services)
    except _ToldToEnd:
        return Exit.TOLD
    except _CannotRun as failure:
        _say(f"VoiceOps Studio cannot run: {failure}")
        return failure.code
    except (AlreadyRunning, EmbeddedError, OSError) as failure:
        _say(f"VoiceOps Studio cannot run: {failure}")
        return Exit.ALREADY_RUNNING if isinstance(failure, AlreadyRunning) else Exit.FAILED


def _run(settings: Settings, before: Mapping[str, Sequence[str]], services: Mapping[str, Sequence[str]]) -> NoReturn:
    lock = Lock(data_folder(settings.data) / "up.lock")
    try:
        lock.take()
    except AlreadyRunning as refusal:
        where = refusal.note.get("url", "a place not yet known")
        raise _CannotRun(Exit.ALREADY_RUNNING, f"it already runs at {where} with the data in {settings.data}") from refusal
    port = _free_port(settings.host, settings.port)
    url = settings.model_copy(update={"port": port}).url
    lock.write(url=url)
    # The demo is on here unless somebody says no; services and commands read all else from the environment as we did.
    house = _House(settings, {"VOICEOPS_DEMO": "1", **os.environ, "VOICEOPS_PORT": str(port)}, services)
    try:
        house.open(before)
        while not _answers(settings.host, port):
            house.keep()
            for service in house.services:
                if service.pauses.deaths >= _DEATHS_BEFORE_READY:
                    raise _CannotRun(Exit.FAILED, f"{service.name} ended {service.pauses.deaths} times before the page answered")
            time.sleep(_TICK_S)
        _say(f"VoiceOps Studio is ready at {url} (Ctrl-C ends it)")
        while True:
            house.keep()
            time.sleep(_TICK_S)
    except _ToldToEnd:
        _say("VoiceOps Studio is ending")
        raise
    finally:
        house.close()
        lock.release()


def _end(_number: int, _frame: object) -> NoReturn:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # ending is bounded, and not to be ended half-way
        signal.signal(number, signal.SIG_IGN)
    raise _ToldToEnd


def _free_port(host: str, port: int) -> int:
    """Try to listen, before anything is started that would have to be stopped again; port 0 is any that is free."""
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
            free: int = tried.getsockname()[1]
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            why = f"port {port} of {host} is taken by another program: end that, or set VOICEOPS_PORT to another"
            raise _CannotRun(Exit.PORT_TAKEN, why) from error
        raise _CannotRun(Exit.FAILED, f"nothing can listen on port {port} of {host}: {error.strerror}") from error
    return free


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(EVERYWHERE.get(host, host), port, timeout=1)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _death(code: int | None) -> str:
    if code is None:
        return "did not start"
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def _say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()
