"""Delivers the promised replies of one channel: claim, send, settle. At least once, in order per conversation."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from core.bell import Bell
from core.model.errors import DeliveryFailed, Undeliverable
from core.model.messages import Channel, Reply
from core.replies.notifier import Notifier
from core.steady import repeat
from core.store.database import Database
from core.store.replies import PromisedReply

_log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=30)
_ATTEMPTS = 8
_LOOK_EVERY_SECONDS = 2.0


def topic_of(channel: Channel) -> str:
    """The bell's topic for a channel's relay."""
    return f"relay:{channel}"


@dataclass(frozen=True, slots=True)
class ReplyRelay:
    """One channel's way out. ``rest`` is how long an edited message is left alone between two edits.

    ``redact`` takes secrets out of what is said, whoever said it first; links and buttons hold none.
    """

    channel: Channel
    database: Database
    bell: Bell
    notifier: Notifier
    redact: Callable[[str], str]
    rest: timedelta = timedelta(seconds=2)

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with self.bell.listen(topic_of(self.channel)) as ear:

            async def turn() -> None:
                while await self.deliver_due():
                    pass
                await ear.wait(_LOOK_EVERY_SECONDS)

            await repeat(f"relay:{self.channel}", turn)

    async def deliver_due(self) -> int:
        """Deliver what is due now; the number of replies that were tried."""
        async with self.database.transaction() as tx:
            claimed = await tx.replies.claim(self.channel, _LEASE, limit=20)
        await asyncio.gather(*(self._deliver(promised) for promised in claimed))
        return len(claimed)

    async def _deliver(self, promised: PromisedReply) -> None:
        began = time.monotonic()
        log = _log.bind(channel=self.channel, reply=promised.id, version=promised.version, attempt=promised.attempt)
        try:
            message = await self._send(promised)
        except DeliveryFailed as failure:
            await self._postpone(promised, failure)
            log.warning("reply_postponed", error=str(failure))
            return
        except Undeliverable as failure:
            async with self.database.transaction() as tx:
                await tx.replies.abandon(promised)
            log.warning("reply_abandoned", error=str(failure))
            return
        except Exception:
            # A bug in laying out one reply must not silence the conversation for good: it counts as an attempt.
            log.exception("reply_stumbled")
            await self._postpone(promised, DeliveryFailed("a bug of ours"))
            return
        async with self.database.transaction() as tx:
            await tx.replies.settle(promised, message, self.rest)
        log.info("reply_sent", ms=round((time.monotonic() - began) * 1000))

    async def _send(self, promised: PromisedReply) -> str:
        reply = self._clean(promised.reply)
        if promised.message is None:
            return await self.notifier.send(promised.address, reply, news=promised.news)
        await self.notifier.edit(promised.address, promised.message, reply)
        return promised.message

    def _clean(self, reply: Reply) -> Reply:
        heard, detail = (text and self.redact(text) for text in (reply.heard, reply.detail))
        return replace(reply, text=self.redact(reply.text), heard=heard, detail=detail)

    async def _postpone(self, promised: PromisedReply, failure: DeliveryFailed) -> None:
        async with self.database.transaction() as tx:
            if promised.attempt >= _ATTEMPTS:
                await tx.replies.abandon(promised)
                _log.error("reply_abandoned", channel=self.channel, reply=promised.id, error=str(failure))
            else:
                await tx.replies.postpone(promised, _backoff(promised.attempt, failure.retry_after))


def _backoff(attempt: int, retry_after: float | None) -> timedelta:
    return timedelta(seconds=max(retry_after or 0.0, float(2 ** (attempt - 1))))
