"""`/projects/{project}/targets` and `/targets/{target}`: the places where versions are deployed, and what each accepts."""

import re
from dataclasses import asdict
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, Field, StrictBool
from sqlalchemy import select

from voiceops.api.assets import Language
from voiceops.api.deps import Caller, Db, Part, cursor_after, paged
from voiceops.api.idempotency import Once
from voiceops.api.payloads import In, Instant, Out, Page, Reason, Time, line, shaped
from voiceops.models import Action, Channel, Deployers, Environment, Project, Target
from voiceops.models.actor import Actor
from voiceops.policy import find
from voiceops.profiles import Format
from voiceops.workflow import deployments, targets

router = APIRouter(tags=["targets"])

KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")

Key = Annotated[
    str,
    Field(max_length=60, examples=["support-bot-eu"], json_schema_extra={"pattern": f"^{KEY.pattern}$"}),
    shaped(KEY, "A target's key has 1 to 60 lower-case letters, digits and dashes: support-bot-eu."),
]
Name = Annotated[str, line(80), Field(json_schema_extra={"minLength": 1, "maxLength": 80})]
Languages = Annotated[list[Language], Field(max_length=20), AfterValidator(lambda tags: list(dict.fromkeys(tags)))]


Silence = tuple[Annotated[int, Field(strict=True, ge=0, le=60_000)], Annotated[int, Field(strict=True, ge=0, le=60_000)]]
Decibels = Annotated[float, Field(strict=True, ge=-60, le=0, allow_inf_nan=False)]


class ProfileIn(In):
    """What differs from the channel's own profile; what is left out, or null, is the channel's."""

    format: Format | None = None
    sample_rate_hz: Annotated[int, Field(strict=True, ge=8_000, le=48_000)] | None = None
    bitrate_kbps: Annotated[int, Field(strict=True, ge=16, le=320)] | None = None
    loudness_lufs: Decibels | None = None
    loudness_tolerance_lu: Annotated[float, Field(strict=True, gt=0, le=20, allow_inf_nan=False)] | None = None
    true_peak_dbtp: Decibels | None = None
    lead_ms: Silence | None = None
    tail_ms: Silence | None = None
    longest_pause_ms: Annotated[int, Field(strict=True, ge=1, le=60_000)] | None = None
    longest_ms: Annotated[int, Field(strict=True, ge=1, le=7_200_000)] | None = None
    most_bytes: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)] | None = None
    captions: StrictBool | None = None


class ProfileOut(Out):
    """What a target accepts; null bounds nothing. Lengths are ms, loudness LUFS, the true peak dBTP."""

    format: Format
    sample_rate_hz: int
    bitrate_kbps: int | None
    loudness_lufs: float
    loudness_tolerance_lu: float
    true_peak_dbtp: float
    lead_ms: tuple[int, int]
    tail_ms: tuple[int, int]
    longest_pause_ms: int | None
    longest_ms: int
    most_bytes: int
    captions: bool


class TargetIn(In):
    """A new target. Its key stands in the addresses that machines ask, and is for good; so are channel and environment."""

    key: Key
    name: Name
    channel: Channel
    environment: Environment = Environment.PRODUCTION
    profile: ProfileIn = ProfileIn()
    languages: Annotated[Languages, Field(default_factory=list, description="None: any.")]
    deployers: Deployers = Deployers.PUBLISHERS
    two_people: Annotated[StrictBool, Field(description="What goes live does so by a release that a second one confirms.")] = False

    def fields(self) -> dict[str, Any]:
        """Return what is set, by the names of the table's columns."""
        given = self.model_dump(exclude={"profile"})
        return {**given, "profile": self.profile.model_dump(exclude_none=True, mode="json")}


class TargetPatch(In):
    """What is to be set, and why; what is left out stays. A profile replaces all that differed from the channel's before."""

    name: Name | None = None
    profile: ProfileIn | None = None
    languages: Languages | None = None
    deployers: Deployers | None = None
    two_people: StrictBool | None = None
    frozen_from: Instant | None = None
    frozen_until: Instant | None = None
    reason: Reason

    def fields(self) -> dict[str, Any]:
        """Return what is set, by the names of the table's columns; a freeze may be set to null."""
        given = self.model_dump(include={"name", "languages", "deployers", "two_people"}, exclude_none=True)
        given |= self.model_dump(include={"frozen_from", "frozen_until"}, exclude_unset=True)
        return given if self.profile is None else {**given, "profile": self.profile.model_dump(exclude_none=True, mode="json")}


class TargetOut(Out):
    """A target. `profile` is what it accepts, `own` which of that it does not have from its channel."""

    id: UUID
    project_id: UUID
    key: str
    name: str
    channel: Channel
    environment: Environment
    profile: ProfileOut
    own: list[str]
    languages: list[str]
    deployers: Deployers
    two_people: bool
    frozen_from: Time | None
    frozen_until: Time | None
    created_at: Time
    can: list[Action]

    @classmethod
    def of(cls, target: Target, actor: Actor) -> "TargetOut":
        """Show a target."""
        columns = ("id", "project_id", "key", "name", "channel", "environment", "languages", "deployers", "two_people")
        times = ("frozen_from", "frozen_until", "created_at")
        return cls(
            **{name: getattr(target, name) for name in (*columns, *times)},
            profile=ProfileOut(**asdict(target.accepts)),
            own=sorted(target.profile),
            can=deployments.can(actor, target),
        )


@router.get("/projects/{project}/targets")
async def list_targets(project: UUID, db: Db, actor: Caller, part: Part) -> Page[TargetOut]:
    """List the project's targets, the newest first."""
    await find(db, actor, Project, project)
    rows = (await db.execute(paged(select(Target).where(Target.project_id == project), Target.id, part))).scalars().all()
    items = [TargetOut.of(target, actor) for target in rows[: part.limit]]
    return Page(items=items, next_cursor=cursor_after(items, rows, part))


@router.post("/projects/{project}/targets", status_code=201)
async def create_target(project: UUID, body: TargetIn, db: Db, actor: Caller, once: Once) -> TargetOut:
    """Make a target."""
    await find(db, actor, Project, project)  # a stored answer too is only for who may see it

    async def create() -> tuple[TargetOut, str]:
        made = await targets.create(db, actor, project, body.fields())
        return TargetOut.of(made, actor), f"/api/v1/targets/{made.id}"

    return await once(create)


@router.get("/targets/{target}")
async def get_target(target: UUID, db: Db, actor: Caller) -> TargetOut:
    """Show one target."""
    return TargetOut.of(await find(db, actor, Target, target), actor)


@router.patch("/targets/{target}")
async def update_target(target: UUID, body: TargetPatch, db: Db, actor: Caller) -> TargetOut:
    """Change what a target is called, accepts, or asks of who deploys to it; or freeze it for a while."""
    return TargetOut.of(await targets.update(db, actor, target, body.fields(), reason=body.reason), actor)
