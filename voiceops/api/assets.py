"""`/projects/{project}/assets` and `/assets/{asset}`: the library."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, Field
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.api.deps import Caller, Db, Part, cursor_after, paged
from voiceops.api.idempotency import Once
from voiceops.api.payloads import Asked, In, Out, Page, PersonOut, Time, Title, line, shaped
from voiceops.api.scripts import ScriptText
from voiceops.api.standing import Standing, standing
from voiceops.models import Action, Asset, Blob, Person, Project, Script, Status, Version
from voiceops.models.actor import Actor
from voiceops.models.asset import KEY
from voiceops.models.version import BlobState
from voiceops.policy import allowed, authorize, find
from voiceops.workflow import assets

router = APIRouter(tags=["assets"])

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")

Key = Annotated[
    str,
    Field(max_length=200, examples=["support/greeting"], json_schema_extra={"pattern": f"^{KEY.pattern}$"}),
    shaped(KEY, "A key is parts of lower-case letters, digits, dots, dashes and underscores, joined by slashes: support/greeting."),
]
Language = Annotated[
    str,
    Field(description="BCP 47.", examples=["en-US"], json_schema_extra={"pattern": f"^{LANGUAGE.pattern}$"}),
    shaped(LANGUAGE, "A language is a BCP 47 tag, such as en-US."),
]
Tag = Annotated[str, line(40), Field(json_schema_extra={"minLength": 1, "maxLength": 40})]
Tags = Annotated[list[Tag], Field(max_length=20), AfterValidator(lambda tags: list(dict.fromkeys(tags)))]


class AssetIn(In):
    """A new asset."""

    key: Key
    title: Title
    language: Language = "en-US"
    tags: Tags = Field(default_factory=list)


class AssetPatch(In):
    """What of an asset may change; what is left out, or null, stays."""

    title: Title | None = None
    language: Language | None = None
    tags: Tags | None = None
    owner_id: UUID | None = None


class LatestVersion(Out):
    """The newest version of an asset, as a list shows it."""

    id: UUID
    number: int
    duration_ms: int
    voice: str
    created_at: Time
    dropped: Annotated[bool, Field(description="Whether its audio is gone, so that it cannot be played.")]
    comments_open: Annotated[int, Field(description="Threads that nobody has resolved.")]
    changes_requested: Annotated[bool, Field(description="Whether it is a draft because a reviewer asked for changes.")]


class AssetOut(Out):
    """An asset; its status is that of its newest version, null before there is one."""

    id: UUID
    project_id: UUID
    key: str
    title: str
    language: str
    tags: list[str]
    owner: PersonOut
    status: Status | None
    created_at: Time
    updated_at: Time
    script: ScriptText | None
    latest_version: LatestVersion | None
    version_count: int
    can: list[Action]


def _shown() -> Select[Asset, Person, Script, Version, BlobState]:
    """Select assets with owner, newest script and newest version: the asset's own counts point at them."""
    newest_script = and_(Script.asset_id == Asset.id, Script.number == Asset.script_count)
    newest_version = and_(Version.asset_id == Asset.id, Version.number == Asset.version_count)
    return (
        select(Asset, Person, Script, Version, Blob.state)
        .join(Person, Person.id == Asset.owner_id)
        .outerjoin(Script, newest_script)
        .outerjoin(Version, newest_version)
        .outerjoin(Blob, Blob.sha256 == Version.audio_sha256)
    )


async def _listed(db: AsyncSession, actor: Actor, rows: Sequence[Any]) -> list[AssetOut]:
    stands = await standing(db, [version for *_, version, _ in rows if version])
    return [_out(actor, *row, stands=stands) for row in rows]


def _out(
    actor: Actor,
    asset: Asset,
    owner: Person,
    script: Script | None,
    version: Version | None,
    audio: BlobState | None,
    *,
    stands: Mapping[UUID, Standing],
) -> AssetOut:
    return AssetOut(
        id=asset.id,
        project_id=asset.project_id,
        key=asset.key,
        title=asset.title,
        language=asset.language,
        tags=asset.tags,
        owner=PersonOut.of(owner),
        status=version.status if version else None,
        created_at=asset.created_at,
        updated_at=asset.updated_at,
        script=script and ScriptText(id=script.id, number=script.number, text=script.text),
        latest_version=version
        and LatestVersion(
            id=version.id,
            number=version.number,
            duration_ms=version.duration_ms,
            voice=version.voice,
            created_at=version.created_at,
            dropped=audio is BlobState.DROPPED,
            comments_open=stands[version.id].comments.open,
            changes_requested=stands[version.id].changes_requested is not None,
        ),
        version_count=asset.version_count,
        can=allowed(actor, asset),
    )


async def _show(db: AsyncSession, actor: Actor, asset_id: UUID) -> AssetOut:
    (found,) = await _listed(db, actor, (await db.execute(_shown().where(Asset.id == asset_id))).all())
    return found


def filters(
    query: Annotated[Asked | None, Query(max_length=200, description="In key, title, tags or newest script.")] = None,
    status: Status | None = None,
    tag: Annotated[Asked | None, Query(max_length=40)] = None,
    language: Annotated[Asked | None, Query(max_length=35)] = None,
    owner: UUID | None = None,
) -> list[ColumnElement[bool]]:
    """Read which assets are asked for."""
    conditions = (
        (status, Version.status == status),
        (tag, Asset.tags.contains([tag])),
        (language, Asset.language == language),
        (owner, Asset.owner_id == owner),
        (query, _matches(query or "")),
    )
    return [condition for asked, condition in conditions if asked]


@router.get("/projects/{project}/assets")
async def list_assets(
    project: UUID, db: Db, actor: Caller, part: Part, wanted: Annotated[list[ColumnElement[bool]], Depends(filters)]
) -> Page[AssetOut]:
    """List the project's assets, the newest first."""
    await find(db, actor, Project, project)
    shown = _shown().where(Asset.project_id == project, *wanted)
    rows = (await db.execute(paged(shown, Asset.id, part))).all()
    items = await _listed(db, actor, rows[: part.limit])
    return Page(items=items, next_cursor=cursor_after(items, rows, part))


def _matches(words: str) -> ColumnElement[bool]:
    plain = re.sub(r"([\\%_])", r"\\\1", words)
    return Asset.searched.like(func.lower(f"%{plain}%"))


@router.post("/projects/{project}/assets", status_code=201)
async def create_asset(project: UUID, body: AssetIn, db: Db, actor: Caller, once: Once) -> AssetOut:
    """Make an asset."""
    found = await find(db, actor, Project, project)
    authorize(actor, Action.ASSET_CREATE, found.project_id)  # a stored answer too is only for who may ask

    async def create() -> tuple[AssetOut, str]:
        made = await assets.create(db, actor, project, key=body.key, title=body.title, language=body.language, tags=body.tags)
        return await _show(db, actor, made.id), f"/api/v1/assets/{made.id}"

    return await once(create)


@router.get("/assets/{asset}")
async def get_asset(asset: UUID, db: Db, actor: Caller) -> AssetOut:
    """Show one asset."""
    await find(db, actor, Asset, asset)
    return await _show(db, actor, asset)


@router.patch("/assets/{asset}")
async def update_asset(asset: UUID, body: AssetPatch, db: Db, actor: Caller) -> AssetOut:
    """Change what an asset is called, its language, tags or owner."""
    await assets.update(db, actor, asset, body.model_dump(exclude_none=True))
    await db.flush()
    return await _show(db, actor, asset)
