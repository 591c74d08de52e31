"""How two versions are related: which was made from which, over how many steps, and why each step was taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from voiceops.api.payloads import Out, PersonOut, Time
from voiceops.models import Version

MOST_STEPS: Final = 50
"""That are told of each side, the newest; more are counted."""
LINES: Final = text(
    "with recursive line (side, id, parent_id, depth) as ("
    " select 0, id, parent_version_id, 0 from versions where id = :left"
    " union all select 1, id, parent_version_id, 0 from versions where id = :right"
    " union all select side, v.id, v.parent_version_id, depth + 1 from line join versions v on v.id = line.parent_id"
    ") select side, id from line order by side, depth"
).bindparams(bindparam("left", type_=PG_UUID(as_uuid=True)), bindparam("right", type_=PG_UUID(as_uuid=True)))
"""Both versions with all they were made from, each followed by its parent."""


class Relation(StrEnum):
    """How the left version stands to the right one."""

    SAME = "same"
    ANCESTOR = "ancestor"
    DESCENDANT = "descendant"
    RELATED = "related"
    UNRELATED = "unrelated"


class StepOut(Out):
    """One version on the way, and what was said when it was made. The note is its script's, null where it took over its wording."""

    id: UUID
    number: int
    reason: str | None
    script_number: int
    script_note: str | None
    created_at: Time
    created_by: PersonOut


class LineageOut(Out):
    """How they are related: the newest version both were made from, itself included, and the steps from it, oldest first."""

    relation: Annotated[
        Relation,
        Field(description="What the left one is to the right: `ancestor`: the right was made from it, in one step or more."),
    ]
    ancestor: StepOut | None
    left_steps: Annotated[int, Field(description="How many steps the left one is away from it.")]
    right_steps: int
    left: Annotated[list[StepOut], Field(description=f"These steps, the newest {MOST_STEPS}, the left version last.")]
    right: list[StepOut]


@dataclass(frozen=True, slots=True)
class Lineage:
    """Two lines of versions down to what they have in common, oldest first; without an ancestor there are none."""

    ancestor: UUID | None
    left: Sequence[UUID]
    right: Sequence[UUID]

    @property
    def relation(self) -> Relation:
        """How the left one stands to the right one."""
        if self.ancestor is None:
            return Relation.UNRELATED
        names = {(False, False): Relation.SAME, (False, True): Relation.ANCESTOR, (True, False): Relation.DESCENDANT}
        return names.get((bool(self.left), bool(self.right)), Relation.RELATED)


async def lineage_of(db: AsyncSession, left: Version, right: Version) -> LineageOut:
    """Find how two versions are related; versions of different assets never are."""
    lines: tuple[list[UUID], list[UUID]] = ([], [])
    if left.asset_id == right.asset_id:
        for side, version in (await db.execute(LINES, {"left": left.id, "right": right.id})).all():
            lines[side].append(version)
    found = _meeting(*lines)
    told = await _steps(db, [*found.left[-MOST_STEPS:], *found.right[-MOST_STEPS:], *([found.ancestor] if found.ancestor else [])])
    return LineageOut(
        relation=found.relation,
        ancestor=told[found.ancestor] if found.ancestor else None,
        left_steps=len(found.left),
        right_steps=len(found.right),
        left=[told[one] for one in found.left[-MOST_STEPS:]],
        right=[told[one] for one in found.right[-MOST_STEPS:]],
    )


def _meeting(left: Sequence[UUID], right: Sequence[UUID]) -> Lineage:
    """Find where two lines, newest first, meet."""
    of_right = {version: steps for steps, version in enumerate(right)}
    for steps, version in enumerate(left):
        if version in of_right:
            return Lineage(version, left[:steps][::-1], right[: of_right[version]][::-1])
    return Lineage(None, (), ())


async def _steps(db: AsyncSession, versions: Sequence[UUID]) -> dict[UUID, StepOut]:
    if not versions:
        return {}
    people, scripts = joinedload(Version.created_by, innerjoin=True), joinedload(Version.script, innerjoin=True)
    rows = (await db.execute(select(Version).where(Version.id.in_(versions)).options(people, scripts))).scalars().all()
    parents = select(Version.id, Version.script_id).where(Version.id.in_([row.parent_version_id for row in rows]))
    spoken = {row.id: row.script_id for row in (await db.execute(parents)).all()}
    return {row.id: _step(row, row.parent_version_id and spoken[row.parent_version_id]) for row in rows}


def _step(version: Version, parents_script: UUID | None) -> StepOut:
    return StepOut(
        id=version.id,
        number=version.number,
        reason=version.reason,
        script_number=version.script.number,
        script_note=None if version.script_id == parents_script else version.script.note,
        created_at=version.created_at,
        created_by=PersonOut.of(version.created_by),
    )
