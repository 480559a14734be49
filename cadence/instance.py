"""One Cadence per folder: a second one learns where the first is, instead of damaging what it holds."""

import fcntl
import json
import os
from pathlib import Path
from typing import Self

from core.model.errors import Refusal


class AlreadyRunning(Refusal):
    """Another process holds the folder; the message says which and where."""


class InstanceLock:
    """A lock that the kernel releases when its holder dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Raises AlreadyRunning when another process holds the lock."""
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = _describe_holder(os.pread(self._descriptor, 4096, 0))
            os.close(self._descriptor)
            raise AlreadyRunning(message) from None
        self._write(None)
        return self

    def __exit__(self, *_: object) -> None:
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)

    def announce(self, url: str) -> None:
        """Tell whoever finds the lock taken where Cadence answers."""
        self._write(url)

    def _write(self, url: str | None) -> None:
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps({"process": os.getpid(), "url": url}).encode(), 0)


def _describe_holder(content: bytes) -> str:
    try:
        holder = json.loads(content)
    except ValueError:
        # It took the lock a moment ago and has not written yet.
        return "Cadence is already starting here."
    if holder["url"] is None:
        return f"Cadence is already starting here (process {holder['process']})."
    return f"Cadence is already running at {holder['url']} (process {holder['process']})."
