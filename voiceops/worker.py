"""The worker: speaks what is queued, one attempt at a time, and does what else is to be done by jobs."""

import asyncio
import os
import random
import signal
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Final
from uuid import UUID

import structlog
import uvloop
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from voiceops import blobs, mailing, providers, releasing, retention, speech, sweeping
from voiceops.audit.sealing import Sealer
from voiceops.config import Settings
from voiceops.db import Database
from voiceops.examiner import Examiner
from voiceops.examiner import work as examination
from voiceops.jobs import EXAMINE, GENERATE, RELEASE, RETENTION, Again, AskedFor, generation_queue, queue_app
from voiceops.providers.base import Provider, ProviderError, Request, Speech
from voiceops.providers.markup import parse
from voiceops.providers.markup import spoken as plain
from voiceops.rendering import Renderer
from voiceops.speech import NotAudio
from voiceops.storage import StorageError, StorageFull, Store, open_store
from voiceops.witness import open_witness
from voiceops.workflow import returning, settling
from voiceops.workflow.settling import Claim, Take

log = structlog.get_logger()

TICK_SECONDS: Final = 0.4
"""Between looks at whether a generation is still wanted; its progress is written as often."""
DEATHS: Final = 4
"""A generation whose worker died so often beyond its attempts is taken for the cause."""
GRACE_SECONDS: Final = 4.0
AT_ONCE_A_CORE: Final = 2
"""One speaks while another is examined, stored and settled: with one a core a sixth of the processors' time went unused."""
POLL_SECONDS: Final = 1.0
"""Between looks for jobs that were put off: new ones are announced, those whose wait is over aren't."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt ended without a version, and whether another may do better."""

    code: str
    message: str
    transient: bool = False
    retry_after: float | None = None


STOPPED: Final = Failure("worker_stopped", "The worker was stopped; this goes on when one runs.")


@dataclass(slots=True)
class Studio:
    """What one worker process works with. `left` keeps speech nobody waits for any more from being lost half way."""

    settings: Settings
    database: Database
    store: Store
    providers: Mapping[str, Provider]
    sealer: Sealer
    examiner: Examiner
    renderer: Renderer
    left: set[asyncio.Task[Take]] = field(default_factory=set)


@dataclass(slots=True)
class Progress:
    """How far an attempt is, 0..1; the provider writes it, the ticker reads it."""

    share: float = 0.0

    async def tell(self, share: float) -> None:
        """Note it."""
        self.share = share


async def perform(studio: Studio, generation_id: UUID) -> None:
    """Make one attempt at a generation, to its end or to another attempt. Raises `Again` to be called once more."""
    async with studio.database.session.begin() as db:
        held = await settling.claim(db, generation_id)
    if held is None:
        return
    if held.deaths >= DEATHS:
        await _fail(studio, held, Failure("worker_died", "The worker died each time it tried to speak this."))
        return
    progress = Progress()
    speaking = asyncio.create_task(_speak(studio, held, progress))
    try:
        take = await _while_wanted(studio, held, progress, speaking)
        while take is not None and not await _settled(studio, held, take):
            async with studio.database.session.begin() as db:
                await returning.bring_back(db, studio.store, take.audio, take.media_type, generation_id=held.generation_id)
    except asyncio.CancelledError:
        await _put_back(studio, held, STOPPED, failed=False)
        raise
    except (OperationalError, InterfaceError):  # the database went away: the job comes back, and claims anew
        raise
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the generation ends with a reason
        await _after(studio, held, _why(error))


async def _settled(studio: Studio, held: Claim, take: Take) -> bool:
    """Make the version; False if the very same bytes, of earlier versions, were dropped since these were stored."""
    try:
        async with studio.database.session.begin() as db:
            await settling.succeed(db, held, take)
    except blobs.BytesDropped:
        return False
    return True


async def _after(studio: Studio, held: Claim, failure: Failure) -> None:
    """End the generation, or put it back and ask to be called again."""
    if not failure.transient or held.failures + 1 >= studio.settings.generation_attempts:
        await _fail(studio, held, failure)
    elif await _put_back(studio, held, failure, failed=True):
        backoff = studio.settings.retry_wait * 2**held.failures * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load
        raise Again(max(backoff, failure.retry_after or 0.0))


