"""The border: proxies, TLS, cookies, headers, and what attackers send."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from conftest import PEER, Json, Rows, Studio, field_of, refused, served

from voiceops.api.border import SECURITY_HEADERS, TLS_HEADERS
from voiceops.api.http import Http
from voiceops.api.identity import COOKIE, HOST_COOKIE
from voiceops.app import create_app
from voiceops.config import Settings
from voiceops.config import settings as current_settings
from voiceops.workflow import demo

AUTHOR: Final = {"email": f"author@{demo.DOMAIN}", "password": demo.PASSWORD}


@pytest.fixture
def by_https(monkeypatch: pytest.MonkeyPatch) -> None:
    """People come by HTTPS."""
    monkeypatch.setenv("VOICEOPS_BASE_URL", "https://studio.test")


async def address_of(rows: Rows) -> str:
    """The address in the newest event of the record."""
    ((payload,),) = await rows("select payload from audit_events order by seq desc limit 1")
    found: str = json.loads(payload)["address"]
    return found


async def test_what_an_untrusted_peer_says_of_itself_does_not_count(studio: Studio, rows: Rows) -> None:
    client = await studio.anonymous()
    told = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "Forwarded": "for=203.0.113.9;proto=https"}
    answer = await client.post("/session", json=AUTHOR, headers={**told, "X-Real-IP": "203.0.113.9"})
    assert await address_of(rows) == PEER
    assert answer.headers["set-cookie"].startswith(f"{COOKIE}=")
    assert "strict-transport-security" not in answer.headers


@pytest.mark.usefixtures("trusting")
async def test_a_trusted_proxy_tells_where_a_request_came_from(studio: Studio, rows: Rows) -> None:
    client = await studio.anonymous()
    hops = {
        "203.0.113.9": "203.0.113.9",
        "203.0.113.9:4711": "203.0.113.9",
        "2001:7fd::1": "2001:7fd::1",
        "[2001:7fd::1]:4711": "2001:7fd::1",
        "::ffff:203.0.113.9": "203.0.113.9",
        "198.51.100.1, 203.0.113.9": "203.0.113.9",  # the first anybody may have written
        "127.0.0.1, 203.0.113.9, 10.1.2.3, 2001:db8::7": "203.0.113.9",
        "10.9.9.9": "10.9.9.9",
        "": PEER,
        "unknown": PEER,
        "' or 1=1": PEER,
        "203.0.113.9, unknown, 10.1.2.3": "10.1.2.3",
        "999.1.1.1": PEER,
        ",,": PEER,
        ", ".join(["203.0.113.9"] * 2000): "203.0.113.9",
    }
    for sent, expected in hops.items():
        await client.post("/session", json=AUTHOR, headers={"X-Forwarded-For": sent})
        assert await address_of(rows) == expected, sent
    twice = [("X-Forwarded-For", "198.51.100.1"), ("X-Forwarded-For", "203.0.113.9")]
    await client.post("/session", json=AUTHOR, headers=twice)
    assert await address_of(rows) == "203.0.113.9"


@pytest.mark.parametrize("trusting", ["10.0.0.0/8, 192.0.2.8"], indirect=True)
async def test_only_those_proxies_are_trusted_that_are_named(trusting: None, studio: Studio, rows: Rows) -> None:
    client = await studio.anonymous()
    await client.post("/session", json=AUTHOR, headers={"X-Forwarded-For": "203.0.113.9"})
    assert await address_of(rows) == PEER


@pytest.mark.parametrize("wrong", ["everybody", "10.0.0.0/33", "*", "10.0.0.1/8"])
def test_a_proxy_is_an_address_or_a_network(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEOPS_TRUSTED_PROXIES", f"127.0.0.1, {wrong}")
    with pytest.raises(ValueError, match="trusted_proxies"):
        Settings()


def check_tls(answer: httpx.Response) -> None:
    """The answer is as it must be under TLS."""
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith(f"{HOST_COOKIE}=")
    wanted = {"httponly", "samesite=lax", "path=/", "secure", f"max-age={current_settings().session_absolute}"}
    assert {one.lower() for one in attributes} == wanted
    assert answer.headers.items() >= {name.lower(): value for name, value in TLS_HEADERS.items()}.items()


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("sent", ["https", "HTTPS", "http, https"])
async def test_a_trusted_proxy_tells_that_people_came_by_tls(studio: Studio, sent: str) -> None:
    client = await studio.anonymous()
    check_tls(await client.post("/session", json=AUTHOR, headers={"X-Forwarded-Proto": sent}))
    for other in ("http", "https, http", "wss", ""):
        answer = await client.post("/session", json=AUTHOR, headers={"X-Forwarded-Proto": other})
        assert answer.headers["set-cookie"].startswith(f"{COOKIE}="), other


@pytest.mark.usefixtures("by_https")
async def test_where_the_studio_has_an_https_address_everything_is_as_under_tls(studio: Studio) -> None:
    client = await studio.anonymous()
    answer = await client.post("/session", json=AUTHOR)
    check_tls(answer)
    token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    client.cookies.clear()
    assert (await client.get("/session", headers={"Cookie": f"{HOST_COOKIE}={token}"})).status_code == 200
    refused(await client.get("/session", headers={"Cookie": f"{COOKIE}={token}"}), 401)  # a neighbouring host may set that
    out = await client.delete("/session", headers={"Cookie": f"{HOST_COOKIE}={token}"})
    assert out.headers["set-cookie"].startswith(f'{HOST_COOKIE}=""; ')
    assert "; Secure" in out.headers["set-cookie"]
    refused(await client.get("/session", headers={"Cookie": f"{HOST_COOKIE}={token}"}), 401)


async def test_a_session_is_never_one_that_was_brought_along(studio: Studio, rows: Rows) -> None:
    client = await studio.anonymous()
    planted = "A" * 43
    answer = await client.post("/session", json=AUTHOR, headers={"Cookie": f"{COOKIE}={planted}"})
    assert planted not in answer.headers["set-cookie"]
    refused(await (await studio.anonymous()).get("/session", headers={"Cookie": f"{COOKIE}={planted}"}), 401)


async def test_a_session_of_another_is_another(studio: Studio) -> None:
    """Two cookies of one name: whichever counts, it is one of them, and no mixture."""
    mine, theirs = [(await studio.person(role)).cookies[COOKIE] for role in ("author", "outsider")]
    answer = await (await studio.anonymous()).get("/session", headers={"Cookie": f"{COOKIE}={mine}; {COOKIE}={theirs}"})
    assert [one["roles"] for one in answer.json()["projects"]] == [["author"]]


CSP: Final = ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")


async def test_every_answer_carries_the_security_headers(studio: Studio, worker: None) -> None:
    version = await studio.version(await studio.asset())
    client = await studio.person("author")
    key = f"vo_abcdefgh_{'A' * 43}"
    asked: list[tuple[int, str, str, Json]] = [
        (200, "GET", "/session", {}),
        (200, "GET", f"/versions/{version['id']}/audio", {}),
        (206, "GET", f"/versions/{version['id']}/audio", {"headers": {"Range": "bytes=0-3"}}),
        (304, "GET", f"/versions/{version['id']}/audio", {"headers": {"If-None-Match": "*"}}),
        (416, "GET", f"/versions/{version['id']}/audio", {"headers": {"Range": "bytes=999999999-"}}),
        (200, "GET", "http://studio.test/api/v1/openapi.json", {}),
        (200, "GET", "http://studio.test/healthz", {}),
        (400, "GET", f"/session?key={key}", {}),
        (401, "GET", "/session", {"headers": {"Authorization": f"Bearer {key}"}}),
        (403, "POST", "/session", {"json": AUTHOR, "headers": {"Origin": "https://evil.example"}}),
        (404, "GET", f"/assets/{uuid4()}", {}),
        (404, "GET", "http://studio.test/_app/none.js", {}),
        (405, "PUT", "/session", {}),
        (413, "POST", "/session", {"content": b" " * (2**20 + 1)}),
        (422, "POST", "/session", {"json": {}}),
    ]
    for status, method, path, more in asked:
        answer = await client.request(method, path, **more)
        assert answer.status_code == status, (method, path)
        assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS, (method, path)
        assert set(CSP) <= set(answer.headers["content-security-policy"].split("; "))
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "server" not in answer.headers


GUARDED: Final = {
    "status": "approved",
    "author": "me",
    "project": str(uuid4()),
    "project_id": str(uuid4()),
    "is_admin": True,
    "id": str(uuid4()),
    "key": "other",
    "created_at": "2020-01-01T00:00:00Z",
    "version_count": 0,
    "can": ["asset.update"],
    "roles": ["owner"],
}


async def test_nothing_is_set_that_is_not_for_setting(studio: Studio, rows: Rows) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    for name, value in GUARDED.items():
        assert field_of(await client.patch(f"/assets/{asset['id']}", json={"title": "New", name: value})) == name
    signing = {**AUTHOR, "is_admin": True}
    assert field_of(await client.post("/session", json=signing)) == "is_admin"
    assert (await client.get(f"/assets/{asset['id']}")).json() == asset


async def test_a_cursor_of_ones_own_making_shows_nothing_new(studio: Studio) -> None:
    mine = await studio.asset()
    theirs = await studio.asset(by="outsider")
    client = await studio.person("author")
    path = f"/projects/{studio.project}/assets"
    for cursor in ("ffffffff-ffff-ffff-ffff-ffffffffffff", theirs["id"]):
        assert [one["id"] for one in (await client.get(path, params={"cursor": cursor})).json()["items"]] in ([], [mine["id"]])
    for cursor in (mine["id"], "00000000-0000-0000-0000-000000000000"):
        assert (await client.get(path, params={"cursor": cursor})).json() == {"items": [], "next_cursor": None}
    for cursor in ("1", "' or 1=1 --", "../x", "%00", mine["id"] + "0", "[]"):
        assert field_of(await client.get(path, params={"cursor": cursor})) == "cursor"


async def raw(url: str, sent: bytes, *, wait: float = 10.0) -> bytes:
    """All that a server answers to these bytes, until it closes or says no more."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(sent)
    try:
        async with asyncio.timeout(wait):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
            return head + await reader.readexactly(length)
    except asyncio.IncompleteReadError as end:
        return end.partial
    finally:
        writer.close()


