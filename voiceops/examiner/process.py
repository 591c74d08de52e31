"""The examiner as a worker sees it: one child process, started when first needed and ended when it has nothing to do."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from dataclasses import asdict
from typing import Final

from voiceops.examiner.subject import Report, Subject
from voiceops.providers.wire import PREFIX, Header, frame, header, sizes

IDLE_SECONDS: Final = 30.0
"""It holds 200 MB, and starts in two seconds."""
NICENESS: Final = 19
PATIENCE_SECONDS: Final = 600.0
PATIENCE_SHARE: Final = 10.0
"""How long one waits for a report: it may get little to compute with, and bounds that itself."""
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class ExaminerLost(Exception):
    """It ended, or had to be ended, before it had a report."""


class Examiner:
    """Examines one recording at a time."""

    def __init__(self, *, niceness: int = NICENESS, idle: float = IDLE_SECONDS) -> None:
        self._niceness = niceness
        self._idle = idle
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._ending: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, for those who watch it."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def examine(self, subject: Subject, audio: bytes, *, seconds: float) -> Report:
        """Examine a recording that lasts so many seconds. Raises `ExaminerLost` when the child dies of it or takes too long.

        What is no audio raises `ValueError`.
        """
        async with self._turn:
            if self._ending:
                self._ending.cancel()
            process = await self._running()
            try:
                async with asyncio.timeout(PATIENCE_SECONDS + PATIENCE_SHARE * seconds):
                    answer = await _ask(process, frame({**asdict(subject), "seconds": seconds}, audio))
            except (TimeoutError, ConnectionError, asyncio.IncompleteReadError) as error:
                await self._end()
                raise ExaminerLost(f"the examiner was lost: {type(error).__name__}") from error
            except BaseException:  # cancelled: half an answer may be in the pipe
                await self._end()
                raise
            self._ending = asyncio.get_running_loop().call_later(self._idle, self._hang_up)
        if "refused" in answer:
            raise ValueError(answer["refused"])
        return Report(**answer)

    async def close(self) -> None:
        """End the child, if there is one."""
        if self._ending:
            self._ending.cancel()
        await self._end()

    @property
    def _hung_up(self) -> bool:
        return self._process is None or self._process.stdin is None or self._process.stdin.is_closing()

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None or self._hung_up:
            await self._end()
            command = (sys.executable, "-m", "voiceops.examiner.child", str(self._niceness))
            self._process = await create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env={**os.environ, **_ONE_THREAD})
        return self._process

    def _hang_up(self) -> None:
        """Close its stdin, on which it ends."""
        if self._process and self._process.stdin and not self._turn.locked():
            self._process.stdin.close()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _ask(process: Process, question: bytes) -> Header:
    if process.stdin is None or process.stdout is None:
        raise ConnectionError
    process.stdin.write(question)
    await process.stdin.drain()
    head, body = sizes(await process.stdout.readexactly(PREFIX))
    answer = header(await process.stdout.readexactly(head))
    await process.stdout.readexactly(body)
    return answer
