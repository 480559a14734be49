"""What the sweep looks for: agents that somebody should have seen to by now."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from core.model.agent import LIVE
from core.store.connection import Connection

_LIVE: Final = [str(status) for status in LIVE]


@dataclass(frozen=True, slots=True)
class OverdueAgents:
    """Questions to the table ``agents``."""

    connection: Connection

    async def unplaced(self) -> list[UUID]:
        """Live agents that no machine has been found for."""
        return await self._ids("machine_id is null and parked is null and updated_at < now() - interval '2 seconds'")

    async def lost(self, silence: timedelta) -> list[tuple[UUID, int]]:
        """Live agents whose machine has not been heard of for too long, each with the leg it is lost in."""
        rows = await self.connection.fetch(
            "select id, leg from agents where status = any($1) and summary is null and machine_id is not null"
            " and heard_at < now() - $2::interval",
            _LIVE,
            silence,
        )
        return [(row["id"], row["leg"]) for row in rows]

    async def unpublished(self) -> list[UUID]:
        """Agents whose work is done and whose pull request is not known yet."""
        return await self._ids("summary is not null and (wish = 'cancel' or updated_at < now() - interval '8 seconds')")

    async def waiting_long(self, patience: timedelta) -> list[tuple[UUID, UUID]]:
        """Agents that have held a machine for too long while they wait for their person, each with its machine."""
        rows = await self.connection.fetch(
            "select id, machine_id from agents where (status = 'paused' or question is not null)"
            " and wish is null and machine_id is not null and summary is null and status = any($1)"
            " and held_at < now() - $2::interval",
            _LIVE,
            patience,
        )
        return [(row["id"], row["machine_id"]) for row in rows]

    async def wishing(self) -> list[tuple[UUID, UUID]]:
        """Agents with a wish that has not come true, each with its machine."""
        rows = await self.connection.fetch(
            "select id, machine_id from agents"
            " where wish is not null and machine_id is not null and summary is null and status = any($1)",
            _LIVE,
        )
        return [(row["id"], row["machine_id"]) for row in rows]

    async def _ids(self, condition: str) -> list[UUID]:
        rows = await self.connection.fetch(
            f"select id from agents where status = any($1) and {condition}",  # noqa: S608 (the conditions are ours)
            _LIVE,
        )
        return [row["id"] for row in rows]
