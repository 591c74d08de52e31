"""Storage: stored once, whole or not at all, read back checked."""

import asyncio
import hashlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from voiceops.storage import ABANDONED_AFTER_SECONDS, Blob, BlobDamaged, BlobMissing, StorageError, StorageFull, Store, open_store

ABSENT = "0" * 64
MEGABYTE = 1 << 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "audio"


@pytest.fixture
def store(folder: Path) -> Store:
    return open_store(folder.as_uri())


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a real filesystem of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    command: list[str | Path] = ["/usr/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place]
    mounted = subprocess.run(command, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"cannot mount a small disk here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["/usr/bin/umount", "--lazy", place], check=True)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def joined(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def test_what_was_put_is_read_back_under_its_hash(store: Store, folder: Path) -> None:
    blob = await store.put(b"speech", "audio/flac")
    assert blob == Blob(hashlib.sha256(b"speech").hexdigest(), 6)
    assert await store.get(blob.sha256) == b"speech"
    assert await store.size(blob.sha256) == 6
    assert await store.exists(blob.sha256)
    assert await store.verify(blob.sha256)
    assert store.path(blob.sha256) == folder / blob.sha256[:2] / blob.sha256[2:4] / blob.sha256


async def test_fifty_puts_at_once_of_the_same_bytes_leave_one_file(store: Store, folder: Path) -> None:
    data = os.urandom(MEGABYTE)
    blobs = await asyncio.gather(*(store.put(data, "audio/flac") for _ in range(50)))
    assert len(set(blobs)) == 1
    assert files(folder) == [store.path(blobs[0].sha256)]


async def test_a_blob_is_written_once(store: Store) -> None:
    blob = await store.put(b"speech", "audio/flac")
    path = store.path(blob.sha256)
    assert path is not None
    before = path.stat()
    await store.put(b"speech", "audio/flac")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


async def test_a_range_is_read_without_the_rest(store: Store) -> None:
    data = os.urandom(MEGABYTE + 17)
    blob = await store.put(data, "audio/flac")
    for start, end in ((0, None), (0, 1), (5, 5), (300_000, 900_000), (MEGABYTE, None), (len(data) - 1, len(data)), (9, 10**9)):
        assert await joined(store.stream(blob.sha256, start, end)) == data[start:end]


async def test_what_was_never_stored_is_missing(store: Store) -> None:
    assert not await store.exists(ABSENT)
    for reading in (store.get(ABSENT), store.size(ABSENT), store.verify(ABSENT), joined(store.stream(ABSENT))):
        with pytest.raises(BlobMissing, match="not in the storage"):
            await reading


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, f"{ABSENT}\n", "/" + "0" * 63])
async def test_only_a_hash_is_a_key(store: Store, key: str) -> None:
    for reading in (
        store.get(key),
        store.size(key),
        store.exists(key),
        store.delete(key),
        store.verify(key),
        joined(store.stream(key)),
    ):
        with pytest.raises(ValueError, match="64 lower-case hex"):
            await reading
    with pytest.raises(ValueError, match="64 lower-case hex"):
        store.path(key)


async def test_what_was_deleted_is_missing_and_can_be_put_again(store: Store, folder: Path) -> None:
    blob, other = await store.put(b"speech", "audio/flac"), await store.put(b"other", "audio/flac")
    for _ in range(2):
        await store.delete(blob.sha256)
        assert not await store.exists(blob.sha256)
        assert files(folder) == [store.path(other.sha256)]
    await store.delete(ABSENT)
    assert await store.put(b"speech", "audio/flac") == blob
    assert await store.get(blob.sha256) == b"speech"


async def test_damaged_bytes_are_never_given_out_as_the_blob(store: Store) -> None:
    blob = await store.put(b"speech", "audio/flac")
    path = store.path(blob.sha256)
    assert path is not None
    path.chmod(0o600)
    path.write_bytes(b"SPEECH")
    assert not await store.verify(blob.sha256)
    with pytest.raises(BlobDamaged, match="damaged"):
        await store.get(blob.sha256)


