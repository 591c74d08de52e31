"""How HTTP is read: uvicorn's quick parser, with bounds, for it has none. An endless address would fill the memory."""

import asyncio
from http import HTTPStatus
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from voiceops.api.border import SECURITY_HEADERS
from voiceops.api.problems import problem
from voiceops.db import new_id
from voiceops.errors import Refused

MAX_HEAD_BYTES: Final = 64 * 1024
"""Of a request's first line and headers, counted in the pieces they arrive in."""
LINGER_SECONDS: Final = 1.0


class Http(HttpToolsProtocol):
    """Reads requests whose address and headers end, and soon. What is no HTTP is answered as every other refusal."""

    head_seconds: ClassVar = 20.0
    """From the first byte of a request, or from connecting, to the end of its headers."""

    _head_bytes = 0
    _in_head = True
    _refused = False
    _slow: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait for a request."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what has come; after a refusal only to throw it away."""
        if self._refused:
            return
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse(431, f"The address and headers are larger than {MAX_HEAD_BYTES:,} bytes; send less.")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        if self._slow is None:
            self._wait_for_head()

    def on_headers_complete(self) -> None:
        """Its headers are over."""
        self._in_head = False
        self._head_came()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what can't be read."""
        self._refuse(400, msg)

    def _wait_for_head(self) -> None:
        self._slow = self.loop.call_later(self.head_seconds, self._refuse, 408, "The headers took too long to arrive.")

    def _head_came(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    def _refuse(self, status: int, detail: str) -> None:
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        refused = Refused(detail)
        refused.status, refused.title = status, HTTPStatus(status).phrase
        answer = problem(refused, request_id := str(new_id()))
        answer.headers.update({**SECURITY_HEADERS, "X-Request-ID": request_id, "Connection": "close"})
        lines = [f"HTTP/1.1 {status} {refused.title}".encode(), *(name + b": " + value for name, value in answer.raw_headers)]
        self.transport.write(b"\r\n".join([*lines, b"", bytes(answer.body)]))
        # Closed at once, with bytes still coming in, the other side would hear of a broken connection instead of the answer
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)
