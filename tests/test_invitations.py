"""Invitations: a link that works once, for whom it was written, while who wrote it may invite."""

import asyncio
import hashlib
import json
from contextlib import AsyncExitStack

import httpx
import pytest
from conftest import Json, Rows, Studio, field_of, refused
from sqlalchemy import Engine, event

from voiceops.api.identity import COOKIE
from voiceops.config import settings
from voiceops.passwords import HASHING

GUEST = {"name": "Gil Guest", "password": "seven grey umbrellas"}


async def invite(studio: Studio, email: str = "gil@guest.example", *roles: str, by: str = "owner") -> Json:
    """A new invitation into the project."""
    client = await studio.person(by)
    body = {"email": email, "roles": roles or ["viewer"]}
    answer = await client.post(f"/projects/{studio.project}/invitations", json=body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def token(invitation: Json) -> str:
    found: str = invitation["link"].partition("#")[2]
    return found


async def accept(client: httpx.AsyncClient, invitation: Json, **more: str) -> httpx.Response:
    return await client.post("/invitations/accept", json={"token": token(invitation), **more})


async def pending(studio: Studio) -> list[Json]:
    client = await studio.person("owner")
    items: list[Json] = (await client.get(f"/projects/{studio.project}/invitations")).json()["items"]
    return items


async def test_nothing_is_locked_while_a_newcomers_password_waits_to_be_hashed(studio: Studio) -> None:
    invited, guest = await invite(studio), await studio.anonymous()
    async with AsyncExitStack() as busy:
        while not HASHING.taken:
            await busy.enter_async_context(HASHING)
        coming = asyncio.create_task(accept(guest, invited, **GUEST))
        await asyncio.sleep(0.3)
        assert not coming.done()
        async with asyncio.timeout(5):
            looked = await guest.post("/invitations/look", json={"token": token(invited)})
        assert looked.status_code == 200
        refused(await guest.post("/invitations/accept", json={"token": "no such token", **GUEST}), 404)  # at once: no hash for it
    assert (await coming).status_code == 200


async def test_a_newcomer_comes_in_with_the_roles_they_were_invited_to(studio: Studio) -> None:
    invited = await invite(studio, "gil@guest.example", "reviewer", "author", "author")
    assert invited["link"].startswith("http://studio.test/welcome#")
    assert (invited["email"], invited["roles"], invited["state"], invited["can"]) == (
        "gil@guest.example",
        ["author", "reviewer"],
        "open",
        ["invitation.revoke"],
    )
    guest = await studio.anonymous()
    seen = (await guest.post("/invitations/look", json={"token": token(invited)})).json()
    assert seen == {
        "email": "gil@guest.example",
        "project": "Northwind Voice",
        "roles": ["author", "reviewer"],
        "invited_by": "Ruth Feldman",
        "expires_at": invited["expires_at"],
        "has_account": False,
    }
    answer = await accept(guest, invited, **GUEST)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["person"]["name"], told["person"]["email"], told["person"]["is_admin"]) == (
        "Gil Guest",
        "gil@guest.example",
        False,
    )
    assert [(one["key"], one["roles"]) for one in told["projects"]] == [("northwind", ["author", "reviewer"])]
    assert (await guest.get("/session")).json() == told
    again = await studio.anonymous()
    assert (await again.post("/session", json={"email": "GIL@guest.example", "password": GUEST["password"]})).status_code == 201


