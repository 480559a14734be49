"""What the agent asks the code index, which the control plane keeps: files by what they are about."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import httpx
import structlog
from pydantic import ValidationError

from core.sandbox.protocol import FoundCode, Task

_log = structlog.get_logger(__name__)
_TIMEOUT: Final = httpx.Timeout(15, connect=5)
_AWAY: Final = "The code index does not answer just now. Use Grep and Glob."
_NOTHING: Final = "Nothing was found. Try other words, or use Grep and Glob."


async def search_code(task: Callable[[], Task], query: str) -> str:
    """What to tell the agent; ``task`` is the run's as it is now, because its token is renewed."""
    current = task()
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT) as client:
            headers = {"Authorization": f"Bearer {current.token}"}
            response = await client.post(current.search_url, json={"query": query}, headers=headers)
            response.raise_for_status()
            found = FoundCode.model_validate_json(response.content)
    except (httpx.HTTPError, httpx.InvalidURL, ValidationError) as error:
        # The agent has other ways to find things.
        _log.warning("search_failed", error=type(error).__name__, status=_status(error))
        return _AWAY
    lines = [f"{each.path}:{each.lines[0]}-{each.lines[1]}  {each.priority}: {each.reason}" for each in found.files]
    return "\n".join(lines) or _NOTHING


def _status(error: Exception) -> HTTPStatus | int | None:
    return error.response.status_code if isinstance(error, httpx.HTTPStatusError) else None
