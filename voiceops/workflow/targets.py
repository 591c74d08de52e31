"""Targets: naming the places where versions are deployed, and what each of them asks for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.db import new_id
from voiceops.errors import Conflict, FieldError, Forbidden, Malformed
from voiceops.models import Action, Project, Target
from voiceops.models.actor import Actor
from voiceops.models.target import Acceptance
from voiceops.policy import authorize, find, owns
from voiceops.profiles import Format, Profile

TAKEN: Final = "uq_targets_project_id_key"


async def create(db: AsyncSession, actor: Actor, project_id: UUID, fields: Mapping[str, Any]) -> Target:
    """Make a target with these columns."""
    project = await find(db, actor, Project, project_id)
    authorize(actor, Action.TARGET_CREATE, project.id)
    _check_two_people(actor, project.id, before=False, after=fields.get("two_people", False))
    target = Target(id=new_id(), project_id=project.id, created_by_id=actor.person, **fields)
    _check(target)
    db.add(target)
    try:
        async with db.begin_nested():
            await db.flush()
    except IntegrityError as error:
        if TAKEN not in str(error):
            raise
        words = f"There is a target {target.key} in this project already."
        raise Conflict(words, errors=[FieldError("key", words)]) from error
    await db.refresh(target)
    await record(db, actor, Action.TARGET_CREATE, target, changes={"key": target.key, **_told(target, fields)})
    return target


async def update(db: AsyncSession, actor: Actor, target_id: UUID, fields: Mapping[str, Any], *, reason: str) -> Target:
    """Change what a target is called, accepts, or asks of who deploys to it; what stays as it is leaves no trace."""
    target = await find(db, actor, Target, target_id, lock=True)
    authorize(actor, Action.TARGET_UPDATE, target.project_id)
    _check_two_people(actor, target.project_id, before=target.two_people, after=fields.get("two_people", target.two_people))
    before = _told(target, fields)
    for name, value in fields.items():
        setattr(target, name, value)
    _check(target)
    after = _told(target, fields)
    changes = {name: {"from": before[name], "to": after[name]} for name in fields if before[name] != after[name]}
    if changes:
        await db.flush()
        await record(db, actor, Action.TARGET_UPDATE, target, reason=reason, changes=changes)
    return target


def _check_two_people(actor: Actor, project_id: UUID, *, before: bool, after: bool) -> None:
    if before != after and not owns(actor, project_id):
        raise Forbidden("Only owners decide whether a target takes two people.")


def _check(target: Target) -> None:
    """Raise `Malformed` where fields that are well by themselves do not go together."""
    if (target.frozen_from is None) != (target.frozen_until is None):
        raise Malformed.field("frozen_until", "A freeze has a beginning and an end.")
    if target.frozen_from and target.frozen_until and target.frozen_from >= target.frozen_until:
        raise Malformed.field("frozen_until", "A freeze ends after it begins.")
    profile = target.accepts
    for name in ("lead_ms", "tail_ms"):
        least, most = getattr(profile, name)
        if least > most:
            raise Malformed.field(f"profile.{name}", "The shortest silence is no longer than the longest.")
    _check_rendered(profile)


def _check_rendered(profile: Acceptance) -> None:
    """Raise `Malformed` for what no file of the format can have."""
    for name in ("sample_rate_hz", "bitrate_kbps", "loudness_lufs", "true_peak_dbtp"):
        value = getattr(profile, name)
        try:
            Profile(Format(profile.format), **({name: value} if value is not None else {}))
        except ValueError as error:
            raise Malformed.field(f"profile.{name}", f"{str(error)[:1].upper()}{str(error)[1:]}.") from error


def _told(target: Target, fields: Mapping[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
        return value.isoformat() if isinstance(value, datetime) else value

    return {name: plain(getattr(target, name)) for name in fields}
