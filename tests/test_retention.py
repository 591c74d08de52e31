"""Retention: what a policy lets go is dropped by a job, what an owner decides at once; never what anybody keeps."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from conftest import Json, Rows, Studio, field_of, refused, working
from procrastinate import App
from procrastinate.testing import InMemoryConnector
from reviewing import act, done, person_id, policy

import voiceops.migrations
from voiceops import retention
from voiceops.blobs import BytesDropped, bring_back, delete_dropped
from voiceops.db import Database
from voiceops.jobs import RETENTION, enqueue, next_retention
from voiceops.storage import Blob, FolderStore, Store, open_store
from voiceops.worker import open_studio, perform
from voiceops.workflow import dropping, settling
from voiceops.workflow.settling import Claim, Take

EVENTS: Final = "select payload::jsonb from audit_events where action = 'audio.drop' order by seq"
MIGRATION: Final = Path(str(voiceops.migrations.__path__[0]), "versions", "0011_retention.py").read_text()
RENDITION: Final = """
    insert into renditions (version_id, profile, project_id, asset_id, sha256, used_on)
    select id, %s, project_id, asset_id, %s, current_date - %s::int from versions where id = %s
"""


@pytest.fixture
async def database(studio: Studio) -> AsyncIterator[Database]:
    """The test's database, as a worker opens it."""
    opened = Database(studio.settings.database_url or "")
    yield opened
    await opened.close()


@pytest.fixture
def store(studio: Studio) -> Store:
    return open_store(studio.settings.object_store)


async def archived(studio: Studio, rows: Rows, version: Json, *, days: float) -> None:
    """Put a version away so many days ago."""
    await done(studio, version, "archive")
    await rows("set session_replication_role = replica")  # past the trigger that keeps the time
    await rows("update versions set archived_at = now() - %s * interval '1 day' where id = %s", days, version["id"])
    await rows("set session_replication_role = default")


async def made(studio: Studio, *texts: str, key: str = "support/greeting") -> list[Json]:
    """A version for each of these scripts; no worker is left that would do anything by itself."""
    asset = await studio.asset(key)
    async with working(studio.settings):
        return [await studio.version(asset, text) for text in texts]


async def rendered(rows: Rows, store: Store, version: Json, profile: str, *, unused_days: int) -> str:
    """A rendition that nobody asked for since; returns the hash of its bytes."""
    blob = await store.put(f"{profile} of {version['id']}".encode(), "audio/mpeg")
    known = "insert into blobs (sha256, media_type, bytes, state) values (%s, 'audio/mpeg', %s, 'stored')"
    await rows(known, blob.sha256, blob.bytes)
    await rows(RENDITION, profile, blob.sha256, unused_days, version["id"])
    return blob.sha256


async def seen(studio: Studio, version: Json, by: str = "viewer") -> Json:
    client = await studio.person(by)
    found: Json = (await client.get(f"/versions/{version['id']}")).json()
    return found


async def dry_run(studio: Studio, by: str = "viewer", **asked: Any) -> Json:
    client = await studio.person(by)
    answer = await client.get(f"/projects/{studio.project}/retention", params=asked)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def test_the_audio_of_what_is_archived_for_long_goes_and_all_else_stays(
    studio: Studio, rows: Rows, database: Database, store: Store
) -> None:
    old, young, draft = await made(studio, "Old.", "Young.", "Draft.")
    await archived(studio, rows, old, days=31)
    await archived(studio, rows, young, days=29)
    await policy(studio, retention={"archived_audio_days": 30})
    viewer = await studio.person("viewer")
    kept = {path: (await viewer.get(f"/versions/{old['id']}/{path}")).text for path in ("waveform", "words", "captions.vtt")}
    for _ in range(2):
        await retention.run(database, store)
    assert [await store.exists(one["audio"]["sha256"]) for one in (old, young, draft)] == [False, True, True]
    assert kept == {path: (await viewer.get(f"/versions/{old['id']}/{path}")).text for path in kept}
    now = await seen(studio, old)
    dropped = now["audio"].pop("dropped")
    assert dropped.pop("at")
    assert dropped == {"by": {"id": await person_id(studio, "owner"), "name": "Ruth Feldman"}, "days": 30, "reason": None}
    assert {**now["audio"], "dropped": None} == old["audio"]
    assert [now[name] for name in ("fingerprint", "measurements", "script")] == [
        old[name] for name in ("fingerprint", "measurements", "script")
    ]
    ((event,),) = await rows(EVENTS)
    assert event["actor"] == {"type": "worker", "id": await person_id(studio, "owner"), "session_id": None, "key_id": None}
    assert (event["version_id"], event["asset_id"]) == (old["id"], old["asset_id"])
    assert event["reason"] == "Archived for more than 30 days, as the policy says."
    assert event["changes"] == {
        "audio_sha256": old["audio"]["sha256"],
        "bytes": old["audio"]["bytes"],
        "days": 30,
        "renditions": [],
    }


