"""What one run may take of its machine."""

import os
from dataclasses import dataclass
from typing import Final

_MIB: Final = 1 << 20
_GIB: Final = 1 << 30
_DISK: Final = 10 * _GIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes are in bytes, ``cpus`` in cores. ``scratch`` is what the box's folders in memory hold, each of them."""

    memory: int = 4 * _GIB
    cpus: float = 2.0
    processes: int = 1024
    file: int = 2 * _GIB
    scratch: int = _GIB
    disk: int = _DISK


def limits_for(memory_mib: float | None, cpus: float | None, disk_mib: float | None) -> Limits:
    """The limits that somebody has set, and for the rest what leaves this machine a part of itself."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    memory = int(memory_mib * _MIB) if memory_mib else min(4 * _GIB, total * 3 // 4)
    return Limits(
        memory=memory,
        cpus=cpus or float(os.cpu_count() or 1),
        scratch=min(_GIB, memory // 2),
        disk=int(disk_mib * _MIB) if disk_mib else _DISK,
    )


def in_words(size: int) -> str:
    """A size as people say it."""
    return f"{size / _GIB:.3g} GB" if size >= _GIB else f"{size // _MIB} MB"