def problem_in(answer: bytes, status: int) -> Json:
    """The problem document in the raw bytes of an answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    assert first.startswith(f"HTTP/1.1 {status} "), first
    assert {name: fields.get(name.lower()) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    told: Json = json.loads(body)
    assert (told["status"], fields["content-type"]) == (status, "application/problem+json")
    return told


NO_HTTP: Final[Mapping[str, bytes]] = {
    "no HTTP": b"hello\r\n\r\n",
    "NUL in a header": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
    "NUL in the address": b"GET /health\0z HTTP/1.1\r\nHost: a\r\n\r\n",
    "two lengths": b"POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length and chunks": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks by another name": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a length that is none": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "a header folded": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
    "blanks before the colon": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n",
    "a header without a colon": b"GET /healthz HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n",
}


async def test_what_is_no_http_is_refused_and_the_connection_closed(studio: Studio, rows: Rows) -> None:
    async with served(studio) as url:
        for what, sent in NO_HTTP.items():
            answer = await raw(url, sent)
            assert problem_in(answer, 400)["detail"], what
            assert b"connection: close" in answer.lower(), what
    assert await rows("select count(*) from sessions") == [(0,)]


async def test_an_address_or_header_without_end_is_cut_off(studio: Studio) -> None:
    async with served(studio) as url:
        for start in (b"GET /", b"GET /healthz?", b"GET /healthz HTTP/1.1\r\nX: ", b"GET /healthz HTTP/1.1\r\n"):
            line = b"X: y\r\n" if start.endswith(b"\n") else b"a" * 6
            assert "65,536" in problem_in(await raw(url, start + line * 200_000), 431)["detail"]
        whole = b"GET /healthz?" + b"a" * 60_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
        assert (await raw(url, whole)).startswith(b"HTTP/1.1 200 ")


class Impatient(Http):
    """Waits for headers less long."""

    head_seconds = 0.3


async def test_headers_that_do_not_come_are_not_waited_for(studio: Studio) -> None:
    async with served(studio, http=Impatient) as url:
        for sent in (b"", b"GET /healthz HTTP/1.1\r\nX: "):
            problem_in(await raw(url, sent), 408)


SIZE: Final = 100 * 2**20


async def push(url: str, headers: str, piece: bytes) -> tuple[bytes, int]:
    """Send pieces of a body of 100 MB until there is an answer; returns that, and how much was sent by then."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(f"POST /api/v1/session HTTP/1.1\r\nHost: studio\r\n{headers}\r\n\r\n".encode())
    answer = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
    sent = 0
    while sent < SIZE and not answer.done():
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)
        sent += len(piece)
    head = await asyncio.wait_for(answer, 10)
    writer.close()
    return head, sent


