"""``/gateway/llm``: a run's token in, the provider's key out, the cost metered on the way back."""

import json
from collections.abc import AsyncGenerator
from typing import Final

import httpx
from pydantic import BaseModel, ValidationError
from quart import Blueprint, Response, ResponseReturnValue, request

from api.gateway import Porter, pass_through, passed_on
from core.agents.prices import UsageMeter
from core.model.agent import Agent
from core.settings import AnthropicSettings
from core.store.database import Database

_BODY_LIMIT: Final = 32 << 20


class _Asked(BaseModel):
    model: str


def llm_gateway_routes(
    porter: Porter, http: httpx.AsyncClient, settings: AnthropicSettings, database: Database
) -> Blueprint:
    """The two calls an agent may make to its model, and no others."""
    routes = Blueprint("llm_gateway", __name__, url_prefix="/gateway/llm")

    @routes.post("/v1/messages")
    async def messages() -> ResponseReturnValue:
        return await forward("/v1/messages")

    @routes.post("/v1/messages/count_tokens")
    async def count_tokens() -> ResponseReturnValue:
        return await forward("/v1/messages/count_tokens")

    async def forward(path: str) -> ResponseReturnValue:
        agent = await porter.admit(request.headers.get("x-api-key", ""))
        if agent is None:
            return _error(401, "authentication_error", "This run is over, or the token is not one of ours.")
        if settings.api_key is None:
            return _error(401, "authentication_error", "No model is connected: set ANTHROPIC_API_KEY.")
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
        return await pass_through(upstream, _metered(upstream, UsageMeter(_model(body)), agent, database))

    return routes


async def _metered(
    upstream: httpx.Response, meter: UsageMeter, agent: Agent, database: Database
) -> AsyncGenerator[bytes, None]:
    try:
        async for chunk in upstream.aiter_raw():
            meter.feed(chunk)
            yield chunk
    finally:
        await upstream.aclose()
        dollars = meter.dollars()
        if dollars:
            async with database.transaction() as tx:
                await tx.work.spend(agent.id, dollars)


def _model(body: bytes) -> str:
    try:
        return _Asked.model_validate_json(body).model
    except ValidationError:
        return "unknown"  # The provider will say what is wrong with it.


def _error(status: int, kind: str, message: str) -> Response:
    body = {"type": "error", "error": {"type": kind, "message": message}}
    return Response(json.dumps(body), status=status, content_type="application/json")
