"""Every error as a problem document (RFC 9457)."""

import math
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import Match

from voiceops.api.payloads import Problem, ProblemError
from voiceops.db import is_entangled, is_lost
from voiceops.errors import Conflict, FieldError, Malformed, NotFound, NotSignedIn, Refused, TooLarge, Unavailable
from voiceops.limits.rates import Left
from voiceops.limits.refusing import LimitReached

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
WORDS: Final = {
    "missing": "This is needed.",
    "extra_forbidden": "There is no such field here.",
    "greater_than_equal": "At least {ge}.",
    "greater_than": "More than {gt}.",
    "less_than_equal": "At most {le}.",
    "less_than": "Less than {lt}.",
    "string_too_long": "At most {max_length} characters.",
    "string_too_short": "At least {min_length} characters.",
    "too_long": "At most {max_length} of them.",
    "too_short": "At least {min_length} of them.",
    "int_type": "Send a whole number.",
    "int_parsing": "Send a whole number.",
    "int_from_float": "Send a whole number.",
    "int_parsing_size": "This number is too large.",
    "float_type": "Send a number.",
    "float_parsing": "Send a number.",
    "finite_number": "Send a finite number.",
    "bool_type": "Send true or false.",
    "bool_parsing": "Send true or false.",
    "string_type": "Send text.",
    "string_unicode": "Send text.",
    "list_type": "Send a list.",
    "model_attributes_type": "Send an object.",
    "enum": "One of {expected}.",
    "literal_error": "One of {expected}.",
    "uuid_type": "This is no id: ids are UUIDs.",
    "uuid_parsing": "This is no id: ids are UUIDs.",
}
"""Pydantic's commonest findings, as people say them, with the bound. The rest keeps pydantic's own words."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def problem(refused: Refused, request_id: str | None) -> JSONResponse:
    """Return the answer to a refused request."""
    body = Problem(
        type=f"urn:voiceops:problem:{refused.title.lower().replace(' ', '-')}",
        title=refused.title,
        status=refused.status,
        detail=refused.detail,
        errors=[ProblemError.of(error) for error in refused.errors],
        possible=None if refused.possible is None else list(refused.possible),
        request_id=request_id,
    )
    headers = {"Cache-Control": "no-store"}
    if refused.status == NotSignedIn.status:
        headers["WWW-Authenticate"] = "Bearer"
    if refused.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(refused.retry_after))
    if isinstance(refused, LimitReached):
        headers |= rate_headers(refused.left)
    return JSONResponse(body.model_dump(mode="json"), status_code=refused.status, media_type=MEDIA_TYPE, headers=headers)


def rate_headers(left: Sequence[Left]) -> dict[str, str]:
    """Tell rates and what is left of them (draft-ietf-httpapi-ratelimit-headers-10): `t` is when all of `q` is there again."""
    if not left:
        return {}
    policies = (f'"{one.rate.name}";q={one.rate.burst};w={math.ceil(one.rate.span.total_seconds())}' for one in left)
    states = (f'"{one.rate.name}";r={one.remaining};t={math.ceil(one.full_in.total_seconds())}' for one in left)
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)}


def malformed(errors: Sequence[dict[str, Any]]) -> Malformed:
    """Put pydantic's findings into the words and shape of ours."""
    found = [
        FieldError(_path(error), _message(error), getattr(error.get("ctx", {}).get("error"), "position", None)) for error in errors
    ]
    detail = found[0].message if len(found) == 1 else f"{len(found)} fields are not valid."
    return Malformed(detail, errors=found)


def _path(error: dict[str, Any]) -> str:
    if error["type"] == "json_invalid":
        return "body"
    inside = [str(part) for part in error["loc"][1:]]
    return ".".join(inside) or "body"


