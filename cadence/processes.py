"""A child process of ours: it logs to a file, is stopped with care, and does not outlive its parent."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_LOG_ROTATES_AT = 10_000_000
_TAIL_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. ``quit_signal`` asks it to finish, and after ``grace`` seconds it is killed.

    ``environment`` replaces ours when it is given.
    """

    name: str
    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] | None = None
    quit_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0

    def last_lines(self, count: int = 10) -> str:
        """The end of its log, for a person who wants to know why it stopped."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - _TAIL_BYTES))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-count:])


class ChildProcess:
    """One running program and everything it started.

    It leads a session of its own, so that Ctrl-C in the terminal reaches only us and we decide in which order to stop.
    """

    def __init__(self, program: Program, process: asyncio.subprocess.Process) -> None:
        self.program = program
        self._process = process

    @classmethod
    async def start(cls, program: Program) -> Self:
        """Raises OSError when the program cannot be started."""
        _rotate(program.log)
        with program.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *_tethered(program),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=program.environment,
                start_new_session=True,
            )
        return cls(program, process)

    @property
    def pid(self) -> int:
        """The process, which is also its group."""
        return self._process.pid

    async def wait(self) -> int:
        """Wait until it ends, and end what it left behind. A killed program gives minus the signal's number."""
        code = await self._process.wait()
        _signal_group(self.pid, signal.SIGKILL)
        return code

    async def stop(self) -> int:
        """Ask it to finish, then insist. Stopping twice does nothing more."""
        if self._process.returncode is None:
            self._process.send_signal(self.program.quit_signal)
        try:
            return await asyncio.wait_for(self.wait(), self.program.grace)
        except TimeoutError:
            _signal_group(self.pid, signal.SIGKILL)
            return await self.wait()


def _tethered(program: Program) -> tuple[str, ...]:
    """On Linux the kernel itself asks the program to finish when we die, even by SIGKILL.

    Elsewhere a program that survives us is found and ended at the next start.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    if setpriv is None:
        return program.command
    return (setpriv, "--pdeathsig", program.quit_signal.name.removeprefix("SIG"), "--", *program.command)


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_ROTATES_AT:
        log.replace(log.with_suffix(log.suffix + ".1"))


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        # Nobody is left in it; macOS says so with "not permitted" while only a zombie remains.
        return
