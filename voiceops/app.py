"""The web application: routers, the one error handler, what lives as long as the process, the page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import APIRouter, FastAPI

from voiceops import __doc__ as about
from voiceops import providers
from voiceops.api import (
    acceptance,
    account,
    assets,
    audio,
    audit,
    checks,
    comments,
    compare,
    deployments,
    events,
    generations,
    health,
    heard,
    invitations,
    keys,
    lifecycle,
    limits,
    lookup,
    members,
    notices,
    page,
    people,
    policy,
    preferences,
    problems,
    projects,
    releases,
    retention,
    reviews,
    scripts,
    session,
    targets,
    versions,
    voices,
)
from voiceops.api.border import Border
from voiceops.api.deps import Parts
from voiceops.api.guard import Guard
from voiceops.api.live import Broadcaster
from voiceops.api.openapi import document
from voiceops.config import Settings
from voiceops.db import Database
from voiceops.rendering import Renderer
from voiceops.storage import open_store

API: Final = "/api/v1"
ROUTERS: Final = (
    *(session, projects, assets, scripts, voices, generations, versions, audio, events),
    *(account, members, invitations, people, keys, policy, limits, audit),
    *(compare, preferences, checks),
    *(lifecycle, reviews, comments, notices),
    *(retention,),
    *(targets, deployments, lookup, acceptance, heard, releases),
)


class Studio(FastAPI):
    """FastAPI whose document tells its problems as they are sent."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = document(self)
        return self.openapi_schema


def create_app(settings: Settings) -> FastAPI:
    """Build the application; the parts it holds are opened when it starts."""
    app = Studio(
        title="VoiceOps Studio",
        version="1",
        description=about or "",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(settings),
        generate_unique_id_function=lambda route: route.name,
    )
    api = APIRouter(prefix=API)
    for one in ROUTERS:
        api.include_router(one.router)
    app.include_router(api)
    app.include_router(health.router)
    app.include_router(page.router)
    problems.install(app)
    app.add_middleware(
        Border,
        guard=Guard(settings.guard_per_second, settings.guard_burst),
        max_body_bytes=settings.max_body_bytes,
        body_timeout=settings.body_timeout,
        proxies=settings.proxies,
        tls=settings.is_tls,
    )
    return app


def _lifespan(settings: Settings) -> Any:  # noqa: ANN401 - FastAPI's own type for it is private
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(settings.database_url or "")
        broadcaster = Broadcaster(database.url)
        voices_there = providers.load(settings.provider_names, settings.provider_options)
        renderer = Renderer(settings.object_store)
        app.state.parts = Parts(database, open_store(settings.object_store), voices_there, broadcaster, renderer)
        listening = asyncio.create_task(broadcaster.run())
        try:
            yield
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await renderer.close()
            for provider in voices_there.values():
                await provider.close()
            await database.close()

    return lifespan
