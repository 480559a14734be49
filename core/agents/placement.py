"""Which host an agent gets its machine from: the one decision about tiers."""

from dataclasses import dataclass
from uuid import UUID

from core.model.agent import Agent
from core.model.people import Plan
from core.sandbox.host import Host
from core.store.database import Database


@dataclass(frozen=True, slots=True)
class TieredHost:
    """A machine where the plan of the agent's person has it."""

    database: Database
    hosts: dict[Plan, Host]

    async def machine_for(self, agent: Agent) -> UUID:
        """A machine of the right host."""
        async with self.database.transaction() as tx:
            person = await tx.people.get(agent.user_id)
        return await self.hosts[Plan.FREE if person is None else person.plan].machine_for(agent)
