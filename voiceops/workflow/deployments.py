"""Changing what is live on a target: deploying, rolling back, retiring, pinning.

Stored bytes are read and hashed anew before each deployment. That takes as long as the store takes, so it is done between two
transactions: `look` finds what is to be proved, and `deploy` or `roll_back` act on what is still so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from voiceops import evidence, slots
from voiceops.audit import record
from voiceops.errors import Conflict, FieldError, Forbidden, Malformed, NotFound
from voiceops.models import Action, Asset, Deployment, DeploymentKind, Role, Slot, Status, Target, Version
from voiceops.models.actor import Actor, ActorKind
from voiceops.models.target import Deployers
from voiceops.policy import allowed, authorize, find
from voiceops.slots import Placing

WHOLE: Final = (joinedload(Version.script, innerjoin=True), joinedload(Version.audio, innerjoin=True))
ACTIONS: Final = {
    DeploymentKind.DEPLOY: Action.DEPLOYMENT_CREATE,
    DeploymentKind.ROLLBACK: Action.DEPLOYMENT_ROLLBACK,
    DeploymentKind.RETIRE: Action.DEPLOYMENT_RETIRE,
}


@dataclass(frozen=True, slots=True)
class Why:
    """Why something is deployed, and where that was agreed on. `over_pin`: also where it is pinned."""

    reason: str
    ticket: str | None = None
    over_pin: bool = False


async def look(db: AsyncSession, actor: Actor, target_id: UUID, version_id: UUID) -> str:
    """Return the hash of the audio to be proved, if this version may be deployed there now."""
    target, version = await _both(db, actor, target_id, version_id)
    _check_may(actor, target, Action.DEPLOYMENT_CREATE)
    _check_version(target, version, await _asset(db, version))
    return version.audio_sha256


async def deploy(db: AsyncSession, actor: Actor, target_id: UUID, version_id: UUID, why: Why) -> Deployment:
    """Make a version live on a target."""
    target, version = await _both(db, actor, target_id, version_id)
    _check_may(actor, target, Action.DEPLOYMENT_CREATE)
    asset = await _asset(db, version)
    slot = await _slot(db, target, asset)
    version = await find(db, actor, Version, version_id, lock=True, load=WHOLE)  # after the slot, as a rollback does
    _check_version(target, version, asset)
    await _check_free(db, actor, target, slot, over_pin=why.over_pin)
    placing = Placing(target, asset, version, DeploymentKind.DEPLOY, why.reason, why.ticket)
    return await _put(db, actor, slot, placing)


async def look_back(db: AsyncSession, actor: Actor, target_id: UUID, asset_id: UUID) -> str:
    """Return the hash of the audio to be proved, if there is something to roll back to."""
    target, asset = await _target_and_asset(db, actor, target_id, asset_id)
    _check_may(actor, target, Action.DEPLOYMENT_ROLLBACK)
    slot = await _slot(db, target, asset)
    return (await _earlier(db, slot))[1].audio_sha256


async def roll_back(db: AsyncSession, actor: Actor, target_id: UUID, asset_id: UUID, why: Why, *, proven: str) -> Deployment:
    """Make the version live again that was there before: the newest that was not itself rolled back from and is still approved."""
    target, asset = await _target_and_asset(db, actor, target_id, asset_id)
    _check_may(actor, target, Action.DEPLOYMENT_ROLLBACK)
    slot = await _slot(db, target, asset)
    await _check_free(db, actor, target, slot, over_pin=why.over_pin)
    earlier, version = await _earlier(db, slot)
    if version.audio_sha256 != proven:
        raise Conflict("What was live here before has just changed. Look again.", possible=_possible(slot))
    placing = Placing(
        target, asset, version, DeploymentKind.ROLLBACK, why.reason, why.ticket, restores=earlier.restores_id or earlier.id
    )
    return await _put(db, actor, slot, placing)


async def retire(db: AsyncSession, actor: Actor, target_id: UUID, asset_id: UUID, why: Why) -> Deployment:
    """Leave nothing live of an asset on a target."""
    target, asset = await _target_and_asset(db, actor, target_id, asset_id)
    _check_may(actor, target, Action.DEPLOYMENT_RETIRE)
    slot = await _slot(db, target, asset)
    if slot.version_id is None:
        raise Conflict("Nothing of this asset is live here.", possible=_possible(slot))
    await _check_free(db, actor, target, slot, over_pin=why.over_pin)
    return await _put(db, actor, slot, Placing(target, asset, None, DeploymentKind.RETIRE, why.reason, why.ticket))


async def pin(db: AsyncSession, actor: Actor, target_id: UUID, asset_id: UUID, *, reason: str) -> Deployment:
    """Keep what is live: no key and no schedule replaces it, and a person only by saying so."""
    deployment, slot = await _live(db, actor, target_id, asset_id, Action.DEPLOYMENT_PIN)
    if slot.pinned_at is not None:
        raise Conflict("This is pinned already.", possible=_possible(slot))
    slot.pinned_at, slot.pinned_by_id, slot.pin_reason = func.now(), actor.person, reason
    await db.flush()
    await record(db, actor, Action.DEPLOYMENT_PIN, deployment, reason=reason, changes={"target_id": str(target_id)})
    return deployment


async def unpin(db: AsyncSession, actor: Actor, target_id: UUID, asset_id: UUID, *, reason: str) -> Deployment:
    """Let what is live be replaced as usual."""
    deployment, slot = await _live(db, actor, target_id, asset_id, Action.DEPLOYMENT_UNPIN)
    if slot.pinned_at is None:
        raise Conflict("This is not pinned.", possible=_possible(slot))
    slot.pinned_at = slot.pinned_by_id = slot.pin_reason = None
    await db.flush()
    await record(db, actor, Action.DEPLOYMENT_UNPIN, deployment, reason=reason, changes={"target_id": str(target_id)})
    return deployment


def can(actor: Actor, target: Target) -> list[Action]:
    """Return what somebody may do to a target, which may be for owners alone."""
    open_to_all = target.deployers is Deployers.PUBLISHERS or _owns(actor, target)
    return [action for action in allowed(actor, target) if open_to_all or action is Action.TARGET_UPDATE]


async def _put(db: AsyncSession, actor: Actor, slot: Slot, placing: Placing) -> Deployment:
    before = slot.version_id
    deployment = await slots.put(db, actor, slot, placing)
    await record(db, actor, ACTIONS[placing.kind], deployment, reason=placing.reason, changes=slots.told(before, deployment))
    return deployment


async def _both(db: AsyncSession, actor: Actor, target_id: UUID, version_id: UUID) -> tuple[Target, Version]:
    """Find them in one project."""
    target = await find(db, actor, Target, target_id)
    version = await find(db, actor, Version, version_id, load=WHOLE)
    if version.project_id != target.project_id:
        raise NotFound(f"There is no version {version_id} in the project of this target.")
    return target, version


async def _target_and_asset(db: AsyncSession, actor: Actor, target_id: UUID, asset_id: UUID) -> tuple[Target, Asset]:
    target = await find(db, actor, Target, target_id)
    asset = await find(db, actor, Asset, asset_id)
    if asset.project_id != target.project_id:
        raise NotFound(f"There is no asset {asset_id} in the project of this target.")
    return target, asset


async def _asset(db: AsyncSession, version: Version) -> Asset:
    return (await db.execute(select(Asset).where(Asset.id == version.asset_id))).scalar_one()


def _check_may(actor: Actor, target: Target, action: Action) -> None:
    authorize(actor, action, target.project_id)
    if target.deployers is Deployers.OWNERS and not _owns(actor, target):
        raise Forbidden(f"Only owners change what is live on {target.key}.")


def _owns(actor: Actor, target: Target) -> bool:
    return Role.OWNER in actor.roles.get(target.project_id, ())


def _check_version(target: Target, version: Version, asset: Asset) -> None:
    """Raise `Conflict` unless it is approved, is what was approved, and speaks a language of the target's."""
    if version.status is not Status.APPROVED:
        words = f"This version is {version.status.replace('_', ' ')}; only an approved one can be deployed."
        raise Conflict(words, errors=[FieldError("version_id", words)], possible=[str(step) for step in version.steps])
    evidence.check_whole(version, deed="deploy")
    if target.languages and asset.language not in target.languages:
        raise Malformed.field("version_id", f"{target.key} takes {', '.join(target.languages)}; this is {asset.language}.")


