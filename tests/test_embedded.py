"""The embedded PostgreSQL, on the real thing: what it survives and what it refuses."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import clusters
import psycopg
import pytest
from clusters import ask, gone, home, kill, kill_and_start_again, supervise, write

from voiceops.cluster import MAJOR, place
from voiceops.embedded import AlreadyRunning, Embedded, EmbeddedError, attach
from voiceops.processes import end, spawn


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
        kill_and_start_again(server)


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
