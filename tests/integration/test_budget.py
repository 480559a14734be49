"""What agents may spend: caps, warnings, and going on after more is allowed."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from core.agents.budget import Budgets
from core.agents.desk import AgentDesk
from core.agents.orchestrator import Orchestrator
from core.agents.reports import Reports
from core.model.agent import Agent, Parking, Status
from core.model.command import CreateAgent, Intent, Outcome, Purse, ResumeAgent
from core.model.dialogue import Pick
from core.model.event import Parked, Started
from core.model.messages import Reply
from core.model.people import Person
from core.replies import wording
from core.replies.buttons import raise_button, read_button
from core.sandbox.local import LOCAL_MACHINE
from core.store.database import Database
from tests.builders import PERSON, REPO, event, message
from tests.integration.core_world import (
    MODEL,
    carried_out,
    execute,
    fetched,
    forge_behind_github,
    orchestrator_of,
    placed_agent,
    promised,
    remembering,
)

MALLORY = Person(UUID(int=2), "Mallory")


def pressed(token: str) -> Intent:
    intent = read_button(token)
    assert not isinstance(intent, Pick)
    return intent


class World:
    def __init__(self, database: Database, orchestrator: Orchestrator) -> None:
        self.database, self.orchestrator = database, orchestrator
        self.budgets = Budgets(run=5, day=20, month=100)

    async def working(self, name: str = "Birch") -> Agent:
        agent = await placed_agent(self.database, self.orchestrator, name)
        await self.reports.record(event(agent, 1, Started("laptop")), LOCAL_MACHINE)
        return await fetched(self.database, agent.id)

    @property
    def reports(self) -> Reports:
        return Reports(self.database, self.budgets)

    async def charge(self, agent: Agent, dollars: float) -> None:
        async with self.database.transaction() as tx:
            await self.budgets.charge(tx, agent, dollars)

    async def reached(self, agent: Agent) -> Purse | None:
        async with self.database.transaction() as tx:
            cap = await self.budgets.reached(tx, agent)
        return cap.purse if cap else None

    async def ask(self, intent: Intent, person: Person = PERSON) -> Outcome:
        asked = message()
        async with self.database.transaction() as tx:
            await tx.inbox.accept(asked)
        return await carried_out(AgentDesk(self.database, MODEL, budgets=self.budgets), intent, person, asked)

    async def say(self, intent: Intent) -> Reply:
        return wording.answer(await self.ask(intent), None)

    async def spent_up(self) -> Agent:
        """An agent that has used its five dollars, and was parked for it."""
        agent = await self.working()
        await self.charge(agent, 5)
        await self.reports.record(event(agent, 2, Parked(Parking.BUDGET, saved=True)), LOCAL_MACHINE)
        return await fetched(self.database, agent.id)


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    async with remembering(database_url) as database, forge_behind_github(tmp_path) as (github, _):
        yield World(database, orchestrator_of(database, github))


async def test_a_person_is_warned_once_when_four_fifths_are_used(world: World) -> None:
    agent = await world.working()
    for dollars in (3.9, 0.2, 0.2, 0.2):
        await world.charge(agent, dollars)

    warnings = [text for text in await promised(world.database) if "four fifths" in text]
    assert warnings == ["Birch on wallet-frontend has used four fifths of its budget."]


async def test_charges_at_once_all_count(world: World) -> None:
    agent = await world.working()
    await asyncio.gather(*(world.charge(agent, 0.25) for _ in range(16)))

    assert (await fetched(world.database, agent.id)).metadata.estimated_cost == pytest.approx(4.0)
    async with world.database.transaction() as tx:
        assert (await tx.spending.of_day(PERSON.id)).dollars == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("run", "others", "when", "purse"),
    [
        (4.9, 0.0, "0 days", None),
        (5.0, 0.0, "0 days", Purse.RUN),
        (1.0, 19.0, "0 days", Purse.DAY),
        (1.0, 19.0, "1 day", None),
        (1.0, 19.0, "40 days", None),
    ],
)
async def test_each_cap_counts_what_it_is_for(
    world: World, run: float, others: float, when: str, purse: Purse | None
) -> None:
    agent, other = await world.working(), await world.working("Cedar")
    await world.charge(other, others)
    await execute(world.database, f"update spending set day = day - interval '{when}'")  # noqa: S608 (ours)
    await world.charge(agent, run)

    assert await world.reached(agent) is purse


async def test_a_month_is_used_up_day_by_day_and_no_new_agent_is_started(world: World) -> None:
    agent = await world.working()
    await execute(
        world.database,
        f"insert into spending select '{PERSON.id}', date_trunc('month', now() at time zone 'utc')::date, 100",
    )

    assert await world.reached(agent) in {Purse.DAY, Purse.MONTH}
    assert "may spend" in (await world.say(CreateAgent(REPO, "fix it"))).text


async def test_an_agent_whose_money_is_used_up_waits_and_offers_to_raise_it(world: World) -> None:
    agent = await world.spent_up()
    async with world.database.transaction() as tx:
        body = await tx.connection.fetchval("select body from replies where once like 'parked:%'")

    assert (agent.status, agent.parked, agent.machine_id) == (Status.PAUSED, Parking.BUDGET, None)
    assert body["text"].startswith("Birch on wallet-frontend is paused: it has used up its budget.")
    assert [action["label"] for action in body["actions"]] == ["Raise its budget to $10", "Stop"]


async def test_it_does_not_go_on_before_more_is_allowed_and_then_goes_on_once(world: World) -> None:
    agent = await world.spent_up()
    refused = await world.say(ResumeAgent((agent.id,)))
    waiting = await fetched(world.database, agent.id)
    more = pressed(raise_button(agent.id, Purse.RUN, 10).token)
    raised, again = await world.say(more), await world.say(more)
    await world.orchestrator.start(agent.id)
    going = await fetched(world.database, agent.id)

    assert "used up its budget" in refused.text
    assert waiting.parked is Parking.BUDGET
    assert raised.text == "The budget for Birch is 10 dollars now, and Birch goes on."
    assert again.text == "The budget for Birch is 10 dollars now."
    assert (going.status, going.parked, going.leg) == (Status.RUNNING, None, 2)
    assert await world.reached(agent) is None


async def test_a_cap_is_never_lowered_by_an_old_button(world: World) -> None:
    agent = await world.working()
    for dollars in (40, 10):
        await world.ask(pressed(raise_button(agent.id, Purse.RUN, dollars).token))
    await world.charge(agent, 19)

    assert await world.reached(agent) is None


async def test_nobody_raises_what_is_not_theirs(world: World) -> None:
    agent = await world.spent_up()
    async with world.database.transaction() as tx:
        await tx.people.add(MALLORY)
    await world.ask(pressed(raise_button(agent.id, Purse.RUN, 10).token), MALLORY)

    assert await world.reached(agent) is Purse.RUN


async def test_without_a_cap_of_ours_it_is_the_providers_money(world: World) -> None:
    agent = await world.working()
    await world.reports.record(event(agent, 2, Parked(Parking.BUDGET, saved=True)), LOCAL_MACHINE)
    texts = await promised(world.database, finally_only=True)
    resumed = await world.say(ResumeAgent((agent.id,)))

    assert "the model's provider says that there is no money left" in texts[-1]
    assert resumed.text == "Resuming Birch on wallet-frontend."
