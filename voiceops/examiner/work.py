"""What a worker does with an examination: it lets everybody who waits for speech go first, then examines, then settles."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final
from uuid import UUID

import structlog

from voiceops.db import Database
from voiceops.examiner.process import Examiner, ExaminerLost
from voiceops.examiner.subject import Subject
from voiceops.jobs import Again
from voiceops.providers import voice
from voiceops.providers.base import Provider, Support
from voiceops.storage import BlobMissing, StorageError, Store
from voiceops.workflow import examining
from voiceops.workflow.examining import Held

log = structlog.get_logger()

LOOK_SECONDS: Final = 0.4
QUIET_LOOKS: Final = 3
"""So often in a row nobody may wait: between two requests of one who works quickly there are quiet moments too."""
LONGEST_WAIT_SECONDS: Final = 60.0
"""Where somebody always waits it is examined all the same, with what the processors have to spare."""
ATTEMPTS: Final = 5
STORAGE_BACK_SECONDS: Final = 30.0


async def perform(
    database: Database, store: Store, providers: Mapping[str, Provider], examiner: Examiner, version_id: UUID
) -> None:
    """Make one attempt at an examination. Raises `Again` to be called once more."""
    await _until_quiet(database)
    async with database.session.begin() as db:
        held = await examining.claim(db, version_id)
    if held is None:
        return
    try:
        audio = await store.get(held.audio_sha256)
        report = await examiner.examine(_subject(held, providers), audio, seconds=held.duration_ms / 1000)
    except ExaminerLost as error:
        log.warning("examiner_lost", version_id=str(version_id), attempt=held.attempt, error=str(error))
        if held.attempt < ATTEMPTS:
            raise Again(float(held.attempt)) from error
        await _fail(database, held, "Examining this audio failed each time it was tried.")
    except BlobMissing:
        await _fail(database, held, "The audio is not in the storage any more.")
    except StorageError as error:
        raise Again(STORAGE_BACK_SECONDS) from error
    except ValueError as error:
        await _fail(database, held, str(error))
    else:
        facts = {**report.facts, "cpu_ms": report.cpu_ms}
        found = {name: value for name, value in asdict(report).items() if name not in {"cpu_ms", "facts"}}
        async with database.session.begin() as db:
            await examining.settle(db, held, facts=facts, **found)


async def _until_quiet(database: Database) -> None:
    """Look now and then; one job waits like this in each worker, and the others of its queue behind it."""
    deadline = asyncio.get_running_loop().time() + LONGEST_WAIT_SECONDS
    quiet = 0
    while quiet < QUIET_LOOKS and asyncio.get_running_loop().time() < deadline:
        async with database.session() as db:
            quiet = 0 if await examining.is_busy(db) else quiet + 1
        await asyncio.sleep(LOOK_SECONDS)


async def _fail(database: Database, held: Held, error: str) -> None:
    async with database.session.begin() as db:
        await examining.fail(db, held, error=error)


def _subject(held: Held, providers: Mapping[str, Provider]) -> Subject:
    speaker = voice(providers, held.voice)
    obeys = speaker is None or speaker.capabilities.speed.support is not Support.IGNORED
    tone = held.applied.get("tone_figures", {}).get("rate", 1.0)  # the local engines tell what a tone does to the pace
    return Subject(
        script=held.script,
        language=speaker.language if speaker else held.language,
        speed=(held.delivery["speed"] if obeys else 1.0) * tone,
        sentence_gap_ms=held.delivery["sentence_gap_ms"],
        words_per_minute=speaker.words_per_minute if speaker else None,
        timed=held.timed,
    )
