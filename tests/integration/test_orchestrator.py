"""Agents are placed, moved off machines that are gone, published, and never forgotten."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from core.agents.orchestrator import MOST_LOSSES, Orchestrator
from core.agents.reports import Reports
from core.agents.sweep import Sweep
from core.model.agent import Agent, Move, Phase, Status
from core.model.command import Wish
from core.model.errors import CadenceError, ProviderError, Refusal
from core.model.event import BranchPushed, Finished, Paused, PhaseEntered, Started
from core.model.ring import JobRing, MachineRing, Ring
from core.sandbox.local import LOCAL_MACHINE
from core.store.database import Database
from tests.builders import PERSON, event, stored_agent
from tests.integration.core_world import (
    FlakyWire,
    execute,
    fetched,
    forge_behind_github,
    orchestrator_of,
    placed_agent,
    promised,
    push_work,
    remembering,
    status_of,
)

_SILENT = "update agents set heard_at = now() - interval '1 minute'"
_LONG_AGO = "update agents set updated_at = now() - interval '1 hour', created_at = now() - interval '1 hour'"


@dataclass
class FullHost:
    """A provider of machines that has none."""

    failure: CadenceError

    async def machine_for(self, agent: Agent) -> UUID:  # noqa: ARG002 (the Protocol's)
        raise self.failure


@dataclass
class World:
    database: Database
    orchestrator: Orchestrator
    wire: FlakyWire
    rings: list[Ring]
    folder: Path

    @property
    def sweep(self) -> Sweep:
        return Sweep(self.database, self.orchestrator)

    async def wish(self, agent: Agent, wish: Wish) -> None:
        async with self.database.transaction() as tx:
            assert await tx.agents.wish(agent.id, PERSON.id, wish, tuple(Status))

    async def wish_of(self, agent: Agent) -> Wish | None:
        async with self.database.transaction() as tx:
            return await tx.agents.wish_of(agent.id)

    async def finished(self) -> Agent:
        """An agent whose work is pushed, and whose pull request is not opened yet."""
        agent = await placed_agent(self.database, self.orchestrator)
        await push_work(self.folder, agent)
        reports = Reports(self.database)
        happenings = (Started("laptop"), BranchPushed(agent.work_branch, "abc", 1, 2, 3), Finished("Fixed.", True))  # noqa: FBT003
        for seq, happening in enumerate(happenings, start=1):
            await reports.record(event(agent, seq, happening), LOCAL_MACHINE)
        self.rings.clear()
        return agent


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    rings: list[Ring] = []
    async with remembering(database_url, rings) as database, forge_behind_github(tmp_path) as (github, wire):
        yield World(database, orchestrator_of(database, github), wire, rings, tmp_path)


async def test_an_agent_is_placed_once_and_its_machine_is_woken(world: World) -> None:
    agent = await placed_agent(world.database, world.orchestrator)
    await world.orchestrator.start(agent.id)

    assert (agent.leg, agent.machine_id, agent.phase) == (1, LOCAL_MACHINE, Phase.PROVISIONING)
    assert (await fetched(world.database, agent.id)).leg == 1
    assert MachineRing(LOCAL_MACHINE) in world.rings


async def test_a_host_that_never_has_a_machine_fails_the_agent_in_its_own_words(world: World) -> None:
    agent = await stored_agent(world.database)
    orchestrator = Orchestrator(world.database, FullHost(Refusal("Add a machine first.")), world.orchestrator.code_host)
    await orchestrator.start(agent.id)

    assert await status_of(world.database, agent) is Status.FAILED
    assert "Add a machine first." in (await promised(world.database, finally_only=True))[0]


async def test_a_host_that_is_full_just_now_is_asked_again_by_the_sweep(world: World) -> None:
    agent = await stored_agent(world.database)
    orchestrator = Orchestrator(world.database, FullHost(ProviderError("full")), world.orchestrator.code_host)
    with pytest.raises(ProviderError):
        await orchestrator.start(agent.id)
    await execute(world.database, _LONG_AGO)
    await world.sweep.sweep()

    assert world.rings == [JobRing("start_agent", agent.id)]


async def test_one_agent_without_a_machine_does_not_keep_the_sweep_from_the_others(world: World) -> None:
    lost = await placed_agent(world.database, world.orchestrator)
    await execute(world.database, _SILENT)
    orchestrator = Orchestrator(world.database, FullHost(ProviderError("full")), world.orchestrator.code_host)
    await Sweep(world.database, orchestrator).sweep()

    assert (await fetched(world.database, lost.id)).leg == 1
    await execute(world.database, _LONG_AGO)
    world.rings.clear()
    await world.sweep.sweep()
    assert world.rings == [JobRing("start_agent", lost.id)]
    await world.orchestrator.start(lost.id)
    assert (await fetched(world.database, lost.id)).leg == 2


async def test_a_leg_whose_machine_is_silent_is_replaced_once(world: World) -> None:
    agent = await placed_agent(world.database, world.orchestrator)
    await execute(world.database, _SILENT)
    await world.sweep.sweep()
    await world.sweep.sweep()
    await world.orchestrator.rescue(agent.id, 1)

    assert (await fetched(world.database, agent.id)).leg == 2


async def test_an_agent_whose_machines_keep_vanishing_fails_and_the_person_is_told(world: World) -> None:
    agent = await placed_agent(world.database, world.orchestrator)
    for _ in range(MOST_LOSSES + 1):
        await execute(world.database, _SILENT)
        await world.sweep.sweep()

    assert (await fetched(world.database, agent.id)).leg == MOST_LOSSES
    assert await status_of(world.database, agent) is Status.FAILED
    (told,) = await promised(world.database, finally_only=True)
    assert "lost several times" in told


async def test_a_stop_that_was_wished_while_the_machine_is_gone_ends_the_agent(world: World) -> None:
    agent = await placed_agent(world.database, world.orchestrator)
    await world.wish(agent, Wish.CANCEL)
    await execute(world.database, _SILENT)
    await world.sweep.sweep()
    await world.sweep.sweep()

    assert await status_of(world.database, agent) is Status.CANCELLED
    (told,) = await promised(world.database, finally_only=True)
    assert "is stopped" in told


async def test_a_paused_agent_that_loses_its_machine_is_paused_on_the_next(world: World) -> None:
    agent = await placed_agent(world.database, world.orchestrator)
    for seq, happening in enumerate((Started("laptop"), Paused()), start=1):
        await Reports(world.database).record(event(agent, seq, happening), LOCAL_MACHINE)
    await execute(world.database, _SILENT)
    await world.sweep.sweep()

    assert await status_of(world.database, agent) is Status.PAUSED
    assert await world.wish_of(agent) is Wish.PAUSE


async def test_a_resume_that_was_wished_while_the_machine_is_gone_comes_true_with_the_next(world: World) -> None:
    agent = await placed_agent(world.database, world.orchestrator)
    for seq, happening in enumerate((Started("laptop"), Paused()), start=1):
        await Reports(world.database).record(event(agent, seq, happening), LOCAL_MACHINE)
    await world.wish(agent, Wish.RESUME)
    await execute(world.database, _SILENT)
    await world.sweep.sweep()

    assert await status_of(world.database, agent) is Status.RUNNING
    assert await world.wish_of(agent) is None


async def test_finished_work_becomes_one_pull_request_and_one_reply(world: World) -> None:
    agent = await world.finished()
    for _ in range(2):
        await world.orchestrator.publish(agent.id)
    done = await fetched(world.database, agent.id)

    assert (done.status, done.progress) == (Status.COMPLETED, 100)
    assert done.metadata.pr_url is not None
    assert done.metadata.pr_url.endswith("/local/wallet-frontend/pull/1")
    assert ["is done" in text for text in await promised(world.database, finally_only=True)] == [True]


@pytest.mark.parametrize("too_late", [False, True])
async def test_a_code_host_that_fails_is_asked_again_and_opens_one_pull_request(
    world: World, *, too_late: bool
) -> None:
    agent = await world.finished()
    world.wire.failures, world.wire.too_late = 8, too_late
    while await status_of(world.database, agent) is Status.RUNNING:
        try:
            await world.orchestrator.publish(agent.id)
        except ProviderError:
            await execute(world.database, "update agents set updated_at = now() - interval '1 minute'")
            await world.sweep.sweep()

    assert JobRing("publish_pull_request", agent.id) in world.rings
    done = await fetched(world.database, agent.id)
    assert (done.status, str(done.metadata.pr_url)[-2:]) == (Status.COMPLETED, "/1")
    assert len(await world.orchestrator.code_host.list_repos()) == 1


async def test_a_code_host_that_refuses_fails_the_agent_and_says_why(world: World) -> None:
    agent = await world.finished()
    world.wire.status = 401
    await world.orchestrator.publish(agent.id)

    assert await status_of(world.database, agent) is Status.FAILED
    assert "GitHub refuses the token" in (await promised(world.database, finally_only=True))[0]


async def test_patience_with_a_code_host_that_is_away_ends_and_the_person_is_told(world: World) -> None:
    agent = await world.finished()
    world.wire.status = 502
    await execute(world.database, _LONG_AGO)
    with pytest.raises(ProviderError):
        await world.orchestrator.publish(agent.id)

    assert await status_of(world.database, agent) is Status.FAILED
    assert "never let me open" in (await promised(world.database, finally_only=True))[0]


async def test_a_stop_that_comes_before_the_pull_request_is_kept(world: World) -> None:
    agent = await world.finished()
    await world.wish(agent, Wish.CANCEL)
    await world.sweep.sweep()
    assert world.rings == [JobRing("publish_pull_request", agent.id)]
    await world.orchestrator.publish(agent.id)

    assert await status_of(world.database, agent) is Status.CANCELLED
    (told,) = await promised(world.database, finally_only=True)
    assert "What it had pushed is kept." in told


async def test_what_is_still_at_work_is_not_published(world: World) -> None:
    agent = await placed_agent(world.database, world.orchestrator)
    await Reports(world.database).record(event(agent, 1, PhaseEntered(Phase.PUBLISHING)), LOCAL_MACHINE)
    await world.orchestrator.publish(agent.id)

    assert await status_of(world.database, agent) is Status.RUNNING


async def test_what_is_over_or_unknown_is_left_alone(world: World) -> None:
    agent = await stored_agent(world.database)
    async with world.database.transaction() as tx:
        await tx.agents.move(agent.id, Move.CANCEL)
    for job in (world.orchestrator.start, world.orchestrator.publish):
        await job(agent.id)
        await job(uuid4())
    await world.orchestrator.rescue(agent.id, 0)

    assert (await fetched(world.database, agent.id)).leg == 0


async def test_the_sweep_wakes_the_machine_of_every_wish(world: World) -> None:
    agent = await placed_agent(world.database, world.orchestrator)
    await world.wish(agent, Wish.PAUSE)
    world.rings.clear()
    await world.sweep.sweep()

    assert world.rings == [MachineRing(LOCAL_MACHINE)]


async def test_one_sweep_at_a_time_looks_after_the_installation(world: World) -> None:
    async with world.database.only_one(7) as first, world.database.only_one(7) as second:
        assert (first, second) == (True, False)
    async with world.database.only_one(7) as third:
        assert third