async def test_dropped_audio_is_gone_for_everybody_who_asks(studio: Studio, rows: Rows, database: Database, store: Store) -> None:
    version, other = await made(studio, "Hello.", "Other.")
    await archived(studio, rows, version, days=31)
    await policy(studio, retention={"archived_audio_days": 30})
    await retention.run(database, store)
    viewer = await studio.person("viewer")
    path = f"/versions/{version['id']}/audio"
    (listed,) = (await viewer.get(f"/projects/{studio.project}/assets")).json()["items"]
    assert listed["latest_version"]["dropped"] is False, "the newest is another"
    sides = (await viewer.get(f"/versions/{version['id']}/compare/{other['id']}")).json()
    assert (sides["left"]["dropped"], sides["right"]["dropped"]) == (True, False)
    told = refused(await viewer.get(path), 410)
    assert "dropped" in told["detail"]
    refused(await viewer.get(path, headers={"If-None-Match": f'"{version["audio"]["sha256"]}"'}), 410)
    refused(await viewer.get(path, params={"format": "wav"}), 410)
    assert (await viewer.head(path)).status_code == 410


async def test_who_restores_stops_the_clock_and_archiving_starts_it_anew(
    studio: Studio, rows: Rows, database: Database, store: Store
) -> None:
    restored, again = await made(studio, "Restored.", "Again.")
    for version in (restored, again):
        await archived(studio, rows, version, days=400)
        await done(studio, version, "restore")
    await done(studio, again, "archive")
    await policy(studio, retention={"archived_audio_days": 1})
    await retention.run(database, store)
    assert await rows("select state from blobs") == [("stored",), ("stored",)]
    assert await rows("select status, archived_at > now() - interval '1 minute' from versions order by number") == [
        ("draft", None),
        ("archived", True),
    ]


async def test_without_days_nothing_is_ever_dropped(studio: Studio, rows: Rows, database: Database, store: Store) -> None:
    (version,) = await made(studio, "Hello.")
    await archived(studio, rows, version, days=3650)
    await policy(studio, retention={"archived_audio_days": 30})
    await policy(studio, retention={"archived_audio_days": None})
    await retention.run(database, store)
    assert await rows(EVENTS) == []
    assert await store.exists(version["audio"]["sha256"])


async def test_bytes_go_when_every_version_that_names_them_may(
    studio: Studio, rows: Rows, database: Database, store: Store
) -> None:
    first, second = await made(studio, "The same.", "The same.")
    assert first["audio"]["sha256"] == second["audio"]["sha256"]
    await policy(studio, retention={"archived_audio_days": 30})
    await archived(studio, rows, first, days=31)
    await retention.run(database, store)
    assert await store.exists(first["audio"]["sha256"])
    await archived(studio, rows, second, days=31)
    await retention.run(database, store)
    assert not await store.exists(first["audio"]["sha256"])
    assert [event["version_id"] for (event,) in await rows(EVENTS)] == [first["id"], second["id"]]


