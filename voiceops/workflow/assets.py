"""Making and changing assets."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.errors import Conflict, FieldError, Malformed
from voiceops.models import Action, Asset, Membership, Project
from voiceops.models.actor import Actor
from voiceops.policy import authorize, find


async def create(
    db: AsyncSession, actor: Actor, project_id: UUID, *, key: str, title: str, language: str, tags: Sequence[str]
) -> Asset:
    """Make an asset, owned by who makes it; a key that is taken is a `Conflict`."""
    project = await find(db, actor, Project, project_id)
    authorize(actor, Action.ASSET_CREATE, project.id)
    asset = Asset(project_id=project.id, key=key, title=title, language=language, tags=list(tags), owner_id=actor.person)
    try:
        async with db.begin_nested():
            db.add(asset)
    except IntegrityError as error:
        raise Conflict(
            f"The key {key} is taken in this project.",
            errors=[FieldError("key", f"An asset with the key {key} is already here. Choose another.")],
            possible=[],
        ) from error
    await record(
        db, actor, Action.ASSET_CREATE, asset, changes={"key": key, "title": title, "language": language, "tags": list(tags)}
    )
    return asset


async def update(db: AsyncSession, actor: Actor, asset_id: UUID, changes: Mapping[str, Any]) -> Asset:
    """Change title, language, tags or owner; what is equal already is no change."""
    asset = await find(db, actor, Asset, asset_id, lock=True)
    authorize(actor, Action.ASSET_UPDATE, asset.project_id)
    if "owner_id" in changes:
        await _check_owner(db, asset.project_id, changes["owner_id"])
    before = {name: getattr(asset, name) for name, value in changes.items() if getattr(asset, name) != value}
    for name in before:
        setattr(asset, name, changes[name])
    if before:
        asset.updated_at = func.now()
        written = {name: {"from": _plain(value), "to": _plain(changes[name])} for name, value in before.items()}
        await record(db, actor, Action.ASSET_UPDATE, asset, changes=written)
    return asset


async def _check_owner(db: AsyncSession, project_id: UUID, person_id: UUID) -> None:
    member = select(Membership.person_id).where(Membership.project_id == project_id, Membership.person_id == person_id).limit(1)
    if (await db.execute(member)).first() is None:
        raise Malformed.field("owner_id", "An asset's owner is a member of its project.")


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value
