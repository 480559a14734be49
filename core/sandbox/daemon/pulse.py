"""Notices a run that hangs."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from core.sandbox.daemon.troubles import silence


@dataclass(slots=True)
class Pulse:
    """When something last happened in a run, so that a run which hangs is noticed."""

    limit: float
    waiting: Callable[[], bool]
    last: float = field(default_factory=time.monotonic)

    def beat(self) -> None:
        """Something happened."""
        self.last = time.monotonic()

    async def watch(self) -> None:
        """Raise ProviderError when nothing has happened for too long. Waiting for the person is no silence."""
        while (left := self.last + self.limit - time.monotonic()) > 0:
            await asyncio.sleep(left)
            if self.waiting():
                self.beat()
        raise silence(self.limit / 60)
