"""Nobody gets more agents than their plan allows, however many are asked for at once."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

import pytest
import pytest_asyncio

from core.agents.desk import AgentDesk
from core.agents.quota import Quota
from core.model.command import AgentCreated, CreateAgent, NotDone, Outcome
from core.model.messages import InboundMessage
from core.model.people import Identity, Person, Plan
from core.replies import wording
from core.store.database import Database
from tests.builders import PERSON, REPO, message
from tests.integration.core_world import MODEL, carried_out, execute, remembering

FREE = Person(UUID(int=3), "Fay")


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    async with remembering(database_url) as database:
        async with database.transaction() as tx:
            await tx.people.add(FREE)
        yield database


async def ask(database: Database, quota: Quota, person: Person = FREE, asked: InboundMessage | None = None) -> Outcome:
    asked = asked or message()
    intent = CreateAgent(REPO, "fix it")
    async with database.transaction() as tx:
        await tx.inbox.accept(asked)
    return await carried_out(AgentDesk(database, MODEL, quota), intent, person, asked)


async def agents(database: Database) -> int:
    async with database.transaction() as tx:
        return await tx.connection.fetchval("select count(*) from agents")


async def test_of_fifty_that_are_asked_for_at_once_with_one_left_there_is_one(database: Database) -> None:
    outcomes = await asyncio.gather(*(ask(database, Quota(1, 50)) for _ in range(50)))

    assert [type(outcome) for outcome in outcomes].count(AgentCreated) == 1
    assert await agents(database) == 1


async def test_the_person_hears_how_many_are_left_when_it_matters(database: Database) -> None:
    said = [wording.answer(await ask(database, Quota(4, 9)), None).text.partition(". ")[2] for _ in range(5)]

    assert said == [
        "I'll tell you when the pull request is open.",
        "After that you have two more this month.",
        "After that you have one more this month.",
        "That was your last one this month.",
        "More come with the new month, or with pro.",
    ]


async def test_a_command_that_is_handled_again_takes_nothing_more(database: Database) -> None:
    asked = message()
    first, again = [await ask(database, Quota(1, 1), asked=asked) for _ in range(2)]

    assert isinstance(first, AgentCreated)
    assert isinstance(again, AgentCreated)
    assert again.agent == first.agent


async def test_no_more_than_so_many_work_at_once(database: Database) -> None:
    await ask(database, Quota(9, 1))
    refused = await ask(database, Quota(9, 1))
    await execute(database, "update agents set status = 'completed'")

    assert isinstance(refused, NotDone)
    assert "at work" in refused.reason
    assert isinstance(await ask(database, Quota(9, 1)), AgentCreated)


async def test_a_new_month_begins_anew(database: Database) -> None:
    await ask(database, Quota(1, 9))
    await execute(database, "update agents set created_at = date_trunc('month', now()) - interval '1 day'")

    assert isinstance(await ask(database, Quota(1, 9)), AgentCreated)


@pytest.mark.parametrize("quota", [Quota(0, 1), Quota(5, 1)])
async def test_pro_has_no_limit(database: Database, quota: Quota) -> None:
    outcomes = [await ask(database, quota, PERSON) for _ in range(3)]

    assert [type(outcome) for outcome in outcomes] == [AgentCreated] * 3


async def test_a_plan_that_changes_counts_from_the_next_command_on(database: Database) -> None:
    asked = message()
    async with database.transaction() as tx:
        await tx.people.add(Person(PERSON.id, PERSON.name, Plan.FREE))
        known = await tx.people.who_is(Identity(asked.reply_to.channel, asked.sender_id))

    assert known is not None
    assert isinstance(await ask(database, Quota(0, 1), known), NotDone)
