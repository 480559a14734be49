"""Machines that may dial in."""

from dataclasses import dataclass
from uuid import UUID

from core.store.connection import Connection


@dataclass(frozen=True, slots=True)
class MachineTable:
    """The table ``machines``."""

    connection: Connection

    async def register(self, machine_id: UUID, host: str, name: str, token_hash: bytes) -> None:
        """Let a machine in by this token; a known machine gets a new one."""
        await self.connection.execute(
            "insert into machines (id, host, name, token_hash) values ($1, $2, $3, $4) on conflict (id)"
            " do update set host = excluded.host, name = excluded.name, token_hash = excluded.token_hash",
            machine_id,
            host,
            name,
            token_hash,
        )

    async def by_token(self, token_hash: bytes) -> UUID | None:
        """The machine that this token opens the door for."""
        return await self.connection.fetchval("select id from machines where token_hash = $1", token_hash)

    async def seen(self, machine_id: UUID, self_test: object | None = None) -> None:
        """The machine is there; ``self_test`` is its newest report, if it made one."""
        await self.connection.execute(
            "update machines set seen_at = now(), self_test = coalesce($2, self_test) where id = $1",
            machine_id,
            self_test,
        )

    async def names_seen(self) -> list[str]:
        """Machines that are connected now: heard of within the last half minute."""
        rows = await self.connection.fetch(
            "select name from machines where seen_at > now() - interval '30 seconds' order by name"
        )
        return [row["name"] for row in rows]
