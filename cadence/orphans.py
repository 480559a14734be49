"""Ends a server that an earlier Cadence left behind when it was killed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_GRACE = 20.0
_PAUSE = 0.02


async def end_orphan(pid_file: Path, mark: str, quit_signal: signal.Signals) -> None:
    """End the process that ``pid_file`` names, if its command line still holds ``mark``: numbers are used again."""
    pid = _first_number(pid_file)
    if pid is None or mark not in _command_line(pid):
        return
    _send(pid, quit_signal)
    if not await asyncio.to_thread(_ends, pid, mark, _GRACE):
        _send(pid, signal.SIGKILL)
        await asyncio.to_thread(_ends, pid, mark, _GRACE)


def _ends(pid: int, mark: str, within: float) -> bool:
    """Somebody else's child can only be asked again and again."""
    deadline = time.monotonic() + within
    while mark in _command_line(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE)
    return True


def _first_number(pid_file: Path) -> int | None:
    try:
        first_line = pid_file.read_text().partition("\n")[0].strip()
    except FileNotFoundError:
        return None
    return int(first_line) if first_line.isdecimal() else None


def _command_line(pid: int) -> str:
    """Empty for a process that is gone or only a zombie."""
    if sys.platform != "linux":
        return subprocess.run(
            ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        # It has ended by itself in the meantime, which is what we want.
        return
