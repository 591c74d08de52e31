"""`GET /targets/{target}/acceptance/{version}`: whether a target would take a version, and how the version would be heard there."""

from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter

from voiceops import evidence, fitting
from voiceops.acceptance import Checked, Figure, Fitted
from voiceops.api.deps import CallerBriefly, Held, Parts
from voiceops.api.payloads import Out
from voiceops.errors import Conflict, Gone, Unavailable
from voiceops.workflow import deployments
from voiceops.workflow.deployments import Sought

router = APIRouter(tags=["deployments"])


class CheckedOut(Out):
    """One check: what there is and what there may be; a bound of null bounds nothing."""

    code: str
    ok: bool
    message: str
    measured: Figure
    bound: Figure


class RenditionOut(Out):
    """How the version is heard there."""

    media_type: str
    bytes: int
    sample_rate_hz: int
    duration_ms: int
    loudness_lufs: float | None
    true_peak_dbtp: float | None


class AcceptanceOut(Out):
    """Whether a deployment would go well now, and each thing it would ask. No rendition where none could be made."""

    ok: bool
    items: list[CheckedOut]
    rendition: RenditionOut | None


@router.get("/targets/{target}/acceptance/{version}")
async def get_acceptance(target: UUID, version: UUID, held: Held, actor: CallerBriefly) -> AcceptanceOut:
    """Check a version against a target: it is rendered as the target plays it, decoded again and measured."""
    async with held.database.session.begin() as db:
        sought = await deployments.see(db, actor, target, version)
    whole, fitted = await _whole(held, sought), None
    if whole.ok:
        fitted = await fitting.fit(held.database, held.renderer, sought.version, sought.profile)
    async with held.database.session.begin() as db:
        items = await deployments.checks(db, actor, sought, whole=whole, fitted=fitted)
    return AcceptanceOut(
        ok=all(one.ok for one in items),
        items=[CheckedOut(**asdict(one)) for one in items],
        rendition=_rendition(fitted) if fitted else None,
    )


async def prove(held: Parts, sought: Sought) -> Fitted:
    """Read the stored audio and hash it anew, and render it for the target; raise what keeps it from being deployed."""
    return await fitting.prove(held.database, held.store, held.renderer, sought.version, sought.profile)


async def _whole(held: Parts, sought: Sought) -> Checked:
    found = deployments.proved(sought.version)
    if not found.ok:
        return found
    try:
        await evidence.prove(held.store, sought.version.audio_sha256, deed="deploy", possible=())
    except (Conflict, Gone, Unavailable) as refused:
        return Checked("fingerprint", ok=False, message=refused.detail, measured=None, bound=sought.version.fingerprint)
    return found


def _rendition(fitted: Fitted) -> RenditionOut:
    names = ("duration_ms", "loudness_lufs", "true_peak_dbtp")
    return RenditionOut(
        media_type=fitted.profile.kind.media_type,
        bytes=fitted.bytes,
        sample_rate_hz=fitted.sample_rate_hz,
        **{name: fitted.measured[name] for name in names},
    )
