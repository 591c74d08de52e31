"""Who may do what: one rule for each action, and every route of the API keeps to it."""

import re
from collections.abc import Mapping
from itertools import product
from typing import Any, Final, NamedTuple
from uuid import uuid4

import httpx
import pytest
from conftest import Json, Rows, Studio, refused

from voiceops.app import create_app
from voiceops.config import settings
from voiceops.models import Action, GenerationStatus, Role
from voiceops.models.actor import Actor, ActorKind
from voiceops.models.generation import POSSIBLE
from voiceops.policy import RULES, allowed

READ = frozenset(Role)
WRITE = frozenset({Role.AUTHOR, Role.OWNER})
AUDIT = frozenset({Role.AUDITOR, Role.OWNER})
ADMIN = frozenset({Role.OWNER})  # the demo's owner manages the installation too
PEOPLE: Final = (*Role, "outsider")
MACHINES: Final[Mapping[Action, ActorKind]] = {
    Action.STUDIO_SEED: ActorKind.SYSTEM,
    Action.GENERATION_SUCCEED: ActorKind.WORKER,
    Action.GENERATION_FAIL: ActorKind.WORKER,
    Action.SESSION_SIGN_IN: ActorKind.PERSON,
    Action.SESSION_SIGN_OUT: ActorKind.PERSON,
}


class Route(NamedTuple):
    """What a route shows or does: `here` holds the roles that may, None where no project is concerned."""

    here: frozenset[Role] | None
    action: Action | None = None
    status: int = 200
    body: Json | None = None
    signed_out: int = 401
    outsider: int = 404


SPOKEN: Final = {"text": "Hello.", "voice": "tone/plain"}
ROUTES: Final[Mapping[tuple[str, str], Route]] = {
    ("GET", "/healthz"): Route(None, signed_out=200),
    ("GET", "/readyz"): Route(None, signed_out=200),
    ("GET", "/metrics"): Route(None, signed_out=200),
    ("GET", "/api/v1/demo"): Route(None, status=404, signed_out=404),
    ("GET", "/api/v1/session"): Route(None),
    ("POST", "/api/v1/session"): Route(None, status=401, body={"email": "nobody@example.com", "password": "x"}),
    ("DELETE", "/api/v1/session"): Route(None, Action.SESSION_SIGN_OUT, 204),
    ("GET", "/api/v1/projects"): Route(None),
    ("GET", "/api/v1/voices"): Route(None),
    ("GET", "/api/v1/voices/{provider}/{name}/sample"): Route(None, status=404),
    ("GET", "/api/v1/events"): Route(None, status=0),  # endless: tests of its own
    ("GET", "/api/v1/projects/{project}"): Route(READ),
    ("GET", "/api/v1/projects/{project}/assets"): Route(READ),
    ("POST", "/api/v1/projects/{project}/assets"): Route(WRITE, Action.ASSET_CREATE, 201, {"key": "{new}", "title": "New"}),
    ("GET", "/api/v1/assets/{asset}"): Route(READ),
    ("PATCH", "/api/v1/assets/{asset}"): Route(WRITE, Action.ASSET_UPDATE, 200, {"title": "New"}),
    ("GET", "/api/v1/assets/{asset}/scripts"): Route(READ),
    ("POST", "/api/v1/assets/{asset}/scripts"): Route(WRITE, Action.SCRIPT_CREATE, 201, {"text": "{new}"}),
    ("POST", "/api/v1/assets/{asset}/scripts/check"): Route(READ, body={"text": "Hello."}),
    ("GET", "/api/v1/assets/{asset}/generations"): Route(READ),
    ("POST", "/api/v1/assets/{asset}/generations"): Route(WRITE, Action.GENERATION_REQUEST, 202, SPOKEN),
    ("GET", "/api/v1/assets/{asset}/versions"): Route(READ),
    ("GET", "/api/v1/generations/{generation_id}"): Route(READ),
    ("POST", "/api/v1/generations/{generation_id}/cancel"): Route(WRITE, Action.GENERATION_CANCEL, 409),
    ("POST", "/api/v1/generations/{generation_id}/retry"): Route(WRITE, Action.GENERATION_RETRY, 409),
    ("GET", "/api/v1/versions/{version}"): Route(READ),
    ("GET", "/api/v1/versions/{version}/waveform"): Route(READ),
    ("GET", "/api/v1/versions/{version}/words"): Route(READ),
    ("GET", "/api/v1/versions/{version}/audio"): Route(READ),
    ("HEAD", "/api/v1/versions/{version}/audio"): Route(READ),
    ("GET", "/api/v1/projects/{project}/audit"): Route(AUDIT, Action.AUDIT_READ),
    ("GET", "/api/v1/projects/{project}/audit/{event}"): Route(AUDIT),
    ("GET", "/api/v1/projects/{project}/audit/export"): Route(AUDIT, Action.AUDIT_EXPORT),
    ("POST", "/api/v1/projects/{project}/audit/verify"): Route(AUDIT, Action.AUDIT_VERIFY),
    ("GET", "/api/v1/audit"): Route(ADMIN, outsider=403),
    ("GET", "/api/v1/audit/{event}"): Route(ADMIN, status=404, outsider=403),
    ("GET", "/api/v1/audit/export"): Route(ADMIN, outsider=403),
    ("POST", "/api/v1/audit/verify"): Route(ADMIN, outsider=403),
}


