"""`GET /live/{target}/{asset_key}`: what machines ask on every call. The key's check and the manifest are one statement.

Nothing is remembered between two requests: a key that was revoked, or a version that was replaced, is gone with the next one.
"""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import or_, select

from voiceops.api.deps import Held, Parts, anonymous
from voiceops.api.etag import matches
from voiceops.api.identity import Identity, Shown
from voiceops.api.payloads import Json
from voiceops.errors import Forbidden, Malformed, NotFound, NotSignedIn
from voiceops.models import Asset, Deployment, Scope, Slot, Target
from voiceops.models.key import KEY_FORM
from voiceops.workflow import keys

router = APIRouter(tags=["live"])

Manifest = tuple[str, str]
"""The canonical JSON, and its SHA-256."""
HEADERS: Final = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
LOOKUP: Final = """
    select %(scope)s = any(k.scopes), k.last_used_at is null or k.last_used_at < now() - %(every)s,
      d.manifest, d.manifest_sha256
    from api_keys k
    join people p on p.id = k.person_id and p.deactivated_at is null
    left join targets t on t.project_id = k.project_id and (t.key = %(target)s or t.id = %(target_id)s)
    left join assets a on a.project_id = k.project_id and a.key = %(asset)s
    left join slots s on s.target_id = t.id and s.asset_id = a.id
    left join deployments d on d.id = s.deployment_id
    where k.prefix = %(prefix)s and k.secret_hash = %(secret)s and k.revoked_at is null and k.expires_at > now()
      and exists (select from memberships m where m.person_id = k.person_id and m.project_id = k.project_id)
"""


@router.get(
    "/live/{target}/{asset_key:path}",
    response_model=Json,
    responses={304: {"description": "Still what the ETag that was sent is of."}},
)
async def get_live_manifest(target: str, asset_key: str, request: Request, held: Held, shown: Identity) -> Response:
    """Give the manifest of what is live of an asset on a target: by an API key with the scope `live`, or by session."""
    if shown.key is not None:
        found = await _by_key(held, request, shown, (target, asset_key))
    else:
        found = await _by_session(held, request, shown, (target, asset_key))
    if found is None:
        raise NotFound(f"Nothing of {asset_key} is live on {target}.")
    manifest, sha256 = found
    headers = {**HEADERS, "ETag": f'"{sha256}"'}
    if matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(manifest, media_type="application/json", headers=headers)


async def _by_key(held: Parts, request: Request, shown: Shown, place: tuple[str, str]) -> Manifest | None:
    form = KEY_FORM.fullmatch(shown.key or "")
    if form is None:
        raise NotSignedIn(shown.refusal)
    target, asset = place
    named = {"target": target, "target_id": _id(target), "asset": asset}
    row = await held.database.look(
        LOOKUP, {**named, "scope": Scope.LIVE, "prefix": form[1], "secret": keys.digest(form[2]), "every": keys.USED_EVERY}
    )
    if row is None:
        raise NotSignedIn(shown.refusal)
    in_scope, unnoted, manifest, sha256 = row
    if not in_scope:
        raise Forbidden(f"This API key lacks the scope {Scope.LIVE}.")
    if unnoted:
        async with held.database.session.begin() as db:
            await shown.known(db, anonymous(request))
    return (manifest, sha256) if manifest else None


async def _by_session(held: Parts, request: Request, shown: Shown, place: tuple[str, str]) -> Manifest | None:
    target, asset = place
    async with held.database.session.begin() as db:
        actor = await shown.known(db, anonymous(request))
        if actor is None:
            raise NotSignedIn(shown.refusal)
        query = (
            select(Deployment.manifest, Deployment.manifest_sha256)
            .join(Slot, Slot.deployment_id == Deployment.id)
            .join(Target, Target.id == Slot.target_id)
            .join(Asset, Asset.id == Slot.asset_id)
            .where(Target.project_id.in_(actor.roles), or_(Target.key == target, Target.id == _id(target)), Asset.key == asset)
        )
        found = [(manifest, sha256) for manifest, sha256 in await db.execute(query) if manifest and sha256]
    if len(found) > 1:
        raise Malformed.field("target", f"More than one project of yours has a target {target}: name it by its id.")
    return found[0] if found else None


def _id(target: str) -> UUID | None:
    """Read a target's id where a key may stand as well."""
    try:
        return UUID(target)
    except ValueError:
        return None
