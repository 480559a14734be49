"""Logs go to stdout: one event per unit of work, JSON unless a person is watching."""

import logging
import sys
from collections.abc import Callable

import structlog
from structlog.typing import EventDict


def configure_logging(redact: Callable[[str], str] = str, *, level: int = logging.INFO) -> None:
    """Set up structlog and let the standard library's loggers speak through it from WARNING up.

    ``redact`` takes secrets out of everything that is logged.
    """

    def without_secrets(_logger: object, _method: str, event: EventDict) -> EventDict:
        return {name: redact(value) if isinstance(value, str) else value for name, value in event.items()}

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    # A traceback with its local variables would show what people said.
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    renderer = console if sys.stdout.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
