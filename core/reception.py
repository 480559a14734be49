"""Accept, then work: a message is a committed row before it is acknowledged, and handled until it is settled."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from core.model.messages import Channel, InboundMessage
from core.pipeline import CommandPipeline
from core.replies import wording
from core.steady import repeat
from core.store.database import Database
from core.store.replies import ANSWER, Shown

_log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=15)
_RENEW_EVERY_SECONDS = 5.0
_ATTEMPTS = 4
_LOOK_EVERY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Reception:
    """One channel's way in. A message whose handler died is handled again by whoever looks next."""

    channel: Channel
    database: Database
    pipeline: CommandPipeline
    at_once: int = 8
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def accept(self, message: InboundMessage) -> UUID:
        """Write the message down; once this returns it will be handled. A redelivery gets the first one's id."""
        async with self.database.transaction() as tx:
            message_id = await tx.inbox.accept(message)
        self._arrived.set()
        return message_id

    async def run(self) -> None:
        """Handle what has been accepted until cancelled."""
        try:
            await repeat(f"reception:{self.channel}", self._turn)
        finally:
            for task in self._busy:
                task.cancel()
            await asyncio.gather(*self._busy, return_exceptions=True)

    async def _turn(self) -> None:
        async with self.database.transaction() as tx:
            leased = await tx.inbox.lease(self.channel, _LEASE, self.at_once - len(self._busy))
        for message, attempt in leased:
            task = asyncio.create_task(self._handle(message, attempt))
            self._busy.add(task)
            task.add_done_callback(self._finished)
        await self._wait()

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._arrived.set()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(_LOOK_EVERY_SECONDS):
                await self._arrived.wait()
        except TimeoutError:
            return
        self._arrived.clear()

    async def _handle(self, message: InboundMessage, attempt: int) -> None:
        began = time.monotonic()
        log = _log.bind(channel=self.channel, message=str(message.id), attempt=attempt)
        renewing = asyncio.create_task(self._renew(message))

        async def tell(share: float) -> None:
            await self._show_progress(message, share)

        try:
            reply = wording.gave_up() if attempt > _ATTEMPTS else await self.pipeline.handle(message, tell)
            async with self.database.transaction() as tx:
                await tx.replies.promise(message.reply_to, reply, once=f"{ANSWER}{message.id}")
                await tx.inbox.settle(message.id)
        except Exception:
            # A bug must not take the channel down with it; the lease runs out and the message is tried again.
            log.exception("message_failed")
        else:
            log.info("message_handled", ms=round((time.monotonic() - began) * 1000))
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _show_progress(self, message: InboundMessage, share: float) -> None:
        shown = Shown(f"listening:{message.id}", message.reply_to, wording.listening(share))
        async with self.database.transaction() as tx:
            await tx.replies.show([shown])

    async def _renew(self, message: InboundMessage) -> None:
        async def step() -> None:
            await asyncio.sleep(_RENEW_EVERY_SECONDS)
            async with self.database.transaction() as tx:
                await tx.inbox.renew(message.id, _LEASE)

        await repeat(f"renewal:{self.channel}", step)
