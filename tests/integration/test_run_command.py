import asyncio
import os
from pathlib import Path

import pytest

from core.commands import run_command


async def test_a_command_is_waited_for_and_its_words_are_kept_apart() -> None:
    completed = await run_command("sh", "-c", "cat; echo no >&2; exit 3", stdin=b"yes")

    assert (completed.status, completed.printed, completed.complaints) == (3, b"yes", b"no\n")


async def test_a_command_that_nobody_waits_for_any_more_is_gone_with_its_children(tmp_path: Path) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    waiting = asyncio.create_task(run_command("sh", "-c", f"sleep 600 & echo $$ $! > {started}; wait"))
    parent, child = (await asyncio.to_thread(started.read_text)).split()
    descriptor = os.pidfd_open(int(child))
    over = asyncio.Event()
    asyncio.get_running_loop().add_reader(descriptor, over.set)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    with pytest.raises(ProcessLookupError):
        os.kill(int(parent), 0)
    await asyncio.wait_for(over.wait(), 10)
    asyncio.get_running_loop().remove_reader(descriptor)
    os.close(descriptor)


async def test_a_program_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        await run_command("no-such-program-anywhere")
