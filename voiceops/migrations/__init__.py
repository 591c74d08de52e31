"""Forward-only migrations: `migrate()` brings a database, empty or of any earlier release, to this one."""

from pathlib import Path

from alembic import command
from alembic.config import Config

__all__ = ["migrate"]


def migrate(url: str) -> None:
    """Apply what is missing. `url` is the login that owns the tables. Several processes may call this at once."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    command.upgrade(config, "head")
