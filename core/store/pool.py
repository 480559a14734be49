"""Machines that are made for one run each, from before they are asked for until they are gone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Record

from core.store.connection import Connection


@dataclass(frozen=True, slots=True)
class PoolMachine:
    """One of them. ``provider_id`` and ``instance_id`` are the provider's names, once it has given them."""

    machine_id: UUID
    app: str
    provider_id: str | None
    instance_id: str | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PoolTable:
    """The table ``pool``."""

    connection: Connection

    async def add(self, machine_id: UUID, app: str, generation: str, agent_id: UUID | None, leg: int | None) -> bool:
        """Note a machine before it is asked for. False when this leg of the agent has one already."""
        status = await self.connection.execute(
            "insert into pool (machine_id, app, generation, agent_id, leg) values ($1, $2, $3, $4, $5)"
            " on conflict (agent_id, leg) do nothing",
            machine_id,
            app,
            generation,
            agent_id,
            leg,
        )
        return status == "INSERT 0 1"

    async def provisioned(self, machine_id: UUID, provider_id: str, instance_id: str, region: str) -> None:
        """The provider has made it. One that was made for an agent is that agent's at once."""
        await self.connection.execute(
            "update pool set provider_id = $2, instance_id = $3, region = $4, changed_at = now(),"
            " status = case when agent_id is null then status else 'claimed' end"
            " where machine_id = $1 and status = 'provisioning'",
            machine_id,
            provider_id,
            instance_id,
            region,
        )

    async def make_ready(self) -> None:
        """Those that have dialled in, and whose walls hold, are ready to be claimed."""
        await self.connection.execute(
            "update pool set status = 'ready', changed_at = now() from machines where machines.id = machine_id"
            " and status = 'provisioning' and agent_id is null and provider_id is not null"
            " and seen_at is not null and (self_test->>'passed')::boolean"
        )

    async def of_leg(self, agent_id: UUID, leg: int) -> PoolMachine | None:
        """The machine that this leg of an agent has."""
        row = await self.connection.fetchrow("select * from pool where agent_id = $1 and leg = $2", agent_id, leg)
        return None if row is None else _read(row)

    async def claim(self, agent_id: UUID, leg: int, generation: str) -> PoolMachine | None:
        """Take a machine that is ready, the one that has waited longest. Two never get the same one."""
        row = await self.connection.fetchrow(
            "update pool set status = 'claimed', agent_id = $1, leg = $2, changed_at = now() where machine_id = ("
            " select machine_id from pool where status = 'ready' and generation = $3"
            " order by changed_at limit 1 for update skip locked) returning *",
            agent_id,
            leg,
            generation,
        )
        return None if row is None else _read(row)

    async def leave(self, machine_id: UUID) -> None:
        """Nobody shall have this machine any more."""
        await self.connection.execute(
            "update pool set status = 'leaving', agent_id = null, leg = null, changed_at = now() where machine_id = $1",
            machine_id,
        )

    async def waiting(self, generation: str) -> int:
        """How many machines of a generation are ready or will be."""
        return await self.connection.fetchval(
            "select count(*) from pool where generation = $1 and agent_id is null"
            " and status in ('provisioning', 'ready')",
            generation,
        )

    async def used_up(self, generation: str, patience: timedelta) -> list[UUID]:
        """Machines that nobody needs: their run is over, they never dialled in, have fallen silent, or are of old."""
        rows = await self.connection.fetch(
            "select machine_id from pool join machines on machines.id = machine_id where"
            " (pool.status = 'claimed' and pool.changed_at < now() - interval '20 seconds' and not exists ("
            "   select 1 from agents where agents.machine_id = pool.machine_id and agents.leg = pool.leg"
            "    and agents.status in ('pending', 'running', 'paused') and agents.summary is null))"
            " or (pool.status = 'provisioning' and pool.changed_at < now() - $2::interval)"
            " or (pool.status = 'ready' and (generation <> $1 or seen_at < now() - interval '1 minute'))",
            generation,
            patience,
        )
        return [row["machine_id"] for row in rows]

    async def vanished(self, alive: set[str], patience: timedelta) -> list[UUID]:
        """Machines nobody has claimed yet that are not among those ``alive``, though they were made a while ago."""
        rows = await self.connection.fetch(
            "select machine_id from pool where status in ('provisioning', 'ready') and provider_id is not null"
            " and changed_at < now() - $2::interval and app <> all($1)",
            sorted(alive),
            patience,
        )
        return [row["machine_id"] for row in rows]

    async def leaving(self) -> list[PoolMachine]:
        """Those that still have to be deleted at the provider."""
        return [_read(row) for row in await self.connection.fetch("select * from pool where status = 'leaving'")]

    async def remove(self, machine_id: UUID) -> None:
        """It is gone. Its token opens nothing any more."""
        await self.connection.execute("delete from pool where machine_id = $1", machine_id)
        await self.connection.execute("update machines set token_hash = $2 where id = $1", machine_id, machine_id.bytes)

    async def apps(self) -> set[str]:
        """The apps of all machines there are or shall be."""
        return {row["app"] for row in await self.connection.fetch("select app from pool")}


def _read(row: Record) -> PoolMachine:
    return PoolMachine(row["machine_id"], row["app"], row["provider_id"], row["instance_id"], row["changed_at"])
