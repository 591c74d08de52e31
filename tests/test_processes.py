"""Children that die with their parent, and their ending in a bounded time."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from clusters import eventually

from voiceops.processes import command_line, end, spawn

PARENT = """
import signal, subprocess, sys, time
from voiceops.processes import spawn, watch
if sys.argv[1] == "kernel":
    child = spawn(["sleep", "60"])
else:
    child = subprocess.Popen(["sleep", "60"])
    watch(child, signal.SIGKILL)
print(child.pid, flush=True)
if sys.argv[2] == "dismiss":
    del child
    subprocess._active.clear()
    time.sleep(0.2)
else:
    time.sleep(60)
"""


def parent(*arguments: str) -> tuple[subprocess.Popen[bytes], int]:
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", PARENT, *arguments], stdout=subprocess.PIPE)
    assert process.stdout
    with process.stdout:
        return process, int(process.stdout.readline())


def gone(pid: int) -> bool:
    return eventually(lambda: not command_line(pid))


@pytest.mark.parametrize(
    "by", [pytest.param("kernel", marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux only")), "pipe"]
)
def test_a_child_dies_with_its_killed_parent(by: str) -> None:
    process, child = parent(by, "stay")
    assert command_line(child)
    process.kill()
    process.wait()
    assert gone(child)


def test_a_dismissed_watcher_kills_nobody() -> None:
    process, child = parent("pipe", "dismiss")
    process.wait()
    time.sleep(0.2)
    assert command_line(child)
    os.kill(child, signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux ties children to threads")
def test_only_the_main_thread_starts_children() -> None:
    refused: list[str] = []

    def start() -> None:
        try:
            spawn(["sleep", "60"])
        except RuntimeError as error:
            refused.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in refused[0]


def test_who_does_not_end_when_asked_is_killed_in_time() -> None:
    deaf = spawn(["/bin/sh", "-c", "trap '' TERM; sleep 60 & echo $!; wait"], output=subprocess.PIPE)
    assert deaf.stdout
    with deaf.stdout:
        its_child = int(deaf.stdout.readline())
    polite = spawn(["sleep", "60"])
    started = time.monotonic()
    end([deaf, polite], patience=0.5)
    assert (deaf.poll(), polite.poll()) == (-signal.SIGKILL, -signal.SIGTERM)
    assert time.monotonic() - started < 5
    assert gone(its_child)
