"""Programs that are kept running, and what is left when the keeper itself is killed."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from cadence.embedded import EmbeddedPostgres
from cadence.instance import AlreadyRunning, InstanceLock
from cadence.processes import ChildProcess, Program
from cadence.supervisor import KeepsCrashing, RestartPolicy, keep, keep_all

only_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")

ALL_IN_ONE = """
import asyncio, json, sys
from pathlib import Path
from cadence.embedded import EmbeddedPostgres, EmbeddedRedis
from cadence.instance import InstanceLock

async def main(state):
    with InstanceLock(state / "lock") as lock:
        postgres = EmbeddedPostgres(state / "postgres", state / "run", state / "postgres.log")
        async with postgres as url, EmbeddedRedis(state / "run", state / "redis.log"):
            lock.announce("http://127.0.0.1:8000")
            print(json.dumps(url), flush=True)
            await asyncio.Event().wait()

asyncio.run(main(Path(sys.argv[1])))
"""


@pytest.fixture
def state() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cadence-") as folder:
        yield Path(folder)


def python(state: Path, code: str, name: str = "program", grace: float = 10.0) -> Program:
    return Program(name, (sys.executable, "-c", code), state / f"{name}.log", grace=grace)


async def ended(pid: int) -> None:
    """Await the end of a process that is not our child."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    over = asyncio.Event()
    asyncio.get_running_loop().add_reader(descriptor, over.set)
    try:
        await asyncio.wait_for(over.wait(), 20)
    finally:
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)


async def said(program: Program, text: str) -> None:
    async with asyncio.timeout(20):
        while text not in program.last_lines():  # noqa: ASYNC110 -- A log file rings no bell.
            await asyncio.sleep(0.01)


@asynccontextmanager
async def all_in_one(state: Path) -> AsyncGenerator[tuple[asyncio.subprocess.Process, str]]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", ALL_IN_ONE, str(state), stdout=PIPE)
    assert process.stdout is not None
    try:
        yield process, json.loads(await process.stdout.readline())
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def servers(state: Path) -> list[int]:
    files = (state / "postgres" / "postmaster.pid", state / "run" / "redis.pid")
    return [int(file.read_text().split()[0]) for file in files]


@only_linux
async def test_the_servers_end_with_a_process_that_was_killed(state: Path) -> None:
    async with all_in_one(state) as (process, _):
        pids = servers(state)
        process.kill()
        await asyncio.gather(*(ended(pid) for pid in pids))


async def test_what_was_committed_before_a_kill_is_there_at_the_next_start(state: Path) -> None:
    async with all_in_one(state) as (process, url):
        connection = await asyncpg.connect(url)
        await connection.execute("create table note as select 'committed' as text")
        process.kill()
        # Nobody may be left to say goodbye to.
        connection.terminate()
    async with EmbeddedPostgres(state / "postgres", state / "run", state / "postgres.log") as again:
        connection = await asyncpg.connect(again)
        assert await connection.fetchval("select text from note") == "committed"
        await connection.close()


async def test_of_two_started_at_once_one_runs_and_the_other_says_where(state: Path) -> None:
    async with all_in_one(state) as (process, _):
        sentence = f"Cadence is already running at http://127.0.0.1:8000 (process {process.pid})."
        with pytest.raises(AlreadyRunning) as refusal, InstanceLock(state / "lock"):
            pass
        assert str(refusal.value) == sentence


async def test_the_lock_of_a_killed_process_is_free(state: Path) -> None:
    async with all_in_one(state) as (process, _):
        process.kill()
        await process.wait()
        with InstanceLock(state / "lock"):
            pass


async def test_a_child_is_asked_to_finish_before_it_is_killed(state: Path) -> None:
    code = "import signal, sys; signal.signal(15, lambda *_: sys.exit(7)); print('up', flush=True); signal.pause()"
    child = await ChildProcess.start(python(state, code))
    await said(child.program, "up")
    assert await child.stop() == 7


async def test_a_child_that_will_not_finish_is_killed(state: Path) -> None:
    code = "import signal; signal.signal(15, signal.SIG_IGN); print('up', flush=True); signal.pause()"
    child = await ChildProcess.start(python(state, code, grace=0.2))
    await said(child.program, "up")
    assert await child.stop() == -signal.SIGKILL


@only_linux
async def test_what_a_child_left_behind_ends_with_it(state: Path) -> None:
    code = "import subprocess; print(subprocess.Popen(['sleep', '1000']).pid, flush=True)"
    child = await ChildProcess.start(python(state, code))
    await child.wait()
    await ended(int(child.program.last_lines()))


async def test_a_child_does_not_hear_the_ctrl_c_meant_for_us(state: Path) -> None:
    child = await ChildProcess.start(python(state, "import signal; signal.pause()"))
    assert os.getpgid(child.pid) == child.pid != os.getpgrp()
    await child.stop()


async def test_a_program_that_dies_is_started_again(state: Path) -> None:
    program = python(state, "print('started', flush=True)")
    keeping = asyncio.create_task(keep(program, RestartPolicy(crashes=50, first_wait=0.0)))
    await said(program, "started\nstarted")
    keeping.cancel()
    await asyncio.wait({keeping})
    assert keeping.cancelled()


async def test_a_program_that_keeps_dying_is_given_up_with_its_last_words(state: Path) -> None:
    program = python(state, "raise SystemExit('the port is taken')", name="serve")
    with pytest.raises(KeepsCrashing) as refusal:
        await keep(program, RestartPolicy(crashes=3, first_wait=0.0))
    assert str(refusal.value).startswith("serve stopped 3 times within 60 seconds.")
    assert str(refusal.value).endswith("the port is taken")


async def test_when_one_is_given_up_the_others_are_stopped(state: Path) -> None:
    steady = python(state, "import os, signal; print(os.getpid(), flush=True); signal.pause()", name="worker")
    until_it_is_up = f"import pathlib\nwhile not pathlib.Path({str(steady.log)!r}).read_text().strip(): pass"
    broken = python(state, f"{until_it_is_up}\nraise SystemExit(1)", name="serve")
    with pytest.raises(KeepsCrashing, match="serve stopped"):
        await keep_all(steady, broken, policy=RestartPolicy(crashes=4, first_wait=0.1))
    with pytest.raises(ProcessLookupError):
        os.kill(int(steady.last_lines()), 0)
