"""What a connected machine is told, and what is made of what it says. The socket itself is somebody else's."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from core.agents.authors import Authors
from core.agents.brief import brief, going_on
from core.agents.intake import Intake
from core.agents.orchestrator import Orchestrator
from core.agents.pull_text import commit_message
from core.model.agent import Agent, FollowUp
from core.model.command import Wish
from core.model.event import Event
from core.model.people import Author
from core.sandbox.protocol import (
    Abandon,
    Acknowledge,
    EventReport,
    Heartbeat,
    Hello,
    Renew,
    Run,
    Signal,
    Start,
    Task,
    Tell,
    Welcome,
)
from core.sandbox.tokens import RunTokens
from core.store.database import Database

Frame = Welcome | Start | Renew | Signal | Tell | Acknowledge | Abandon
RunKey = tuple[UUID, int]


@dataclass(frozen=True, slots=True)
class MachineLine:
    """One connection of one machine. It remembers only what it has said on this connection."""

    machine_id: UUID
    database: Database
    intake: Intake
    orchestrator: Orchestrator
    tokens: RunTokens
    authors: Authors
    control_url: str
    _started: set[RunKey] = field(default_factory=set[RunKey])
    _signalled: dict[RunKey, Wish] = field(default_factory=dict[RunKey, Wish])
    _told: set[tuple[UUID, int]] = field(default_factory=set[tuple[UUID, int]])
    _renew_at: dict[RunKey, float] = field(default_factory=dict[RunKey, float])
    _missed: set[RunKey] = field(default_factory=set[RunKey])

    async def greet(self, hello: Hello) -> Welcome:
        """The machine is here; the runs it still has need no start."""
        self._started.update((run.agent_id, run.leg) for run in hello.runs)
        async with self.database.transaction() as tx:
            await tx.machines.seen(self.machine_id, hello.self_test.model_dump(mode="json"))
        return Welcome(machine_id=self.machine_id)

    async def due(self) -> list[Frame]:
        """What the machine has to be told now."""
        frames: list[Frame] = []
        author = await self.authors.author()
        async with self.database.transaction() as tx:
            for agent, wish in await tx.legs.on_machine(self.machine_id):
                key = (agent.id, agent.leg)
                # A run with events has been started before: if the machine no longer has it, it is lost, not new.
                if key not in self._started and await tx.events.last_seq(*key) == 0:
                    saved = await tx.snapshots.exists(agent.id)
                    frames.append(Start(task=self._task(agent, await tx.followups.told(agent.id), author, saved=saved)))
                elif self.tokens.clock() >= self._renew_at.get(key, 0):
                    frames.append(Renew(agent_id=agent.id, leg=agent.leg, token=self._token(agent)))
                self._started.add(key)
                frames += self._tell(agent, await tx.followups.waiting(agent.id))
                if wish is None:
                    self._signalled.pop(key, None)
                elif self._signalled.get(key) is not wish:
                    self._signalled[key] = wish
                    frames.append(Signal(agent_id=agent.id, leg=agent.leg, wish=wish))
        return frames

    async def hear(self, *frames: Hello | EventReport | Heartbeat) -> list[Frame]:
        """Take in the frames that have arrived, in their order; what has to be answered."""
        answers: list[Frame] = []
        reports: list[EventReport] = []
        for frame in frames:
            if isinstance(frame, EventReport):
                reports.append(frame)
                continue
            answers += await self._record(reports)
            reports = []
            answers += await self._compare(frame.runs) if isinstance(frame, Heartbeat) else [await self.greet(frame)]
        return answers + await self._record(reports)

    async def _record(self, reports: Iterable[EventReport]) -> list[Frame]:
        """All runs at the same time, each one's events in their order."""
        runs: dict[RunKey, list[Event]] = {}
        for report in reports:
            event = Event(report.agent_id, report.leg, report.seq, report.at, report.happening)
            runs.setdefault((report.agent_id, report.leg), []).append(event)
        known = await asyncio.gather(*(self.intake.record(events, self.machine_id) for events in runs.values()))
        return [Acknowledge(agent_id=agent, leg=leg, seq=seq) for (agent, leg), seq in zip(runs, known, strict=True)]

    async def _compare(self, runs: tuple[Run, ...]) -> list[Frame]:
        alive = {(run.agent_id, run.leg) for run in runs}
        async with self.database.transaction() as tx:
            await tx.machines.seen(self.machine_id)
            wanted = {(agent.id, agent.leg) for agent, _ in await tx.legs.on_machine(self.machine_id)}
            await tx.legs.heard_of([agent_id for agent_id, _ in alive & wanted])
            missing = {key for key in wanted - alive if await tx.events.last_seq(*key) > 0}
        # The last events of a run that has just ended may still be on their way when a heartbeat first lacks it.
        lost = missing & self._missed
        self._missed.clear()
        self._missed.update(missing - lost)
        for agent_id, leg in lost:
            await self.orchestrator.rescue(agent_id, leg)
        return [Abandon(agent_id=agent_id, leg=leg) for agent_id, leg in alive - wanted]

    def _tell(self, agent: Agent, followups: list[FollowUp]) -> list[Frame]:
        """What the agent has to be told and this connection has not passed on yet, to this leg."""
        new = [followup for followup in followups if (followup.id, agent.leg) not in self._told]
        self._told.update((followup.id, agent.leg) for followup in new)
        return [
            Tell(agent_id=agent.id, leg=agent.leg, followup_id=each.id, text=each.text, question=each.question)
            for each in new
        ]

    def _task(self, agent: Agent, added: list[FollowUp], author: Author, *, saved: bool) -> Task:
        return Task(
            agent_id=agent.id,
            leg=agent.leg,
            repo_name=agent.repo_name,
            git_url=f"{self.control_url}/gateway/git/{agent.repo_name}.git",
            llm_url=f"{self.control_url}/gateway/llm",
            branch=agent.branch,
            work_branch=agent.work_branch,
            brief=brief(agent, added),
            snapshot_url=f"{self.control_url}/gateway/snapshot",
            search_url=f"{self.control_url}/gateway/code",
            going_on=going_on(agent) if saved else None,
            plan_first=agent.plan_first,
            commit_message=commit_message(agent),
            author_name=author.name,
            author_email=author.email,
            model=agent.model,
            token=self._token(agent),
        )

    def _token(self, agent: Agent) -> str:
        """A new token, and a note to renew it when half of its life is over."""
        self._renew_at[agent.id, agent.leg] = self.tokens.clock() + self.tokens.life / 2
        return self.tokens.issue(agent.id, agent.leg)
