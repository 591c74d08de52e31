"""Notices: who is told of what in person, in the page and by mail."""

import asyncio
import email
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from conftest import Rows, Studio, field_of, refused, served
from pydantic import ValidationError
from reviewing import done, give, in_review, person_id, policy
from test_comments import say
from test_events import Live

from voiceops.config import Settings
from voiceops.db import Database
from voiceops.mail import MailServer
from voiceops.mailing import deliver


async def told(studio: Studio, who: str, **asked: Any) -> list[tuple[str, int]]:
    """What somebody is told, the oldest first: of which kind, of which version."""
    found = (await (await studio.person(who)).get("/notices", params=asked)).json()
    return [(one["kind"], one["version"]["number"]) for one in found["items"]][::-1]


async def unread(studio: Studio, who: str) -> int:
    count: int = (await (await studio.person(who)).get("/notices")).json()["unread"]
    return count


async def test_who_is_asked_for_a_review_is_told(studio: Studio, worker: None) -> None:
    version = await in_review(studio, reviewers=[await person_id(studio, "reviewer")])
    client = await studio.person("reviewer")
    found = (await client.get("/notices")).json()
    (notice,) = found["items"]
    assert (found["unread"], found["next_cursor"]) == (1, None)
    assert (notice["kind"], notice["by"]["id"], notice["read_at"]) == ("review_asked", await person_id(studio, "author"), None)
    assert (notice["version"], notice["asset"]["key"]) == ({"id": version["id"], "number": 1}, "support/greeting")
    assert notice["project"]["id"] == studio.project
    assert (await told(studio, "owner"), await told(studio, "author")) == ([], [])


async def test_where_nobody_is_named_all_who_may_decide_are_told(studio: Studio, worker: None) -> None:
    await give(studio, "author", "author", "reviewer")
    await give(studio, "publisher", "publisher", "reviewer")
    await in_review(studio)
    for who in ("reviewer", "owner", "publisher"):
        assert await told(studio, who) == [("review_asked", 1)]
    for who in ("author", "viewer", "auditor", "outsider"):
        assert await told(studio, who) == []


async def test_a_review_that_has_ended_asks_nobody_any_more(studio: Studio, worker: None) -> None:
    version = await in_review(studio)
    assert await unread(studio, "owner") == 1
    await done(studio, version, "approve", by="reviewer")
    assert (await unread(studio, "owner"), await unread(studio, "reviewer")) == (0, 0)
    for end in ("withdraw", "archive"):
        version = await in_review(studio, key=f"support/{end}")
        assert await unread(studio, "owner") == 1
        await done(studio, version, end)
        assert await unread(studio, "owner") == 0


async def test_who_made_a_version_is_told_what_was_decided(studio: Studio, worker: None) -> None:
    await policy(studio, approvals=2)
    version = await studio.version(await studio.asset())
    await done(studio, version, "submit", by="owner")
    await done(studio, version, "approve", by="reviewer")
    await done(studio, version, "request-changes", by="owner")
    assert await told(studio, "author") == [("approved", 1), ("changes_requested", 1)]
    assert await told(studio, "owner") == [("approved", 1)]  # who decides is not told of it


async def test_who_is_mentioned_or_replied_to_is_told_once(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset())
    author, viewer, reviewer = [await person_id(studio, who) for who in ("author", "viewer", "reviewer")]
    root = await say(studio, version, mentions=[viewer, reviewer])
    await say(studio, version, by="publisher", reply_to=root["id"])
    await say(studio, version, by="author", reply_to=root["id"], mentions=[reviewer])
    assert await told(studio, "viewer") == [("mentioned", 1)]
    assert await told(studio, "reviewer") == [("replied", 1), ("mentioned", 1)]
    assert await told(studio, "publisher") == [("replied", 1)]
    client = await studio.person("reviewer")
    for _ in range(2):
        await client.patch(f"/comments/{root['id']}", json={"body": "Slower", "mentions": [viewer, author]})
    assert (await told(studio, "author"), await told(studio, "viewer")) == ([("mentioned", 1)], [("mentioned", 1)])


