"""The API of the Cadence that is up here, for commands in the same terminal."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx

from cadence.home import open_home
from core.model.errors import ProviderError, Refusal


@asynccontextmanager
async def running_cadence() -> AsyncGenerator[httpx.AsyncClient, None]:
    """A client that is signed in. Raises Refusal when nothing is up, or nothing answers any more."""
    home = open_home(os.environ)
    url = home.running_url()
    if url is None:
        raise Refusal("Cadence is not running. Start it with `make up` (or `cadence up`) and try again.")
    headers = {"Authorization": f"Bearer {home.secrets().local_token}"}
    try:
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30, trust_env=False) as http:
            yield http
    except httpx.TransportError:
        raise Refusal(f"Cadence does not answer at {url}. Start it with `make up` and try again.") from None


def check(answer: httpx.Response) -> None:
    """Raises ProviderError for a fault of the server's, and Refusal with its own words for one of ours."""
    if answer.is_server_error:
        raise ProviderError("Cadence had a problem of its own; its logs say which.")
    if answer.is_error:
        raise Refusal(str(answer.json().get("detail", answer.reason_phrase)))
