"""A run's token in, the real key out, the cost metered: with a model that plays a script behind the gateway."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr
from quart import Quart, Response, request

from api.app import create_app
from api.gateway import Porter
from api.llm_gateway import Till, llm_gateway_routes
from cadence.demo.scripted_model import scripted_model
from cadence.demo.telegram_server import serve_on_loopback
from core.agents.budget import Budgets
from core.agents.models import load_models
from core.model.agent import Agent, Move
from core.sandbox.tokens import RunTokens
from core.settings import AnthropicSettings
from core.store.database import Database
from tests.integration.core_world import (
    PATIENCE,
    eventually,
    fetched,
    forge_behind_github,
    orchestrator_of,
    placed_agent,
    remembering,
)

TOKENS = RunTokens(SecretStr("k" * 32))
KEY = "sk-the-real-key"
ASKED = {"model": "claude-sonnet-5-5", "max_tokens": 64, "messages": [{"role": "user", "content": "Say hello."}]}
_BEGUN = b'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":1000000}}}\n\n'


@dataclass
class Provider:
    """The scripted model, and what arrived at it."""

    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    broken_off: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> Quart:
        app = scripted_model()

        @app.before_request
        async def remember() -> None:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
            self.headers.append({name.lower(): value for name, value in request.headers.items()})

        return app

    def endless_app(self) -> Quart:
        app = Quart(__name__)

        async def begin() -> AsyncIterator[bytes]:
            yield _BEGUN
            try:
                await asyncio.Event().wait()
            finally:
                self.broken_off.set()

        @app.post("/v1/messages")
        async def messages() -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
            response = Response(begin(), content_type="text/event-stream")
            response.timeout = None
            return response

        return app


@dataclass
class World:
    database: Database
    agent: Agent
    provider: Provider
    budgets: Budgets = field(default_factory=Budgets)

    @property
    def token(self) -> str:
        return TOKENS.issue(self.agent.id, self.agent.leg)

    @asynccontextmanager
    async def gateway(self, app: Quart | None, key: str | None = KEY) -> AsyncGenerator[httpx.AsyncClient]:
        async with (
            serve_on_loopback(app or self.provider.app()) as provider_url,
            httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http,
        ):
            settings = AnthropicSettings.model_validate({"api_key": key, "base_url": provider_url})
            till = Till(self.database, load_models(), self.budgets)
            routes = llm_gateway_routes(Porter(self.database, TOKENS), http, settings, till)
            async with (
                serve_on_loopback(create_app([routes])) as url,
                httpx.AsyncClient(
                    base_url=f"{url}/gateway/llm", headers={"x-api-key": self.token}, trust_env=False, timeout=PATIENCE
                ) as client,
            ):
                yield client

    async def cost(self) -> float | None:
        return (await fetched(self.database, self.agent.id)).metadata.estimated_cost

    async def has_cost(self) -> bool:
        return bool(await self.cost())


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    async with remembering(database_url) as database, forge_behind_github(tmp_path) as (github, _):
        yield World(database, await placed_agent(database, orchestrator_of(database, github)), Provider())


async def test_the_real_key_arrives_and_the_runs_token_does_not(world: World) -> None:
    async with world.gateway(None) as client:
        answer = await client.post(
            "/v1/messages?beta=true",
            json=ASKED,
            headers={"anthropic-version": "2023-06-01", "Authorization": f"Bearer {world.token}", "Cookie": "a=b"},
        )
    (seen,) = world.provider.headers

    assert answer.status_code == 200
    assert seen["x-api-key"] == KEY
    assert seen["anthropic-version"] == "2023-06-01"
    assert world.token not in str(seen)
    assert "cookie" not in seen
    assert KEY not in answer.text + str(answer.headers)


async def test_an_answer_is_passed_on_as_it_is_and_its_cost_is_the_agents(world: World) -> None:
    async with world.gateway(None) as client:
        answer = (await client.post("/v1/messages", json=ASKED)).json()
    usage = answer["usage"]

    assert answer["type"] == "message"
    assert await world.cost() == pytest.approx((2 * usage["input_tokens"] + 10 * usage["output_tokens"]) / 1e6)


async def test_a_stream_arrives_whole_and_costs_what_it_says(world: World) -> None:
    async with world.gateway(None) as client:
        answer = await client.post("/v1/messages", json={**ASKED, "stream": True})
    events = [line for line in answer.text.splitlines() if line.startswith("event: ")]

    assert (events[0], events[-1]) == ("event: message_start", "event: message_stop")
    await eventually(world.has_cost)


async def test_two_calls_cost_twice_as_much_as_one(world: World) -> None:
    async with world.gateway(None) as client:
        await client.post("/v1/messages", json=ASKED)
        once = await world.cost()
        await client.post("/v1/messages", json=ASKED)

    assert once is not None
    assert await world.cost() == pytest.approx(2 * once)


async def test_a_stream_that_the_client_breaks_off_is_ended_and_paid_for(world: World) -> None:
    async with world.gateway(world.provider.endless_app()) as client:
        async with client.stream("POST", "/v1/messages", json={**ASKED, "stream": True}) as answer:
            assert await anext(answer.aiter_raw()) == _BEGUN
        await asyncio.wait_for(world.provider.broken_off.wait(), PATIENCE)
        await eventually(world.has_cost)

    assert await world.cost() == pytest.approx(2.0)


async def test_what_has_been_read_is_paid_for_before_the_answer_is_over(world: World) -> None:
    async with (
        world.gateway(world.provider.endless_app()) as client,
        client.stream("POST", "/v1/messages", json={**ASKED, "stream": True}) as answer,
    ):
        assert await anext(answer.aiter_raw()) == _BEGUN
        await eventually(world.has_cost)


async def test_without_money_nothing_goes_through_but_counting(world: World) -> None:
    world.budgets = Budgets(run=0.000001)
    async with world.gateway(None) as client:
        first = await client.post("/v1/messages", json=ASKED)
        second = await client.post("/v1/messages", json=ASKED)
        counted = await client.post("/v1/messages/count_tokens", json=ASKED)

    assert [first.status_code, second.status_code, counted.status_code] == [200, 400, 200]
    assert "credit balance is too low" in second.json()["error"]["message"]
    assert len(world.provider.headers) == 2


async def test_tokens_are_counted_for_nothing(world: World) -> None:
    async with world.gateway(None) as client:
        answer = await client.post("/v1/messages/count_tokens", json=ASKED)

    assert answer.json()["input_tokens"] > 0
    assert await world.cost() is None


@pytest.mark.parametrize("path", ["/v1/models", "/v1/files", "/v1/messages/batches", "/v1/complete", "/"])
async def test_nothing_but_messages_goes_through(world: World, path: str) -> None:
    async with world.gateway(None) as client:
        assert (await client.post(path, json=ASKED)).status_code == 404
        assert (await client.get("/v1/messages")).status_code == 405
    assert world.provider.headers == []


@pytest.mark.parametrize("token", ["", KEY, "cadrun_x_1_y"])
async def test_a_foreign_token_is_refused_in_the_providers_own_shape(world: World, token: str) -> None:
    async with world.gateway(None) as client:
        answer = await client.post("/v1/messages", json=ASKED, headers={"x-api-key": token})

    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "authentication_error"
    assert world.provider.headers == []


async def test_a_run_that_is_over_is_refused(world: World) -> None:
    async with world.database.transaction() as tx:
        await tx.agents.move(world.agent.id, Move.FAIL)
    async with world.gateway(None) as client:
        assert (await client.post("/v1/messages", json=ASKED)).status_code == 401


async def test_without_a_key_of_ours_the_setting_to_set_is_named(world: World) -> None:
    async with world.gateway(None, key=None) as client:
        answer = await client.post("/v1/messages", json=ASKED)

    assert "ANTHROPIC_API_KEY" in answer.json()["error"]["message"]


async def test_a_conversation_that_is_too_long_is_refused(world: World) -> None:
    async with world.gateway(None) as client:
        assert (await client.post("/v1/messages", content=bytes((32 << 20) + 1))).status_code == 413
    assert world.provider.headers == []


@pytest.mark.parametrize("body", [b"", b"[" * 100_000, b'{"model": 7}', b"\xff"])
async def test_a_body_that_makes_no_sense_is_for_the_provider_to_refuse(world: World, body: bytes) -> None:
    async with world.gateway(None) as client:
        assert (await client.post("/v1/messages", content=body)).status_code == 400


async def test_a_provider_that_cannot_be_reached_is_overloaded(world: World) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        settings = AnthropicSettings.model_validate({"api_key": KEY, "base_url": "http://127.0.0.1:9"})
        routes = llm_gateway_routes(
            Porter(world.database, TOKENS), http, settings, Till(world.database, load_models(), Budgets())
        )
        client = create_app([routes]).test_client()
        answer = await client.post(
            "/gateway/llm/v1/messages", data=json.dumps(ASKED), headers={"x-api-key": world.token}
        )

    assert answer.status_code == 529
