"""A machine that was made for one run ends with it, and does not outlive whoever has forgotten it."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Final

import structlog

from core.sandbox.daemon.desk import RunDesk
from core.sandbox.daemon.journal import Journal

_log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS: Final = 0.5


@dataclass(slots=True)
class Contact:
    """Since when nobody has welcomed this machine: None while somebody does."""

    lost_at: float | None = field(default_factory=time.monotonic)

    def found(self) -> None:
        """The control plane has welcomed us."""
        self.lost_at = None

    def lost(self) -> None:
        """The connection is gone, if there was one."""
        if self.lost_at is None:
            self.lost_at = time.monotonic()

    def missing_for(self, seconds: float) -> bool:
        """Whether it has been missing for longer than that."""
        return self.lost_at is not None and time.monotonic() - self.lost_at > seconds


@dataclass(frozen=True, slots=True)
class OneShot:
    """When such a machine ends by itself; all in seconds.

    It waits ``unclaimed`` for a run at most, and lives ``longest``. It does without the control plane for ``alone``,
    with a run for ``alone_with_run``, and then for the end of its run to be heard for ``unheard``.
    """

    desk: RunDesk
    journal: Journal
    contact: Contact
    unclaimed: float = 3600.0
    longest: float = 24 * 3600.0
    alone: float = 300.0
    alone_with_run: float = 900.0
    unheard: float = 900.0

    async def spent(self) -> None:
        """Return when the machine has nothing more to do: there is nobody to ask."""
        began = time.monotonic()
        over_since: float | None = None
        while True:
            begun = self.journal.begun
            if self._forgotten(time.monotonic() - began, begun=begun):
                _log.warning("machine_forgotten", seconds=round(time.monotonic() - began), begun=begun)
                return
            if begun and not self.desk.runs():
                over_since = over_since or time.monotonic()
                if not self.journal.waiting() or time.monotonic() - over_since > self.unheard:
                    return
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    def _forgotten(self, age: float, *, begun: bool) -> bool:
        if age > self.longest:
            return True
        if begun:
            return bool(self.desk.runs()) and self.contact.missing_for(self.alone_with_run)
        return age > self.unclaimed or self.contact.missing_for(self.alone) or self._unfit()

    def _unfit(self) -> bool:
        """A machine whose walls do not hold has no use once it has said so."""
        return not self.desk.self_test.passed and self.contact.lost_at is None
