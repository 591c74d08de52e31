"""Renditions that were made are kept: found again, with the day they were last wanted, and entered once their bytes are stored.

No action of anybody's and in no record: they say nothing that their version does not say.
"""

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.acceptance import Fitted
from voiceops.errors import Gone
from voiceops.models import Blob, Rendition, Version
from voiceops.models.version import BlobState
from voiceops.profiles import Profile
from voiceops.rendering import Rendered


def check_there(audio: Blob) -> None:
    """Raise `Gone` if a version's audio was dropped, whatever else was made of it."""
    if audio.state is BlobState.DROPPED:
        raise Gone("The audio of this version was dropped; only what was recorded of it is left.")


async def kept(db: AsyncSession, version: Version, profile: Profile) -> Blob | None:
    """Return the bytes of a rendition that somebody asked for before, and note that somebody does today."""
    this = (Rendition.version_id == version.id, Rendition.profile == profile.name)
    query = select(Blob, Rendition.used_on < func.current_date()).join(Rendition, Rendition.sha256 == Blob.sha256)
    found = (await db.execute(query.where(*this, Blob.state == BlobState.STORED))).one_or_none()
    if found is None:
        return None
    audio, earlier = found
    if earlier:
        await db.execute(update(Rendition).where(*this).values(used_on=func.current_date()))
    return audio


async def fitted(db: AsyncSession, version: Version, profile: Profile) -> Fitted | None:
    """Return a rendition that was made and measured before, as `kept` does."""
    audio = await kept(db, version, profile)
    if audio is None:
        return None
    this = (Rendition.version_id == version.id, Rendition.profile == profile.name)
    measured = (await db.execute(select(Rendition.measurements).where(*this))).scalar_one()
    return Fitted(profile, audio.sha256, audio.bytes, measured) if measured else None


async def keep(db: AsyncSession, version: Version, profile: Profile, made: Rendered) -> Blob:
    """Enter a rendition whose bytes are stored. Raises `Gone` if its master was dropped while it was made."""
    locked = select(Blob).where(Blob.sha256 == version.audio_sha256).with_for_update(read=True)
    check_there((await db.execute(locked.execution_options(populate_existing=True))).scalar_one())
    audio: dict[str, Any] = {"sha256": made.sha256, "bytes": made.bytes, "media_type": profile.kind.media_type}
    there = insert(Blob).values(**audio, state=BlobState.STORED)
    await db.execute(there.on_conflict_do_update(index_elements=["sha256"], set_={"state": BlobState.STORED}))
    of = {"version_id": version.id, "project_id": version.project_id, "asset_id": version.asset_id}
    new = insert(Rendition).values(**of, profile=profile.name, sha256=made.sha256, measurements=made.measured)
    now = {"sha256": made.sha256, "measurements": made.measured, "created_at": func.now(), "used_on": func.current_date()}
    await db.execute(new.on_conflict_do_update(index_elements=["version_id", "profile"], set_=now))
    return Blob(**audio)
