"""Running git as the forge does: without this computer's configuration, hooks or prompts."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from core.commands import run_command, signal_session
from core.model.errors import CadenceError

_SETTINGS: Final = {
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "core.autocrlf": "false",
    "gc.auto": "0",
    "receive.autogc": "false",
    "safe.directory": "*",
    "advice.detachedHead": "false",
}


class GitFailed(CadenceError):
    """A git command ended with an error; the message is git's own last line."""


def git_environment() -> dict[str, str]:
    """Only what git needs, so that nothing set in the person's shell changes what the forge does."""
    settings = {
        f"GIT_CONFIG_{part}_{number}": text
        for number, pair in enumerate(_SETTINGS.items())
        for part, text in zip(("KEY", "VALUE"), pair, strict=True)
    }
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8",
        "HOME": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_COUNT": str(len(_SETTINGS)),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        **settings,
    }


async def run_git(
    git_dir: Path | None, *arguments: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None
) -> bytes:
    """Run a git command to its end and return what it printed. Raises GitFailed when git does not succeed."""
    git = await run_command(
        *_command(git_dir, arguments), stdin=stdin, environment={**git_environment(), **(environment or {})}
    )
    if git.status != 0:
        raise GitFailed(_last_line(git.complaints) or f"git ended with status {git.status}")
    return git.printed


async def read_git(git_dir: Path, *arguments: str, limit: int) -> tuple[bytes, bool]:
    """Return the first ``limit`` bytes a git command prints, and whether that was all of it."""
    process = await asyncio.create_subprocess_exec(
        *_command(git_dir, arguments),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        start_new_session=True,
        env=git_environment(),
    )
    if process.stdout is None:
        raise AssertionError("stdout was asked for")
    printed, whole = bytearray(), False
    try:
        while len(printed) <= limit and (piece := await process.stdout.read(65536)):
            printed += piece
        whole = len(printed) <= limit
    finally:
        if not whole:
            signal_session(process, signal.SIGKILL)
        # What is left in the pipe has to be read, or it stays open.
        await process.communicate()
    if whole and process.returncode != 0:
        raise GitFailed(f"git {arguments[0]} ended with status {process.returncode}")
    return bytes(printed[:limit]), whole


def _command(git_dir: Path | None, arguments: tuple[str, ...]) -> list[str]:
    place = [] if git_dir is None else [f"--git-dir={git_dir}"]
    return ["git", *place, *arguments]


def _last_line(complaints: bytes) -> str:
    return complaints.decode(errors="replace").strip().rpartition("\n")[2]
