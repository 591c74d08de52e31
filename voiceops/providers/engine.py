"""A local engine as its provider sees it: one child process, started when first needed and replaced when it dies."""

import asyncio
import contextlib
import itertools
import os
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import Sequence

from voiceops.providers.base import Progress, ProviderError, Request, Speech
from voiceops.providers.wire import PREFIX, Header, frame, from_request, header, sizes, to_speech

PATIENCE_S = 90.0
"""A sentence takes a hundredth of this; a child that is silent for so long while it has work is hung."""

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

_Event = tuple[Header, bytes]


def _stopped() -> ProviderError:
    return ProviderError("The voice engine stopped while it spoke.", code="engine_stopped", transient=True)


class _Wait:
    """A request under way: what the child says of it, and when it last did."""

    def __init__(self, now: float) -> None:
        self.events: asyncio.Queue[_Event | None] = asyncio.Queue()
        self.begun = False
        self.heard = now


class _Child:
    """One running child and the requests it has."""

    def __init__(self, process: Process, patience: float) -> None:
        self.process = process
        self.heard = self._now()
        self.waits: dict[int, _Wait] = {}
        self.ended = False
        self._numbers = itertools.count(1)
        self._patience = patience
        self._tasks = [asyncio.ensure_future(self._listen()), asyncio.ensure_future(self._watch())]

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def ask(self, request: Request) -> tuple[int, _Wait]:
        """Hand a request over; returns its number and where its events arrive."""
        number, wait = next(self._numbers), _Wait(self._now())
        if not self.waits:
            self.heard = wait.heard
        self.waits[number] = wait
        try:
            await self._write(frame({"id": number, "request": from_request(request)}))
        except BaseException:
            del self.waits[number]
            raise
        return number, wait

    def drop(self, number: int) -> None:
        """Tell the child that nobody waits for a request any more."""
        pipe = self.process.stdin
        if self.waits.pop(number, None) and pipe is not None and not self.ended:
            pipe.write(frame({"id": number}))

    async def _write(self, data: bytes) -> None:
        pipe = self.process.stdin
        if pipe is None or self.ended:
            raise _stopped()
        try:
            pipe.write(data)
            await pipe.drain()
        except ConnectionError as error:
            raise _stopped() from error

    async def _listen(self) -> None:
        """Pass frames on until the child ends, then tell everybody who waits."""
        pipe = self.process.stdout
        try:
            while pipe is not None:
                head_size, body_size = sizes(await pipe.readexactly(PREFIX))
                head = header(await pipe.readexactly(head_size))
                self._pass_on(head, await pipe.readexactly(body_size))
        except (asyncio.IncompleteReadError, ConnectionError):
            await self.process.wait()
        finally:
            self.ended = True
            for wait in self.waits.values():
                wait.events.put_nowait(None)

    def _pass_on(self, head: Header, body: bytes) -> None:
        self.heard = self._now()
        wait = self.waits.get(head["id"])
        if wait:
            wait.begun, wait.heard = True, self.heard
            wait.events.put_nowait((head, body))

    async def _watch(self) -> None:
        """Kill the child when it is silent for too long: altogether, or about a request it has begun."""
        while not self.ended:
            await asyncio.sleep(self._patience / 10)
            silences = [self.heard, *(wait.heard for wait in self.waits.values() if wait.begun)]
            if self.waits and self._now() - min(silences) > self._patience:
                self.process.kill()
                return

    async def end(self) -> None:
        """Close its stdin, on which it ends at once; kill it if it does not."""
        if self.process.stdin:
            self.process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            try:
                await asyncio.wait_for(self.process.wait(), 2)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class Engine:
    """Speaks requests in a child process that runs `model`, a `module:class` of `voiceops.providers.model.Model`.

    `threads` passages are spoken at once (default: the processors this process may use). The model is made with `arguments`.
    """

    def __init__(
        self, model: str, *, arguments: Sequence[str] = (), threads: int | None = None, patience: float = PATIENCE_S
    ) -> None:
        self._model = model
        self._arguments = arguments
        self._threads = threads or (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()) or 1
        self._patience = patience
        self._starting = asyncio.Lock()
        self._child: _Child | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, for those who watch it."""
        return self._child.process.pid if self._child and not self._child.ended else None

    async def open(self) -> None:
        """Start the child, which loads its model at once."""
        await self._running()

    async def speak(self, request: Request, progress: Progress) -> Speech:
        """Speak in the child. Raises `ProviderError`, transient with code `engine_stopped` when the child dies or hangs."""
        child = await self._running()
        number, wait = await child.ask(request)
        try:
            while event := await wait.events.get():
                head, body = event
                if "share" not in head:
                    child.waits.pop(number)
                if "speech" in head:
                    return to_speech(head["speech"], body)
                if "error" in head:
                    raise ProviderError(**head["error"])
                if head["share"]:
                    await progress(head["share"])
            raise _stopped()
        finally:
            child.drop(number)

    async def _running(self) -> _Child:
        """The child, started if there is none or it has died."""
        async with self._starting:
            if self._child is None or self._child.ended:
                command = (sys.executable, "-m", "voiceops.providers.child", self._model, str(self._threads), *self._arguments)
                process = await create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env={**os.environ, **_ONE_THREAD})
                self._child = _Child(process, self._patience)
            return self._child

    async def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child:
            await child.end()
