"""What people and their agents have spent, and what they may spend. All figures are US dollars; days are UTC's."""

from dataclasses import dataclass
from uuid import UUID

from core.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Spent:
    """How much, and the cap that somebody has set by hand, if anybody has."""

    dollars: float
    cap: float | None


@dataclass(frozen=True, slots=True)
class SpendingTable:
    """The table ``spending``, and the caps in ``agents`` and ``people``."""

    connection: Connection

    async def add(self, agent_id: UUID, dollars: float) -> None:
        """Add to what an agent has cost, and to its person's day."""
        await self.connection.execute(
            "with charged as (update agents set estimated_cost = coalesce(estimated_cost, 0) + $2 where id = $1"
            " returning person_id)"
            " insert into spending (person_id, day, dollars) select person_id, (now() at time zone 'utc')::date, $2"
            " from charged on conflict (person_id, day) do update set dollars = spending.dollars + excluded.dollars",
            agent_id,
            dollars,
        )

    async def of_run(self, agent_id: UUID) -> Spent:
        """What the agent has spent."""
        row = await self.connection.fetchrow(
            "select coalesce(estimated_cost, 0) as dollars, budget from agents where id = $1", agent_id
        )
        return Spent(row["dollars"], row["budget"]) if row else Spent(0, None)

    async def of_day(self, person_id: UUID) -> Spent:
        """What the person has spent today."""
        return await self._since(person_id, "day_budget", "(now() at time zone 'utc')::date")

    async def of_month(self, person_id: UUID) -> Spent:
        """What the person has spent this month."""
        return await self._since(person_id, "month_budget", "date_trunc('month', now() at time zone 'utc')::date")

    async def raise_run(self, agent_id: UUID, dollars: float) -> None:
        """Let an agent spend more; never less."""
        await self.connection.execute(
            "update agents set budget = $2 where id = $1 and coalesce(budget, 0) < $2", agent_id, dollars
        )

    async def raise_day(self, person_id: UUID, dollars: float) -> None:
        """Let a person's agents spend more a day; never less."""
        await self._raise(person_id, "day_budget", dollars)

    async def raise_month(self, person_id: UUID, dollars: float) -> None:
        """Let a person's agents spend more a month; never less."""
        await self._raise(person_id, "month_budget", dollars)

    async def _raise(self, person_id: UUID, column: str, dollars: float) -> None:
        await self.connection.execute(
            f"update people set {column} = $2 where id = $1 and coalesce({column}, 0) < $2",  # noqa: S608 (ours)
            person_id,
            dollars,
        )

    async def _since(self, person_id: UUID, column: str, day: str) -> Spent:
        row = await self.connection.fetchrow(
            f"select {column} as cap, (select coalesce(sum(dollars), 0) from spending"  # noqa: S608 (ours)
            f" where person_id = people.id and day >= {day}) as dollars from people where id = $1",
            person_id,
        )
        return Spent(row["dollars"], row["cap"]) if row else Spent(0, None)
