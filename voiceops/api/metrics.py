"""What Prometheus is told of this process and of the queue."""

from typing import Final

from prometheus_client import Gauge, Histogram
from starlette.types import Scope

REQUESTS: Final = Histogram(
    "voiceops_request_seconds",
    "Time to the first byte of an answer, by method, route and status.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
PENDING: Final = Gauge("voiceops_generations_pending", "Generations that wait or are spoken.", ["status"])
UNSEALED: Final = Gauge(
    "voiceops_audit_oldest_unsealed_seconds", "Age of the oldest event of the record that is not sealed; 0 where all are."
)


def observe(scope: Scope, status: int, seconds: float) -> None:
    """Count one answer; unknown places are one route, whatever was asked for."""
    route = getattr(scope.get("route"), "path", None)
    REQUESTS.labels(scope["method"] if route else "any", route or "none", status).observe(seconds)
