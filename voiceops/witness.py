"""Small named files in the object store that are only ever added: what the database said, where the database cannot change it."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from voiceops.durable import sync

MD5: Final = re.compile("[0-9a-f]{32}")
"""An S3 bucket's tag of a file that was written at once, unless it is encrypted under a key of its own."""


class WitnessError(Exception):
    """The object store does not answer as it should: another attempt may do better."""


class WitnessConflict(WitnessError):
    """The object store holds something else under a name than was to be added, and always will."""


class Listed(NamedTuple):
    """A file's name, and the MD5 of what it holds where the store tells it with the name."""

    name: str
    md5: str | None


class Witness(Protocol):
    """Where the files are. Names are paths with slashes. All of it blocks: call it from a thread."""

    def add(self, name: str, text: str) -> None:
        """Keep `text` under a name that is free, or that holds the same already."""

    def read(self, name: str) -> str:
        """Read one file."""

    def listed(self, folder: str, after: str = "") -> Iterator[Listed]:
        """List the files in a folder whose names sort after `after`, sorted."""

    def folders(self, folder: str) -> list[str]:
        """List the names of the folders in a folder, without the path to them."""


def open_witness(url: str) -> Witness:
    """Open the object store at `file:///folder` or `s3://bucket/prefix`, the one that holds the audio."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderWitness(Path(unquote(parts.path)))
    return BucketWitness(parts.netloc, parts.path.strip("/"))


class FolderWitness(Witness):
    """A folder: written beside, forced to disk, linked to its name, which fails if the name is taken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, name: str, text: str) -> None:
        """Keep `text`; when this returns it survives a crash."""
        with _told():
            final = self._folder / name
            # where the storage itself writes, which clears away what crashed writers left
            mine = self._folder / "incoming" / f"{final.name}.{secrets.token_hex(8)}"
            for folder in (final.parent, mine.parent):
                folder.mkdir(parents=True, exist_ok=True)
            try:
                with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440), "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                try:
                    os.link(mine, final)
                except FileExistsError:
                    _same(final.read_text(encoding="utf-8", errors="replace"), text, name)
            finally:
                mine.unlink(missing_ok=True)
            sync(final.parent)
            sync(final.parent.parent)

    def read(self, name: str) -> str:
        """Read one file; there may be hundreds of thousands to read, and a `Path` doubles what one costs."""
        with _told():
            number = os.open(f"{self._folder}/{name}", os.O_RDONLY)
            try:
                return os.read(number, os.fstat(number).st_size).decode("utf-8", errors="replace")
            finally:
                os.close(number)

    def listed(self, folder: str, after: str = "") -> Iterator[Listed]:
        """List the files in a folder."""
        for name in sorted(f"{folder}/{one.name}" for one in self._entries(folder) if one.is_file()):
            if name > after:
                yield Listed(name, None)

    def folders(self, folder: str) -> list[str]:
        """List the folders in a folder."""
        return sorted(one.name for one in self._entries(folder) if one.is_dir())

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        with _told():
            try:
                with os.scandir(self._folder / folder) as found:
                    return list(found)
            except FileNotFoundError:
                return []


class BucketWitness(Witness):
    """An S3-compatible bucket. A retention lock on the bucket keeps even its owner from changing what is there."""

    def __init__(self, bucket: str, prefix: str) -> None:
        with _told():
            self._store = S3Store(
                bucket,
                prefix=prefix or None,
                client_options={"allow_http": True, "connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=20)},
                retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
            )

    def add(self, name: str, text: str) -> None:
        """Keep `text`."""
        with _told():
            try:
                obstore.put(self._store, name, text.encode(), mode="create", use_multipart=False)
            except AlreadyExistsError:
                _same(self.read(name), text, name)

    def read(self, name: str) -> str:
        """Read one file."""
        with _told():
            return bytes(obstore.get(self._store, name).bytes()).decode(errors="replace")

    def listed(self, folder: str, after: str = "") -> Iterator[Listed]:
        """List the files in a folder, as the bucket gives them: sorted, some at a time."""
        with _told():
            for batch in obstore.list(self._store, f"{folder}/", offset=after or None, chunk_size=1000):
                for one in batch:
                    if "/" in one["path"][len(folder) + 1 :]:
                        continue
                    tag = (one["e_tag"] or "").strip('"')
                    yield Listed(one["path"], tag if MD5.fullmatch(tag) else None)

    def folders(self, folder: str) -> list[str]:
        """List the folders in a folder."""
        with _told():
            found = obstore.list_with_delimiter(self._store, f"{folder}/")["common_prefixes"]
        return sorted(one.rstrip("/").rpartition("/")[2] for one in found)


def _same(there: str, text: str, name: str) -> None:
    if there != text:
        raise WitnessConflict(f"the object store holds something else under {name}")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (OSError, BaseError) as error:
        raise WitnessError(f"the object store does not answer as it should: {str(error).partition(chr(10))[0]}") from error
