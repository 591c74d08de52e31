"""`/healthz`, `/readyz`, `/metrics`: for operators and their machines."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from voiceops.api.deps import Held
from voiceops.api.payloads import Out
from voiceops.errors import Unavailable

router = APIRouter(tags=["health"])


class Health(Out):
    """It answers."""

    status: Literal["ok"]


@router.get("/healthz")
async def healthz() -> Health:
    """Tell that the process runs."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"description": "Not yet, or the database does not answer."}})
async def readyz(request: Request, held: Held) -> Health:
    """Tell that it can serve: migrated, seeded where it should be, and the database answers."""
    if not request.app.state.ready:
        raise Unavailable("Starting.")
    try:
        async with held.database.engine.connect() as connection:
            await connection.execute(text("select 1"))
    except (SQLAlchemyError, OSError) as error:
        raise Unavailable("The database does not answer.") from error
    return Health(status="ok")


@router.get("/metrics", response_class=Response)
async def metrics() -> Response:
    """Give figures to Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