async def test_another_project_keeps_the_bytes_it_shares(studio: Studio, rows: Rows, database: Database, store: Store) -> None:
    (ours,) = await made(studio, "The same.")
    outsider = await studio.person("outsider")
    theirs = await studio.asset("theirs", by="outsider")
    asked = {"text": "The same.", "voice": "tone/plain"}
    async with working(studio.settings):
        generation = (await outsider.post(f"/assets/{theirs['id']}/generations", json=asked)).json()
        while (now := (await outsider.get(f"/generations/{generation['id']}")).json())["status"] != "succeeded":
            await asyncio.sleep(0.02)
    await policy(studio, retention={"archived_audio_days": 1})
    await archived(studio, rows, ours, days=2)
    assert (await dry_run(studio))["summary"] == "Nothing would be dropped."
    await retention.run(database, store)
    told = refused(await act(studio, ours, "drop-audio", by="owner"), 409)
    assert [error["message"] for error in told["errors"]] == ["They are in use outside of what this project shows."]
    why = {"reason": "No more in use"}
    assert (await outsider.post(f"/versions/{now['version_id']}/archive", json=why)).status_code == 200
    await retention.run(database, store)  # archived too, but for their own policy to drop
    answer = await outsider.get(f"/versions/{now['version_id']}/audio")
    assert answer.status_code == 200
    assert await rows(EVENTS) == []


async def test_who_makes_the_very_same_bytes_again_has_them(studio: Studio, rows: Rows, database: Database, store: Store) -> None:
    (old,) = await made(studio, "Hello.")
    await archived(studio, rows, old, days=31)
    await policy(studio, retention={"archived_audio_days": 30})
    await retention.run(database, store)
    async with working(studio.settings):
        new = await studio.version({"id": old["asset_id"]}, "Hello.")
    assert new["audio"] == old["audio"]
    assert await store.verify(new["audio"]["sha256"])
    back = (await seen(studio, old))["audio"]
    assert back["dropped"] is None, "they are the old one's too"
    (drop,) = back["earlier_drops"]
    assert drop["days"] == 30, "that they were dropped once is told still"
    ((told,),) = await rows(EVENTS.replace("audio.drop", "audio.return"))
    assert (told["version_id"], told["changes"]["audio_sha256"]) == (old["id"], back["sha256"])
    assert (told["changes"]["generation_id"], told["actor"]["type"]) == (new["generation_id"], "worker")
    await retention.run(database, store)
    assert await store.exists(new["audio"]["sha256"])


class Meanwhile(FolderStore):
    """A store, and what happens right after bytes were put into it."""

    def __init__(self, folder: Path, after: Any) -> None:
        super().__init__(folder)
        self._after = after

    async def put(self, data: bytes, media_type: str) -> Blob:
        """Put them; then it happens, once."""
        blob = await super().put(data, media_type)
        after, self._after = self._after, None
        if after:
            await after()
        return blob


async def test_bytes_dropped_between_storing_and_settling_are_stored_again(
    studio: Studio, rows: Rows, database: Database, store: Store
) -> None:
    (old,) = await made(studio, "Hello.")
    await archived(studio, rows, old, days=31)
    await policy(studio, retention={"archived_audio_days": 30})
    generation = await studio.ask({"id": old["asset_id"]}, "Hello.")
    work = open_studio(studio.settings)

    async def drop() -> None:
        await retention.run(database, store)
        assert not await store.exists(old["audio"]["sha256"])

    work.store = Meanwhile(studio.settings.data / "audio", drop)
    await perform(work, UUID(generation["id"]))
    await work.database.close()
    new = await seen(studio, {"id": (await studio.ended(generation))["version_id"]})
    assert (new["number"], new["audio"]["dropped"]) == (2, None)
    assert await store.verify(new["audio"]["sha256"])
    assert await rows("select state, deleted_at from blobs") == [("stored", None)]


