"""What agents know and have not pushed, as their machines packed it. Nobody but a box ever opens an archive."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from core.store.connection import Connection


@dataclass(frozen=True, slots=True)
class SnapshotTable:
    """The table ``snapshots``: the newest of each agent."""

    connection: Connection

    async def keep(self, agent_id: UUID, leg: int, archive: bytes) -> None:
        """Keep an archive in place of the one before; an older leg's comes too late."""
        await self.connection.execute(
            "insert into snapshots (agent_id, leg, archive) values ($1, $2, $3) on conflict (agent_id)"
            " do update set leg = excluded.leg, archive = excluded.archive, taken_at = now()"
            " where snapshots.leg <= excluded.leg",
            agent_id,
            leg,
            archive,
        )

    async def get(self, agent_id: UUID) -> bytes | None:
        """The newest archive."""
        return await self.connection.fetchval("select archive from snapshots where agent_id = $1", agent_id)

    async def exists(self, agent_id: UUID) -> bool:
        """True when there is something to go on from."""
        return await self.connection.fetchval("select exists (select 1 from snapshots where agent_id = $1)", agent_id)

    async def drop(self, agent_id: UUID) -> None:
        """Nobody will go on with this agent's work."""
        await self.connection.execute("delete from snapshots where agent_id = $1", agent_id)

    async def drop_old(self, age: timedelta) -> None:
        """Drop what agents that ended long ago have left."""
        await self.connection.execute(
            "delete from snapshots using agents where agents.id = agent_id and completed_at < now() - $1::interval", age
        )
