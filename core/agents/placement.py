"""Which host an agent gets its machine from: the one decision about tiers."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from core.model.agent import Agent
from core.model.errors import Refusal
from core.model.people import Plan
from core.sandbox.host import Host
from core.settings import HostName
from core.store.database import Database


def hosts_by_plan(there_are: Mapping[HostName, Host], wanted: HostName | None) -> dict[Plan, Host]:
    """The host of each plan: machines at Fly for free, a server for pro, this computer where there is neither.

    ``wanted`` sends all of them one way. Raises Refusal when that one has not been set up.
    """
    if wanted is not None:
        if wanted not in there_are:
            token = {"fly": "FLY_API_TOKEN", "hetzner": "HCLOUD_TOKEN"}.get(wanted)
            raise Refusal(f"CADENCE_HOST is {wanted}: set {token} too, or leave CADENCE_HOST unset.")
        return dict.fromkeys(Plan, there_are[wanted])
    local = there_are["local"]
    return {Plan.FREE: there_are.get("fly", local), Plan.PRO: there_are.get("hetzner", local)}


@dataclass(frozen=True, slots=True)
class TieredHost:
    """A machine where the plan of the agent's person has it."""

    database: Database
    hosts: Mapping[Plan, Host]

    async def machine_for(self, agent: Agent) -> UUID:
        """A machine of the right host."""
        async with self.database.transaction() as tx:
            person = await tx.people.get(agent.user_id)
        return await self.hosts[Plan.FREE if person is None else person.plan].machine_for(agent)