async def test_the_base_url_that_is_set_is_the_one_in_the_link(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEOPS_BASE_URL", "https://voice.example/")
    settings.cache_clear()
    assert (await invite(studio))["link"].startswith("https://voice.example/welcome#")


async def test_the_list_never_tells_a_link_again_and_only_hashes_are_kept(studio: Studio, rows: Rows) -> None:
    invited = await invite(studio)
    (listed,) = await pending(studio)
    assert listed == {name: value for name, value in invited.items() if name != "link"}
    assert await rows("select token_hash from invitations") == [(hashlib.sha256(token(invited).encode()).digest(),)]
    everything = await rows("select payload from audit_events")
    assert not [payload for (payload,) in everything if token(invited) in payload]


async def test_a_link_works_once_even_when_two_open_it_at_the_same_time(studio: Studio, rows: Rows) -> None:
    invited = await invite(studio)
    clients = [await studio.anonymous() for _ in range(4)]
    answers = await asyncio.gather(*(accept(client, invited, **GUEST) for client in clients))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert await rows("select count(*) from people where email = 'gil@guest.example'") == [(1,)]
    words = refused(await accept(await studio.anonymous(), invited, **GUEST), 409)["detail"]
    assert words == "This invitation was used already. Ask for a new one."


async def test_who_has_an_account_signs_in_first_and_keeps_the_roles_they_have(studio: Studio) -> None:
    await studio.person("owner")
    invited = await invite(studio, "Outsider@Elsewhere.example", "reviewer")
    stranger = await studio.anonymous()
    assert (await stranger.post("/invitations/look", json={"token": token(invited)})).json()["has_account"]
    problem = refused(await accept(stranger, invited, **GUEST), 409)
    assert problem["detail"] == "There is an account for Outsider@Elsewhere.example. Sign in with it, then open the link again."
    assert problem["possible"] == ["session.sign_in"]
    outsider = await studio.person("outsider")
    before = outsider.cookies[COOKIE]
    told = (await accept(outsider, invited)).json()
    assert [(one["key"], one["roles"]) for one in told["projects"]] == [("elsewhere", ["author"]), ("northwind", ["reviewer"])]
    assert outsider.cookies[COOKIE] == before, "they were signed in already"


async def test_a_double_click_joins_once(studio: Studio, rows: Rows) -> None:
    await studio.person("owner")
    invited = await invite(studio, "outsider@elsewhere.example")
    outsider = await studio.person("outsider")
    answers = await asyncio.gather(*(accept(outsider, invited) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert await rows("select count(*) from audit_events where action = 'member.accept'") == [(1,)]


async def test_nobody_takes_an_invitation_that_is_for_another(studio: Studio) -> None:
    invited = await invite(studio)
    refused(await accept(await studio.person("outsider"), invited), 403)
    refused(await accept(await studio.person("viewer"), invited, **GUEST), 403)
    assert (await accept(await studio.anonymous(), invited, **GUEST)).status_code == 200
    known = await invite(studio, "outsider@elsewhere.example", "owner")
    refused(await accept(await studio.person("viewer"), known), 403)
    assert (await (await studio.person("viewer")).get("/session")).json()["projects"][0]["roles"] == ["viewer"]


async def test_a_deactivated_account_does_not_come_back_by_an_invitation(studio: Studio, rows: Rows) -> None:
    invited = await invite(studio, "outsider@elsewhere.example")
    await rows("update people set deactivated_at = now() where email like 'outsider@%%'")
    assert "deactivated" in refused(await accept(await studio.anonymous(), invited, **GUEST), 409)["detail"]


async def test_a_revoked_link_opens_nothing(studio: Studio) -> None:
    invited = await invite(studio)
    owner = await studio.person("owner")
    assert (await owner.delete(f"/invitations/{invited['id']}")).status_code == 204
    assert await pending(studio) == []
    assert "taken back" in refused(await accept(await studio.anonymous(), invited, **GUEST), 409)["detail"]
    assert refused(await owner.delete(f"/invitations/{invited['id']}"), 409)["possible"] == []


async def test_inviting_an_address_again_ends_the_link_before(studio: Studio) -> None:
    first, second = await invite(studio, "gil@guest.example"), await invite(studio, "Gil@Guest.Example", "author")
    assert [one["id"] for one in await pending(studio)] == [second["id"]]
    refused(await accept(await studio.anonymous(), first, **GUEST), 409)
    assert (await accept(await studio.anonymous(), second, **GUEST)).status_code == 200


async def test_many_invitations_are_listed_by_as_many_statements_as_one(studio: Studio) -> None:
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    await invite(studio)
    event.listen(Engine, "before_cursor_execute", count)
    await pending(studio)
    of_one = len(asked)
    for number in range(3):
        await invite(studio, f"guest{number}@guest.example")
    asked.clear()
    assert len(await pending(studio)) == 4
    assert len(asked) == of_one
    event.remove(Engine, "before_cursor_execute", count)


async def test_an_invitation_is_over_after_seven_days_by_the_databases_clock(studio: Studio, rows: Rows) -> None:
    invited = await invite(studio)
    assert await rows("select expires_at - created_at = interval '7 days' from invitations") == [(True,)]
    await rows("alter table invitations disable trigger user")
    await rows("update invitations set expires_at = now()")
    (listed,) = await pending(studio)
    assert (listed["state"], listed["why"], listed["can"]) == (
        "over",
        "This invitation is over: it was open for 7 days.",
        ["invitation.revoke"],
    )
    refused(await accept(await studio.anonymous(), invited, **GUEST), 409)


@pytest.mark.parametrize(
    "change",
    [
        "delete from memberships where role = 'owner'",
        "update memberships set role = 'author' where role = 'owner'",
        "update people set deactivated_at = now() where email like 'owner@%%'",
    ],
    ids=["removed", "demoted", "deactivated"],
)
async def test_an_invitation_ends_with_the_right_of_who_wrote_it(studio: Studio, rows: Rows, beyond: Rows, change: str) -> None:
    invited = await invite(studio)
    await beyond(change)
    problem = refused(await accept(await studio.anonymous(), invited, **GUEST), 409)
    assert problem["detail"].startswith("Who wrote this invitation may no longer invite.")
    assert await rows("select count(*) from people where email = 'gil@guest.example'") == [(0,)]


async def test_who_is_a_member_already_is_not_invited(studio: Studio) -> None:
    owner = await studio.person("owner")
    body = {"email": "VIEWER@northwind.example", "roles": ["author"]}
    problem = refused(await owner.post(f"/projects/{studio.project}/invitations", json=body), 409)
    assert (problem["errors"][0]["field"], problem["possible"]) == ("email", ["member.change"])


@pytest.mark.parametrize(
    "email", ["", "gil", "@x", "a@b@c.example", "gil @guest.example", "gil@" + "x" * 260, "gil@guest\u200b.example"]
)
async def test_what_is_no_address_is_refused(studio: Studio, email: str) -> None:
    owner = await studio.person("owner")
    answer = await owner.post(f"/projects/{studio.project}/invitations", json={"email": email, "roles": ["viewer"]})
    assert field_of(answer) == "email"


@pytest.mark.parametrize("roles", [[], ["admin"], "owner", None])
async def test_an_invitation_is_to_roles_there_are(studio: Studio, roles: object) -> None:
    owner = await studio.person("owner")
    answer = await owner.post(f"/projects/{studio.project}/invitations", json={"email": "gil@guest.example", "roles": roles})
    assert field_of(answer).startswith("roles")


@pytest.mark.parametrize(
    "more",
    [{"is_admin": True}, {"roles": ["owner"]}, {"project_id": "01900000-0000-7000-8000-000000000000"}, {"person_id": None}],
)
async def test_nobody_gives_themselves_more_than_they_were_given(studio: Studio, more: Json) -> None:
    invited = await invite(studio)
    body = {"token": token(invited), **GUEST, **more}
    assert field_of(await (await studio.anonymous()).post("/invitations/accept", json=body)) == next(iter(more))


async def test_a_newcomer_chooses_a_name_and_a_password_nobody_guesses(studio: Studio) -> None:
    invited = await invite(studio)
    guest = await studio.anonymous()
    assert {one["field"] for one in refused(await accept(guest, invited), 422)["errors"]} == {"name", "password"}
    assert field_of(await accept(guest, invited, name="Gil", password="short")) == "password"
    assert field_of(await accept(guest, invited, name="Gil", password="Password123")) == "password"
    assert field_of(await accept(guest, invited, name="Gil Guest", password="gil-guest-northwind")) == "password"
    assert field_of(await accept(guest, invited, name=" ", password=GUEST["password"])) == "name"
    assert (await accept(guest, invited, **GUEST)).status_code == 200


async def test_a_link_that_was_never_given_opens_nothing(studio: Studio) -> None:
    guest = await studio.anonymous()
    for made_up in ("", "x", "A" * 43, "ä"):
        refused(await guest.post("/invitations/look", json={"token": made_up}), 404)
        refused(await guest.post("/invitations/accept", json={"token": made_up, **GUEST}), 404)
    assert field_of(await guest.post("/invitations/look", json={"token": "a" * 5000})) == "token"


async def test_two_links_for_one_new_address_make_one_person(studio: Studio, rows: Rows) -> None:
    here = await invite(studio)
    await rows(
        "insert into memberships select p.id, a.id, 'owner' from projects p, people a "
        "where p.key = 'elsewhere' and a.email like 'outsider@%%'"
    )
    outsider = await studio.person("outsider")
    elsewhere = next(one for one in (await outsider.get("/projects")).json()["items"] if one["key"] == "elsewhere")
    body = {"email": "gil@guest.example", "roles": ["author"]}
    there = (await outsider.post(f"/projects/{elsewhere['id']}/invitations", json=body)).json()
    clients = [await studio.anonymous() for _ in range(2)]
    pairs = zip(clients, (here, there), strict=True)
    answers = await asyncio.gather(*(accept(client, one, **GUEST) for client, one in pairs))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert await rows("select count(*) from people where email = 'gil@guest.example'") == [(1,)]


async def test_the_record_tells_of_invitations_by_hash_and_id(studio: Studio, rows: Rows) -> None:
    await invite(studio, "Gil@guest.example")
    invited = await invite(studio, "gil@guest.example", "author")
    guest = await studio.anonymous()
    person = (await accept(guest, invited, **GUEST)).json()["person"]["id"]
    found = await rows("select payload from audit_events where action in ('member.invite', 'member.accept') order by seq")
    first, again, accepted = [json.loads(payload) for (payload,) in found]
    digest = hashlib.sha256(b"gil@guest.example").hexdigest()
    assert first["changes"] == {"email_sha256": digest, "roles": ["viewer"], "replaces": None}
    assert again["changes"] == {"email_sha256": digest, "roles": ["author"], "replaces": first["subject"]["id"]}
    assert again["subject"] == {"type": "invitation", "id": invited["id"]}
    assert accepted["subject"] == {"type": "member", "id": person}
    assert (accepted["actor"]["id"], accepted["project_id"]) == (person, studio.project)
    assert accepted["changes"] == {"invitation_id": invited["id"], "roles": {"from": [], "to": ["author"]}}
    assert await rows("select count(*) from invitations where email is not null") == [(0,)]
