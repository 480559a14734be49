"""Servers that the settings name instead of ours: do they answer, before anything is built on them."""

import asyncio
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.model.errors import Refusal
from core.model.ring import Ring
from core.store.database import open_database

_PATIENCE: Final = 10.0


async def check_postgres(url: str) -> str:
    """Return ``url``. Raises Refusal when nothing answers there."""
    try:
        async with asyncio.timeout(_PATIENCE), open_database(url, nobody_listens, connections=1):
            return url
    except ValueError:
        raise _misspelt("DATABASE_URL", "postgresql://user:password@host/database") from None
    except OSError as error:  # TimeoutError is one, too.
        raise _silent("Postgres", "DATABASE_URL", error) from None


async def check_redis(url: str) -> str:
    """Return ``url``. Raises Refusal when nothing answers there."""
    try:
        redis = Redis.from_url(url)
    except ValueError:
        raise _misspelt("REDIS_URL", "redis://host:6379/0") from None
    try:
        async with asyncio.timeout(_PATIENCE), redis:
            await redis.execute_command("PING")
    except (RedisError, OSError) as error:
        raise _silent("Redis", "REDIS_URL", error) from None
    return url


async def nobody_listens(ring: Ring) -> None:
    """A bell for a database that is only looked at."""


def _misspelt(setting: str, example: str) -> Refusal:
    """It does not say what was found: that may hold a password."""
    return Refusal(f"{setting} is not an address like {example}. Mend it, or unset it: Cadence then brings a server.")


def _silent(server: str, setting: str, error: Exception) -> Refusal:
    why = str(error) or "no answer in time"
    return Refusal(
        f"The {server} that {setting} names does not answer ({why})."
        " Start it, mend the setting, or unset it: Cadence then brings a server."
    )
