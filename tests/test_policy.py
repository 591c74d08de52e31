"""Who may do what: one rule for each action, and every route of the API keeps to it."""

import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, Final, NamedTuple
from uuid import uuid4

import httpx
import pytest
from conftest import Json, Rows, Studio, refused

from voiceops.app import create_app
from voiceops.config import settings
from voiceops.models import Action, GenerationStatus, Role, Scope, Status
from voiceops.models.actor import Actor, ActorKind
from voiceops.models.generation import POSSIBLE
from voiceops.models.version import LIFECYCLE
from voiceops.policy import RULES, SCOPES, allowed

READ = frozenset(Role)
WRITE = frozenset({Role.AUTHOR, Role.OWNER})
JUDGE = frozenset({Role.REVIEWER, Role.OWNER})
OWN = frozenset({Role.OWNER})
SHIP = frozenset({Role.PUBLISHER, Role.OWNER})
COMMENT = READ - {Role.VIEWER, Role.AUDITOR}
AUDIT = frozenset({Role.AUDITOR, Role.OWNER})
LISTEN = frozenset(Role) - {Role.AUDITOR}
OF_THE_INSTALLATION: Final = {Action.AUDIT_READ, Action.AUDIT_VERIFY, Action.AUDIT_EXPORT}
"""What its admins may do to its own log, which lies in no project."""
PINNING: Final = {Action.DEPLOYMENT_PIN, Action.DEPLOYMENT_UNPIN, Action.RELEASE_CONFIRM}
"""What keeps machines, and one person alone, from changing what is live is not for machines."""
MANY_AT_ONCE: Final = "/api/v1/projects/{project}/versions/"
"""Where what is done to one version is done to many."""
PEOPLE: Final = (*Role, "outsider", "admin")
ADMINS: Final = {Role.OWNER, "admin"}
"""Who manages the installation: the demo's owner too."""
MACHINES: Final[Mapping[Action, ActorKind]] = {
    Action.STUDIO_SEED: ActorKind.SYSTEM,
    Action.GENERATION_SUCCEED: ActorKind.WORKER,
    Action.GENERATION_FAIL: ActorKind.WORKER,
    Action.AUDIO_RETURN: ActorKind.WORKER,
    Action.DEPLOYMENT_RETURN: ActorKind.WORKER,
    Action.RELEASE_START: ActorKind.WORKER,
    Action.RELEASE_END: ActorKind.WORKER,
    Action.RELEASE_FAIL: ActorKind.WORKER,
    Action.LIMIT_REFUSE: ActorKind.SYSTEM,
    Action.AUDIT_ROTATE: ActorKind.SYSTEM,
    Action.SESSION_REFUSE: ActorKind.SYSTEM,
    Action.SESSION_SIGN_IN: ActorKind.PERSON,
    Action.SESSION_SIGN_OUT: ActorKind.PERSON,
    Action.STUDIO_FOUND: ActorKind.PERSON,
    Action.SESSION_END: ActorKind.PERSON,
    Action.PASSWORD_CHANGE: ActorKind.PERSON,
    Action.MEMBER_ACCEPT: ActorKind.PERSON,
}


BY_POLICY: Final = {Action.AUDIO_DROP}
"""What a worker does too, for who set the policy that says so."""


class Route(NamedTuple):
    """What a route shows or does: `here` holds the roles that may, None where no project is concerned.

    `admins`: who manages the installation may too; without a project they alone. `seen` holds the roles to whom it is there at
    all, if not to every member. `scope` is what a key needs where nothing is done, None where no key may ask.
    """

    here: frozenset[Role] | None
    action: Action | None = None
    status: int = 200
    body: Json | None = None
    signed_out: int = 401
    admins: bool = False
    seen: frozenset[Role] = READ
    scope: Scope | None = Scope.READ

    @property
    def needs(self) -> tuple[Scope, ...]:
        """What a key needs one of for it."""
        if self.action:
            return SCOPES.get(self.action, ())
        return (self.scope,) if self.scope else ()

    def to(self, who: Role | str) -> int:
        """The status that somebody is answered with."""
        if self.admins and who in ADMINS:
            return self.status
        if self.here is None:
            return 403 if self.admins else self.status
        if who not in self.seen:
            return 404
        return self.status if who in self.here else 403

    def to_key(self, who: Role | str, scope: Scope) -> int:
        """The status that a key of somebody is answered with; where nobody needs to sign in, a key changes nothing."""
        if self.status == self.signed_out:
            return self.status
        if self.admins and self.here is None:
            return 403
        return self.to(who) if scope in self.needs else 403


