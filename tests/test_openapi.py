"""The OpenAPI document is the contract: committed, complete, and kept."""

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any, Final

import hypothesis
import pytest
import schemathesis
from conftest import Studio, served
from hypothesis import strategies
from schemathesis import checks
from schemathesis.core.result import Ok

from voiceops.api.identity import COOKIE
from voiceops.api.payloads import Problem
from voiceops.app import create_app
from voiceops.config import settings

COMMITTED: Final = Path(__file__).parent.parent / "openapi.json"
READING: Final = {"400", "401", "403", "404", "422", "429", "503"}
CHANGING: Final = READING | {"409", "413"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(settings()).openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(method, path, one) for path, methods in document["paths"].items() for method, one in methods.items()]


def test_the_committed_document_is_that_of_the_code(document: dict[str, Any]) -> None:
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == document, "run `make schema`"


def test_every_operation_tells_its_problems(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        if not path.startswith("/api/"):
            continue
        wanted = READING if method in {"get", "head"} else CHANGING
        assert wanted <= operation["responses"].keys(), f"{method} {path}"
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert answer["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}, (
                    f"{method} {path} {status}"
                )


def test_a_problem_is_described_as_it_is_sent(document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["Problem"]
    assert set(schema["properties"]) == set(schema["required"]) == set(Problem.model_fields)


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(document: dict[str, Any]) -> None:
    found = operations(document)
    assert len({operation["operationId"] for _, _, operation in found}) == len(found)
    assert all(operation["description"] and operation["tags"] for _, _, operation in found)


def test_every_answer_that_is_json_has_a_shape(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        for status, answer in operation["responses"].items():
            schema = answer.get("content", {}).get("application/json", {"schema": True})["schema"]
            assert schema, f"{method} {path} {status}"


def test_somebody_is_known_by_the_cookie_or_by_an_api_key(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    assert {name: (one["type"], one.get("in"), one.get("scheme")) for name, one in schemes.items()} == {
        "session": ("apiKey", "cookie", None),
        "key": ("http", None, "bearer"),
    }
    told = [operation["security"] for _, _, operation in operations(document) if "security" in operation]
    assert all(one == [{"session": []}, {"key": []}] for one in told)
    free = {path for _, path, operation in operations(document) if path.startswith("/api/") and "security" not in operation}
    assert free == {"/api/v1/demo", "/api/v1/session", "/api/v1/invitations/look", "/api/v1/invitations/accept"}


async def test_the_document_is_served(studio: Studio, document: dict[str, Any]) -> None:
    answer = await (await studio.anonymous()).get("/openapi.json")
    assert answer.json() == document


CHECKS: Final = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
LEFT_OUT: Final = {"sign_out", "end_session", "change_password", "events"}  # end the session the others use; never ends
EXAMPLES: Final = 12


def fuzz(document: dict[str, Any], url: str, shown: list[dict[str, Any]]) -> None:
    """Send every operation what its schema allows and what it does not, now as one and now as another; raises what was found."""
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=url)
    modes = list(schemathesis.GenerationMode)
    for operation in (found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)):
        if operation.definition.raw["operationId"] in LEFT_OUT:
            continue
        for mode in modes:

            @hypothesis.seed(1)
            @hypothesis.settings(
                max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
            )
            @hypothesis.given(case=operation.as_strategy(generation_mode=mode), who=strategies.sampled_from(shown))
            def send(case: schemathesis.Case[Any], who: dict[str, Any]) -> None:
                answer = case.call(**who, timeout=20)
                case.validate_response(answer, checks=CHECKS)

            with contextlib.suppress(hypothesis.errors.Unsatisfiable):  # nothing it could be sent is against its schema
                send()


# the application beside it uses `random`, which Hypothesis takes for its own strategies' doing
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
async def test_every_answer_is_one_the_document_promises(studio: Studio, worker: None, document: dict[str, Any]) -> None:
    version = await studio.version(await studio.asset())
    ids = {
        "project": studio.project,
        "asset": version["asset_id"],
        "version": version["id"],
        "left": version["id"],
        "right": version["id"],
        "generation_id": version["generation_id"],
    }
    mine = json.loads(json.dumps(document))
    for path in mine["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and parameter["name"] in ids:
                    parameter["schema"]["enum"] = [ids[parameter["name"]], version["script"]["id"]]
    session = {"cookies": {COOKIE: (await studio.person("owner")).cookies[COOKIE]}}  # who may everything, also of people
    key = {"headers": {"Authorization": (await studio.key("owner")).headers["Authorization"]}}
    async with served(studio) as url:
        await asyncio.to_thread(fuzz, mine, url.removesuffix("/api/v1"), [session, key])
