"""A machine that was made for one run ends with it, and does not outlive whoever has forgotten it."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

import structlog

from core.sandbox.daemon.desk import RunDesk
from core.sandbox.daemon.journal import Journal

_log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS: Final = 0.5
_UNCLAIMED_SECONDS: Final = 3600.0
_LONGEST_SECONDS: Final = 24 * 3600.0
_UNHEARD_SECONDS: Final = 900.0


@dataclass(frozen=True, slots=True)
class OneShot:
    """In seconds: how long nobody may claim the machine, and how long the end of its run may go unheard."""

    desk: RunDesk
    journal: Journal
    unclaimed: float = _UNCLAIMED_SECONDS
    unheard: float = _UNHEARD_SECONDS
    longest: float = _LONGEST_SECONDS

    async def spent(self) -> None:
        """Return when the machine has nothing more to do: there is nobody to ask."""
        began = time.monotonic()
        over_since: float | None = None
        while True:
            age = time.monotonic() - began
            if age > self.longest or (age > self.unclaimed and not self.journal.begun):
                _log.warning("machine_forgotten", seconds=round(age))
                return
            if self.journal.begun and not self.desk.runs():
                over_since = over_since or time.monotonic()
                if not self.journal.waiting() or time.monotonic() - over_since > self.unheard:
                    return
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
