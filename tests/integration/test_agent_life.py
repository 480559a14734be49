"""Whatever happens to an agent, in whatever order: what must always be so is so."""

import asyncio
from asyncio import Runner
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import parse_qs

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pydantic import BaseModel

from core.agents.desk import AgentDesk
from core.agents.intake import Intake
from core.agents.orchestrator import MOST_LOSSES, Orchestrator
from core.agents.reports import Reports
from core.agents.sweep import Sweep
from core.github.github import GitHub
from core.model.agent import LIVE, Agent, FollowUp, Parking, Phase, PlannedTask, Status
from core.model.command import (
    FollowUpTaken,
    MessageAgent,
    Outcome,
    PauseAgent,
    ResumeAgent,
    StopAgent,
    Wish,
)
from core.model.errors import ProviderError
from core.model.event import (
    Asked,
    Blocked,
    BranchPushed,
    Event,
    Failed,
    Finished,
    Happening,
    Parked,
    Paused,
    PhaseEntered,
    PlanApproved,
    Restored,
    Resumed,
    Said,
    Started,
    StartedOver,
    StepTaken,
    Stopped,
    TasksListed,
    Told,
)
from core.sandbox.local import LOCAL_MACHINE
from core.store.database import Database
from tests.builders import PERSON, message, stored_agent
from tests.integration.core_world import MODEL, carried_out, execute, fetched, orchestrator_of, remembering

Answer = TypeVar("Answer")
HAPPENINGS: list[Happening] = [
    Started("laptop"),
    PhaseEntered(Phase.CLONING),
    PhaseEntered(Phase.PUBLISHING),
    StepTaken("Read", "read a.py"),
    Said("hm"),
    Asked("Which?", ("a", "b")),
    Blocked("evil.example"),
    Paused(),
    Resumed(),
    BranchPushed("cadence/1", "abc", 1, 2, 3),
    Finished("Fixed.", changed=True),
    Finished("Nothing to do.", changed=False),
    Failed("no"),
    Stopped(),
    TasksListed((PlannedTask("read", done=True), PlannedTask("write"))),
    PlanApproved(),
    Restored(2),
    StartedOver("Its memory is gone."),
    *(Parked(why, saved=True) for why in Parking),
]
ENDS = ("completed", "failed", "cancelled")
ASK = {Wish.PAUSE: PauseAgent, Wish.RESUME: ResumeAgent, Wish.CANCEL: StopAgent}


class _Opening(BaseModel):
    head: str


@dataclass
class PullsOnly(httpx.AsyncBaseTransport):
    """As much of GitHub as publishing needs; the next ``failures`` answers are lost, before or after it has acted."""

    heads: list[str] = field(default_factory=list[str])
    failures: int = 0
    after: bool = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        lost = self.failures > 0
        self.failures -= lost
        if lost and not self.after:
            return httpx.Response(502)
        answer = self._answer(request)
        return httpx.Response(502) if lost else answer

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            (head,) = parse_qs(request.url.query.decode())["head"]
            branch = head.partition(":")[2]
            return httpx.Response(200, json=[self._pull(branch)] if branch in self.heads else [])
        self.heads.append(_Opening.model_validate_json(request.content).head)
        return httpx.Response(201, json=self._pull(self.heads[-1]))

    def _pull(self, head: str) -> dict[str, object]:
        number = self.heads.index(head) + 1
        url = f"http://forge.example/local/wallet-frontend/pull/{number}"
        return {"number": number, "html_url": url, "head": {"ref": head}, "state": "open", "draft": True}


@dataclass
class Stage:
    """What all lives share."""

    runner: Runner
    database: Database
    orchestrator: Orchestrator
    intake: Intake
    wire: PullsOnly

    def run(self, coroutine: Coroutine[None, None, Answer]) -> Answer:
        return self.runner.run(coroutine)


