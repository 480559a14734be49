"""Removes what an agent has left, however deep it lies and whatever rights it has."""

import os
from pathlib import Path
from typing import Final

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_OURS: Final = 0o700


def remove_folder(folder: Path) -> None:
    """Remove ``folder`` and all in it, following no link, also where an agent took our own rights away.

    It goes down and up from folder to folder, because a tree may be deeper than any path can be long. Nobody else may
    be changing it meanwhile.
    """
    folder.chmod(_OURS)
    at = os.open(folder, _FOLDER)
    try:
        way, waiting = list[str](), [_remove_files(at)]
        while way or waiting[-1]:
            if waiting[-1]:
                way.append(waiting[-1].pop())
                os.chmod(way[-1], _OURS, dir_fd=at)
                at = _go(at, way[-1])
                waiting.append(_remove_files(at))
            else:
                waiting.pop()
                at = _go(at, "..")
                os.rmdir(way.pop(), dir_fd=at)
    finally:
        os.close(at)
    folder.rmdir()


def _go(at: int, name: str) -> int:
    there = os.open(name, _FOLDER, dir_fd=at)
    os.close(at)
    return there


def _remove_files(folder: int) -> list[str]:
    """Remove what is no folder; the names of the folders that are left."""
    with os.scandir(folder) as listing:
        entries = list(listing)
    folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    for name in {entry.name for entry in entries} - set(folders):
        os.unlink(name, dir_fd=folder)
    return folders