async def _put_back(studio: Studio, held: Claim, failure: Failure, *, failed: bool) -> bool:
    async with studio.database.session.begin() as db:
        return await settling.put_back(db, held, code=failure.code, message=failure.message, failed=failed)


async def _fail(studio: Studio, held: Claim, failure: Failure) -> None:
    async with studio.database.session.begin() as db:
        await settling.fail(db, held, code=failure.code, message=failure.message)


async def _while_wanted(studio: Studio, held: Claim, progress: Progress, speaking: asyncio.Task[Take]) -> Take | None:
    """Wait for the take, keeping its progress; None if the generation was cancelled or taken over meanwhile."""
    now, share = asyncio.get_running_loop().time, progress.share
    deadline = now() + studio.settings.speak_timeout
    try:
        while not (await asyncio.wait({speaking}, timeout=TICK_SECONDS))[0]:
            async with studio.database.session.begin() as db:
                if not await settling.keep(db, held, min(progress.share, 1.0)):
                    return None
            if progress.share > share:
                share, deadline = progress.share, now() + studio.settings.speak_timeout
            if now() > deadline:
                raise ProviderError("The voice did not answer in time.", code="timeout", transient=True)
        return speaking.result()
    finally:
        if not speaking.done():
            speaking.cancel()
            studio.left.add(speaking)
            speaking.add_done_callback(studio.left.discard)


async def _speak(studio: Studio, held: Claim, progress: Progress) -> Take:
    """Speak, examine and store: when this returns the bytes are safe and only rows are missing."""
    provider = studio.providers[held.provider]  # a worker only takes jobs of providers it has
    parts = parse(held.script)
    request = Request(id=str(held.generation_id), voice=held.voice, text=parts, **held.delivery)
    spoken = await provider.speak(request, progress.tell)
    words = len(plain(parts).split())
    take = await asyncio.to_thread(_examine, spoken, words, studio.settings.max_speech_minutes * 60)
    blob = await studio.store.put(take.audio, take.media_type)
    return replace(take, sha256=blob.sha256, size=blob.bytes)


def _examine(spoken: Speech, words: int, longest_s: int) -> Take:
    """Decode and measure. Raises `NotAudio` for what is no audio, and for audio in which nothing sounds."""
    signal_ = speech.decode(spoken.audio, max_seconds=longest_s)
    measured = asdict(speech.measure(signal_, words))
    if measured["true_peak_dbtp"] is None or not measured["duration_ms"]:
        raise ProviderError("The voice answered with silence.", code="silent", transient=False)
    return Take(
        sha256="",
        media_type=speech.MASTER_MEDIA_TYPE,
        size=0,
        sample_rate_hz=signal_.sample_rate_hz,
        duration_ms=measured.pop("duration_ms"),
        measurements=measured,
        peaks=speech.pyramid(signal_),
        words=[asdict(word) for word in spoken.words],
        applied=spoken.applied,
        metadata=spoken.metadata,
        unspoken="".join(spoken.unspoken),
        audio=speech.master(signal_),
    )


def _why(error: Exception) -> Failure:
    """Put what went wrong into words for whoever asked for the speech."""
    match error:
        case ProviderError():
            return Failure(error.code, error.message, error.transient, error.retry_after)
        case NotAudio():
            return Failure(error.code, error.message)
        case StorageFull():
            return Failure("storage_full", "There is no room left to keep the audio. Nothing was kept; retry when there is.")
        case StorageError():
            return Failure("storage_unavailable", error.message, transient=True)
        case _:
            log.error("generation_broke", exc_info=error)
            return Failure("internal_error", "Something broke here, not in your script. The log tells; a retry may help.")


