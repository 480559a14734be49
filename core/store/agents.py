"""Agents: every change of status is one guarded statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from core.model.agent import LIVE, Agent, Move, Phase, Status, destination, sources
from core.model.command import Wish
from core.model.messages import Address, Channel
from core.store.agent_row import maybe_agent, read_agent
from core.store.connection import Connection

_LIVE: Final = [str(status) for status in LIVE]


@dataclass(frozen=True, slots=True)
class NewAgent:
    """What is decided about an agent before it has a number."""

    id: UUID
    name: str
    person_id: UUID
    message_id: UUID
    repo_url: str
    repo_name: str
    branch: str
    task: str
    model: str
    reply_to: Address
    plan_first: bool = False


@dataclass(frozen=True, slots=True)
class AgentTable:
    """The table ``agents``."""

    connection: Connection

    async def create(self, new: NewAgent) -> Agent:
        """Create an agent; the caller holds the person, so that numbers and names are given out one at a time.

        A message creates one agent at most: asked again, the same one is returned.
        """
        row = await self.connection.fetchrow(
            "insert into agents (id, number, name, person_id, message_id, repo_url, repo_name, branch,"
            " task_description, model, plan_first, channel, conversation, thread)"
            " select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13"
            " from agents where person_id = $3 on conflict (message_id) do nothing returning *",
            new.id,
            new.name,
            new.person_id,
            new.message_id,
            new.repo_url,
            new.repo_name,
            new.branch,
            new.task,
            new.model,
            new.plan_first,
            new.reply_to.channel,
            new.reply_to.conversation,
            new.reply_to.thread,
        )
        if row is None:
            row = await self.connection.fetchrow("select * from agents where message_id = $1", new.message_id)
        if row is None:
            raise LookupError(new.message_id)
        return read_agent(row)

    async def get(self, agent_id: UUID) -> Agent | None:
        """One agent, whoever's it is."""
        return maybe_agent(await self.connection.fetchrow("select * from agents where id = $1", agent_id))

    async def hold(self, agent_id: UUID) -> Agent | None:
        """One agent, which nobody else changes until the transaction ends."""
        return maybe_agent(await self.connection.fetchrow("select * from agents where id = $1 for update", agent_id))

    async def hold_free(self, agent_ids: Sequence[UUID]) -> list[Agent]:
        """Those of these agents that nobody holds, which nobody else changes until the transaction ends."""
        rows = await self.connection.fetch("select * from agents where id = any($1) for update skip locked", agent_ids)
        return [read_agent(row) for row in rows]

    async def from_message(self, message_id: UUID) -> Agent | None:
        """The agent that a message created."""
        return maybe_agent(await self.connection.fetchrow("select * from agents where message_id = $1", message_id))

    async def of_pull(self, repo_name: str, number: int) -> Agent | None:
        """The agent that opened a pull request."""
        return maybe_agent(
            await self.connection.fetchrow(
                "select * from agents where lower(repo_name) = lower($1) and pr_url like '%/pull/' || $2",
                repo_name,
                str(number),
            )
        )

    async def newest(self, channel: Channel) -> Agent:
        """The agent that was created last from a channel. Raises LookupError when there is none."""
        row = await self.connection.fetchrow(
            "select * from agents where channel = $1 order by created_at desc limit 1", channel
        )
        if row is None:
            raise LookupError(channel)
        return read_agent(row)

    async def of(self, person_id: UUID, *, limit: int = 50) -> list[Agent]:
        """A person's agents, live ones first, newest first."""
        rows = await self.connection.fetch(
            "select * from agents where person_id = $1 order by status = any($2) desc, number desc limit $3",
            person_id,
            _LIVE,
            limit,
        )
        return [read_agent(row) for row in rows]

    async def page(self, person_id: UUID, *, statuses: Sequence[Status], before: int | None, limit: int) -> list[Agent]:
        """A person's agents with numbers below ``before``, newest first; of every status where none is named."""
        rows = await self.connection.fetch(
            "select * from agents where person_id = $1 and ($2::text[] = '{}' or status = any($2))"
            " and ($3::integer is null or number < $3) order by number desc limit $4",
            person_id,
            list(statuses),
            before,
            limit,
        )
        return [read_agent(row) for row in rows]

    async def changed_since(self, person_id: UUID, since: datetime) -> list[Agent]:
        """A person's agents that have changed since then, in that order."""
        rows = await self.connection.fetch(
            "select * from agents where person_id = $1 and updated_at > $2 order by updated_at, id", person_id, since
        )
        return [read_agent(row) for row in rows]

    async def live_names(self, person_id: UUID) -> set[str]:
        """The names that a person's live agents bear."""
        rows = await self.connection.fetch(
            "select name from agents where person_id = $1 and status = any($2)", person_id, _LIVE
        )
        return {row["name"] for row in rows}

    async def created_this_month(self, person_id: UUID) -> int:
        """How many agents a person has had since the month began, by UTC."""
        return await self.connection.fetchval(
            "select count(*) from agents where person_id = $1"
            " and created_at >= date_trunc('month', now() at time zone 'utc') at time zone 'utc'",
            person_id,
        )

    async def named(self, person_id: UUID, agent_ids: Sequence[UUID]) -> list[Agent]:
        """Those of these agents that are the person's own, newest first."""
        rows = await self.connection.fetch(
            "select * from agents where person_id = $1 and id = any($2) order by number desc",
            person_id,
            list(agent_ids),
        )
        return [read_agent(row) for row in rows]

    async def move(self, agent_id: UUID, move: Move) -> Agent | None:
        """Make a move if the agent may make it now. None means it may not, or is gone."""
        row = await self.connection.fetchrow(
            "update agents set status = $2, updated_at = now(),"
            " wish = case when $4 then null else wish end, question = case when $4 then null else question end,"
            " parked = case when $4 then null else parked end, held_at = case when $4 then null else held_at end,"
            " completed_at = case when $4 then now() else completed_at end"
            " where id = $1 and status = any($3) returning *",
            agent_id,
            destination(move),
            list(sources(move)),
            destination(move) not in LIVE,
        )
        return maybe_agent(row)

    async def go_on(self, agent_id: UUID, name: str) -> Agent | None:
        """Put an agent that has come to an end to work once more. None when it may not, or is at work already."""
        row = await self.connection.fetchrow(
            "update agents set status = $2, round = round + 1, name = $3, phase = $4, progress = 0, losses = 0,"
            " step = null, failure = null, summary = null, completed_at = null, machine_id = null, tasks = '[]',"
            " updated_at = now() where id = $1 and status = any($5) returning *",
            agent_id,
            destination(Move.GO_ON),
            name,
            Phase.QUEUED,
            list(sources(Move.GO_ON)),
        )
        return maybe_agent(row)

    async def wish(self, agent_id: UUID, person_id: UUID, wish: Wish, applies_to: Sequence[Status]) -> Agent | None:
        """Record what a person wants of their own agent. None when it is too late for that.

        Nothing takes the place of a stop that has not come true yet.
        """
        row = await self.connection.fetchrow(
            "update agents set wish = $3, updated_at = now() where id = $1 and person_id = $2"
            " and status = any($4) and (wish is distinct from 'cancel' or $3 = 'cancel') returning *",
            agent_id,
            person_id,
            wish,
            list(applies_to),
        )
        return maybe_agent(row)

    async def park(self, agent_id: UUID) -> None:
        """Have the agent's machine save it and give it up, unless the person wishes something else."""
        await self.connection.execute("update agents set wish = 'park' where id = $1 and wish is null", agent_id)

    async def grant(self, agent_id: UUID, wish: Wish) -> None:
        """The wish has come true, unless another one has taken its place."""
        await self.connection.execute("update agents set wish = null where id = $1 and wish = $2", agent_id, wish)

    async def blame(self, agent_id: UUID, failure: str) -> None:
        """Keep why an agent failed, in words for the person."""
        await self.connection.execute("update agents set failure = $2 where id = $1", agent_id, failure)

    async def wish_of(self, agent_id: UUID) -> Wish | None:
        """What the person wants of the agent that has not come true yet."""
        wish = await self.connection.fetchval("select wish from agents where id = $1", agent_id)
        return None if wish is None else Wish(wish)
