"""The examiner's process: reads subjects from stdin, writes reports, one after the other, and yields to all who want to compute.

It ends at once when stdin ends or its parent dies, and when it would take more memory than it may.
"""

import math
import os
import resource
import signal
import sys
import threading
from dataclasses import asdict
from queue import SimpleQueue
from typing import BinaryIO, Final

from voiceops.examiner.examine import Examination
from voiceops.examiner.subject import Subject
from voiceops.providers.child import die_with_parent, own_stdout
from voiceops.providers.wire import Header, frame, read_frame
from voiceops.speech import NotAudio

NICEST: Final = 19
MEMORY_BYTES: Final = 3 << 30
"""Of address space: an hour of audio takes a gigabyte, the libraries map another."""
CPU_SECONDS: Final = 30
CPU_SHARE: Final = 1.0
"""What one examination may take of a processor: some seconds to load and one for each of the audio, ten times of what is usual."""


def main(niceness: str) -> None:
    """Serve until stdin ends."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which decides
    os.nice(int(niceness))
    if sys.platform == "linux":
        if int(niceness) == NICEST:
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # five times nicer than nice can be
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    out = own_stdout()
    asked: SimpleQueue[tuple[Header, bytes]] = SimpleQueue()
    threading.Thread(target=_serve, args=(asked, out), daemon=True).start()
    while received := read_frame(sys.stdin.buffer):
        asked.put(received)
    os._exit(0)


def _serve(asked: "SimpleQueue[tuple[Header, bytes]]", out: BinaryIO) -> None:
    examination = Examination()
    try:
        while True:
            header, audio = asked.get()
            _bound(header.pop("seconds"))
            try:
                answer: Header = asdict(examination.examine(Subject(**header), audio))
            except NotAudio as refused:
                answer = {"refused": refused.message}
            out.write(frame(answer))
            out.flush()
    finally:  # out of memory, or a bug: whoever waits hears that it ended, and the log says why
        sys.excepthook(*sys.exc_info())
        os._exit(1)


def _bound(seconds: float) -> None:
    """Let the kernel end this process when it computes for too long, however slowly it gets to compute."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + CPU_SECONDS + CPU_SHARE * seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main(*sys.argv[1:])
