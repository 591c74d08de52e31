"""Bytes under their SHA-256: stored once, never changed, in a local folder or an S3-compatible bucket."""

import asyncio
import contextlib
import errno
import hashlib
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from voiceops.durable import sync

CHUNK_BYTES = 256 * 1024
ABANDONED_AFTER_SECONDS = 3600.0  # writing one blob takes seconds; a temporary file this old has no writer left

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_BUCKET = re.compile(r"QuotaExceeded|StorageFull|\b507\b")  # Ceph, MinIO, and the HTTP status for it


class StorageError(Exception):
    """Bytes could not be stored or read. `message` is for people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StorageFull(StorageError):
    """There is no room left; nothing was kept."""


class BlobMissing(StorageError):
    """Nothing is stored under this hash."""


class BlobDamaged(StorageError):
    """What is stored under this hash are other bytes."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Stored bytes: their SHA-256 in lower-case hex, and how many."""

    sha256: str
    bytes: int


class Store(Protocol):
    """Where bytes are kept. A hash that is not 64 lower-case hex digits raises `ValueError`, anything else `StorageError`."""

    async def put(self, data: bytes, media_type: str) -> Blob:
        """Keep the bytes; when this returns they survive a crash. Storing twice is storing once."""

    async def get(self, sha256: str) -> bytes:
        """Read all of it, checked against its hash."""

    def stream(self, sha256: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Read from byte `start` up to but not including `end` (None: to the end), in pieces, unchecked."""

    async def size(self, sha256: str) -> int:
        """Count the stored bytes."""

    async def delete(self, sha256: str) -> None:
        """Delete the bytes; when this returns they stay away after a crash. Deleting twice is deleting once."""

    def path(self, sha256: str) -> Path | None:
        """Where the file is, for a store that is a local folder."""

    async def exists(self, sha256: str) -> bool:
        """Tell whether anything is stored under this hash."""
        try:
            await self.size(sha256)
        except BlobMissing:
            return False
        return True

    async def verify(self, sha256: str) -> bool:
        """Read it again and tell whether it still has its hash."""
        digest = hashlib.sha256()
        async for chunk in self.stream(sha256):
            await asyncio.to_thread(digest.update, chunk)
        return digest.hexdigest() == sha256


def open_store(url: str) -> Store:
    """Open `file:///folder`, made if missing, or `s3://bucket/prefix`, configured by the usual `AWS_...` variables.

    Opening a folder also clears what crashed writers left behind.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return FolderStore(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        return BucketStore(parts.netloc, parts.path.strip("/"))
    raise ValueError(f"{url!r} is no storage we know: write file:///folder or s3://bucket/prefix")


def _key(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise ValueError("a blob's key is its SHA-256 as 64 lower-case hex digits")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _check(data: bytes, sha256: str) -> bytes:
    if hashlib.sha256(data).hexdigest() != sha256:
        raise BlobDamaged("The stored audio is damaged: it no longer has the hash it was stored under.")
    return data


class FolderStore(Store):
    """A folder: written to `incoming`, forced to disk, renamed to `ab/cd/<sha256>`, so that a name never has half its bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        with _told():
            self._incoming.mkdir(parents=True, exist_ok=True)
            self._sweep()

    async def put(self, data: bytes, media_type: str) -> Blob:  # noqa: ARG002 (a folder has no place for media types)
        """Keep the bytes; a failure leaves nothing."""
        return await asyncio.to_thread(self._put, data)

    async def get(self, sha256: str) -> bytes:
        """Read all of it, checked against its hash."""
        return await asyncio.to_thread(self._get, sha256)

    async def stream(self, sha256: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Read `start` up to `end` in pieces of 256 KiB."""
        at = start
        while end is None or at < end:
            size = CHUNK_BYTES if end is None else min(CHUNK_BYTES, end - at)
            chunk = await asyncio.to_thread(self._read, sha256, at, size)
            if chunk:
                yield chunk
            if len(chunk) < size:
                return
            at += size

    async def size(self, sha256: str) -> int:
        """Count the stored bytes."""
        return await asyncio.to_thread(self._size, sha256)

    async def delete(self, sha256: str) -> None:
        """Delete the file; its folders stay, for another file may just come into them."""
        await asyncio.to_thread(self._delete, self.path(sha256))

    def path(self, sha256: str) -> Path:
        """Where the file is, stored or not."""
        return self._folder / _key(sha256)

    def _put(self, data: bytes) -> Blob:
        blob = Blob(hashlib.sha256(data).hexdigest(), len(data))
        final = self.path(blob.sha256)
        with _told():
            if not (final.is_file() and final.stat().st_size == len(data)):
                self._write(data, final)
            # Also when another process has just written it: its directory entry may not be on the disk yet.
            for folder in (final.parent, final.parent.parent, self._folder):
                sync(folder)
        return blob

    def _write(self, data: bytes, final: Path) -> None:
        temporary = self._incoming / f"{final.name}.{secrets.token_hex(8)}"
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            final.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(final)
        finally:
            temporary.unlink(missing_ok=True)

    def _get(self, sha256: str) -> bytes:
        with _found():
            return _check(self.path(sha256).read_bytes(), sha256)

    def _size(self, sha256: str) -> int:
        with _found():
            return self.path(sha256).stat().st_size

    def _read(self, sha256: str, start: int, size: int) -> bytes:
        with _found(), self.path(sha256).open("rb", buffering=0) as file:
            return os.pread(file.fileno(), size, start)

    def _delete(self, path: Path) -> None:
        with _told():
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync(path.parent)

    def _sweep(self) -> None:
        """Remove temporary files whose writer is long dead; others may just be written by another process."""
        before = time.time() - ABANDONED_AFTER_SECONDS
        for left in self._incoming.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if left.stat().st_mtime < before:
                    left.unlink()


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turn what the operating system says into what a person can act on."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull("The disk that holds the audio is full; nothing was stored.") from error
        raise StorageError(f"The folder that holds the audio does not work: {error.strerror}.") from error


@contextlib.contextmanager
def _found() -> Iterator[None]:
    """For reading: a file that is not there is a blob that is missing."""
    with _told():
        try:
            yield
        except FileNotFoundError as error:
            raise BlobMissing("The audio is not in the storage.") from error


class BucketStore(Store):
    """An S3-compatible bucket. Two writers of one blob write the same bytes, so stores without put-if-absent are safe too."""

    def __init__(self, bucket: str, prefix: str) -> None:
        with _bucket_told():
            self._store = S3Store(
                bucket,
                prefix=prefix or None,
                disable_bulk_delete=True,  # one goes at a time, and not every server knows how to delete many
                # Plain HTTP happens only where AWS_ENDPOINT_URL itself says http://, as for a server on the same network.
                client_options={"allow_http": True, "connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=60)},
                # Its own default is ten tries in three minutes; the job retries, so this only rides out a hiccup.
                retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
            )

    async def put(self, data: bytes, media_type: str) -> Blob:
        """Keep the bytes, unless they are there already."""
        sha256 = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        attributes = {"Content-Type": media_type, "Cache-Control": "private, max-age=31536000, immutable"}
        blob = Blob(sha256, len(data))
        with _bucket_told():
            try:
                await obstore.put_async(self._store, _key(sha256), data, attributes=attributes, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return blob
            except (BaseError, OSError):
                # Who sends what is there already may be cut off half-way, before the refusal can be read.
                if not await self._has(blob):
                    raise
        return blob

    async def _has(self, blob: Blob) -> bool:
        with contextlib.suppress(BaseError, OSError):
            return (await obstore.head_async(self._store, _key(blob.sha256)))["size"] == blob.bytes
        return False

    async def get(self, sha256: str) -> bytes:
        """Read all of it, checked against its hash."""
        with _bucket_told():
            result = await obstore.get_async(self._store, _key(sha256))
            data = bytes(await result.bytes_async())
        return await asyncio.to_thread(_check, data, sha256)

    async def stream(self, sha256: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Read `start` up to `end` as the bytes arrive."""
        end = await self.size(sha256) if end is None else end
        if start >= end:
            return
        with _bucket_told():
            result = await obstore.get_async(self._store, _key(sha256), options={"range": (start, end)})
            async for chunk in result.stream(min_chunk_size=CHUNK_BYTES):
                yield bytes(chunk)

    async def size(self, sha256: str) -> int:
        """Count the stored bytes."""
        with _bucket_told():
            return (await obstore.head_async(self._store, _key(sha256)))["size"]

    async def delete(self, sha256: str) -> None:
        """Delete the object; a bucket that keeps old versions of its objects keeps this one too."""
        with contextlib.suppress(BlobMissing), _bucket_told():
            await obstore.delete_async(self._store, _key(sha256))

    def path(self, sha256: str) -> None:
        """No local file: it is in a bucket."""
        _key(sha256)


@contextlib.contextmanager
def _bucket_told() -> Iterator[None]:
    """Turn what the object store says into what a person can act on."""
    try:
        yield
    except FileNotFoundError as error:
        raise BlobMissing("The audio is not in the storage.") from error
    except (BaseError, OSError) as error:
        reason = str(error).partition("\n")[0]
        if _FULL_BUCKET.search(reason):
            raise StorageFull("The bucket that holds the audio is full; nothing was stored.") from error
        raise StorageError(f"The bucket that holds the audio does not answer as it should: {reason}") from error
