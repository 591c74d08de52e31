"""`python -m bench.fuzz`: sends a running studio what its own OpenAPI document allows, and what it does not.

Schemathesis makes the requests, each phase's and whole journeys of them. The document it reads is the studio's own, with the ids of
rows that exist put in where a path takes an id: with made-up ids nearly every request ends at "not found".
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from bench import machine
from bench.studio import Studio, wait_until
from voiceops.api.identity import COOKIE
from voiceops.models import Scope

DOCUMENT = "/api/v1/openapi.json"
VOICES = ("tone/plain", "tone/basic", "tone/flaky", "tone/broken", "tone/garbage")
SENTENCE = "Welcome to *Northwind*. [pause 200ms] How can I help?"
LEFT_OUT = (
    "sign_out",  # would end the session that all the others use
    "events",  # never ends
)
UNCHECKED = (
    "positive_data_acceptance",  # what a script may hold, and which voice can say it, is more than a schema tells
)
CONFIG = """
[auth.openapi.{scheme}]
{how} = "{secret}"

[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429]
"""


def main() -> int:
    """Fuzz a studio of our own; returns Schemathesis' exit code, 0 when nothing was found."""
    arguments = _arguments()
    with Studio(PROVIDERS="tone", SESSION_IDLE=str(24 * 3600)) as studio:
        studio.start()
        cookies = studio.sign_in("owner")
        document = studio.folder / "openapi.json"
        document.write_text(json.dumps(_document(studio, cookies)))
        print(f"load {machine.load():.2f}, seed {arguments.seed}, {arguments.examples} examples an operation", flush=True)
        code = 0
        for scheme, how, secret in (("session", "api_key", cookies[COOKIE]), ("key", "bearer", _key(studio, cookies))):
            print(f"as who shows a {scheme}", flush=True)
            config = studio.folder / f"{scheme}.toml"
            config.write_text(CONFIG.format(scheme=scheme, how=how, secret=secret))
            ran = subprocess.run(_command(studio, document, config, arguments), check=False, cwd=studio.folder)  # noqa: S603
            code = code or ran.returncode
        broken = [line for line in studio.log.read_text().splitlines() if '"level": "error"' in line or "Traceback" in line]
        print(f"{len(broken)} errors in the studio's own log", *broken[:5], sep="\n")
        return code or bool(broken)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=500, help="requests for each operation (default 500)")
    parser.add_argument("--seed", type=int, default=1, help="for the same requests again (default 1)")
    parser.add_argument("rest", nargs="*", help="handed to schemathesis, after --")
    return parser.parse_args()


def _command(studio: Studio, document: Path, config: Path, arguments: argparse.Namespace) -> Sequence[str]:
    schemathesis = Path(sys.executable).with_name("schemathesis")
    command = [str(schemathesis), "--config-file", str(config), "run", str(document), "--url", studio.url, "--warnings", "off"]
    command += ["--max-examples", str(arguments.examples), "--seed", str(arguments.seed), "--generation-database", "none"]
    command += ["--checks", "all", "--exclude-checks", ",".join(UNCHECKED), "--continue-on-failure", "--request-timeout", "30"]
    return [*command, *(word for name in LEFT_OUT for word in ("--exclude-operation-id", name)), *arguments.rest]


def _key(studio: Studio, cookies: dict[str, str]) -> str:
    """Make an API key that may all that a key may; returns its secret."""
    body = {"project_id": studio.project(cookies), "name": "Fuzz", "scopes": list(Scope)}
    answer = httpx.post(f"{studio.url}/api/v1/api-keys", json=body, cookies=cookies)
    secret: str = answer.raise_for_status().json()["secret"]
    return secret


def _document(studio: Studio, cookies: dict[str, str]) -> dict[str, Any]:
    """Return the studio's OpenAPI document with ids in it that exist."""
    with httpx.Client(base_url=studio.url, cookies=cookies, timeout=30) as client:
        document: dict[str, Any] = client.get(DOCUMENT).json()
        ids = _rows(studio, client, studio.project(cookies))
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and parameter["name"] in ids:
                    parameter["schema"] = {"type": "string", "format": "uuid", "enum": ids[parameter["name"]]}
    document["components"]["schemas"]["GenerationIn"]["properties"]["voice"]["enum"] = VOICES
    return document


def _rows(studio: Studio, client: httpx.Client, project: str) -> dict[str, Sequence[str]]:
    """Make keys, an asset and generations that ended in every way; returns ids by the name of the parameter that takes them."""
    for name in ("first", "second"):
        body = {"project_id": project, "name": name, "scopes": ["read"]}
        client.post("/api/v1/api-keys", json=body).raise_for_status()
    made = client.post(f"/api/v1/projects/{project}/assets", json={"key": "fuzz/asset", "title": "Fuzzed"}).json()
    asset = f"/api/v1/assets/{made['id']}"
    for voice in VOICES:
        client.post(f"{asset}/generations", json={"text": SENTENCE, "voice": voice}).raise_for_status()
    wait_until(lambda: not studio.rows("select 1 from generations where status in ('queued', 'running') limit 1"), within=60)
    names = {"asset": "assets", "version": "versions", "generation_id": "generations", "project": "projects"}
    names |= {"person": "people", "key": "api_keys"}
    ids = {name: studio.rows(f"select id::text from {table} order by id desc limit 5") for name, table in names.items()}  # noqa: S608
    return {name: [str(row[0]) for row in rows] for name, rows in ids.items()}


if __name__ == "__main__":
    sys.exit(main())
