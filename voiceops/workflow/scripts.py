"""Writing scripts: each wording of an asset once, numbered, with a note why it changed."""

import hashlib
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.config import settings
from voiceops.db import ask, new_id
from voiceops.errors import Malformed
from voiceops.models import Action, Asset, Script
from voiceops.models.actor import Actor
from voiceops.policy import authorize, find
from voiceops.providers.base import Pause, Span
from voiceops.providers.markup import MarkupError, parse
from voiceops.text import TextRefused, clean, position_as_sent

NEWEST_SAYS: Final = "select 1 from scripts where asset_id = %(asset)s and number = %(number)s and text = %(text)s"
WRITE: Final = """
    with counted as (
      update assets set script_count = script_count + 1, updated_at = now() where id = %(asset)s returning script_count
    )
    insert into scripts (id, project_id, asset_id, number, text, note, created_by_id)
    select %(id)s, %(project)s, %(asset)s, script_count, %(text)s, %(note)s, %(by)s from counted
    returning number, created_at
"""


async def write(db: AsyncSession, actor: Actor, asset_id: UUID, *, text: str, note: str | None = None) -> Script:
    """Return the asset's newest script if it says just this, else write a new one."""
    asset = await find(db, actor, Asset, asset_id, lock=True)
    authorize(actor, Action.SCRIPT_CREATE, asset.project_id)
    text, _ = check(text)
    if await ask(db, NEWEST_SAYS, {"asset": asset.id, "number": asset.script_count, "text": text}):
        return await _numbered(db, asset.id, asset.script_count)
    script = Script(id=new_id(), project_id=asset.project_id, asset_id=asset.id, text=text, note=note, created_by_id=actor.person)
    values = {"id": script.id, "project": asset.project_id, "asset": asset.id, "text": text, "note": note, "by": actor.person}
    ((script.number, script.created_at),) = await ask(db, WRITE, values)
    changes = {"number": script.number, "sha256": hashlib.sha256(text.encode()).hexdigest(), "characters": len(text)}
    await record(db, actor, Action.SCRIPT_CREATE, script, reason=note, changes=changes)
    return script


async def of_asset(db: AsyncSession, actor: Actor, asset_id: UUID, script_id: UUID) -> Script:
    """Return a script of this asset; raises `Malformed` for one of another."""
    await find(db, actor, Asset, asset_id)
    script = (await db.execute(select(Script).where(Script.id == script_id, Script.asset_id == asset_id))).scalar_one_or_none()
    if script is None:
        raise Malformed.field("script_id", "This asset has no such script.")
    return script


def check(text: str) -> tuple[str, tuple[Span | Pause, ...]]:
    """Return the text as it will be kept and what it says; raises `Malformed` naming the field and the position as sent."""
    try:
        cleaned = clean(text, maximum=settings().max_script_characters, empty="This is empty: there is nothing to say.")
        return cleaned, parse(cleaned)
    except TextRefused as error:
        raise Malformed.field("text", error.message, error.position) from error
    except MarkupError as error:
        position = position_as_sent(text, error.position)
        raise Malformed.field("text", error.message, position) from error


async def _numbered(db: AsyncSession, asset_id: UUID, number: int) -> Script:
    """Return the asset's script of that number; its count is that of the newest."""
    query = select(Script).where(Script.asset_id == asset_id, Script.number == number)
    return (await db.execute(query)).scalar_one()
