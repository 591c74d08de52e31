"""Everything that can be refused, with its status. One handler turns them into RFC 9457 problem documents."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field; `field` is a dotted path such as `delivery.speed`, `position` a code point in its text."""

    field: str
    message: str
    position: int | None = None


class Refused(Exception):
    """A request that is not done, and why. Subclasses carry the status and a short title."""

    status = 400
    title = "Bad request"

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        possible: Sequence[str] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.possible = possible
        self.retry_after = retry_after


class NotSignedIn(Refused):
    """Nobody is asking."""

    status = 401
    title = "Not signed in"


class Forbidden(Refused):
    """Seen, but not allowed."""

    status = 403
    title = "Not allowed"


class NotFound(Refused):
    """Not there, or not for this caller to know."""

    status = 404
    title = "Not found"


class Conflict(Refused):
    """Right in itself, but not in the present state; `possible` names what can be done now."""

    status = 409
    title = "Not possible now"


class Gone(Refused):
    """It was there, and never will be again."""

    status = 410
    title = "Gone"


class TooLarge(Refused):
    """The body is over the bound."""

    status = 413
    title = "Too large"


class Malformed(Refused):
    """The request can't be meant as it is; `errors` name the fields."""

    status = 422
    title = "Not valid"

    @classmethod
    def field(cls, field: str, message: str, position: int | None = None) -> "Malformed":
        """One field is wrong."""
        return cls(message, errors=[FieldError(field, message, position)])


class TooMany(Refused):
    """Over a limit; `retry_after` seconds later it may pass."""

    status = 429
    title = "Too much"


class Unavailable(Refused):
    """Something this server needs does not answer."""

    status = 503
    title = "Not available now"
