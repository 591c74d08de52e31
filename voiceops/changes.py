"""Telling every process that something changed, when and only when its transaction commits (LISTEN/NOTIFY)."""

import json
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.db import ask

CHANNEL: Final = "voiceops"


@dataclass(frozen=True, slots=True)
class Change:
    """What changed, by name and id alone: whoever hears of it fetches what they may see."""

    type: str
    id: str
    action: str
    project_id: str | None = None
    asset_id: str | None = None
    status: str | None = None
    progress: float | None = None
    version_id: str | None = None


async def announce(db: AsyncSession, change: Change) -> None:
    """Send `change` at commit."""
    await ask(db, "select pg_notify(%(channel)s, %(change)s)", {"channel": CHANNEL, "change": written(change)})


def written(change: Change) -> str:
    """Write `change` as it is sent."""
    return json.dumps({name: value for name, value in asdict(change).items() if value is not None})


def read(payload: str) -> Change:
    """Read what `announce` sent, whatever its release adds to it; raises `ValueError` for what is no change."""
    told = json.loads(payload)
    try:
        return Change(**{name: told[name] for name in Change.__slots__ if name in told})
    except TypeError as error:
        raise ValueError(f"no change: {error}") from error
