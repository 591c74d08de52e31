"""`make test-external`: the whole suite on an external PostgreSQL, by TCP and with a password.

It is the one VOICEOPS_TEST_DATABASE_URL (or VOICEOPS_DATABASE_URL) names, whose login must be allowed to make databases and to
be a superuser, else a temporary one of Debian's packages. Arguments are handed to pytest.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

PACKAGES: Final = Path("/usr/lib/postgresql")
OLDEST: Final = 15
QUICK: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
"""What is thrown away need not be safe."""


def binaries() -> Path:
    """Return the folder of the newest server that Debian's packages installed."""
    found = [folder for folder in PACKAGES.glob("*") if folder.name.isdecimal() and (folder / "bin/initdb").is_file()]
    newest = max(found, key=lambda folder: int(folder.name), default=None)
    if newest is None or int(newest.name) < OLDEST:
        sys.exit(f"No PostgreSQL {OLDEST} or later in {PACKAGES}: on Debian, sudo apt-get install postgresql")
    return newest / "bin"


@contextmanager
def temporary() -> Iterator[str]:
    """Run a server of our own, as an ordinary user even where we are root; gives its URL."""
    folder, tools = Path(tempfile.mkdtemp(prefix="voiceops-external-")), binaries()
    password, port, data = secrets.token_urlsafe(12), _free_port(), folder / "data"
    (folder / "password").write_text(password)
    (folder / "password").chmod(0o644)  # in a folder that is closed
    how = ["--auth=scram-sha-256", "--username=voiceops", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    settings = " ".join(f"-c {one}" for one in (*QUICK, f"port={port}", f"unix_socket_directories={folder}"))
    try:
        _run(folder, tools / "initdb", *how, f"--pwfile={folder}/password", f"--pgdata={data}")
        _run(folder, tools / "pg_ctl", "start", "--wait", f"--pgdata={data}", f"--log={folder}/log", "-o", settings)
        try:
            yield f"postgresql://voiceops:{password}@127.0.0.1:{port}/postgres"
        finally:
            _run(folder, tools / "pg_ctl", "stop", "--mode=immediate", f"--pgdata={data}")
    finally:
        shutil.rmtree(folder)


def _run(folder: Path, *command: str | Path) -> None:
    user = None
    if os.getuid() == 0:  # PostgreSQL won't run as root; Debian's package brings a user for it
        user = pwd.getpwnam("postgres")
        shutil.chown(folder, user.pw_uid)
    bare: tuple[Any, ...] = (user.pw_uid, user.pw_gid, []) if user else (None, None, None)
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, user=bare[0], group=bare[1], extra_groups=bare[2])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as tried:
        port: int = tried.getsockname()[1]
    return port


def test(url: str) -> int:
    """Run the suite there; returns pytest's exit code."""
    command = [sys.executable, "-m", "pytest", *sys.argv[1:]]
    return subprocess.run(command, check=False, env={**os.environ, "VOICEOPS_TEST_DATABASE_URL": url}).returncode


def main() -> int:
    """Find the server or start one, and test."""
    given = os.environ.get("VOICEOPS_TEST_DATABASE_URL") or os.environ.get("VOICEOPS_DATABASE_URL")
    if given:
        return test(given)
    with temporary() as url:
        return test(url)


if __name__ == "__main__":
    sys.exit(main())
