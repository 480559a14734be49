"""The daemons' socket, with a websocket client that says what a daemon says and what it should not say."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
import redis.asyncio
from pydantic import BaseModel
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.app import create_app
from api.daemon import daemon_routes
from cadence.demo.telegram_server import serve_on_loopback
from core.agents.authors import Authors
from core.agents.directory import RepoShelf
from core.agents.intake import Intake
from core.agents.librarian import Librarian
from core.agents.models import load_models
from core.agents.reports import Reports
from core.bell import Bell
from core.model.agent import Agent, Status
from core.model.command import Wish
from core.model.event import Started
from core.redaction.redactor import Redactor
from core.sandbox.daemon.mirrors import Mirrors
from core.sandbox.local import LOCAL_MACHINE
from core.sandbox.protocol import (
    DOWNWARD,
    MAX_FRAME_BYTES,
    PROTOCOL_VERSION,
    Acknowledge,
    EventReport,
    Hello,
    Renew,
    Run,
    SelfTest,
    Signal,
    Start,
    Welcome,
)
from core.sandbox.tokens import RunClaim, RunTokens, hash_token
from core.settings import CoreSettings
from core.store.database import Database
from core.vault import Vault
from core.voice.grammar import GrammarInterpreter
from core.wiring import Core, machine_topic
from tests.builders import PERSON, stored_agent
from tests.integration.core_world import (
    MODEL,
    eventually,
    execute,
    forge_behind_github,
    placed_agent,
    remembering,
    status_of,
)

TOKEN = "machine-token"
HELLO = Hello(
    version=PROTOCOL_VERSION, machine="laptop", self_test=SelfTest(passed=True, isolation="bubblewrap"), runs=()
)


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    core: Core
    url: str
    clock: Clock

    @property
    def database(self) -> Database:
        return self.core.database

    @asynccontextmanager
    async def dial(self, token: str = TOKEN) -> AsyncGenerator[ClientConnection]:
        headers = {"Authorization": f"Bearer {token}"}
        async with connect(self.url, additional_headers=headers, proxy=None) as connection:
            yield connection

    async def agent(self) -> Agent:
        return await placed_agent(self.database, replace(self.core.orchestrator, librarian=None))


@pytest_asyncio.fixture
async def world(database_url: str, redis_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    async with (
        remembering(database_url) as database,
        forge_behind_github(tmp_path) as (github, _),
        redis.asyncio.from_url(redis_url) as client,
    ):
        async with database.transaction() as tx:
            await tx.machines.register(LOCAL_MACHINE, "local", "laptop", hash_token(TOKEN))
        settings = CoreSettings.model_validate(
            {"database_url": database_url, "redis_url": redis_url, "secret_key": "k" * 32}
        )
        clock = Clock()
        core = Core(
            settings,
            database,
            Bell(client),
            github,
            RepoShelf(github),
            Authors(github),
            RunTokens(settings.secret_key, life=60, clock=clock),
            load_models(),
            MODEL,
            Intake(Reports(database)),
            Redactor(),
            GrammarInterpreter(),
            Librarian(database, github, Mirrors(tmp_path / "code")),
            Vault(settings.keys),
        )
        async with serve_on_loopback(create_app([daemon_routes(core)])) as url:
            yield World(core, f"{url.replace('http', 'ws')}/ws/daemon", clock)


async def say(connection: ClientConnection, frame: BaseModel) -> None:
    await connection.send(frame.model_dump_json())


async def hear(connection: ClientConnection) -> Welcome | Start | Signal | Acknowledge | object:
    return DOWNWARD.validate_json(await connection.recv())


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_a_machine_that_is_not_known_is_turned_away(world: World, token: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with world.dial(token):
            pass

    assert refused.value.response.status_code == 401


async def test_a_machine_is_welcomed_told_its_runs_and_its_events_are_acknowledged(world: World) -> None:
    agent = await world.agent()
    async with world.dial() as connection:
        await say(connection, HELLO)
        assert await hear(connection) == Welcome(machine_id=LOCAL_MACHINE)
        start = await hear(connection)
        assert isinstance(start, Start)
        started = EventReport(agent_id=agent.id, leg=1, seq=1, at=datetime.now(UTC), happening=Started("laptop"))
        await say(connection, started)
        assert await hear(connection) == Acknowledge(agent_id=agent.id, leg=1, seq=1)

    assert await status_of(world.database, agent) is Status.RUNNING


async def test_an_event_that_leaves_a_gap_is_not_acknowledged_before_the_gap_is_filled(world: World) -> None:
    agent = await world.agent()
    first, second, third = (
        EventReport(agent_id=agent.id, leg=1, seq=seq, at=datetime.now(UTC), happening=Started("laptop"))
        for seq in (1, 2, 3)
    )
    async with world.dial() as connection:
        await say(connection, HELLO.model_copy(update={"runs": (Run(agent_id=agent.id, leg=1, seq=3),)}))
        assert isinstance(await hear(connection), Welcome)
        assert isinstance(await hear(connection), Renew)
        known: list[int] = []
        for report in (first, third, second, third):
            await say(connection, report)
            acknowledged = await hear(connection)
            assert isinstance(acknowledged, Acknowledge)
            known.append(acknowledged.seq)

    assert known == [1, 1, 2, 3]


async def test_a_frame_beyond_all_measure_ends_the_conversation(world: World) -> None:
    async with world.dial() as connection:
        await say(connection, HELLO)
        await hear(connection)
        await connection.send("x" * (MAX_FRAME_BYTES + 1))
        with pytest.raises(ConnectionClosed) as closed:
            await connection.recv()

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


async def test_a_run_that_outlives_its_token_is_given_another_in_good_time(world: World) -> None:
    tokens, agent = world.core.tokens, await world.agent()
    async with world.dial() as connection:
        await say(connection, HELLO)
        await hear(connection)
        start = await hear(connection)
        assert isinstance(start, Start)
        world.clock.now += 31
        await world.core.bell.ring(machine_topic(LOCAL_MACHINE))
        renew = await hear(connection)
        assert isinstance(renew, Renew)

    world.clock.now += 30
    assert tokens.read(start.task.token) is None
    assert tokens.read(renew.token) == RunClaim(agent.id, 1)


async def test_a_wish_is_passed_on_at_the_ring(world: World) -> None:
    agent = await world.agent()
    async with world.dial() as connection:
        await say(connection, HELLO)
        await hear(connection)
        await hear(connection)
        async with world.database.transaction() as tx:
            await tx.agents.wish(agent.id, PERSON.id, Wish.CANCEL, tuple(Status))
        await world.core.bell.ring(machine_topic(LOCAL_MACHINE))
        assert await hear(connection) == Signal(agent_id=agent.id, leg=1, wish=Wish.CANCEL)


@pytest.mark.parametrize(
    "frame",
    ["nonsense", '{"kind": "heartbeat"}', HELLO.model_copy(update={"version": 99}).model_dump_json()],
)
async def test_a_conversation_that_does_not_begin_with_our_hello_is_ended(world: World, frame: str) -> None:
    async with world.dial() as connection:
        await connection.send(frame)
        with pytest.raises(ConnectionClosed) as closed:
            await connection.recv()

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


async def test_nonsense_in_the_middle_ends_the_conversation(world: World) -> None:
    async with world.dial() as connection:
        await say(connection, HELLO)
        await hear(connection)
        await connection.send('{"kind": "event", "seq": 0}')
        with pytest.raises(ConnectionClosed) as closed:
            await connection.recv()

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


async def test_a_database_that_fails_ends_the_connection_and_the_next_one_is_told_everything(world: World) -> None:
    async with world.dial() as connection:
        await say(connection, HELLO)
        await hear(connection)
        await execute(world.database, "alter table events rename to elsewhere")
        agent = await stored_agent(world.database)
        async with world.database.transaction() as tx:
            await tx.legs.place(agent.id, LOCAL_MACHINE, 0)
        await world.core.bell.ring(machine_topic(LOCAL_MACHINE))
        with pytest.raises(ConnectionClosed):
            await connection.recv()
    await execute(world.database, "alter table elsewhere rename to events")
    async with world.dial() as connection:
        await say(connection, HELLO)
        await hear(connection)
        start = await hear(connection)

    assert isinstance(start, Start)
    assert start.task.agent_id == agent.id


async def test_a_machine_that_hangs_up_is_not_mourned(world: World) -> None:
    async with world.dial() as connection:
        await say(connection, HELLO)
        await hear(connection)

    async def forgotten() -> bool:
        return (await world.core.bell.redis.pubsub_numsub(machine_topic(LOCAL_MACHINE)))[0][1] == 0

    await eventually(forgotten)
