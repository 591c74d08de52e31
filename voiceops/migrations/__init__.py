"""Forward-only migrations: `migrate()` brings a database, empty or of any earlier release, to this one."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

__all__ = ["head", "migrate"]


@cache
def head() -> str:
    """Return the newest migration there is."""
    return str(ScriptDirectory(str(Path(__file__).parent)).get_current_head())


def migrate(url: str) -> None:
    """Apply what is missing. `url` is the login that owns the tables. Several processes may call this at once."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    command.upgrade(config, "head")
