"""Redis rings the bell between processes. A ring that is lost costs seconds, never work: whoever waits also looks."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

_log = structlog.get_logger(__name__)
_PREFIX: Final = "cadence:"
_RECONNECT_SECONDS: Final = 1.0
_CANCEL_AGAIN_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Ear:
    """Hears one topic."""

    rung: asyncio.Event

    async def wait(self, seconds: float) -> None:
        """Return at the next ring, or after ``seconds``. A ring that came since the last wait counts."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.rung.wait()
        self.rung.clear()


@dataclass(slots=True)
class Bell:
    """Rings topics, and listens to them: over one connection, however many listen in this process."""

    redis: Redis
    _ears: dict[str, list[Ear]] = field(default_factory=dict[str, list[Ear]])
    _listening: asyncio.Task[None] | None = None

    async def ring(self, topic: str) -> None:
        """Wake whoever listens to ``topic``."""
        await self.redis.publish(_PREFIX + topic, b"")

    @asynccontextmanager
    async def listen(self, topic: str) -> AsyncGenerator[Ear, None]:
        """Hear ``topic`` for as long as the block lasts. Whatever was rung before has to be looked for."""
        ear = Ear(asyncio.Event())
        self._ears.setdefault(topic, []).append(ear)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        try:
            yield ear
        finally:
            self._ears[topic].remove(ear)
            if not self._ears[topic]:
                del self._ears[topic]
            if not self._ears:
                await self._stop_listening()

    async def _stop_listening(self) -> None:
        listening, self._listening = self._listening, None
        # The Redis client loses a cancellation that meets it in the middle of connecting.
        while listening is not None and not listening.done():
            listening.cancel()
            await asyncio.wait({listening}, timeout=_CANCEL_AGAIN_SECONDS)

    async def _listen(self) -> None:
        while True:
            try:
                await self._subscribe()
            except (RedisError, OSError) as error:
                _log.warning("bell_lost", error=type(error).__name__)
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _subscribe(self) -> None:
        async with self.redis.pubsub() as pubsub:
            await pubsub.psubscribe(_PREFIX + "*")
            async for message in cast("AsyncIterator[dict[str, Any]]", pubsub.listen()):
                if message["type"] == "pmessage":
                    self._wake(self._ears.get(message["channel"].decode().removeprefix(_PREFIX), []))
                else:
                    # The subscription stands: whatever happened before it is looked for now.
                    self._wake([ear for ears in self._ears.values() for ear in ears])

    def _wake(self, ears: Iterable[Ear]) -> None:
        for ear in ears:
            ear.rung.set()
