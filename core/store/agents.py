"""Agents: every change of status is one guarded statement."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from core.model.agent import LIVE, Agent, Move, Phase, Question, Status, destination, sources
from core.model.command import Wish
from core.model.event import BranchPushed
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
            " task_description, model, channel, conversation, thread)"
            " select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12"
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

    async def from_message(self, message_id: UUID) -> Agent | None:
        """The agent that a message created."""
        return maybe_agent(await self.connection.fetchrow("select * from agents where message_id = $1", message_id))

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
            " completed_at = case when $4 then now() else completed_at end"
            " where id = $1 and status = any($3) returning *",
            agent_id,
            destination(move),
            list(sources(move)),
            destination(move) not in LIVE,
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

    async def grant(self, agent_id: UUID, wish: Wish) -> None:
        """The wish has come true, unless another one has taken its place."""
        await self.connection.execute("update agents set wish = null where id = $1 and wish = $2", agent_id, wish)

    async def place(self, agent_id: UUID, machine_id: UUID, leg: int) -> Agent | None:
        """Begin leg ``leg + 1`` on a machine, if the agent is still live, still at ``leg`` and on no machine.

        A new leg starts out running: a paused agent has to be paused again, unless it was wished to go on.
        """
        row = await self.connection.fetchrow(
            "update agents set machine_id = $2, leg = leg + 1, heard_at = now(), phase = $4, updated_at = now(),"
            " status = case when status = 'paused' and wish = 'resume' then 'running' else status end,"
            " wish = case when status <> 'paused' then wish when wish = 'resume' then null"
            "  else coalesce(wish, 'pause') end"
            " where id = $1 and leg = $3 and machine_id is null and status = any($5) returning *",
            agent_id,
            machine_id,
            leg,
            Phase.PROVISIONING,
            _LIVE,
        )
        return maybe_agent(row)

    async def lose(self, agent_id: UUID, leg: int) -> None:
        """The machine of leg ``leg`` is gone. A leg is lost once, and not when the work is done already."""
        await self.connection.execute(
            "update agents set machine_id = null, question = null, losses = losses + 1"
            " where id = $1 and leg = $2 and machine_id is not null and summary is null and status = any($3)",
            agent_id,
            leg,
            _LIVE,
        )

    async def leave(self, agent_id: UUID) -> None:
        """The machine is through with the agent, and its work is not."""
        await self.connection.execute("update agents set machine_id = null where id = $1", agent_id)

    async def on_machine(self, machine_id: UUID) -> list[tuple[Agent, Wish | None]]:
        """The agents that a machine should be running, each with what is wished of it."""
        rows = await self.connection.fetch(
            "select * from agents where machine_id = $1 and status = any($2) and summary is null order by created_at",
            machine_id,
            _LIVE,
        )
        return [(read_agent(row), Wish(row["wish"]) if row["wish"] else None) for row in rows]

    async def heard_of(self, agent_ids: Sequence[UUID]) -> None:
        """A machine says that these runs are alive."""
        await self.connection.execute(
            "update agents set heard_at = now() where id = any($1) and status = any($2)", list(agent_ids), _LIVE
        )

    async def progress(self, agent_id: UUID, *, phase: Phase, progress: int, step: str | None = None) -> Agent | None:
        """Note what a live agent is busy with. Progress never goes back."""
        row = await self.connection.fetchrow(
            "update agents set phase = $2, progress = greatest(progress, $3), step = coalesce($4, step),"
            " updated_at = now(), heard_at = now() where id = $1 and status = any($5) returning *",
            agent_id,
            phase,
            progress,
            step,
            _LIVE,
        )
        return maybe_agent(row)

    async def ask(self, agent_id: UUID, question: Question) -> Agent | None:
        """The agent waits for an answer."""
        row = await self.connection.fetchrow(
            "update agents set question = $2, phase = $3, updated_at = now(), heard_at = now()"
            " where id = $1 and status = any($4) returning *",
            agent_id,
            asdict(question),
            Phase.WAITING_FOR_ANSWER,
            _LIVE,
        )
        return maybe_agent(row)

    async def answer(self, agent_id: UUID) -> None:
        """Somebody has answered: nobody else needs to."""
        await self.connection.execute("update agents set question = null where id = $1", agent_id)

    async def pushed(self, agent_id: UUID, pushed: BranchPushed) -> None:
        """Note what the pushed work comes to."""
        await self.connection.execute(
            "update agents set files_changed = $2, lines_added = $3, lines_removed = $4, pushed_commit = $5,"
            " updated_at = now() where id = $1",
            agent_id,
            pushed.files_changed,
            pushed.lines_added,
            pushed.lines_removed,
            pushed.commit,
        )

    async def summarise(self, agent_id: UUID, summary: str) -> None:
        """Keep the agent's own last word."""
        await self.connection.execute("update agents set summary = $2 where id = $1", agent_id, summary)

    async def opened(self, agent_id: UUID, pr_url: str) -> None:
        """Note where the pull request is."""
        await self.connection.execute("update agents set pr_url = $2 where id = $1", agent_id, pr_url)

    async def spend(self, agent_id: UUID, dollars: float) -> None:
        """Add to what the agent's model calls have cost."""
        await self.connection.execute(
            "update agents set estimated_cost = coalesce(estimated_cost, 0) + $2 where id = $1", agent_id, dollars
        )

    async def blame(self, agent_id: UUID, failure: str) -> None:
        """Keep why an agent failed, in words for the person."""
        await self.connection.execute("update agents set failure = $2 where id = $1", agent_id, failure)

    async def summary_of(self, agent_id: UUID) -> str | None:
        """The agent's own last word, once it has finished."""
        return await self.connection.fetchval("select summary from agents where id = $1", agent_id)

    async def wish_of(self, agent_id: UUID) -> Wish | None:
        """What the person wants of the agent that has not come true yet."""
        wish = await self.connection.fetchval("select wish from agents where id = $1", agent_id)
        return None if wish is None else Wish(wish)