async def _check_free(db: AsyncSession, actor: Actor, target: Target, slot: Slot, *, over_pin: bool) -> None:
    now: datetime = (await db.execute(select(func.now()))).scalar_one()
    if target.frozen(now) and target.frozen_until:
        raise Conflict(f"{target.key} is frozen until {target.frozen_until:%Y-%m-%d %H:%M} UTC.", possible=[])
    if slot.pinned_at is not None and not (over_pin and actor.kind is ActorKind.PERSON):
        words = f"This is pinned: {slot.pin_reason} Only a person replaces it, who says so (over_pin)."
        raise Conflict(words, errors=[FieldError("over_pin", words)], possible=[Action.DEPLOYMENT_UNPIN])


async def _live(db: AsyncSession, actor: Actor, target_id: UUID, asset_id: UUID, action: Action) -> tuple[Deployment, Slot]:
    target, asset = await _target_and_asset(db, actor, target_id, asset_id)
    _check_may(actor, target, action)
    slot = await _slot(db, target, asset)
    if slot.version_id is None:
        raise Conflict("Nothing of this asset is live here.", possible=_possible(slot))
    return (await db.execute(select(Deployment).where(Deployment.id == slot.deployment_id))).scalar_one(), slot


async def _earlier(db: AsyncSession, slot: Slot) -> tuple[Deployment, Version]:
    """Return what a rollback restores; raise `Conflict` if there is nothing."""
    earlier = await slots.predecessor(db, slot)
    if earlier is None:
        possible = [action for action in _possible(slot) if action != Action.DEPLOYMENT_ROLLBACK]
        raise Conflict("Nothing was live here before that could be again.", possible=possible)
    whole = select(Version).where(Version.id == earlier.version_id).options(*WHOLE).with_for_update(of=Version)
    version = (await db.execute(whole)).scalar_one()
    evidence.check_whole(version, deed="deploy")
    return earlier, version


async def _slot(db: AsyncSession, target: Target, asset: Asset) -> Slot:
    """Return what is live of an asset on a target, locked."""
    return (await slots.lock(db, target.project_id, [(target.id, asset.id)]))[target.id, asset.id]


def _possible(slot: Slot) -> Sequence[str]:
    if slot.version_id is None:
        return [Action.DEPLOYMENT_CREATE]
    turn = Action.DEPLOYMENT_PIN if slot.pinned_at is None else Action.DEPLOYMENT_UNPIN
    return [Action.DEPLOYMENT_CREATE, Action.DEPLOYMENT_ROLLBACK, Action.DEPLOYMENT_RETIRE, turn]
