"""How many agents a person may have: decided in the transaction that creates one, so that none slips through."""

from dataclasses import dataclass

from core.model.errors import Refusal
from core.model.people import Person, Plan
from core.replies import refusals
from core.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Quota:
    """What the free plan allows; pro has no limits."""

    agents_a_month: int = 5
    agents_at_once: int = 2

    async def take(self, tx: Transaction, person: Person, at_work: int) -> int | None:
        """How many agents are left this month after one more; None for no limit.

        The caller holds the person, who has ``at_work`` agents that are live.
        Raises Refusal, in words that say what helps, when there may be no more.
        """
        if person.plan is Plan.PRO:
            return None
        left = self.agents_a_month - await tx.agents.created_this_month(person.id) - 1
        if left < 0:
            raise Refusal(refusals.month_used_up(self.agents_a_month))
        self.make_room(person, at_work)
        return left

    def make_room(self, person: Person, at_work: int) -> None:
        """Raises Refusal, in words, when no more of the person's agents may be at work at once."""
        if person.plan is Plan.FREE and at_work >= self.agents_at_once:
            raise Refusal(refusals.too_many_at_once(self.agents_at_once))
