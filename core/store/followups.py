"""What people told agents after they were created: written down first, told by the machine, once."""

from dataclasses import dataclass
from uuid import UUID

from asyncpg import Record

from core.model.agent import FollowUp
from core.store.connection import Connection


@dataclass(frozen=True, slots=True)
class FollowUpTable:
    """The table ``followups``."""

    connection: Connection

    async def add(self, agent_id: UUID, followup: FollowUp) -> bool:
        """Write down what an agent has to be told. False when that was done before."""
        status = await self.connection.execute(
            "insert into followups (id, agent_id, text, question) values ($1, $2, $3, $4) on conflict do nothing",
            followup.id,
            agent_id,
            followup.text,
            followup.question,
        )
        return status == "INSERT 0 1"

    async def get(self, followup_id: UUID) -> FollowUp | None:
        """What came of an inbound message, if it was for an agent."""
        row = await self.connection.fetchrow("select * from followups where id = $1", followup_id)
        return None if row is None else _followup(row)

    async def waiting(self, agent_id: UUID) -> list[FollowUp]:
        """What the agent has not been told yet, oldest first."""
        rows = await self.connection.fetch(
            "select * from followups where agent_id = $1 and told_at is null order by written_at", agent_id
        )
        return [_followup(row) for row in rows]

    async def told(self, agent_id: UUID) -> list[FollowUp]:
        """What the agent has been told, oldest first."""
        rows = await self.connection.fetch(
            "select * from followups where agent_id = $1 and told_at is not null order by written_at", agent_id
        )
        return [_followup(row) for row in rows]

    async def tell(self, agent_id: UUID, followup_id: UUID) -> None:
        """The agent has been told."""
        await self.connection.execute(
            "update followups set told_at = now() where id = $1 and agent_id = $2 and told_at is null",
            followup_id,
            agent_id,
        )


def _followup(row: Record) -> FollowUp:
    return FollowUp(row["id"], row["text"], row["question"])