async def test_a_body_of_a_hundred_megabytes_is_refused_long_before_its_end(studio: Studio) -> None:
    chunk = 2**16
    async with served(studio) as url:
        for headers, piece in (
            (f"Content-Length: {SIZE}", b" " * chunk),
            ("Transfer-Encoding: chunked", f"{chunk:x}\r\n".encode() + b" " * chunk + b"\r\n"),
        ):
            head, sent = await push(url, headers, piece)
            assert head.startswith(b"HTTP/1.1 413 "), headers
            assert sent < 16 * 2**20, headers


async def test_a_slow_body_is_cut_off_and_keeps_nobody_waiting(studio: Studio) -> None:
    """More of them than the database has connections for us: none is held while a body is on its way."""
    key = await studio.key("author")
    studio.settings = studio.settings.model_copy(update={"body_timeout": 1.0})
    head = f"POST /api/v1/assets/{uuid4()}/scripts HTTP/1.1\r\nHost: a\r\nAuthorization: {key.headers['authorization']}\r\n"
    halves = ("Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n")
    async with served(studio) as url, httpx.AsyncClient(base_url=url, headers=key.headers, timeout=2) as client:
        asked = [asyncio.create_task(raw(url, (head + half).encode())) for half in halves * 20]
        await asyncio.sleep(0.3)
        assert (await client.get("/projects")).status_code == 200
        for answer in await asyncio.gather(*asked):
            assert "too long" in problem_in(answer, 408)["detail"]