async def test_one_reads_ones_own_notices_and_nobody_elses(studio: Studio, worker: None, rows: Rows) -> None:
    await in_review(studio)
    await in_review(studio, key="support/other")
    owner, reviewer = await studio.person("owner"), await studio.person("reviewer")
    mine, theirs = [(await client.get("/notices")).json()["items"] for client in (owner, reviewer)]
    answer = await owner.post("/notices/read", json={"notice_ids": [mine[0]["id"], theirs[0]["id"]]})
    assert (answer.status_code, answer.json()) == (200, {"unread": 1})
    assert (await told(studio, "owner", unread=True), await unread(studio, "reviewer")) == ([("review_asked", 1)], 2)
    assert len(await told(studio, "owner")) == 2
    assert (await owner.post("/notices/read")).json() == {"unread": 0}
    for wrong in ([], ["x"], [mine[0]["id"]] * 201):
        assert field_of(await owner.post("/notices/read", json={"notice_ids": wrong})).startswith("notice_ids")
    refused(await (await studio.key("owner")).get("/notices"), 403)
    assert await rows("select count(*) from notices where read_at is not null") == [(2,)]


async def test_who_is_no_member_any_more_is_told_nothing_of_the_project(studio: Studio, worker: None, rows: Rows) -> None:
    await in_review(studio)
    await rows("delete from memberships where person_id = %s", await person_id(studio, "reviewer"))
    assert (await told(studio, "reviewer"), await unread(studio, "reviewer")) == ([], 0)


@pytest.fixture
async def live(studio: Studio) -> AsyncIterator[Live]:
    async with served(studio) as url, AsyncExitStack() as stack:
        yield Live(studio, url, stack)


async def test_a_notice_is_heard_by_its_person_alone(live: Live, worker: None) -> None:
    version = await live.studio.version(await live.studio.asset())
    machine = await live.reader("reviewer", by_key=True)
    reviewer, viewer = await live.reader("reviewer"), await live.reader("viewer")
    mine = await person_id(live.studio, "reviewer")
    await done(live.studio, version, "submit", reviewers=[mine])
    await (await live.studio.person("reviewer")).post("/notices/read")
    assert [(await reviewer.next())[1]["action"] for _ in range(3)] == ["version.submit", "notice.new", "notice.read"]
    for other in (viewer, machine):
        assert (await other.next())[1]["action"] == "version.submit"
        assert await other.silent()


class Postbox:
    """A real mail server on this machine, which can be told to refuse."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answers: list[str] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a mail, or answer as told."""
        if self.answers:
            return self.answers.pop(0)
        self.mails.append(email.message_from_bytes(envelope.original_content or b"", policy=default))
        return "250 Taken"

    async def until(self, count: int) -> list[Any]:
        """The mails once there are so many."""
        async with asyncio.timeout(20):
            while len(self.mails) < count:
                await asyncio.sleep(0.05)
        return self.mails


