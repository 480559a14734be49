"""Pausing, resuming, ending and losing runs that are really under way."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.model.command import Wish
from core.model.event import Failed, Stopped
from core.sandbox.protocol import Abandon, Renew, Signal
from tests.conftest import RequireTool
from tests.integration.sandbox_world import MACHINE_TOKEN, World, daemon, descendants, until_gone, world

# The play's test step: it says that it has begun, leaves a child behind, and never ends.
_ENDLESS = {
    "tests/test_endless.py": """
import subprocess, urllib.error, urllib.request
subprocess.Popen(["sleep", "600"], start_new_session=True)
try:
    urllib.request.urlopen("http://127.0.0.1:8377/begun", timeout=5)
except urllib.error.HTTPError:
    pass
subprocess.run(["sleep", "600"])
"""
}
_RUN_DAEMON = """
import asyncio, sys
from pathlib import Path
from core.sandbox.daemon.app import DaemonConfig, run_daemon
asyncio.run(run_daemon(DaemonConfig(sys.argv[1], sys.argv[2], Path(sys.argv[3]), "process")))
"""


@pytest.fixture(autouse=True)
def _tools(require_tool: RequireTool, box: None) -> None:  # noqa: ARG001 # pyright: ignore[reportUnusedFunction]
    require_tool("git", "sudo apt install git")


@asynccontextmanager
async def _daemon_process(here: World) -> AsyncGenerator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _RUN_DAEMON, here.plane.url, MACHINE_TOKEN, str(here.state),
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"]},
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_paused_run_holds_and_a_resumed_one_finishes(tmp_path: Path) -> None:
    async with world(tmp_path) as here, daemon(here.config()):
        task = here.task()
        await here.begin(task)
        await here.plane.send(Signal(agent_id=task.agent_id, leg=1, wish=Wish.PAUSE))
        await here.plane.until_kind(task.agent_id, "paused")
        held = here.plane.kinds(task.agent_id)
        await here.plane.send(Signal(agent_id=task.agent_id, leg=1, wish=Wish.PAUSE))
        await here.plane.send(Signal(agent_id=task.agent_id, leg=1, wish=Wish.RESUME))
        await here.plane.until_over(task.agent_id)
        kinds = here.plane.kinds(task.agent_id)

    assert "step_taken" not in held
    assert kinds[len(held)] == "resumed"
    assert kinds.count("paused") == kinds.count("resumed") == 1
    assert kinds[-2:] == ["branch_pushed", "finished"]


async def test_a_run_goes_on_through_every_door_with_the_token_it_is_given_on_the_way(tmp_path: Path) -> None:
    async with world(tmp_path) as here, daemon(here.config()):
        task = here.task()
        await here.begin(task)
        await here.plane.send(Signal(agent_id=task.agent_id, leg=1, wish=Wish.PAUSE))
        await here.plane.until_kind(task.agent_id, "paused")
        asked, here.doors.token = len(here.doors.asked), "run-token-that-came-later"
        await here.plane.send(Renew(agent_id=task.agent_id, leg=1, token=here.doors.token))
        await here.plane.send(Signal(agent_id=task.agent_id, leg=1, wish=Wish.RESUME))
        await here.plane.until_over(task.agent_id)

    assert here.plane.kinds(task.agent_id)[-2:] == ["branch_pushed", "finished"]
    assert len(here.doors.asked) > asked
    assert here.doors.snapshots
    assert here.doors.keys_seen == {task.token, here.doors.token}


async def test_a_cancelled_run_is_gone_within_a_second(tmp_path: Path) -> None:
    async with world(tmp_path, _ENDLESS) as here, daemon(here.config()):
        task = here.task()
        before = descendants(os.getpid())
        await here.begin(task)
        await here.plane.until_kind(task.agent_id, "blocked")
        during = descendants(os.getpid()) - before
        asked = time.perf_counter()
        await here.plane.send(Signal(agent_id=task.agent_id, leg=1, wish=Wish.CANCEL))
        await here.plane.send(Signal(agent_id=task.agent_id, leg=1, wish=Wish.CANCEL))
        await here.plane.until_over(task.agent_id)
        took = time.perf_counter() - asked
        # Not whatever is new: the tests' own Postgres starts processes as it pleases.
        after = descendants(os.getpid()) & during

    assert len(during) >= 4
    assert after == set()
    assert took < 1
    assert here.plane.happenings(task.agent_id)[-1] == Stopped()
    assert list((here.state / "runs").iterdir()) == []


async def test_a_run_can_be_cancelled_at_any_moment_of_its_beginning(tmp_path: Path) -> None:
    async with world(tmp_path) as here, daemon(here.config()):
        before = descendants(os.getpid())
        for phase in (0, 1, 2):
            task = here.task()
            await here.begin(task)
            await here.plane.until(lambda t=task, n=phase: here.plane.kinds(t.agent_id).count("phase_entered") >= n)
            await here.plane.send(Signal(agent_id=task.agent_id, leg=1, wish=Wish.CANCEL))
            await here.plane.until_over(task.agent_id)
            assert here.plane.happenings(task.agent_id)[-1] == Stopped()
            assert descendants(os.getpid()) - before == set()


async def test_an_abandoned_run_ends_and_reports_nothing_more(tmp_path: Path) -> None:
    async with world(tmp_path, _ENDLESS) as here, daemon(here.config()):
        task = here.task()
        before = descendants(os.getpid())
        await here.begin(task)
        await here.plane.until_kind(task.agent_id, "blocked")
        said = len(here.plane.received)
        running = [os.pidfd_open(pid) for pid in descendants(os.getpid()) - before]
        await here.plane.send(Abandon(agent_id=task.agent_id, leg=1))
        await until_gone(running)
        other = here.task("Another task.")
        await here.begin(task)
        await here.begin(other)
        await here.plane.until_over(other.agent_id)

    assert {e.agent_id for e in here.plane.received[said:]} == {other.agent_id}


async def test_events_are_replayed_over_the_next_connection(tmp_path: Path) -> None:
    async with world(tmp_path) as here, daemon(here.config()):
        here.plane.acknowledging = False
        task = here.task()
        await here.begin(task)
        await here.plane.until_kind(task.agent_id, "step_taken")
        await here.plane.connections[-1].close()
        await here.plane.until(lambda: len(here.plane.hellos) > 1)
        here.plane.acknowledging = True
        await here.plane.until_over(task.agent_id)
        numbers = [event.seq for event in here.plane.events(task.agent_id)]

    assert [run.agent_id for run in here.plane.hellos[1].runs] == [task.agent_id]
    assert [event.seq for event in here.plane.received].count(1) == 2
    assert numbers == list(range(1, len(numbers) + 1))


async def test_a_task_is_carried_out_once_however_often_it_is_sent(tmp_path: Path) -> None:
    async with world(tmp_path) as here, daemon(here.config()):
        task = here.task("Once.")
        await here.begin(task)
        await here.begin(task)
        await here.plane.until_over(task.agent_id)
        await here.begin(task)
        other = here.task("Another task.")
        await here.begin(other)
        await here.plane.until_over(other.agent_id)

    assert here.plane.kinds(task.agent_id).count("started") == 1
    assert here.plane.kinds(task.agent_id)[-1] == "finished"


async def test_nothing_outlives_a_daemon_that_is_killed(tmp_path: Path) -> None:
    async with world(tmp_path, _ENDLESS) as here:
        here.plane.acknowledging = False
        task = here.task()
        async with _daemon_process(here) as process:
            await here.begin(task)
            await here.plane.until_kind(task.agent_id, "blocked")
            running = [os.pidfd_open(pid) for pid in descendants(process.pid)]
            killed = time.perf_counter()
            process.kill()
            await until_gone(running)
            took = time.perf_counter() - killed
        said = here.plane.kinds(task.agent_id)
        here.plane.received.clear()
        async with _daemon_process(here):
            await here.plane.until(lambda: len(here.plane.kinds(task.agent_id)) == len(said))
            again = here.plane.kinds(task.agent_id)
            left = list((here.state / "runs").iterdir())
            await here.begin(task)
            await here.plane.until_over(task.agent_id)

    assert len(running) >= 4
    assert took < 2
    assert again == said
    assert here.plane.hellos[-1].runs == ()
    assert left == []
    assert here.plane.happenings(task.agent_id)[-1] == Failed(
        "The machine was restarted in the middle of the work. Try again."
    )


async def test_sigterm_ends_the_daemon_and_every_process_of_its_runs(tmp_path: Path) -> None:
    async with world(tmp_path, _ENDLESS) as here, _daemon_process(here) as process:
        task = here.task()
        await here.begin(task)
        await here.plane.until_kind(task.agent_id, "blocked")
        running = [os.pidfd_open(pid) for pid in descendants(process.pid)]
        process.send_signal(signal.SIGTERM)
        await until_gone(running)
        status = await process.wait()

    assert status == 0
    assert list((here.state / "runs").iterdir()) == []
