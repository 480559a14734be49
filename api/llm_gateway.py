"""``/gateway/llm``: a run's token in, the provider's key out, the cost metered on the way back."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

import httpx
from pydantic import BaseModel, ValidationError
from quart import Blueprint, Response, ResponseReturnValue, request

from api.gateway import Porter, pass_through, passed_on
from core.agents.budget import Budgets
from core.agents.models import Models
from core.agents.prices import UsageMeter
from core.model.agent import Agent
from core.settings import AnthropicSettings
from core.store.database import Database

_BODY_LIMIT: Final = 32 << 20
# By these words the CLI knows that trying again is of no use, and ends at once.
_NO_MONEY: Final = "Your credit balance is too low: the budget of this agent is used up."


@dataclass(frozen=True, slots=True)
class Till:
    """Counts what answers cost, and says when there is no money left."""

    database: Database
    models: Models
    budgets: Budgets

    async def closed(self, agent: Agent) -> bool:
        """True when a cap on the agent's spending is reached."""
        async with self.database.transaction() as tx:
            return await self.budgets.reached(tx, agent) is not None

    async def metered(self, upstream: httpx.Response, model: str, agent: Agent) -> AsyncGenerator[bytes, None]:
        """The answer as it passes. What has been read is charged as soon as it is known, the rest at its end."""
        meter, charged = UsageMeter(self.models.price(model)), 0.0
        try:
            async for chunk in upstream.aiter_raw():
                meter.feed(chunk)
                if not charged:
                    charged = await self._charge(agent, meter.dollars())
                yield chunk
        finally:
            await upstream.aclose()
            await self._charge(agent, meter.dollars() - charged)

    async def _charge(self, agent: Agent, dollars: float) -> float:
        if dollars > 0:
            async with self.database.transaction() as tx:
                await self.budgets.charge(tx, agent, dollars)
        return dollars


class _Asked(BaseModel):
    model: str


def llm_gateway_routes(porter: Porter, http: httpx.AsyncClient, settings: AnthropicSettings, till: Till) -> Blueprint:
    """The two calls an agent may make to its model, and no others."""
    routes = Blueprint("llm_gateway", __name__, url_prefix="/gateway/llm")

    @routes.post("/v1/messages")
    async def messages() -> ResponseReturnValue:
        return await forward("/v1/messages", costs=True)

    @routes.post("/v1/messages/count_tokens")
    async def count_tokens() -> ResponseReturnValue:
        return await forward("/v1/messages/count_tokens", costs=False)

    async def forward(path: str, *, costs: bool) -> ResponseReturnValue:
        agent = await porter.admit(request.headers.get("x-api-key", ""))
        if agent is None:
            return _error(401, "authentication_error", "This run is over, or the token is not one of ours.")
        if settings.api_key is None:
            return _error(401, "authentication_error", "No model is connected: set ANTHROPIC_API_KEY.")
        if costs and await till.closed(agent):
            return _error(400, "invalid_request_error", _NO_MONEY)
        body = await request.get_data(cache=False, as_text=False, parse_form_data=False)
        if len(body) > _BODY_LIMIT:
            return _error(413, "request_too_large", "The conversation has become too long to send.")
        headers = {
            **passed_on(request.headers.items()),
            "x-api-key": settings.api_key.get_secret_value(),
            "accept-encoding": "identity",  # The meter reads along.
        }
        url = f"{settings.base_url.rstrip('/')}{path}"
        outgoing = http.build_request("POST", url, content=body, headers=headers, params=request.args)
        try:
            upstream = await http.send(outgoing, stream=True)
        except httpx.HTTPError:
            return _error(529, "overloaded_error", "The model's provider could not be reached.")
        return await pass_through(upstream, till.metered(upstream, _model(body), agent))

    return routes


def _model(body: bytes) -> str:
    try:
        return _Asked.model_validate_json(body).model
    except ValidationError:
        return "unknown"  # The provider will say what is wrong with it.


def _error(status: int, kind: str, message: str) -> Response:
    body = {"type": "error", "error": {"type": kind, "message": message}}
    return Response(json.dumps(body), status=status, content_type="application/json")