LIMITED: Final = {"characters": {"limit": 2_000_000}, "reason": "More to say"}
KEY: Final = {"project_id": "{project}", "name": "Machine", "scopes": ["read"]}
SPOKEN: Final = {"text": "Hello.", "voice": "tone/plain"}
WHY: Final = {"reason": "Because"}
HEARD: Final = {"version_ids": ["{version}", "{right}"], "preferred_id": "{right}"}
MANY: Final = {**WHY, "version_ids": ["{version}"]}
TOGETHER: Final = {**WHY, "items": [{"target_id": "{target}", "version_id": "{version}"}]}
PLACE: Final = {"key": "{new}", "name": "New", "channel": "support_bot"}
OF_ASSET: Final = {**WHY, "asset_id": "{asset}"}
RELEASED: Final = (
    "with released as (insert into releases (id, project_id, status, two_people, over_pin, reason, requested_by_id, finished_at)"
    " select gen_random_uuid(), v.project_id, 'cancelled', false, false, 'Because', v.created_by_id, now()"
    " from targets t, versions v where t.id = %s and v.id = %s returning id) select id from released"
)
"""A release that was cancelled."""
TOKEN: Final = {"token": "no such token"}
ROUTES: Final[Mapping[tuple[str, str], Route]] = {
    ("GET", "/healthz"): Route(None, signed_out=200),
    ("GET", "/readyz"): Route(None, signed_out=200),
    ("GET", "/metrics"): Route(None, signed_out=200),
    ("GET", "/api/v1/demo"): Route(None, status=404, signed_out=404),
    ("GET", "/api/v1/session"): Route(None),
    ("POST", "/api/v1/session"): Route(None, status=401, body={"email": "{new}@example.com", "password": "x"}),
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
    ("GET", "/api/v1/versions/{left}/compare/{right}"): Route(READ),
    ("GET", "/api/v1/projects/{project}/preferences"): Route(READ),
    ("POST", "/api/v1/projects/{project}/preferences"): Route(LISTEN, Action.VERSION_PREFER, 201, HEARD),
    ("GET", "/api/v1/versions/{version}/words"): Route(READ),
    ("GET", "/api/v1/versions/{version}/checks"): Route(READ),
    ("GET", "/api/v1/versions/{version}/captions.vtt"): Route(READ),
    ("POST", "/api/v1/versions/{version}/checks/{check}/waive"): Route(JUDGE, Action.CHECK_WAIVE, 409, WHY),
    ("GET", "/api/v1/versions/{version}/audio"): Route(READ),
    ("HEAD", "/api/v1/versions/{version}/audio"): Route(READ),
    ("GET", "/api/v1/projects/{project}/audit"): Route(AUDIT, Action.AUDIT_READ),
    ("GET", "/api/v1/projects/{project}/audit/{event}"): Route(AUDIT, scope=None),
    ("GET", "/api/v1/projects/{project}/audit/export"): Route(AUDIT, Action.AUDIT_EXPORT),
    ("POST", "/api/v1/projects/{project}/audit/verify"): Route(AUDIT, Action.AUDIT_VERIFY),
    ("GET", "/api/v1/audit"): Route(None, admins=True),
    ("GET", "/api/v1/audit/{event}"): Route(None, status=404, admins=True),
    ("GET", "/api/v1/audit/export"): Route(None, admins=True),
    ("POST", "/api/v1/audit/verify"): Route(None, admins=True),
    ("GET", "/api/v1/projects/{project}/limits"): Route(READ),
    ("PATCH", "/api/v1/projects/{project}/limits"): Route(OWN, Action.LIMIT_CHANGE, 200, LIMITED),
    ("PUT", "/api/v1/session/password"): Route(
        None, Action.PASSWORD_CHANGE, 422, {"current": "not mine", "new": "a new one of mine"}
    ),
    ("GET", "/api/v1/sessions"): Route(None, scope=None),
    ("DELETE", "/api/v1/sessions/{session}"): Route(None, Action.SESSION_END, 404),
    ("POST", "/api/v1/projects"): Route(None, Action.PROJECT_CREATE, 201, {"key": "{new}", "name": "New"}, admins=True),
    ("PATCH", "/api/v1/projects/{project}"): Route(OWN, Action.PROJECT_UPDATE, 200, {"name": "New"}, admins=True),
    ("GET", "/api/v1/projects/{project}/members"): Route(READ, scope=None),
    ("PUT", "/api/v1/projects/{project}/members/{person}"): Route(
        OWN, Action.MEMBER_CHANGE, 200, {**WHY, "roles": ["viewer", "author"]}
    ),
    ("DELETE", "/api/v1/projects/{project}/members/{person}"): Route(OWN, Action.MEMBER_REMOVE, 204, WHY),
    ("GET", "/api/v1/projects/{project}/invitations"): Route(OWN, scope=None),
    ("POST", "/api/v1/projects/{project}/invitations"): Route(
        OWN, Action.MEMBER_INVITE, 201, {"email": "{new}@northwind.example", "roles": ["viewer"]}
    ),
    ("DELETE", "/api/v1/invitations/{invitation}"): Route(OWN, Action.INVITATION_REVOKE, 204),
    ("POST", "/api/v1/invitations/look"): Route(None, status=404, body=TOKEN, signed_out=404),
    ("POST", "/api/v1/invitations/accept"): Route(None, Action.MEMBER_ACCEPT, 404, TOKEN, signed_out=404),
    ("GET", "/api/v1/people"): Route(None, admins=True),
    ("GET", "/api/v1/people/{person}"): Route(None, admins=True),
    ("PATCH", "/api/v1/people/{person}"): Route(None, Action.PERSON_CHANGE, 200, {"name": "New"}, admins=True),
    ("POST", "/api/v1/people/{person}/deactivate"): Route(None, Action.PERSON_DEACTIVATE, 200, WHY, admins=True),
    ("POST", "/api/v1/people/{person}/reactivate"): Route(None, Action.PERSON_REACTIVATE, 200, WHY, admins=True),
    ("GET", "/api/v1/projects/{project}/policy"): Route(READ),
    ("PATCH", "/api/v1/projects/{project}/policy"): Route(OWN, Action.POLICY_CHANGE, 200, {**WHY, "approvals": 2}),
    ("POST", "/api/v1/versions/{version}/submit"): Route(WRITE, Action.VERSION_SUBMIT),
    ("POST", "/api/v1/versions/{version}/withdraw"): Route(WRITE, Action.VERSION_WITHDRAW),
    ("POST", "/api/v1/versions/{version}/approve"): Route(JUDGE, Action.VERSION_APPROVE, 409, WHY),
    ("POST", "/api/v1/versions/{version}/request-changes"): Route(JUDGE, Action.VERSION_REQUEST_CHANGES, 409, WHY),
    ("POST", "/api/v1/versions/{version}/archive"): Route(WRITE, Action.VERSION_ARCHIVE, 200, WHY),
    ("POST", "/api/v1/versions/{version}/restore"): Route(WRITE, Action.VERSION_RESTORE, 200, WHY),
    ("POST", "/api/v1/versions/{version}/drop-audio"): Route(OWN, Action.AUDIO_DROP, 409, WHY),
    ("GET", "/api/v1/projects/{project}/retention"): Route(READ),
    ("GET", "/api/v1/projects/{project}/storage"): Route(READ),
    ("POST", "/api/v1/projects/{project}/versions/archive"): Route(WRITE, Action.VERSION_ARCHIVE, 200, MANY),
    ("POST", "/api/v1/projects/{project}/versions/restore"): Route(WRITE, Action.VERSION_RESTORE, 200, MANY),
    ("GET", "/api/v1/projects/{project}/reviews"): Route(READ),
    ("GET", "/api/v1/versions/{version}/reviews"): Route(READ),
    ("GET", "/api/v1/versions/{version}/comments"): Route(READ),
    ("POST", "/api/v1/versions/{version}/comments"): Route(COMMENT, Action.COMMENT_CREATE, 201, {"body": "{new}"}),
    ("GET", "/api/v1/comments/{comment}"): Route(READ),
    ("PATCH", "/api/v1/comments/{comment}"): Route(COMMENT, Action.COMMENT_EDIT, 409, {"body": "{new}"}),
    ("DELETE", "/api/v1/comments/{comment}"): Route(COMMENT, Action.COMMENT_DELETE, 409),
    ("POST", "/api/v1/comments/{comment}/resolve"): Route(COMMENT, Action.COMMENT_RESOLVE, 409),
    ("POST", "/api/v1/comments/{comment}/reopen"): Route(COMMENT, Action.COMMENT_REOPEN, 409),
    ("GET", "/api/v1/projects/{project}/targets"): Route(READ),
    ("POST", "/api/v1/projects/{project}/targets"): Route(SHIP, Action.TARGET_CREATE, 201, PLACE),
    ("GET", "/api/v1/targets/{target}"): Route(READ),
    ("PATCH", "/api/v1/targets/{target}"): Route(SHIP, Action.TARGET_UPDATE, 200, {**WHY, "name": "New"}),
    ("GET", "/api/v1/targets/{target}/deployments"): Route(READ),
    ("POST", "/api/v1/targets/{target}/deployments"): Route(
        SHIP, Action.DEPLOYMENT_CREATE, 409, {**WHY, "version_id": "{version}"}
    ),
    ("POST", "/api/v1/targets/{target}/rollback"): Route(SHIP, Action.DEPLOYMENT_ROLLBACK, 409, OF_ASSET),
    ("POST", "/api/v1/targets/{target}/retire"): Route(SHIP, Action.DEPLOYMENT_RETIRE, 409, OF_ASSET),
    ("POST", "/api/v1/targets/{target}/pin"): Route(SHIP, Action.DEPLOYMENT_PIN, 409, OF_ASSET),
    ("POST", "/api/v1/targets/{target}/unpin"): Route(SHIP, Action.DEPLOYMENT_UNPIN, 409, OF_ASSET),
    ("GET", "/api/v1/targets/{target}/acceptance/{version}"): Route(READ),
    ("GET", "/api/v1/versions/{version}/deployments"): Route(READ),
    ("GET", "/api/v1/deployments/{deployment}/audio"): Route(READ, status=404, scope=Scope.LIVE),
    ("HEAD", "/api/v1/deployments/{deployment}/audio"): Route(READ, status=404, scope=Scope.LIVE),
    ("GET", "/api/v1/deployments/{deployment}/captions.vtt"): Route(READ, status=404, scope=Scope.LIVE),
    ("GET", "/api/v1/projects/{project}/releases"): Route(READ),
    ("POST", "/api/v1/projects/{project}/releases"): Route(SHIP, Action.RELEASE_CREATE, 409, TOGETHER),
    ("GET", "/api/v1/releases/{release}"): Route(READ),
    ("POST", "/api/v1/releases/{release}/confirm"): Route(SHIP, Action.RELEASE_CONFIRM, 409, WHY),
    ("POST", "/api/v1/releases/{release}/cancel"): Route(SHIP, Action.RELEASE_CANCEL, 409, WHY),
    ("GET", "/api/v1/projects/{project}/live"): Route(READ),
    ("GET", "/api/v1/live/{target}/{asset_key}"): Route(READ, status=404, scope=Scope.LIVE),
    ("GET", "/api/v1/notices"): Route(None, scope=None),
    ("POST", "/api/v1/notices/read"): Route(None, scope=None),
    ("GET", "/api/v1/api-keys"): Route(None, scope=None),
    ("POST", "/api/v1/api-keys"): Route(READ, Action.KEY_CREATE, 201, KEY),
    ("DELETE", "/api/v1/api-keys/{key}"): Route(READ, Action.KEY_REVOKE, 409, seen=frozenset({Role.OWNER})),
}


