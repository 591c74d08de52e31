"""`/healthz`, `/readyz`, `/metrics`: for operators and their machines."""

from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from voiceops.api import metrics as metered
from voiceops.api.deps import Db, Held
from voiceops.api.payloads import Out
from voiceops.audit.reading import oldest_unsealed
from voiceops.config import settings
from voiceops.errors import Unavailable
from voiceops.migrations import head
from voiceops.models import Generation
from voiceops.models.generation import PENDING
from voiceops.workflow import demo

router = APIRouter(tags=["health"])


class Health(Out):
    """It answers."""

    status: Literal["ok"]


@router.get("/healthz")
async def healthz() -> Health:
    """Tell that the process runs."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"description": "Not yet, or the database does not answer."}})
async def readyz(held: Held) -> Health:
    """Tell that it can serve: the database answers, is of this release, and holds the demo's people where it was empty."""
    try:
        async with held.database.session.begin() as db:
            release = (await db.execute(text("select version_num from alembic_version"))).scalar_one()
            seeded = not settings().demo or not await demo.is_empty(db)
    except (SQLAlchemyError, OSError) as error:
        raise Unavailable("The database does not answer, or was never migrated.") from error
    if release != head():
        raise Unavailable(f"The database is of release {release}, not {head()}: run `voiceops migrate`.")
    if not seeded:
        raise Unavailable("The demo is not here yet: run `voiceops migrate`.")
    return Health(status="ok")


@router.get("/metrics", response_class=Response)
async def metrics(db: Db) -> Response:
    """Give figures to Prometheus."""
    pending = select(Generation.status, func.count()).where(Generation.status.in_(PENDING)).group_by(Generation.status)
    counted = dict((await db.execute(pending)).all())
    for status in PENDING:
        metered.PENDING.labels(status).set(counted.get(status, 0))
    metered.UNSEALED.set(await oldest_unsealed(db))
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
