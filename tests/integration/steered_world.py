"""An agent at work, its machine's line and the person's way to it: what steering is tried with."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from core.agents.authors import Authors
from core.agents.intake import Intake
from core.agents.machine_line import MachineLine
from core.agents.orchestrator import Orchestrator
from core.agents.reports import Reports
from core.model.agent import Agent, FollowUp
from core.model.event import Happening, Started
from core.model.messages import Content, InboundMessage, Reply, Typed
from core.model.ring import Ring
from core.pipeline import CommandPipeline
from core.sandbox.local import LOCAL_MACHINE
from core.sandbox.protocol import Tell
from core.sandbox.tokens import RunTokens
from core.store.database import Database
from tests.builders import event, message
from tests.integration.core_world import (
    Shelved,
    TextTranscriber,
    fetched,
    forge_behind_github,
    orchestrator_of,
    pipeline_of,
    placed_agent,
    remembering,
)


class World:
    """An agent at work, its machine's line, and the person's way to it."""

    def __init__(
        self, database: Database, pipeline: CommandPipeline, orchestrator: Orchestrator, rings: list[Ring]
    ) -> None:
        self.database, self.pipeline, self.orchestrator, self.rings = database, pipeline, orchestrator, rings
        self.seq = 0

    def line(self) -> MachineLine:
        tokens = RunTokens(SecretStr("k" * 32))
        return MachineLine(
            LOCAL_MACHINE,
            self.database,
            Intake(Reports(self.database)),
            self.orchestrator,
            tokens,
            Authors(self.orchestrator.code_host),
            "http://control.example",
        )

    async def working(self, name: str = "Birch") -> Agent:
        agent = await placed_agent(self.database, self.orchestrator, name)
        await Reports(self.database).record(event(agent, 1, Started("laptop")), LOCAL_MACHINE)
        return await fetched(self.database, agent.id)

    async def report(self, agent: Agent, seq: int, happening: Happening) -> Agent:
        await Reports(self.database).record(event(agent, seq, happening), LOCAL_MACHINE)
        return await fetched(self.database, agent.id)

    async def hear(self, content: Content | InboundMessage) -> Reply:
        asked = content if isinstance(content, InboundMessage) else message(content)
        async with self.database.transaction() as tx:
            await tx.inbox.accept(asked)
        return await self.pipeline.handle(asked)

    async def type(self, text: str) -> Reply:
        return await self.hear(Typed(text))

    async def waiting(self, agent: Agent) -> list[FollowUp]:
        async with self.database.transaction() as tx:
            return await tx.followups.waiting(agent.id)

    async def tells(self, line: MachineLine) -> list[Tell]:
        return [frame for frame in await line.due() if isinstance(frame, Tell)]


@asynccontextmanager
async def steered_world(database_url: str, folder: Path) -> AsyncGenerator[World]:
    rings: list[Ring] = []
    async with remembering(database_url, rings) as database, forge_behind_github(folder) as (github, _):
        pipeline = pipeline_of(database, github, TextTranscriber(), Shelved())
        yield World(database, pipeline, orchestrator_of(database, github), rings)
