"""Ends a box for certain: every process in it, however deep, before anybody is told that it is over."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from core.sandbox.daemon.readiness import readable


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


async def end_box(pid: int) -> None:
    """Kill the box held by ``pid`` and wait until the last process in it is gone.

    The box's first process takes all others with it, and bubblewrap outside leaves only when that is done; before the
    box has a first process there is only the launcher to kill.
    """
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        for victim in _children(pid) or [pid]:
            _kill(victim)
        try:
            async with asyncio.timeout(2):
                await readable(descriptor)
        except TimeoutError:
            _kill(pid)
            await readable(descriptor)
    finally:
        os.close(descriptor)