async def ready(studio: Studio, rows: Rows, database: Database) -> tuple[Json, Claim, Take]:
    """An old version that may go, and an attempt at a generation which made and stored the very same bytes."""
    (old,) = await made(studio, "Hello.")
    await archived(studio, rows, old, days=31)
    await policy(studio, retention={"archived_audio_days": 30})
    generation = await studio.ask({"id": old["asset_id"]}, "Hello.")
    async with database.session.begin() as db:
        held = await settling.claim(db, UUID(generation["id"]))
    assert held
    audio = old["audio"]
    data = await open_store(studio.settings.object_store).get(audio["sha256"])
    figures = {"sample_rate_hz": audio["sample_rate_hz"], "duration_ms": audio["duration_ms"], "measurements": old["measurements"]}
    nothing: Json = {"peaks": {}, "words": [], "applied": {}, "metadata": {}, "unspoken": ""}
    take = Take(sha256=audio["sha256"], media_type="audio/flac", size=audio["bytes"], audio=data, **figures, **nothing)
    return old, held, take


async def test_who_drops_waits_for_who_names_the_bytes_and_keeps_them(
    studio: Studio, rows: Rows, database: Database, store: Store
) -> None:
    """On two connections: one has named the blob and not committed when the other comes to drop it."""
    _, held, take = await ready(studio, rows, database)
    async with database.session.begin() as db:
        await settling.succeed(db, held, take)
        running = asyncio.create_task(retention.run(database, store))
        await asyncio.sleep(0.3)
        assert not running.done()
    await running
    assert await rows("select state, (select count(*) from versions) from blobs") == [("stored", 2)]
    assert await rows(EVENTS) == []
    assert await store.exists(take.sha256)


async def test_who_names_the_bytes_waits_for_who_drops_them_and_hears_of_it(
    studio: Studio, rows: Rows, database: Database, store: Store
) -> None:
    """The other way round: one has marked the blob and not committed when the other comes to name it."""
    _, held, take = await ready(studio, rows, database)

    async def settle() -> None:
        async with database.session.begin() as other:
            await settling.succeed(other, held, take)

    async with database.session.begin() as db:
        assert await dropping.drop_old(db) == 1
        settled = asyncio.create_task(settle())
        await asyncio.sleep(0.3)
        assert not settled.done()
    with pytest.raises(BytesDropped):
        await settled
    assert await rows("select state, (select count(*) from versions) from blobs") == [("dropped", 1)]
    assert await rows("select status from generations order by id") == [("succeeded",), ("running",)]


async def test_who_deletes_leaves_alone_what_is_being_brought_back(
    studio: Studio, rows: Rows, database: Database, store: Store
) -> None:
    _, _, take = await ready(studio, rows, database)
    async with database.session.begin() as db:
        assert await dropping.drop_old(db) == 1
    async with database.session.begin() as db:
        await bring_back(db, store, take.audio, take.media_type, sha256=take.sha256)
        assert await delete_dropped(database, store) == 0
        assert await store.exists(take.sha256)
    assert await delete_dropped(database, store) == 0
    assert await store.verify(take.sha256)


async def test_what_was_marked_by_who_died_is_deleted_by_the_next_run(
    studio: Studio, rows: Rows, database: Database, store: Store
) -> None:
    (version,) = await made(studio, "Hello.")
    await rows("update blobs set state = 'dropped'")  # and then the lights went out
    await retention.run(database, store)
    assert not await store.exists(version["audio"]["sha256"])
    assert await rows("select deleted_at is not null from blobs") == [(True,)]


async def test_where_the_store_does_not_answer_the_bytes_are_deleted_later(
    studio: Studio, rows: Rows, database: Database, store: Store, tmp_path: Path
) -> None:
    (version,) = await made(studio, "Hello.")
    await rows("update blobs set state = 'dropped'")
    audio, away = tmp_path / "audio", tmp_path / "away"
    audio.rename(away)
    audio.write_text("a file where the folder was")
    assert await delete_dropped(database, store) == 0
    assert await rows("select deleted_at from blobs") == [(None,)]
    audio.unlink()
    away.rename(audio)
    assert await delete_dropped(database, store) == 1
    assert not await store.exists(version["audio"]["sha256"])


