"""What a run knows is kept for its agent's next run, and for nobody else."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from api.app import create_app
from api.gateway import Porter
from api.snapshot_gateway import snapshot_routes
from cadence.demo.telegram_server import serve_on_loopback
from core.model.agent import Agent, Move
from core.sandbox.local import LOCAL_MACHINE
from core.sandbox.tokens import RunTokens
from core.store.database import Database
from tests.integration.core_world import (
    execute,
    forge_behind_github,
    orchestrator_of,
    placed_agent,
    remembering,
)

TOKENS = RunTokens(SecretStr("k" * 32))
ARCHIVE = b"packed by the box \0\xff"


@dataclass
class World:
    database: Database
    http: httpx.AsyncClient
    agent: Agent

    def headers(self, leg: int = 1) -> dict[str, str]:
        return {"Authorization": f"Bearer {TOKENS.issue(self.agent.id, leg)}"}

    async def keep(self, archive: bytes = ARCHIVE, *, leg: int = 1) -> int:
        return (await self.http.put("/gateway/snapshot", content=archive, headers=self.headers(leg))).status_code

    async def bring_back(self, leg: int = 1) -> httpx.Response:
        return await self.http.get("/gateway/snapshot", headers=self.headers(leg))

    async def next_leg(self) -> None:
        async with self.database.transaction() as tx:
            await tx.legs.lose(self.agent.id, 1)
            assert await tx.legs.place(self.agent.id, LOCAL_MACHINE, 1)


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    async with remembering(database_url) as database, forge_behind_github(tmp_path) as (github, _):
        app = create_app([snapshot_routes(Porter(database, TOKENS), database)])
        async with serve_on_loopback(app) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
            yield World(database, http, await placed_agent(database, orchestrator_of(database, github)))


async def test_the_next_run_gets_back_what_the_last_one_kept(world: World) -> None:
    assert await world.keep(b"older") == 204
    assert await world.keep() == 204
    await world.next_leg()

    assert (await world.bring_back(leg=2)).content == ARCHIVE


async def test_where_nothing_was_kept_nothing_is_given(world: World) -> None:
    assert (await world.bring_back()).status_code == 404


async def test_a_run_that_was_fenced_off_reads_and_keeps_nothing_any_more(world: World) -> None:
    await world.keep()
    await world.next_leg()

    assert await world.keep(b"from the past", leg=1) == 403
    assert (await world.bring_back(leg=1)).status_code == 403
    assert (await world.bring_back(leg=2)).content == ARCHIVE


async def test_a_run_that_is_over_keeps_nothing_any_more(world: World) -> None:
    async with world.database.transaction() as tx:
        await tx.agents.move(world.agent.id, Move.CANCEL)

    assert await world.keep() == 403


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer nonsense", "Basic abc"])
async def test_without_the_runs_token_there_is_nothing(world: World, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answers = [
        await world.http.get("/gateway/snapshot", headers=headers),
        await world.http.put("/gateway/snapshot", content=ARCHIVE, headers=headers),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]


@pytest.mark.parametrize("size", [0, (32 << 20) + 1])
async def test_what_is_empty_or_too_large_is_refused(world: World, size: int) -> None:
    assert await world.keep(b"x" * size) == 413


async def test_the_archive_of_an_agent_that_ended_long_ago_goes(world: World) -> None:
    await world.keep()
    async with world.database.transaction() as tx:
        await tx.agents.move(world.agent.id, Move.FAIL)
    await execute(world.database, "update agents set completed_at = now() - interval '15 days'")
    async with world.database.transaction() as tx:
        await tx.snapshots.drop_old(timedelta(days=14))
        kept = await tx.snapshots.exists(world.agent.id)

    assert not kept
