"""What surrounds the core in these tests: a forge behind GitHub's API, somebody who listens, and a channel on paper."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
from quart import Quart

from cadence.forge.app import create_forge
from cadence.forge.git import run_git
from cadence.forge.seed import seed_repo
from cadence.forge.shelf import Shelf
from core.agents.desk import AgentDesk
from core.agents.directory import Directory, RepoShelf
from core.agents.orchestrator import Orchestrator
from core.github.github import GitHub
from core.model.agent import Agent, Status
from core.model.command import Intent, Outcome, VoiceCommand
from core.model.context import Vocabulary
from core.model.dialogue import Step
from core.model.errors import UnusableRecording
from core.model.messages import Address, AudioClip, Channel, InboundMessage, Reply, Transcript
from core.model.people import Identity, Person
from core.model.ring import Ring, WatchRing
from core.pipeline import CommandPipeline
from core.sandbox.local import LOCAL_MACHINE, LocalHost
from core.store.database import Database, open_database
from core.voice.dialogue import Dialogue
from core.voice.grammar import GrammarInterpreter
from core.voice.transcriber import Tell
from tests.builders import ADDRESS, PERSON, SENDER, stored_agent

FORGE_URL = "http://127.0.0.1:8765"
TOKEN = "forge-token-7f31"
MODEL = "claude-sonnet-5-5"
TASK = "start an agent on wallet frontend to fix the login redirect bug"
PATIENCE = 20.0


@asynccontextmanager
async def remembering(url: str, rings: list[Ring] | None = None) -> AsyncGenerator[Database]:
    """A database whose rings are only written down."""
    heard: list[Ring] = [] if rings is None else rings

    async def remember(ring: Ring) -> None:
        # Nothing depends on who watches.
        if not isinstance(ring, WatchRing):
            heard.append(ring)

    async with open_database(url, remember) as database:
        async with database.transaction() as tx:
            await tx.people.add(PERSON)
            await tx.people.link(Identity(Channel.TELEGRAM, SENDER), PERSON.id)
            await tx.machines.register(LOCAL_MACHINE, "local", "laptop", b"hash of the laptop's token")
        yield database


@dataclass
class FlakyWire(httpx.AsyncBaseTransport):
    """The way to the forge; the next ``failures`` answers get lost, before or after the forge has acted.

    ``repo`` is what repositories are listed with besides.
    """

    forge: Quart
    failures: int = 0
    status: int | None = None
    too_late: bool = False
    asked: int = 0
    repo: dict[str, object] = field(default_factory=dict[str, object])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.status is not None:
            return httpx.Response(self.status, json={"message": "Bad credentials"})
        lost = self.failures > 0
        self.failures -= lost
        if not lost or self.too_late:
            answer = await httpx.ASGITransport(cast("Any", self.forge)).handle_async_request(request)
        else:
            answer = httpx.Response(502)
        if self.repo and request.url.path.endswith("/user/repos"):
            answer = httpx.Response(200, json=[{**row, **self.repo} for row in json.loads(await answer.aread())])
        return httpx.Response(502) if lost else answer


@asynccontextmanager
async def forge_behind_github(root: Path) -> AsyncGenerator[tuple[GitHub, FlakyWire]]:
    """A forge with ``local/wallet-frontend`` on it, as GitHub shows it, and the wire in between."""
    tree = root / "tree"
    tree.mkdir()
    (tree / "README.md").write_text("# Wallet\n")
    await seed_repo(root / "forge", "local", "wallet-frontend", tree)
    wire = FlakyWire(create_forge(root / "forge", FORGE_URL, TOKEN))
    async with GitHub(FORGE_URL, f"{FORGE_URL}/api/v3", TOKEN, transport=wire) as github:
        yield github, wire


async def push_work(root: Path, agent: Agent) -> None:
    """Put a commit on the agent's branch, as its machine does."""
    bare = Shelf(root / "forge").place("local", "wallet-frontend")
    person = {
        f"GIT_{role}_{part}": "robin@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
    }
    commit = await run_git(bare, "commit-tree", "main^{tree}", "-p", "main", "-m", "Work", environment=person)
    await run_git(bare, "update-ref", f"refs/heads/{agent.work_branch}", commit.decode().strip())


