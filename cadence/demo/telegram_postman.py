"""Delivers the local Telegram server's updates to the bot's webhook, one at a time, until each one is taken."""

import asyncio
from collections.abc import AsyncGenerator

import httpx

from cadence.demo.telegram_exchange import TelegramExchange, Webhook

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0


async def deliver_while_serving(exchange: TelegramExchange) -> AsyncGenerator[None]:
    """Deliver from the first yield to the last."""
    delivering = asyncio.create_task(_deliver(exchange))
    yield
    delivering.cancel()
    await asyncio.gather(delivering, return_exceptions=True)


async def _deliver(exchange: TelegramExchange) -> None:
    pause = _FIRST_PAUSE_SECONDS
    async with httpx.AsyncClient(trust_env=False, timeout=10.0) as client:
        while True:
            await exchange.until(lambda: exchange.webhook is not None and bool(exchange.updates))
            if exchange.webhook is not None and await _is_taken(client, exchange, exchange.webhook):
                pause = _FIRST_PAUSE_SECONDS
            else:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


async def _is_taken(client: httpx.AsyncClient, exchange: TelegramExchange, webhook: Webhook) -> bool:
    update = exchange.updates[0]
    headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
    try:
        response = await client.post(webhook.url, json=update, headers=headers)
    except httpx.HTTPError:
        return False
    if not response.is_success:
        return False
    if exchange.updates and exchange.updates[0] is update:
        exchange.updates.popleft()
        exchange.announce()
    return True
