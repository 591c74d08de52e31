"""`/versions/{version}/audio`: the bytes, by HTTP's own rules (RFC 9110: ranges, validators, HEAD)."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Header, HTTPException, Query, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy.orm import joinedload

from voiceops.api.deps import CallerBriefly, Held, Parts
from voiceops.api.etag import matches
from voiceops.errors import Unavailable
from voiceops.models import Asset, Blob, Version
from voiceops.policy import find
from voiceops.profiles import KINDS, Format, Profile
from voiceops.rendering import NotRendered
from voiceops.storage import BlobMissing, StorageError, Store
from voiceops.workflow import renditions

router = APIRouter(tags=["versions"])

RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)

AsFormat = Annotated[
    Format,
    Query(
        alias="format",
        description="`flac` is the lossless master, `wav` 16-bit PCM, `mp3` 128 kbit/s at 44.1 kHz, `opus` 32 kbit/s in Ogg, `ulaw`"
        " a WAV of 8 kHz G.711 mu-law for telephones. What is not the master is made when it is first asked for, and kept.",
    ),
]


class Unsatisfiable(HTTPException):
    """No byte of the audio lies in the range asked for."""

    def __init__(self, size: int) -> None:
        super().__init__(416, f"No byte lies in that range: there are {size:,}.", {"Content-Range": f"bytes */{size}"})


@router.head("/versions/{version}/audio", response_class=Response, operation_id="head_audio")
@router.get(
    "/versions/{version}/audio",
    response_class=StreamingResponse,
    responses={
        200: {"content": {kind.media_type: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS.values()}},
        206: {"description": "The range asked for."},
        304: {"description": "Not changed: it never is."},
        410: {"description": "The audio was dropped."},
        416: {"description": "No byte lies in that range."},
    },
)
async def get_audio(
    version: UUID,
    request: Request,
    actor: CallerBriefly,
    held: Held,
    *,
    as_format: AsFormat = Format.FLAC,
    download: Annotated[bool, Query(description="Ask browsers to save it under a name.")] = False,
    asked: Annotated[str | None, Header(alias="Range")] = None,
) -> Response:
    """Play or download a version: its lossless master, or a rendition of it."""
    profile = Profile(as_format)
    async with held.database.session.begin() as db:
        found = await find(db, actor, Version, version, load=(joinedload(Version.audio, innerjoin=True),))
        asset = await find(db, actor, Asset, found.asset_id)
        renditions.check_there(found.audio)
        audio = found.audio if as_format is Format.FLAC else await renditions.kept(db, found, profile)
    known, there = request.headers.get("if-none-match"), None
    if audio is None or not matches(known, etag_of(audio)):
        there = await stored(held, found, profile, audio)
        audio = there.audio
    headers = {"ETag": etag_of(audio), "Accept-Ranges": "bytes", "Cache-Control": "private, no-cache"}
    if download:
        name = f"{asset.key.replace('/', '-')}-v{found.number}{profile.kind.suffix}"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if there is None or matches(known, etag_of(audio)):
        return Response(status_code=304, headers=headers)
    if request.headers.get("if-range", etag_of(audio)) != etag_of(audio):
        asked = None
    return answer(there, headers, asked, head=request.method == "HEAD")


class Stored:
    """Bytes read from the store as they are sent."""

    def __init__(self, store: Store, audio: Blob) -> None:
        self.audio = audio
        self._store = store

    def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` up to `end`."""
        return self._store.stream(self.audio.sha256, start, end)


async def stored(held: Parts, version: Version, profile: Profile, audio: Blob | None) -> Stored:
    """Find the bytes before anything is answered, so that missing or cut-off audio is a problem document and no broken file.

    A rendition that is not there, or not any more, is made.
    """
    if audio is not None:
        try:
            if await held.store.size(audio.sha256) == audio.bytes:
                return Stored(held.store, audio)
            trouble = "The stored audio is damaged: it is not as long as when it was kept."
        except BlobMissing as error:
            trouble = error.message
        except StorageError as error:
            raise Unavailable(error.message) from error
        if audio.sha256 == version.audio_sha256:
            raise Unavailable(trouble)
    return Stored(held.store, await _made(held, version, profile))


async def _made(held: Parts, version: Version, profile: Profile) -> Blob:
    """Make a rendition, with no transaction open: that takes a second for each minute of audio."""
    try:
        made = await held.renderer.render(version.audio_sha256, profile, seconds=version.duration_ms / 1000)
    except NotRendered as error:
        raise Unavailable(error.message) from error
    async with held.database.session.begin() as db:
        return await renditions.keep(db, version, profile, made)


def answer(there: Stored, headers: Mapping[str, str], asked: str | None, *, head: bool) -> Response:
    """Answer with the bytes that were asked for, or with the headers alone."""
    size, media_type = there.audio.bytes, there.audio.media_type
    status, start, end = 200, 0, size
    extra: dict[str, str] = {}
    if (part := wanted(asked, size)) is not None:
        status, (start, end) = 206, part
        extra["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    all_headers = {**headers, **extra, "Content-Length": str(end - start)}
    if head:
        return Response(status_code=status, headers=all_headers, media_type=media_type)
    return StreamingResponse(there.read(start, end), status_code=status, headers=all_headers, media_type=media_type)


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


def etag_of(audio: Blob) -> str:
    """Return the ETag of a file: its hash."""
    return f'"{audio.sha256}"'
