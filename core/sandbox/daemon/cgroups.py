"""Groups of processes that the kernel holds to a limit: cgroups, of either version, where this machine lets us."""

import os
import shlex
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from core.sandbox.daemon.limits import Limits

_log = structlog.get_logger(__name__)

_ROOT: Final = Path("/sys/fs/cgroup")
_PERIOD: Final = 100_000
_CONTROLLERS: Final = frozenset({"cpu", "memory", "pids"})


@dataclass(frozen=True, slots=True)
class Group:
    """One run's, as the folders that make it up: one with version 2, one for each controller with version 1."""

    folders: tuple[Path, ...]

    @property
    def doors(self) -> tuple[str, ...]:
        """The files into which a process writes 0 to join."""
        return tuple(str(folder / "cgroup.procs") for folder in self.folders)

    def hits(self) -> dict[str, int]:
        """How often the kernel has had to say no: ``memory`` killed a process, ``processes`` refused one."""
        return {
            "memory": self._count("oom_kill", "memory.events", "memory.oom_control"),
            "processes": self._count("max", "pids.events"),
        }

    def remove(self) -> None:
        """Take the group away, with whatever is still in it."""
        for folder in self.folders:
            _remove(folder)

    def _count(self, what: str, *files: str) -> int:
        for path in (folder / name for folder in self.folders for name in files):
            with suppress(OSError):
                counts = dict(line.split() for line in path.read_text().splitlines())
                return int(counts.get(what, 0))
        return 0


@dataclass(frozen=True, slots=True)
class Cgroups:
    """Where one daemon's groups are made. No ``bases`` means nowhere."""

    bases: tuple[Path, ...] = ()
    version: int = 0

    def make(self, name: str, limits: Limits) -> Group | None:
        """A group held to ``limits``; None where there can be none."""
        if not self.bases:
            return None
        group = Group(tuple(base / name for base in self.bases))
        try:
            for folder in group.folders:
                _make_base(folder.parent, self.version)
                folder.mkdir(exist_ok=True)
            for file, value in _settings(limits, self.version).items():
                _set(group, file, value)
        except OSError as problem:
            _log.warning("no_cgroup", error=str(problem))
            group.remove()
            return None
        return group

    def clear(self) -> None:
        """Remove everything, also what a daemon that was killed left behind."""
        for base in self.bases:
            if base.exists():
                for folder in [entry for entry in base.iterdir() if entry.is_dir()]:
                    _remove(folder)
                _remove(base)


def find_cgroups(owner: str) -> Cgroups:
    """Where ``owner`` may make groups that hold memory, processors and the number of processes."""
    for version, parents in ((2, _version_2()), (1, _version_1())):
        bases = tuple(parent / owner for parent in parents)
        cgroups = Cgroups(bases, version)
        if bases and _can_be_joined(cgroups):
            return cgroups
    return Cgroups()


def _version_2() -> list[Path]:
    """The folder whose children can be given all the controllers we need: the root's, or our own user's."""
    if not (_ROOT / "cgroup.controllers").exists():
        return []
    if os.geteuid() == 0:
        return [_ROOT]
    own = _ROOT / Path("/proc/self/cgroup").read_text().split("::", 1)[-1].strip().lstrip("/")
    return [folder for folder in (own, *own.parents) if folder.name == f"user@{os.getuid()}.service"][:1]


def _version_1() -> list[Path]:
    return [_ROOT / name for name in sorted(_CONTROLLERS)] if os.geteuid() == 0 else []


def _can_be_joined(cgroups: Cgroups) -> bool:
    """Whether a process of ours may go into a group: to make one is not enough, where another user's lies between."""
    group = cgroups.make("trial", Limits())
    if group is None:
        return False
    try:
        doors = shlex.join(group.doors)
        joined = subprocess.run(["/bin/sh", "-c", f"for d in {doors}; do echo 0 > $d || exit 1; done"], check=False)
        return joined.returncode == 0
    finally:
        group.remove()
        for base in cgroups.bases:
            with suppress(OSError):  # Somebody else is using it.
                base.rmdir()


def _make_base(base: Path, version: int) -> None:
    """Raises OSError where memory and processes cannot be held; without processors it does."""
    base.mkdir(exist_ok=True)
    if version == 2:  # noqa: PLR2004
        (base / "cgroup.subtree_control").write_text("+memory +pids")
        with suppress(OSError):
            (base / "cgroup.subtree_control").write_text("+cpu")


def _settings(limits: Limits, version: int) -> dict[str, str]:
    quota = str(int(limits.cpus * _PERIOD))
    if version == 1:
        return {
            "memory.limit_in_bytes": str(limits.memory),
            "pids.max": str(limits.processes),
            "cpu.cfs_period_us": str(_PERIOD),
            "cpu.cfs_quota_us": quota,
        }
    return {
        "memory.max": str(limits.memory),
        "memory.swap.max": "0",
        "pids.max": str(limits.processes),
        "cpu.max": f"{quota} {_PERIOD}",
    }


def _set(group: Group, file: str, value: str) -> None:
    for folder in group.folders:
        if (folder / file).exists():
            (folder / file).write_text(value)


def _remove(folder: Path) -> None:
    """A group goes once its last process is gone, which takes the kernel a moment."""
    for attempt in range(20):
        try:
            for pid in (folder / "cgroup.procs").read_text().split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), 9)
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.005 * attempt)
        else:
            return
    _log.warning("cgroup_left", folder=str(folder))
