"""What is live where, since when and why: deploying, rolling back, the history, and the map of any instant."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import StrictBool
from sqlalchemy import ScalarSelect, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload

from voiceops.api.acceptance import prove
from voiceops.api.deps import Caller, CallerBriefly, Db, Held, Paging, Part, cursor_after, paged
from voiceops.api.payloads import Asked, In, Instant, Out, Page, PersonOut, Reason, Time, WhyIn, line
from voiceops.models import Asset, Deployment, DeploymentKind, Person, Project, Slot, Target, Version
from voiceops.policy import find
from voiceops.workflow import deployments
from voiceops.workflow.deployments import Why

router = APIRouter(tags=["deployments"])

Ticket = Annotated[str, line(100)]


class ChangeIn(WhyIn):
    """Why what is live changes, and where that was agreed on. `over_pin` lets a person replace what is pinned."""

    ticket: Ticket | None = None
    over_pin: StrictBool = False

    @property
    def why(self) -> Why:
        """As the workflow takes it."""
        return Why(self.reason, self.ticket, self.over_pin)


class DeployIn(ChangeIn):
    """Which version goes live, and why."""

    version_id: UUID


class SlotIn(ChangeIn):
    """Of which asset what is live changes, and why."""

    asset_id: UUID


class PinIn(In):
    """Which asset's live version, and why."""

    asset_id: UUID
    reason: Reason


class DeploymentOut(Out):
    """One deployment. `until` is when the next one replaced it, null for the newest; without a version it retired what was live."""

    id: UUID
    project_id: UUID
    target_id: UUID
    target_key: str
    asset_id: UUID
    asset_key: str
    version_id: UUID | None
    number: int | None
    kind: DeploymentKind
    since: Time
    until: Time | None
    by: PersonOut
    reason: str
    ticket: str | None
    replaces_id: UUID | None
    restores_id: UUID | None
    manifest_sha256: str | None


class PinOut(Out):
    """Who keeps it live, since when and why."""

    by: PersonOut
    since: Time
    reason: str


class LiveOut(Out):
    """What is live of one asset on one target."""

    target_id: UUID
    target_key: str
    asset_id: UUID
    asset_key: str
    version_id: UUID
    number: int
    deployment_id: UUID
    since: Time
    by: PersonOut
    reason: str
    ticket: str | None
    pinned: PinOut | None


NEXT = aliased(Deployment)


def _shown() -> Select[Deployment, Target, Asset, int, Any]:
    """Select deployments with target, asset, the version's number, and when the next one came."""
    until = select(NEXT.deployed_at).where(NEXT.target_id == Deployment.target_id, NEXT.asset_id == Deployment.asset_id)
    until = until.where(NEXT.deployed_at > Deployment.deployed_at).order_by(NEXT.deployed_at).limit(1)
    return (
        select(Deployment, Target, Asset, Version.number, until.scalar_subquery())
        .join(Target, Target.id == Deployment.target_id)
        .join(Asset, Asset.id == Deployment.asset_id)
        .outerjoin(Version, Version.id == Deployment.version_id)
        .options(joinedload(Deployment.deployed_by, innerjoin=True))
    )


def _out(deployment: Deployment, target: Target, asset: Asset, number: int | None, until: Time | None) -> DeploymentOut:
    plain = ("id", "project_id", "target_id", "asset_id", "version_id", "kind", "reason", "ticket", "replaces_id", "restores_id")
    return DeploymentOut(
        **{name: getattr(deployment, name) for name in plain},
        target_key=target.key,
        asset_key=asset.key,
        number=number,
        since=deployment.deployed_at,
        until=until,
        by=PersonOut.of(deployment.deployed_by),
        manifest_sha256=deployment.manifest_sha256,
    )


async def _one(db: AsyncSession, deployment: Deployment) -> DeploymentOut:
    return _out(*(await db.execute(_shown().where(Deployment.id == deployment.id))).one())


def _page(rows: Sequence[Any], part: Paging) -> Page[DeploymentOut]:
    items = [_out(*row) for row in rows[: part.limit]]
    return Page(items=items, next_cursor=cursor_after(items, rows, part))


@router.post("/targets/{target}/deployments", status_code=201)
async def deploy(target: UUID, body: DeployIn, db: Db, held: Held, actor: CallerBriefly) -> DeploymentOut:
    """Make an approved version live on a target: its stored audio is read and hashed anew first."""
    async with held.database.session.begin() as briefly:
        sought = await deployments.look(briefly, actor, target, body.version_id)
    fitted = await prove(held, sought)
    return await _one(db, await deployments.deploy(db, actor, sought, body.why, fitted=fitted))


@router.post("/targets/{target}/rollback")
async def roll_back(target: UUID, body: SlotIn, db: Db, held: Held, actor: CallerBriefly) -> DeploymentOut:
    """Make the version live again that was there before."""
    async with held.database.session.begin() as briefly:
        sought = await deployments.look_back(briefly, actor, target, body.asset_id)
    fitted = await prove(held, sought)
    return await _one(db, await deployments.roll_back(db, actor, sought, body.why, fitted=fitted))


@router.post("/targets/{target}/retire")
async def retire(target: UUID, body: SlotIn, db: Db, actor: Caller) -> DeploymentOut:
    """Leave nothing live of an asset on a target."""
    return await _one(db, await deployments.retire(db, actor, target, body.asset_id, body.why))