def documented() -> list[tuple[str, str]]:
    """Every route that the OpenAPI document knows."""
    paths = create_app(settings()).openapi()["paths"]
    return [(method.upper(), path) for path, operations in paths.items() for method in operations]


def test_every_route_stands_in_the_matrix() -> None:
    assert sorted(ROUTES) == sorted(documented())


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    """The value with what it names between braces."""
    if isinstance(value, list):
        return [_filled(one, known) for one in value]
    for name, meant in known.items():
        value = value.replace(name, meant) if isinstance(value, str) else value
    if isinstance(value, dict):
        return {name: _filled(one, known) for name, one in value.items()}
    return value


async def ask(client: httpx.AsyncClient, method: str, path: str, ids: Mapping[str, str], body: Json | None) -> httpx.Response:
    """Send a request to a route, with ids for its parameters and something new where it wants it."""
    filled = re.sub(r"\{(\w+)\}", lambda match: ids[match[1]], path)
    known = {**{f"{{{name}}}": value for name, value in ids.items()}, "{new}": f"new-{uuid4()}"}
    sent = {name: _filled(value, known) for name, value in body.items()} if body else None
    return await client.request(method, f"http://studio.test{filled}", json=sent)


def check(answer: httpx.Response, status: int, what: str) -> None:
    """The answer has this status, and looks like a problem if it is one."""
    assert answer.status_code == status, f"{what}: {answer.status_code} instead of {status}: {answer.text[:200]}"
    if status >= 400 and answer.request.method != "HEAD":
        refused(answer, status)


