"""What a machine is told, and what is made of what it says."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest_asyncio
from pydantic import SecretStr

from core.agents.authors import Authors
from core.agents.intake import Intake
from core.agents.machine_line import Frame, MachineLine
from core.agents.reports import Reports
from core.model.agent import Agent, Status
from core.model.command import Wish
from core.model.event import Finished, Happening, Paused, Started
from core.sandbox.local import LOCAL_MACHINE
from core.sandbox.protocol import (
    LOST_AFTER_SECONDS,
    PROTOCOL_VERSION,
    Abandon,
    Acknowledge,
    EventReport,
    Heartbeat,
    Hello,
    Renew,
    Run,
    SelfTest,
    Signal,
    Start,
    Welcome,
)
from core.sandbox.tokens import RunClaim, RunTokens
from core.store.database import Database
from tests.builders import PERSON, event
from tests.integration.core_world import (
    fetched,
    forge_behind_github,
    orchestrator_of,
    placed_agent,
    remembering,
    status_of,
)

LOST_AFTER = timedelta(seconds=LOST_AFTER_SECONDS)
TOKENS = RunTokens(SecretStr("k" * 32), clock=lambda: 1_000_000.0)


class World:
    def __init__(self, database: Database, line: MachineLine) -> None:
        self.database, self.line = database, line

    async def agent(self) -> Agent:
        return await placed_agent(self.database, self.line.orchestrator)

    def again(self) -> MachineLine:
        """The machine has dialled in again."""
        line = self.line
        return MachineLine(
            line.machine_id, line.database, line.intake, line.orchestrator, line.tokens, line.authors, line.control_url
        )

    async def wish(self, agent: Agent, wish: Wish) -> None:
        async with self.database.transaction() as tx:
            assert await tx.agents.wish(agent.id, PERSON.id, wish, tuple(Status))

    async def report(self, agent: Agent, seq: int, happening: Happening) -> list[Frame]:
        told = event(agent, seq, happening)
        frame = EventReport(agent_id=agent.id, leg=agent.leg, seq=seq, at=told.at, happening=happening)
        return await self.line.hear(frame)


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    async with remembering(database_url) as database, forge_behind_github(tmp_path) as (github, _):
        orchestrator = orchestrator_of(database, github)
        line = MachineLine(
            LOCAL_MACHINE,
            database,
            Intake(Reports(database)),
            orchestrator,
            TOKENS,
            Authors(github),
            "http://control.example",
        )
        yield World(database, line)


def hello(*runs: Run) -> Hello:
    test = SelfTest(passed=True, isolation="bubblewrap")
    return Hello(version=PROTOCOL_VERSION, machine="laptop", self_test=test, runs=runs)


def renew(agent: Agent) -> Renew:
    return Renew(agent_id=agent.id, leg=agent.leg, token=TOKENS.issue(agent.id, agent.leg))


def run(agent: Agent, seq: int = 1) -> Run:
    return Run(agent_id=agent.id, leg=agent.leg, seq=seq)


async def test_a_run_is_started_once_on_a_connection_and_again_on_the_next(world: World) -> None:
    agent = await world.agent()
    (start,) = await world.line.due()

    assert isinstance(start, Start)
    assert TOKENS.read(start.task.token) == RunClaim(agent.id, 1)
    assert start.task.git_url == "http://control.example/gateway/git/local/wallet-frontend.git"
    assert start.task.work_branch == agent.work_branch
    assert await world.line.due() == []
    assert await world.again().due() == [start]


async def test_a_run_that_the_machine_says_it_has_is_not_started_but_given_a_new_token(world: World) -> None:
    agent = await world.agent()

    assert await world.line.hear(hello(run(agent))) == [Welcome(machine_id=LOCAL_MACHINE)]
    assert await world.line.due() == [renew(agent)]
    assert await world.line.due() == []


async def test_a_run_that_has_reported_is_never_started_a_second_time(world: World) -> None:
    agent = await world.agent()
    assert await world.report(agent, 1, Started("laptop")) == [Acknowledge(agent_id=agent.id, leg=1, seq=1)]

    assert await world.again().due() == [renew(agent)]


async def test_a_run_that_has_vanished_from_the_machine_gets_a_new_leg(world: World) -> None:
    agent = await world.agent()
    await world.line.due()
    await world.report(agent, 1, Started("laptop"))
    assert await world.line.hear(Heartbeat()) == []
    assert (await fetched(world.database, agent.id)).leg == 1
    await world.line.hear(Heartbeat())
    (start,) = await world.line.due()

    assert isinstance(start, Start)
    assert start.task.leg == 2


async def test_a_run_whose_last_events_come_after_a_heartbeat_is_not_lost(world: World) -> None:
    agent = await world.agent()
    await world.report(agent, 1, Started("laptop"))
    await world.line.hear(Heartbeat())
    await world.report(agent, 2, Finished("Nothing to do.", changed=False))
    await world.line.hear(Heartbeat())

    assert await status_of(world.database, agent) is Status.COMPLETED
    assert (await fetched(world.database, agent.id)).leg == 1


async def test_a_run_that_is_missed_once_and_then_seen_is_not_lost(world: World) -> None:
    agent = await world.agent()
    await world.report(agent, 1, Started("laptop"))
    for heartbeat in (Heartbeat(), Heartbeat(runs=(run(agent),)), Heartbeat()):
        await world.line.hear(heartbeat)

    assert (await fetched(world.database, agent.id)).leg == 1


async def test_a_run_that_was_to_be_stopped_when_it_vanished_is_stopped(world: World) -> None:
    agent = await world.agent()
    await world.report(agent, 1, Started("laptop"))
    await world.wish(agent, Wish.CANCEL)
    await world.line.hear(Heartbeat())
    await world.line.hear(Heartbeat())

    assert await status_of(world.database, agent) is Status.CANCELLED


async def test_a_run_that_has_not_reported_yet_is_not_taken_for_lost(world: World) -> None:
    agent = await world.agent()
    await world.line.due()
    for _ in range(3):
        await world.line.hear(Heartbeat())

    assert (await fetched(world.database, agent.id)).leg == 1


async def test_runs_that_nobody_wants_are_abandoned(world: World) -> None:
    agent = await world.agent()
    unknown = Run(agent_id=uuid4(), leg=1, seq=3)
    async with world.database.transaction() as tx:
        await tx.legs.lose(agent.id, 1)
        await tx.legs.place(agent.id, LOCAL_MACHINE, 1)
    frames = await world.line.hear(Heartbeat(runs=(run(agent), unknown)))

    assert {(frame.agent_id, frame.leg) for frame in frames if isinstance(frame, Abandon)} == {
        (agent.id, 1),
        (unknown.agent_id, 1),
    }


async def test_a_heartbeat_keeps_a_run_from_being_taken_for_lost(world: World) -> None:
    agent = await world.agent()
    async with world.database.transaction() as tx:
        await tx.connection.execute("update agents set heard_at = now() - interval '1 minute'")
    await world.line.hear(Heartbeat(runs=(run(agent),)))
    async with world.database.transaction() as tx:
        assert await tx.overdue.lost(LOST_AFTER) == []
        assert await tx.machines.names_seen() == ["laptop"]


async def test_a_wish_is_signalled_once_and_a_later_one_for_the_same_again(world: World) -> None:
    agent = await world.agent()
    await world.line.due()
    await world.report(agent, 1, Started("laptop"))
    await world.wish(agent, Wish.PAUSE)
    signal = Signal(agent_id=agent.id, leg=1, wish=Wish.PAUSE)

    assert await world.line.due() == [signal]
    assert await world.line.due() == []
    assert await world.again().due() == [renew(agent), signal]
    await world.report(agent, 2, Paused())
    assert await world.line.due() == []
    await world.wish(agent, Wish.PAUSE)
    assert await world.line.due() == [signal]


async def test_a_pause_after_a_resume_is_signalled_though_nobody_looked_in_between(world: World) -> None:
    agent = await world.agent()
    await world.line.due()
    signals: list[Frame] = []
    for wish in (Wish.PAUSE, Wish.RESUME, Wish.PAUSE):
        async with world.database.transaction() as tx:
            await tx.agents.grant(agent.id, Wish.PAUSE)
            await tx.agents.grant(agent.id, Wish.RESUME)
        await world.wish(agent, wish)
        signals += await world.line.due()

    assert [frame.wish for frame in signals if isinstance(frame, Signal)] == [Wish.PAUSE, Wish.RESUME, Wish.PAUSE]


async def test_a_machine_reports_for_its_own_agents_only(world: World) -> None:
    agent = await world.agent()
    other = MachineLine(
        UUID(int=9),
        world.database,
        world.line.intake,
        world.line.orchestrator,
        TOKENS,
        world.line.authors,
        "http://control.example",
    )
    told = event(agent, 1, Finished("Nothing to do.", changed=False))
    await other.hear(EventReport(agent_id=agent.id, leg=1, seq=1, at=told.at, happening=told.happening))

    assert await status_of(world.database, agent) is Status.PENDING
