"""Work that is begun again and again, from the words to the agents."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from core.agents.desk import AgentDesk
from core.agents.rounds import complete, fail
from core.agents.scheduler import Scheduler
from core.model.agent import Agent
from core.model.messages import Content, InboundMessage, Reply, Typed
from core.model.people import Person, Plan
from core.model.schedule import Schedule
from core.pipeline import CommandPipeline
from core.store.database import Database
from tests.builders import PERSON, message
from tests.integration.core_world import (
    MODEL,
    Shelved,
    TextTranscriber,
    execute,
    forge_behind_github,
    pipeline_of,
    promised,
    remembering,
)

SAID = "every weekday at nine, update the dependencies on wallet frontend"


class World:
    def __init__(self, database: Database, pipeline: CommandPipeline) -> None:
        self.database, self.pipeline = database, pipeline
        self.scheduler = Scheduler(database, AgentDesk(database, MODEL))

    async def hear(self, content: Content | InboundMessage) -> Reply:
        asked = content if isinstance(content, InboundMessage) else message(content)
        async with self.database.transaction() as tx:
            await tx.inbox.accept(asked)
        return await self.pipeline.handle(asked)

    async def type(self, text: str) -> Reply:
        return await self.hear(Typed(text))

    async def schedules(self) -> list[Schedule]:
        async with self.database.transaction() as tx:
            return await tx.schedules.of(PERSON.id)

    async def agents(self) -> list[Agent]:
        async with self.database.transaction() as tx:
            return await tx.agents.of(PERSON.id)

    async def due(self, late: str = "1 minute") -> None:
        await execute(self.database, f"update schedules set next_at = now() - interval '{late}'")  # noqa: S608 (ours)

    async def begin(self) -> list[Agent]:
        """What is due is begun; all agents there are."""
        while await self.scheduler.begin_next():
            pass
        return await self.agents()

    async def texts(self) -> list[str]:
        return await promised(self.database, finally_only=True)


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    async with remembering(database_url) as database, forge_behind_github(tmp_path) as (github, _):
        yield World(database, pipeline_of(database, github, TextTranscriber(), Shelved()))


async def test_a_schedule_is_kept_once_and_read_back(world: World) -> None:
    asked = message(Typed(SAID))
    first, again = await world.hear(asked), await world.hear(asked)
    (schedule,) = await world.schedules()

    assert first == again
    assert first.text.startswith("Schedule one: every weekday at 09:00 I start an agent on wallet-frontend.")
    assert schedule.task == "update the dependencies on wallet frontend"
    assert schedule.next_at > datetime.now(UTC)
    assert await world.begin() == []


async def test_the_persons_clock_counts(world: World) -> None:
    await execute(world.database, "update people set time_zone = 'Asia/Kolkata'")
    await world.type(SAID)
    (schedule,) = await world.schedules()

    assert (schedule.next_at.hour, schedule.next_at.minute) == (3, 30)


async def test_what_is_due_is_begun_once_whoever_looks(world: World) -> None:
    await world.type(SAID)
    await world.due()
    await asyncio.gather(*(world.scheduler.begin_next() for _ in range(4)))
    (agent,) = await world.agents()
    (schedule,) = await world.schedules()

    assert agent.task_description == "update the dependencies on wallet frontend"
    assert agent.schedule_id == schedule.id
    assert schedule.next_at > datetime.now(UTC)
    assert [text for text in await world.texts() if "is starting" in text] == [
        f"Schedule one: {agent.name} is starting on wallet-frontend."
    ]


@pytest.mark.parametrize(("late", "begun"), [("23 hours", 1), ("25 hours", 0)])
async def test_what_was_missed_is_begun_once_unless_it_is_a_day_late(world: World, late: str, begun: int) -> None:
    await world.type(SAID)
    await world.due(late)

    assert len(await world.begin()) == begun


async def test_a_schedule_waits_for_its_last_agent_and_says_so(world: World) -> None:
    await world.type(SAID)
    await world.due()
    await world.begin()
    await world.due()
    agents = await world.begin()

    assert len(agents) == 1
    assert "is left out this time" in (await world.texts())[-1]


async def test_three_failures_in_a_row_pause_it_and_success_forgets_them(world: World) -> None:
    await world.type(SAID)
    for outcome in ("fail", "fail", "complete", "fail", "fail", "fail"):
        await world.due()
        agent = next(agent for agent in await world.begin() if agent.live)
        async with world.database.transaction() as tx:
            if outcome == "fail":
                await fail(tx, agent, "The model refused.")
            else:
                await execute(world.database, "update agents set status = 'running' where status = 'pending'")
                await complete(tx, agent, "Done.", changed=False)
    (schedule,) = await world.schedules()
    await world.due()

    assert schedule.paused
    assert len(await world.begin()) == 6
    assert (await world.texts())[-1].startswith("Schedule one on wallet-frontend has failed three times in a row")

    await world.type("resume schedule one")
    (schedule,) = await world.schedules()
    assert (schedule.paused, schedule.failures) == (False, 0)


async def test_the_quota_holds_for_schedules_too_and_is_said(world: World) -> None:
    await world.type(SAID)
    await execute(world.database, "update people set plan = 'free'")
    for name in ("one", "two"):
        await world.type(f"start an agent on wallet frontend to fix bug {name}")
    await world.due()
    agents = await world.begin()

    assert len(agents) == 2
    assert "could not start its agent on wallet-frontend" in (await world.texts())[-1]


async def test_schedules_are_listed_paused_resumed_and_deleted_by_number(world: World) -> None:
    await world.type(SAID)
    await world.type("update the readme on wallet frontend every month")
    listed = await world.type("list my schedules")
    paused = await world.type("pause schedule one")
    await world.due()
    begun = await world.begin()
    asked = await world.type("delete schedules 1 and 2")
    deleted = await world.type("yes")
    nothing = await world.type("what schedules do I have")

    assert listed.text == "You have two schedules."
    assert listed.detail is not None
    assert "1. every weekday at 09:00 on wallet-frontend" in listed.detail
    assert paused.text == "Schedule one paused."
    assert [agent.task_description for agent in begun] == ["update the readme on wallet frontend"]
    assert asked.text == "Delete schedules one and two?"
    assert deleted.text == "Schedules one and two deleted."
    assert nothing.text.startswith("You have no schedules.")


async def test_nobody_reaches_somebody_elses_schedule(world: World) -> None:
    await world.type(SAID)
    mallory = Person(UUID(int=2), "Mallory", Plan.PRO)
    async with world.database.transaction() as tx:
        await tx.people.add(mallory)
        await tx.connection.execute("update identities set person_id = $1", mallory.id)
    await world.type("delete schedule one")
    reply = await world.type("yes")

    assert reply.text == "You have no such schedule."
    assert len(await world.schedules()) == 1


async def test_what_would_be_begun_too_often_is_refused_in_words(world: World) -> None:
    reply = await world.type("every five minutes update the dependencies on wallet frontend")

    assert reply.text.startswith("How often shall that be?")
    assert await world.schedules() == []


@pytest.mark.parametrize(
    "text", ["every day the login page of wallet frontend is slow", "every morning I drink coffee"]
)
async def test_a_complaint_is_no_schedule(world: World, text: str) -> None:
    await world.type(text)

    assert await world.schedules() == []


async def test_twenty_are_enough(world: World) -> None:
    for _ in range(20):
        await world.type(SAID)
    one_too_many = await world.type(SAID)

    assert "as many as there can be" in one_too_many.text
    assert len(await world.schedules()) == 20


async def test_an_agent_that_is_asked_to_shows_its_plan_first(world: World) -> None:
    once = await world.type("start an agent on wallet frontend to fix the login bug, but show me a plan first")
    always = await world.type("always plan first")
    await world.type("start an agent on wallet frontend to fix the logout bug")
    no_more = await world.type("don't plan first any more")
    await world.type("start an agent on wallet frontend to fix the footer")
    agents = {agent.task_description: agent for agent in await world.agents()}

    assert "It shows you its plan first." in once.text
    assert always.text == "Your agents show you their plan first from now on."
    assert no_more.text == "Your agents start without showing a plan from now on."
    assert {task: agent.plan_first for task, agent in agents.items()} == {
        "fix the login bug": True,
        "fix the logout bug": True,
        "fix the footer": False,
    }
