"""Keeps machines at Fly warm, gives each to one run, and deletes it afterwards."""

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final
from uuid import UUID, uuid4

import structlog

from core.model.agent import Agent
from core.model.errors import ProviderError
from core.sandbox.fly.api import Conflict, FlyApi, FlyMachine, Gone, NoCapacity
from core.sandbox.fly.machine import FlyMachineKind
from core.sandbox.tokens import hash_token
from core.steady import repeat
from core.store.database import Database
from core.store.pool import PoolMachine

_log = structlog.get_logger(__name__)

_LOCK: Final = 0x706F6F6C  # It spells "pool"; no other advisory lock of ours has this number.
_REAP_EVERY: Final = 20
_PATIENCE: Final = timedelta(minutes=10)
_STARTING_PATIENCE: Final = 5
_MAKING: Final = timedelta(minutes=6)
_TOLD_WITHIN: Final = timedelta(minutes=1)
# A machine that has ended does not come back: it destroys itself.
_STOPPED: Final = frozenset({"stopping", "stopped", "failed", "destroying", "destroyed"})


@dataclass(frozen=True, slots=True)
class FlyPool:
    """``size`` machines wait; regions are tried in their order. It looks ``every`` so many seconds."""

    database: Database
    api: FlyApi
    kind: FlyMachineKind
    regions: Sequence[str]
    size: int = 2
    every: float = 3.0

    async def machine_for(self, agent: Agent) -> UUID:
        """A machine for the agent's next leg: one that waits, or else a new one. Asked again, the same one."""
        leg = agent.leg + 1
        while True:
            async with self.database.transaction() as tx:
                known = await tx.pool.of_leg(agent.id, leg)
                claimed = None if known else await tx.pool.claim(agent.id, leg, self.kind.generation)
            if known is not None:
                if known.provider_id is not None:
                    return known.machine_id
                if datetime.now(UTC) - known.changed_at < _MAKING:
                    raise ProviderError("A machine is being made for this agent.")
                await self._leave(known)  # Whoever began to make it has died.
            elif claimed is None:
                return await self._provision(agent.id, leg)
            elif await self._is_ours(claimed, agent):
                return claimed.machine_id
            else:
                await self._leave(claimed)

    async def run(self) -> None:
        """Fill, and tidy up, until cancelled; one process at a time."""
        turns = count()

        async def turn() -> None:
            async with self.database.only_one(_LOCK) as chosen:
                if chosen:
                    await self.tend()
                    if next(turns) % _REAP_EVERY == 0:
                        await self.reap()
            await asyncio.sleep(self.every)

        await repeat("pool", turn)

    async def tend(self) -> None:
        """One look at everything: what is used up goes, what dialled in is ready, what is missing is made."""
        async with self.database.transaction() as tx:
            for machine_id in await tx.pool.used_up(self.kind.generation, _PATIENCE):
                await tx.pool.leave(machine_id)
            await tx.pool.make_ready()
            leaving = await tx.pool.leaving()
            missing = self.size - await tx.pool.waiting(self.kind.generation)
        for machine in leaving:
            await self.api.delete_app(machine.app)
            async with self.database.transaction() as tx:
                await tx.pool.remove(machine.machine_id)
        for _ in range(missing):
            await self._provision(None, None)

    async def reap(self) -> list[str]:
        """Delete apps of ours that no row tells of, and give up machines that Fly no longer has; those orphans."""
        before = await self._listed()
        await asyncio.sleep(self.every)
        # Fly tells with some delay: only what was so twice is so.
        now = await self._listed()
        alive = {app for app in before | now if _STOPPED.isdisjoint((before.get(app), now.get(app)))}
        async with self.database.transaction() as tx:
            orphans = sorted((before.keys() & now.keys()) - await tx.pool.apps())
            for machine_id in await tx.pool.vanished(alive, _TOLD_WITHIN):
                _log.warning("machine_vanished", machine=str(machine_id))
                await tx.pool.leave(machine_id)
        for app in orphans:
            _log.warning("orphan_deleted", app=app)
            await self.api.delete_app(app)
        return orphans

    async def _listed(self) -> dict[str, str]:
        """The states of the machines that are ours, by their apps."""
        machines = await self.api.machines()
        return {each.app_name: each.state for each in machines if each.app_name.startswith(self.kind.prefix)}

    async def _provision(self, agent_id: UUID | None, leg: int | None) -> UUID:
        """The row is written first: whatever happens from here on, somebody knows that there may be a machine."""
        machine_id, token = uuid4(), secrets.token_urlsafe(32)
        app = f"{self.kind.prefix}{machine_id.hex[:20]}"
        async with self.database.transaction() as tx:
            await tx.machines.register(machine_id, "fly", app, hash_token(token))
            if not await tx.pool.add(machine_id, app, self.kind.generation, agent_id, leg):
                raise ProviderError("A machine is being made for this agent.")
        await self.api.create_app(app)
        machine = await self._create(app, token)
        if agent_id is not None:
            await self._started(app, machine)
        async with self.database.transaction() as tx:
            await tx.pool.provisioned(machine_id, machine.id, machine.instance_id, machine.region)
        _log.info("machine_made", app=app, region=machine.region, warm=agent_id is None)
        return machine_id

    async def _create(self, app: str, token: str) -> FlyMachine:
        for region in self.regions[:-1]:
            with suppress(NoCapacity):
                return await self.api.create_machine(app, region, self.kind.config(token, app))
        return await self.api.create_machine(app, self.regions[-1], self.kind.config(token, app))

    async def _leave(self, machine: PoolMachine) -> None:
        async with self.database.transaction() as tx:
            await tx.pool.leave(machine.machine_id)

    async def _started(self, app: str, machine: FlyMachine) -> None:
        for _ in range(_STARTING_PATIENCE):
            if await self.api.wait_started(app, machine):
                return
        raise ProviderError("Fly did not start a machine in time. Trying again.")

    async def _is_ours(self, claimed: PoolMachine, agent: Agent) -> bool:
        """Fence the machine off at Fly, and see that it is still there. The row alone says whose it is."""
        if claimed.provider_id is None:
            return False
        try:
            async with self.api.lease(claimed.app, claimed.provider_id, f"claim {agent.id}"):
                machine = await self.api.state_of(claimed.app, claimed.provider_id)
                if machine is None or machine.state != "started" or machine.instance_id != claimed.instance_id:
                    return False
                await self.api.label(claimed.app, machine, {"agent": str(agent.id)})
        except (Conflict, Gone):
            return False
        return True