async def ids_of(studio: Studio, rows: Rows) -> dict[str, str]:
    """Something of each kind, in the project."""
    asset = await studio.asset()
    version, other = [await studio.version(asset) for _ in range(2)]
    owner = await studio.person(Role.OWNER)
    members = f"/projects/{studio.project}/invitations"
    guests = [(await owner.post(members, json={"email": f"guest{n}@x.example", "roles": ["viewer"]})).json() for n in range(2)]
    token = {"token": guests[0]["link"].partition("#")[2], "name": "Gil Guest", "password": "seven grey umbrellas"}
    guest = (await (await studio.anonymous()).post("/invitations/accept", json=token)).json()["person"]
    key = (await owner.post("/api-keys", json={**KEY, "project_id": studio.project})).json()["id"]
    await owner.delete(f"/api-keys/{key}")
    remark = await owner.post(f"/versions/{version['id']}/comments", json={"body": "Louder"})
    await owner.post(f"/comments/{remark.json()['id']}/resolve")
    comment = (await owner.delete(f"/comments/{remark.json()['id']}")).json()["id"]
    place = {"key": "support-bot-eu", "name": "Support bot", "channel": "support_bot"}
    target = (await owner.post(f"/projects/{studio.project}/targets", json=place)).json()["id"]
    await rows(RELEASED, target, other["id"])
    ((release,),) = await rows("select id::text from releases")
    ((event,),) = await rows("select id::text from audit_events where project_id = %s order by seq limit 1", studio.project)
    return {
        "event": event,
        "project": studio.project,
        "person": guest["id"],
        "invitation": guests[1]["id"],
        "session": str(uuid4()),
        "asset": version["asset_id"],
        "version": version["id"],
        "left": version["id"],
        "right": other["id"],
        "comment": comment,
        "generation_id": version["generation_id"],
        "key": key,
        "provider": "tone",
        "name": "plain",
        "check": "clipping",
        "target": target,
        "deployment": str(uuid4()),
        "release": release,
        "asset_key": "support/greeting",
    }


