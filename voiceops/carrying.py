"""Carrying out releases: every item is checked as it is at that moment, and all go live in one transaction, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops import placing, slots
from voiceops.acceptance import Fitted
from voiceops.errors import Conflict, FieldError, Malformed, NotFound, Refused
from voiceops.jobs import RELEASE, enqueue
from voiceops.models import (
    Action,
    ApiKey,
    Asset,
    DeploymentKind,
    Membership,
    Person,
    Release,
    ReleaseItem,
    ReleaseStatus,
    Scope,
    Target,
    Version,
)
from voiceops.models.actor import Actor, ActorKind
from voiceops.placing import WHOLE
from voiceops.profiles import Profile
from voiceops.slots import Placing

Renditions = Mapping[tuple[UUID, UUID], Fitted]
"""By target and version."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One version for one target, at its place in what was asked for."""

    position: int
    target: Target
    version: Version
    asset: Asset

    @property
    def place(self) -> tuple[UUID, UUID]:
        """Its slot."""
        return self.target.id, self.asset.id

    @property
    def profile(self) -> Profile:
        """What it is heard as there."""
        return self.target.accepts.rendering

    def named(self, refused: Refused, *, at: str = "version_id") -> Refused:
        """The same refusal, naming this item."""
        words = refused.detail if not refused.errors else refused.errors[0].message
        named = f"{self.asset.key} on {self.target.key}: {words}"
        return type(refused)(named, errors=[FieldError(f"items.{self.position}.{at}", words)], possible=refused.possible)


async def find_pieces(db: AsyncSession, project_id: UUID, items: Sequence[tuple[UUID, UUID]]) -> list[Piece]:
    """Find what is named, all of one project; a place is named once."""
    targets = {one.id: one for one in (await db.execute(select(Target).where(Target.project_id == project_id))).scalars()}
    ids = [version_id for _, version_id in items]
    both = select(Version, Asset).join(Asset, Asset.id == Version.asset_id).options(*WHOLE)
    rows = await db.execute(both.where(Version.project_id == project_id, Version.id.in_(ids)))
    versions = {version.id: (version, asset) for version, asset in rows}
    places, pieces = set(), []
    for position, (target_id, version_id) in enumerate(items):
        if target_id not in targets:
            words = f"There is no target {target_id} here."
            raise NotFound("One of the targets is not here.", errors=[at_item(position, "target_id", words)])
        if version_id not in versions:
            words = f"There is no version {version_id} here."
            raise NotFound("One of the versions is not here.", errors=[at_item(position, "version_id", words)])
        piece = Piece(position, targets[target_id], *versions[version_id])
        if piece.place in places:
            words = f"{piece.asset.key} goes to {piece.target.key} twice."
            raise Malformed(words, errors=[at_item(position, "version_id", words)])
        places.add(piece.place)
        pieces.append(piece)
    return pieces


async def pieces_of(db: AsyncSession, release: Release) -> list[Piece]:
    """Return the items of a release, to be proved and rendered."""
    rows = select(ReleaseItem).where(ReleaseItem.release_id == release.id).order_by(ReleaseItem.position)
    items = [(item.target_id, item.version_id) for item in (await db.execute(rows)).scalars()]
    return await find_pieces(db, release.project_id, items)


async def carry_out(db: AsyncSession, actor: Actor, release: Release, pieces: Sequence[Piece], made: Renditions) -> None:
    """Put each item where it belongs, or raise and name the one that cannot go there. `actor` does it, as who asked or for them."""
    asking = [actor] if actor.kind is not ActorKind.WORKER else await _people(db, release)
    locked = await slots.lock(db, release.project_id, [piece.place for piece in pieces])
    versions = await placing.lock_versions(db, [piece.version.id for piece in pieces])
    items = select(ReleaseItem).where(ReleaseItem.release_id == release.id)
    by_position = {item.position: item for item in (await db.execute(items)).scalars()}
    for piece in pieces:
        slot = locked[piece.place]
        now = Piece(piece.position, piece.target, versions[piece.version.id], piece.asset)
        for one in asking:
            check_asked(one, now)
        _check_confirmed(release, now)
        await check_fits(db, now, made)
        try:
            await placing.check_free(db, actor, piece.target, slot, over_pin=release.over_pin)
        except Refused as refused:
            raise piece.named(refused, at="target_id") from refused
        fitted = made[piece.target.id, piece.version.id]
        what = Placing(piece.target, piece.asset, now.version, DeploymentKind.DEPLOY, release.reason, release.ticket, audio=fitted)
        deployment = await placing.put(db, actor, slot, what, release_id=str(release.id))
        by_position[piece.position].deployment_id = deployment.id
    release.status, release.started_at = ReleaseStatus.LIVE, await clock(db)
    if release.ends_at is None:
        release.finished_at = release.started_at
    else:
        await enqueue(db, RELEASE, RELEASE, at=release.ends_at, release_id=str(release.id))
    await db.flush()


