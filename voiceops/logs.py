"""Logs: one event a line with its fields, JSON where nobody watches, coloured at a terminal."""

import logging
import sys

import structlog


def configure() -> None:
    """Set up structlog and bring the standard library's loggers, our libraries' among them, into the same stream."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    watched = sys.stderr.isatty()
    # plain: the default renders the locals of every frame, half a minute of a stopped server for one error
    coloured = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    renderer = coloured if watched else structlog.processors.JSONRenderer()
    tracebacks = [] if watched else [structlog.processors.format_exc_info]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *tracebacks, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for chatty in ("procrastinate", "uvicorn.access", "alembic", "httpx2"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
