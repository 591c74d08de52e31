"""How long the library and the versions of an asset take to list: with a hundred assets, and with ten thousand."""

import time
from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import Any, Final

import httpx

from bench.figure import Figure
from bench.filling import Library, fill
from bench.machine import load
from bench.studio import Studio

FEW, MANY = 100, 10_000
ROUNDS, WARMING_ROUNDS = 60, 3
LIMIT_MS, RATIO = 30.0, 1.5
PAGE: Final = 20
"""Versions that the page asks for at once; of the library it asks for 50, which is the API's own default."""
MIDDLE: Final = 0.5

Asked = tuple[str, Mapping[str, Any]]


class Reader:
    """Somebody who lists what one studio has."""

    def __init__(self, studio: Studio, library: Library) -> None:
        self._client = httpx.Client(base_url=f"{studio.url}/api/v1", cookies=studio.sign_in(), timeout=60)
        self._library = library
        self._me = self._client.get("/session").raise_for_status().json()["person"]["id"]
        self._middle = str(
            studio.rows(
                "select percentile_disc(%s) within group (order by id) from assets where project_id = %s", MIDDLE, library.project
            )[0][0]
        )
        self._older = str(studio.rows("select id from versions where asset_id = %s and number = 120", library.many)[0][0])
        self.took: dict[str, list[float]] = {}

    @property
    def asked(self) -> Mapping[str, Sequence[Asked]]:
        """What is asked of a library and of an asset's versions, under the name of its figure."""
        library, many = f"/projects/{self._library.project}/assets", f"/assets/{self._library.many}/versions"
        filters = ({"status": "approved"}, {"tag": "team-7"}, {"tag": "video"}, {"language": "de-DE"}, {"owner": self._me})
        searches = ("holidays", "order 77", "zeppelin", "team-7")
        return {
            "library": [(library, {})],
            "library, from its middle on": [(library, {"cursor": self._middle})],
            "library, filtered": [(library, one) for one in (*filters, {"status": "draft", "tag": "ivr", "language": "en-GB"})],
            "library, searched": [(library, {"query": one}) for one in searches],
            "versions of an asset": [(f"/assets/{self._library.usual}/versions", {"limit": PAGE})],
            "versions of one with 250": [(many, {"limit": PAGE})],
            "versions of one with 250, 50 at once": [(many, {})],
            "versions of one with 250, from its middle on": [(many, {"cursor": self._older})],
        }

    def read(self, name: str, turn: int) -> None:
        """Ask once, for each thing of that name in turn, and note how long the answer took, ms."""
        told = self.asked[name]
        path, query = told[turn % len(told)]
        began = time.perf_counter()
        self._client.get(path, params=query).raise_for_status()
        self.took.setdefault(name, []).append((time.perf_counter() - began) * 1000)


def lists(_studio: Studio) -> list[Figure]:
    """Fill two studios, and ask both in turns, so that what else the machine does weighs on both alike."""
    with Studio(EXAMINE="0") as small, Studio(EXAMINE="0") as large:
        for studio in (small, large):
            studio.start()
        few, many = Reader(small, fill(small, FEW)), Reader(large, fill(large, MANY))
        before = load()
        for turn in range(-WARMING_ROUNDS, ROUNDS):
            if turn == 0:
                few.took, many.took = {}, {}
            for name in few.asked:
                few.read(name, turn)
                many.read(name, turn)
        figures = [_figure(name, few.took[_alike(name)], many.took[name], before) for name in few.asked]
        for studio in (small, large):
            studio.stop()
        return figures


def _alike(name: str) -> str:
    """A filter leaves few of a hundred assets, too few to fill a part: its part is compared with one of them all."""
    return "library" if name.startswith("library") else name


def _figure(name: str, few: Sequence[float], many: Sequence[float], before: float) -> Figure:
    p95, small = (quantiles(took, n=20)[18] for took in (many, few))
    ratio = p95 / small
    how = (
        f"GET, one at a time, {len(many)} at {MANY:,} assets with {MANY * 10:,} versions and as many at {FEW} assets, in turns:"
        f" medians {median(many):.1f} and {median(few):.1f} ms, p95 {p95:.1f} and {small:.1f} ms"
    )
    kept = p95 <= LIMIT_MS and ratio <= RATIO
    return Figure(f"{name}, p95", f"{p95:.1f} ms, {ratio:.2f} x", f"<= {LIMIT_MS:g} ms, {RATIO:g} x", kept, before, how)
