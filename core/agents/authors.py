"""Whom agents commit for: the owner of the code host's token, where the code host knows them."""

import time
from dataclasses import dataclass, field

import structlog

from core.github.host import CodeHost
from core.model.errors import CadenceError
from core.model.people import Author

_log = structlog.get_logger(__name__)
_KNOWN_SECONDS = 3600.0
_UNKNOWN_SECONDS = 60.0


@dataclass(slots=True)
class Authors:
    """Asks the code host once an hour. While that does not answer, Cadence signs itself: no start waits for a name."""

    host: CodeHost
    _author: Author = field(default_factory=Author)
    _good_until: float = field(default=float("-inf"))

    async def author(self) -> Author:
        """The author of what is committed from now on. Never fails."""
        if time.monotonic() < self._good_until:
            return self._author
        try:
            self._author = await self.host.author() or Author()
            self._good_until = time.monotonic() + _KNOWN_SECONDS
        except CadenceError as error:
            _log.warning("author_unknown", error=str(error))
            self._good_until = time.monotonic() + _UNKNOWN_SECONDS
        return self._author