def documented() -> list[tuple[str, str]]:
    """Every route that the OpenAPI document knows."""
    paths = create_app(settings()).openapi()["paths"]
    return [(method.upper(), path) for path, operations in paths.items() for method in operations]


def test_every_route_stands_in_the_matrix() -> None:
    assert sorted(ROUTES) == sorted(documented())


async def ask(client: httpx.AsyncClient, method: str, path: str, ids: Mapping[str, str], body: Json | None) -> httpx.Response:
    """Send a request to a route, with ids for its parameters and something new where it wants it."""
    filled = re.sub(r"\{(\w+)\}", lambda match: ids[match[1]], path)
    sent = {name: f"new-{uuid4()}" if value == "{new}" else value for name, value in body.items()} if body else None
    return await client.request(method, f"http://studio.test{filled}", json=sent)


def check(answer: httpx.Response, status: int, what: str) -> None:
    """The answer has this status, and looks like a problem if it is one."""
    assert answer.status_code == status, f"{what}: {answer.status_code} instead of {status}: {answer.text[:200]}"
    if status >= 400 and answer.request.method != "HEAD":
        refused(answer, status)


async def ids_of(studio: Studio, rows: Rows) -> dict[str, str]:
    """Something of each kind, in the project."""
    version = await studio.version(await studio.asset())
    ((event,),) = await rows("select id::text from audit_events where project_id = %s order by seq limit 1", studio.project)
    return {
        "event": event,
        "project": studio.project,
        "asset": version["asset_id"],
        "version": version["id"],
        "generation_id": version["generation_id"],
        "provider": "tone",
        "name": "plain",
    }


async def test_every_route_answers_each_role_as_the_matrix_says(studio: Studio, worker: None, rows: Rows) -> None:
    ids = await ids_of(studio, rows)
    for who, ((method, path), route) in product(PEOPLE, ROUTES.items()):
        if route.status == 0 or route.action is Action.SESSION_SIGN_OUT:
            continue
        answer = await ask(await studio.person(who), method, path, ids, route.body)
        no = route.outsider if who == "outsider" else 403
        check(answer, route.status if route.here is None or who in route.here else no, f"{method} {path} by {who}")


async def test_what_is_not_there_is_404_to_everybody(studio: Studio, worker: None, rows: Rows) -> None:
    nowhere = dict.fromkeys(await ids_of(studio, rows), str(uuid4()))
    for who, ((method, path), route) in product((Role.OWNER, Role.VIEWER, "outsider"), ROUTES.items()):
        if route.here is not None and route.outsider == 404:
            answer = await ask(await studio.person(who), method, path, nowhere, route.body)
            check(answer, 404, f"{method} {path} of nowhere by {who}")


