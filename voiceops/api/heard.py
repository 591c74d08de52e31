"""`/deployments/{deployment}/audio` and `/captions.vtt`: what the listeners of a target hear and read, for good.

A key needs the scope `live`, as for the manifest that names both addresses.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from voiceops import fitting
from voiceops.acceptance import profile_of
from voiceops.api.audio import answer, etag_of, stored
from voiceops.api.deps import Held, Parts, somebody
from voiceops.api.etag import matches
from voiceops.api.identity import Identity
from voiceops.captions import webvtt
from voiceops.errors import Forbidden, Gone
from voiceops.models import Blob, Deployment, Scope, Version
from voiceops.models.actor import Actor
from voiceops.policy import find, in_scope
from voiceops.profiles import KINDS, Format, Profile
from voiceops.workflow import renditions

router = APIRouter(tags=["live"])
LONG = {"Cache-Control": "private, max-age=31536000, immutable", "Vary": "Authorization, Cookie"}


async def listener(request: Request, held: Held, shown: Identity) -> Actor:
    """Return who asks, found in a transaction of its own; a key needs the scope `live`."""
    async with held.database.session.begin() as db:
        actor = await somebody(request, db, shown)
    if not in_scope(actor, Scope.LIVE):
        raise Forbidden(f"This API key lacks the scope {Scope.LIVE}.")
    return actor


Listener = Annotated[Actor, Depends(listener)]


@router.head("/deployments/{deployment}/audio", response_class=Response, operation_id="head_deployed_audio")
@router.get(
    "/deployments/{deployment}/audio",
    response_class=StreamingResponse,
    responses={
        200: {"content": {kind.media_type: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS.values()}},
        206: {"description": "The range asked for."},
        304: {"description": "Not changed: it never is."},
        410: {"description": "The audio was dropped, or is not made to the very same file any more."},
        416: {"description": "No byte lies in that range."},
    },
)
async def get_deployed_audio(
    deployment: UUID,
    request: Request,
    actor: Listener,
    held: Held,
    *,
    asked: Annotated[str | None, Header(alias="Range")] = None,
) -> Response:
    """Play what a deployment made live: the very file whose hash its manifest names."""
    found, version, audio = await _found(held, actor, deployment)
    headers = {**LONG, "ETag": etag_of(audio), "Accept-Ranges": "bytes"}
    if matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    profile = profile_of(found.rendering) if found.rendering else Profile(Format.FLAC)
    there = await stored(held, version, profile, audio)
    if there.audio.sha256 != audio.sha256:
        raise Gone("This file was dropped, and is not made to the very same bytes any more.")
    if request.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        asked = None
    return answer(there, headers, asked, head=request.method == "HEAD")


@router.get(
    "/deployments/{deployment}/captions.vtt",
    response_class=Response,
    responses={200: {"content": {"text/vtt": {"schema": {"type": "string"}}}}},
)
async def get_deployed_captions(deployment: UUID, actor: Listener, held: Held) -> Response:
    """Give the captions of what a deployment made live, on the clock of the file that is heard there."""
    found, version, _ = await _found(held, actor, deployment)
    later = 0
    if found.rendering and (profile := profile_of(found.rendering)).lead_ms:
        later = (await fitting.fit(held.database, held.renderer, version, profile)).measured["lead_added_ms"]
    words = [{**one, "start_ms": one["start_ms"] + later, "end_ms": one["end_ms"] + later} for one in version.words]
    return Response(webvtt(words), media_type="text/vtt; charset=utf-8", headers=LONG)


async def _found(held: Parts, actor: Actor, deployment_id: UUID) -> tuple[Deployment, Version, Blob]:
    """Find the deployment, its version and its file, and note that the file is still wanted."""
    async with held.database.session.begin() as db:
        deployment = await find(db, actor, Deployment, deployment_id)
        if deployment.version_id is None:
            raise Gone("This deployment put nothing there: it retired what was live.")
        whole = (
            select(Version)
            .where(Version.id == deployment.version_id)
            .options(joinedload(Version.audio, innerjoin=True), undefer(Version.words))
        )
        version = (await db.execute(whole)).scalar_one()
        renditions.check_there(version.audio)
        sha256 = deployment.audio_sha256 or version.audio_sha256
        if deployment.rendering:
            await renditions.kept(db, version, profile_of(deployment.rendering))
        return deployment, version, (await db.execute(select(Blob).where(Blob.sha256 == sha256))).scalar_one()
