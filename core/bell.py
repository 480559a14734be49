"""Redis rings the bell between processes. A ring that is lost costs seconds, never work: whoever waits also looks."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

_log = structlog.get_logger(__name__)
_RECONNECT_SECONDS = 1.0
_CANCEL_AGAIN_SECONDS = 0.1


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


@dataclass(frozen=True, slots=True)
class Bell:
    """Rings topics, and listens to them."""

    redis: Redis

    async def ring(self, topic: str) -> None:
        """Wake whoever listens to ``topic``."""
        await self.redis.publish(topic, b"")

    @asynccontextmanager
    async def listen(self, topic: str) -> AsyncGenerator[Ear, None]:
        """Hear ``topic`` for as long as the block lasts."""
        ear = Ear(asyncio.Event())
        listening = asyncio.create_task(self._listen(topic, ear))
        try:
            yield ear
        finally:
            # The Redis client loses a cancellation that meets it in the middle of connecting.
            while not listening.done():
                listening.cancel()
                await asyncio.wait({listening}, timeout=_CANCEL_AGAIN_SECONDS)

    async def _listen(self, topic: str, ear: Ear) -> None:
        while True:
            try:
                await self._subscribe(topic, ear)
            except (RedisError, OSError) as error:
                _log.warning("bell_lost", topic=topic, error=type(error).__name__)
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _subscribe(self, topic: str, ear: Ear) -> None:
        async with self.redis.pubsub() as pubsub:
            await pubsub.subscribe(topic)
            # The subscription's own confirmation is the first message: whatever happened before it is looked for now.
            async for _ in cast("AsyncIterator[object]", pubsub.listen()):
                ear.rung.set()
