"""What must hold of a studio after anything at all has happened to it, once it runs again and is done."""

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from typing import Final

from bench.asking import Promises
from bench.studio import Studio
from voiceops import speech

OWN_FAULT: Final[Mapping[str, frozenset[str]]] = {
    "tone/broken": frozenset({"broken"}),
    "tone/down": frozenset({"unavailable"}),
    "tone/flaky": frozenset({"flaky"}),  # counts its failures in memory, so deaths of its worker may use up the attempts
    "tone/garbage": frozenset({"not_audio"}),
    "tone/truncated": frozenset({"truncated", "damaged"}),
    "tone/silent": frozenset({"silent"}),
}
"""The reasons each voice fails for by itself."""

OF_DEATHS: Final = frozenset({"worker_died", "engine_stopped"})

QUERIES: Final[Mapping[str, str]] = {
    "a generation has not ended": "select id, status, attempt from generations where status in ('queued', 'running')",
    "a job is left": "select id, status, task_name, args from procrastinate_jobs where task_name = 'generate'",
    "one request made two generations": (
        "select reason, count(*) from generations where reason like 'chaos %%' group by reason having count(*) > 1"
    ),
    "a generation has too many or too few versions": (
        "select g.id, g.status, count(v.id) from generations g left join versions v on v.generation_id = g.id"
        " group by g.id, g.status having count(v.id) <> (g.status = 'succeeded')::int"
    ),
    "versions are not numbered 1 to n": (
        "select a.key, a.version_count, array_agg(v.number) from assets a left join versions v on v.asset_id = a.id"
        " group by a.id having a.version_count <> count(v.id) or count(distinct v.number) <> count(v.id)"
        " or coalesce(max(v.number), 0) <> count(v.id)"
    ),
    "a script is there without its generation": (
        "select s.id, s.note from scripts s where s.note like 'chaos %%'"
        " and not exists (select from generations g where g.script_id = s.id)"
    ),
    "a generation was not requested exactly once, or did not end once for each time it was asked for": (
        "select g.id, g.status, array_agg(e.action order by e.seq) from generations g"
        " left join audit_events e on e.subject_id = g.id::text group by g.id"
        " having count(*) filter (where e.action = 'generation.request') <> 1"
        " or count(*) filter (where e.action in ('generation.succeed', 'generation.fail', 'generation.cancel'))"
        " <> 1 + count(*) filter (where e.action = 'generation.retry')"
    ),
    "a budget is not the sum of its generations": (
        "select b.month, b.characters_used, b.characters_reserved, b.micros_used, b.micros_reserved from budgets b"
        " left join generations g on g.project_id = b.project_id and date_trunc('month', g.reserved_on) = b.month"
        " group by b.project_id, b.month having b.characters_reserved <> 0 or b.micros_reserved <> 0"
        " or b.characters_used <> coalesce(sum(g.characters) filter (where g.status = 'succeeded'), 0)"
        " or b.micros_used <> coalesce(sum(g.micros) filter (where g.status = 'succeeded'), 0)"
    ),
    "an attempt ended a generation that it no longer held": (
        "select g.id, g.attempt, e.payload from generations g join audit_events e on e.subject_id = g.id::text"
        " where e.action = 'generation.succeed' and (e.payload::jsonb #>> '{changes,attempt}')::int <> g.attempt"
    ),
    "a version names bytes nobody has noted": (
        "select v.id from versions v left join blobs b on b.sha256 = v.audio_sha256 where b.state is distinct from 'stored'"
    ),
}
"""Each asks for rows that must not be there."""


def violations(studio: Studio, promises: Promises) -> list[str]:
    """Everything that does not hold; nothing when all is well."""
    found = [f"{what}: {row}" for what, query in QUERIES.items() for row in studio.rows(query)]
    return [*promises.broken, *found, *_kept(studio, promises), *_reasons(studio), *_bytes(studio), *_half_files(studio)]


def _kept(studio: Studio, promises: Promises) -> Iterator[str]:
    """What was accepted is there, and what was cancelled was asked to be."""
    status = {str(one): str(now) for one, now in studio.rows("select id::text, status from generations")}
    for key, generation in promises.accepted.items():
        if generation not in status:
            yield f"the generation {generation} was accepted under {key} and is gone"
    for generation, now in status.items():
        if now == "cancelled" and generation not in promises.cancels:
            yield f"the generation {generation} was cancelled by nobody"


def _reasons(studio: Studio) -> Iterator[str]:
    """What failed says why, and the reason is one of its voice, or that workers died over it again and again."""
    for generation, voice, code, message in studio.rows(
        "select id::text, voice, error_code, error_message from generations where status = 'failed'"
    ):
        if not message or code not in OWN_FAULT.get(str(voice), frozenset()) | OF_DEATHS:
            yield f"the generation {generation} of {voice} failed with {code}: {message}"


def _bytes(studio: Studio) -> Iterator[str]:
    """Every version's bytes are there, are those of its hash, and are audio as long as it says."""
    for sha256, size, duration_ms in studio.rows(
        "select distinct v.audio_sha256, b.bytes, v.duration_ms from versions v join blobs b on b.sha256 = v.audio_sha256"
    ):
        name = str(sha256)
        file = studio.data / "audio" / name[:2] / name[2:4] / name
        if not file.is_file():
            yield f"the bytes {name} are not there"
            continue
        held = file.read_bytes()
        if len(held) != size or hashlib.sha256(held).hexdigest() != name:
            yield f"the bytes {name} are others"
        elif speech.decode(held).duration_ms != duration_ms:
            yield f"the bytes {name} last {speech.decode(held).duration_ms} ms, not {duration_ms}"


def age_half_files(studio: Studio) -> int:
    """Let half-written files seem two hours old, so that the next start takes them for abandoned; returns how many."""
    half = list((studio.data / "audio" / "incoming").iterdir())
    then = time.time() - 7200
    for file in half:
        os.utime(file, (then, then))
    return len(half)


def _half_files(studio: Studio) -> Iterator[str]:
    for file in (studio.data / "audio" / "incoming").iterdir():
        yield f"the half file {file.name} is left"
