"""The process one rendition is made in: it reads from stdin what is wanted, stores the file, and writes where to stdout.

It yields a little to those who serve people, and the kernel ends it when it would take more than a rendition can need.
"""

import asyncio
import os
import resource
import signal
import sys
from dataclasses import asdict
from typing import Final

from voiceops.profiles import Format, Profile
from voiceops.providers.child import die_with_parent, own_stdout
from voiceops.providers.wire import Header, frame, read_frame
from voiceops.speech import NotAudio, decode
from voiceops.speech.renditions import added_ms, heard, render
from voiceops.storage import StorageError, open_store

NICENESS: Final = 5
MEMORY_BYTES: Final = 4 << 30
"""Of address space, whatever the recording: twenty minutes that are levelled take one gigabyte, the libraries map another."""
CPU_SECONDS: Final = 30.0
CPU_SHARE: Final = 1.0
MEASURED: Final = (
    *("duration_ms", "loudness_lufs", "true_peak_dbtp"),
    *("lead_silence_ms", "tail_silence_ms", "longest_pause_ms"),
)


def main() -> None:
    """Make one rendition."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which decides
    os.nice(NICENESS)
    out = own_stdout()
    received = read_frame(sys.stdin.buffer)
    if received is None:
        return
    asked, _ = received
    _bound(asked["seconds"])
    try:
        answer = asyncio.run(_render(asked))
    except (StorageError, NotAudio) as refused:
        answer = {"refused": refused.message}
    out.write(frame(answer))
    out.flush()


async def _render(asked: Header) -> Header:
    store = open_store(asked["store"])
    profile = Profile(**{**asked["profile"], "format": Format(asked["profile"]["format"])})
    master = decode(await store.get(asked["sha256"]))
    file = render(master, profile)
    made = asdict(await store.put(file, profile.kind.media_type))
    return {**made, "measured": _measured(file, added_ms(master, profile)[0]) if profile.is_levelled else None}


def _measured(file: bytes, lead_added_ms: int) -> Header:
    """What a target's checks ask of a file, and how much later its words come than in the master."""
    found = asdict(heard(file))
    return {name: found[name] for name in MEASURED} | {"lead_added_ms": lead_added_ms}


def _bound(seconds: float) -> None:
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    most = round(CPU_SECONDS + CPU_SHARE * seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
