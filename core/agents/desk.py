"""Carries out what was understood: the one place where an intent becomes a change."""

from dataclasses import dataclass, field
from typing import assert_never
from uuid import UUID, uuid4

from core.agents.budget import Budgets
from core.agents.followups import take_down
from core.agents.models import Models
from core.agents.names import free_name
from core.agents.quota import Quota
from core.agents.rounds import unpark
from core.agents.schedules import ScheduleBook
from core.agents.wishes import wish
from core.jobs import START_AGENT
from core.model.agent import Agent, Parking
from core.model.command import (
    AgentCreated,
    AnswerQuestion,
    BudgetRaised,
    CheckStatus,
    CreateAgent,
    CreateSchedule,
    DeleteSchedules,
    Doubt,
    Intent,
    ListSchedules,
    MessageAgent,
    ModelUsage,
    NotDone,
    NotUnderstood,
    Outcome,
    PauseAgent,
    PauseSchedules,
    PlanFirstSet,
    RaiseBudget,
    ResumeAgent,
    ResumeSchedules,
    SetPlanFirst,
    StatusReported,
    StopAgent,
    Unclear,
    VoiceCommand,
    Wish,
)
from core.model.dialogue import Step, Turn
from core.model.errors import Overtaken, Refusal
from core.model.messages import InboundMessage
from core.model.people import Access, Person
from core.model.ring import JobRing, WatchRing
from core.replies import money, refusals
from core.store.agents import NewAgent
from core.store.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class AgentDesk:
    """Creates agents, reports on them and records what people wish of them."""

    database: Database
    model: str
    quota: Quota = field(default_factory=Quota)
    budgets: Budgets = field(default_factory=Budgets)
    models: Models | None = None

    async def turn(self, person: Person, message: InboundMessage) -> Turn:
        """What is known when this message comes in."""
        async with self.database.transaction() as tx:
            return await tx.dialogues.turn(person.id, message.id)

    async def carry_out(
        self, command: VoiceCommand, step: Step, turn: Turn, person: Person, message: InboundMessage
    ) -> tuple[Outcome, ...]:
        """Do what a step does, all or nothing. Doing it again for the same message changes nothing more.

        Raises Overtaken when another message of the person's has come in between: whatever was asked may be answered.
        """
        async with self.database.transaction() as tx:
            await tx.commands.record(command, message.id, person.id, self._cost(command.usage))
            tx.ring(WatchRing(person.id))
            outcomes = tuple([await self._do(tx, act, person, message) for act in step.acts])
            if turn.known is None:
                created = tuple(outcome.agent.id for outcome in outcomes if isinstance(outcome, AgentCreated))
                memory = step.remembering(created).memory
                if not await tx.dialogues.advance(person.id, turn, memory, relies=step.relies):
                    raise Overtaken
                await tx.dialogues.record(message.id, step, command.transcript)
        return outcomes

    def _cost(self, usage: ModelUsage | None) -> float | None:
        """The dollars that a language model took."""
        if usage is None or self.models is None:
            return None
        price = self.models.price(usage.model)
        read = usage.input_tokens - usage.cached_tokens
        dollars = price.input * read + price.cache_read * usage.cached_tokens + price.output * usage.output_tokens
        return dollars / 1_000_000

    async def _do(self, tx: Transaction, intent: Intent, person: Person, message: InboundMessage) -> Outcome:
        match intent:
            case CreateAgent():
                return await self.create(tx, intent, person, message)
            case CheckStatus(wanted):
                agents = await tx.agents.named(person.id, wanted) if wanted else await tx.agents.of(person.id)
                return StatusReported(tuple(agents))
            case PauseAgent(wanted):
                return await wish(tx, Wish.PAUSE, wanted, person.id)
            case ResumeAgent(wanted):
                return await self._without_money(tx, wanted, person) or await wish(tx, Wish.RESUME, wanted, person.id)
            case StopAgent(wanted):
                return await wish(tx, Wish.CANCEL, wanted, person.id)
            case AnswerQuestion(agent_id, said) | MessageAgent(agent_id, said):
                agent = await _mine(tx, agent_id, person)
                return await take_down(tx, agent, said, message.id, person=person, quota=self.quota)
            case RaiseBudget():
                return await self._raise(tx, intent, person)
            case CreateSchedule():
                return await ScheduleBook(tx).create(intent, person, message)
            case SetPlanFirst(wanted):
                await tx.people.set_plan_first(person.id, plan_first=wanted)
                return PlanFirstSet(wanted)
            case ListSchedules():
                return await ScheduleBook(tx).list(intent, person.id)
            case PauseSchedules() | ResumeSchedules() | DeleteSchedules():
                return await ScheduleBook(tx).change(intent, person.id)
            case Unclear():
                return NotUnderstood(intent)
            case _:
                assert_never(intent)

    async def create(
        self, tx: Transaction, intent: CreateAgent, person: Person, message: InboundMessage
    ) -> AgentCreated | NotDone:
        """Create an agent, once for each message, if there may be one more."""
        if intent.repo.access is not Access.WRITE:
            return NotDone(refusals.no_access(intent.repo))
        await tx.people.hold(person.id)
        known = await tx.agents.from_message(message.id)
        if known is not None:
            return AgentCreated(known)
        taken = await tx.agents.live_names(person.id)
        cap = await self.budgets.used_up(tx, person.id)
        if cap is not None:
            return NotDone(money.spent_up(cap))
        try:
            left = await self.quota.take(tx, person, at_work=len(taken))
        except Refusal as refusal:
            return NotDone(str(refusal))
        agent = await tx.agents.create(
            NewAgent(
                id=uuid4(),
                name=free_name(taken, message.id),
                person_id=person.id,
                message_id=message.id,
                repo_url=intent.repo.url,
                repo_name=intent.repo.full_name,
                branch=intent.branch or intent.repo.default_branch,
                task=intent.task,
                model=self.model,
                reply_to=message.reply_to,
                plan_first=intent.plan_first or person.plan_first,
            )
        )
        tx.ring(JobRing(START_AGENT, agent.id))
        return AgentCreated(agent, left)

    async def _raise(self, tx: Transaction, intent: RaiseBudget, person: Person) -> BudgetRaised | NotUnderstood:
        agent = await _mine(tx, intent.agent, person)
        if agent is None:
            return NotUnderstood(Unclear(Doubt.NO_SUCH_AGENT))
        await self.budgets.raise_cap(tx, agent, intent.purse, intent.dollars)
        goes_on = agent.parked is Parking.BUDGET and await self.budgets.reached(tx, agent) is None
        if goes_on:
            await unpark(tx, agent)
        return BudgetRaised(agent, intent.purse, intent.dollars, goes_on)

    async def _without_money(self, tx: Transaction, wanted: tuple[UUID, ...], person: Person) -> NotDone | None:
        """Why nobody of these goes on, if all of them wait for money."""
        caps = [(agent, await self.budgets.reached(tx, agent)) for agent in await tx.agents.named(person.id, wanted)]
        waiting = [(agent, cap) for agent, cap in caps if agent.parked is Parking.BUDGET and cap is not None]
        return NotDone(money.still_reached(*waiting[0])) if waiting and len(waiting) == len(caps) else None


async def _mine(tx: Transaction, agent_id: UUID, person: Person) -> Agent | None:
    """An agent of the person's, which no event changes until the transaction ends."""
    agent = await tx.agents.hold(agent_id)
    return agent if agent is not None and agent.user_id == person.id else None