class AgentLife(RuleBasedStateMachine):
    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage
        self.seqs: dict[int, int] = {}
        self.cancelled = False
        self.said = 0

    @initialize()
    def create(self) -> None:
        self.before = self.agent = self.stage.run(stored_agent(self.stage.database))

    @rule()
    def start(self) -> None:
        self.stage.run(self.stage.orchestrator.start(self.agent.id))

    @precondition(lambda self: self.agent.leg > 0)
    @rule(happening=st.sampled_from(HAPPENINGS), how=st.sampled_from(["next", "next", "next", "again", "gap", "late"]))
    def report(self, happening: Happening, how: str) -> None:
        leg = self.agent.leg - (how == "late")
        seq = max(1, self.seqs.get(leg, 0) + {"next": 1, "late": 1, "again": 0, "gap": 2}[how])
        event = Event(self.agent.id, leg, seq, datetime.now(UTC), happening)
        known = self.stage.run(self.stage.intake.record([event], LOCAL_MACHINE))
        if how != "late":
            assert known == (seq if how == "next" else max(known, self.seqs.get(leg, 0)))
            self.seqs[leg] = known

    @rule(wish=st.sampled_from(list(ASK)))
    def wish(self, wish: Wish) -> None:
        self.stage.run(self._ask(ASK[wish]((self.agent.id,))))
        self.cancelled = self.cancelled or (wish is Wish.CANCEL and self.agent.live)

    @precondition(lambda self: self.agent.leg > 0)
    @rule()
    def wait_long(self) -> None:
        self.stage.run(self._have_it_parked())

    @rule()
    def say_something(self) -> None:
        taken = self.stage.run(self._ask(MessageAgent(self.agent.id, "and hurry")))
        self.said += isinstance(taken, FollowUpTaken)

    @precondition(lambda self: self.agent.leg > 0)
    @rule(again=st.booleans())
    def tell(self, again: bool) -> None:  # noqa: FBT001 (hypothesis passes it by name)
        waiting = self.stage.run(self._waiting())
        for followup in waiting[:1]:
            self.report(Told(followup.id), "next")
            if again:
                self.report(Told(followup.id), "again")

    @precondition(lambda self: self.agent.leg > 0)
    @rule(behind=st.integers(0, 1))
    def lose_the_machine(self, behind: int) -> None:
        self.stage.run(self.stage.orchestrator.rescue(self.agent.id, self.agent.leg - behind))

    @rule(failures=st.integers(0, 3), after=st.booleans())
    def publish(self, failures: int, after: bool) -> None:  # noqa: FBT001 (hypothesis passes it by name)
        self.stage.wire.failures, self.stage.wire.after = failures, after
        self.stage.run(_publish(self.stage.orchestrator, self.agent))
        self.stage.wire.failures = 0

    @invariant()
    def what_must_be_so_is_so(self) -> None:
        now = self.stage.run(fetched(self.stage.database, self.agent.id))
        again = now.round > self.before.round
        assert again or now.progress >= self.before.progress
        assert now.progress < 100 or not now.live
        assert now.leg >= self.before.leg
        assert again or now.losses in range(self.before.losses, MOST_LOSSES + 1)
        assert now.live or now.question is None
        assert now.parked is None or (now.status, now.machine_id) == (Status.PAUSED, None)
        assert self.stage.run(self._followups()) == self.said
        assert now.status is not Status.PENDING or again or self.before.status is Status.PENDING
        assert now.round - self.before.round in ((0, 1) if self.said else (0,))
        if self.before.status is Status.CANCELLED or not (self.before.live or again):
            assert (now.status, now.completed_at) == (self.before.status, self.before.completed_at)
        assert now.live == (now.completed_at is None) == (now.status in LIVE)
        assert self.stage.run(self._final_replies()) == now.round - now.live
        assert self.stage.wire.heads.count(now.work_branch) <= 1
        self.cancelled = self.cancelled and now.live
        self.before = self.agent = now

    def teardown(self) -> None:
        try:
            if self.cancelled:
                self.stage.run(self._let_time_pass())
                self.what_must_be_so_is_so()
                assert not self.agent.live
        finally:  # Also of a life that failed: the next one begins with nothing, or Hypothesis calls it flaky.
            self.stage.run(execute(self.stage.database, "truncate agents cascade"))

    async def _ask(self, intent: PauseAgent | ResumeAgent | StopAgent | MessageAgent) -> Outcome:
        asked = message()
        async with self.stage.database.transaction() as tx:
            await tx.inbox.accept(asked)
        return await carried_out(AgentDesk(self.stage.database, MODEL), intent, PERSON, asked)

    async def _waiting(self) -> list[FollowUp]:
        async with self.stage.database.transaction() as tx:
            return await tx.followups.waiting(self.agent.id)

    async def _followups(self) -> int:
        """Every one of them waits or has been told."""
        async with self.stage.database.transaction() as tx:
            return len([*await tx.followups.waiting(self.agent.id), *await tx.followups.told(self.agent.id)])

    async def _final_replies(self) -> int:
        async with self.stage.database.transaction() as tx:
            return await tx.connection.fetchval(
                "select count(*) from replies where split_part(once, ':', 2) = $1"
                " and split_part(once, ':', 1) = any($2)",
                str(self.agent.id),
                ENDS,
            )

    async def _have_it_parked(self) -> None:
        await execute(self.stage.database, "update agents set held_at = held_at - interval '1 hour'")
        await Sweep(self.stage.database, self.stage.orchestrator).sweep()

    async def _let_time_pass(self) -> None:
        """No machine is heard of any more: the sweep alone has to end what was wished to end."""
        await execute(self.stage.database, "update agents set heard_at = now() - interval '1 minute'")
        await Sweep(self.stage.database, self.stage.orchestrator).sweep()
        await _publish(self.stage.orchestrator, self.agent)


async def _publish(orchestrator: Orchestrator, agent: Agent) -> None:
    try:
        await orchestrator.publish(agent.id)
    except ProviderError:
        await asyncio.sleep(0)  # The job fails; the sweep rings for it again.


async def _open(stack: AsyncExitStack, url: str, wire: PullsOnly) -> tuple[Database, Orchestrator]:
    database = await stack.enter_async_context(remembering(url))
    host = GitHub("http://forge.example", "http://forge.example/api/v3", "t", transport=wire)
    return database, orchestrator_of(database, await stack.enter_async_context(host))


def test_an_agents_life_keeps_its_invariants(database_url: str) -> None:
    wire, stack = PullsOnly(), AsyncExitStack()
    with Runner() as runner:
        database, orchestrator = runner.run(_open(stack, database_url, wire))
        stage = Stage(runner, database, orchestrator, Intake(Reports(database)), wire)

        class StagedLife(AgentLife):
            def __init__(self) -> None:
                super().__init__(stage)

        limits = settings(
            max_examples=120,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            database=None,
            derandomize=True,  # The same lives in every run; raise max_examples and leave this out to look for more.
        )
        try:
            run_state_machine_as_test(StagedLife, settings=limits)
        finally:
            runner.run(stack.aclose())
