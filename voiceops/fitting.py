"""Fitting versions to targets: the rendition a target would play, made where it is missing, with no transaction open meanwhile."""

from voiceops.acceptance import Fitted
from voiceops.db import Database
from voiceops.errors import Unavailable
from voiceops.models import Version
from voiceops.profiles import Profile
from voiceops.rendering import NotRendered, Renderer
from voiceops.workflow import renditions


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
