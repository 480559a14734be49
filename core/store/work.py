"""How far agents have come, and what their work amounts to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from core.model.agent import LIVE, Agent, Phase, PlannedTask, Question, WorkReport
from core.model.context import RelevantFile
from core.model.event import BranchPushed
from core.store.agent_row import maybe_agent, read_agent
from core.store.connection import Connection

_LIVE: Final = [str(status) for status in LIVE]


@dataclass(frozen=True, slots=True)
class WorkTable:
    """The table ``agents``, as far as the work is concerned."""

    connection: Connection

    async def progress(self, *agents: Agent) -> list[Agent]:
        """Note what agents are busy with, as far as they are live. Progress never goes back."""
        rows = await self.connection.fetch(
            "update agents set phase = now.phase, progress = greatest(agents.progress, now.progress),"
            " step = coalesce(now.step, agents.step), updated_at = now(), heard_at = now()"
            " from unnest($1::uuid[], $2::text[], $3::integer[], $4::text[]) as now (id, phase, progress, step)"
            " where agents.id = now.id and status = any($5) returning agents.*",
            [agent.id for agent in agents],
            [agent.phase for agent in agents],
            [agent.progress for agent in agents],
            [agent.step for agent in agents],
            _LIVE,
        )
        return [read_agent(row) for row in rows]

    async def brief_with(self, agent_id: UUID, files: Sequence[RelevantFile]) -> None:
        """Note which files were found for the agent's task."""
        await self.connection.execute(
            "update agents set relevant_files = $2 where id = $1", agent_id, [asdict(file) for file in files]
        )

    async def ask(self, agent_id: UUID, question: Question) -> Agent | None:
        """The agent waits for an answer."""
        row = await self.connection.fetchrow(
            "update agents set question = $2, phase = $3, updated_at = now(), heard_at = now(), held_at = now()"
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

    async def plan(self, agent_id: UUID, tasks: Sequence[PlannedTask]) -> None:
        """Note the agent's own task list as it stands."""
        await self.connection.execute(
            "update agents set tasks = $2 where id = $1", agent_id, [asdict(task) for task in tasks]
        )

    async def approve(self, agent_id: UUID) -> None:
        """The person has agreed to the plan."""
        await self.connection.execute("update agents set plan_first = false where id = $1", agent_id)

    async def pushed(self, agent_id: UUID, pushed: BranchPushed) -> None:
        """Note what the pushed work comes to."""
        await self.connection.execute(
            "update agents set files_changed = $2, lines_added = $3, lines_removed = $4, pushed_commit = $5,"
            " behind = $6, conflicts = $7, updated_at = now() where id = $1",
            agent_id,
            pushed.files_changed,
            pushed.lines_added,
            pushed.lines_removed,
            pushed.commit,
            pushed.behind,
            list(pushed.conflicts),
        )

    async def summarise(self, agent_id: UUID, summary: str, report: WorkReport | None) -> None:
        """Keep the agent's own last word, and its report if it has made one."""
        await self.connection.execute(
            "update agents set summary = $2, report = coalesce($3, report) where id = $1",
            agent_id,
            summary,
            None if report is None else asdict(report),
        )

    async def summary_of(self, agent_id: UUID) -> str | None:
        """The agent's own last word, once it has finished."""
        return await self.connection.fetchval("select summary from agents where id = $1", agent_id)

    async def pushed_commit(self, agent_id: UUID) -> str | None:
        """The newest commit on the agent's branch that is its own."""
        return await self.connection.fetchval("select pushed_commit from agents where id = $1", agent_id)

    async def count_check_round(self, agent_id: UUID, most: int) -> bool:
        """Count one more attempt to mend the checks. False when there have been ``most`` since a person last spoke."""
        status = await self.connection.execute(
            "update agents set check_rounds = check_rounds + 1 where id = $1 and check_rounds < $2", agent_id, most
        )
        return status == "UPDATE 1"

    async def forget_check_rounds(self, agent_id: UUID) -> None:
        """A person has spoken: the agent may try anew."""
        await self.connection.execute("update agents set check_rounds = 0 where id = $1", agent_id)

    async def note_pull(self, agent_id: UUID, state: str) -> bool:
        """Note what has become of the pull request. False when that was known."""
        status = await self.connection.execute(
            "update agents set pull_state = $2 where id = $1 and pull_state <> $2", agent_id, state
        )
        return status == "UPDATE 1"

    async def opened(self, agent_id: UUID, pr_url: str) -> None:
        """Note where the pull request is."""
        await self.connection.execute("update agents set pr_url = $2 where id = $1", agent_id, pr_url)
