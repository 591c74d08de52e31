"""Bringing audio back: a worker made the very same bytes again, so whatever version names them can be heard once more."""

import hashlib
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops import blobs
from voiceops.audit import record
from voiceops.models import Action, Generation, Version
from voiceops.models.actor import Actor, ActorKind
from voiceops.policy import authorize
from voiceops.storage import Store

WHY: Final = "Somebody made the very same audio again."


async def bring_back(db: AsyncSession, store: Store, data: bytes, media_type: str, *, generation_id: UUID) -> None:
    """Store dropped bytes anew and tell of each version that has its audio again. Raises what the store does.

    Other projects learn that it came back, and not by whose take, which is none of their business.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    if not await blobs.bring_back(db, store, data, media_type, sha256=sha256):
        return  # somebody else was faster, and told it
    made = await db.get_one(Generation, generation_id)
    query = select(Version).where(Version.audio_sha256 == sha256).order_by(Version.id)
    for version in (await db.execute(query)).scalars():
        here = version.project_id == made.project_id
        actor = Actor.worker_for(made.requested_by_id) if here else Actor(ActorKind.WORKER)
        authorize(actor, Action.AUDIO_RETURN, version.project_id)
        changes = {"audio_sha256": sha256, "bytes": len(data), "generation_id": str(made.id) if here else None}
        await record(db, actor, Action.AUDIO_RETURN, version, reason=WHY, changes=changes)
