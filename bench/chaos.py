"""`python -m bench.chaos`: asks a studio for speech, kills its processes at random meanwhile, and counts what was lost.

Workers, API, PostgreSQL and `up` itself are killed with -9, workers are stopped until they are taken for dead and wake late, and
the processes kill themselves at named points (`bench.crashing`). Afterwards the plain studio is started on what is left, and when
it is done the invariants are checked. The seed fixes what is asked for and which faults come when.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

import httpx

from bench import machine
from bench.asking import Person, Promises
from bench.crashing import POINTS
from bench.invariants import age_half_files, violations
from bench.studio import PATIENCE_S, UP, Studio, wait_until

STALLED_AFTER_S = 3.0
AT_ONCE = 6  # slow voices wait, they do not work
CHANCES = "writing=0.01,stored=0.06,settling=0.06,committing=0.006,committed=0.006,settled=0.05,performed=0.04"
TRIES = 4
"""What is to be harmed may be dead already; more tries than this for each fault mean that nothing lives."""
FAULTS = {"kill worker": 6, "stop worker": 8, "kill API": 2, "kill PostgreSQL": 2, "kill up": 1}
PARTS = {"worker": "worker", "API": "serve", "PostgreSQL": "postgres"}
MEAN_PAUSE_S = 1.5
WORKING_S, WORKING_SHARE = 20.0, 0.75
CRASHING_UP = (sys.executable, "-m", "bench.crashing", "up")
PEOPLE, ASSETS, ASKING_PAUSE_S = 4, 3, 0.8
DRAIN_S = 180.0


@dataclass
class Outcome:
    """What was done, how what was asked for meanwhile ended, and what does not hold after it."""

    promises: Promises = field(default_factory=Promises)
    faults: Counter[str] = field(default_factory=Counter)
    ended: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    half_files: int = 0
    drain_s: float = 0.0

    @property
    def harms(self) -> int:
        """How often something was killed or stopped from outside."""
        return sum(self.faults[fault] for fault in FAULTS)


def run(seed: int, faults: int, *, pause_s: float = MEAN_PAUSE_S, chances: str = CHANCES) -> Outcome:
    """Do so many harms to a studio of our own, mend it, and look."""
    outcome = Outcome()
    impatient = {"STALLED_AFTER": str(STALLED_AFTER_S), "RETRY_WAIT": "0.2", "WORKER_CONCURRENCY": str(AT_ONCE)}
    with Studio(command=CRASHING_UP, **impatient, BENCH_CRASH=chances, BENCH_SEED=str(seed)) as studio:
        studio.start()
        cookies, assets = _begin(studio)
        asyncio.run(_storm(studio, cookies, assets, seed, faults, pause_s, outcome))
        _mend(studio, outcome)
        outcome.ended = {
            str(status): int(str(count))
            for status, count in studio.rows(
                "select status, count(*) from generations where reason like 'chaos %' group by status"  # not the demo's own
            )
        }
        outcome.violations = violations(studio, outcome.promises)
        log = studio.log.read_text()
        outcome.faults.update({f"crash at {point}": log.count(f"crashed at {point}\n") for point in POINTS})
        if studio.stop() or not wait_until(lambda: not studio.leftovers(), within=10):
            outcome.violations.append(f"the studio did not end in order, or left processes: {studio.leftovers()}")
    return outcome


def _begin(studio: Studio) -> tuple[dict[str, str], list[str]]:
    """Sign in and make a few assets, so few that people meet in them; asked again where the API dies of it."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            studio.lift_limits()
            cookies = studio.sign_in()
            path = f"{studio.url}/api/v1/projects/{studio.project(cookies)}/assets"
            bodies = [{"key": f"chaos/{time.time_ns()}", "title": "Chaos"} for _ in range(ASSETS)]
            answers = [httpx.post(path, json=body, cookies=cookies, timeout=30).raise_for_status() for body in bodies]
            return cookies, [str(answer.json()["id"]) for answer in answers]
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


async def _storm(
    studio: Studio, cookies: dict[str, str], assets: list[str], seed: int, faults: int, pause_s: float, outcome: Outcome
) -> None:
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        asking = []
        for number in range(PEOPLE):
            client = httpx.AsyncClient(base_url=f"{studio.url}/api/v1", cookies=cookies, timeout=10)
            await stack.enter_async_context(client)
            person = Person(client, assets, random.Random(f"{seed} {number}"), outcome.promises)  # noqa: S311 - chance, no secret
            asking.append(asyncio.create_task(person.ask_until(stop, ASKING_PAUSE_S)))
        breaking = Breaking(studio, random.Random(seed), outcome)  # noqa: S311 - as above
        for _ in range(TRIES * faults):
            await breaking.work(pause_s)
            breaking.harm()
            if outcome.harms >= faults:
                break
        await asyncio.gather(*breaking.asleep)
        await breaking.accepted(2 * faults)
        stop.set()
        await asyncio.gather(*asking)


