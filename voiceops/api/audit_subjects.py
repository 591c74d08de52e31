"""What events are about, by the names it has now: one question a kind for all the events of a page."""

from collections.abc import Collection, Mapping
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.api.payloads import Json, Out
from voiceops.models import Asset, Comment, Deployment, Target, Version

_VERSION: Final = func.concat(Asset.key, " v", Version.number)
NAMES: Final[Mapping[str, Select[UUID, str]]] = {
    Version.noun: select(Version.id, _VERSION).join(Asset, Asset.id == Version.asset_id),
    Comment.noun: (
        select(Comment.id, _VERSION).join(Version, Version.id == Comment.version_id).join(Asset, Asset.id == Version.asset_id)
    ),
    Target.noun: select(Target.id, Target.key),
    Deployment.noun: (
        select(Deployment.id, func.concat(func.coalesce(_VERSION, Asset.key), " on ", Target.key))
        .join(Target, Target.id == Deployment.target_id)
        .join(Asset, Asset.id == Deployment.asset_id)
        .outerjoin(Version, Version.id == Deployment.version_id)
    ),
}
"""Of each noun how its rows are named. A comment is named by its version, for what it says stands in no record."""


class VersionRef(Out):
    """Which version something is about."""

    id: UUID
    number: Annotated[int, Field(description="Of its asset, from 1.")]


async def subject_names(db: AsyncSession, payloads: Collection[Json]) -> dict[UUID, str]:
    """Return the names of what these events were done to, as far as there are any."""
    names: dict[UUID, str] = {}
    for noun, query in NAMES.items():
        ids = {UUID(told["subject"]["id"]) for told in payloads if told["subject"]["type"] == noun}
        if ids:
            column = query.selected_columns[0]
            names.update((row[0], row[1]) for row in await db.execute(query.where(column.in_(ids))))
    return names


async def version_refs(db: AsyncSession, payloads: Collection[Json]) -> dict[str, VersionRef]:
    """Return the versions that these events name, by their ids as the record has them."""
    ids = {UUID(told["version_id"]) for told in payloads if told["version_id"]}
    rows = await db.execute(select(Version.id, Version.number).where(Version.id.in_(ids))) if ids else ()
    return {str(row.id): VersionRef(id=row.id, number=row.number) for row in rows}
