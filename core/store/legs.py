"""Agents' stays on machines: a higher leg fences off an older one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from core.model.agent import LIVE, Agent, Parking, Phase
from core.model.command import Wish
from core.store.agent_row import maybe_agent, read_agent
from core.store.connection import Connection

_LIVE: Final = [str(status) for status in LIVE]


@dataclass(frozen=True, slots=True)
class LegTable:
    """The table ``agents``, as far as machines are concerned."""

    connection: Connection

    async def place(self, agent_id: UUID, machine_id: UUID, leg: int) -> Agent | None:
        """Begin leg ``leg + 1`` on a machine, if the agent is still live, still at ``leg`` and on no machine.

        A new leg starts out running: a paused agent has to be paused again, unless it was wished to go on.
        """
        row = await self.connection.fetchrow(
            "update agents set machine_id = $2, leg = leg + 1, heard_at = now(), held_at = null, phase = $4,"
            " updated_at = now(),"
            " status = case when status = 'paused' and wish = 'resume' then 'running' else status end,"
            " wish = case when status <> 'paused' then wish when wish = 'resume' then null"
            "  else coalesce(wish, 'pause') end"
            " where id = $1 and leg = $3 and machine_id is null and parked is null and status = any($5)"
            " returning *",
            agent_id,
            machine_id,
            leg,
            Phase.PROVISIONING,
            _LIVE,
        )
        return maybe_agent(row)

    async def lose(self, agent_id: UUID, leg: int) -> None:
        """The machine of leg ``leg`` is gone. A leg is lost once, and not when the work is done already."""
        await self.connection.execute(
            "update agents set machine_id = null, question = null, held_at = null, losses = losses + 1"
            " where id = $1 and leg = $2 and machine_id is not null and summary is null and status = any($3)",
            agent_id,
            leg,
            _LIVE,
        )

    async def leave(self, agent_id: UUID) -> None:
        """The machine is through with the agent, and its work is not."""
        await self.connection.execute("update agents set machine_id = null where id = $1", agent_id)

    async def stand_still(self, agent_id: UUID) -> None:
        """The run waits for its person from now on, unless it has been waiting already."""
        await self.connection.execute(
            "update agents set held_at = coalesce(held_at, now()) where id = $1 and status = any($2)", agent_id, _LIVE
        )

    async def move_again(self, agent_id: UUID) -> None:
        """The run no longer waits for an answer; whether it is paused besides is another matter."""
        await self.connection.execute(
            "update agents set held_at = case when status = 'paused' then now() end,"
            " wish = case when wish = 'park' then null else wish end where id = $1",
            agent_id,
        )

    async def park(self, agent_id: UUID, why: Parking) -> Agent | None:
        """The machine is free, and the agent waits for its person without one."""
        row = await self.connection.fetchrow(
            "update agents set machine_id = null, held_at = null, parked = $2, updated_at = now(),"
            " wish = case when wish in ('park', 'pause') then null else wish end"
            " where id = $1 and machine_id is not null and status = 'paused' returning *",
            agent_id,
            why,
        )
        return maybe_agent(row)

    async def unpark(self, agent_id: UUID) -> Agent | None:
        """Let a parked agent have a machine again, on which it goes on."""
        row = await self.connection.fetchrow(
            "update agents set parked = null, wish = 'resume', updated_at = now()"
            " where id = $1 and parked is not null and status = 'paused' returning *",
            agent_id,
        )
        return maybe_agent(row)

    async def on_machine(self, machine_id: UUID) -> list[tuple[Agent, Wish | None]]:
        """The agents that a machine should be running, each with what is wished of it."""
        rows = await self.connection.fetch(
            "select * from agents where machine_id = $1 and status = any($2) and summary is null order by created_at",
            machine_id,
            _LIVE,
        )
        return [(read_agent(row), Wish(row["wish"]) if row["wish"] else None) for row in rows]

    async def heard_of(self, agent_ids: Sequence[UUID]) -> None:
        """A machine says that these runs are alive."""
        await self.connection.execute(
            "update agents set heard_at = now() where id = any($1) and status = any($2)", list(agent_ids), _LIVE
        )
