"""The corpora's format: a command, the world it was said in, and what is right."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.model.agent import Agent, Phase, Status
from core.model.errors import Refusal
from core.model.messages import Address, Channel
from core.model.people import Repo
from core.voice.interpreter import Surroundings

_NAMESPACE = UUID("8f6f2b0a-6d0e-4a6c-9f5e-2f2f6f0a7c11")
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True)


class GoldAgent(_Row):
    """An agent as the corpora describe it."""

    id: str
    number: int
    repo: str
    task: str
    status: Status


class Context(_Row):
    """The world a command was said in."""

    repos: tuple[str, ...] = ()
    agents: tuple[GoldAgent, ...] = ()
    default_repo: str | None = None


class Expected(_Row):
    """What is right."""

    intent: str
    repo: str | None = None
    agent_ids: tuple[str, ...] | None = None
    branch: str | None = None
    task_contains: tuple[str, ...] | None = None
    needs_clarification: bool = False
    needs_confirmation: bool = False

    def summary(self) -> str:
        """In one line."""
        asks = " asks" if self.needs_clarification else ""
        return f"{self.intent} {self.repo} {self.agent_ids} {self.branch} {self.task_contains}{asks}"


class GoldLine(_Row):
    """One command. ``expected`` is missing where a file is there to be understood only."""

    id: str
    transcript: str
    context: Context = Context()
    expected: Expected | None = None
    tags: tuple[str, ...] = ()
    lang: str = "en"
    channel: str = "app"
    alt_intents: tuple[str, ...] = ()
    alt_agent_ids: tuple[tuple[str, ...], ...] = Field(default=())

    @property
    def surroundings(self) -> Surroundings:
        """The world in our own words; agents newest first."""
        return surroundings_of(self.context)


def agent_key(gold_id: str) -> UUID:
    """Our id for an agent of the corpus."""
    return uuid5(_NAMESPACE, gold_id)


def surroundings_of(context: Context) -> Surroundings:
    """A corpus's world in our own words."""
    repos = {name: _repo(name) for name in context.repos}
    default = None if context.default_repo is None else repos.get(context.default_repo, _repo(context.default_repo))
    agents = sorted((_agent(agent) for agent in context.agents), key=lambda agent: -agent.number)
    return Surroundings(tuple(repos.values()), tuple(agents), default)


def read_gold(path: Path) -> list[GoldLine]:
    """Every line of a corpus. Raises Refusal for a file that is none."""
    lines: list[GoldLine] = []
    try:
        for text in path.read_text(encoding="utf-8").splitlines():
            if text.strip():
                row: Mapping[str, Any] = json.loads(text)
                lines.append(GoldLine.model_validate(row))
    except (OSError, ValueError, ValidationError) as error:
        raise Refusal(f"{path} is no corpus: line {len(lines) + 1}: {error}") from error
    return lines


def _repo(full_name: str) -> Repo:
    owner, _, name = full_name.rpartition("/")
    return Repo(owner, name, f"https://github.com/{full_name}", "main")


def _agent(agent: GoldAgent) -> Agent:
    return Agent(
        id=agent_key(agent.id),
        number=agent.number,
        name=f"Agent{agent.number}",  # The corpora give none, and ours must not help.
        user_id=_NAMESPACE,
        repo_url=f"https://github.com/{agent.repo}",
        repo_name=agent.repo,
        branch="main",
        task_description=agent.task,
        status=agent.status,
        phase=Phase.WORKING,
        progress=0,
        model="",
        source=Channel.APP,
        reply_to=Address(Channel.APP, "eval"),
        created_at=_BEGAN,
        updated_at=_BEGAN,
    )
