"""`python -m bench.crashing up|serve|worker`: a part of the studio that kills itself, with a chance, at named points.

BENCH_CRASH names the points and the chances, as in `stored=0.05,committed=0.01`; BENCH_SEED makes them the same again for the same
process id. Random kills from outside hit the moments that matter too rarely: between the bytes and their row, say.
"""

import os
import random
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from voiceops import logs, storage, up, worker
from voiceops.cli import main
from voiceops.config import settings
from voiceops.models import Version
from voiceops.providers.tone import ToneProvider
from voiceops.workflow import settling
from voiceops.workflow.settling import Claim, Take

POINTS: Final = {
    "writing": "a file or folder is about to be forced to disk",
    "stored": "the bytes are stored, their row is not",
    "settling": "the version is written, not committed",
    "committing": "a transaction is about to be committed",
    "committed": "a transaction is committed, and nobody knows",
    "settled": "a version is committed, and nobody knows",
    "performed": "the generation has ended, its job has not",
}
WORKERS: Final = ("the worker", "another worker")
SLOW_S: Final = 1.5
LATE_S: Final = 4.5
LONGEST_PAUSE_S: Final = 0.5
SETTLES: Final = "settles"

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Work = Callable[Arguments, Coroutine[Any, Any, Result]]


class Chances:
    """How likely death is at each point."""

    def __init__(self, told: str, seed: str) -> None:
        self._of = {name: float(chance) for name, _, chance in (one.partition("=") for one in told.split(",") if one)}
        if unknown := self._of.keys() - POINTS.keys():
            raise ValueError(f"there is no crash point {', '.join(unknown)}; there are {', '.join(POINTS)}")
        self._random = random.Random(f"{seed} {os.getpid()}")  # noqa: S311 - chance, no secret

    def take(self, point: str) -> None:
        """Die here, or not."""
        if self._random.random() < self._of.get(point, 0.0):
            os.write(2, f"crashed at {point}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def after(self, point: str, work: Work[Arguments, Result]) -> Work[Arguments, Result]:
        """Return `work` with the point behind it."""

        @wraps(work)
        async def crashing(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            done = await work(*args, **kwargs)
            self.take(point)
            return done

        return crashing


def install(chances: Chances) -> None:
    """Put the points into the code of this process."""
    force = os.fsync

    def fsync(descriptor: int) -> None:
        chances.take("writing")
        force(descriptor)

    os.fsync = fsync  # type: ignore[assignment] # storage asks with descriptors only
    storage.FolderStore.put = chances.after("stored", storage.FolderStore.put)  # type: ignore[method-assign]
    succeed = settling.succeed

    async def settle(db: AsyncSession, held: Claim, take: Take) -> Version | None:
        db.info[SETTLES] = True
        version = await succeed(db, held, take)
        chances.take("settling")
        return version

    settling.succeed = settle
    worker.perform = chances.after("performed", worker.perform)
    event.listen(Session, "before_commit", lambda _: chances.take("committing"))
    event.listen(Session, "after_commit", lambda db: chances.take("settled" if db.info.pop(SETTLES, False) else "committed"))


def run(part: str) -> int:
    """Run `up` with parts that crash, or such a part."""
    this = [sys.executable, "-m", "bench.crashing"]
    if part == "up":
        up._LONGEST_PAUSE_S = LONGEST_PAUSE_S  # noqa: SLF001 - what dies all the time would hardly run
        before = {"the migration": [sys.executable, "-m", "voiceops", "migrate"]}
        services = {"the API": [*this, "serve"], **{name: [*this, "worker"] for name in WORKERS}}
        return up.run(settings(), before=before, services=services)
    logs.configure()
    (ToneProvider.__init__.__kwdefaults__ or {}).update(slow_s=SLOW_S, late_s=LATE_S)
    install(Chances(os.environ.get("BENCH_CRASH", ""), os.environ.get("BENCH_SEED", "")))
    main([part])
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
