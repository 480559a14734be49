"""What people wish of their agents: recorded first, made true by machines and jobs."""

from typing import Final
from uuid import UUID

from core.agents.rounds import stop, unpark
from core.jobs import PUBLISH_PULL_REQUEST
from core.model.agent import Agent, Status
from core.model.command import Wish, WishRecorded
from core.model.ring import JobRing, MachineRing
from core.store.database import Transaction

_APPLIES_TO: Final[dict[Wish, tuple[Status, ...]]] = {
    Wish.PAUSE: (Status.PENDING, Status.RUNNING),
    Wish.RESUME: (Status.PAUSED,),
    Wish.CANCEL: (Status.PENDING, Status.RUNNING, Status.PAUSED),
}


async def wish(tx: Transaction, wanted: Wish, agents: tuple[UUID, ...], person_id: UUID) -> WishRecorded:
    """Record a wish for those of these agents that are the person's, and have it made true."""
    mine = await tx.agents.named(person_id, agents)
    granted: list[Agent] = []
    for agent in mine:
        recorded = await tx.agents.wish(agent.id, person_id, wanted, _APPLIES_TO[wanted])
        if recorded is not None:
            granted.append(await _pass_on(tx, recorded, wanted))
    too_late = tuple(agent for agent in mine if agent.id not in {done.id for done in granted})
    return WishRecorded(wanted, tuple(granted), too_late)


async def _pass_on(tx: Transaction, agent: Agent, wanted: Wish) -> Agent:
    """A machine makes a wish true and reports it; without a machine it can be true at once."""
    if await tx.work.summary_of(agent.id) is not None:
        tx.ring(JobRing(PUBLISH_PULL_REQUEST, agent.id))  # The machine is done with it.
    elif agent.machine_id is not None:
        tx.ring(MachineRing(agent.machine_id))
    elif wanted is Wish.CANCEL:
        await stop(tx, agent)
    elif wanted is Wish.RESUME:
        return await unpark(tx, agent)
    return agent