async def test_an_owner_drops_the_audio_of_an_archived_version_with_a_reason(studio: Studio, rows: Rows, store: Store) -> None:
    version, other = await made(studio, "Hello.", "Other.")
    assert "audio.drop" not in (await seen(studio, version, "owner"))["can"]
    told = refused(await act(studio, version, "drop-audio", by="owner"), 409)
    assert "only the audio of archived versions" in told["detail"]
    await done(studio, version, "archive")
    assert "audio.drop" in (await seen(studio, version, "owner"))["can"]
    assert "audio.drop" not in (await seen(studio, version, "author"))["can"]
    assert field_of(await act(studio, version, "drop-audio", by="owner", reason=" ")) == "reason"
    now = await done(studio, version, "drop-audio", by="owner", reason="It names a customer")
    assert (now["audio"]["dropped"]["days"], now["audio"]["dropped"]["reason"]) == (None, "It names a customer")
    assert now["audio"]["dropped"]["by"]["id"] == await person_id(studio, "owner")
    assert now["can"] == ["version.restore", "comment.create", "version.prefer"]
    assert "dropped already" in refused(await act(studio, version, "drop-audio", by="owner"), 409)["detail"]
    async with working(studio.settings), asyncio.timeout(10):
        while await store.exists(version["audio"]["sha256"]):
            await asyncio.sleep(0.02)
    assert await store.exists(other["audio"]["sha256"])
    ((event,),) = await rows(EVENTS)
    assert (event["actor"]["type"], event["reason"], event["changes"]["days"]) == ("person", "It names a customer", None)


async def test_an_owner_who_drops_bytes_drops_them_for_all_archived_versions_that_name_them(studio: Studio, rows: Rows) -> None:
    first, second, third = await made(studio, "The same.", "The same.", "The same.")
    for version in (first, second):
        await done(studio, version, "archive")
    told = refused(await act(studio, first, "drop-audio", by="owner"), 409)
    assert [error["message"] for error in told["errors"]] == ["Version 3 of support/greeting is draft."]
    assert told["possible"] == ["version.restore"]
    await done(studio, third, "archive")
    await done(studio, first, "drop-audio", by="owner", reason="It names a customer")
    assert [(await seen(studio, one))["audio"]["dropped"]["reason"] for one in (second, third)] == ["It names a customer"] * 2
    assert [event["version_id"] for (event,) in await rows(EVENTS)] == [first["id"], second["id"], third["id"]]


async def test_a_version_without_its_audio_is_restored_but_neither_submitted_nor_dropped_again(studio: Studio) -> None:
    (version,) = await made(studio, "Hello.")
    await done(studio, version, "archive")
    await done(studio, version, "drop-audio", by="owner")
    back = await done(studio, version, "restore")
    assert (back["status"], back["can"]) == ("draft", ["version.archive", "comment.create", "version.prefer"])


async def test_renditions_go_when_nobody_used_them_and_with_their_master(
    studio: Studio, rows: Rows, database: Database, store: Store
) -> None:
    old, kept = await made(studio, "Old.", "Kept.")
    await archived(studio, rows, old, days=31)
    of_old = await rendered(rows, store, old, "mp3", unused_days=0)
    idle = await rendered(rows, store, kept, "mp3", unused_days=8)
    used = await rendered(rows, store, kept, "opus", unused_days=7)
    await policy(studio, retention={"renditions_days": 7})
    await retention.run(database, store)
    assert [await store.exists(one) for one in (of_old, idle, used)] == [True, False, True]
    await policy(studio, retention={"renditions_days": None, "archived_audio_days": 30})
    told = await dry_run(studio)
    assert (told["masters"]["count"], told["renditions"]["count"]) == (1, 1)
    await retention.run(database, store)
    assert [await store.exists(one) for one in (of_old, used, kept["audio"]["sha256"])] == [False, True, True]
    assert await rows("select profile from renditions") == [("opus",)]
    assert (await rows(EVENTS))[0][0]["changes"]["renditions"] == ["mp3"]
    late = await rendered(rows, store, old, "ulaw", unused_days=0)  # made of bytes that were read before they went
    await retention.run(database, store)
    assert not await store.exists(late)


