"""The process an engine runs in: `python -m voiceops.providers.child voiceops.providers.hibari_model:HibariModel 2`.

It reads requests from stdin and speaks their passages on as many threads as it is told, turn about between requests. It ends at
once when stdin ends, which is how it dies with its worker however that died; on Linux the kernel sees to it as well.
"""

import ctypes
import os
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Mapping
from importlib import import_module
from typing import BinaryIO

from voiceops.providers.base import ProviderError, Request
from voiceops.providers.passages import Plan
from voiceops.providers.wire import frame, from_speech, read_frame, to_request

_PR_SET_PDEATHSIG = 1

# With scipy hibari would take its Fourier transform, and the same request would give other bytes.
sys.modules["scipy"] = None  # type: ignore[assignment]

from voiceops.providers.joining import NOTHING  # noqa: E402 - as below
from voiceops.providers.speaking import Speaker  # noqa: E402 - after scipy is out of reach


class Job:
    """A request being spoken: its passages, what has been spoken of them, and whether anybody still wants it."""

    def __init__(self, number: int, request: Request, plan: Plan) -> None:
        self.number = number
        self.request = request
        self.plan = plan
        self.spoken = [NOTHING] * len(self.plan.passages)
        self.taken = 0
        self.done = 0
        self.dropped = False


class Line:
    """The jobs that wait, and the threads that serve them: one passage of one job at a time, turn about."""

    def __init__(self, speaker: Speaker, out: BinaryIO) -> None:
        self._speaker = speaker
        self._out = out
        self._writing = threading.Lock()
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._jobs: dict[int, Job] = {}

    def send(self, header: Mapping[str, object], body: bytes = b"") -> None:
        """Write one frame; nobody left to read it means the end."""
        try:
            with self._writing:
                self._out.write(frame(header, body))
                self._out.flush()
        except OSError:
            os._exit(1)

    def add(self, number: int, request: Request) -> None:
        """Take a request on."""
        job = Job(number, request, self._speaker.plan(request))
        with self._changed:
            self._jobs[number] = job
            self._waiting.append(job)
            self._changed.notify(max(len(job.spoken), 1))

    def drop(self, number: int) -> None:
        """Forget a request; what is being spoken of it is thrown away."""
        with self._changed:
            job = self._jobs.pop(number, None)
            if job:
                job.dropped = True

    def serve(self) -> None:
        """Speak passages for ever."""
        while True:
            job, index = self._take()
            try:
                self._speak(job, index)
            except ProviderError as error:
                self._fail(job, error)
            except Exception as error:  # noqa: BLE001 - whatever an engine does, the request must end with a reason
                traceback.print_exc()
                message = f"The voice engine failed: {type(error).__name__}."
                self._fail(job, ProviderError(message, code="engine_failed", transient=False))

    def _take(self) -> tuple[Job, int]:
        """The next passage, of which an empty script has none; its job goes to the end of the line if it has more."""
        with self._changed:
            while True:
                while not self._waiting:
                    self._changed.wait()
                job = self._waiting.popleft()
                if job.dropped:
                    continue
                index = job.taken
                job.taken += 1
                if job.taken < len(job.spoken):
                    self._waiting.append(job)
                return job, index

    def _speak(self, job: Job, index: int) -> None:
        if index == 0:
            self.send({"id": job.number, "share": 0.0})
        spoken = [self._speaker.passage(job.request, passage) for passage in job.plan.passages[index : index + 1]]
        with self._changed:
            job.spoken[index : index + 1] = spoken
            job.done += len(spoken)
            whole = job.done == len(job.spoken)
            if not whole and not job.dropped:  # told before another thread counts on, so that shares only rise
                self.send({"id": job.number, "share": job.done / len(job.spoken)})
        if whole and not job.dropped:
            self._finish(job)

    def _finish(self, job: Job) -> None:
        speech = self._speaker.finish(job.request, job.plan, job.spoken)
        self.drop(job.number)
        self.send({"id": job.number, "speech": from_speech(speech)}, speech.audio)

    def _fail(self, job: Job, error: ProviderError) -> None:
        self.drop(job.number)
        self.send(_refusal(job.number, error))


def _refusal(number: int, error: ProviderError) -> Mapping[str, object]:
    return {"id": number, "error": {"message": error.message, "code": error.code, "transient": error.transient}}


def _refuse(out: BinaryIO, error: ProviderError) -> None:
    """Answer every request with why the model could not be loaded."""
    while received := read_frame(sys.stdin.buffer):
        header, _body = received
        if "request" in header:
            out.write(frame(_refusal(header["id"], error)))
            out.flush()


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent dies, for the moment it holds a lock and cannot see stdin end."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def own_stdout() -> BinaryIO:
    """The pipe to the parent; from here on, what anybody prints goes to stderr."""
    sys.stdout.flush()
    pipe = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(pipe, "wb")


def main(model: str, threads: str, *arguments: str) -> None:
    """Load the model named `module:class`, made with what else there is, and serve until stdin ends."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which decides
    out = own_stdout()
    module, _, name = model.partition(":")
    try:
        speaker = Speaker(getattr(import_module(module), name)(*arguments))
    except ProviderError as error:
        _refuse(out, error)
        return
    line = Line(speaker, out)
    for _ in range(int(threads)):
        threading.Thread(target=line.serve, daemon=True).start()
    while received := read_frame(sys.stdin.buffer):
        header, _body = received
        if "request" in header:
            line.add(header["id"], to_request(header["request"]))
        else:
            line.drop(header["id"])
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
