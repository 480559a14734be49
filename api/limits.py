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
# The count of a window, and how many milliseconds it has left. Every window begins with its first request.
_COUNT: Final = """
local count = redis.call('incr', KEYS[1])
if count == 1 then redis.call('pexpire', KEYS[1], ARGV[1]) end
return {count, redis.call('pttl', KEYS[1])}
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a window: ``left`` requests in the next ``seconds``."""

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
    """So many requests a window, which is in seconds."""

    redis: Redis
    name: str
    quota: int
    window: int = 60

    async def spend(self, who: str) -> Allowance | None:
        """Count one request. Raises TooManyRequests when there were too many; None when nobody can count just now."""
        try:
            # The library's types call the script's answer a string.
            counted = await cast("Any", self.redis.eval(_COUNT, 1, f"limit:{self.name}:{who}", str(self.window * 1000)))
        except (RedisError, OSError) as error:
            # Being without a counter must not keep people from stopping an agent.
            _log.warning("limit_not_counted", error=type(error).__name__)
            return None
        count, left_ms = int(counted[0]), int(counted[1])
        allowance = Allowance(self.quota, self.quota - count, max(1, math.ceil(left_ms / 1000)), self.window)
        if count > self.quota:
            raise TooManyRequests(
                f"That was more than {self.quota} requests in {self.window} seconds. Try again in {allowance.seconds}.",
                retry_after=allowance.seconds,
            )
        return allowance
