"""Agents that wait long give their machine back, and go on when their person has something to say."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from core.agents.sweep import Sweep
from core.jobs import START_AGENT
from core.model.agent import Agent, Parking, Status
from core.model.command import Wish
from core.model.event import Asked, Parked, Paused, Restored, StartedOver, Stopped
from core.model.ring import JobRing, MachineRing
from core.sandbox.local import LOCAL_MACHINE
from core.sandbox.protocol import Signal, Start, Tell
from tests.builders import PERSON
from tests.integration.core_world import execute, fetched, promised
from tests.integration.steered_world import World, steered_world

WHICH = Asked("Which database shall I use?", ("Postgres", "SQLite"))


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    async with steered_world(database_url, tmp_path) as world:
        yield world


async def paused(world: World) -> Agent:
    agent = await world.working()
    await world.type("pause Birch")
    return await world.report(agent, 2, Paused())


async def asked(world: World) -> Agent:
    return await world.report(await world.working(), 2, WHICH)


async def wait(world: World, how_long: str = "11 minutes") -> None:
    """Let time pass, and the sweep look."""
    await execute(world.database, f"update agents set held_at = now() - interval '{how_long}'")  # noqa: S608 (ours)
    await Sweep(world.database, world.orchestrator, timedelta(minutes=10)).sweep()


async def parked(world: World, agent: Agent) -> Agent:
    """The machine has saved the agent and given it up."""
    await wait(world)
    async with world.database.transaction() as tx:
        await tx.snapshots.keep(agent.id, agent.leg, b"packed by the box")
    why = Parking.UNANSWERED if agent.question else Parking.PAUSED
    return await world.report(agent, 3, Parked(why, saved=True))


async def signals(world: World) -> list[Wish]:
    return [frame.wish for frame in await world.line().due() if isinstance(frame, Signal)]


@pytest.mark.parametrize("how_long", ["9 minutes", "11 minutes"])
async def test_a_machine_is_asked_to_park_what_has_waited_for_longer_than_it_may(world: World, how_long: str) -> None:
    await paused(world)
    world.rings.clear()
    await wait(world, how_long)

    due = how_long == "11 minutes"
    assert await signals(world) == ([Wish.PARK] if due else [])
    assert (MachineRing(LOCAL_MACHINE) in world.rings) == due


async def test_an_agent_that_works_is_never_parked(world: World) -> None:
    await world.working()
    await wait(world, "2 hours")

    assert await signals(world) == []


async def test_a_parked_agent_has_no_machine_and_its_person_is_told_once(world: World) -> None:
    agent = await parked(world, await paused(world))
    again = await world.report(agent, 3, Parked(Parking.PAUSED, saved=True))

    assert (again.status, again.parked, again.machine_id) == (Status.PAUSED, Parking.PAUSED, None)
    assert [text for text in await promised(world.database, finally_only=True) if "given its machine back" in text] == [
        "Birch on wallet-frontend stays paused and has given its machine back. Its work and its memory are saved."
    ]
    await Sweep(world.database, world.orchestrator).sweep()
    await world.orchestrator.start(agent.id)
    assert (await fetched(world.database, agent.id)).machine_id is None


async def test_a_parked_agent_that_is_resumed_goes_on_from_what_was_saved(world: World) -> None:
    agent = await parked(world, await paused(world))
    world.rings.clear()
    reply = await world.type("resume Birch")
    await world.orchestrator.start(agent.id)
    (start,) = [frame for frame in await world.line().due() if isinstance(frame, Start)]
    now = await fetched(world.database, agent.id)

    assert reply.text == "Resuming Birch on wallet-frontend."
    assert JobRing(START_AGENT, agent.id) in world.rings
    assert (now.status, now.leg, now.parked, now.losses) == (Status.RUNNING, 2, None, 0)
    assert start.task.going_on is not None
    assert await signals(world) == []


async def test_what_came_back_is_said_and_so_is_what_did_not(world: World) -> None:
    agent = await parked(world, await paused(world))
    await world.type("resume Birch")
    await world.orchestrator.start(agent.id)
    agent = await fetched(world.database, agent.id)
    await world.report(agent, 1, Restored(2))
    await world.report(agent, 2, StartedOver("Its memory could not be read."))

    assert "Birch on wallet-frontend goes on where it left off: two changed files are back as it left them." in (
        await promised(world.database)
    )


async def test_a_question_that_nobody_answers_is_asked_again_once_and_answered_later(world: World) -> None:
    agent = await parked(world, await asked(world))
    reminders = [text for text in await promised(world.database) if "still waits for your answer" in text]
    reply = await world.type("Postgres")
    await world.orchestrator.start(agent.id)
    frames = await world.line().due()

    assert reminders == ["Birch on wallet-frontend still waits for your answer: Which database shall I use?"]
    assert reply.text == "Thanks, Birch goes on with that."
    assert [frame.task.leg for frame in frames if isinstance(frame, Start)] == [2]
    assert [(frame.text, frame.question) for frame in frames if isinstance(frame, Tell)] == [
        ("Postgres", WHICH.question)
    ]


async def test_an_answer_that_crosses_the_parking_lets_the_agent_go_on(world: World) -> None:
    agent = await asked(world)
    await wait(world)
    await world.type("Postgres")
    now = await world.report(agent, 3, Parked(Parking.UNANSWERED, saved=True))
    await world.orchestrator.start(agent.id)

    assert now.parked is None
    assert (await fetched(world.database, agent.id)).leg == 2
    assert not any("still waits" in text for text in await promised(world.database))


async def test_a_resume_that_crosses_the_parking_lets_the_agent_go_on(world: World) -> None:
    agent = await paused(world)
    await wait(world)
    await world.type("resume Birch")
    now = await world.report(agent, 3, Parked(Parking.PAUSED, saved=True))
    await world.orchestrator.start(agent.id)
    again = await fetched(world.database, agent.id)

    assert now.parked is None
    assert (again.status, again.leg) == (Status.RUNNING, 2)


async def test_a_stop_that_crosses_the_parking_stops(world: World) -> None:
    agent = await paused(world)
    await wait(world)
    await world.type("stop Birch")
    await world.type("yes")
    now = await world.report(agent, 3, Parked(Parking.PAUSED, saved=True))

    assert now.status is Status.CANCELLED
    assert not any("given its machine back" in text for text in await promised(world.database))


async def test_a_parked_agent_is_stopped_without_a_machine(world: World) -> None:
    agent = await parked(world, await paused(world))
    await world.type("stop Birch")
    await world.type("yes")
    now = await fetched(world.database, agent.id)
    async with world.database.transaction() as tx:
        kept = await tx.snapshots.exists(agent.id)

    assert now.status is Status.CANCELLED
    assert not kept


async def test_a_message_to_a_parked_agent_waits_for_it_to_go_on(world: World) -> None:
    agent = await parked(world, await paused(world))
    reply = await world.type("tell Birch to use spaces")
    waiting = await world.waiting(agent)
    await world.type("resume Birch")
    await world.orchestrator.start(agent.id)

    assert reply.text == "Birch is paused and will be told as soon as it goes on."
    assert [followup.text for followup in waiting] == ["use spaces"]
    assert [tell.text for tell in await world.tells(world.line())] == ["use spaces"]


async def test_a_machine_that_is_fenced_off_parks_nobody(world: World) -> None:
    agent = await paused(world)
    await execute(world.database, "update agents set leg = 2")
    await world.report(agent, 3, Parked(Parking.PAUSED, saved=True))

    assert (await fetched(world.database, agent.id)).parked is None


async def test_a_wish_of_the_person_takes_the_place_of_parking(world: World) -> None:
    agent = await paused(world)
    await wait(world)
    async with world.database.transaction() as tx:
        await tx.agents.wish(agent.id, PERSON.id, Wish.CANCEL, (Status.PAUSED,))
    assert await signals(world) == [Wish.CANCEL]
    stopped = await world.report(agent, 3, Stopped())

    assert stopped.status is Status.CANCELLED