def _message(error: dict[str, Any]) -> str:
    if error["type"] == "json_invalid":
        return f"The body is not JSON: {error['ctx']['error']} at character {error['loc'][-1]}."
    if error["type"] == "model_attributes_type" and len(error["loc"]) == 1:
        return "Send a JSON object, with Content-Type: application/json."
    bounds = error.get("ctx", {})
    kind = f"string_{error['type']}" if bounds.get("field_type") == "Value" else error["type"]  # text that may also be null
    if words := WORDS.get(kind):
        return words.format_map({name: _shown(value) for name, value in bounds.items()})
    message: str = error["msg"].removeprefix("Value error, ")
    return message if message.endswith(".") else f"{message}."


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def install(app: FastAPI) -> None:
    """Answer every error with a problem document."""

    @app.exception_handler(Refused)
    async def _refused(request: Request, error: Refused) -> JSONResponse:
        return problem(error, request.scope.get("request_id"))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem(malformed(error.errors()), request.scope.get("request_id"))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        wrong = error.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        if wrong and not (there := methods(request)):
            return problem(nowhere(request.url.path), request.scope.get("request_id"))
        answer = problem(_raised(error), request.scope.get("request_id"))
        answer.headers.update({"Allow": ", ".join(there)} if wrong else error.headers or {})
        return answer

    @app.exception_handler(DBAPIError)
    async def _database(request: Request, error: DBAPIError) -> JSONResponse:
        if is_entangled(error):
            log.warning("database_entangled", error=str(error.orig))
            return problem(_entangled(), request.scope.get("request_id"))
        log.error("database_error", exc_info=error)
        return problem(_unavailable() if is_lost(error) else _broken(), request.scope.get("request_id"))

    @app.exception_handler(PoolTimeout)
    async def _busy(request: Request, error: PoolTimeout) -> JSONResponse:
        log.warning("no_connection_free", error=str(error))
        busy = Unavailable("Too much is asked of the database at once; nothing was changed. Ask again in a moment.", retry_after=2)
        return problem(busy, request.scope.get("request_id"))


def nowhere(path: str) -> NotFound:
    """Return the answer to who asks for an address of the API that there is not."""
    return NotFound(f"There is no {path} here; /api/v1/openapi.json tells what there is.")


def broken(error: Exception) -> Refused:
    """Log what nobody foresaw, and return what its caller may know of it."""
    log.error("unexpected_error", exc_info=error)
    return _broken()


def methods(request: Request) -> list[str]:
    """Return every method there is here (RFC 9110, 10.2.1): the framework names those of one route, and each of ours has one.

    The page stands at every address, last of all; beneath `/api/` that is nowhere.
    """
    *places, page = request.app.routes
    place = next((route for route in places if route.matches(request.scope)[0] is not Match.NONE), page)
    if place is page and request.url.path.startswith("/api/"):
        return []
    return [method for method in METHODS if place.matches({**request.scope, "method": method})[0] is Match.FULL]


def _raised(error: HTTPException) -> Refused:
    """Put what the framework refuses into our words."""
    if error.status_code == TooLarge.status:
        return TooLarge(str(error.detail))
    if error.status_code == HTTPStatus.BAD_REQUEST and error.__cause__ is not None:  # FastAPI, of any error in reading a body
        return Malformed.field("body", "The body can't be read: it is no UTF-8, is nested too deeply or has too long a number.")
    refused = Refused(str(error.detail))
    refused.status, refused.title = error.status_code, HTTPStatus(error.status_code).phrase
    return refused


def _unavailable() -> Refused:
    return Unavailable("The database does not answer; nothing was changed. Ask again in a moment.", retry_after=2)


def _entangled() -> Refused:
    words = "Somebody else did something to the same at this moment; nothing of yours was changed. Ask again."
    return Conflict(words, possible=[], retry_after=1)


def _broken() -> Refused:
    refused = Refused("Something is wrong here, not with your request. Nothing was changed; the log has it under the request id.")
    refused.status, refused.title = 500, "Internal error"
    return refused
