"""Runs another program's command to its end; whoever stops waiting for one ends it too."""

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_GRACE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Completed:
    """How a command ended. A killed one has minus the signal's number for its ``status``."""

    status: int
    printed: bytes
    complaints: bytes


async def run_command(
    *command: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Completed:
    """Run a command in ``folder`` with nothing but ``stdin`` to read. ``environment`` replaces ours when it is given.

    Raises OSError when it cannot be started. When this is cancelled, the command and its children are gone before it
    returns: a process that nobody waits for would outlive the loop and complain to the terminal.
    """
    process = await _start(command, environment, folder)
    try:
        printed, complaints = await process.communicate(stdin)
    finally:
        await _end(process)
    return Completed(await process.wait(), printed, complaints)


async def _start(command: tuple[str, ...], environment: Mapping[str, str] | None, folder: Path | None) -> Process:
    """Cancelled while it starts a process, asyncio would kill that one only and wait for its children's pipes."""
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True, env=environment, cwd=folder
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await _end(await starting)
        raise


async def _end(process: Process) -> None:
    """Ask first: on SIGTERM git removes its locks."""
    if process.returncode is None:
        signal_session(process, signal.SIGTERM)
        try:
            # What is left in the pipes has to be read, or they stay open.
            await asyncio.wait_for(process.communicate(), _GRACE_SECONDS)
        except TimeoutError:
            signal_session(process, signal.SIGKILL)
            await process.communicate()


def signal_session(process: Process, number: signal.Signals) -> None:
    """Signal a process that leads a session, and all of its children, unless it has ended by itself."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
