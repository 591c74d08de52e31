"""Putting versions away and taking them out again, one or many in one go: all of them or none."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops import notices, slots
from voiceops.audit import record
from voiceops.errors import Conflict, FieldError, Malformed
from voiceops.models import Action, Outcome, Project, Review, Version
from voiceops.models.actor import Actor
from voiceops.policy import authorize, find


async def archive(db: AsyncSession, actor: Actor, version_id: UUID, *, reason: str) -> Version:
    """Put a version away; a round that was open on it ends."""
    return await _move(db, actor, Action.VERSION_ARCHIVE, version_id, reason)


async def restore(db: AsyncSession, actor: Actor, version_id: UUID, *, reason: str) -> Version:
    """Make an archived version a draft again: what was approved has to be approved anew."""
    return await _move(db, actor, Action.VERSION_RESTORE, version_id, reason)


async def move_many(
    db: AsyncSession, actor: Actor, action: Action, project_id: UUID, version_ids: Sequence[UUID], *, reason: str
) -> Sequence[Version]:
    """Archive or restore these versions of one project, in the order of the ids; one that may not refuses them all."""
    await find(db, actor, Project, project_id)
    authorize(actor, action, project_id)
    wanted = list(dict.fromkeys(version_ids))
    mine = select(Version).where(Version.id.in_(wanted), Version.project_id == project_id)
    found = {version.id: version for version in (await db.execute(mine.order_by(Version.id).with_for_update())).scalars()}
    _check_there(version_ids, found)
    _check_possible(action, version_ids, found)
    await _check_silent(db, action, [found[version_id] for version_id in wanted])
    ended = await _end_rounds(db, wanted) if action is Action.VERSION_ARCHIVE else {}
    for version_id in wanted:
        await _record(db, actor, action, found[version_id], reason, ended)
    return [found[version_id] for version_id in wanted]


async def _move(db: AsyncSession, actor: Actor, action: Action, version_id: UUID, reason: str) -> Version:
    version = await find(db, actor, Version, version_id, lock=True)
    authorize(actor, action, version.project_id)
    version.check(action)
    await _check_silent(db, action, [version])
    ended = await _end_rounds(db, [version.id]) if action is Action.VERSION_ARCHIVE else {}
    await _record(db, actor, action, version, reason, ended)
    return version


async def _record(
    db: AsyncSession, actor: Actor, action: Action, version: Version, reason: str, ended: Mapping[UUID, UUID]
) -> None:
    changes: dict[str, Any] = version.move(action)
    if version.id in ended:
        changes["review_id"] = str(ended[version.id])
    await record(db, actor, action, version, reason=reason, changes=changes)


async def _end_rounds(db: AsyncSession, version_ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
    """End what is open on these versions, which are locked; returns the rounds by version."""
    still_open = (Review.version_id.in_(version_ids), Review.closed_at.is_(None))
    ending = update(Review).where(*still_open).values(closed_at=func.now(), outcome=Outcome.ARCHIVED)
    ended = {one.version_id: one.id for one in await db.execute(ending.returning(Review.version_id, Review.id))}
    await notices.settle(db, list(ended.values()))
    return ended


async def _check_silent(db: AsyncSession, action: Action, versions: Sequence[Version]) -> None:
    """Raise `Conflict` if one that is to be put away is live: it is locked, so it will not be by the time it is gone."""
    if action is not Action.VERSION_ARCHIVE or not (live := await slots.live_on(db, [version.id for version in versions])):
        return
    errors = [
        FieldError(f"version_ids.{place}", f"Version {version.number} is live on {', '.join(live[version.id])}.")
        for place, version in enumerate(versions)
        if version.id in live
    ]
    where = ", ".join(sorted({key for keys in live.values() for key in keys}))
    which = "This version is" if len(versions) == 1 else f"{len(errors)} of {len(versions)} versions are"
    raise Conflict(
        f"{which} live on {where}, so {action} is not possible.", errors=errors, possible=[str(Action.DEPLOYMENT_RETIRE)]
    )


def _check_there(version_ids: Sequence[UUID], found: Mapping[UUID, Version]) -> None:
    errors = [
        FieldError(f"version_ids.{place}", f"There is no version {version_id} in this project.")
        for place, version_id in enumerate(version_ids)
        if version_id not in found
    ]
    if errors:
        raise Malformed(f"{len(errors)} of {len(version_ids)} versions are not in this project; nothing was done.", errors=errors)


def _check_possible(action: Action, version_ids: Sequence[UUID], found: Mapping[UUID, Version]) -> None:
    refused = {place: found[one] for place, one in enumerate(version_ids) if action not in found[one].steps}
    if refused:
        errors = [
            FieldError(f"version_ids.{place}", f"Version {version.number} is {version.status.replace('_', ' ')}.")
            for place, version in refused.items()
        ]
        possible = [step for step in Action if all(step in version.steps for version in refused.values())]
        detail = f"For {len(refused)} of {len(version_ids)} versions {action} is not possible; nothing was done."
        raise Conflict(detail, errors=errors, possible=[str(step) for step in possible])
