"""What machines reported, once each and in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core.model.event import Event
from core.redaction.happenings import HAPPENING
from core.store.connection import Connection


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
            HAPPENING.dump_python(event.happening, mode="json"),
        )
        return status == "INSERT 0 1"

    async def record_all(self, events: Sequence[Event]) -> None:
        """Record events that are known to be next, of agents that the caller holds."""
        await self.connection.execute(
            "insert into events (agent_id, leg, seq, at, kind, happening)"
            " select agent_id, leg, seq, at, kind, happening::jsonb from unnest($1::uuid[], $2::integer[],"
            " $3::integer[], $4::timestamptz[], $5::text[], $6::text[]) as e (agent_id, leg, seq, at, kind, happening)",
            [event.agent_id for event in events],
            [event.leg for event in events],
            [event.seq for event in events],
            [event.at for event in events],
            [event.happening.kind for event in events],
            [HAPPENING.dump_json(event.happening).decode() for event in events],
        )

    async def last_seqs(self, runs: Sequence[tuple[UUID, int]]) -> dict[UUID, int]:
        """The number of the newest recorded event of each run, by its agent; 0 when there is none."""
        rows = await self.connection.fetch(
            "select agent_id, coalesce((select max(seq) from events"
            "  where events.agent_id = run.agent_id and events.leg = run.leg), 0) as seq"
            " from unnest($1::uuid[], $2::integer[]) as run (agent_id, leg)",
            [agent_id for agent_id, _ in runs],
            [leg for _, leg in runs],
        )
        return {row["agent_id"]: row["seq"] for row in rows}

    async def last_seq(self, agent_id: UUID, leg: int) -> int:
        """The number of the newest recorded event of a run; 0 when there is none."""
        return (await self.last_seqs([(agent_id, leg)]))[agent_id]

    async def steps(self, agent_ids: Sequence[UUID], count: int) -> dict[UUID, tuple[str, ...]]:
        """The summaries of each agent's newest steps, oldest first."""
        rows = await self.connection.fetch(
            "select agent_id, array(select happening->>'summary' from events"
            "  where events.agent_id = agent.agent_id and kind = 'step_taken'"
            "  order by leg desc, seq desc limit $2) as newest from unnest($1::uuid[]) as agent (agent_id)",
            agent_ids,
            count,
        )
        return {row["agent_id"]: tuple(reversed(row["newest"])) for row in rows}

    async def newest_place(self, agent_id: UUID) -> tuple[int, int]:
        """The leg and the number of an agent's newest event; (0, 0) when there is none."""
        row = await self.connection.fetchrow(
            "select leg, seq from events where agent_id = $1 order by leg desc, seq desc limit 1", agent_id
        )
        return (0, 0) if row is None else (row["leg"], row["seq"])

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
            Event(row["agent_id"], row["leg"], row["seq"], row["at"], HAPPENING.validate_python(row["happening"]))
            for row in rows
        ]
