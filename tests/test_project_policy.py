"""What a project asks for before a version is approved: told to every member, set by owners with a reason, kept by the database."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from conftest import Json, Rows, Studio, field_of, refused
from psycopg import errors
from reviewing import give, policy
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.config import Settings
from voiceops.db import Database
from voiceops.errors import Conflict
from voiceops.models import Action, Check, Role, Severity, Version
from voiceops.models.actor import Actor, ActorKind
from voiceops.policy import roles_that_may
from voiceops.workflow import submitting
from voiceops.workflow.submitting import Wish


async def shown(studio: Studio, by: str = "viewer") -> Json:
    client = await studio.person(by)
    found: Json = (await client.get(f"/projects/{studio.project}/policy")).json()
    return {name: value for name, value in found.items() if name not in {"reading", "rules"}}


async def test_a_project_begins_with_one_approval_and_checks_that_warn(studio: Studio) -> None:
    await studio.person("owner")
    assert await shown(studio) == {
        "approvals": 1,
        "roles": [],
        "self_approval": False,
        "checks": dict.fromkeys(Check, "warn"),
        "unmet": None,
        "retention": {"renditions_days": None, "archived_audio_days": None},
        "can": [],
    }
    assert (await shown(studio, "owner"))["can"] == ["policy.change"]


async def test_an_owner_sets_it_and_the_record_says_from_what_to_what(studio: Studio, rows: Rows) -> None:
    await policy(studio, approvals=2, roles=["owner", "reviewer", "owner"], checks={"clipping": "block", "pace": "off"})
    told = await policy(studio, approvals=2, checks={"pace": "warn"}, retention={"archived_audio_days": 90})
    assert (told["approvals"], told["roles"], told["self_approval"]) == (2, ["reviewer", "owner"], False)
    assert told["checks"] == {check: "block" if check == "clipping" else "warn" for check in Check}
    assert told["retention"] == {"renditions_days": None, "archived_audio_days": 90}
    query = "select payload::jsonb -> 'changes', payload::jsonb ->> 'reason' from audit_events where action = 'policy.change'"
    first, second = await rows(f"{query} order by seq")
    assert first[0] == {
        "approvals": {"from": 1, "to": 2},
        "roles": {"from": [], "to": ["reviewer", "owner"]},
        "checks": {"from": {}, "to": {"clipping": "block", "pace": "off"}},
    }
    assert second == (
        {
            "checks": {"from": {"clipping": "block", "pace": "off"}, "to": {"clipping": "block", "pace": "warn"}},
            "archived_audio_days": {"from": None, "to": 90},
        },
        "Our rules",
    )


async def test_null_keeps_for_ever_and_what_is_left_out_stays(studio: Studio, rows: Rows) -> None:
    await policy(studio, retention={"renditions_days": 7, "archived_audio_days": 30})
    told = await policy(studio, retention={"renditions_days": None})
    assert told["retention"] == {"renditions_days": None, "archived_audio_days": 30}
    await policy(studio, retention={"archived_audio_days": 30})  # as it is already
    assert await rows("select count(*) from audit_events where action = 'policy.change'") == [(2,)]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"approvals": 0}, "approvals"),
        ({"approvals": 6}, "approvals"),
        ({"approvals": 1.5}, "approvals"),
        ({"approvals": "2"}, "approvals"),
        ({"roles": ["viewer"]}, "roles"),
        ({"roles": ["publisher"]}, "roles"),
        ({"roles": ["king"]}, "roles.0"),
        ({"self_approval": "yes"}, "self_approval"),
        ({"checks": {"taste": "warn"}}, "checks.taste.[key]"),
        ({"checks": {"pace": "shout"}}, "checks.pace"),
        ({"retention": {"renditions_days": 0}}, "retention.renditions_days"),
        ({"retention": {"archived_audio_days": 3651}}, "retention.archived_audio_days"),
        ({"archive_live": True}, "archive_live"),
        ({"reason": "", "approvals": 2}, "reason"),
        ({}, "body"),
        ({"approvals": None}, "body"),
    ],
)
async def test_what_no_policy_can_be_is_refused_by_name(studio: Studio, fields: Json, field: str) -> None:
    owner = await studio.person("owner")
    answer = await owner.patch(f"/projects/{studio.project}/policy", json={"reason": "Our rules", **fields})
    assert field_of(answer) == field
    assert (await shown(studio))["approvals"] == 1


async def test_only_owners_set_it_and_no_key_does(studio: Studio) -> None:
    await studio.person("owner")
    body = {"reason": "Ours", "approvals": 2}
    for who in ("author", "reviewer", "publisher", "auditor", "viewer"):
        refused(await (await studio.person(who)).patch(f"/projects/{studio.project}/policy", json=body), 403)
    refused(await (await studio.person("outsider")).patch(f"/projects/{studio.project}/policy", json=body), 404)
    refused(await (await studio.key("owner")).patch(f"/projects/{studio.project}/policy", json=body), 403)


async def test_every_project_has_one_and_keeps_it(studio: Studio, rows: Rows) -> None:
    admin = await studio.person("admin")
    assert (await admin.post("/projects", json={"key": "another", "name": "Another"})).status_code == 201
    assert await rows("select count(*) from projects") == await rows("select count(*) from policies")
    for change in ("delete from policies", "update policies set project_id = gen_random_uuid()"):
        with pytest.raises(errors.InsufficientPrivilege):
            await rows(change)
    for change in ("approvals = 6", "roles = '{viewer}'", "renditions_days = 0"):
        with pytest.raises(errors.CheckViolation):
            await rows(f"update policies set {change}")  # noqa: S608 - our own


def test_the_roles_a_policy_can_want_are_those_that_approve() -> None:
    assert set(roles_that_may(Action.VERSION_APPROVE)) == {Role.REVIEWER, Role.OWNER}


async def test_two_owners_who_change_it_at_once_lose_nothing(studio: Studio, rows: Rows) -> None:
    await asyncio.gather(*(policy(studio, checks={check: "block"}) for check in Check))
    assert (await shown(studio))["checks"] == dict.fromkeys(Check, "block")
    assert await rows("select count(*) from audit_events where action = 'policy.change'") == [(len(Check),)]


async def test_what_checks_block_is_not_submitted(studio: Studio, worker: None, settings: Settings, rows: Rows) -> None:
    """By the workflow itself, with a gate of our own."""
    version = await studio.version(await studio.asset())
    await policy(studio, checks={"clipping": "block"})

    async def gate(_db: AsyncSession, _version: Version, severities: Mapping[Check, Severity]) -> Sequence[str]:
        return [f"It fails {check}." for check, severity in severities.items() if severity is Severity.BLOCK]

    database, wish = Database(settings.database_url or ""), Wish(None, [], None)
    author: Any = UUID(version["created_by"]["id"])
    actor = Actor(ActorKind.PERSON, author, roles={UUID(studio.project): frozenset({Role.AUTHOR})})
    with pytest.raises(Conflict) as refusal:
        async with database.session.begin() as db:
            await submitting.submit(db, actor, UUID(version["id"]), wish, gate=gate)
    await database.close()
    assert [(error.field, error.message) for error in refusal.value.errors] == [("checks", "It fails clipping.")]
    assert refusal.value.possible == ["version.archive"]
    assert await rows("select status from versions") == [("draft",)]


async def test_a_policy_that_nobody_can_meet_says_so_until_somebody_can(studio: Studio) -> None:
    assert (await policy(studio, approvals=1))["unmet"] is None
    assert (await policy(studio, approvals=3))["unmet"] == "A version needs 3 approvals, and 2 people here may give one."
    await give(studio, "author", "author", "reviewer")
    reader = await studio.person("viewer")
    path = f"/projects/{studio.project}/policy"
    assert (await reader.get(path)).json()["unmet"] is None
    await give(studio, "author", "author")
    await give(studio, "reviewer", "viewer")
    told = await policy(studio, approvals=1, roles=["reviewer"])
    assert told["unmet"] == "An approval of a reviewer is wanted, and nobody here is one."
