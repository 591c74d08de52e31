"""What `voiceops audit` does, and how it says what it found."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from voiceops.audit import bundle as bundles
from voiceops.audit import keys
from voiceops.audit.notes import NotSigned, Verifier
from voiceops.audit.verdict import Verdict
from voiceops.audit.verifying import Scope, verify
from voiceops.config import Settings
from voiceops.db import APP_ROLE, TAKE_ROLE, libpq_url
from voiceops.witness import open_witness


class CannotCheck(Exception):
    """What was asked for cannot be verified at all; `str` says why."""


@dataclass(frozen=True, slots=True)
class Told:
    """A result, for people and for programs."""

    ok: bool
    text: str
    document: Mapping[str, Any]


def given(words: Sequence[str] | None) -> Mapping[bytes, Verifier]:
    """Return the keys given on the command line, each as it is or in a file, one a line."""
    found = []
    for word in words or ():
        lines = [word]
        with suppress(OSError):
            lines = Path(word).read_text(encoding="utf-8").split()
        try:
            found += [Verifier.read(line) for line in lines]
        except NotSigned as error:
            raise CannotCheck(str(error)) from None
    return {one.id: one for one in found}


def bundle(file: Path, trusted: Mapping[bytes, Verifier]) -> Told:
    """Verify an export with the keys alone."""
    if not trusted:
        raise CannotCheck("Say with --key whose signature to trust: `voiceops audit key` prints it where the studio runs.")
    try:
        with file.open(encoding="utf-8", newline="\n") as lines:
            checked = bundles.verify(lines, trusted)
    except (OSError, UnicodeDecodeError) as error:
        raise CannotCheck(f"{file} cannot be read: {error}") from None
    except bundles.NotABundle as error:
        raise CannotCheck(str(error)) from None
    good = not checked.faults and checked.proved > 0
    return Told(
        good,
        "\n".join([f"{checked.proved:,} of the {checked.sealed:,} events under its checkpoint are proved.", *checked.faults]),
        {"ok": good, **asdict(checked)},
    )


def database(settings: Settings, *, project: str | None, last: int | None, trusted: Mapping[bytes, Verifier] | None) -> Told:
    """Verify what is in the database against its signatures and the copies outside."""
    url = settings.database_url or ""
    log = _project(url, project) if project is not None else None
    verdict = verify(url, Scope(log, last, open_witness(settings.object_store), settings.secret_key, trusted))
    return Told(verdict.ok, _words(verdict), {"ok": verdict.ok, **asdict(verdict), "oldest_unsealed": _at(verdict)})


def public_keys(settings: Settings) -> list[str]:
    """Return the public keys, the newest first."""
    rows = _ask(settings.database_url or "", "select name, public, proof from signing_keys order by created_at desc")
    return [str(one) for one in keys.trusted(rows, settings.secret_key).values()]


def _project(url: str, key: str) -> UUID:
    for (found,) in _ask(url, "select id from projects where key = %s", key):
        return UUID(str(found))
    raise CannotCheck(f"There is no project {key} here.")


def _ask(url: str, query: LiteralString, *values: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(libpq_url(url)) as connection:
        connection.execute(TAKE_ROLE, (APP_ROLE,))
        return connection.execute(query, values).fetchall()


def _words(verdict: Verdict) -> str:
    looked = f"{verdict.events:,} events, {verdict.checkpoints:,} checkpoints and {verdict.outside:,} copies outside"
    lines = [f"Looked at {looked} in {verdict.seconds:.1f} s."]
    if verdict.unsealed:
        lines.append(f"{verdict.unsealed:,} events wait to be sealed, the oldest since {_at(verdict)}.")
    if verdict.ok:
        return "\n".join([*lines, "Nothing is wrong."])
    lines += [f"{one.why} (log {one.log}, event {one.event_id or 'unknown'}, {one.kind})" for one in verdict.findings]
    return "\n".join([*lines, f"... and {verdict.more:,} more." if verdict.more else "The record is not what it was."])


def _at(verdict: Verdict) -> str | None:
    return verdict.oldest_unsealed.isoformat() if verdict.oldest_unsealed else None
