"""Child processes that die with the process that started them, and the ending of them in a bounded time."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)

Child = subprocess.Popen[bytes]


def spawn(
    argv: Sequence[str],
    *,
    last: signal.Signals = signal.SIGKILL,
    user: pwd.struct_passwd | None = None,
    env: Mapping[str, str] | None = None,
    cwd: str | None = None,
    output: IO[bytes] | int | None = None,
) -> Child:
    """Start a program that receives the signal `last` when this process dies, however it dies.

    It has a process group of its own, so that a Ctrl-C in the terminal reaches only us and we end things in order, no
    standard input, and of our file descriptors none but `output` (both its stdout and its stderr).

    Linux sends the signal when the *thread* that started the child ends, so only the main thread may call this there.
    """
    if sys.platform == "linux" and threading.current_thread() is not threading.main_thread():
        raise RuntimeError("children are started from the main thread: Linux ends them together with the thread that started them")
    child = subprocess.Popen(  # noqa: S603 - callers pass argument lists of their own making
        argv,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        env=env,
        cwd=cwd,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        process_group=0,
        preexec_fn=_tie_to(os.getpid(), last),  # noqa: PLW1509 - one prctl, one getppid; runs after setuid, which would undo it
    )
    if sys.platform != "linux":
        watch(child, last)
    return child


def watch(child: Child, last: signal.Signals) -> None:
    """Do with a pipe and a shell what the Linux kernel does by itself: the pipe ends when we die, and the shell kills the child."""
    read, write = os.pipe()
    subprocess.Popen(  # noqa: S603 - a constant script
        ["/bin/sh", "-c", 'read -r _ || kill -"$0" "$1"', str(int(last)), str(child.pid)], stdin=read, process_group=0
    )
    os.close(read)
    # A line instead of the end of the pipe dismisses the shell, for by then the number may belong to another process.
    weakref.finalize(child, _dismiss, write).atexit = False


def end(
    children: Iterable[Child], *, patience: float, signals: Sequence[signal.Signals] = (signal.SIGTERM, signal.SIGKILL)
) -> None:
    """Send one signal after the other to those that are left, `patience` seconds apart; the last goes to all they started too."""
    left = list(children)
    for number in signals:
        left = [child for child in left if child.poll() is None]
        for child in left:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, number) if number == signals[-1] else child.send_signal(number)
        deadline = time.monotonic() + patience
        for child in left:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))


def command_line(pid: int) -> bytes:
    """Read the command line of any process, empty when there is none."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return b""
    else:
        asked = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
        return subprocess.run(asked, capture_output=True, check=False).stdout  # noqa: S603 - a constant but for the number


def _tie_to(parent: int, last: signal.Signals) -> Callable[[], None] | None:
    """Make the function that a new child runs between fork and exec."""
    if sys.platform != "linux":
        return None

    def tie() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(last))
        if os.getppid() != parent:  # it died before the line above; as process 1 of a container we may well be parent 1
            os._exit(1)

    return tie


def _dismiss(pipe: int) -> None:
    os.write(pipe, b"\n")
    os.close(pipe)
