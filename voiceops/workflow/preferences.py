"""Saying which of some versions one likes best, heard without knowing which is which."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.errors import Malformed
from voiceops.models import Action, Preference, Project, Version
from voiceops.models.actor import Actor
from voiceops.policy import authorize, find


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody heard, in that order, which of it they prefer (None: no difference that matters), and what they say to it."""

    version_ids: Sequence[UUID]
    preferred_id: UUID | None
    note: str | None


async def prefer(db: AsyncSession, actor: Actor, project_id: UUID, heard: Heard) -> Preference:
    """Record a preference among different versions of one project; others are `Malformed`, whether or not they are elsewhere."""
    project = await find(db, actor, Project, project_id)
    authorize(actor, Action.VERSION_PREFER, project.id)
    _check(heard)
    preference = Preference(
        project_id=project.id,
        asset_id=await _asset_of(db, project.id, heard.version_ids),
        version_ids=list(heard.version_ids),
        preferred_id=heard.preferred_id,
        note=heard.note,
        person_id=actor.person,
    )
    db.add(preference)
    await db.flush()
    told = {"version_ids": [str(one) for one in heard.version_ids], "preferred_id": heard.preferred_id and str(heard.preferred_id)}
    await record(db, actor, Action.VERSION_PREFER, preference, changes=told, version_id=heard.preferred_id)
    return preference


def _check(heard: Heard) -> None:
    if len(set(heard.version_ids)) < len(heard.version_ids):
        raise Malformed.field("version_ids", "These are different versions, each once.")
    if heard.preferred_id is not None and heard.preferred_id not in heard.version_ids:
        raise Malformed.field("preferred_id", "What is preferred is one of the versions that were heard.")


async def _asset_of(db: AsyncSession, project_id: UUID, version_ids: Sequence[UUID]) -> UUID | None:
    """Return the one asset of the versions, None if they are of several."""
    query = select(Version.id, Version.asset_id).where(Version.id.in_(version_ids), Version.project_id == project_id)
    found = {row.id: row.asset_id for row in (await db.execute(query)).all()}
    for place, version in enumerate(version_ids):
        if version not in found:
            raise Malformed.field(f"version_ids.{place}", f"There is no version {version} in this project.")
    assets = set(found.values())
    return assets.pop() if len(assets) == 1 else None
