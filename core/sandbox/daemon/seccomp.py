"""The system calls a box may not make, as the classic BPF program that bubblewrap installs for us."""

import errno
import platform
import struct
from dataclasses import dataclass
from typing import Final

_LOAD: Final = 0x20
_JUMP_IF_EQUAL: Final = 0x15
_JUMP_IF_GREATER_OR_EQUAL: Final = 0x35
_AND: Final = 0x54
_RETURN: Final = 0x06

_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_ERRNO: Final = 0x00050000

_NUMBER_AT: Final = 0
_ARCHITECTURE_AT: Final = 4
_FIRST_ARGUMENT_AT: Final = 16

_X32_BIT: Final = 0x40000000
_TYPE_MASK: Final = 0xF
_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK = 1, 2, 10, 16
_SOCK_DGRAM, _SOCK_RAW = 2, 3
_PROTO_ICMP, _PROTO_ICMPV6 = 1, 58
_IO_URING: Final = (425, 426, 427)


@dataclass(frozen=True, slots=True)
class _Calls:
    architecture: int
    socket: int
    refused: tuple[int, ...]


# ptrace, process_vm_*, keyctl family, modules, kexec, bpf, perf_event_open, userfaultfd, by each kernel's numbers.
_CALLS: Final = {
    "x86_64": _Calls(0xC000003E, 41, (101, 310, 311, 248, 249, 250, 175, 176, 313, 246, 320, 321, 298, 323)),
    "aarch64": _Calls(0xC00000B7, 198, (117, 270, 271, 217, 218, 219, 105, 106, 273, 104, 294, 280, 241, 282)),
}


def _step(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, when_true, when_false, value)


def _refuse(number: int) -> bytes:
    return _step(_RETURN, _ERRNO | number)


def _argument(index: int) -> bytes:
    return _step(_LOAD, _FIRST_ARGUMENT_AT + 8 * index)


def _refuse_if_equal(value: int, number: int) -> list[bytes]:
    return [_step(_JUMP_IF_EQUAL, value, 0, 1), _refuse(number)]


def _socket_rules() -> list[bytes]:
    """What is left of ``socket()``: unix, IP without raw and ping, and asking the kernel about routes."""
    return [
        _argument(0),
        _step(_JUMP_IF_EQUAL, _AF_UNIX, 13, 0),
        _step(_JUMP_IF_EQUAL, _AF_NETLINK, 10, 0),
        _step(_JUMP_IF_EQUAL, _AF_INET, 2, 0),
        _step(_JUMP_IF_EQUAL, _AF_INET6, 1, 0),
        _refuse(errno.EAFNOSUPPORT),
        _argument(1),
        _step(_AND, _TYPE_MASK),
        _step(_JUMP_IF_EQUAL, _SOCK_RAW, 7, 0),
        _step(_JUMP_IF_EQUAL, _SOCK_DGRAM, 0, 5),
        _argument(2),
        _step(_JUMP_IF_EQUAL, _PROTO_ICMP, 4, 0),
        _step(_JUMP_IF_EQUAL, _PROTO_ICMPV6, 3, 2),
        _argument(2),
        _step(_JUMP_IF_EQUAL, 0, 0, 1),
        _step(_RETURN, _ALLOW),
        _refuse(errno.EPERM),
    ]


def box_filter(machine: str | None = None) -> bytes | None:
    """The program for this kind of processor, or None when we do not know its system call numbers."""
    calls = _CALLS.get(machine or platform.machine())
    if calls is None:
        return None
    program = [
        _step(_LOAD, _ARCHITECTURE_AT),
        _step(_JUMP_IF_EQUAL, calls.architecture, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER_AT),
        _step(_JUMP_IF_GREATER_OR_EQUAL, _X32_BIT, 0, 1),
        _refuse(errno.ENOSYS),
    ]
    for number in _IO_URING:
        program += _refuse_if_equal(number, errno.ENOSYS)
    for number in calls.refused:
        program += _refuse_if_equal(number, errno.EPERM)
    program += [_step(_JUMP_IF_EQUAL, calls.socket, 1, 0), _step(_RETURN, _ALLOW), *_socket_rules()]
    return b"".join(program)
