"""Answers that wait a while for what was asked to be done, so that most callers need not ask again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

from core.bell import Bell

# A ring may be lost: a look from time to time makes up for it.
_LOOK_EVERY_SECONDS: Final = 1.0


class _Doing(Protocol):
    @property
    def done(self) -> bool: ...


_D = TypeVar("_D", bound=_Doing)


async def once_done(bell: Bell, topic: str, look: Callable[[], Awaitable[_D]], seconds: float) -> _D:
    """What ``look`` sees once it is done, or as it is after so many seconds; it looks at every ring of the topic."""
    deadline = asyncio.get_running_loop().time() + seconds
    async with bell.listen(topic) as ear:
        while True:
            seen = await look()
            left = deadline - asyncio.get_running_loop().time()
            if seen.done or left <= 0:
                return seen
            await ear.wait(min(left, _LOOK_EVERY_SECONDS))
