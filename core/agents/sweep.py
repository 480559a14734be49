"""Closes the gap between what should be and what is: whatever a lost ring or a lost machine left undone."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core.agents.orchestrator import Orchestrator
from core.jobs import PUBLISH_PULL_REQUEST, START_AGENT
from core.model.ring import JobRing, MachineRing
from core.sandbox.protocol import LOST_AFTER_SECONDS
from core.steady import repeat
from core.store.database import Database

_LOCK: Final = 0x73776565  # It spells "swee"; no other advisory lock of ours has this number.
_EVERY_SECONDS: Final = 3.0
_SNAPSHOTS_KEPT: Final = timedelta(days=14)
_SILENCE: Final = timedelta(seconds=LOST_AFTER_SECONDS)


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep at a time over the whole installation, whichever worker gets to it.

    ``patience`` is how long an agent may keep a machine while it waits for its person.
    """

    database: Database
    orchestrator: Orchestrator
    patience: timedelta = timedelta(minutes=10)

    async def run(self) -> None:
        """Sweep every few seconds until cancelled."""
        await repeat("sweep", self._turn)

    async def _turn(self) -> None:
        async with self.database.only_one(_LOCK) as chosen:
            if chosen:
                await self.sweep()
        await asyncio.sleep(_EVERY_SECONDS)

    async def sweep(self) -> None:
        """Ring again for what nobody has picked up, and move agents off machines that are gone."""
        async with self.database.transaction() as tx:
            for agent_id in await tx.overdue.unplaced():
                tx.ring(JobRing(START_AGENT, agent_id))
            for agent_id in await tx.overdue.unpublished():
                tx.ring(JobRing(PUBLISH_PULL_REQUEST, agent_id))
            for _, machine_id in await tx.overdue.wishing():
                tx.ring(MachineRing(machine_id))
            for agent_id, machine_id in await tx.overdue.waiting_long(self.patience):
                await tx.agents.park(agent_id)
                tx.ring(MachineRing(machine_id))
            await tx.snapshots.drop_old(_SNAPSHOTS_KEPT)
            lost = await tx.overdue.lost(_SILENCE)
        for agent_id, leg in lost:
            await self.orchestrator.rescue(agent_id, leg)
