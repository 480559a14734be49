"""Takes down what people have to say to agents at work: more about the task, or the answer to a question."""

from uuid import UUID

from core.model.agent import Agent, FollowUp
from core.model.command import Choice, Doubt, FollowUpTaken, NotDone, NotUnderstood, Outcome, Unclear
from core.model.ring import MachineRing
from core.replies import wording
from core.store.database import Transaction


async def take_message(tx: Transaction, agent: Agent | None, text: str, message_id: UUID) -> Outcome:
    """Have the agent told, once for each message. Whatever is said to an agent that has asked is its answer."""
    if agent is None:
        return NotUnderstood(Unclear(Doubt.NO_SUCH_AGENT))
    known = await tx.followups.get(message_id)
    if known is not None:
        return FollowUpTaken(agent, answered=known.question is not None)
    if not agent.live or await tx.agents.summary_of(agent.id) is not None:
        return NotDone(wording.told_too_late(agent))
    question = agent.question.text if agent.question else None
    if question is not None:
        await tx.agents.answer(agent.id)
    await tx.followups.add(agent.id, FollowUp(message_id, text, question))
    if agent.machine_id is not None:
        tx.ring(MachineRing(agent.machine_id))
    return FollowUpTaken(agent, answered=question is not None)


async def take_answer(tx: Transaction, agent: Agent | None, answer: str | Choice, message_id: UUID) -> Outcome:
    """Answer the question that the agent has asked. A question that is no longer open is answered by nobody."""
    if agent is None or isinstance(answer, str):
        return await take_message(tx, agent, answer if isinstance(answer, str) else "", message_id)
    known = await tx.followups.get(message_id)
    if known is not None:
        return FollowUpTaken(agent, answered=True)
    asked = agent.question
    if (
        asked is None
        or (asked.leg, asked.seq) != (answer.leg, answer.seq)
        or not 0 <= answer.option < len(asked.options)
    ):
        return NotDone(wording.nothing_asked(agent))
    return await take_message(tx, agent, asked.options[answer.option], message_id)
