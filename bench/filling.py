"""A library of any size, written by SQL: assets of many owners, tags and languages, with versions in every state."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import psycopg

from bench.studio import Studio
from voiceops.embedded import attach

AT_ONCE: Final = 1000
"""Assets a transaction."""
COUNTS: Final = {"versions": 10, "many": 250, "scripts": 3}
"""Of each asset; `many` are the versions of the first."""
SQL: Final = (Path(__file__).parent / "library.sql").read_bytes()


@dataclass(frozen=True, slots=True)
class Library:
    """What was filled: the project, an asset of the usual number of versions, and the one that has many."""

    project: UUID
    usual: UUID
    many: UUID


def fill(studio: Studio, assets: int) -> Library:
    """Fill the demo project with so many assets, and let PostgreSQL count them as it does by itself after a while."""
    with psycopg.connect(attach(studio.data) or "", autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        ((project,),) = connection.execute(b"select id from projects").fetchall()
        for first in range(1, assets + 1, AT_ONCE):
            part = {"project": project, "first": first, "last": min(assets, first + AT_ONCE - 1)}
            with connection.transaction():
                connection.execute(SQL, part | COUNTS)
            if first == 1:
                ((many,), (usual,)) = connection.execute(b"select asset_id from filling order by n limit 2").fetchall()
        connection.execute(b"vacuum analyze")
    return Library(project, usual, many)