async def test_every_route_answers_each_role_as_the_matrix_says(studio: Studio, worker: None, rows: Rows) -> None:
    ids = await ids_of(studio, rows)
    for who, ((method, path), route) in product(PEOPLE, ROUTES.items()):
        if route.status == 0 or route.action is Action.SESSION_SIGN_OUT:
            continue
        answer = await ask(await studio.person(who), method, path, ids, route.body)
        check(answer, route.to(who), f"{method} {path} by {who}")


async def test_every_route_answers_a_key_with_each_scope_as_the_matrix_says(studio: Studio, worker: None, rows: Rows) -> None:
    ids = await ids_of(studio, rows)
    for role in (Role.OWNER, Role.AUTHOR, Role.VIEWER, "outsider"):
        machines = {scope: await studio.key(role, scope) for scope in Scope}
        for scope, ((method, path), route) in product(Scope, ROUTES.items()):
            if route.status == 0 and scope in route.needs:
                continue
            expected = route.to_key(role, scope)
            answer = await ask(machines[scope], method, path, ids, route.body)
            if role == "outsider" and route.here is not None and expected == 403:
                assert answer.status_code in {403, 404}, f"{method} {path} by a key of an outsider with {scope}"
                continue
            check(answer, expected, f"{method} {path} by a key of {role} with {scope}")


