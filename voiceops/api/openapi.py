"""The OpenAPI document, which is the contract: FastAPI's own, with every route's problems told as they are sent."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from voiceops.api.payloads import Problem
from voiceops.api.problems import MEDIA_TYPE

READING: Final = (400, 401, 403, 404, 422, 429, 503)
CHANGING: Final = (*READING, 409, 413)
METHODS: Final = {"get": READING, "head": READING, "post": CHANGING, "patch": CHANGING, "put": CHANGING, "delete": CHANGING}


def document(app: FastAPI) -> dict[str, Any]:
    """Return the document."""
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = made["components"]["schemas"]
    problem = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path, operations in made["paths"].items():
        if path.startswith("/api/"):
            for method, operation in operations.items():
                _tell_problems(operation, METHODS[method])
    return made


def _tell_problems(operation: dict[str, Any], statuses: tuple[int, ...]) -> None:
    declared = (int(status) for status in operation["responses"])
    for status in {*statuses, *(status for status in declared if status >= HTTPStatus.BAD_REQUEST)}:
        operation["responses"][str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
