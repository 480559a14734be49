"""One connection to the control plane: events and heartbeats up, tasks and wishes down."""

import asyncio
from dataclasses import dataclass, field

import structlog
from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection

from core.sandbox.daemon.desk import RunDesk
from core.sandbox.daemon.journal import Journal, RunKey
from core.sandbox.daemon.one_shot import Contact
from core.sandbox.protocol import DOWNWARD, HEARTBEAT_SECONDS, PROTOCOL_VERSION, Heartbeat, Hello, Welcome

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Link:
    """Lives as long as its connection; what was sent over it and not acknowledged is sent again over the next."""

    connection: ClientConnection
    desk: RunDesk
    journal: Journal
    machine: str
    contact: Contact
    welcomed: bool = False
    _sent: dict[RunKey, int] = field(default_factory=dict[RunKey, int])
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def serve(self) -> None:
        """Say Hello, then serve until the connection is lost, which is raised as an ExceptionGroup."""
        hello = Hello(
            version=PROTOCOL_VERSION, machine=self.machine, self_test=self.desk.self_test, runs=self.desk.runs()
        )
        await self.connection.send(hello.model_dump_json())
        async with asyncio.TaskGroup() as group:
            group.create_task(self._report())
            group.create_task(self._beat())
            await self._listen()

    async def _listen(self) -> None:
        while True:
            frame = await self.connection.recv()
            try:
                message = DOWNWARD.validate_json(frame)
            except ValidationError as problem:
                _log.error("frame_not_understood", errors=problem.error_count())
                continue
            if isinstance(message, Welcome):
                self.welcomed = True
                self.contact.found()
            self.desk.handle(message)

    async def _report(self) -> None:
        while True:
            self.journal.changed.clear()
            await self._send_waiting()
            await self.journal.changed.wait()

    async def _send_waiting(self) -> None:
        """Send each event once over this connection, a run's events in order."""
        async with self._turn:
            for event in self.journal.waiting():
                key = RunKey(event.agent_id, event.leg)
                if event.seq > self._sent.get(key, 0):
                    self._sent[key] = event.seq
                    await self.connection.send(event.model_dump_json())

    async def _beat(self) -> None:
        """Say at once and then regularly which runs are alive.

        A run that is missing counts as lost, so whatever the others have to say, be it their end, goes first.
        """
        while True:
            runs = self.desk.runs()
            await self._send_waiting()
            await self.connection.send(Heartbeat(runs=runs).model_dump_json())
            await asyncio.sleep(HEARTBEAT_SECONDS)