async def test_a_key_that_is_made_up_gets_nothing(studio: Studio, worker: None, rows: Rows) -> None:
    ids = await ids_of(studio, rows)
    client = await studio.anonymous()
    client.headers["Authorization"] = f"Bearer vo_abcdefgh_{'A' * 43}"
    for (method, path), route in ROUTES.items():
        check(await ask(client, method, path, ids, route.body), route.signed_out, f"{method} {path} by a made-up key")


async def test_what_is_not_there_is_404_to_everybody(studio: Studio, worker: None, rows: Rows) -> None:
    nowhere = dict.fromkeys(await ids_of(studio, rows), str(uuid4()))
    for who, ((method, path), route) in product((Role.OWNER, Role.VIEWER, "outsider", "admin"), ROUTES.items()):
        if route.here is not None or (route.admins and who in ADMINS and "{" in path):
            answer = await ask(await studio.person(who), method, path, nowhere, route.body)
            check(answer, 404, f"{method} {path} of nowhere by {who}")


async def test_who_is_not_signed_in_gets_nothing(studio: Studio, worker: None, rows: Rows) -> None:
    ids = await ids_of(studio, rows)
    client = await studio.anonymous()
    for (method, path), route in ROUTES.items():
        check(await ask(client, method, path, ids, route.body), route.signed_out, f"{method} {path} by nobody")


Deeds = list[tuple[Action, str, str]]
"""What may be done to a subject, by which request."""