async def test_headers_that_would_let_a_request_pass_for_another_change_nothing(studio: Studio) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    path = f"/assets/{asset['id']}"
    smuggled: list[dict[str, Any]] = [
        {"X-HTTP-Method-Override": "DELETE"},
        {"X-Original-URL": "/api/v1/session"},
        {"X-Rewrite-URL": "/api/v1/session"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-User": "owner@northwind.example"},
        {"X-Forwarded-User": "owner"},
    ]
    for headers in smuggled:
        assert (await client.get(path, headers=headers)).json() == asset
    viewer = await studio.person("viewer")
    for headers in smuggled:
        refused(await viewer.patch(path, json={"title": "New"}, headers=headers), 403)


async def test_no_answer_names_a_host_that_the_request_brought(studio: Studio) -> None:
    asset = await studio.asset()
    client = await studio.person("author")
    body = {"text": "Hello.", "voice": "tone/plain"}
    answer = await client.post(f"/assets/{asset['id']}/generations", json=body, headers={"Host": "evil.example"})
    assert answer.headers["location"].startswith("/api/v1/generations/")
    slash = await client.get("/projects/", headers={"Host": "evil.example"}, follow_redirects=False)
    assert "evil" not in str(slash.headers) + slash.text


def test_the_server_is_started_without_a_proxy_handling_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uvicorn would believe every peer of this machine."""
    how: Json = {}
    monkeypatch.setenv("VOICEOPS_DATABASE_URL", "postgresql://nowhere/x")
    monkeypatch.setattr("uvicorn.run", lambda _app, **options: how.update(options))
    current_settings.cache_clear()
    from voiceops.cli import serve  # noqa: PLC0415 - what it loads is looked up when it runs

    serve()
    current_settings.cache_clear()
    assert (how["proxy_headers"], how["server_header"], how["http"]) == (False, False, Http)
    assert create_app(Settings())
