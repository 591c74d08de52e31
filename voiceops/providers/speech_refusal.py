"""What a speech server's refusal means: whether to ask again, when, and how to say it to whoever wanted the speech."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from voiceops.providers.base import ProviderError

LONGEST_WAIT_S = 3600.0
"""A server may ask us to wait; for longer than this only a person should."""

_LONGEST_MESSAGE = 200
_SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?")
_NO_CREDIT = frozenset(("insufficient_quota", "billing_hard_limit_reached", "quota_exceeded", "billing_not_active"))
_PASSING = frozenset((HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.LOCKED, HTTPStatus.TOO_EARLY))
_KEY_REFUSED = frozenset((HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN))


def clean(text: str, *, secret: str | None, longest: int = _LONGEST_MESSAGE) -> str:
    """A foreign text fit to be kept and shown: one line, printable, bounded, without the key should it be quoted."""
    printable = "".join(character if character.isprintable() else " " for character in text[: 20 * longest])
    words = " ".join(printable.split())
    if secret:
        words = words.replace(secret, "…")
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def refusal(status: int, headers: Mapping[str, str], body: bytes, secret: str | None) -> ProviderError:
    """The error that an answer of this status is."""
    said, codes = _said(headers.get("content-type", ""), body, secret)
    because = f": {said}" if said else "."
    if status in _KEY_REFUSED:
        message = "The speech server refused the key." if secret else "The speech server wants a key, and none is set."
        return ProviderError(message, code="key_refused", transient=False)
    if status == HTTPStatus.PAYMENT_REQUIRED or codes & _NO_CREDIT:
        return ProviderError("The account at the speech server has no credit left.", code="no_credit", transient=False)
    wait = _wait(headers.get("retry-after"))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ProviderError("The speech server is busy.", code="busy", transient=True, retry_after=wait)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING:
        message = f"The speech server failed with {status}{because}"
        return ProviderError(message, code="server_failed", transient=True, retry_after=wait)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        message = "The speech server points to another address, and that is not followed."
        return ProviderError(message, code="redirected", transient=False)
    return ProviderError(f"The speech server refused with {status}{because}", code="refused", transient=False)


def _said(media_type: str, body: bytes, secret: str | None) -> tuple[str, frozenset[str]]:
    """The message of a refusal and its codes: OpenAI's shape, FastAPI's, or plain text."""
    text = body.decode("utf-8", "replace")
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return (clean(text, secret=secret) if media_type.startswith("text/plain") else ""), frozenset()
    error = read.get("error", read) if isinstance(read, dict) else {}
    if isinstance(error, str):
        return clean(error, secret=secret), frozenset()
    fields: dict[str, Any] = error if isinstance(error, dict) else {}
    codes = frozenset(fields[name] for name in ("code", "type") if isinstance(fields.get(name), str))
    return clean(_first_text(fields.get("message"), fields.get("detail")), secret=secret), codes


def _first_text(*candidates: object) -> str:
    """The first that is a text, or a list of FastAPI's validation errors whose first message is one."""
    for candidate in candidates:
        if isinstance(candidate, str):
            return candidate
        if isinstance(candidate, list) and candidate and isinstance(candidate[0], dict):
            return str(candidate[0].get("msg", ""))
    return ""


def _wait(header: str | None) -> float | None:
    """Seconds to wait, which `Retry-After` gives as a number or as a date (RFC 9110, 10.2.3); None if it does not tell."""
    if header is None:
        return None
    if _SECONDS.fullmatch(header.strip()):
        return min(float(header), LONGEST_WAIT_S)
    try:
        then = parsedate_to_datetime(header)
    except ValueError:
        return None
    seconds = (then if then.tzinfo else then.replace(tzinfo=UTC)) - datetime.now(UTC)
    return min(max(seconds.total_seconds(), 0.0), LONGEST_WAIT_S)
