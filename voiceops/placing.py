"""What has to hold before something goes live in a slot, whoever puts it there: a deployment, a rollback, a release."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, undefer

from voiceops import acceptance, evidence, slots
from voiceops.acceptance import Checked, Fitted
from voiceops.audit import record
from voiceops.errors import Conflict, FieldError, Forbidden
from voiceops.models import Action, Asset, Blob, Deployment, DeploymentKind, Slot, Status, Target, Version
from voiceops.models.actor import Actor, ActorKind
from voiceops.models.target import Deployers
from voiceops.models.version import BlobState
from voiceops.policy import authorize, owns
from voiceops.slots import Placing

WHOLE: Final = (joinedload(Version.script, innerjoin=True), joinedload(Version.audio, innerjoin=True), undefer(Version.words))
ACTIONS: Final = {
    DeploymentKind.DEPLOY: Action.DEPLOYMENT_CREATE,
    DeploymentKind.ROLLBACK: Action.DEPLOYMENT_ROLLBACK,
    DeploymentKind.RETIRE: Action.DEPLOYMENT_RETIRE,
    DeploymentKind.RETURN: Action.DEPLOYMENT_RETURN,
}
CHANGED: Final = "What was looked at has just changed. Look again."


def check_may(actor: Actor, target: Target, action: Action) -> None:
    """Raise `Forbidden` unless they may do this on that target, which may be for owners alone."""
    authorize(actor, action, target.project_id)
    if target.deployers is Deployers.OWNERS and not owns(actor, target.project_id):
        raise Forbidden(f"Only owners change what is live on {target.key}.")


def check_version(version: Version) -> None:
    """Raise `Conflict` unless it is approved, and is what was approved."""
    if version.status is not Status.APPROVED:
        words = f"This version is {version.status.replace('_', ' ')}; only an approved one can be deployed."
        raise Conflict(words, errors=[FieldError("version_id", words)], possible=[str(step) for step in version.steps])
    evidence.check_whole(version, deed="deploy")


async def check_fits(db: AsyncSession, target: Target, version: Version, asset: Asset, fitted: Fitted) -> None:
    """Raise `Conflict` unless it is rendered as the target wants it by now, and the target takes what came of that."""
    if fitted.profile != target.accepts.rendering:
        raise Conflict(CHANGED, possible=[])
    failed = [one for one in acceptance.heard(target, version, asset, fitted) if not one.ok]
    if failed:
        errors = [FieldError(f"acceptance.{one.code}", one.message) for one in failed]
        raise Conflict(f"{target.key} does not take this: {failed[0].message}", errors=errors, possible=[])
    await check_stored(db, fitted)


async def check_stored(db: AsyncSession, fitted: Fitted) -> None:
    """Raise `Conflict` if the file was dropped meanwhile; else it stays until this transaction ends."""
    kept = select(Blob.state).where(Blob.sha256 == fitted.sha256).with_for_update(read=True)
    if (await db.execute(kept)).scalar_one_or_none() is not BlobState.STORED:
        raise Conflict(CHANGED, possible=[])


async def free(db: AsyncSession, actor: Actor, target: Target, slot: Slot | None, *, over_pin: bool) -> Checked:
    """Tell whether neither a freeze nor a pin keeps what is live there."""
    now: datetime = (await db.execute(select(func.now()))).scalar_one()
    if target.frozen(now) and target.frozen_until:
        words = f"{target.key} is frozen until {target.frozen_until:%Y-%m-%d %H:%M} UTC."
        return Checked("free", ok=False, message=words, measured="frozen", bound=None)
    if slot is not None and slot.pinned_at is not None and not (over_pin and actor.kind is not ActorKind.KEY):
        words = f"This is pinned: {slot.pin_reason} Only a person replaces it, who says so (over_pin)."
        return Checked("free", ok=False, message=words, measured="pinned", bound=None)
    return Checked("free", ok=True, message="Nothing keeps what is live there.", measured="free", bound=None)


async def check_free(db: AsyncSession, actor: Actor, target: Target, slot: Slot, *, over_pin: bool) -> None:
    """Raise `Conflict` if a freeze or a pin keeps what is live."""
    found = await free(db, actor, target, slot, over_pin=over_pin)
    if not found.ok:
        pinned = found.measured == "pinned"
        errors = [FieldError("over_pin", found.message)] if pinned else []
        raise Conflict(found.message, errors=errors, possible=[Action.DEPLOYMENT_UNPIN] if pinned else [])


async def put(db: AsyncSession, actor: Actor, slot: Slot, placing: Placing, **told: Any) -> Deployment:  # noqa: ANN401 - JSON
    """Put it in a slot that is locked, and record that with what else is to be told."""
    before = slot.version_id
    deployment = await slots.put(db, actor, slot, placing)
    changes = {**slots.told(before, deployment), **told}
    await record(db, actor, ACTIONS[placing.kind], deployment, reason=placing.reason, changes=changes)
    return deployment


async def lock_versions(db: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Version]:
    """Return versions as they are now and stay; after their slots, and in one order. Who only names one, as a release, goes on."""
    query = (
        select(Version).where(Version.id.in_(ids)).order_by(Version.id).options(*WHOLE).with_for_update(of=Version, key_share=True)
    )
    rows = (await db.execute(query, execution_options={"populate_existing": True})).scalars()
    return {version.id: version for version in rows}
