"""What Cadence itself adds to a command: from the accepted message to the delivered reply, providers left out.

Real Postgres and Valkey with everything durable; the code host answers at once, and words are typed, not spoken.
The baseline is one committed row on the same server in the same run.
"""

import asyncio
import logging
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

from redis.asyncio import Redis

from benchmarks.figures import report, timed
from cadence.embedded import EmbeddedPostgres, EmbeddedRedis
from cadence.folders import socket_folder
from cadence.owner import OWNER
from core.agents.desk import AgentDesk
from core.agents.directory import Directory, RepoShelf
from core.bell import Bell
from core.github.checks import FailedCheck
from core.github.pulls import PullRequest, PullRequestDraft
from core.jobs import JobBell, open_broker
from core.log import configure_logging
from core.model.context import Vocabulary
from core.model.messages import Address, AudioClip, Channel, InboundMessage, Reply, Transcript, Typed
from core.model.people import Author, Identity, Person, Repo
from core.pipeline import CommandPipeline
from core.reception import Reception
from core.replies.relay import ReplyRelay
from core.store.database import Database, open_database
from core.store.migrate import migrate
from core.voice.dialogue import Dialogue
from core.voice.grammar import GrammarInterpreter
from core.voice.transcriber import Tell
from core.wiring import make_ring

COMMANDS = 500
SENTENCES = (
    "start an agent on wallet frontend to fix the login redirect bug",
    "status",
    "how is agent one doing",
    "what is the weather like",
)


@dataclass(frozen=True, slots=True)
class InstantCodeHost:
    """A provider that takes no time."""

    @property
    def git_base(self) -> str:
        return "http://code.example"

    async def git_authorization(self, owner: str) -> str | None:  # noqa: ARG002
        return None

    async def install_url(self) -> str | None:
        return None

    async def author(self) -> Author | None:
        return None

    async def list_repos(self) -> tuple[Repo, ...]:
        names = ("wallet-frontend", "wallet-backend", "api-service", "docs-site")
        return tuple(Repo("acme", name, f"http://code.example/acme/{name}.git", "main") for name in names)

    async def get_repo(self, owner: str, name: str) -> Repo | None:
        return next((repo for repo in await self.list_repos() if repo.full_name == f"{owner}/{name}"), None)

    async def find_pull(self, repo: Repo, head: str) -> PullRequest | None:
        raise NotImplementedError

    async def failed_checks(self, repo: Repo, commit: str) -> tuple[FailedCheck, ...]:
        raise NotImplementedError

    async def review_comments(self, repo: Repo, pull: int, review: int) -> str:
        raise NotImplementedError

    async def open_pull(self, repo: Repo, draft: PullRequestDraft) -> PullRequest:
        raise NotImplementedError


@dataclass(slots=True)
class Arrivals:
    """A channel's notifier that notes when each reply arrives, and a recorder that is never asked."""

    waiting: dict[str, asyncio.Future[float]] = field(default_factory=dict[str, asyncio.Future[float]])

    async def send(self, address: Address, reply: Reply, *, news: bool = False) -> str:  # noqa: ARG002 (only the time matters)
        self.waiting[address.conversation].set_result(time.perf_counter())
        return "sent"

    async def edit(self, address: Address, message: str, reply: Reply) -> None:
        """Nothing is edited here."""

    async def fetch(self, clip: AudioClip) -> AudioClip:
        return clip

    async def transcribe(self, clip: AudioClip, hints: Vocabulary, tell: Tell | None = None) -> Transcript:
        raise NotImplementedError


async def main() -> None:
    configure_logging(level=logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="cadence-bench-") as folder:
        path = Path(folder)
        run_dir = socket_folder(path)
        async with (
            EmbeddedPostgres(path / "postgres", run_dir, path / "postgres.log") as database_url,
            EmbeddedRedis(run_dir, path / "redis.log") as redis_url,
            Redis.from_url(redis_url) as redis,
        ):
            await migrate(database_url)
            bell = Bell(redis)
            with open_broker(redis_url) as broker:
                async with open_database(database_url, make_ring(bell, JobBell(broker))) as database:
                    await measure(database, bell)


async def measure(database: Database, bell: Bell) -> None:
    await introduce(database)
    arrivals = Arrivals()
    reception = Reception(Channel.TELEGRAM, database, pipeline(database, arrivals))
    relay = ReplyRelay(Channel.TELEGRAM, database, bell, arrivals, str)
    loops = [asyncio.create_task(reception.run()), asyncio.create_task(relay.run())]
    try:
        baseline = await timed(COMMANDS, lambda: one_commit(database))
        numbers = count()
        overhead = await timed(COMMANDS, lambda: one_command(reception, arrivals, next(numbers)))
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
    report("one committed row (baseline)", baseline, baseline)
    report("one command, accepted → reply delivered", overhead, baseline)


def pipeline(database: Database, arrivals: Arrivals) -> CommandPipeline:
    return CommandPipeline(
        directory=Directory(database, RepoShelf(InstantCodeHost()), None),
        recordings=arrivals,
        transcriber=arrivals,
        dialogue=Dialogue(GrammarInterpreter()),
        desk=AgentDesk(database, "claude-sonnet-5-5"),
    )


async def introduce(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.people.add(Person(OWNER, "bench"))
        await tx.people.link(Identity(Channel.TELEGRAM, "1"), OWNER)


async def one_commit(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.people.add(Person(uuid4(), "baseline"))


async def one_command(reception: Reception, arrivals: Arrivals, number: int) -> None:
    message = InboundMessage(
        id=uuid4(),
        key=f"bench:{number}",
        sender_id="1",
        reply_to=Address(Channel.TELEGRAM, str(number)),
        content=Typed(SENTENCES[number % len(SENTENCES)]),
        received_at=datetime.now(UTC),
    )
    arrived = arrivals.waiting[str(number)] = asyncio.get_running_loop().create_future()
    await reception.accept(message)
    await arrived


if __name__ == "__main__":
    asyncio.run(main())