async def serve(studio: Studio, stop: asyncio.Event) -> None:
    """Work until `stop`. A queue worker returns when it loses the database: it is begun again until told to stop."""
    sealing = asyncio.create_task(studio.sealer.run())
    while not stop.is_set():
        try:
            await _serve_connected(studio, stop)
        except (ConnectorException, DBAPIError, OSError) as error:
            log.warning("worker_lost_database", error=str(error))
        if not stop.is_set():
            await asyncio.sleep(random.uniform(0.5, 1.5))  # noqa: S311 - spreads load
    sealing.cancel()
    await asyncio.gather(sealing, return_exceptions=True)
    await studio.examiner.close()
    await studio.renderer.close()


async def _serve_connected(studio: Studio, stop: asyncio.Event) -> None:
    slots = studio.settings.worker_concurrency or AT_ONCE_A_CORE * (os.cpu_count() or 1)
    queue = queue_app(studio.database.url, pool_size=slots + 6)

    @queue.task(name=GENERATE, retry=AskedFor())
    async def generate(generation_id: str) -> None:
        await perform(studio, UUID(generation_id))

    @queue.task(name=EXAMINE, retry=AskedFor())
    async def examine(version_id: str) -> None:
        await examination.perform(studio.database, studio.store, studio.providers, studio.examiner, UUID(version_id))

    def work(name: str, concurrency: int, grace: float, *, listen: bool = True) -> asyncio.Task[None]:
        return asyncio.create_task(
            _work(queue, name, concurrency, grace=grace, stalled=studio.settings.stalled_after, listen=listen)
        )

    mails = mailing.register(queue, studio.settings, studio.database)
    retention.register(queue, studio.database, studio.store)
    releasing.register(queue, studio.database, studio.store, studio.renderer)
    sweeps = sweeping.keep_sweeping(studio.database, queue, studio.providers, stalled=studio.settings.stalled_after)
    async with queue.open_async():
        ended = [work(generation_queue(name), slots, GRACE_SECONDS) for name in studio.providers]
        ended += [work(name, mailing.AT_ONCE, GRACE_SECONDS, listen=False) for name in mails]
        ended += [work(EXAMINE, 1, 0.0)] if studio.settings.examine else []  # an examination begins anew, nobody waits for it
        ended += [work(name, 1, GRACE_SECONDS, listen=False) for name in (RETENTION, RELEASE)]
        ended += [asyncio.create_task(sweeps), asyncio.create_task(_wait(stop))]
        try:
            done, _ = await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in ended:
                task.cancel()
            await asyncio.gather(*ended, return_exceptions=True)
        for task in done:
            task.result()


async def _work(queue: App, name: str, concurrency: int, *, grace: float, stalled: float, listen: bool) -> None:
    """Work on a queue. Who listens is woken for the jobs of all queues; where a second is nothing, a look now and then does."""
    await queue.run_worker_async(
        queues=[name],
        concurrency=concurrency,
        install_signal_handlers=False,
        fetch_job_polling_interval=POLL_SECONDS,
        shutdown_graceful_timeout=grace,
        listen_notify=listen,
        update_heartbeat_interval=stalled / 5,
        stalled_worker_timeout=stalled,
        delete_jobs=DeleteJobCondition.ALWAYS,
    )


async def _wait(stop: asyncio.Event) -> None:
    await stop.wait()


async def _main(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    studio = open_studio(settings)
    try:
        await studio.sealer.check()
        for told in providers.missing(settings.provider_names, settings.provider_options):
            log.warning("voices_missing", told=told)
        await asyncio.gather(*(provider.open() for provider in studio.providers.values()))
        await serve(studio, stop)
    finally:
        for provider in studio.providers.values():
            await provider.close()
        await studio.database.close()


def open_studio(settings: Settings) -> Studio:
    """Return what a worker works with, nothing of it started."""
    database = Database(settings.database_url or "", ping=False)
    return Studio(
        settings=settings,
        database=database,
        store=open_store(settings.object_store),
        providers=providers.load(settings.provider_names, settings.provider_options),
        renderer=Renderer(settings.object_store),
        examiner=Examiner(niceness=settings.examiner_niceness),
        sealer=Sealer(database.url, open_witness(settings.object_store), settings.secret_key),
    )


def run(settings: Settings) -> None:
    """Work until told to stop by SIGTERM or SIGINT."""
    uvloop.run(_main(settings))
