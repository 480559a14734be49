"""The program between the daemon and a box: it leaves the machine's network, opens the one door, becomes bubblewrap.

It runs in a process of its own, stands on the standard library alone, and ends in an exec, so that whoever started it
holds the box by that one process.
"""

import os
import resource
import socket
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from core.sandbox.daemon import syscalls
from core.sandbox.daemon.box_spec import GATE_PORT, GATE_SOCKET, Bind, BoxSpec, read_spec
from core.sandbox.daemon.seccomp import box_filter

_STAGE: Final = "/mnt"
_FORWARDED: Final = ("CLAUDE_CODE_ENTRYPOINT", "CLAUDE_AGENT_SDK_VERSION", "CLAUDE_CODE_SDK_READS_SESSION_STATE")
_MERGED_FOLDERS: Final = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")


def _submit_to_limits(spec: BoxSpec) -> None:
    """Join the run's group before there is anything that could escape it. Whatever is started later is in it, too."""
    for door in spec.cgroups:
        Path(door).write_text("0")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if spec.largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (spec.largest_file, spec.largest_file))


def _enter_namespaces(*, as_root: bool) -> None:
    """Leave the network behind; as root also the mounts, as anybody else by way of a user namespace."""
    if as_root:
        syscalls.unshare(syscalls.NEW_MOUNTS | syscalls.NEW_NETWORK)
        syscalls.keep_mounts_private()
        return
    uid, gid = os.getuid(), os.getgid()
    syscalls.unshare(syscalls.NEW_USERS | syscalls.NEW_NETWORK)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _hand_over_door(folder: Path) -> None:
    """Listen inside the new network and give the listening socket to the daemon outside."""
    os.chdir(folder)
    with (
        socket.create_server(("127.0.0.1", GATE_PORT), backlog=128) as door,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as daemon,
    ):
        daemon.connect(GATE_SOCKET)
        socket.send_fds(daemon, [b"door"], [door.fileno()])
        daemon.recv(1)
    os.chdir("/")


def _staged(source: int, name: str, *, folder: bool) -> str:
    place = Path(_STAGE, name)
    if folder:
        place.mkdir()
    else:
        place.touch()
    syscalls.bind(f"/proc/self/fd/{source}", str(place))
    return str(place)


def _stage(spec: BoxSpec) -> BoxSpec:
    """Put everything the box shows where a user without any rights can reach it, whatever folder it lies in.

    The files are held open before the stage is laid over ``/mnt``, which may hide them.
    """
    sources = [spec.bwrap_home, *(bind.source for bind in spec.binds)]
    held = [os.open(source, os.O_PATH) for source in sources]
    folders = [Path(source).is_dir() for source in sources]
    syscalls.mount_memory(_STAGE)
    places = [_staged(held[i], str(i), folder=folders[i]) for i in range(len(sources))]
    for descriptor in held:
        os.close(descriptor)
    bwrap = Path(places[0], Path(spec.bwrap).relative_to(spec.bwrap_home))
    binds = tuple(replace(bind, source=place) for bind, place in zip(spec.binds, places[1:], strict=True))
    return replace(spec, bwrap=str(bwrap), binds=binds)


def _become(uid: int) -> None:
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _system_folders() -> list[str]:
    """``/usr`` read-only, and the folders beside it as this machine has them: links into it, or folders."""
    flags = ["--ro-bind", "/usr", "/usr"]
    for name in _MERGED_FOLDERS:
        folder = Path(name)
        if folder.is_symlink():
            flags += ["--symlink", str(folder.readlink()), name]
        elif folder.is_dir():
            flags += ["--ro-bind", name, name]
    return flags


def _bind_flags(bind: Bind) -> list[str]:
    return ["--bind" if bind.writable else "--ro-bind", bind.source, bind.target]


def bwrap_flags(spec: BoxSpec, filter_descriptor: int | None) -> list[str]:
    """The command line of bubblewrap for ``spec``, up to the command itself.

    The network namespace is the launcher's, so bubblewrap unshares everything else.
    """
    flags = ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    flags += ["--disable-userns", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "cadence"]
    if filter_descriptor is not None:
        flags += ["--seccomp", str(filter_descriptor)]
    flags += [*_system_folders(), "--proc", "/proc", "--dev", "/dev"]
    size = [] if spec.scratch is None else ["--size", str(spec.scratch)]
    for folder in ("/tmp", "/run", "/home"):  # noqa: S108  The box's own.
        flags += [*size, "--tmpfs", folder]
    flags += ["--dir", "/home/agent"]
    for bind in spec.binds:
        flags += _bind_flags(bind)
    return [*flags, "--remount-ro", "/", "--chdir", spec.cwd, "--"]


def _filter_descriptor() -> int | None:
    program = box_filter()
    if program is None:
        return None
    descriptor = os.memfd_create("seccomp", 0)
    os.write(descriptor, program)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _environment(spec: BoxSpec, mine: Mapping[str, str]) -> dict[str, str]:
    return {name: mine[name] for name in _FORWARDED if name in mine} | dict(spec.env)


def launch(spec_path: Path, arguments: list[str]) -> None:
    """Become the box described at ``spec_path``, with ``arguments`` after its command."""
    parent = os.getppid()
    spec = read_spec(spec_path)
    as_root = os.geteuid() == 0
    _submit_to_limits(spec)
    _enter_namespaces(as_root=as_root)
    syscalls.raise_loopback()
    if spec.gate:
        _hand_over_door(spec_path.parent)
    if as_root:
        spec = _stage(spec)
    if spec.uid is not None:
        _become(spec.uid)
    syscalls.die_with_parent()
    if os.getppid() != parent:
        sys.exit(1)
    command = [spec.bwrap, *bwrap_flags(spec, _filter_descriptor()), *spec.argv, *arguments]
    os.execve(spec.bwrap, command, _environment(spec, os.environ))  # noqa: S606  Becoming bubblewrap is the point.


if __name__ == "__main__":
    try:
        launch(Path(sys.argv[1]), sys.argv[2:])
    except OSError as problem:
        sys.exit(f"box: {problem}")
