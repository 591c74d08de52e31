"""What every request passes first and every answer last: request ids, size, origin, security headers. Plain ASGI."""

import re
from time import monotonic
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voiceops.api.guard import Guard
from voiceops.api.metrics import observe
from voiceops.api.problems import broken, problem
from voiceops.db import new_id
from voiceops.errors import Forbidden, Refused, TooLarge

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
MAX_DIGITS: Final = 18
"""Of a number in a header; Python takes no more than 4,300."""
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Border:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int, guard: Guard) -> None:
        self._app = app
        self._guard = guard
        self._max = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope["request_id"] = _request_id(headers)
        started = False
        began = monotonic()

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                observe(scope, message["status"], monotonic() - began)
                answer = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    answer.setdefault(name, value)
                answer["X-Request-ID"] = scope["request_id"]
            await send(message)

        try:
            self._guard.check(scope["client"][0] if scope["client"] else None)
            _check_origin(scope["method"], headers)
            self._check_length(headers)
            await self._app(scope, self._bounded(receive), send_guarded)
        except Refused as refused:
            if not started:
                await problem(refused, scope["request_id"])(scope, receive, send_guarded)
        except Exception as error:
            # Starlette's own handler of last resort stands outside of this layer: its answers would lack what is set here
            if started:
                raise
            await problem(broken(error), scope["request_id"])(scope, receive, send_guarded)

    def _check_length(self, headers: Headers) -> None:
        length = headers.get("content-length", "")
        if length.isdecimal() and (len(length) > MAX_DIGITS or int(length) > self._max):
            raise self._too_large()

    def _bounded(self, receive: Receive) -> Receive:
        taken = 0

        async def receive_bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._max:
                # FastAPI turns every other exception that comes out of reading a body into a 400
                raise HTTPException(TooLarge.status, self._too_large().detail)
            return message

        return receive_bounded

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The body is larger than {self._max:,} bytes; send less.")


def _request_id(headers: Headers) -> str:
    """Take over a request id that a proxy gave, if it is a plain one."""
    given = headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else str(new_id())


def _check_origin(method: str, headers: Headers) -> None:
    """Refuse what another site makes a browser send (Fetch Metadata, with Origin where a browser has none)."""
    if method in SAFE:
        return
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site is not None:
        allowed = site in {"same-origin", "none"}
    else:
        allowed = origin is None or origin.partition("://")[2] == headers.get("host")
    if not allowed:
        raise Forbidden("This request comes from another site.")
