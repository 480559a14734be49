"""What machines reported, once each and in order."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter

from core.model.event import Event, Happening
from core.store.connection import Connection

_HAPPENING: TypeAdapter[Happening] = TypeAdapter(Happening)


@dataclass(frozen=True, slots=True)
class EventTable:
    """The table ``events``."""

    connection: Connection

    async def record(self, event: Event) -> bool:
        """Record an event. False when it was recorded before, or one before it is still missing."""
        status = await self.connection.execute(
            "insert into events (agent_id, leg, seq, at, kind, happening) select $1, $2, $3, $4, $5, $6"
            " where $3 = 1 or exists (select 1 from events where agent_id = $1 and leg = $2 and seq = $3 - 1)"
            " on conflict do nothing",
            event.agent_id,
            event.leg,
            event.seq,
            event.at,
            event.happening.kind,
            _HAPPENING.dump_python(event.happening, mode="json"),
        )
        return status == "INSERT 0 1"

    async def last_seq(self, agent_id: UUID, leg: int) -> int:
        """The number of the newest recorded event of a run; 0 when there is none."""
        return await self.connection.fetchval(
            "select coalesce(max(seq), 0) from events where agent_id = $1 and leg = $2", agent_id, leg
        )

    async def steps(self, agent_id: UUID, count: int) -> list[str]:
        """The summaries of the agent's newest steps, oldest first."""
        rows = await self.connection.fetch(
            "select happening->>'summary' as summary from events where agent_id = $1 and kind = 'step_taken'"
            " order by leg desc, seq desc limit $2",
            agent_id,
            count,
        )
        return [row["summary"] for row in reversed(rows)]

    async def after(self, agent_id: UUID, leg: int, seq: int, limit: int = 500) -> list[Event]:
        """The agent's events that follow ``(leg, seq)``, oldest first."""
        rows = await self.connection.fetch(
            "select * from events where agent_id = $1 and (leg, seq) > ($2, $3) order by leg, seq limit $4",
            agent_id,
            leg,
            seq,
            limit,
        )
        return [
            Event(row["agent_id"], row["leg"], row["seq"], row["at"], _HAPPENING.validate_python(row["happening"]))
            for row in rows
        ]
