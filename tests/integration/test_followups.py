"""What a person says to an agent that is at work, and what the agent asks."""

from collections.abc import AsyncGenerator
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from core.model.agent import Phase, Question, Status
from core.model.command import Wish
from core.model.event import Asked, Finished, Stopped, Told
from core.model.messages import Pressed, Reply, Typed
from core.model.people import Person
from core.model.ring import JobRing, MachineRing
from core.sandbox.local import LOCAL_MACHINE
from core.sandbox.protocol import Start, Tell
from tests.builders import PERSON, message
from tests.integration.core_world import (
    execute,
    fetched,
    promised,
    push_work,
)
from tests.integration.steered_world import World, steered_world

WHICH = Asked("Which database shall I use?", ("Postgres", "SQLite"))


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    async with steered_world(database_url, tmp_path) as world:
        yield world


async def test_a_message_is_written_down_and_the_machine_is_woken(world: World) -> None:
    agent = await world.working()
    world.rings.clear()
    reply = await world.type("tell Birch to also add a changelog entry")

    assert reply.text == "Birch will be told at its next step."
    assert [followup.text for followup in await world.waiting(agent)] == ["also add a changelog entry"]
    assert MachineRing(LOCAL_MACHINE) in world.rings


async def test_a_message_that_is_handled_again_is_told_once(world: World) -> None:
    agent = await world.working()
    asked = message(Typed("tell Birch to hurry"))
    first, again = await world.hear(asked), await world.hear(asked)

    assert first == again
    assert len(await world.waiting(agent)) == 1


async def test_a_message_to_a_paused_agent_is_said_to_wait(world: World) -> None:
    agent = await world.working()
    await execute(world.database, "update agents set status = 'paused'")
    reply = await world.type("tell Birch to hurry")

    assert "is paused and will be told" in reply.text
    assert len(await world.waiting(agent)) == 1


async def test_what_is_said_while_the_pull_request_is_opened_begins_the_next_round(
    world: World, tmp_path: Path
) -> None:
    agent = await world.working()
    await push_work(tmp_path, agent)
    await world.report(agent, 2, Finished("Fixed.", changed=True))
    reply = await world.type("tell Birch to also add a test")
    await world.orchestrator.publish(agent.id)
    again = await fetched(world.database, agent.id)

    assert "goes on with that right after" in reply.text
    assert (again.status, again.round) == (Status.PENDING, 2)
    assert [followup.text for followup in await world.waiting(agent)] == ["also add a test"]


async def test_an_agent_that_is_done_goes_back_to_work_on_the_same_branch_and_pull_request(
    world: World, tmp_path: Path
) -> None:
    agent = await world.working()
    await push_work(tmp_path, agent)
    await world.report(agent, 2, Finished("Fixed.", changed=True))
    await world.orchestrator.publish(agent.id)
    done = await fetched(world.database, agent.id)
    asked = message(Typed("tell Birch to also add a test"))
    first, again = await world.hear(asked), await world.hear(asked)
    await world.orchestrator.start(agent.id)
    working = await fetched(world.database, agent.id)
    await world.report(working, 1, Told(asked.id))
    await world.report(working, 2, Finished("Added a test.", changed=True))
    await world.orchestrator.publish(agent.id)
    done_again = await fetched(world.database, agent.id)

    assert first == again == Reply("Birch goes back to work on wallet-frontend with that.")
    assert (working.leg, working.round, working.progress) == (2, 2, 0)
    assert working.work_branch == agent.work_branch
    assert done_again.metadata.pr_url == done.metadata.pr_url
    said = await promised(world.database, finally_only=True)
    assert [text for text in said if "is done" in text] == [
        "Birch is done on wallet-frontend: the pull request is open.",
        "Birch is done on wallet-frontend: the pull request is up to date.",
    ]


async def test_an_agent_whose_name_another_one_bears_by_now_goes_on_under_a_new_one(world: World) -> None:
    agent = await world.working()
    await world.report(agent, 2, Finished("Nothing to do.", changed=False))
    other = await world.working()
    reply = await world.type("tell agent one to look again")
    again = await fetched(world.database, agent.id)

    assert other.name == agent.name
    assert again.name != agent.name
    assert reply.text.startswith(again.name)


async def test_an_agent_that_was_stopped_is_not_put_to_work_again(world: World) -> None:
    agent = await world.working()
    await world.report(agent, 2, Stopped())
    reply = await world.type("tell Birch to hurry")

    assert "was stopped for good" in reply.text
    assert await world.waiting(agent) == []


async def test_two_agents_of_one_name_are_told_apart_by_who_is_at_work(world: World) -> None:
    done = await world.working()
    await world.report(done, 2, Finished("Nothing to do.", changed=False))
    at_work = await world.working()
    await world.type("tell Birch to hurry")

    assert await world.waiting(done) == []
    assert len(await world.waiting(at_work)) == 1


async def test_the_free_plan_limits_who_goes_back_to_work_too(world: World) -> None:
    agent = await world.working()
    await world.report(agent, 2, Finished("Nothing to do.", changed=False))
    await execute(world.database, "update people set plan = 'free'")
    for name in ("Cedar", "Maple"):
        await world.working(name)
    await execute(world.database, "update people set plan = 'free'")
    reply = await world.type("tell Birch to hurry")

    assert "agents at work" in reply.text
    assert await world.waiting(agent) == []


async def test_nobody_tells_or_answers_somebody_elses_agent(world: World) -> None:
    agent = await world.working()
    await world.report(agent, 2, WHICH)
    mallory = Person(UUID(int=2), "Mallory")
    async with world.database.transaction() as tx:
        await tx.people.add(mallory)
        await tx.connection.execute("update identities set person_id = $1", mallory.id)
    spoken, pressed = await world.type("tell Birch to hurry"), await world.hear(Pressed(f"answer:{agent.id}:1.2.0"))

    assert await world.waiting(agent) == []
    assert "no such agent" in pressed.text
    assert "Birch" not in spoken.text


