"""How often somebody may ask: counted in Redis by one script, so that it is exact however many ask at once."""

import math
from dataclasses import dataclass
from typing import Any, Final, cast

import structlog
from quart import Response
from redis.asyncio import Redis
from redis.exceptions import RedisError
from werkzeug.exceptions import TooManyRequests

_log = structlog.get_logger(__name__)
# Which requests of the window that ends now were let through, and this one too if there is room: what is left after it
# (-1 when there was none), and in how many milliseconds the oldest one leaves the window.
_SPEND: Final = """
local time, window, quota = redis.call('time'), tonumber(ARGV[1]), tonumber(ARGV[2])
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('zremrangebyscore', KEYS[1], '-inf', now - window)
local count = redis.call('zcard', KEYS[1])
if count < quota then
  redis.call('zadd', KEYS[1], now, time[1] .. '.' .. time[2] .. ':' .. count)
  redis.call('pexpire', KEYS[1], window)
end
local oldest = redis.call('zrange', KEYS[1], 0, 0, 'withscores')
return {quota - count - 1, oldest[2] + window - now}
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """``left`` requests may follow at once; in so many ``seconds`` there will be more."""

    quota: int
    left: int
    seconds: int
    window: int

    def note(self, response: Response) -> None:
        """Say so on a response (draft-ietf-httpapi-ratelimit-headers)."""
        response.headers["RateLimit-Policy"] = f'"default";q={self.quota};w={self.window}'
        response.headers["RateLimit"] = f'"default";r={max(self.left, 0)};t={self.seconds}'


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests in any window of so many seconds."""

    redis: Redis
    name: str
    quota: int
    window: int = 60

    async def spend(self, who: str) -> Allowance | None:
        """Count one request. Raises TooManyRequests when there were too many; None when nobody can count just now."""
        try:
            # The library's types call the script's answer a string.
            key, window = f"allowed:{self.name}:{who}", str(self.window * 1000)
            counted = await cast("Any", self.redis.eval(_SPEND, 1, key, window, str(self.quota)))
        except (RedisError, OSError) as error:
            # Being without a counter must not keep people from stopping an agent.
            _log.warning("limit_not_counted", error=type(error).__name__)
            return None
        left, wait_ms = int(counted[0]), int(counted[1])
        allowance = Allowance(self.quota, left, max(1, math.ceil(wait_ms / 1000)), self.window)
        if left < 0:
            raise TooManyRequests(
                f"That was more than {self.quota} requests in {self.window} seconds. Try again in {allowance.seconds}.",
                retry_after=allowance.seconds,
            )
        return allowance
