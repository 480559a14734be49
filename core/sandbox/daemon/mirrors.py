"""The repositories that this machine keeps at hand: the few that were used last."""

import asyncio
import hashlib
import os
import shutil
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import structlog

from core.sandbox.daemon.mirror import Mirror
from core.sandbox.daemon.upkeep import size_of

_log = structlog.get_logger(__name__)

_MOST: Final = 5
_LARGEST: Final = 10 << 30


@dataclass(frozen=True, slots=True)
class Mirrors:
    """One for each repository: ``most`` of them, and ``largest`` bytes together, beyond those that are in use."""

    folder: Path
    most: int = _MOST
    largest: int = _LARGEST
    _known: dict[Path, Mirror] = field(default_factory=dict[Path, Mirror])
    _users: Counter[Path] = field(default_factory=Counter[Path])

    @asynccontextmanager
    async def borrowed(self, git_url: str) -> AsyncGenerator[Mirror]:
        """The mirror for this address, which nobody removes during the block."""
        path = self._path(git_url)
        mirror = self._known.setdefault(path, Mirror(path, asyncio.Lock()))
        self._users[path] += 1
        try:
            yield mirror
        finally:
            self._users[path] -= 1
            if path.exists():
                os.utime(path)
            await self._tidy()

    def _path(self, git_url: str) -> Path:
        """The port is left out: a laptop's control plane changes it at every start."""
        address = urlsplit(git_url)
        name = hashlib.sha256(f"{address.hostname}{address.path}".encode()).hexdigest()[:24]
        return self.folder / f"{name}.git"

    async def _tidy(self) -> None:
        """Keep what was used last, as far as there is room."""
        if not self.folder.exists():
            return
        room = self.largest
        for place, path in enumerate(sorted(self.folder.iterdir(), key=_last_use, reverse=True)):
            room -= await asyncio.to_thread(size_of, path)
            if place >= self.most or room < 0:
                await self._remove(path)

    async def _remove(self, path: Path) -> None:
        mirror = self._known.setdefault(path, Mirror(path, asyncio.Lock()))
        async with mirror.lock:
            if not self._users[path]:
                await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)
                _log.info("mirror_removed", path=path.name)


def _last_use(path: Path) -> float:
    """Never, for one that somebody has removed just now."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
