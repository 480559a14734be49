"""A worker of its own beside real servers: what is rung for is done, and what was lost in Redis is rung for again."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import pytest_asyncio
import redis.asyncio

from core.jobs import START_AGENT, JobBell, open_broker
from core.settings import CoreSettings
from core.store.database import Database
from core.worker import run_worker
from tests.builders import stored_agent
from tests.integration.core_world import eventually, execute, fetched, remembering
from tests.integration.forge_server import TOKEN, running_forge


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    async with remembering(database_url) as database:
        yield database


@pytest_asyncio.fixture
async def settings(
    database_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[CoreSettings]:
    async with running_forge(tmp_path) as forge:
        monkeypatch.setenv("GITHUB_URL", forge.url)
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        yield CoreSettings.model_validate(
            {"database_url": database_url, "redis_url": redis_url, "secret_key": "k" * 32}
        )


@asynccontextmanager
async def working(settings: CoreSettings) -> AsyncGenerator[None]:
    worker = asyncio.create_task(run_worker(settings))
    try:
        yield
    finally:
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker


async def test_a_job_is_done_at_the_ring(database: Database, settings: CoreSettings) -> None:
    with open_broker(settings.redis_url) as broker:
        async with working(settings):
            agent = await stored_agent(database)
            await JobBell(broker).ring(START_AGENT, agent.id)

            async def placed() -> bool:
                return (await fetched(database, agent.id)).leg == 1

            await eventually(placed)


async def test_a_flushed_redis_costs_the_sweeps_seconds_and_no_work(database: Database, settings: CoreSettings) -> None:
    agent = await stored_agent(database)
    with open_broker(settings.redis_url) as broker:
        await JobBell(broker).ring(START_AGENT, agent.id)
    async with redis.asyncio.from_url(settings.redis_url) as client:
        await client.flushall()
    await execute(database, "update agents set updated_at = now() - interval '1 minute'")
    async with working(settings):

        async def placed() -> bool:
            return (await fetched(database, agent.id)).leg == 1

        await eventually(placed)
