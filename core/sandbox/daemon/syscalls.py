"""The few kernel calls that Python 3.11 has no name for."""

import ctypes
import fcntl
import os
import signal
import socket
import struct
from typing import Final

NEW_MOUNTS: Final = 0x00020000
NEW_USERS: Final = 0x10000000
NEW_NETWORK: Final = 0x40000000

_MS_NOSUID: Final = 0x2
_MS_NODEV: Final = 0x4
_MS_BIND: Final = 0x1000
_MS_REC: Final = 0x4000
_MS_PRIVATE: Final = 0x40000
_PR_SET_PDEATHSIG: Final = 1
_SIOCGIFFLAGS: Final = 0x8913
_SIOCSIFFLAGS: Final = 0x8914
_IFF_UP: Final = 0x1
_INTERFACE_REQUEST: Final = "16sH14x"


def _checked(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Leave the namespaces named by ``flags`` for new ones."""
    _checked(_libc().unshare(flags), "unshare")


def keep_mounts_private() -> None:
    """From now on mounts made here are not seen elsewhere, nor the other way round."""
    _checked(_libc().mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None), "make mounts private")


def mount_memory(target: str) -> None:
    """Put an empty in-memory folder over ``target``."""
    flags = _MS_NOSUID | _MS_NODEV
    _checked(_libc().mount(b"tmpfs", target.encode(), b"tmpfs", flags, b"mode=0755"), "mount tmpfs")


def bind(source: str, target: str) -> None:
    """Let ``target`` show what ``source`` holds."""
    _checked(_libc().mount(source.encode(), target.encode(), None, _MS_BIND | _MS_REC, None), f"bind {target}")


def die_with_parent() -> None:
    """Have the kernel kill this process the moment its parent is gone."""
    _checked(_libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")


def raise_loopback() -> None:
    """Switch on ``lo`` in the present network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack(_INTERFACE_REQUEST, b"lo", 0)
        _, flags = struct.unpack(_INTERFACE_REQUEST, fcntl.ioctl(control, _SIOCGIFFLAGS, request))
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack(_INTERFACE_REQUEST, b"lo", flags | _IFF_UP))
