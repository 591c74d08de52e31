"""The built web page: files that never change under their hashed names, and one index for every place in it."""

from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, Response

from voiceops.api.problems import methods, nowhere
from voiceops.errors import NotFound

router = APIRouter(include_in_schema=False)

FOLDER: Final = Path(__file__).parent.parent / "page"
HASHED: Final = "_app"
ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html", ".woff2": "font/woff2"}


@router.api_route("/{path:path}", methods=["GET", "HEAD"], response_class=FileResponse)
async def page(path: str, request: Request) -> Response:
    """Serve a file of the page, or its index: the page itself tells what is at a place."""
    if path.startswith("api/"):
        if methods(request):
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED)
        raise nowhere(f"/{path}")
    if file := _found(path):
        return _file(file, request, immutable=path.startswith(f"{HASHED}/"))
    if path.startswith(f"{HASHED}/") or not (FOLDER / "index.html").is_file():
        raise NotFound("The page is not built here; `make setup` builds it." if not path else f"There is no /{path} here.")
    return _file(FOLDER / "index.html", request, immutable=False)


def _found(path: str) -> Path | None:
    """Return the file of that name; a name that no file can have (too long, with a NUL) is none's."""
    with suppress(OSError, ValueError):
        file = (FOLDER / path).resolve()
        return file if file.is_file() and file.is_relative_to(FOLDER) else None
    return None


def _file(file: Path, request: Request, *, immutable: bool) -> FileResponse:
    headers = {"Vary": "Accept-Encoding", "Cache-Control": "public, max-age=31536000, immutable" if immutable else "no-cache"}
    media_type = TYPES.get(file.suffix, "application/octet-stream")
    accepted = request.headers.get("accept-encoding", "")
    for encoding, suffix in ENCODINGS:
        packed = file.with_name(file.name + suffix)
        if encoding in accepted and packed.is_file():
            return FileResponse(packed, media_type=media_type, headers={**headers, "Content-Encoding": encoding})
    return FileResponse(file, media_type=media_type, headers=headers)
