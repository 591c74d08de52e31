"""Data folders for tests of the embedded PostgreSQL, with a cluster copied from one that was made once, or without."""

import atexit
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from voiceops.embedded import Embedded


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
