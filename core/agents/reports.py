"""Turns what machines report into what is so: one transaction an event, replies included."""

from dataclasses import asdict, dataclass, replace
from typing import assert_never
from uuid import UUID

from core.jobs import PUBLISH_PULL_REQUEST, START_AGENT
from core.model.agent import Agent, Move, Phase, Question, Status
from core.model.command import Wish
from core.model.event import (
    Asked,
    Blocked,
    BranchPushed,
    Event,
    Failed,
    Finished,
    Paused,
    PhaseEntered,
    Resumed,
    Said,
    Started,
    StepTaken,
    Stopped,
    Told,
)
from core.model.ring import JobRing
from core.replies import wording
from core.store.database import Database, Transaction

_PROGRESS = {Phase.PROVISIONING: 5, Phase.CLONING: 10, Phase.WORKING: 15, Phase.PUBLISHING: 90}
_PROGRESS_A_STEP = 5
_MOST_WHILE_WORKING = 85
_STEPS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Reports:
    """Records events and draws the consequences."""

    database: Database

    async def record(self, event: Event, machine_id: UUID) -> int:
        """Record an event of a machine once; the number up to which the run's events are now known."""
        event = _storable(event)
        async with self.database.transaction() as tx:
            # Held, so that no leg begins between the look and the consequences.
            agent = await tx.agents.hold(event.agent_id)
            if agent is None or (agent.leg, agent.machine_id) != (event.leg, machine_id):
                return event.seq  # Fenced off: acknowledged so that the machine forgets it, and otherwise ignored.
            if await tx.events.record(event):
                if agent.status is Status.PENDING:
                    # Whatever a run says first, it has been started.
                    await tx.agents.move(agent.id, Move.START)
                await _draw_consequences(tx, agent, event)
            return await tx.events.last_seq(event.agent_id, event.leg)


def _storable(event: Event) -> Event:
    """Postgres keeps every character but NUL, which what a program prints may hold."""
    said = asdict(event.happening).items()
    clean = {name: _without_nul(value) for name, value in said if "\0" in str(value)}
    return replace(event, happening=replace(event.happening, **clean)) if clean else event


def _without_nul(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(text.replace("\0", "\N{REPLACEMENT CHARACTER}") for text in value)
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}")


async def _draw_consequences(tx: Transaction, agent: Agent, event: Event) -> None:
    match event.happening:
        case Started():
            await _note(tx, agent, Phase.PROVISIONING)
        case PhaseEntered(phase):
            await _note(tx, agent, phase)
        case StepTaken(_, summary):
            await _note(tx, agent, Phase.WORKING, summary)
        case Blocked(what):
            await _note(tx, agent, agent.phase, f"blocked: {what}")
        case Said():
            pass
        case Paused():
            await _grant(tx, agent, Wish.PAUSE, Move.PAUSE)
        case Resumed():
            await _grant(tx, agent, Wish.RESUME, Move.RESUME)
        case Asked(text, options):
            await _ask(tx, agent, Question(event.leg, event.seq, text, options))
        case Told(followup_id):
            await tx.followups.tell(agent.id, followup_id)
            await _note(tx, agent, Phase.WORKING)
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


async def fail(tx: Transaction, agent: Agent, reason: str) -> None:
    """The agent has failed, and the person is told why."""
    failed = await tx.agents.move(agent.id, Move.FAIL)
    if failed is not None:
        await tx.agents.blame(agent.id, reason)
        await show_progress(tx, failed)
        await tx.replies.promise(agent.reply_to, wording.failed(failed, reason), once=f"failed:{agent.id}")


async def show_progress(tx: Transaction, agent: Agent) -> None:
    """Bring the agent's one edited message up to date."""
    steps = await tx.events.steps(agent.id, _STEPS_SHOWN)
    await tx.replies.show(agent.reply_to, wording.progress(agent, tuple(steps)), slot=f"progress:{agent.id}")


async def _note(tx: Transaction, agent: Agent, phase: Phase, step: str | None = None) -> None:
    reached = _PROGRESS.get(phase, 0)
    if step is not None:
        reached = min(_MOST_WHILE_WORKING, max(agent.progress, reached) + _PROGRESS_A_STEP)
    noted = await tx.work.progress(agent.id, phase=phase, progress=reached, step=step)
    if noted is not None:
        await show_progress(tx, noted)


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


async def _finish(tx: Transaction, agent: Agent, finished: Finished) -> None:
    if await tx.followups.waiting(agent.id):
        # Said too late for this leg; the next one goes on from what has been pushed.
        await tx.legs.leave(agent.id)
        tx.ring(JobRing(START_AGENT, agent.id))
        return
    await tx.work.summarise(agent.id, finished.summary)
    await _note(tx, agent, Phase.PUBLISHING)
    if finished.changed:
        tx.ring(JobRing(PUBLISH_PULL_REQUEST, agent.id))
        return
    done = await tx.agents.move(agent.id, Move.COMPLETE)
    if done is not None:
        await show_progress(tx, done)
        reply = wording.nothing_changed(done, finished.summary)
        await tx.replies.promise(agent.reply_to, reply, once=f"finished:{agent.id}")


async def stop(tx: Transaction, agent: Agent) -> None:
    """The agent is at an end because the person wanted it, and they are told."""
    cancelled = await tx.agents.move(agent.id, Move.CANCEL)
    if cancelled is not None:
        await show_progress(tx, cancelled)
        await tx.replies.promise(agent.reply_to, wording.stopped(cancelled), once=f"stopped:{agent.id}")