class Breaking:
    """Does one harm after the other."""

    def __init__(self, studio: Studio, chance: random.Random, outcome: Outcome) -> None:
        self._studio = studio
        self._chance = chance
        self._outcome = outcome
        self.asleep: set[asyncio.Task[None]] = set()

    async def work(self, pause_s: float) -> None:
        """Let the studio work for a while: mostly until it has accepted something again, so that there is something to lose."""
        accepted = len(self._outcome.promises.accepted)
        await asyncio.sleep(min(self._chance.expovariate(1 / pause_s), 3 * pause_s))
        patience = time.monotonic() + (WORKING_S if self._chance.random() < WORKING_SHARE else 0.0)
        while len(self._outcome.promises.accepted) == accepted and time.monotonic() < patience:
            self._keep()
            await asyncio.sleep(0.1)
        self._keep()

    async def accepted(self, count: int) -> None:
        """Let it work until it has accepted so many generations in all, if it ever does."""
        patience = time.monotonic() + DRAIN_S
        while len(self._outcome.promises.accepted) < count and time.monotonic() < patience:
            self._keep()
            await asyncio.sleep(0.1)

    def harm(self) -> None:
        """Kill or stop something, and note it if it was there."""
        fault = self._chance.choices(list(FAULTS), list(FAULTS.values()))[0]
        if fault == "kill up":
            self._studio.kill()
        elif pids := self._studio.pids(PARTS[fault.partition(" ")[2]]):
            pid = self._chance.choice(pids)
            if fault.startswith("kill"):
                _send(pid, signal.SIGKILL)
            else:
                self.asleep.add(asyncio.create_task(_stop(pid, STALLED_AFTER_S * self._chance.uniform(1.6, 2.6))))
        else:
            return
        self._outcome.faults[fault] += 1

    def _keep(self) -> None:
        """Start `up` again when it has ended, as an operator would."""
        if self._studio.process is None or self._studio.process.poll() is not None:
            self._studio.launch()


async def _stop(pid: int, seconds: float) -> None:
    """Stop a process, and let it go on much later: it still believes in all it held."""
    _send(pid, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    _send(pid, signal.SIGCONT)


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _mend(studio: Studio, outcome: Outcome) -> None:
    """Start the plain studio on what is left, and let it finish what was accepted."""
    studio.kill()
    wait_until(lambda: not studio.leftovers(), within=30)
    outcome.half_files = age_half_files(studio)
    studio.command = list(UP)
    studio.start()
    began = time.monotonic()
    wait_until(
        lambda: (
            not studio.rows("select from generations where status in ('queued', 'running') limit 1")
            and not studio.rows("select from procrastinate_jobs where task_name = 'generate' limit 1")
        ),
        within=DRAIN_S,
        every=0.5,
    )
    outcome.drain_s = time.monotonic() - began


def main() -> int:
    """Run it and print; 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=40, help="how many harms to do (default 40)")
    parser.add_argument(
        "--pause",
        type=float,
        default=MEAN_PAUSE_S,
        help=f"mean seconds between faults, besides waiting for it to work again (default {MEAN_PAUSE_S:g})",
    )
    parser.add_argument("--crash", default=CHANCES, help="chance of death at each named point")
    arguments = parser.parse_args()
    print(f"load {machine.load():.2f}, {machine.cores()} processors, seed {arguments.seed}", flush=True)
    outcome = run(arguments.seed, arguments.faults, pause_s=arguments.pause, chances=arguments.crash)
    print(f"accepted {len(outcome.promises.accepted)} generations, {len(outcome.promises.cancels)} cancels asked for")
    print("answers  " + ", ".join(f"{answer}: {count}" for answer, count in outcome.promises.answers.most_common()))
    print("faults   " + ", ".join(f"{fault}: {count}" for fault, count in outcome.faults.items() if count))
    print("ended    " + ", ".join(f"{status}: {count}" for status, count in outcome.ended.items()))
    print(f"half files left by the dead, cleared at the next start: {outcome.half_files}; done {outcome.drain_s:.1f} s after it")
    print(f"{len(outcome.violations)} broken promises", *outcome.violations[:20], sep="\n  ")
    return bool(outcome.violations)


if __name__ == "__main__":
    sys.exit(main())
