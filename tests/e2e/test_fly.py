"""Agents on machines that are made for one run each: a simulated Fly, real daemons, boxes and the real Claude CLI."""

import os
import signal

import pytest

from tests.e2e.running import Installation, children, eventually, processes_with, up

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("box")]

TASK = "start an agent on wallet frontend to fix the login redirect bug"


def machines() -> list[int]:
    """The processes that are the machines."""
    return [pid for pid, command in processes_with("CADENCE_ONE_SHOT=1").items() if "cadence.cli daemon" in command]


async def test_a_run_has_a_machine_of_its_own_that_is_gone_afterwards(fresh: Installation) -> None:
    fresh.environ.update(CADENCE_HOST="fly-simulated", FLY_POOL_SIZE="1")
    async with up(fresh):
        agent = await fresh.command(TASK)
        await fresh.until_done(agent)

        assert await fresh.pulls_of(agent) == 1
        # The daemon of this computer had nothing to do.
        assert "run_ended" not in (fresh.home.logs / "daemon.log").read_text()
        await eventually(_one_waits)
    assert machines() == []


async def test_a_run_whose_machine_is_killed_gets_another_one(fresh: Installation) -> None:
    fresh.environ.update(CADENCE_HOST="fly-simulated", FLY_POOL_SIZE="0")
    async with up(fresh) as process:
        fresh.model.open.clear()
        agent = await fresh.command(TASK)
        await fresh.model.asked.wait()
        for pid in machines():
            os.kill(pid, signal.SIGKILL)
        fresh.model.open.set()
        await fresh.until_done(agent)

        assert await fresh.pulls_of(agent) == 1
        assert "serve" in children(process.pid)
    assert machines() == []


async def _one_waits() -> bool:
    return len(machines()) == 1