def check_asked(actor: Actor, piece: Piece) -> None:
    """Raise, naming the item, unless they may deploy there and the version is approved."""
    check_may(actor, piece)
    try:
        placing.check_version(piece.version)
    except Refused as refused:
        raise piece.named(refused) from refused


def check_may(actor: Actor, piece: Piece, action: Action = Action.DEPLOYMENT_CREATE) -> None:
    """Raise, naming the item, unless they may change what is live there."""
    try:
        placing.check_may(actor, piece.target, action)
    except Refused as refused:
        raise piece.named(refused, at="target_id") from refused


async def check_fits(db: AsyncSession, piece: Piece, made: Renditions) -> None:
    """Raise, naming the item, unless its target takes what it is heard as there."""
    try:
        fitted = made.get((piece.target.id, piece.version.id))
        if fitted is None:
            raise Conflict(placing.CHANGED, possible=[])
        await placing.check_fits(db, piece.target, piece.version, piece.asset, fitted)
    except Refused as refused:
        raise piece.named(refused) from refused


async def as_now(db: AsyncSession, person_id: UUID, key_id: UUID | None, project_id: UUID) -> Actor:
    """Return somebody with the roles and scopes they have at this moment, which may be none."""
    there = and_(Membership.person_id == person_id, Membership.project_id == project_id)
    member = select(Membership.role).join(Person, Person.id == Membership.person_id).where(there, Person.deactivated_at.is_(None))
    roles = {project_id: frozenset((await db.execute(member)).scalars())}
    if key_id is None:
        return Actor(ActorKind.PERSON, person_id, roles=roles)
    valid = select(ApiKey.scopes).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None), ApiKey.expires_at > func.now())
    scopes = (await db.execute(valid)).scalar_one_or_none() or []
    return Actor(ActorKind.KEY, person_id, key_id=key_id, scopes=frozenset(map(Scope, scopes)), roles=roles)


async def _people(db: AsyncSession, release: Release) -> list[Actor]:
    """Return who asked and who confirmed, as they are now."""
    asked = await as_now(db, release.requested_by_id, release.requested_key_id, release.project_id)
    if release.confirmed_by_id is None:
        return [asked]
    return [asked, await as_now(db, release.confirmed_by_id, None, release.project_id)]


def _check_confirmed(release: Release, piece: Piece) -> None:
    if piece.target.two_people and release.confirmed_by_id is None:
        words = f"{piece.target.key} takes two people by now, and nobody confirmed this."
        raise piece.named(Conflict(words, possible=[]), at="target_id")


def at_item(position: int, field: str, words: str) -> FieldError:
    """What is wrong with an item."""
    return FieldError(f"items.{position}.{field}", words)


def told(piece: Piece) -> dict[str, Any]:
    """What the record says of an item."""
    return {"target_id": str(piece.target.id), "asset_id": str(piece.asset.id), "version_id": str(piece.version.id)}


async def clock(db: AsyncSession) -> datetime:
    """Return the database's own time, by which releases begin and end."""
    now: datetime = (await db.execute(select(func.clock_timestamp()))).scalar_one()
    return now


def text(at: datetime | None) -> str | None:
    """Write a time for the record."""
    return None if at is None else at.astimezone(UTC).isoformat()


def shown(at: datetime) -> str:
    """Write a time for people."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