def deeds_of(project: str, asset: str, generations: Sequence[str], outsider: str) -> dict[str, Deeds]:
    """By where it is shown, each subject, with everything that any `can` may promise of it."""
    one, limits, policy = f"/projects/{project}", f"/projects/{project}/limits", f"/projects/{project}/policy"
    of_project: Deeds = [
        (Action.ASSET_CREATE, "POST", f"{one}/assets"),
        (Action.TARGET_CREATE, "POST", f"{one}/targets"),
        (Action.PROJECT_UPDATE, "PATCH", one),
        (Action.MEMBER_INVITE, "POST", f"{one}/invitations"),
        (Action.KEY_CREATE, "POST", "/api-keys"),
        (Action.AUDIT_READ, "GET", f"{one}/audit"),
        (Action.AUDIT_EXPORT, "GET", f"{one}/audit/export"),
        (Action.AUDIT_VERIFY, "POST", f"{one}/audit/verify"),
    ]
    of_installation: Deeds = [
        (Action.PROJECT_CREATE, "POST", "/projects"),
        (Action.PERSON_CHANGE, "PATCH", f"/people/{outsider}"),
        (Action.PERSON_DEACTIVATE, "POST", f"/people/{outsider}/deactivate"),
        (Action.PERSON_REACTIVATE, "POST", f"/people/{outsider}/reactivate"),
        (Action.AUDIT_READ, "GET", "/audit"),
        (Action.AUDIT_EXPORT, "GET", "/audit/export"),
        (Action.AUDIT_VERIFY, "POST", "/audit/verify"),
    ]
    of_asset: Deeds = [
        (Action.ASSET_UPDATE, "PATCH", f"/assets/{asset}"),
        (Action.SCRIPT_CREATE, "POST", f"/assets/{asset}/scripts"),
        (Action.GENERATION_REQUEST, "POST", f"/assets/{asset}/generations"),
    ]
    return {
        limits: [(Action.LIMIT_CHANGE, "PATCH", limits)],
        policy: [(Action.POLICY_CHANGE, "PATCH", policy)],
        one: of_project,
        "/session": of_installation,
        f"/assets/{asset}": of_asset,
        **{
            shown: [(Action.GENERATION_CANCEL, "POST", f"{shown}/cancel"), (Action.GENERATION_RETRY, "POST", f"{shown}/retry")]
            for shown in (f"/generations/{id_}" for id_ in generations)
        },
    }


async def test_can_tells_what_really_may_be_done(studio: Studio, rows: Rows) -> None:
    """Each subject's `can`, for each role, against what the API answers to the deed."""
    outsider = (await (await studio.person("outsider")).get("/session")).json()["person"]["id"]
    asset = (await studio.asset())["id"]
    waiting, failed, spoken = [(await studio.ask({"id": asset}))["id"] for _ in range(3)]
    for generation, *steps in ((failed, "failed"), (spoken, "running", "succeeded")):
        for step in steps:
            await rows("update generations set status = %s where id = %s", step, generation)
    subjects = deeds_of(studio.project, asset, (spoken, failed, waiting), outsider)
    bodies: dict[Action, Json] = {route.action: route.body or {} for route in ROUTES.values() if route.action}
    for role, (shown, deeds) in product((Role.VIEWER, Role.REVIEWER, Role.AUTHOR, Role.OWNER), subjects.items()):
        client = await studio.person(role)
        can = (await client.get(shown)).json()["can"]
        assert set(can) <= {action for action, _, _ in deeds}, f"{shown} promises more than is tried here"
        for action, method, path in deeds:
            answer = await ask(client, method, f"/api/v1{path}", {"project": studio.project}, bodies[action])
            assert answer.is_success == (action in can), f"{action} of {shown} by {role}: {answer.status_code}, can {can}"


async def test_can_tells_what_really_may_be_done_to_a_version(studio: Studio, worker: None, rows: Rows) -> None:
    """In each status, by each role, each deed; the version is brought back to where it was after each."""
    version = await studio.version(await studio.asset())
    paths = {route.action: path for (_, path), route in ROUTES.items() if not path.startswith(MANY_AT_ONCE)}
    ids = {"version": version["id"]}
    review = (
        "insert into reviews (id, project_id, asset_id, version_id, requested_by_id) "
        "select gen_random_uuid(), project_id, asset_id, id, created_by_id from versions"
    )
    for status, role in product(Status, (Role.VIEWER, Role.REVIEWER, Role.PUBLISHER, Role.AUTHOR, Role.OWNER)):
        client = await studio.person(role)
        for action in (*LIFECYCLE, Action.COMMENT_CREATE, Action.AUDIO_DROP):
            await rows("set session_replication_role = replica")  # past the triggers
            await rows("update versions set status = %s", status)
            await rows("update blobs set state = 'stored', dropped_at = null")
            await rows("update reviews set closed_at = now(), outcome = 'withdrawn' where closed_at is null")
            await rows("set session_replication_role = default")
            if status is Status.IN_REVIEW:
                await rows(review)
            can = (await client.get(f"/versions/{version['id']}")).json()["can"]
            answer = await ask(client, "POST", paths[action], ids, {"body": "Louder"} if action is Action.COMMENT_CREATE else WHY)
            assert answer.is_success == (action in can), f"{action} of {status} by {role}: {answer.status_code}, can {can}"


