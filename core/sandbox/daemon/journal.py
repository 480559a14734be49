"""Remembers on disk what was reported and not yet acknowledged, so that neither a lost line nor a restart loses it."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from core.model.event import Failed, Finished, Happening, Parked, Stopped
from core.sandbox.protocol import EventReport, Run

_MEMORY_SECONDS: Final = 7 * 86400
_END: Final = Finished | Failed | Stopped | Parked


@dataclass(frozen=True, slots=True)
class RunKey:
    """One stay of one agent."""

    agent_id: UUID
    leg: int

    def __str__(self) -> str:
        """The name of its files."""
        return f"{self.agent_id}.{self.leg}"


@dataclass(slots=True)
class _Record:
    waiting: list[EventReport] = field(default_factory=list[EventReport])
    seq: int = 0
    over: bool = False


def _parsed(path: Path) -> Iterator[EventReport]:
    """The events in a file, up to a line that a killed daemon did not finish: that one was never sent."""
    for line in path.read_bytes().splitlines():
        try:
            yield EventReport.model_validate_json(line)
        except ValidationError:
            return


@dataclass(slots=True)
class Journal:
    """Every run this machine has begun. A file goes when its last event is acknowledged; its name stays a week."""

    folder: Path
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _records: dict[RunKey, _Record] = field(default_factory=dict[RunKey, _Record])

    def load(self) -> None:
        """Take up what an earlier daemon left."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in sorted(self.folder.iterdir()):
            if path.stat().st_mtime < time.time() - _MEMORY_SECONDS:
                path.unlink()
                continue
            agent, leg = path.name.split(".")
            self._records[RunKey(UUID(agent), int(leg))] = self._restored(path)

    def _restored(self, path: Path) -> _Record:
        events = list(_parsed(path))
        if not events:
            return _Record(over=True)
        path.write_bytes(b"".join(event.model_dump_json().encode() + b"\n" for event in events))
        over = isinstance(events[-1].happening, _END)
        return _Record(events, events[-1].seq, over)

    def knows(self, key: RunKey) -> bool:
        """True when this run was ever begun here."""
        return key in self._records

    @property
    def begun(self) -> bool:
        """True once any run has been begun here."""
        return bool(self._records)

    def over(self, key: RunKey) -> bool:
        """True when this run has come to its end and said so."""
        return key in self._records and self._records[key].over

    def run(self, key: RunKey) -> Run:
        """The run and the last event number given out, for Hello and heartbeats."""
        return Run(agent_id=key.agent_id, leg=key.leg, seq=self._records[key].seq)

    def record(self, key: RunKey, happening: Happening) -> None:
        """Number an event and keep it. What comes after the end of a run is dropped."""
        record = self._records.setdefault(key, _Record())
        if record.over:
            return
        record.seq += 1
        event = EventReport(
            agent_id=key.agent_id, leg=key.leg, seq=record.seq, at=datetime.now(UTC), happening=happening
        )
        with (self.folder / str(key)).open("ab") as file:
            file.write(event.model_dump_json().encode() + b"\n")
        record.waiting.append(event)
        record.over = isinstance(happening, _END)
        self.changed.set()

    def acknowledge(self, key: RunKey, seq: int) -> None:
        """The control plane has every event up to ``seq``."""
        record = self._records.get(key)
        if record is None:
            return
        record.waiting = [event for event in record.waiting if event.seq > seq]
        if record.over and not record.waiting:
            (self.folder / str(key)).write_bytes(b"")

    def forget(self, key: RunKey) -> None:
        """Nobody wants to hear of this run any more, and it must not be begun again."""
        self._records[key] = _Record(over=True)
        (self.folder / str(key)).write_bytes(b"")

    def waiting(self) -> list[EventReport]:
        """Everything unacknowledged, each run's events in order."""
        return [event for record in self._records.values() for event in record.waiting]
