"""`/versions/{version}/audio`: the bytes, by HTTP's own rules (RFC 9110: ranges, validators, HEAD)."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Header, HTTPException, Query, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy.orm import joinedload

from voiceops.api.deps import Caller, Db, Held
from voiceops.api.etag import matches
from voiceops.errors import Unavailable
from voiceops.models import Asset, Version
from voiceops.policy import find
from voiceops.storage import StorageError, Store

router = APIRouter(tags=["versions"])

CHUNK: Final = 256 * 1024
RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class Format(StrEnum):
    """What the audio can be had as; without one it is the master."""

    FLAC = "flac"
    WAV = "wav"


MEDIA_TYPES: Final = {Format.FLAC: "audio/flac", Format.WAV: "audio/wav"}


class Unsatisfiable(HTTPException):
    """No byte of the audio lies in the range asked for."""

    def __init__(self, size: int) -> None:
        super().__init__(416, f"No byte lies in that range: there are {size:,}.", {"Content-Range": f"bytes */{size}"})


@router.head("/versions/{version}/audio", response_class=Response, operation_id="head_audio")
@router.get(
    "/versions/{version}/audio",
    response_class=StreamingResponse,
    responses={
        200: {"content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA_TYPES.values()}},
        206: {"description": "The range asked for."},
        304: {"description": "Not changed: it never is."},
        416: {"description": "No byte lies in that range."},
    },
)
async def get_audio(
    version: UUID,
    request: Request,
    db: Db,
    actor: Caller,
    held: Held,
    *,
    as_format: Annotated[Format | None, Query(alias="format")] = None,
    download: Annotated[bool, Query(description="Ask browsers to save it under a name.")] = False,
    asked: Annotated[str | None, Header(alias="Range")] = None,
) -> Response:
    """Play or download a version: the lossless master, or a WAV of it."""
    found = await find(db, actor, Version, version, load=(joinedload(Version.audio, innerjoin=True),))
    asset = await find(db, actor, Asset, found.asset_id)
    master = next(kind for kind, media in MEDIA_TYPES.items() if media == found.audio.media_type)
    kind = as_format or master
    etag = f'"{found.audio_sha256}"' if kind is master else f'"{found.audio_sha256}-{kind}"'
    headers = {"ETag": etag, "Accept-Ranges": "bytes", "Cache-Control": "private, no-cache"}
    if download:
        name = f"{asset.key.replace('/', '-')}-v{found.number}.{kind}"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    body = await _open(held.store, found, master=kind is master)
    if request.headers.get("if-range", etag) != etag:
        asked = None
    return _answer(body, headers, MEDIA_TYPES[kind], asked, head=request.method == "HEAD")


class Stored:
    """Bytes read from the store as they are sent."""

    def __init__(self, store: Store, sha256: str, size: int) -> None:
        self.size = size
        self._store = store
        self._sha256 = sha256

    def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` up to `end`."""
        return self._store.stream(self._sha256, start, end)


class Made:
    """Bytes made for this answer."""

    def __init__(self, data: bytes) -> None:
        self.size = len(data)
        self._data = memoryview(data)

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` up to `end`."""
        for at in range(start, end, CHUNK):
            yield bytes(self._data[at : min(at + CHUNK, end)])


async def _open(store: Store, version: Version, *, master: bool) -> Stored | Made:
    """Find the bytes before anything is answered, so that missing or cut-off audio is a problem document and no broken file."""
    try:
        if not master:
            return Made(await asyncio.to_thread(_wav, await store.get(version.audio_sha256)))
        size = await store.size(version.audio_sha256)
    except StorageError as error:
        raise Unavailable(error.message) from error
    if size != version.audio.bytes:
        raise Unavailable("The stored audio is damaged: it is not as long as when it was kept.")
    return Stored(store, version.audio_sha256, size)


def _wav(master: bytes) -> bytes:
    from voiceops import speech  # noqa: PLC0415 - numerics only where somebody asks for them: the API process stays small

    return speech.wav(speech.decode(master))


def _answer(body: Stored | Made, headers: Mapping[str, str], media_type: str, asked: str | None, *, head: bool) -> Response:
    status, start, end = 200, 0, body.size
    extra: dict[str, str] = {}
    if (part := wanted(asked, body.size)) is not None:
        status, (start, end) = 206, part
        extra["Content-Range"] = f"bytes {start}-{end - 1}/{body.size}"
    all_headers = {**headers, **extra, "Content-Length": str(end - start)}
    if head:
        return Response(status_code=status, headers=all_headers, media_type=media_type)
    return StreamingResponse(body.read(start, end), status_code=status, headers=all_headers, media_type=media_type)


def wanted(asked: str | None, size: int) -> tuple[int, int] | None:
    """Return the first byte asked for and the one after the last; None for all of it.

    A header of another unit, of several ranges, or that makes no sense is ignored, as RFC 9110 (14.2) lets a server do.
    """
    match = RANGE.fullmatch(asked.strip()) if asked else None
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:  # the last N bytes
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= end:
        raise Unsatisfiable(size)
    return start, end