async def test_a_rendition_keeps_the_bytes_it_shares_with_a_master(
    studio: Studio, rows: Rows, database: Database, store: Store
) -> None:
    old, kept = await made(studio, "Old.", "Kept.")
    await archived(studio, rows, old, days=31)
    await rows(RENDITION, "flac", old["audio"]["sha256"], 0, kept["id"])
    await rows(RENDITION, "flac", old["audio"]["sha256"], 9, old["id"])
    await policy(studio, retention={"renditions_days": 7, "archived_audio_days": 30})
    await retention.run(database, store)
    assert await store.exists(old["audio"]["sha256"])
    assert await rows("select version_id::text from renditions") == [(kept["id"],)]
    refused(await act(studio, old, "drop-audio", by="owner"), 409)


async def test_the_dry_run_tells_of_a_policy_what_it_would_do_once_it_is_one(
    studio: Studio, rows: Rows, database: Database, store: Store
) -> None:
    first, twin, young, draft = await made(studio, "Old.", "Old.", "Young.", "Draft.")
    for version, days in ((first, 40), (twin, 50), (young, 10)):
        await archived(studio, rows, version, days=days)
    size = first["audio"]["bytes"]
    await rendered(rows, store, draft, "mp3", unused_days=9)
    nothing = await dry_run(studio)
    assert nothing["summary"] == "Nothing would be dropped."
    assert (nothing["archived_audio_days"], nothing["items"]) == (None, [])
    told = await dry_run(studio, archived_audio_days=30, renditions_days=5)
    assert told["masters"] == {"count": 2, "bytes": size}, "the very same bytes count once"
    assert told["renditions"]["count"] == 1
    assert [item["number"] for item in told["items"]] == [2, 1]
    assert told["items"][0]["asset"]["key"] == "support/greeting"
    assert told["summary"].startswith(f"2 versions' audio ({size:,} bytes) and 1 rendition (")
    assert await rows("select count(*) from blobs where state = 'dropped'") == [(0,)]
    await policy(studio, retention={"archived_audio_days": 30, "renditions_days": 5})
    assert (await dry_run(studio)) == told
    assert (await dry_run(studio, archived_audio_days=0, renditions_days=0))["summary"] == "Nothing would be dropped."
    await retention.run(database, store)
    assert [event["version_id"] for (event,) in await rows(EVENTS)] == [first["id"], twin["id"]]
    assert (await dry_run(studio))["summary"] == "Nothing would be dropped."


async def test_a_long_dry_run_comes_in_parts(studio: Studio, rows: Rows) -> None:
    versions = await made(studio, "One.", "Two.", "Three.")
    for version in versions:
        await archived(studio, rows, version, days=2)
    first = await dry_run(studio, archived_audio_days=1, limit=2)
    rest = await dry_run(studio, archived_audio_days=1, limit=2, cursor=first["next_cursor"])
    assert [item["number"] for item in (*first["items"], *rest["items"])] == [3, 2, 1]
    assert rest["next_cursor"] is None
    assert first["masters"] == rest["masters"]


@pytest.mark.parametrize("days", ["-1", "3651", "soon", "1.5"])
async def test_what_no_policy_can_be_has_no_dry_run(studio: Studio, days: str) -> None:
    viewer = await studio.person("viewer")
    answer = await viewer.get(f"/projects/{studio.project}/retention", params={"archived_audio_days": days})
    assert "archived_audio_days" in refused(answer, 422)["errors"][0]["field"]


