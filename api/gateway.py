"""The doors that a run's token opens: the model, and git on the run's own repository."""

from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from typing import Final

import httpx
from quart import Response, request

from core.model.agent import Agent
from core.sandbox.tokens import RunTokens
from core.store.database import Database

# Hop-by-hop headers, and those that the next hop writes itself (RFC 9110, section 7.6.1).
_NOT_PASSED_ON: Final = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade host"
    " content-length authorization x-api-key cookie set-cookie date server".split()
)


@dataclass(frozen=True, slots=True)
class Porter:
    """Lets runs in by their token."""

    database: Database
    tokens: RunTokens

    async def admit(self, token: str) -> Agent | None:
        """The agent whose current leg this token was issued for, while it is live and that leg has its machine."""
        claim = self.tokens.read(token)
        if claim is None:
            return None
        async with self.database.transaction() as tx:
            agent = await tx.agents.get(claim.agent_id)
        current = agent is not None and agent.live and agent.leg == claim.leg and agent.machine_id is not None
        return agent if current else None

    async def admit_bearer(self) -> Agent | None:
        """As ``admit``, with the token that the request bears."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return await self.admit(token) if scheme == "Bearer" else None


def refusal(status: int, sentence: str) -> Response:
    """What a program on a machine is told; people read it in its log."""
    return Response(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")


def passed_on(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers that may go through."""
    return {name: value for name, value in headers if name.lower() not in _NOT_PASSED_ON}


async def incoming_body() -> AsyncGenerator[bytes, None]:
    """The request's body as it arrives."""
    async for chunk in request.body:
        yield bytes(chunk)


async def pass_through(upstream: httpx.Response, body: AsyncGenerator[bytes, None]) -> Response:
    """The upstream's answer as it arrives, for as long as it takes."""
    response = Response(body, status=upstream.status_code, headers=passed_on(upstream.headers.items()))
    response.timeout = None
    return response
