"""How a round of work begins and how it ends, and what the person is told of it."""

from core.agents.names import free_name
from core.agents.schedules import count_ending
from core.jobs import START_AGENT
from core.model.agent import Agent, Move
from core.model.messages import Reply
from core.model.ring import JobRing, WatchRing
from core.replies import results, wording
from core.store.database import Transaction
from core.store.replies import Shown

_STEPS_SHOWN = 5


async def show_progress(tx: Transaction, *agents: Agent) -> None:
    """Bring the one edited message of each agent's round up to date, and have those know who watch."""
    for agent in agents:
        tx.ring(WatchRing(agent.user_id))
    steps = await tx.events.steps([agent.id for agent in agents], _STEPS_SHOWN)
    await tx.replies.show(
        [
            Shown(f"progress:{agent.id}:{agent.round}", agent.reply_to, wording.progress(agent, steps[agent.id]))
            for agent in agents
        ]
    )


async def begin_round(tx: Transaction, agent: Agent) -> Agent | None:
    """Put an agent that has come to an end to work once more. Its name may have gone to another one meanwhile."""
    taken = await tx.agents.live_names(agent.user_id)
    again = await tx.agents.go_on(agent.id, free_name(taken, agent.id) if agent.name in taken else agent.name)
    if again is not None:
        await show_progress(tx, again)
        tx.ring(JobRing(START_AGENT, agent.id))
    return again


async def unpark(tx: Transaction, agent: Agent) -> Agent:
    """Let a parked agent go on, on whichever machine there is."""
    unparked = await tx.legs.unpark(agent.id)
    if unparked is not None:
        tx.ring(JobRing(START_AGENT, agent.id))
    return unparked or agent


async def complete(tx: Transaction, agent: Agent, summary: str, *, changed: bool) -> None:
    """The work is done. What was said while it was being published begins the next round."""
    done = await tx.agents.move(agent.id, Move.COMPLETE)
    if done is None:
        return
    await show_progress(tx, done)
    await _tell_the_end(
        tx, done, results.finished(done, summary) if changed else results.nothing_changed(done, summary)
    )
    await count_ending(tx, done)
    if await tx.followups.waiting(agent.id):
        await begin_round(tx, done)


async def fail(tx: Transaction, agent: Agent, reason: str) -> None:
    """The agent has failed, and the person is told why."""
    failed = await tx.agents.move(agent.id, Move.FAIL)
    if failed is not None:
        await tx.agents.blame(agent.id, reason)
        await show_progress(tx, failed)
        kept = await tx.snapshots.exists(agent.id)
        await _tell_the_end(tx, failed, results.failed(failed, reason, kept=kept))
        await count_ending(tx, failed)


async def stop(tx: Transaction, agent: Agent) -> None:
    """The agent is at an end because the person wanted it, and they are told what it had done."""
    cancelled = await tx.agents.move(agent.id, Move.CANCEL)
    if cancelled is not None:
        await tx.snapshots.drop(agent.id)
        await show_progress(tx, cancelled)
        steps = await tx.events.steps([agent.id], _STEPS_SHOWN)
        await _tell_the_end(tx, cancelled, results.stopped(cancelled, steps[agent.id]))


async def _tell_the_end(tx: Transaction, agent: Agent, reply: Reply) -> None:
    await tx.replies.promise(agent.reply_to, reply, once=f"{agent.status}:{agent.id}:{agent.round}")
