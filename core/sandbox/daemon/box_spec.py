"""What one box looks like, in a form that crosses from the daemon to the launcher as a file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

GATE_PORT: Final = 8377
GATE_SOCKET: Final = "gate.sock"


@dataclass(frozen=True, slots=True)
class Bind:
    """A file or folder of the machine that the box sees at ``target``."""

    source: str
    target: str
    writable: bool = False


@dataclass(frozen=True, slots=True)
class BoxSpec:
    """Everything the launcher needs. ``uid`` None keeps the daemon's own user; ``gate`` asks for the loopback door.

    ``cgroups`` are the files to write 0 to in order to be held to a limit. Sizes are in bytes; ``scratch`` is that of
    each folder in memory.
    ``bwrap`` lies under ``bwrap_home``, the folder that also holds the libraries it was shipped with.
    """

    bwrap: str
    bwrap_home: str
    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    binds: tuple[Bind, ...]
    cwd: str = "/"
    uid: int | None = None
    gate: bool = False
    cgroups: tuple[str, ...] = ()
    largest_file: int | None = None
    scratch: int | None = None


def write_spec(spec: BoxSpec, path: Path) -> None:
    """Leave ``spec`` where only the daemon's user can read it."""
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(spec)))


def read_spec(path: Path) -> BoxSpec:
    """Read back what ``write_spec`` left."""
    stored = json.loads(path.read_text())
    return BoxSpec(
        bwrap=stored["bwrap"],
        bwrap_home=stored["bwrap_home"],
        argv=tuple(stored["argv"]),
        env=tuple((name, value) for name, value in stored["env"]),
        binds=tuple(Bind(**bind) for bind in stored["binds"]),
        cwd=stored["cwd"],
        uid=stored["uid"],
        gate=stored["gate"],
        cgroups=tuple(stored["cgroups"]),
        largest_file=stored["largest_file"],
        scratch=stored["scratch"],
    )
