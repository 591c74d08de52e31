"""The command line: `voiceops up` runs everything; the other commands run one part."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from voiceops import logs
from voiceops.cluster import data_folder
from voiceops.config import Settings, settings
from voiceops.footprint import settle
from voiceops.secret import NoSecret, derive, kept_in
from voiceops.secret import new as new_secret

main = typer.Typer(name="voiceops", no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)


@main.command()
def up() -> None:
    """Run the whole studio: PostgreSQL (unless VOICEOPS_DATABASE_URL names one), the API with the page, a worker."""
    from voiceops.up import run  # noqa: PLC0415 - each command loads only its own part

    _refuse_lost_voices(settings())
    this = [sys.executable, "-m", "voiceops"]
    services = {"the API": [*this, "serve"], "the worker": [*this, "worker"]}
    known = settings()
    if not known.database_url and not known.secret_key:
        known = known.model_copy(update={"secret_key": kept_in(data_folder(known.data))})
    _refuse_no_secret(known)
    raise typer.Exit(run(known, before={"the migration": [*this, "migrate"]}, services=services))


@main.command()
def serve() -> None:
    """Serve the API and the page."""
    import uvicorn  # noqa: PLC0415 - as above

    from voiceops.api.http import Http  # noqa: PLC0415 - as above
    from voiceops.app import create_app  # noqa: PLC0415 - as above

    logs.configure()
    known = connected()
    _refuse_lost_voices(known)
    _refuse_remote_demo(known)
    app = create_app(known)
    settle()
    uvicorn.run(
        app,
        host=known.host,
        port=known.port,
        loop="uvloop",
        http=Http,
        log_config=None,
        access_log=False,
        proxy_headers=False,  # the border looks through proxies, and only through those it is told of
        server_header=False,
        timeout_graceful_shutdown=3,
    )


@main.command()
def worker() -> None:
    """Speak what is queued."""
    from voiceops.worker import run  # noqa: PLC0415 - as above

    logs.configure()
    known = connected()
    _refuse_lost_voices(known)
    settle()
    try:
        run(known)
    except NoSecret as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


@main.command()
def secret() -> None:
    """Print a new secret, for VOICEOPS_SECRET_KEY."""
    typer.echo(new_secret())


@main.command()
def migrate() -> None:
    """Bring the database to this release; fill an empty one with the demo (VOICEOPS_DEMO=1), or tell the first owner's link."""
    from voiceops.migrations import migrate as apply  # noqa: PLC0415 - as above
    from voiceops.seed import first_owner, plant  # noqa: PLC0415 - as above

    known = connected()
    missing = apply(known.owner_url or known.database_url or "", known.database_url)
    if missing:
        typer.echo(
            "This login may not make the database's roles, so API and worker keep all its rights, and only triggers and"
            " signatures protect the audit trail. To mend that run these as an administrator, then `voiceops migrate` again:",
            err=True,
        )
        typer.echo("\n".join(f"  {statement}" for statement in missing), err=True)
    _refuse_remote_demo(known)
    if known.demo:
        _refuse_lost_voices(known)
        asyncio.run(plant(known))
    elif link := asyncio.run(first_owner(known)):
        typer.echo(f"Nobody is here yet. Who opens this link becomes the first owner (once, within 7 days):\n\n    {link}\n")


@main.command()
def openapi(path: Annotated[Path, typer.Argument(help="Where to write it.")]) -> None:
    """Write the OpenAPI document, sorted, so that it diffs."""
    from voiceops.app import create_app  # noqa: PLC0415 - as above

    document = create_app(Settings()).openapi()
    path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


trail = typer.Typer(no_args_is_help=True, help="Prove the audit trail.")
main.add_typer(trail, name="audit")


@trail.command("verify")
def verify_audit(
    project: Annotated[str | None, typer.Option(help="Only the log of the project with this key.")] = None,
    last: Annotated[int | None, typer.Option(min=1, help="Only about so many of the newest events of each log.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,  # noqa: FBT002 - a flag
    bundle: Annotated[Path | None, typer.Option(help="Verify this export instead; needs no database and no settings.")] = None,
    key: Annotated[
        list[str] | None, typer.Option(help="Trust only this public key (or the file that holds it); repeatable.")
    ] = None,
) -> None:
    """Compute everything anew, and end with 1 where something is wrong."""
    from voiceops.audit import checking  # noqa: PLC0415 - as above

    try:
        trusted = checking.given(key)
        if bundle is not None:
            told = checking.bundle(bundle, trusted)
        else:
            told = checking.database(connected(), project=project, last=last, trusted=trusted or None)
    except (checking.CannotCheck, NoSecret) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    typer.echo(json.dumps(told.document, indent=1) if as_json else told.text)
    raise typer.Exit(0 if told.ok else 1)


@trail.command("key")
def audit_key() -> None:
    """Print the public keys that sign the audit trail, for whoever verifies an export."""
    from voiceops.audit import checking  # noqa: PLC0415 - as above

    _say_or_end(lambda: "\n".join(checking.public_keys(connected())))


@trail.command("rotate-key")
def rotate_audit_key(reason: Annotated[str | None, typer.Option(help="Why, for the record.")] = None) -> None:
    """Make a new signing key; what the former ones signed stays valid."""
    from voiceops.seed import rotate_key  # noqa: PLC0415 - as above

    _say_or_end(lambda: asyncio.run(rotate_key(connected(), reason=reason)))


def _say_or_end(say: Callable[[], str]) -> None:
    try:
        typer.echo(say())
    except NoSecret as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def _refuse_remote_demo(known: Settings) -> None:
    """End where people beyond this machine could sign in with the password that everybody knows."""
    from voiceops.seed import demo_present  # noqa: PLC0415 - as above

    if known.is_loopback or known.allow_remote_demo or not (known.demo or asyncio.run(demo_present(known))):
        return
    typer.echo(
        f"Demo accounts are here, whose password everybody knows, so nothing listens on {known.host}. Set VOICEOPS_DEMO=0 with"
        " an empty database, or one where each of them has a new password or is deactivated; or VOICEOPS_ALLOW_REMOTE_DEMO=1"
        " if this is what you want.",
        err=True,
    )
    raise typer.Exit(2)


def _refuse_no_secret(known: Settings) -> None:
    """End before anything starts where the worker could not."""
    try:
        derive(known.secret_key, "signing keys")
    except NoSecret as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def _refuse_lost_voices(known: Settings) -> None:
    """End where a voice provider is on that there is none of, or that lacks a setting."""
    from voiceops import providers  # noqa: PLC0415 - as above

    try:
        providers.load(known.provider_names, known.provider_options)
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def connected() -> Settings:
    """Return the settings with a database: the one that is set, or the embedded one that `voiceops up` runs here."""
    known = settings()
    if known.database_url:
        return known
    from voiceops.embedded import attach  # noqa: PLC0415 - as above

    url = attach(known.data)
    if url is None:
        typer.echo("No database: set VOICEOPS_DATABASE_URL, or run `voiceops up` first.", err=True)
        raise typer.Exit(2)
    return known.model_copy(update={"database_url": url, "secret_key": known.secret_key or kept_in(known.data)})


if __name__ == "__main__":
    main()
