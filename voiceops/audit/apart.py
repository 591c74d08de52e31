"""Verifying in a process of its own: it takes a processor for as long as it lasts, for which nobody else is to wait.

It yields to all who want to compute, and ends when whoever asked does not wait for it any more, or is gone.
"""

import contextlib
import json
import os
import sys
import threading
from asyncio.subprocess import PIPE, create_subprocess_exec
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from voiceops.audit.verdict import Finding, Kind, Verdict
from voiceops.audit.verifying import Scope, verify
from voiceops.secret import NoSecret
from voiceops.witness import open_witness

NICENESS: Final = 10


class VerifierLost(Exception):
    """The process ended before it had a verdict; its log tells why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to verify: a log, whole or about its last so many events, in which database and object store, under which secret."""

    url: str
    log: str
    last: int | None
    object_store: str
    secret: str | None


async def verify_apart(wanted: Wanted) -> Verdict:
    """Verify in a child, which ends with this call however that ends. Raises `NoSecret` and `VerifierLost`."""
    process = await create_subprocess_exec(sys.executable, "-m", __name__, stdin=PIPE, stdout=PIPE)
    try:
        if process.stdin is None or process.stdout is None:
            raise VerifierLost
        process.stdin.write(json.dumps(asdict(wanted)).encode() + b"\n")
        answer = await process.stdout.read()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return _read(answer)


def _read(answer: bytes) -> Verdict:
    if not answer.endswith(b"\n"):
        raise VerifierLost
    told: dict[str, Any] = json.loads(answer)
    if "no_secret" in told:
        raise NoSecret(told["no_secret"])
    oldest = told.pop("oldest_unsealed")
    findings = [Finding(**{**one, "kind": Kind(one["kind"])}) for one in told.pop("findings")]
    return Verdict(**told, findings=findings, oldest_unsealed=datetime.fromisoformat(oldest) if oldest else None)


def main() -> None:
    """Read what is wanted from stdin, write the verdict, and end at once when stdin does."""
    os.nice(NICENESS)
    wanted = Wanted(**json.loads(sys.stdin.buffer.readline()))
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    scope = Scope(UUID(wanted.log), wanted.last, open_witness(wanted.object_store), wanted.secret)
    try:
        told = asdict(verify(wanted.url, scope))
    except NoSecret as error:
        told = {"no_secret": str(error)}
    sys.stdout.write(json.dumps(told, default=datetime.isoformat) + "\n")


def _end_with_stdin() -> None:
    while os.read(sys.stdin.fileno(), 4096):  # not of `sys.stdin.buffer`, whose lock nobody can take from a thread at the end
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
