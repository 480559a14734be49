"""Watches what a run takes of its machine, and tells when it is held back or has to end."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.model.errors import Refusal
from core.model.event import Blocked, Happening
from core.sandbox.daemon.cgroups import Group
from core.sandbox.daemon.limits import Limits, in_words

_LOOK_EVERY_SECONDS: Final = 1.0
_MEASURE_EVERY: Final = 5
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Of one run, whose files are in ``folder``."""

    limits: Limits
    group: Group | None
    folder: Path
    report: Callable[[Happening], None]
    _told: set[str] = field(default_factory=set[str])

    async def watch(self) -> None:
        """Look every second. Raises Refusal when the run fills the disk."""
        looks = 0
        while True:
            self.tell_what_is_reached()
            if looks % _MEASURE_EVERY == 0 and await asyncio.to_thread(size_of, self.folder) > self.limits.disk:
                raise Refusal(
                    f"The agent filled the {in_words(self.limits.disk)} of disk that it may use, so it was stopped."
                    " Give agents more with CADENCE_AGENT_DISK_MB, or try a smaller task."
                )
            looks += 1
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    def tell_what_is_reached(self) -> None:
        """Report each kind of limit once."""
        for what, sentence in self._reached():
            if what not in self._told:
                self._told.add(what)
                self.report(Blocked(sentence))

    def _reached(self) -> list[tuple[str, str]]:
        hits = self.group.hits() if self.group is not None else {}
        sentences = {
            "memory": f"more memory than {in_words(self.limits.memory)}",
            "processes": f"more than {self.limits.processes} processes at once",
        }
        return [(what, sentences[what]) for what, times in hits.items() if times]


def size_of(folder: Path) -> int:
    """What the files below a folder take of the disk, in bytes, following no link, however deep they lie.

    It goes down and up from folder to folder, because a tree may be deeper than any path can be long. Where the agent
    removes the very folder it stands in, it counts no further; one that is gone takes nothing.
    """
    try:
        at = os.open(folder, _FOLDER)
    except FileNotFoundError:
        return 0
    try:
        total, names = _look(at)
        waiting = [names]
        while len(waiting) > 1 or waiting[0]:
            up = not waiting[-1]
            try:
                there = os.open(".." if up else waiting[-1].pop(), _FOLDER, dir_fd=at)
            except OSError:
                # One that has gone, or that the agent has closed to us: as root there is none of the latter.
                if up:
                    break
                continue
            os.close(at)
            at = there
            if up:
                waiting.pop()
            else:
                size, names = _look(at)
                total += size
                waiting.append(names)
    finally:
        os.close(at)
    return total


def _look(folder: int) -> tuple[int, list[str]]:
    """What lies in the folder itself, and the names of the folders in it."""
    size, names = 0, list[str]()
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                size += entry.stat(follow_symlinks=False).st_blocks * 512
                if entry.is_dir(follow_symlinks=False):
                    names.append(entry.name)
    return size, names