def test_every_action_has_one_rule() -> None:
    assert set(RULES) == set(Action)
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", action) for action in Action)


def test_what_no_key_does_is_what_people_settle_among_themselves() -> None:
    without = {action for action in Action if action not in SCOPES and action not in MACHINES} - PINNING
    nouns = {action.partition(".")[0] for action in without}
    assert nouns <= {"key", "project", "member", "invitation", "person", "password", "audit", "limit", "policy", "audio"}
    assert {action.partition(".")[0] for action in SCOPES}.isdisjoint(nouns)


async def test_the_policy_is_told_as_it_is_kept(studio: Studio) -> None:
    """Each row of the answer against the rules themselves, and what it promises each role against `can`."""
    for role in Role:
        client = await studio.person(role)
        told = {rule["action"]: rule for rule in (await client.get(f"/projects/{studio.project}/policy")).json()["rules"]}
        assert told.keys() == {route.action for route in ROUTES.values() if route.action and route.here is not None}
        for route in ROUTES.values():
            if route.action in told and route.here is not None:
                rule = told[route.action]
                assert rule["roles"] == [one for one in Role if one in route.here]
                assert rule["scopes"] == [scope for scope in Scope if scope in route.needs]
                assert rule["allowed"] == (role in route.here)
        assert told["asset.create"]["title"] == "Create asset"
        assert told["version.request_changes"]["title"] == "Request changes of version"
    told = (await (await studio.key(Role.AUTHOR, "read", "write")).get(f"/projects/{studio.project}/policy")).json()
    assert [rule["action"] for rule in told["rules"] if rule["allowed"]] == [
        *("asset.create", "asset.update", "script.create"),
        *("version.submit", "version.withdraw", "version.archive", "version.restore"),
    ]


def test_every_action_of_people_is_done_by_one_route() -> None:
    done = [route.action for (_, path), route in ROUTES.items() if route.action and not path.startswith(MANY_AT_ONCE)]
    assert sorted([*done, Action.SESSION_SIGN_IN, *(action for action in MACHINES if action not in done)]) == sorted(
        [*Action, Action.SESSION_SIGN_IN]
    )


@pytest.mark.parametrize("action", Action)
def test_a_rule_lets_do_who_may_do_it_and_nobody_else(action: Action) -> None:
    project, other = uuid4(), uuid4()
    by_action = {route.action: route for route in ROUTES.values()}
    for role, kind, where, manages in product(Role, ActorKind, (project, other, None), (True, False)):
        actor = Actor(kind, uuid4(), is_admin=manages, roles={project: frozenset({role})})
        if action in MACHINES:
            expected = kind is MACHINES[action]
        else:
            route = by_action[action]
            member = kind in {ActorKind.PERSON, ActorKind.KEY} and where == project and role in (route.here or ())
            installation = route.admins or (action in OF_THE_INSTALLATION and where is None)
            expected = member or (kind is ActorKind.PERSON and installation and manages)
            expected = expected or (action in BY_POLICY and kind is ActorKind.WORKER)
        assert RULES[action](actor, where) == expected, (role, kind, where, manages)


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
        Action.AUDIO_DROP,
        Action.AUDIO_RETURN,
        Action.DEPLOYMENT_RETURN,
        Action.RELEASE_START,
        Action.RELEASE_END,
        Action.RELEASE_FAIL,
    ]