async def test_a_full_disk_says_so_and_keeps_no_half_file(tiny_disk: Path) -> None:
    store = open_store(tiny_disk.as_uri())
    kept = await store.put(os.urandom(MEGABYTE // 2), "audio/flac")
    with pytest.raises(StorageFull, match="disk that holds the audio is full"):
        await store.put(os.urandom(MEGABYTE), "audio/flac")
    assert files(tiny_disk) == [store.path(kept.sha256)]
    await store.put(os.urandom(MEGABYTE // 4), "audio/flac")


async def test_where_larger_files_are_forbidden_it_says_so_and_keeps_no_half_file(store: Store, folder: Path) -> None:
    kept = await store.put(os.urandom(MEGABYTE // 2), "audio/flac")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MEGABYTE, hard))
    try:
        with pytest.raises(StorageFull, match="disk that holds the audio is full"):
            await store.put(os.urandom(2 * MEGABYTE), "audio/flac")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files(folder) == [store.path(kept.sha256)]


async def test_a_folder_that_does_not_work_says_so(store: Store, folder: Path) -> None:
    shutil.rmtree(folder / "incoming")
    (folder / "incoming").write_text("in the way")
    with pytest.raises(StorageError, match="folder that holds the audio does not work"):
        await store.put(b"speech", "audio/flac")
    with pytest.raises(StorageError, match="folder that holds the audio does not work"):
        open_store(folder.as_uri())


WRITER = """
import asyncio, os, sys
from voiceops.storage import open_store
async def main():
    store = open_store(sys.argv[1])
    while True:
        await asyncio.gather(*(store.put(os.urandom(8 << 20), "audio/flac") for _ in range(3)))
asyncio.run(main())
"""


def test_a_writer_killed_in_the_middle_leaves_no_half_file(store: Store, folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, folder.as_uri()]) as writer:
        for _ in range(10_000):  # stop it where something is half written, then kill it there
            time.sleep(0.001)
            writer.send_signal(signal.SIGSTOP)
            if len(files(folder)) > 3 and files(folder / "incoming"):
                break
            writer.send_signal(signal.SIGCONT)
        writer.kill()
    assert files(folder / "incoming")
    kept = [path for path in files(folder) if path.parent.name != "incoming"]
    assert kept
    assert all(asyncio.run(store.verify(path.name)) for path in kept)


def test_opening_sweeps_what_crashed_writers_left_and_spares_the_living(folder: Path) -> None:
    open_store(folder.as_uri())
    old, young = folder / "incoming" / "old", folder / "incoming" / "young"
    for left in (old, young):
        left.write_bytes(b"half")
    long_ago = time.time() - ABANDONED_AFTER_SECONDS - 1
    os.utime(old, (long_ago, long_ago))
    open_store(folder.as_uri())
    assert not old.exists()
    assert young.exists()


def test_a_folder_with_spaces_is_the_folder_meant(tmp_path: Path) -> None:
    open_store((tmp_path / "our audio").as_uri())
    assert (tmp_path / "our audio" / "incoming").is_dir()


@pytest.mark.parametrize("url", ["", "audio", "/var/audio", "file://host/audio", "file:audio", "s3://", "ftp://host/audio"])
def test_an_url_of_no_store_we_know_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no storage we know"):
        open_store(url)


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Open a bucket on a real S3-compatible server."""
    pytest.importorskip("localbucket", reason="no S3 server is installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "s3" / "studio").mkdir(parents=True)
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    command: list[str | Path] = [sys.executable, "-m", "localbucket", tmp_path / "s3", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield open_store("s3://studio/audio")
    finally:
        server.kill()
        server.wait()


async def test_a_bucket_keeps_what_a_folder_keeps(bucket: Store, tmp_path: Path) -> None:
    data = os.urandom(MEGABYTE + 17)
    blobs = await asyncio.gather(*(bucket.put(data, "audio/flac") for _ in range(20)))
    assert set(blobs) == {Blob(hashlib.sha256(data).hexdigest(), len(data))}
    sha256 = blobs[0].sha256
    assert [path.name for path in files(tmp_path / "s3" / "studio" / "audio")] == [sha256]
    assert await bucket.get(sha256) == data
    assert await bucket.size(sha256) == len(data)
    assert await bucket.exists(sha256)
    assert await bucket.verify(sha256)
    assert bucket.path(sha256) is None
    for start, end in ((0, None), (0, 1), (5, 5), (300_000, 900_000), (MEGABYTE, None), (9, 10**9)):
        assert await joined(bucket.stream(sha256, start, end)) == data[start:end]


async def test_a_bucket_says_what_is_missing_or_damaged(bucket: Store, tmp_path: Path) -> None:
    assert not await bucket.exists(ABSENT)
    for reading in (bucket.get(ABSENT), bucket.size(ABSENT), bucket.verify(ABSENT), joined(bucket.stream(ABSENT, 0, 9))):
        with pytest.raises(BlobMissing, match="not in the storage"):
            await reading
    blob = await bucket.put(b"speech", "audio/flac")
    files(tmp_path / "s3" / "studio" / "audio")[0].write_bytes(b"SPEECH")
    assert not await bucket.verify(blob.sha256)
    with pytest.raises(BlobDamaged, match="damaged"):
        await bucket.get(blob.sha256)
    with pytest.raises(ValueError, match="64 lower-case hex"):
        await bucket.get("../secrets")


async def test_what_a_bucket_deleted_is_missing_and_can_be_put_again(bucket: Store) -> None:
    blob = await bucket.put(b"speech", "audio/flac")
    for _ in range(2):
        await bucket.delete(blob.sha256)
        assert not await bucket.exists(blob.sha256)
    await bucket.delete(ABSENT)
    assert await bucket.put(b"speech", "audio/flac") == blob
    assert await bucket.get(blob.sha256) == b"speech"


async def test_a_bucket_that_does_not_answer_is_told_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ALLOW_HTTP": "true", "AWS_SKIP_SIGNATURE": "true"}.items():
        monkeypatch.setenv(name, value)
    store = open_store("s3://studio")
    started = time.monotonic()
    with pytest.raises(StorageError, match="bucket that holds the audio does not answer"):
        await store.put(b"speech", "audio/flac")
    assert time.monotonic() - started < 2