@dataclass
class TextTranscriber:
    """A Transcriber whose recordings are their own transcripts; ``halfway`` it says so, as for a long one."""

    failure: Exception | None = None
    halfway: bool = False
    hints: list[Vocabulary] = field(default_factory=list[Vocabulary])

    async def transcribe(self, clip: AudioClip, hints: Vocabulary, tell: Tell | None = None) -> Transcript:
        self.hints.append(hints)
        if tell is not None and self.halfway:
            await tell(0.5)
        if self.failure is not None:
            raise self.failure
        try:
            text = (clip.data or b"").decode()
        except UnicodeDecodeError as error:
            raise UnusableRecording(
                "That recording is damaged and cannot be played. Please record it again."
            ) from error
        text = text.replace("\0", "")
        return Transcript(text=text, raw=text, provider="text", confidence=0.9, seconds=2.0, dollars=0.01)


@dataclass
class Shelved:
    """Recordings that the platform keeps, by reference."""

    kept: dict[str, bytes] = field(default_factory=dict[str, bytes])

    async def fetch(self, clip: AudioClip) -> AudioClip:
        if clip.reference not in self.kept:
            raise UnusableRecording("That recording is no longer here. Please send it again.")
        return AudioClip(clip.media_type, data=self.kept[clip.reference])


def pipeline_of(database: Database, host: GitHub, transcriber: TextTranscriber, shelved: Shelved) -> CommandPipeline:
    return CommandPipeline(
        directory=Directory(database, RepoShelf(host), default_repo=None),
        recordings=shelved,
        transcriber=transcriber,
        dialogue=Dialogue(GrammarInterpreter()),
        desk=AgentDesk(database, MODEL),
    )


@dataclass
class PaperChannel:
    """A Notifier whose messages are only written down; what stands in ``failures`` is raised first."""

    failures: list[Exception] = field(default_factory=list[Exception])
    sent: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    edits: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    gate: asyncio.Event | None = None
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, address: Address, reply: Reply, *, news: bool = False) -> str:  # noqa: ARG002
        await self._pass()
        self.sent.append((address.conversation, reply.text))
        return f"message {len(self.sent)}"

    async def edit(self, address: Address, message: str, reply: Reply) -> None:  # noqa: ARG002 (the Protocol's)
        await self._pass()
        self.edits.append((message, reply.text))

    async def _pass(self) -> None:
        self.entered.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)


async def placed_agent(database: Database, orchestrator: Orchestrator, name: str = "Birch") -> Agent:
    """An agent on its first leg."""
    agent = await stored_agent(database, name)
    await orchestrator.start(agent.id)
    return await fetched(database, agent.id)


async def carried_out(desk: AgentDesk, intent: Intent, person: Person, message: InboundMessage) -> Outcome:
    """What comes of an intent that a message has been accepted for."""
    command = VoiceCommand(message.id, Transcript("", "", "typed"), intent, 1.0, 0, message.received_at)
    turn = await desk.turn(person, message)
    (outcome,) = await desk.carry_out(command, turn.known or Step(turn.memory, (intent,)), turn, person, message)
    return outcome


def orchestrator_of(database: Database, host: GitHub) -> Orchestrator:
    return Orchestrator(database, LocalHost(), host)


async def fetched(database: Database, agent_id: UUID) -> Agent:
    async with database.transaction() as tx:
        agent = await tx.agents.get(agent_id)
    assert agent is not None
    return agent


async def status_of(database: Database, agent: Agent) -> Status:
    return (await fetched(database, agent.id)).status


async def promised(database: Database, *, finally_only: bool = False) -> list[str]:
    """The texts that were promised, oldest first; those that are edited in place only if asked for."""
    which = "where slot is null" if finally_only else ""
    async with database.transaction() as tx:
        rows = await tx.connection.fetch(f"select body from replies {which} order by id")  # noqa: S608 (ours)
    return [row["body"]["text"] for row in rows]


async def execute(database: Database, statement: str) -> None:
    async with database.transaction() as tx:
        await tx.connection.execute(statement)


async def eventually(claim: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what only the database can tell."""
    async with asyncio.timeout(PATIENCE):
        while not await claim():  # noqa: ASYNC110 (rows have no events)
            await asyncio.sleep(0.02)


CONVERSATION = ADDRESS.conversation
