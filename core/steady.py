"""Loops that outlive the failures of what they depend on: said loudly, tried again, never silently ended."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn

import structlog

_log = structlog.get_logger(__name__)
_PAUSE_SECONDS: Final = 1.0


async def repeat(name: str, step: Callable[[], Awaitable[None]]) -> NoReturn:
    """Take ``step`` again and again until cancelled; after one that fails, wait a second."""
    while True:
        try:
            await step()
        except Exception:  # noqa: BLE001 (see the next line)
            # The database may be restarting, or it is a bug: either way the other loops of this process must go on.
            _log.exception("loop_stumbled", loop=name)
            await asyncio.sleep(_PAUSE_SECONDS)
