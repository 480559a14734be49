"""What machines report becomes what is so, once."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from uuid import uuid4

import pytest_asyncio

from core.agents.reports import Reports
from core.model.agent import Agent, Phase, Status
from core.model.command import Wish
from core.model.event import (
    Blocked,
    BranchPushed,
    Failed,
    Finished,
    Happening,
    Paused,
    PhaseEntered,
    Resumed,
    Said,
    Started,
    StepTaken,
    Stopped,
)
from core.model.ring import JobRing, Ring
from core.sandbox.local import LOCAL_MACHINE
from core.store.database import Database
from tests.builders import PERSON, event
from tests.integration.core_world import (
    fetched,
    forge_behind_github,
    orchestrator_of,
    placed_agent,
    promised,
    remembering,
)

PUSHED = BranchPushed("cadence/1", "abc", 1, 2, 3)


class World:
    def __init__(self, database: Database, agent: Agent, rings: list[Ring]) -> None:
        self.database, self.agent, self.rings = database, agent, rings
        self.reports = Reports(database)
        self.seq = 0

    async def report(self, *happenings: Happening) -> Agent:
        for happening in happenings:
            self.seq += 1
            await self.reports.record(event(self.agent, self.seq, happening), LOCAL_MACHINE)
        return await fetched(self.database, self.agent.id)

    async def wish(self, wish: Wish) -> None:
        async with self.database.transaction() as tx:
            assert await tx.agents.wish(self.agent.id, PERSON.id, wish, tuple(Status))

    async def standing_wish(self) -> Wish | None:
        async with self.database.transaction() as tx:
            return await tx.agents.wish_of(self.agent.id)


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    rings: list[Ring] = []
    async with remembering(database_url, rings) as database, forge_behind_github(tmp_path) as (github, _):
        yield World(database, await placed_agent(database, orchestrator_of(database, github)), rings)


async def test_a_run_is_shown_from_its_start_to_its_last_step(world: World) -> None:
    started = await world.report(Started("laptop"))
    working = await world.report(PhaseEntered(Phase.CLONING), StepTaken("Read", "read a.py"), Said("hm"))
    published = await world.report(PhaseEntered(Phase.PUBLISHING), PUSHED)

    assert (started.status, started.phase, started.progress) == (Status.RUNNING, Phase.PROVISIONING, 5)
    assert (working.phase, working.step, working.progress) == (Phase.WORKING, "read a.py", 20)
    assert (published.progress, published.metadata.files_changed) == (90, 1)
    assert [text for text in await promised(world.database) if "90 percent" in text] != []


async def test_many_steps_never_look_like_the_end(world: World) -> None:
    agent = await world.report(Started("laptop"), *(StepTaken("Read", f"read {n}.py") for n in range(30)))

    assert agent.progress == 85


async def test_work_that_changed_something_is_published_by_a_job(world: World) -> None:
    agent = await world.report(Started("laptop"), PUSHED, Finished("Fixed.", changed=True))

    assert (agent.status, agent.phase) == (Status.RUNNING, Phase.PUBLISHING)
    assert JobRing("publish_pull_request", agent.id) in world.rings
    assert await promised(world.database, finally_only=True) == []


async def test_work_that_changed_nothing_is_done_at_once(world: World) -> None:
    agent = await world.report(Finished("Nothing to do.", changed=False))

    assert agent.status is Status.COMPLETED
    assert agent.completed_at is not None
    assert ["without changing" in text for text in await promised(world.database, finally_only=True)] == [True]


async def test_a_failure_is_told_with_its_reason(world: World) -> None:
    agent = await world.report(Started("laptop"), Failed("The tests need a database."))

    assert (agent.status, agent.failure) == (Status.FAILED, "The tests need a database.")
    assert "The tests need a database." in (await promised(world.database, finally_only=True))[0]


async def test_what_is_said_after_the_end_changes_nothing(world: World) -> None:
    await world.wish(Wish.CANCEL)
    agent = await world.report(Started("laptop"), Stopped())
    after = await world.report(Failed("late"), Finished("late", changed=False), StepTaken("Read", "late"), Paused())

    assert agent.status is Status.CANCELLED
    assert (after.status, after.failure, after.step) == (Status.CANCELLED, None, None)
    assert len(await promised(world.database, finally_only=True)) == 1


async def test_a_pause_and_a_resume_come_true_when_the_machine_says_so(world: World) -> None:
    await world.wish(Wish.PAUSE)
    paused = await world.report(Started("laptop"), Paused())
    assert (paused.status, await world.standing_wish()) == (Status.PAUSED, None)

    await world.wish(Wish.RESUME)
    resumed = await world.report(Resumed())
    assert (resumed.status, await world.standing_wish()) == (Status.RUNNING, None)


async def test_a_pause_that_comes_true_too_late_does_not_take_the_stop_away(world: World) -> None:
    await world.report(Started("laptop"))
    await world.wish(Wish.PAUSE)
    await world.wish(Wish.CANCEL)
    await world.report(Paused())

    assert await world.standing_wish() is Wish.CANCEL


async def test_what_the_gate_refused_is_shown(world: World) -> None:
    agent = await world.report(Started("laptop"), Blocked("evil.example"))

    assert agent.step == "blocked: evil.example"


async def test_an_event_is_recorded_once_however_often_and_however_concurrently_it_comes(world: World) -> None:
    await world.report(Started("laptop"))
    step = event(world.agent, 2, StepTaken("Read", "read a.py"))
    known = await asyncio.gather(*(world.reports.record(step, LOCAL_MACHINE) for _ in range(6)))

    assert known == [2] * 6
    assert (await fetched(world.database, world.agent.id)).progress == 20


async def test_an_event_behind_a_gap_is_not_recorded_before_the_gap_is_closed(world: World) -> None:
    assert await world.reports.record(event(world.agent, 2, Said("too early")), LOCAL_MACHINE) == 0
    assert await world.reports.record(event(world.agent, 1, Started("laptop")), LOCAL_MACHINE) == 1


async def test_events_of_an_older_leg_another_machine_or_no_agent_are_taken_and_ignored(world: World) -> None:
    agent = await world.report(Started("laptop"))
    failed = event(agent, 2, Failed("no"))
    async with world.database.transaction() as tx:
        await tx.legs.lose(agent.id, 1)
        await tx.legs.place(agent.id, LOCAL_MACHINE, 1)
    placed = await fetched(world.database, agent.id)

    assert await world.reports.record(failed, LOCAL_MACHINE) == 2
    assert await world.reports.record(event(placed, 7, Failed("no")), uuid4()) == 7
    async with world.database.transaction() as tx:
        assert await tx.events.last_seq(agent.id, 2) == 0
    assert (await fetched(world.database, agent.id)).status is Status.RUNNING


async def test_a_nul_in_what_a_program_printed_does_not_jam_the_line(world: World) -> None:
    agent = await world.report(Started("lap\0top"), StepTaken("Bash", "printed a\0b"), Failed("bad \0 byte"))

    assert (agent.step, agent.failure) == ("printed a\N{REPLACEMENT CHARACTER}b", "bad \N{REPLACEMENT CHARACTER} byte")
