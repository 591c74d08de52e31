"""Changing what is live on a target: deploying, rolling back, retiring, pinning.

Stored bytes are read and hashed anew before each deployment, and rendered as the target plays them. That takes a while, so it is
done between two transactions: `look` finds what is to be proved, and `deploy` or `roll_back` act on what is still so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops import evidence, slots
from voiceops.acceptance import Checked, Fitted, heard, heard_then
from voiceops.audit import record
from voiceops.errors import Conflict, NotFound, Refused
from voiceops.models import Action, Asset, Deployment, DeploymentKind, Slot, Status, Target, Version
from voiceops.models.actor import Actor
from voiceops.models.target import Deployers
from voiceops.placing import (
    CHANGED,
    WHOLE,
    check_fits,
    check_free,
    check_may,
    check_stored,
    check_version,
    free,
    lock_versions,
    put,
)
from voiceops.policy import allowed, find, owns
from voiceops.profiles import Profile
from voiceops.slots import Placing


@dataclass(frozen=True, slots=True)
class Why:
    """Why something is deployed, and where that was agreed on. `over_pin`: also where it is pinned."""

    reason: str
    ticket: str | None = None
    over_pin: bool = False


@dataclass(frozen=True, slots=True)
class Sought:
    """What is to be proved and rendered before it can go live."""

    target: Target
    version: Version
    asset: Asset
    profile: Profile


async def see(db: AsyncSession, actor: Actor, target_id: UUID, version_id: UUID) -> Sought:
    """Return a version and the target it is held against, whatever may be done with them."""
    target, version = await _both(db, actor, target_id, version_id)
    return Sought(target, version, await _asset(db, version), target.accepts.rendering)


async def look(db: AsyncSession, actor: Actor, target_id: UUID, version_id: UUID) -> Sought:
    """Return what is to be proved, if this version may be deployed there now."""
    sought = await see(db, actor, target_id, version_id)
    _check_one_may(actor, sought.target)
    check_version(sought.version)
    return sought


async def checks(db: AsyncSession, actor: Actor, sought: Sought, *, whole: Checked, fitted: Fitted | None) -> list[Checked]:
    """Tell of each check whether a deployment would pass it now. `whole` is what the proof of the stored bytes came to."""
    version = sought.version
    ok = version.status is Status.APPROVED
    words = "It is approved." if ok else f"It is {version.status.replace('_', ' ')}; only an approved one can be deployed."
    slot = await db.get(Slot, (sought.target.id, sought.asset.id))
    return [
        Checked("approved", ok, words, str(version.status), str(Status.APPROVED)),
        whole,
        *(heard(sought.target, version, sought.asset, fitted) if fitted else ()),
        await free(db, actor, sought.target, slot, over_pin=False),
    ]


def proved(version: Version) -> Checked:
    """Tell whether a version is still what its fingerprint was made of."""
    try:
        evidence.check_whole(version, deed="deploy")
    except Refused as refused:
        return Checked("fingerprint", ok=False, message=refused.detail, measured=None, bound=version.fingerprint)
    return Checked(
        "fingerprint", ok=True, message="It is what was approved.", measured=version.fingerprint, bound=version.fingerprint
    )


async def deploy(db: AsyncSession, actor: Actor, sought: Sought, why: Why, *, fitted: Fitted) -> Deployment:
    """Make a version live on a target, as it was rendered for it."""
    target, version = await _both(db, actor, sought.target.id, sought.version.id)
    _check_one_may(actor, target)
    asset = await _asset(db, version)
    slot = await _slot(db, target, asset)
    version = (await lock_versions(db, [version.id]))[version.id]  # after the slot, as a rollback does
    check_version(version)
    await check_fits(db, target, version, asset, fitted)
    await check_free(db, actor, target, slot, over_pin=why.over_pin)
    placing = Placing(target, asset, version, DeploymentKind.DEPLOY, why.reason, why.ticket, audio=fitted)
    return await put(db, actor, slot, placing)


async def look_back(db: AsyncSession, actor: Actor, target_id: UUID, asset_id: UUID) -> Sought:
    """Return what is to be proved, if there is something to roll back to: as it was heard when it was live."""
    target, asset = await _target_and_asset(db, actor, target_id, asset_id)
    check_may(actor, target, Action.DEPLOYMENT_ROLLBACK)
    earlier, version = await _earlier(db, await _slot(db, target, asset))
    return Sought(target, version, asset, heard_then(earlier, target))


async def roll_back(db: AsyncSession, actor: Actor, sought: Sought, why: Why, *, fitted: Fitted) -> Deployment:
    """Make the version live again that was there before: the newest that was not itself rolled back from and is still approved.

    It was accepted once, so it is not held against what the target accepts by now: coming back from a mistake waits for nothing.
    """
    target, asset = await _target_and_asset(db, actor, sought.target.id, sought.asset.id)
    check_may(actor, target, Action.DEPLOYMENT_ROLLBACK)
    slot = await _slot(db, target, asset)
    await check_free(db, actor, target, slot, over_pin=why.over_pin)
    earlier, version = await _earlier(db, slot)
    if version.id != sought.version.id:
        raise Conflict(CHANGED, possible=_possible(slot))
    await check_stored(db, fitted)
    restores = earlier.restores_id or earlier.id
    placing = Placing(target, asset, version, DeploymentKind.ROLLBACK, why.reason, why.ticket, restores, fitted)
    return await put(db, actor, slot, placing)


async def retire(db: AsyncSession, actor: Actor, target_id: UUID, asset_id: UUID, why: Why) -> Deployment:
    """Leave nothing live of an asset on a target."""
    target, asset = await _target_and_asset(db, actor, target_id, asset_id)
    check_may(actor, target, Action.DEPLOYMENT_RETIRE)
    slot = await _slot(db, target, asset)
    if slot.version_id is None:
        raise Conflict("Nothing of this asset is live here.", possible=_possible(slot))
    await check_free(db, actor, target, slot, over_pin=why.over_pin)
    return await put(db, actor, slot, Placing(target, asset, None, DeploymentKind.RETIRE, why.reason, why.ticket))


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
    open_to_all = target.deployers is Deployers.PUBLISHERS or owns(actor, target.project_id)
    return [action for action in allowed(actor, target) if open_to_all or action is Action.TARGET_UPDATE]


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


def _check_one_may(actor: Actor, target: Target) -> None:
    """Raise unless they may deploy there, and by themselves."""
    check_may(actor, target, Action.DEPLOYMENT_CREATE)
    if target.two_people:
        words = f"{target.key} takes two people: ask for a release, and a second person confirms it."
        raise Conflict(words, possible=[Action.RELEASE_CREATE])


async def _live(db: AsyncSession, actor: Actor, target_id: UUID, asset_id: UUID, action: Action) -> tuple[Deployment, Slot]:
    target, asset = await _target_and_asset(db, actor, target_id, asset_id)
    check_may(actor, target, action)
    slot = await _slot(db, target, asset)
    if slot.version_id is None:
        raise Conflict("Nothing of this asset is live here.", possible=_possible(slot))
    return (await db.execute(select(Deployment).where(Deployment.id == slot.deployment_id))).scalar_one(), slot


async def _earlier(db: AsyncSession, slot: Slot) -> tuple[Deployment, Version]:
    """Return what a rollback restores; raise `Conflict` if there is nothing."""
    earlier = await slots.predecessor(db, slot)
    if earlier is None or earlier.version_id is None:
        possible = [action for action in _possible(slot) if action != Action.DEPLOYMENT_ROLLBACK]
        raise Conflict("Nothing was live here before that could be again.", possible=possible)
    version = (await lock_versions(db, [earlier.version_id]))[earlier.version_id]
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
