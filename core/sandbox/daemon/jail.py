"""The box an agent lives in: what it sees of the machine, and how a command is run inside."""

import asyncio
import os
import shlex
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Final

from core.sandbox.daemon.box_spec import Bind, BoxSpec, write_spec
from core.sandbox.daemon.bubblewrap import Bubblewrap
from core.sandbox.daemon.cgroups import Cgroups, Group
from core.sandbox.daemon.limits import Limits
from core.sandbox.daemon.processes import end_box

AGENT_UID: Final = 10003
WORKSPACE: Final = "/workspace"
REPO: Final = "/workspace/repo"
AGENT_HOME: Final = "/home/agent"

_SHOWN_ETC: Final = (
    "alternatives",
    "ca-certificates",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "nsswitch.conf",
    "ssl",
)
_SYSTEM_PATH: Final = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"


@dataclass(frozen=True, slots=True)
class Boxed:
    """A command to be run in a box, and what the box holds besides the system."""

    command: tuple[str, ...]
    binds: tuple[Bind, ...] = ()
    env: dict[str, str] = field(default_factory=dict[str, str])
    cwd: str = "/"
    gate: bool = False


@dataclass(frozen=True, slots=True)
class BoxResult:
    """How a boxed command ended. ``output`` is empty when it went to a file."""

    status: int
    output: str
    errors: str


def _python_home() -> tuple[Bind, ...]:
    """Our own interpreter, where it is not the system's, so that a Python project can be tested with it."""
    home = Path(sys.base_prefix).resolve()
    return () if home.is_relative_to("/usr") else (Bind(str(home), str(home)),)


def _path() -> str:
    return ":".join([*(f"{bind.target}/bin" for bind in _python_home()), _SYSTEM_PATH])


def _accounts(folder: Path, uid: int) -> tuple[Bind, ...]:
    """The user database of the box: root and the agent, nobody of the machine."""
    files = {
        "passwd": f"root:x:0:0:root:/root:/usr/sbin/nologin\nagent:x:{uid}:{uid}:agent:{AGENT_HOME}:/bin/sh\n",
        "group": f"root:x:0:\nagent:x:{uid}:\n",
        "hosts": "127.0.0.1 localhost\n",
    }
    for name, text in files.items():
        path = folder / name
        path.write_text(text)
        path.chmod(0o644)
    return tuple(Bind(str(folder / name), f"/etc/{name}") for name in files)


def _shown_etc() -> tuple[Bind, ...]:
    return tuple(Bind(f"/etc/{name}", f"/etc/{name}") for name in _SHOWN_ETC if Path("/etc", name).exists())


def _launcher_command(spec_path: Path) -> list[str]:
    """The launcher runs without site packages: it needs the standard library and ``core`` alone."""
    return [sys.executable, "-S", "-P", "-m", "core.sandbox.daemon.launch", str(spec_path)]


def _launcher_env() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(__file__).resolve().parents[3]), "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True, slots=True)
class Jail:
    """Makes boxes. ``uid`` is the agent's own user when we are root, else None: the box keeps our user.

    All boxes of one run are in its ``group``, where the machine has cgroups.
    """

    bubblewrap: Bubblewrap
    uid: int | None
    limits: Limits = field(default_factory=Limits)
    cgroups: Cgroups = field(default_factory=Cgroups)
    group: Group | None = None

    @asynccontextmanager
    async def of_run(self, name: str) -> AsyncGenerator["Jail"]:
        """The jail of one run, for the length of the block."""
        group = self.cgroups.make(name, self.limits)
        try:
            yield replace(self, group=group)
        finally:
            if group is not None:
                await asyncio.to_thread(group.remove)

    def give(self, path: Path) -> None:
        """Let ``path`` belong to the agent's user."""
        if self.uid is not None:
            os.chown(path, self.uid, self.uid, follow_symlinks=False)

    def lay_out(self, folder: Path, boxed: Boxed) -> Path:
        """Describe the box in ``folder`` and return the description's path."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        uid = os.getuid() if self.uid is None else self.uid
        env = {"PATH": _path(), "HOME": AGENT_HOME, "USER": "agent", "LANG": "C.UTF-8", "TERM": "dumb"} | boxed.env
        spec = BoxSpec(
            bwrap=str(self.bubblewrap.path),
            bwrap_home=str(self.bubblewrap.home),
            argv=boxed.command,
            env=tuple(env.items()),
            binds=(*_python_home(), *_shown_etc(), *_accounts(folder, uid), *boxed.binds),
            cwd=boxed.cwd,
            uid=self.uid,
            gate=boxed.gate,
            cgroups=() if self.group is None else self.group.doors,
            largest_file=self.limits.file,
            scratch=self.limits.scratch,
        )
        write_spec(spec, folder / "box.json")
        return folder / "box.json"

    def script(self, folder: Path, boxed: Boxed) -> Path:
        """A program that is the boxed command, for callers that want to start a program by its path."""
        spec_path = self.lay_out(folder, boxed)
        assignments = [f"{name}={value}" for name, value in _launcher_env().items()]
        line = shlex.join(["exec", "/usr/bin/env", *assignments, *_launcher_command(spec_path)])
        script = folder / "enter"
        script.write_text(f'#!/bin/sh\n{line} "$@"\n')
        script.chmod(0o700)
        return script

    async def run(self, folder: Path, boxed: Boxed, output: IO[bytes] | None = None) -> BoxResult:
        """Run a boxed command to its end. Nothing of it is left when this returns, raises or is cancelled."""
        process = await asyncio.create_subprocess_exec(
            *_launcher_command(self.lay_out(folder, boxed)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if output is None else output,
            stderr=asyncio.subprocess.PIPE,
            env=_launcher_env(),
        )
        try:
            out, errors = await process.communicate()
        finally:
            await end_box(process.pid)
        return BoxResult(await process.wait(), (out or b"").decode(errors="replace"), errors.decode(errors="replace"))
