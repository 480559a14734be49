"""Takes down what is to be said to agents: more about the task, the answer to a question, or work on what is done."""

from uuid import UUID

from core.agents.quota import Quota
from core.agents.rounds import begin_round, unpark
from core.model.agent import Agent, FollowUp, Parking, Question, Status
from core.model.command import Choice, Doubt, FollowUpTaken, NotDone, NotUnderstood, Outcome, Unclear
from core.model.errors import Refusal
from core.model.people import Person
from core.model.ring import MachineRing
from core.replies import refusals
from core.store.database import Transaction


async def take_down(
    tx: Transaction, agent: Agent | None, said: str | Choice, message_id: UUID, *, person: Person, quota: Quota
) -> Outcome:
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
        return NotDone(refusals.nothing_asked(agent))
    if not agent.live:
        await tx.people.hold(person.id)
        try:
            quota.make_room(person, at_work=len(await tx.agents.live_names(person.id)))
        except Refusal as refusal:
            return NotDone(str(refusal))
    question = agent.question.text if agent.question else None
    await tx.work.forget_check_rounds(agent.id)
    now = await carry_on(tx, agent, FollowUp(message_id, text, question))
    return NotDone(refusals.told_too_late(agent)) if now is None else FollowUpTaken(now, answered=question is not None)


async def carry_on(tx: Transaction, agent: Agent, followup: FollowUp) -> Agent | None:
    """Have an agent told, in whatever state it is; one that has come to an end goes on with its branch.

    The caller holds the agent. None for one that was stopped for good. The same follow-up counts once.
    """
    if agent.status is Status.CANCELLED:
        return None
    if not await tx.followups.add(agent.id, followup):
        return agent
    if not agent.live:
        return await begin_round(tx, agent)
    if followup.question is not None:
        await tx.work.answer(agent.id)
    if agent.machine_id is not None:
        tx.ring(MachineRing(agent.machine_id))
    elif agent.parked is Parking.UNANSWERED:
        return await unpark(tx, agent)
    return agent


def _chosen(asked: Question | None, choice: Choice) -> str | None:
    if asked is None or (asked.leg, asked.seq) != (choice.leg, choice.seq):
        return None
    return asked.options[choice.option] if 0 <= choice.option < len(asked.options) else None
