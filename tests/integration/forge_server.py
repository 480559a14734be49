"""A forge on a free port of this computer, and git as a person runs it against it."""

import asyncio
import os
import socket
from asyncio.subprocess import PIPE
from base64 import b64encode
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hypercorn.asyncio import serve  # pyright: ignore[reportUnknownVariableType] -- Its WSGI half is untyped.
from hypercorn.config import Config

from cadence.forge.app import create_forge
from cadence.forge.seed import seed_repo
from core.github.github import GitHub
from core.model.people import Repo

TOKEN = "forge-token-7f31"
_PARTS = ("NAME", "EMAIL")


class GitSaidNo(Exception):
    """git ended with an error; the message is everything it said."""


@dataclass(frozen=True, slots=True)
class RunningForge:
    root: Path
    url: str

    def github(self, url: str | None = None) -> GitHub:
        base = url or self.url
        return GitHub(base, f"{base}/api/v3", TOKEN)

    def repo(self, name: str) -> Repo:
        return Repo("local", name, f"{self.url}/local/{name}.git", "main")


@asynccontextmanager
async def running_forge(root: Path) -> AsyncGenerator[RunningForge]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config, stop = Config(), asyncio.Event()
    # From here on the socket is the server's, which closes it.
    config.bind = [f"fd://{listener.detach()}"]
    config.graceful_timeout = 1
    serving = asyncio.create_task(serve(create_forge(root, url, TOKEN), config, shutdown_trigger=stop.wait))
    try:
        yield RunningForge(root, url)
    finally:
        stop.set()
        await serving


async def git(folder: Path, *arguments: str, token: str | None = None) -> str:
    process = await asyncio.create_subprocess_exec(
        "git", *arguments, cwd=folder, env=_environment(token), stdout=PIPE, stderr=PIPE
    )
    printed, complaints = await process.communicate()
    if process.returncode != 0:
        raise GitSaidNo(complaints.decode())
    return printed.decode().strip()


async def seeded_clone(forge: RunningForge, folder: Path, files: Mapping[str, str] | None = None) -> Path:
    """A repository ``local/shop`` on the forge, and a clone of it to work in."""
    tree = folder / "tree"
    write_files(tree, files or {"README.md": "# Shop\n", "src/cart.py": "TOTAL = 1\n"})
    await seed_repo(forge.root, "local", "shop", tree)
    await git(folder, "clone", "--quiet", f"{forge.url}/local/shop.git", "clone", token=TOKEN)
    return folder / "clone"


async def push_branch(clone: Path, branch: str, files: Mapping[str, str], message: str = "Change the shop") -> None:
    await git(clone, "checkout", "--quiet", "-B", branch, "origin/main")
    write_files(clone, files)
    await git(clone, "add", "--all")
    await git(clone, "commit", "--quiet", "--message", message)
    await git(clone, "push", "--quiet", "origin", branch, token=TOKEN)


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())


def _environment(token: str | None) -> dict[str, str]:
    person = {f"GIT_{role}_{part}": "cadence@example.com" for role in ("AUTHOR", "COMMITTER") for part in _PARTS}
    header = f"Authorization: Basic {b64encode(f'x-access-token:{token}'.encode()).decode()}"
    config = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraHeader", "GIT_CONFIG_VALUE_0": header}
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        **person,
        **({} if token is None else config),
    }
