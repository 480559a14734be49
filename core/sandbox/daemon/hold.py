"""Holds a run at its next tool call while its person wants it paused."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from core.model.event import Happening, Paused, Resumed


@dataclass(slots=True)
class Hold:
    """Open until ``pause``; whoever then calls ``pass_through`` waits until ``resume``.

    ``standing`` says that the run stands still anyway, so that a pause has come true at once.
    """

    report: Callable[[Happening], None]
    standing: Callable[[], bool] = lambda: False
    _wanted: bool = False
    _reported: bool = False
    _free: asyncio.Event = field(default_factory=asyncio.Event)

    def pause(self) -> None:
        """Close it. A second wish for the same changes nothing."""
        self._wanted = True
        self._free.clear()
        if self.standing():
            self._say_so()

    def resume(self) -> None:
        """Open it again, and say so if it was closed."""
        if self._wanted:
            self._wanted = self._reported = False
            self._free.set()
            self.report(Resumed())

    @property
    def holding(self) -> bool:
        """True while the run stands still because of us."""
        return self._reported

    async def pass_through(self) -> None:
        """Return at once, or when the pause is over."""
        while self._wanted:
            self._say_so()
            await self._free.wait()

    def _say_so(self) -> None:
        if not self._reported:
            self._reported = True
            self.report(Paused())
