"""Forward-only migrations: `migrate()` brings a database, empty or of any earlier release, to this one."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from voiceops.migrations.roles import arrange

__all__ = ["head", "migrate"]


@cache
def head() -> str:
    """Return the newest migration there is."""
    return str(ScriptDirectory(str(Path(__file__).parent)).get_current_head())


def migrate(url: str, app_url: str | None = None) -> list[str]:
    """Apply what is missing. `url` is the login that owns the tables, `app_url` the application's, if it is another.

    Several processes may call this at once. Returns what an administrator has to run, where this login may not make roles.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    command.upgrade(config, "head")
    return arrange(url, app_url or url)