@router.post("/targets/{target}/pin")
async def pin(target: UUID, body: PinIn, db: Db, actor: Caller) -> DeploymentOut:
    """Keep what is live: no key replaces it, and a person only by saying so."""
    return await _one(db, await deployments.pin(db, actor, target, body.asset_id, reason=body.reason))


@router.post("/targets/{target}/unpin")
async def unpin(target: UUID, body: PinIn, db: Db, actor: Caller) -> DeploymentOut:
    """Let what is live be replaced as usual."""
    return await _one(db, await deployments.unpin(db, actor, target, body.asset_id, reason=body.reason))


@router.get("/targets/{target}/deployments")
async def list_deployments(
    target: UUID, db: Db, actor: Caller, part: Part, asset: Annotated[UUID | None, Query(description="Of this asset.")] = None
) -> Page[DeploymentOut]:
    """List what was deployed to a target, the newest first."""
    await find(db, actor, Target, target)
    query = _shown().where(Deployment.target_id == target, *([Deployment.asset_id == asset] if asset else []))
    return _page((await db.execute(paged(query, Deployment.id, part))).all(), part)


@router.get("/versions/{version}/deployments")
async def list_deployments_of_version(version: UUID, db: Db, actor: Caller, part: Part) -> Page[DeploymentOut]:
    """List where a version is live and where it was, the newest first."""
    await find(db, actor, Version, version)
    query = _shown().where(Deployment.version_id == version)
    return _page((await db.execute(paged(query, Deployment.id, part))).all(), part)


@router.get("/projects/{project}/live")
async def get_live(
    project: UUID,
    db: Db,
    actor: Caller,
    *,
    at: Annotated[Instant | None, Query(description="At this instant instead of now.")] = None,
    query: Annotated[Asked | None, Query(max_length=200, description="In the asset's key or title.")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Assets in this part.")] = 50,
    cursor: Annotated[UUID | None, Query(description="`next_cursor` of the part before.")] = None,
) -> Page[LiveOut]:
    """Tell what is live on every target, asset by asset: all targets of the newest assets that were ever deployed, and so on."""
    await find(db, actor, Project, project)
    slots = select(Slot.asset_id).where(Slot.project_id == project).join(Asset, Asset.id == Slot.asset_id)
    if query:
        slots = slots.where(Asset.key.icontains(query, autoescape=True) | Asset.title.icontains(query, autoescape=True))
    if cursor:
        slots = slots.where(Slot.asset_id < cursor)
    shown = (await db.execute(slots.distinct().order_by(Slot.asset_id.desc()).limit(limit + 1))).scalars().all()
    rows = (await db.execute(_live(at).where(Slot.project_id == project, Slot.asset_id.in_(shown[:limit])))).all()
    return Page(items=[_entry(row) for row in rows], next_cursor=str(shown[limit - 1]) if len(shown) > limit else None)


def _live(at: Instant | None) -> Select[*tuple[Any, ...]]:
    """Select what `LiveOut` shows of each slot at that time. Columns, for a board is thousands of entries."""
    deployer, pinner = aliased(Person), aliased(Person)
    which = Slot.deployment_id if at is None else _newest(at)
    pinned = and_(pinner.id == Slot.pinned_by_id, Slot.deployment_id == Deployment.id)
    return (
        select(Target.id, Target.key, Asset.id, Asset.key, Deployment.version_id, Version.number, Deployment.id)
        .add_columns(Deployment.deployed_at, deployer.id, deployer.name, Deployment.reason, Deployment.ticket)
        .add_columns(pinner.id, pinner.name, Slot.pinned_at, Slot.pin_reason)
        .select_from(Slot)
        .join(Deployment, Deployment.id == which)
        .join(Target, Target.id == Slot.target_id)
        .join(Asset, Asset.id == Slot.asset_id)
        .join(Version, Version.id == Deployment.version_id)
        .join(deployer, deployer.id == Deployment.deployed_by_id)
        .outerjoin(pinner, pinned)
        .order_by(Asset.id.desc(), Target.key)
    )


def _newest(at: Instant) -> ScalarSelect[UUID]:
    """Select the newest deployment of a slot at that time."""
    mine = select(Deployment.id).where(Deployment.target_id == Slot.target_id, Deployment.asset_id == Slot.asset_id)
    return (
        mine.where(Deployment.deployed_at <= at).order_by(Deployment.deployed_at.desc()).limit(1).correlate(Slot).scalar_subquery()
    )


def _entry(row: Sequence[Any]) -> LiveOut:
    target_id, target, asset_id, asset, version_id, number, deployment_id, since, by_id, by, reason, ticket, *pin = row
    pinner_id, pinner, pinned_at, pin_reason = pin
    return LiveOut(
        target_id=target_id,
        target_key=target,
        asset_id=asset_id,
        asset_key=asset,
        version_id=version_id,
        number=number,
        deployment_id=deployment_id,
        since=since,
        by=PersonOut(id=by_id, name=by),
        reason=reason,
        ticket=ticket,
        pinned=PinOut(by=PersonOut(id=pinner_id, name=pinner), since=pinned_at, reason=pin_reason) if pinner_id else None,
    )