async def test_who_is_not_signed_in_gets_nothing(studio: Studio, worker: None, rows: Rows) -> None:
    ids = await ids_of(studio, rows)
    client = await studio.anonymous()
    for (method, path), route in ROUTES.items():
        check(await ask(client, method, path, ids, route.body), route.signed_out, f"{method} {path} by nobody")


async def test_can_tells_what_really_may_be_done(studio: Studio, rows: Rows) -> None:
    """Each subject's `can`, for each role, against what the API answers to the deed."""
    asset = await studio.asset()
    waiting, failed, spoken = [await studio.ask(asset) for _ in range(3)]
    for generation, *steps in ((failed, "failed"), (spoken, "running", "succeeded")):
        for step in steps:
            await rows("update generations set status = %s where id = %s", step, generation["id"])
    generations = ["/generations/{id}" + end for end in ("/cancel", "/retry")]
    subjects: list[tuple[str, list[tuple[Action, str, str]]]] = [
        (f"/projects/{studio.project}", [(Action.ASSET_CREATE, "POST", f"/projects/{studio.project}/assets")]),
        (
            f"/assets/{asset['id']}",
            [
                (Action.ASSET_UPDATE, "PATCH", f"/assets/{asset['id']}"),
                (Action.SCRIPT_CREATE, "POST", f"/assets/{asset['id']}/scripts"),
                (Action.GENERATION_REQUEST, "POST", f"/assets/{asset['id']}/generations"),
            ],
        ),
        *(
            (
                f"/generations/{one['id']}",
                [
                    (action, "POST", path.format(id=one["id"]))
                    for action, path in zip((Action.GENERATION_CANCEL, Action.GENERATION_RETRY), generations, strict=True)
                ],
            )
            for one in (spoken, failed, waiting)
        ),
    ]
    bodies: dict[Action, Json] = {route.action: route.body or {} for route in ROUTES.values() if route.action}
    for role, (shown, deeds) in product((Role.VIEWER, Role.REVIEWER, Role.AUTHOR), subjects):
        client = await studio.person(role)
        can = (await client.get(shown)).json()["can"]
        assert set(can) <= {action for action, _, _ in deeds}, f"{shown} promises more than is tried here"
        for action, method, path in deeds:
            answer = await ask(client, method, f"/api/v1{path}", {}, bodies[action])
            assert answer.is_success == (action in can), f"{action} of {shown} by {role}: {answer.status_code}, can {can}"


def test_every_action_has_one_rule() -> None:
    assert set(RULES) == set(Action)
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", action) for action in Action)


def test_every_action_of_people_is_done_by_one_route() -> None:
    done = [route.action for route in ROUTES.values() if route.action]
    assert sorted([*done, Action.SESSION_SIGN_IN, *(action for action in MACHINES if action not in done)]) == sorted(
        [*Action, Action.SESSION_SIGN_IN]
    )


@pytest.mark.parametrize("action", Action)
def test_a_rule_lets_do_who_may_do_it_and_nobody_else(action: Action) -> None:
    project, other = uuid4(), uuid4()
    by_action = {route.action: route.here for route in ROUTES.values()}
    for role, kind, where in product(Role, ActorKind, (project, other, None)):
        actor = Actor(kind, uuid4(), roles={project: frozenset({role})})
        if action in MACHINES:
            expected = kind is MACHINES[action]
        else:
            expected = kind is ActorKind.PERSON and where == project and role in (by_action[action] or ())
        assert RULES[action](actor, where) == expected, (role, kind, where)


def test_what_a_state_does_not_allow_nobody_can() -> None:
    class Subject(NamedTuple):
        project_id: Any
        possible: tuple[Action, ...]

    project = uuid4()
    owner = Actor(ActorKind.PERSON, uuid4(), roles={project: frozenset({Role.OWNER})})
    for status in GenerationStatus:
        assert allowed(owner, Subject(project, POSSIBLE[status])) == list(POSSIBLE[status])
    assert allowed(Actor(ActorKind.WORKER, uuid4()), Subject(project, tuple(Action))) == [
        Action.GENERATION_SUCCEED,
        Action.GENERATION_FAIL,
    ]
