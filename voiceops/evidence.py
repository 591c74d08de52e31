"""Whether a version still is what its fingerprint was made of: asked again at each approval and each deployment."""

from collections.abc import Sequence

import structlog

from voiceops.errors import Conflict, FieldError, Unavailable
from voiceops.models import Action, Version
from voiceops.models.version import fingerprint
from voiceops.storage import BlobMissing, StorageError, Store

log = structlog.get_logger()


def check_whole(version: Version, *, deed: str) -> None:
    """Raise `Conflict` if the row no longer says what its fingerprint covers, or its audio was dropped.

    Script and audio have to be loaded. `deed` is what nobody can do then: "approve".
    """
    version.check_kept()
    now = fingerprint(
        script=version.script.text,
        voice=version.voice,
        provider=version.provider,
        delivery=version.delivery,
        audio_sha256=version.audio_sha256,
    )
    if now != version.fingerprint:
        log.error("evidence_refused", deed=deed, version_id=str(version.id), fingerprint=version.fingerprint, computed=now)
        words = (
            f"Script, voice, delivery or audio of this version are not those its fingerprint was made of, so nobody can {deed} it."
        )
        raise Conflict(words, errors=[FieldError("fingerprint", words)], possible=version.left)


async def prove(store: Store, audio_sha256: str, *, deed: str, possible: Sequence[Action]) -> None:
    """Read the stored audio and raise `Conflict` unless it still has the hash that the fingerprint covers.

    That takes as long as the store takes, so it is done outside a transaction.
    """
    try:
        same = await store.verify(audio_sha256)
    except BlobMissing as error:
        raise _refuse(audio_sha256, f"The audio is not in the storage, so nobody can {deed} it.", possible) from error
    except StorageError as error:
        raise Unavailable(f"{error.message} Nothing was done.", retry_after=5) from error
    if not same:
        words = "The stored audio is not what was generated: it no longer has the hash it was stored under."
        raise _refuse(audio_sha256, words, possible)


def _refuse(audio_sha256: str, words: str, possible: Sequence[Action]) -> Conflict:
    log.error("evidence_refused", audio_sha256=audio_sha256, why=words)
    return Conflict(words, errors=[FieldError("audio", words)], possible=[str(action) for action in possible])
