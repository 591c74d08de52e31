"""Fitting versions to targets: what is proved, and rendered where that is missing, with no transaction open meanwhile."""

from voiceops import evidence
from voiceops.acceptance import Fitted
from voiceops.db import Database
from voiceops.errors import Unavailable
from voiceops.models import Version
from voiceops.profiles import Profile
from voiceops.rendering import NotRendered, Renderer
from voiceops.storage import Store
from voiceops.workflow import renditions


async def prove(
    database: Database, store: Store, renderer: Renderer, version: Version, profile: Profile, *, proven: set[str] | None = None
) -> Fitted:
    """Read the stored audio and hash it anew, unless its hash is among the `proven`, and return the version as the profile has it.

    Raises what keeps it from being deployed.
    """
    if proven is None or version.audio_sha256 not in proven:
        await evidence.prove(store, version.audio_sha256, deed="deploy", possible=())
    if proven is not None:
        proven.add(version.audio_sha256)
    return await fit(database, renderer, version, profile)


async def fit(database: Database, renderer: Renderer, version: Version, profile: Profile) -> Fitted:
    """Return the version as the profile has it, measured: a second for each minute of audio the first time.

    Raises `Unavailable` where it cannot be made now.
    """
    async with database.session.begin() as db:
        found = await renditions.fitted(db, version, profile)
    if found is not None:
        return found
    try:
        made = await renderer.render(version.audio_sha256, profile, seconds=version.duration_ms / 1000)
    except NotRendered as error:
        raise Unavailable(error.message) from error
    async with database.session.begin() as db:
        await renditions.keep(db, version, profile, made)
    return Fitted(profile, made.sha256, made.bytes, made.measured or {})