@pytest.fixture
async def postbox(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Postbox]:
    """Before `studio` and `worker`, which then mail by it."""
    box, loop = Postbox(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="mail.example", loop=loop), "127.0.0.1", 0)
    monkeypatch.setenv("VOICEOPS_SMTP_URL", f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    monkeypatch.setenv("VOICEOPS_SMTP_FROM", "VoiceOps Studio <studio@northwind.example>")
    monkeypatch.setenv("VOICEOPS_BASE_URL", "http://studio.test/")
    yield box
    server.close()


async def mailed(rows: Rows, count: int) -> None:
    """Wait until so many notices are known to be mailed."""
    async with asyncio.timeout(20):
        while await rows("select count(*) from notices where mailed_at is not null") != [(count,)]:
            await asyncio.sleep(0.05)


async def test_a_notice_is_mailed_with_a_link_and_nobodys_words(postbox: Postbox, studio: Studio, worker: None, rows: Rows) -> None:
    version = await in_review(studio, reviewers=[await person_id(studio, "reviewer")], reason="For our eyes only")
    (mail,) = await postbox.until(1)
    project = (await (await studio.person("reviewer")).get("/session")).json()["projects"][0]
    assert mail["To"].addresses[0].addr_spec == "reviewer@northwind.example"
    assert mail["From"].addresses[0].display_name == "VoiceOps Studio"
    assert mail["Subject"] == "Review asked: Greeting, version 1"
    text = mail.get_content()
    assert "asks you to review version 1 of Greeting" in text
    assert f"http://studio.test/projects/{project['key']}/assets/{version['asset_id']}?version=1" in text
    assert "our eyes" not in text
    await mailed(rows, 1)
    assert await rows("select count(*) from procrastinate_jobs where task_name = 'mail' and status <> 'succeeded'") == [(0,)]


async def test_a_mail_the_server_does_not_take_now_is_tried_again(
    postbox: Postbox, studio: Studio, worker: None, rows: Rows
) -> None:
    postbox.answers = ["451 Try later", "421 Busy"]
    await in_review(studio, reviewers=[await person_id(studio, "reviewer")])
    await postbox.until(1)
    await mailed(rows, 1)


async def test_a_mail_the_server_will_never_take_is_given_up(postbox: Postbox, studio: Studio, worker: None, rows: Rows) -> None:
    postbox.answers = ["554 Never"]
    version = await in_review(studio, reviewers=[await person_id(studio, "reviewer")])
    async with asyncio.timeout(20):
        while await rows("select count(*) from procrastinate_jobs where task_name = 'mail'") != [(0,)]:
            await asyncio.sleep(0.05)
    await say(studio, version, by="author", mentions=[await person_id(studio, "reviewer")])
    (mail,) = await postbox.until(1)
    assert mail["Subject"] == "You were mentioned: Greeting, version 1"


async def test_what_was_read_or_mailed_already_is_not_mailed(
    postbox: Postbox, studio: Studio, worker: None, rows: Rows, settings: Settings
) -> None:
    version = await in_review(studio, reviewers=[await person_id(studio, "reviewer")])
    await mailed(rows, 1)
    await say(studio, version, by="author", mentions=[await person_id(studio, "viewer")])
    await mailed(rows, 2)
    await rows("update notices set read_at = now(), mailed_at = null where kind = 'mentioned'")
    database = Database(settings.database_url or "")
    server = MailServer.of(settings.smtp_url.get_secret_value() if settings.smtp_url else "")
    for (notice,) in await rows("select id from notices"):
        await deliver(settings, database, server, notice)
    await database.close()
    assert len(postbox.mails) == 2


async def test_without_a_mail_server_nothing_is_queued(studio: Studio, worker: None, rows: Rows) -> None:
    await in_review(studio)
    assert await rows("select count(*) from procrastinate_jobs where task_name = 'mail'") == [(0,)]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 587, False, False)),
        ("smtps://me:a%40b@mail.example", ("mail.example", 465, True, False)),
        ("smtp://127.0.0.1:1025", ("127.0.0.1", 1025, False, True)),
        ("smtp://relay:25?tls=never", ("relay", 25, False, True)),
    ],
)
def test_a_mail_server_is_named_by_its_address(url: str, expected: tuple[str, int, bool, bool]) -> None:
    server = MailServer.of(url)
    assert (server.host, server.port, server.tls, server.plain) == expected
    assert "a@b" not in repr(server)


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://me:secret@relay?tls=never", "smtp://relay?tls=maybe"]
)
def test_what_is_no_mail_server_is_told_at_the_start(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEOPS_SMTP_URL", url)
    monkeypatch.setenv("VOICEOPS_SMTP_FROM", "studio@northwind.example")
    with pytest.raises(ValidationError):
        Settings()
    monkeypatch.setenv("VOICEOPS_SMTP_URL", "smtp://mail.example")
    monkeypatch.delenv("VOICEOPS_SMTP_FROM")
    with pytest.raises(ValidationError):
        Settings()
