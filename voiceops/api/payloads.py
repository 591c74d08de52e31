"""What all payloads share: strict input, documented output, text fields, pages, problems."""

import re
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from voiceops.errors import FieldError
from voiceops.models import Asset, Person
from voiceops.passwords import LONGEST, SHORTEST, fit
from voiceops.text import clean

NUMBER = re.compile(r"[+-]?[\d._]+([eE][+-]?\d+)?")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+")


class In(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=200_000)


class TextIn(In):
    """A body with the text of a script, whose bound is the operator's and named by its own check."""

    model_config = ConfigDict(str_max_length=None)


class Out(BaseModel):
    """An answer: every field is always there."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True, frozen=True)


def line(maximum: int) -> AfterValidator:
    """One line of visible text, trimmed, at most `maximum` characters."""
    return AfterValidator(lambda value: clean(value, maximum=maximum, multiline=False))


def prose(maximum: int) -> AfterValidator:
    """Visible text of any number of lines, at most `maximum` characters."""
    return AfterValidator(lambda value: clean(value, maximum=maximum))


def shaped(shape: re.Pattern[str], otherwise: str) -> AfterValidator:
    """Text of a certain shape; what has another is refused with words instead of the pattern."""

    def check(value: str) -> str:
        if not shape.fullmatch(value):
            raise ValueError(otherwise)
        return value

    return AfterValidator(check)


def _keepable(value: str) -> str:
    if "\0" in value:
        raise ValueError("No text here holds the character U+0000.")
    return value


def _written(value: object) -> object:
    """Refuse what pydantic would take for seconds since 1970: a number, or text that is one."""
    if not isinstance(value, str | datetime) or (isinstance(value, str) and NUMBER.fullmatch(value.strip())):
        raise ValueError("Send a time as RFC 3339 has it: 2026-11-25T09:30:00Z.")
    return value


Asked = Annotated[str, AfterValidator(_keepable)]
"""What is only looked for: anything PostgreSQL can compare."""
Title = Annotated[str, line(200), Field(json_schema_extra={"minLength": 1, "maxLength": 200})]
Time = datetime
Instant = Annotated[AwareDatetime, BeforeValidator(_written)]
"""A time that is sent, with its offset."""
Json = dict[str, Any]
Reason = Annotated[str, prose(500), Field(json_schema_extra={"minLength": 1, "maxLength": 500})]
Email = Annotated[
    str,
    line(254),
    shaped(EMAIL, "An e-mail address has one @, with a name before it and a domain behind it."),
    Field(json_schema_extra={"minLength": 3, "maxLength": 254, "pattern": f"^{EMAIL.pattern}$"}),
]
PersonName = Annotated[str, line(100), Field(json_schema_extra={"minLength": 1, "maxLength": 100})]
NewPassword = Annotated[str, AfterValidator(fit), Field(json_schema_extra={"minLength": SHORTEST, "maxLength": LONGEST})]


class PersonOut(Out):
    """A person, as others see them."""

    id: UUID
    name: str

    @classmethod
    def of(cls, person: Person) -> "PersonOut":
        """Show a person."""
        return cls(id=person.id, name=person.name)


class KeyRef(Out):
    """The API key by which somebody acted."""

    id: UUID
    name: str
    prefix: str

    @classmethod
    def of(cls, key: Any) -> "KeyRef":  # noqa: ANN401 - a key, or a row with as much of it
        """Name a key."""
        return cls(id=key.id, name=key.name, prefix=key.prefix)


class AssetRef(Out):
    """Which asset something is about."""

    id: UUID
    key: str
    title: str
    language: str

    @classmethod
    def of(cls, asset: Asset) -> "AssetRef":
        """Name an asset."""
        return cls(id=asset.id, key=asset.key, title=asset.title, language=asset.language)


Item = TypeVar("Item")


class Page(Out, Generic[Item]):
    """A part of a list, newest first; `next_cursor` asks for the next part, null at the end."""

    items: list[Item]
    next_cursor: str | None


class All(Out, Generic[Item]):
    """A whole list."""

    items: list[Item]


class ReasonIn(In):
    """Why something is done."""

    reason: Reason | None = None


class WhyIn(In):
    """Why something is done that has to have a reason."""

    reason: Reason


class ProblemError(Out):
    """What is wrong with one field."""

    field: str
    message: str
    position: int | None

    @classmethod
    def of(cls, error: FieldError) -> "ProblemError":
        """Show a field's error."""
        return cls(field=error.field, message=error.message, position=error.position)


class Problem(Out):
    """Why a request was not done (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemError]
    possible: Annotated[list[str] | None, Field(description="With 409: what can be done now.")]
    request_id: str | None
