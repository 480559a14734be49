"""What many machines report at once is taken in together, and comes to the same as one after another."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from core.agents.intake import Intake
from core.agents.reports import Reports
from core.model.agent import Agent, Phase, PlannedTask, Status
from core.model.event import (
    Asked,
    Blocked,
    Event,
    Finished,
    Happening,
    PhaseEntered,
    Said,
    Started,
    StepTaken,
    TasksListed,
)
from core.sandbox.local import LOCAL_MACHINE
from core.store.database import Database
from tests.builders import event
from tests.integration.core_world import (
    execute,
    fetched,
    forge_behind_github,
    orchestrator_of,
    placed_agent,
    promised,
    remembering,
)

NAMES = ("Birch", "Cedar", "Maple", "Otter")
LIFE: tuple[Happening, ...] = (
    Started("laptop"),
    PhaseEntered(Phase.CLONING),
    StepTaken("Read", "read a.py"),
    Said("a\0b"),
    TasksListed((PlannedTask("read", done=True), PlannedTask("write"))),
    StepTaken("Edit", "edited a.py"),
    Blocked("evil.example"),
    StepTaken("Bash", "ran the tests"),
    Finished("Nothing to do.", changed=False),
)


class World:
    def __init__(self, database: Database, agents: list[Agent]) -> None:
        self.database, self.agents = database, agents
        self.intake = Intake(Reports(database))

    async def kept(self, agent: Agent) -> list[Happening]:
        async with self.database.transaction() as tx:
            return [event.happening for event in await tx.events.after(agent.id, 0, 0)]

    async def running(self) -> None:
        for agent in self.agents:
            await self.intake.record([event(agent, 1, Started("laptop"))], LOCAL_MACHINE)


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    async with remembering(database_url) as database, forge_behind_github(tmp_path) as (github, _):
        orchestrator = orchestrator_of(database, github)
        yield World(database, [await placed_agent(database, orchestrator, name) for name in NAMES])


def events(agent: Agent, happenings: Sequence[Happening], first: int = 1) -> list[Event]:
    return [event(agent, seq, happening) for seq, happening in enumerate(happenings, first)]


@pytest.mark.parametrize("size", [1, 2, 3, 9])
async def test_together_comes_to_the_same_as_one_after_another(world: World, size: int) -> None:
    *many, alone = world.agents
    for each in events(alone, LIFE):
        await world.intake.reports.record(each, LOCAL_MACHINE)

    async def deliver(agent: Agent) -> None:
        for first in range(0, len(LIFE), size):
            await world.intake.record(events(agent, LIFE[first : first + size], first + 1), LOCAL_MACHINE)

    await asyncio.gather(*(deliver(agent) for agent in many))
    expected = await fetched(world.database, alone.id)

    for agent in many:
        now = await fetched(world.database, agent.id)
        assert (now.status, now.phase, now.progress, now.step, now.tasks) == (
            expected.status,
            expected.phase,
            expected.progress,
            expected.step,
            expected.tasks,
        )
        assert await world.kept(agent) == await world.kept(alone)


async def test_what_was_known_or_does_not_follow_is_not_kept(world: World) -> None:
    await world.running()
    agent = world.agents[0]
    steps = [StepTaken("Read", f"read {number}.py") for number in range(5)]
    reports = events(agent, [Started("laptop"), *steps])
    known = [
        await world.intake.record(reports[first:last], LOCAL_MACHINE)
        for first, last in ((0, 3), (1, 4), (5, 6), (3, 6))
    ]

    assert known == [3, 4, 4, 6]
    assert await world.kept(agent) == [Started("laptop"), *steps]


async def test_whom_somebody_else_holds_keeps_nobody_waiting(world: World) -> None:
    await world.running()
    held, free, *_ = world.agents
    step = StepTaken("Read", "read a.py")
    async with world.database.transaction() as tx:
        await tx.agents.hold(held.id)
        waiting = asyncio.create_task(world.intake.record(events(held, [step], 2), LOCAL_MACHINE))
        assert await world.intake.record(events(free, [step], 2), LOCAL_MACHINE) == 2
        assert await world.kept(held) == [Started("laptop")]

    assert await waiting == 2
    assert await world.kept(held) == [Started("laptop"), step]


async def test_what_cannot_be_kept_fails_alone(world: World) -> None:
    await world.running()
    bad, good, *_ = world.agents
    unkeepable = Event(bad.id, bad.leg, 2, event(bad, 2, Said("")).at.replace(tzinfo=None), Said("\ud800"))
    outcomes = await asyncio.gather(
        world.intake.record([unkeepable], LOCAL_MACHINE),
        world.intake.record(events(good, [Said("fine")], 2), LOCAL_MACHINE),
        return_exceptions=True,
    )

    assert isinstance(outcomes[0], Exception)
    assert outcomes[1] == 2
    assert await world.kept(bad) == [Started("laptop")]


async def test_a_machine_that_is_fenced_off_is_heard_and_ignored(world: World) -> None:
    await world.running()
    agent = world.agents[0]
    await execute(world.database, "update agents set leg = leg + 1")
    known = await world.intake.record(events(agent, [StepTaken("Bash", "pushed the old work")], 2), LOCAL_MACHINE)
    foreign = await world.intake.record([event(agent, 2, Said("I am another one"))], uuid4())

    assert (known, foreign) == (2, 2)
    assert await world.kept(agent) == [Started("laptop")]


async def test_who_stops_waiting_does_not_keep_the_others_from_being_heard(world: World) -> None:
    await world.running()
    first, second, *_ = world.agents
    gone = asyncio.create_task(world.intake.record(events(first, [Said("one")], 2), LOCAL_MACHINE))
    heard = asyncio.create_task(world.intake.record(events(second, [Said("two")], 2), LOCAL_MACHINE))
    await asyncio.sleep(0)
    gone.cancel()

    assert await heard == 2
    assert await world.intake.record(events(first, [Said("one"), Said("more")], 2), LOCAL_MACHINE) == 3


async def test_the_messages_that_show_progress_and_questions_are_promised(world: World) -> None:
    await world.running()
    agent = world.agents[0]
    await world.intake.record(
        events(agent, [StepTaken("Read", "read a.py"), Asked("Which?", ("a", "b"))], 2), LOCAL_MACHINE
    )
    texts = await promised(world.database)

    assert any(text.startswith("Birch on wallet-frontend asks: Which?") for text in texts)
    assert any(text.startswith("Birch on wallet-frontend") and "20 percent" in text for text in texts)
    assert (await fetched(world.database, agent.id)).status is Status.RUNNING
