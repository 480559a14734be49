"""Keeps programs running: one that dies is started again, one that keeps dying stops everything with its last words."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import NoReturn

import structlog

from cadence.processes import ChildProcess, Program
from core.model.errors import Refusal

_log = structlog.get_logger(__name__)


class KeepsCrashing(Refusal):
    """A program died again and again; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """So many crashes within ``window`` seconds are too many; until then each wait is twice as long as the last."""

    crashes: int = 5
    window: float = 60.0
    first_wait: float = 0.25


DEFAULT_POLICY = RestartPolicy()


async def keep(program: Program, policy: RestartPolicy = DEFAULT_POLICY) -> NoReturn:
    """Run a program until this is cancelled, and stop it then. Raises KeepsCrashing."""
    crashes: deque[float] = deque()
    while True:
        code = await _run(program)
        crashes.append(time.monotonic())
        while crashes[0] < crashes[-1] - policy.window:
            crashes.popleft()
        _log.warning("program_died", program=program.name, exit_code=code, crashes=len(crashes))
        if len(crashes) >= policy.crashes:
            raise KeepsCrashing(_last_words(program, len(crashes), policy))
        await asyncio.sleep(policy.first_wait * 2 ** (len(crashes) - 1))


async def keep_all(*programs: Program, policy: RestartPolicy = DEFAULT_POLICY) -> None:
    """Keep several programs; when one keeps crashing, stop the others and raise its KeepsCrashing."""
    try:
        async with asyncio.TaskGroup() as group:
            for program in programs:
                group.create_task(keep(program, policy))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def _run(program: Program) -> int:
    child = await ChildProcess.start(program)
    try:
        return await child.wait()
    finally:
        await child.stop()


def _last_words(program: Program, crashes: int, policy: RestartPolicy) -> str:
    return (
        f"{program.name} stopped {crashes} times within {policy.window:.0f} seconds."
        f" The end of {program.log} says:\n{program.last_lines()}"
    )
