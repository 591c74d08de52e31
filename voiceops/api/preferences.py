"""`/projects/{project}/preferences`: which versions people like best when they hear them blind."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from voiceops.api.deps import Caller, Db, Part, cursor_after, paged
from voiceops.api.idempotency import Once
from voiceops.api.payloads import In, Out, Page, PersonOut, Reason, Time
from voiceops.models import Action, Preference, Project
from voiceops.policy import authorize, find
from voiceops.workflow import preferences

router = APIRouter(tags=["preferences"])

FEWEST, MOST = 2, 4


class PreferenceIn(In):
    """What was heard, and which of it is preferred."""

    version_ids: Annotated[
        list[UUID], Field(min_length=FEWEST, max_length=MOST, description="In the order in which they were heard.")
    ]
    preferred_id: Annotated[UUID | None, Field(description="Null if there was no difference that matters.")]
    note: Reason | None = None


class PreferenceOut(Out):
    """One blind comparison. `asset_id` is null where the versions are of several assets."""

    id: UUID
    project_id: UUID
    asset_id: UUID | None
    version_ids: list[UUID]
    preferred_id: UUID | None
    note: str | None
    person: PersonOut
    at: Time


class PreferenceCount(Out):
    """How often a version was heard blind, and how often it was preferred."""

    version_id: UUID
    heard: int
    preferred: int


class PreferencePage(Page[PreferenceOut]):
    """A part of the list, and the counts of the versions that were asked for, over all parts."""

    counts: list[PreferenceCount]


def _out(preference: Preference) -> PreferenceOut:
    return PreferenceOut(
        id=preference.id,
        project_id=preference.project_id,
        asset_id=preference.asset_id,
        version_ids=preference.version_ids,
        preferred_id=preference.preferred_id,
        note=preference.note,
        person=PersonOut.of(preference.person),
        at=preference.at,
    )


@router.get("/projects/{project}/preferences")
async def list_preferences(
    project: UUID,
    db: Db,
    actor: Caller,
    part: Part,
    version: Annotated[
        list[UUID] | None, Query(max_length=MOST, description="Only comparisons that any of these was part of; up to four.")
    ] = None,
) -> PreferencePage:
    """List the project's blind comparisons, the newest first."""
    await find(db, actor, Project, project)
    query = select(Preference).where(Preference.project_id == project).options(joinedload(Preference.person, innerjoin=True))
    if version:
        query = query.where(Preference.version_ids.overlap(_ids(version)))
    rows = (await db.execute(paged(query, Preference.id, part))).scalars().all()
    items = [_out(one) for one in rows[: part.limit]]
    counts = await _counts(db, project, list(dict.fromkeys(version or ())))
    return PreferencePage(items=items, next_cursor=cursor_after(items, rows, part), counts=counts)


async def _counts(db: AsyncSession, project: UUID, versions: Sequence[UUID]) -> list[PreferenceCount]:
    if not versions:
        return []
    asked = func.unnest(_ids(versions)).table_valued("id").render_derived()
    here = (Preference.project_id == project) & Preference.version_ids.contains(array([asked.c.id]))
    preferred = func.count(Preference.id).filter(Preference.preferred_id == asked.c.id)
    query = select(asked.c.id, func.count(Preference.id), preferred).outerjoin(Preference, here).group_by(asked.c.id)
    found = {row[0]: row for row in (await db.execute(query)).all()}
    return [PreferenceCount(version_id=one, heard=found[one][1], preferred=found[one][2]) for one in versions]


def _ids(versions: Sequence[UUID]) -> array[UUID]:
    return array(versions, type_=PG_UUID(as_uuid=True))


@router.post("/projects/{project}/preferences", status_code=201)
async def prefer(project: UUID, body: PreferenceIn, db: Db, actor: Caller, once: Once) -> PreferenceOut:
    """Record which of some versions one prefers, heard blind."""
    found = await find(db, actor, Project, project)
    authorize(actor, Action.VERSION_PREFER, found.project_id)  # a stored answer too is only for who may ask

    async def create() -> tuple[PreferenceOut, str]:
        heard = preferences.Heard(body.version_ids, body.preferred_id, body.note)
        made = await preferences.prefer(db, actor, project, heard)
        await db.refresh(made, ["at", "person"])
        return _out(made), f"/api/v1/projects/{project}/preferences"

    return await once(create)
