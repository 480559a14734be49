"""The jobs of an agent's life. Each is short, may be done twice, and does the repeatable thing first."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from core.agents.librarian import Librarian
from core.agents.pull_text import pull_request_body, title
from core.agents.rounds import complete, fail, show_progress, stop
from core.github.host import CodeHost
from core.github.pulls import PullRequestDraft
from core.model.agent import Agent, Phase
from core.model.command import Wish
from core.model.errors import ProviderError, Refusal
from core.model.people import Repo
from core.model.ring import MachineRing
from core.redaction.redactor import Redactor
from core.replies import refusals
from core.sandbox.host import Host
from core.store.database import Database

_log = structlog.get_logger(__name__)

MOST_LOSSES: Final = 3
_PATIENCE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Orchestrator:
    """Places agents on machines and opens their pull requests."""

    database: Database
    host: Host
    code_host: CodeHost
    public_url: str | None = None
    redact: Redactor = field(default_factory=Redactor)
    librarian: Librarian | None = None

    async def start(self, agent_id: UUID) -> None:
        """Give an agent that has no machine its next leg on one, unless the person wanted an end anyway."""
        agent = await self._live(agent_id)
        if agent is None or agent.parked or agent.machine_id is not None or await self._stop_if_wished(agent_id):
            return
        if agent.losses >= MOST_LOSSES:
            await self._fail(agent, refusals.lost_for_good())
            return
        if agent.round > 1 and await self._is_over(agent):
            await self._fail(agent, refusals.pull_request_is_over())
            return
        if self.librarian is not None and agent.leg == 0 and not agent.relevant_files:
            await self.librarian.prepare(agent)
        try:
            machine_id = await self.host.machine_for(agent)
        except Refusal as refusal:
            await self._fail(agent, str(refusal))
            return
        async with self.database.transaction() as tx:
            placed = await tx.legs.place(agent.id, machine_id, agent.leg)
            if placed is not None:
                await show_progress(tx, placed)
                tx.ring(MachineRing(machine_id))

    async def rescue(self, agent_id: UUID, leg: int) -> None:
        """The machine of leg ``leg`` is gone: another takes over."""
        _log.warning("machine_lost", agent=str(agent_id), leg=leg)
        async with self.database.transaction() as tx:
            await tx.legs.lose(agent_id, leg)
        try:
            await self.start(agent_id)
        except ProviderError as error:
            # The agent has no machine now, and the sweep rings for one within seconds.
            _log.warning("no_machine", agent=str(agent_id), error=str(error))

    async def publish(self, agent_id: UUID) -> None:
        """Open the pull request of an agent whose branch is pushed, and tell the person."""
        agent = await self._live(agent_id)
        if agent is None:
            return
        async with self.database.transaction() as tx:
            summary = await tx.work.summary_of(agent_id)
        if summary is None or await self._stop_if_wished(agent_id):
            return
        try:
            pull = await self.code_host.open_pull(_repo(agent), self._draft(agent, summary))
        except Refusal as refusal:
            await self._fail(agent, f"The work is pushed, but the pull request could not be opened. {refusal}")
            return
        except ProviderError:
            # The sweep rings again every few seconds, for as long as it can be called patience.
            if datetime.now(UTC) - agent.updated_at > _PATIENCE:
                await self._fail(agent, "The work is pushed, but the code host never let me open the pull request.")
            raise
        async with self.database.transaction() as tx:
            await tx.work.opened(agent_id, pull.url)
            await tx.work.progress(replace(agent, phase=Phase.PUBLISHING, progress=100))
            await complete(tx, agent, summary, changed=True)

    async def _is_over(self, agent: Agent) -> bool:
        """True when the agent's pull request has been merged or closed: more commits would reach nobody."""
        pull = await self.code_host.find_pull(_repo(agent), agent.work_branch)
        return pull is not None and not pull.open

    async def _stop_if_wished(self, agent_id: UUID) -> bool:
        async with self.database.transaction() as tx:
            agent = await tx.agents.hold(agent_id)
            if agent is None or await tx.agents.wish_of(agent_id) is not Wish.CANCEL:
                return False
            await stop(tx, agent)
            return True

    def _draft(self, agent: Agent, summary: str) -> PullRequestDraft:
        body = self.redact(pull_request_body(agent, summary, self.public_url))
        return PullRequestDraft(title=self.redact(title(agent)), body=body, head=agent.work_branch, base=agent.branch)

    async def _live(self, agent_id: UUID) -> Agent | None:
        async with self.database.transaction() as tx:
            agent = await tx.agents.get(agent_id)
        return agent if agent is not None and agent.live else None

    async def _fail(self, agent: Agent, reason: str) -> None:
        async with self.database.transaction() as tx:
            await fail(tx, agent, reason)


def _repo(agent: Agent) -> Repo:
    owner, _, name = agent.repo_name.partition("/")
    return Repo(owner, name, agent.repo_url, agent.branch)
