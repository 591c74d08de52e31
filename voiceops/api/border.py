"""What every request passes first and every answer last: proxies, request ids, size, origin, security headers. Plain ASGI."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from time import monotonic
from typing import Final
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voiceops.api.guard import Guard
from voiceops.api.metrics import observe
from voiceops.api.problems import broken, problem
from voiceops.api.proxies import Network, look_through
from voiceops.db import new_id
from voiceops.errors import Forbidden, Refused, TooLarge
from voiceops.models.key import KEY_FORM

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


TLS_HEADERS: Final = {"Strict-Transport-Security": "max-age=31536000"}


class Border:
    """The outermost layer of the application.

    `body_timeout` is in seconds, for the whole of a body. With `tls` people come by HTTPS, though it ends before it gets here.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        guard: Guard,
        max_body_bytes: int,
        body_timeout: float,
        proxies: Sequence[Network] = (),
        tls: bool = False,
    ) -> None:
        self._app = app
        self._guard = guard
        self._max = max_body_bytes
        self._body_timeout = body_timeout
        self._proxies = proxies
        self._tls = tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        by_proxy = look_through(scope, headers, self._proxies)
        scope["request_id"] = (_given_id(headers) if by_proxy else None) or str(new_id())
        if self._tls:
            scope["scheme"] = "https"
        extra = {**SECURITY_HEADERS, **(TLS_HEADERS if scope["scheme"] == "https" else {})}
        started = False
        began = monotonic()

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                observe(scope, message["status"], monotonic() - began)
                answer = MutableHeaders(scope=message)
                for name, value in extra.items():
                    answer.setdefault(name, value)
                answer["X-Request-ID"] = scope["request_id"]
            await send(message)

        try:
            self._guard.check(scope["client"][0] if scope["client"] else None)
            _check_address(scope)
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
        taken, more = 0, True
        until = asyncio.get_running_loop().time() + self._body_timeout

        async def receive_bounded() -> Message:
            nonlocal taken, more
            try:
                async with asyncio.timeout_at(until if more else None):  # after the body comes only the end of the connection
                    message = await receive()
            except TimeoutError:
                late = "The body took too long to arrive; nothing was changed."
                raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, late, {"Connection": "close"}) from None
            more = message.get("more_body", False)
            taken += len(message.get("body", b""))
            if taken > self._max:
                # FastAPI turns every other exception that comes out of reading a body into a 400
                raise HTTPException(TooLarge.status, self._too_large().detail)
            return message

        return receive_bounded

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The body is larger than {self._max:,} bytes; send less.")


def _given_id(headers: Headers) -> str | None:
    """Return the request id that a proxy gave, if it is a plain one. It stands in the record: of anybody else none is taken."""
    given = headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else None


def key_of(headers: Mapping[str, str]) -> str | None:
    """Return the API key that a request was sent with, good or bad; None if with none (RFC 6750, 2.1)."""
    scheme, _, sent = headers.get("authorization", "").partition(" ")
    return sent.strip() if scheme.lower() == "bearer" else None


def _check_address(scope: Scope) -> None:
    """Refuse an API key in the address: addresses are kept in histories, by proxies and in logs."""
    if KEY_FORM.search(unquote(scope.get("query_string", b"").decode("latin-1"))) or KEY_FORM.search(scope["path"]):
        raise Refused(
            "Here is an API key in the address, where histories and logs keep it. Revoke it, make another, and send that as"
            " the header `Authorization: Bearer vo_...`."
        )


def _check_origin(method: str, headers: Headers) -> None:
    """Refuse what another site makes a browser send (Fetch Metadata, with Origin where a browser has none).

    What comes with neither is no browser's, for each of them sends `Origin` with a method that is not safe. No other site can
    make a browser send a key, and where there is one no cookie counts.
    """
    if method in SAFE or key_of(headers) is not None:
        return
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site is not None:
        allowed = site in {"same-origin", "none"}
    else:
        allowed = origin is None or origin.partition("://")[2] == headers.get("host")
    if not allowed:
        raise Forbidden("This request comes from another site.")
