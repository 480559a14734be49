"""Logs go to stdout: one event per unit of work, JSON unless a person is watching."""

import logging
import sys
from collections.abc import Callable, Iterable
from typing import cast

import structlog
from structlog.typing import EventDict


def configure_logging(redact: Callable[[str], str] = str, *, level: int = logging.INFO) -> None:
    """Set up structlog and let the standard library's loggers speak through it from WARNING up.

    ``redact`` takes secrets out of everything that is logged.
    """

    def without_secrets(_logger: object, _method: str, event: EventDict) -> EventDict:
        return {name: _clean(value, redact) for name, value in event.items()}

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


def _clean(value: object, redact: Callable[[str], str]) -> object:
    """The value without secrets, however deep they lie; what would be written as its ``repr`` already is one."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return redact(value)
        case dict():
            return {
                redact(str(name)): _clean(item, redact) for name, item in cast("dict[object, object]", value).items()
            }
        case list() | tuple() | set() | frozenset():
            return [_clean(item, redact) for item in cast("Iterable[object]", value)]
        case _:
            return redact(repr(value))