async def test_storage_is_told_by_kind_and_month_each_blob_once(
    studio: Studio, rows: Rows, database: Database, store: Store
) -> None:
    draft, twin, approved, old, gone = await made(studio, "Draft.", "Draft.", "Approved.", "Old.", "Gone.")
    await done(studio, approved, "submit")
    await done(studio, approved, "approve", by="reviewer")
    for version in (twin, old, gone):
        await done(studio, version, "archive")
    await done(studio, gone, "drop-audio", by="owner")
    mp3 = await rendered(rows, store, draft, "mp3", unused_days=0)
    await rows("set session_replication_role = replica")
    await rows("update versions set created_at = now() - interval '3 years' where id = %s", old["id"])
    await rows("set session_replication_role = default")
    told = (await (await studio.person("viewer")).get(f"/projects/{studio.project}/storage")).json()
    sizes = {one["id"]: one["audio"]["bytes"] for one in (draft, approved, old, gone)}
    kinds = {
        "draft": sizes[draft["id"]],
        "in_review": 0,
        "approved": sizes[approved["id"]],
        "archived": sizes[old["id"]],
        "renditions": await store.size(mp3),
    }
    assert (told["kinds"], told["bytes"]) == (kinds, sum(kinds.values()))
    assert told["dropped"] == {"count": 1, "bytes": sizes[gone["id"]]}
    assert len(told["months"]) == 12
    assert told["earlier"] == {**dict.fromkeys(kinds, 0), "archived": kinds["archived"]}
    ((month,),) = await rows("select to_char(now() at time zone 'UTC', 'YYYY-MM')")
    assert told["months"][-1] == {"month": month, **kinds, "archived": 0}
    assert all(sum(one[kind] for kind in kinds) == 0 for one in told["months"][:-1])


async def test_an_empty_project_keeps_nothing(studio: Studio) -> None:
    viewer = await studio.person("viewer")
    told = (await viewer.get(f"/projects/{studio.project}/storage")).json()
    assert (told["bytes"], told["dropped"]) == (0, {"count": 0, "bytes": 0})


async def test_a_worker_does_the_job_when_its_hour_comes(studio: Studio, rows: Rows, database: Database, store: Store) -> None:
    (old,) = await made(studio, "Old.")
    await archived(studio, rows, old, days=31)
    await policy(studio, retention={"archived_audio_days": 30})
    async with database.session.begin() as db:
        await enqueue(db, RETENTION, RETENTION, timestamp=0)
    async with working(studio.settings), asyncio.timeout(10):
        while await store.exists(old["audio"]["sha256"]):
            await asyncio.sleep(0.02)
    assert len(await rows(EVENTS)) == 1


def test_the_job_comes_once_an_hour() -> None:
    queue = App(connector=InMemoryConnector())
    retention.register(queue, Database("postgresql://nowhere/none"), open_store("s3://nowhere"))
    ((_, job),) = queue.periodic_registry.periodic_tasks.items()
    assert (job.task.name, job.task.lock, job.cron) == (RETENTION, RETENTION, "20 * * * *")
    assert next_retention(datetime(2026, 11, 25, 23, 20, tzinfo=UTC)) == datetime(2026, 11, 26, 0, 20, tzinfo=UTC)
    assert next_retention(datetime(2026, 11, 25, 23, 19, 59, tzinfo=UTC)) == datetime(2026, 11, 25, 23, 20, tzinfo=UTC)


async def test_what_was_archived_before_this_release_has_its_time_from_the_record(studio: Studio, rows: Rows) -> None:
    """The migration's own statement, on rows as they were before it."""
    (version,) = await made(studio, "Hello.")
    await done(studio, version, "archive")
    statement = MIGRATION[MIGRATION.index("update versions v") : MIGRATION.index("create index ix_versions_archived")]
    await rows("set session_replication_role = replica")
    await rows("update versions set archived_at = null")
    await rows(statement.rstrip().rstrip(";"))
    await rows("set session_replication_role = default")
    recorded = "select max(recorded_at) from audit_events where action = 'version.archive'"
    assert await rows("select archived_at from versions") == await rows(recorded)
