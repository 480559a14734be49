import asyncio
import os
import signal

import pytest

from tests.e2e.running import Installation, children, eventually, processes_naming, start, up

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("box")]

TASK = "start an agent on wallet frontend to fix the login redirect bug"


@pytest.mark.parametrize("victim", ["worker", "serve", "daemon"])
async def test_killing_a_process_in_the_middle_of_a_run_loses_nothing_and_doubles_nothing(
    fresh: Installation, victim: str
) -> None:
    async with up(fresh) as process:
        fresh.model.open.clear()
        await fresh.handset.send_text(TASK)
        await asyncio.wait_for(fresh.model.asked.wait(), 30)
        os.kill(children(process.pid)[victim], signal.SIGKILL)
        fresh.model.open.set()
        await fresh.handset.next_message(lambda shown: "is done" in shown.text, timeout=90)

        assert len(await fresh.agents()) == 1
        assert len(await fresh.pulls()) == 1


@pytest.mark.parametrize("victim", ["postgres", "valkey-server"])
async def test_a_server_killed_in_the_middle_of_a_run_is_survived_even_by_the_command_that_watches(
    fresh: Installation, victim: str
) -> None:
    async with up(fresh) as process:
        fresh.model.open.clear()
        saying = await start(fresh, "say", TASK)
        await asyncio.wait_for(fresh.model.asked.wait(), 30)
        (pid,) = (pid for command, pid in children(process.pid).items() if f"/{victim}" in command)
        os.kill(pid, signal.SIGKILL)
        fresh.model.open.set()
        printed, _ = await asyncio.wait_for(saying.communicate(), 90)

        assert saying.returncode == 0
        assert b"Pull request: http://" in printed
        assert len(await fresh.pulls()) == 1


async def test_a_message_accepted_before_everything_dies_is_answered_after_the_next_start(fresh: Installation) -> None:
    async with up(fresh) as process:
        fresh.model.open.clear()
        await fresh.handset.send_text(TASK)
        await fresh.handset.next_message(lambda shown: "is starting on" in shown.text)
        await asyncio.wait_for(fresh.model.asked.wait(), 30)
        process.kill()
        await process.wait()
        await eventually(lambda: _gone(fresh))
    fresh.model.open.set()
    async with up(fresh):
        await fresh.handset.next_message(lambda shown: "is done" in shown.text, timeout=90)

        assert len(await fresh.pulls()) == 1


async def test_ctrl_c_in_the_middle_of_a_run_leaves_nothing_running(fresh: Installation) -> None:
    async with up(fresh) as process:
        fresh.model.open.clear()
        await fresh.handset.send_text(TASK)
        await asyncio.wait_for(fresh.model.asked.wait(), 30)
        process.send_signal(signal.SIGINT)
        output, _ = await asyncio.wait_for(process.communicate(), 30)

    assert b"Everything is stopped." in output
    assert process.returncode == 0
    assert processes_naming(str(fresh.home.path)) == []


async def _gone(installation: Installation) -> bool:
    return not processes_naming(str(installation.home.path))