async def test_a_question_reaches_the_person_with_its_options_and_shows_as_waiting(world: World) -> None:
    agent = await world.report(await world.working(), 2, WHICH)
    async with world.database.transaction() as tx:
        bodies = await tx.connection.fetch("select body from replies where once like 'asked:%'")

    (body,) = (row["body"] for row in bodies)
    assert body["text"] == "Birch on wallet-frontend asks: Which database shall I use?"
    assert [action["label"] for action in body["actions"]] == ["Postgres", "SQLite"]
    assert all(len(action["token"]) <= 64 for action in body["actions"])
    assert (agent.phase, agent.status) == (Phase.WAITING_FOR_ANSWER, Status.RUNNING)
    assert agent.question == Question(1, 2, WHICH.question, WHICH.options)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (None, "SQLite"),
        ("SQLite", "SQLite"),
        ("the small one", "the small one"),
        ("tell Birch to use both", "use both"),
    ],
)
async def test_a_question_is_answered_by_button_or_in_words_once(world: World, words: str | None, answer: str) -> None:
    agent = await world.report(await world.working(), 2, WHICH)
    button = Pressed(f"answer:{agent.id}:1.2.1")
    reply = await world.hear(Typed(words) if words else button)
    late = await world.hear(button)

    assert reply.text == "Thanks, Birch goes on with that."
    assert late.text == "Birch is not waiting for that answer any more."
    (taken,) = await world.waiting(agent)
    assert (taken.text, taken.question) == (answer, WHICH.question)


@pytest.mark.parametrize("choice", ["1.1.0", "2.2.0", "1.2.2", "1.2.-1"])
async def test_a_button_answers_its_own_question_and_no_other(world: World, choice: str) -> None:
    agent = await world.report(await world.working(), 2, WHICH)
    reply = await world.hear(Pressed(f"answer:{agent.id}:{choice}"))

    assert reply.text == "Birch is not waiting for that answer any more."
    assert await world.waiting(agent) == []


async def test_an_order_is_no_answer(world: World) -> None:
    agent = await world.report(await world.working(), 2, WHICH)
    await world.type("stop it")
    await world.type("yes")

    assert await world.waiting(agent) == []
    async with world.database.transaction() as tx:
        assert await tx.agents.wish_of(agent.id) is Wish.CANCEL


async def test_a_machine_is_told_once_on_a_connection_and_again_on_the_next_until_it_has_passed_it_on(
    world: World,
) -> None:
    agent, line = await world.working(), world.line()
    await world.type("tell Birch to hurry")
    (told,) = await world.tells(line)

    assert await world.tells(line) == []
    assert await world.tells(world.line()) == [told]
    await world.report(agent, 2, Told(told.followup_id))
    assert await world.tells(world.line()) == []


async def test_an_answer_lets_the_agent_work_again(world: World) -> None:
    agent = await world.report(await world.working(), 2, WHICH)
    await world.type("SQLite")
    (told,) = await world.tells(world.line())
    agent = await world.report(agent, 3, Told(told.followup_id))

    assert told.question == WHICH.question
    assert (agent.phase, agent.question) == (Phase.WORKING, None)


async def test_what_was_said_too_late_is_taken_up_by_the_next_leg(world: World) -> None:
    agent, line = await world.working(), world.line()
    await world.type("tell Birch to hurry")
    assert len(await world.tells(line)) == 1
    world.rings.clear()
    agent = await world.report(agent, 2, Finished("Fixed.", changed=True))

    assert (agent.status, agent.machine_id, agent.losses) == (Status.RUNNING, None, 0)
    assert JobRing("start_agent", agent.id) in world.rings
    await world.orchestrator.start(agent.id)
    start, tell = await line.due()
    assert isinstance(start, Start)
    assert isinstance(tell, Tell)
    assert (start.task.leg, tell.leg, tell.text) == (2, 2, "hurry")
    assert "You have worked on this before" in start.task.brief


async def test_a_stop_wins_over_what_was_said_too_late(world: World) -> None:
    agent = await world.working()
    await world.type("tell Birch to hurry")
    await world.type("stop Birch")
    await world.type("yes")
    await world.report(agent, 2, Finished("Fixed.", changed=False))
    await world.orchestrator.start(agent.id)

    assert (await fetched(world.database, agent.id)).status is Status.CANCELLED


async def test_the_next_leg_is_briefed_with_what_was_said_in_the_last(world: World) -> None:
    agent = await world.report(await world.working(), 2, WHICH)
    await world.type("SQLite")
    (told,) = await world.tells(world.line())
    await world.report(agent, 3, Told(told.followup_id))
    await world.orchestrator.rescue(agent.id, 1)
    (start,) = await world.line().due()

    assert isinstance(start, Start)
    assert "You asked: Which database shall I use? They answered: SQLite" in start.task.brief


async def test_a_question_that_was_lost_with_its_machine_is_no_longer_open(world: World) -> None:
    agent = await world.report(await world.working(), 2, WHICH)
    await world.orchestrator.rescue(agent.id, 1)

    assert (await fetched(world.database, agent.id)).question is None
    assert (await promised(world.database, finally_only=True)) == [
        "Birch on wallet-frontend asks: Which database shall I use?"
    ]


async def test_what_neither_of_two_waiting_agents_was_asked_for_answers_nobody(world: World) -> None:
    for name in ("Birch", "Cedar"):
        await world.report(await world.working(name), 2, WHICH)
    reply = await world.type("SQLite")

    assert "Thanks" not in reply.text
    assert PERSON.name not in reply.text
