"""How somebody shows who they are: the session's cookie, or an API key. Only where a key is sent does the cookie not count."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request, Response
from fastapi.security import APIKeyCookie, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from voiceops.api.border import key_of
from voiceops.config import settings
from voiceops.models.actor import Actor
from voiceops.workflow import accounts, keys

COOKIE: Final = "voiceops_session"
HOST_COOKIE: Final = f"__Host-{COOKIE}"
"""Its name under TLS: a browser takes it from this host alone, so that no neighbouring host can plant one."""


def cookie_name(request: HTTPConnection) -> str:
    """Tell the name of the session's cookie on the connection that a request came by."""
    return HOST_COOKIE if _is_tls(request) else COOKIE


def session_before(request: Request) -> str | None:
    """Return the token a browser came with, for who may be somebody already and need not be."""
    return request.cookies.get(cookie_name(request)) if key_of(request.headers) is None else None


def set_session(request: Request, response: Response, token: str) -> None:
    """Give a browser its session: no script can read it, and under TLS it never travels without."""
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=settings().session_absolute,
        path="/",
        secure=_is_tls(request),
        httponly=True,
        samesite="lax",
    )
    response.headers["Cache-Control"] = "no-store"


def drop_session(request: Request, response: Response) -> None:
    """Take the session's cookie back."""
    response.delete_cookie(cookie_name(request), path="/", secure=_is_tls(request), httponly=True, samesite="lax")


def _is_tls(request: HTTPConnection) -> bool:
    return request.url.scheme == "https"


class _SessionCookie(APIKeyCookie):
    async def __call__(self, request: HTTPConnection) -> str | None:
        return request.cookies.get(cookie_name(request))


cookie = _SessionCookie(
    name=COOKIE,
    scheme_name="session",
    auto_error=False,
    description=f"The session of somebody who signed in; under TLS `{HOST_COOKIE}`.",
)


class _Bearer(HTTPBearer):
    async def __call__(self, request: HTTPConnection) -> str | None:  # type: ignore[override]
        return key_of(request.headers)


bearer = _Bearer(
    scheme_name="key",
    auto_error=False,
    bearerFormat="vo_<prefix>_<secret>",
    description="An API key: `Authorization: Bearer vo_...`.",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows of who sends it: the secret of a session, or an API key, good or bad."""

    session: str | None
    key: str | None

    @property
    def refusal(self) -> str:
        """What to say to nobody: the same whatever is wrong."""
        if self.key is not None:
            return "This API key is not valid: it is none of ours, has ended or was revoked, or its person is no member any more."
        return "Sign in first."

    async def known(self, db: AsyncSession, origin: Actor, *, used: bool = True) -> Actor | None:
        """Return who it is at this moment, or None; `used` tells that something is done, and not only looked again."""
        if self.key is not None:
            return await keys.who(db, self.key, request_id=origin.request_id, address=origin.address, used=used)
        if self.session:
            return await accounts.who(db, self.session, request_id=origin.request_id, address=origin.address, used=used)
        return None


async def shown(session: Annotated[str | None, Depends(cookie)], key: Annotated[str | None, Depends(bearer)]) -> Shown:
    """Read what a request shows; where a key is sent, no cookie counts."""
    return Shown(session if key is None else None, key)


Identity = Annotated[Shown, Depends(shown)]
