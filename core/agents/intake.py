"""Takes in what many machines report at once: all that waits in one transaction, instead of one for each event."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Final
from uuid import UUID

import structlog

from core.agents.progress import Routine, noted
from core.agents.reports import Reports, storable
from core.agents.rounds import show_progress
from core.model.agent import Agent, Status
from core.model.event import Event
from core.model.ring import WatchRing
from core.store.database import Transaction

_log = structlog.get_logger(__name__)
_MOST_TOGETHER: Final = 200


@dataclass(frozen=True, slots=True)
class _Delivery:
    """The next events of one run, and the number up to which they are known once they have been taken in."""

    events: tuple[Event, ...]
    machine_id: UUID
    known: asyncio.Future[int]

    @property
    def agent_id(self) -> UUID:
        return self.events[0].agent_id

    @property
    def leg(self) -> int:
        return self.events[0].leg

    @property
    def routine(self) -> bool:
        return all(isinstance(event.happening, Routine) for event in self.events)


@dataclass(slots=True)
class Intake:
    """One of a process. Whoever delivers waits, so that each run's events are taken in one after another.

    What only shows how work goes along is written down for up to 200 runs at a time; what has consequences, by itself.
    """

    reports: Reports
    _waiting: list[_Delivery] = field(default_factory=list[_Delivery])
    _working: asyncio.Task[None] | None = None
    _alone: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def record(self, events: Sequence[Event], machine_id: UUID) -> int:
        """Record the next events of one run, once each; the number up to which its events are now known."""
        # Before any transaction: looking for secrets takes its time, and agents would be held meanwhile.
        clean = tuple(storable(event, self.reports.redact) for event in events)
        delivery = _Delivery(clean, machine_id, asyncio.get_running_loop().create_future())
        if delivery.routine:
            self._waiting.append(delivery)
            # Not the deliverer's own task: its connection may be lost while others are waiting, too.
            if self._working is None:
                self._working = asyncio.create_task(self._work())
        else:
            self._take_alone(delivery)
        return await delivery.known

    async def _work(self) -> None:
        """Whatever arrives during one transaction is the next one's."""
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST_TOGETHER], self._waiting[_MOST_TOGETHER:]
            for delivery in await self._take_together(batch):
                self._take_alone(delivery)
        self._working = None

    async def _take_together(self, batch: Sequence[_Delivery]) -> list[_Delivery]:
        """Take in what can be; the rest."""
        try:
            async with self.reports.database.transaction() as tx:
                known = await _record_routine(tx, batch)
        except Exception:  # noqa: BLE001 (whatever it is: it must not take down the reports of all the others)
            _log.warning("intake_together_failed", deliveries=len(batch), exc_info=True)
            return list(batch)
        rest: list[_Delivery] = []
        for delivery in batch:
            if delivery.agent_id not in known:
                rest.append(delivery)
            elif not delivery.known.done():
                delivery.known.set_result(known[delivery.agent_id])
        return rest

    def _take_alone(self, delivery: _Delivery) -> None:
        task = asyncio.create_task(self._record_alone(delivery))
        self._alone.add(task)
        task.add_done_callback(self._alone.discard)

    async def _record_alone(self, delivery: _Delivery) -> None:
        known = 0
        try:
            for event in delivery.events:
                known = await self.reports.record(event, delivery.machine_id)
        except Exception as error:  # noqa: BLE001 (it is raised where the delivery is waited for)
            if not delivery.known.done():
                delivery.known.set_exception(error)
        else:
            if not delivery.known.done():
                delivery.known.set_result(known)


async def _record_routine(tx: Transaction, batch: Sequence[_Delivery]) -> dict[UUID, int]:
    """Write down what runs report on their way; up to which number each is known.

    A run is missing in the answer when somebody else holds its agent just now, or it has not been known to have begun.
    """
    # Twice only when a machine has dialled in anew: what is known afterwards is true of either delivery.
    deliveries = {delivery.agent_id: delivery for delivery in batch}
    held = {agent.id: agent for agent in await tx.agents.hold_free(list(deliveries))}
    ours = {
        agent_id: delivery
        for agent_id, delivery in deliveries.items()
        if agent_id in held and _is_running(held[agent_id], delivery)
    }
    known = await tx.events.last_seqs([(agent_id, delivery.leg) for agent_id, delivery in ours.items()])
    fresh = {agent_id: _fresh(delivery.events, known[agent_id]) for agent_id, delivery in ours.items()}
    await tx.events.record_all([event for events in fresh.values() for event in events])
    seen = [_after(held[agent_id], events) for agent_id, events in fresh.items()]
    # What changes nothing that people see, such as what an agent says, is not written down as progress.
    await show_progress(tx, *await tx.work.progress(*(now for now in seen if now is not held[now.id])))
    for agent in held.values():
        tx.ring(WatchRing(agent.user_id))
    return known | {agent_id: events[-1].seq for agent_id, events in fresh.items() if events}


def _is_running(agent: Agent, delivery: _Delivery) -> bool:
    ours = (agent.leg, agent.machine_id) == (delivery.leg, delivery.machine_id)
    return ours and agent.status is not Status.PENDING


def _fresh(events: Iterable[Event], known: int) -> list[Event]:
    """Those that come next without a gap."""
    fresh: list[Event] = []
    for event in events:
        if event.seq == known + len(fresh) + 1:
            fresh.append(event)
    return fresh


def _after(agent: Agent, events: Sequence[Event]) -> Agent:
    routine = [event.happening for event in events if isinstance(event.happening, Routine)]
    return reduce(noted, routine, agent)
