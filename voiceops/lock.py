"""A lock that dies with its holder, and a note in it that tells others who that is."""

import fcntl
import json
import os
import time
from pathlib import Path

_PATIENCE_S = 0.5  # readers hold the lock for an instant


class AlreadyRunning(RuntimeError):
    """Somebody else holds the lock; `note` is what they wrote into it."""

    def __init__(self, path: Path, note: dict[str, str]) -> None:
        super().__init__(f"another process (pid {note.get('pid', 'unknown')}) holds {path}")
        self.note = note


class Lock:
    """An exclusive lock on a file: freed by the kernel when the holder dies, and inherited by no child."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self) -> dict[str, str]:
        """Take the lock if we do not hold it yet; give the note of a holder who died, else an empty one; raises AlreadyRunning."""
        if self._file is not None:
            return {}
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        deadline = time.monotonic() + _PATIENCE_S
        while not _locked(file, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                os.close(file)
                raise AlreadyRunning(self.path, note_of(self.path) or {})
            time.sleep(0.02)
        self._file = file
        former = _read(file)
        self.write()
        return former

    def write(self, **note: str) -> None:
        """Replace the note; our process id is always in it."""
        if self._file is None:
            raise RuntimeError("a note is written by the lock's holder")
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, json.dumps({"pid": str(os.getpid()), **note}).encode(), 0)

    def release(self) -> None:
        """Free the lock. The file stays: to delete it would let two processes hold "it" at once."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None


def note_of(path: Path) -> dict[str, str] | None:
    """Read the holder's note, empty while it is being written; None when nobody holds the lock."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        if _locked(file, fcntl.LOCK_SH):
            return None
        return _read(file)
    finally:
        os.close(file)


def _read(file: int) -> dict[str, str]:
    try:
        note: dict[str, str] = json.loads(os.pread(file, 65536, 0))
    except json.JSONDecodeError:  # never written, or being written
        return {}
    return note


def _locked(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
