"""Turns what machines report into what is so: one transaction an event, replies included."""

from dataclasses import dataclass, field, replace
from typing import assert_never
from uuid import UUID

from core.agents.budget import Budgets
from core.agents.progress import as_listed, in_phase, noted
from core.agents.rounds import complete, fail, show_progress, stop, unpark
from core.jobs import PUBLISH_PULL_REQUEST, START_AGENT
from core.model.agent import Agent, Move, Parking, Phase, Question, Status
from core.model.command import Wish
from core.model.event import (
    Asked,
    Blocked,
    BranchPushed,
    Event,
    Failed,
    Finished,
    Parked,
    Paused,
    PhaseEntered,
    PlanApproved,
    Restored,
    Resumed,
    Said,
    Started,
    StartedOver,
    StepTaken,
    Stopped,
    TasksListed,
    Told,
)
from core.model.messages import Reply
from core.model.ring import JobRing, WatchRing
from core.redaction.happenings import redacted
from core.redaction.redactor import Redactor
from core.replies import interruptions, money, wording
from core.replies.spoken import sentences
from core.store.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Reports:
    """Records events and draws the consequences."""

    database: Database
    budgets: Budgets = field(default_factory=Budgets)
    redact: Redactor = field(default_factory=Redactor)

    async def record(self, event: Event, machine_id: UUID) -> int:
        """Record an event of a machine once; the number up to which the run's events are now known."""
        event = storable(event, self.redact)
        async with self.database.transaction() as tx:
            # Held, so that no leg begins between the look and the consequences.
            agent = await tx.agents.hold(event.agent_id)
            if agent is None or (agent.leg, agent.machine_id) != (event.leg, machine_id):
                return event.seq  # Fenced off: acknowledged so that the machine forgets it, and otherwise ignored.
            if await tx.events.record(event):
                if agent.status is Status.PENDING:
                    # Whatever a run says first, it has been started.
                    await tx.agents.move(agent.id, Move.START)
                await _draw_consequences(tx, agent, event, self.budgets)
                tx.ring(WatchRing(agent.user_id))
            return await tx.events.last_seq(event.agent_id, event.leg)


def storable(event: Event, redact: Redactor) -> Event:
    """The event as it may be kept: machines are not relied on to have taken secrets out of it."""
    return replace(event, happening=redacted(event.happening, redact))


async def _draw_consequences(tx: Transaction, agent: Agent, event: Event, budgets: Budgets) -> None:
    match event.happening:
        case Started() | PhaseEntered() | StepTaken() | Blocked():
            await _note(tx, noted(agent, event.happening))
        case Said():
            pass
        case Paused():
            await tx.legs.stand_still(agent.id)
            await _grant(tx, agent, Wish.PAUSE, Move.PAUSE)
        case Resumed():
            await _grant(tx, agent, Wish.RESUME, Move.RESUME)
            await tx.legs.move_again(agent.id)
        case Asked(text, options):
            await _ask(tx, agent, Question(event.leg, event.seq, text, options))
        case Told(followup_id):
            await tx.followups.tell(agent.id, followup_id)
            await tx.legs.move_again(agent.id)
            await _note(tx, in_phase(agent, Phase.WORKING))
        case TasksListed(tasks):
            await tx.work.plan(agent.id, tasks)
            await _note(tx, as_listed(agent, tasks))
        case PlanApproved():
            await tx.work.approve(agent.id)
        case Restored(files):
            if agent.round == 1 or files:
                await _interrupted(tx, agent, interruptions.restored(agent, files))
        case StartedOver(reason):
            await _interrupted(tx, agent, interruptions.started_over(agent, reason))
        case Parked(why, saved):
            await _park(tx, agent, why, budgets, saved=saved)
        case BranchPushed():
            await tx.work.pushed(agent.id, event.happening)
        case Finished():
            await _finish(tx, agent, event.happening)
        case Failed(reason):
            await fail(tx, agent, reason)
        case Stopped():
            await stop(tx, agent)
        case _:
            assert_never(event.happening)


async def _note(tx: Transaction, agent: Agent) -> None:
    await show_progress(tx, *await tx.work.progress(agent))


async def _grant(tx: Transaction, agent: Agent, wish: Wish, move: Move) -> None:
    await tx.agents.grant(agent.id, wish)
    moved = await tx.agents.move(agent.id, move)
    if moved is not None:
        await show_progress(tx, moved)


async def _ask(tx: Transaction, agent: Agent, question: Question) -> None:
    waiting = await tx.work.ask(agent.id, question)
    if waiting is not None:
        await show_progress(tx, waiting)
        reply = wording.asked(waiting, question)
        await tx.replies.promise(agent.reply_to, reply, once=f"asked:{agent.id}:{question.leg}:{question.seq}")


async def _park(tx: Transaction, agent: Agent, why: Parking, budgets: Budgets, *, saved: bool) -> None:
    """The machine is free. Whatever the person has wished since then is made true from here."""
    wish = await tx.agents.wish_of(agent.id)
    await tx.agents.move(agent.id, Move.PAUSE)
    parked = await tx.legs.park(agent.id, why)
    if parked is None:
        return
    if wish is Wish.CANCEL:
        await stop(tx, parked)
    elif wish is Wish.RESUME or (why is Parking.UNANSWERED and parked.question is None):
        await unpark(tx, parked)
    else:
        await show_progress(tx, parked)
        if why is Parking.BUDGET:
            reply = money.parked(parked, await budgets.reached(tx, parked), saved=saved)
        else:
            reply = interruptions.parked(parked, saved=saved)
        await tx.replies.promise(agent.reply_to, reply, once=f"parked:{agent.id}:{agent.leg}")


async def _interrupted(tx: Transaction, agent: Agent, reply: Reply) -> None:
    await tx.replies.promise(agent.reply_to, reply, once=f"restored:{agent.id}:{agent.leg}")


async def _finish(tx: Transaction, agent: Agent, finished: Finished) -> None:
    if await tx.agents.wish_of(agent.id) is Wish.CANCEL:
        await stop(tx, agent)
        return
    if await tx.followups.waiting(agent.id):
        # Said too late for this leg; the next one goes on from what has been pushed.
        await tx.legs.leave(agent.id)
        tx.ring(JobRing(START_AGENT, agent.id))
        return
    report = finished.report and replace(finished.report, spoken=sentences(finished.report.spoken, 2))
    await tx.work.summarise(agent.id, finished.summary, report)
    await _note(tx, in_phase(agent, Phase.PUBLISHING))
    if finished.changed:
        tx.ring(JobRing(PUBLISH_PULL_REQUEST, agent.id))
    else:
        await complete(tx, agent, finished.summary, changed=False)
