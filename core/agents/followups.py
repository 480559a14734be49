"""Takes down what people have to say to agents at work: more about the task, or the answer to a question."""

from uuid import UUID

from core.model.agent import Agent, FollowUp, Question
from core.model.command import Choice, Doubt, FollowUpTaken, NotDone, NotUnderstood, Outcome, Unclear
from core.model.ring import MachineRing
from core.replies import wording
from core.store.database import Transaction


async def take_down(tx: Transaction, agent: Agent | None, said: str | Choice, message_id: UUID) -> Outcome:
    """Have the agent told, once for each message. Whatever is said to an agent that has asked is its answer.

    A choice answers the question that it names, if that is still open, and no other.
    """
    if agent is None:
        return NotUnderstood(Unclear(Doubt.NO_SUCH_AGENT))
    known = await tx.followups.get(message_id)
    if known is not None:
        return FollowUpTaken(agent, answered=known.question is not None)
    text = said if isinstance(said, str) else _chosen(agent.question, said)
    if text is None:
        return NotDone(wording.nothing_asked(agent))
    if not agent.live or await tx.work.summary_of(agent.id) is not None:
        return NotDone(wording.told_too_late(agent))
    question = agent.question.text if agent.question else None
    if question is not None:
        await tx.work.answer(agent.id)
    await tx.followups.add(agent.id, FollowUp(message_id, text, question))
    if agent.machine_id is not None:
        tx.ring(MachineRing(agent.machine_id))
    return FollowUpTaken(agent, answered=question is not None)


def _chosen(asked: Question | None, choice: Choice) -> str | None:
    if asked is None or (asked.leg, asked.seq) != (choice.leg, choice.seq):
        return None
    return asked.options[choice.option] if 0 <= choice.option < len(asked.options) else None
