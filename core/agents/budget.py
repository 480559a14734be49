"""How much agents may spend: a cap for each run, and one for each person's day and month."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from core.model.agent import Agent
from core.model.command import Cap, Purse
from core.replies import money
from core.store.database import Transaction
from core.store.spending import Spent

_WARN_AT: Final = 0.8


@dataclass(frozen=True, slots=True)
class Budgets:
    """The caps in US dollars, as the settings have them; zero is no cap. A person may raise each by hand."""

    run: float = 0.0
    day: float = 0.0
    month: float = 0.0

    async def caps(self, tx: Transaction, agent: Agent) -> tuple[Cap, ...]:
        """The caps that hold for an agent, the narrowest first."""
        run = (_cap(Purse.RUN, self.run, await tx.spending.of_run(agent.id)),) if self.run else ()
        return (*run, *await self.of_person(tx, agent.user_id))

    async def reached(self, tx: Transaction, agent: Agent) -> Cap | None:
        """The first cap that leaves the agent no more money."""
        return _first_reached(await self.caps(tx, agent))

    async def used_up(self, tx: Transaction, person_id: UUID) -> Cap | None:
        """The cap that leaves a person no money for another agent."""
        return _first_reached(await self.of_person(tx, person_id))

    async def charge(self, tx: Transaction, agent: Agent, dollars: float) -> None:
        """Add what a model call has cost, and warn the person once when four fifths of a cap are used."""
        await tx.spending.add(agent.id, dollars)
        for cap in await self.caps(tx, agent):
            if cap.spent - dollars < _WARN_AT * cap.dollars <= cap.spent < cap.dollars:
                once = f"budget:{_whose(agent, cap.purse)}:{cap.dollars:g}"
                await tx.replies.promise(agent.reply_to, money.warned(agent, cap), once=once)

    async def raise_cap(self, tx: Transaction, agent: Agent, purse: Purse, dollars: float) -> None:
        """Let more be spent; a figure below what holds already changes nothing."""
        match purse:
            case Purse.RUN:
                await tx.spending.raise_run(agent.id, dollars)
            case Purse.DAY:
                await tx.spending.raise_day(agent.user_id, dollars)
            case Purse.MONTH:
                await tx.spending.raise_month(agent.user_id, dollars)

    async def of_person(self, tx: Transaction, person_id: UUID) -> tuple[Cap, ...]:
        """The caps that hold for all of a person's agents together."""
        day = (_cap(Purse.DAY, self.day, await tx.spending.of_day(person_id)),) if self.day else ()
        month = (_cap(Purse.MONTH, self.month, await tx.spending.of_month(person_id)),) if self.month else ()
        return (*day, *month)


def _first_reached(caps: tuple[Cap, ...]) -> Cap | None:
    return next((cap for cap in caps if cap.spent >= cap.dollars), None)


def _cap(purse: Purse, default: float, spent: Spent) -> Cap:
    return Cap(purse, max(default, spent.cap or 0), spent.dollars)


def _whose(agent: Agent, purse: Purse) -> str:
    """What a cap is counted for: it is warned about once in each of these."""
    today = datetime.now(UTC)
    match purse:
        case Purse.RUN:
            return f"{agent.id}"
        case Purse.DAY:
            return f"{agent.user_id}:{today:%Y-%m-%d}"
        case Purse.MONTH:
            return f"{agent.user_id}:{today:%Y-%m}"
