"""Follows an agent's events and says what happens, with the time each thing took."""

import asyncio
import textwrap
import time
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from rich.console import Console
from rich.markup import escape

from core.model.agent import Agent
from core.model.errors import Refusal
from core.model.event import Blocked, BranchPushed, Event, Failed, Finished, PhaseEntered, Said, Started, StepTaken
from core.model.messages import Channel
from core.store.database import Database

_LOOK_EVERY: Final = 0.05
_PATIENCE: Final = 900.0
_INDENT: Final = " " * 11
_COLUMN: Final = 26
_NARROWEST: Final = 40
_TEST_WORDS: Final = ("unittest", "pytest", "test")


@dataclass(slots=True)
class Stopwatch:
    """Prints each stage with the seconds since the note came in, and remembers them."""

    console: Console
    began: float
    marks: dict[str, float] = field(default_factory=dict[str, float])

    def tick(self, stage: str, what: str) -> None:
        """A stage is reached; only the first time of a stage is remembered."""
        seconds = time.monotonic() - self.began
        self.marks.setdefault(stage, seconds)
        self.console.print(
            f"[green]✓[/] [dim]{seconds:5.1f} s[/]  [bold]{stage:<14}[/] {escape(self._in_column(what))}",
            highlight=False,
            soft_wrap=True,
        )

    def _in_column(self, what: str) -> str:
        """Broken between words, under each other; in a file or a pipe a line stays a line."""
        if not self.console.is_terminal:
            return what
        room = max(self.console.width - _COLUMN, _NARROWEST)
        lines = textwrap.wrap(what, room, break_long_words=False, break_on_hyphens=False)
        return f"\n{' ' * _COLUMN}".join(lines)

    def remark(self, text: str) -> None:
        """What the agent says in between, in one line."""
        line = textwrap.shorten(text, max(self.console.width, _NARROWEST) - len(_INDENT), placeholder=" …")
        self.console.print(f"{_INDENT}[italic dim]{escape(line)}[/]", highlight=False, soft_wrap=True)


async def watch_agent(watch: Stopwatch, database: Database) -> Agent:
    """Tell what the newest agent does until its pull request is open. Raises Refusal when it fails."""
    agent = await _newest(database)
    watch.tick("repo found", f"{agent.repo_name}, from branch {agent.branch}")
    leg = seq = 0
    try:
        async with asyncio.timeout(_PATIENCE):
            while agent.live:
                for event in await _events(database, agent.id, leg, seq):
                    leg, seq = event.leg, event.seq
                    _tell(watch, agent, event)
                await asyncio.sleep(_LOOK_EVERY)
                agent = await _again(database, agent)
    except TimeoutError:
        raise Refusal("The agent did not finish within fifteen minutes; the logs say what it waits for.") from None
    if agent.metadata.pr_url is None:
        raise Refusal(f"{agent.name} ended without a pull request. {agent.failure or ''}")
    watch.tick("pull request", agent.metadata.pr_url)
    return agent


def _tell(watch: Stopwatch, agent: Agent, event: Event) -> None:
    match event.happening:
        case Started(machine):
            watch.tick("agent started", f"{agent.name}, on machine {machine}, for branch {agent.work_branch}")
        case PhaseEntered(phase):
            watch.tick(str(phase), f"{agent.repo_name}")
        case StepTaken(tool, summary, ok):
            stage = "tests" if tool == "Bash" and any(word in summary for word in _TEST_WORDS) else "step"
            watch.tick(stage, summary if ok else f"{summary}  → failed")
        case Blocked(what):
            watch.tick("blocked", what)
        case BranchPushed(branch, _, files, added, removed):
            watch.tick("pushed", f"{branch}: {files} {'file' if files == 1 else 'files'}, +{added} −{removed}")
        case Failed(reason):
            watch.tick("failed", reason)
        case Finished():
            watch.tick("finished", "the machine is done")
        case Said(text):
            watch.remark(text)
        case _:
            pass


async def _newest(database: Database) -> Agent:
    async with database.transaction() as tx:
        return await tx.agents.newest(Channel.TELEGRAM)


async def _again(database: Database, agent: Agent) -> Agent:
    async with database.transaction() as tx:
        return await tx.agents.get(agent.id) or agent


async def _events(database: Database, agent_id: UUID, leg: int, seq: int) -> list[Event]:
    async with database.transaction() as tx:
        return await tx.events.after(agent_id, leg, seq)
