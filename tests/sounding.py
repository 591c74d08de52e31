"""A version to hear, for the tests of its audio."""

from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from conftest import Json, Studio


class Sound(NamedTuple):
    """A version, and how to ask for its audio."""

    version: Json
    client: httpx.AsyncClient
    path: str
    stored: Path
    master: bytes

    @property
    def etag(self) -> str:
        """The validator of the master."""
        return f'"{self.version["audio"]["sha256"]}"'

    async def get(self, *, method: str = "GET", query: str = "", **headers: str) -> httpx.Response:
        """Ask, with header names in Python's spelling."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, f"{self.path}{query}", headers=named)


@pytest.fixture
async def sound(studio: Studio, worker: None) -> Sound:
    version = await studio.version(await studio.asset("support/greeting"), "Hello there.")
    sha256 = version["audio"]["sha256"]
    stored = studio.settings.data / "audio" / sha256[:2] / sha256[2:4] / sha256
    path = f"/versions/{version['id']}/audio"
    return Sound(version, await studio.person("viewer"), path, stored, stored.read_bytes())
