"""How Alembic reaches the database: one transaction, one migrating process at a time."""

from alembic import context
from sqlalchemy import create_engine, make_url, text

from voiceops.db import Base, libpq_url

LOCK = 0x766F_6963  # any constant; "voic"


def run() -> None:
    """Apply the migrations on a connection of their own."""
    url = make_url(libpq_url(context.config.attributes["url"])).set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.configure(connection=connection, target_metadata=Base.metadata)
        context.run_migrations()
    engine.dispose()


run()
