"""Repositories and agents to talk about."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from core.model.agent import Agent, Phase, Status
from core.model.command import Intent
from core.model.messages import Address, Channel, Transcript
from core.model.people import Repo
from core.voice.grammar import GrammarInterpreter
from core.voice.interpreter import Surroundings, Understanding

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def repo(name: str) -> Repo:
    return Repo("acme", name, f"https://github.com/acme/{name}", "main")


def agent(number: int, name: str, on: str, task: str, status: Status = Status.RUNNING) -> Agent:
    return Agent(
        id=UUID(int=number),
        number=number,
        name=name,
        user_id=uuid4(),
        repo_url=f"https://github.com/acme/{on}",
        repo_name=f"acme/{on}",
        branch="main",
        task_description=task,
        status=status,
        phase=Phase.WORKING,
        progress=10,
        model="sonnet",
        source=Channel.TELEGRAM,
        reply_to=Address(Channel.TELEGRAM, "1"),
        created_at=NOW,
        updated_at=NOW,
    )


REPOS = tuple(repo(name) for name in ("wallet-frontend", "wallet-backend", "api-service", "api-gateway", "mobile-app"))
BIRCH = agent(1, "Birch", "wallet-frontend", "fix the login redirect loop after OAuth")
CEDAR = agent(2, "Cedar", "api-service", "add rate limiting to the public endpoints", Status.PAUSED)
MAPLE = agent(3, "Maple", "mobile-app", "dark mode for the settings page")
ROWAN = agent(4, "Rowan", "wallet-backend", "migrate the history", Status.COMPLETED)
WORLD = Surroundings(REPOS, (ROWAN, MAPLE, CEDAR, BIRCH))
ONE_AGENT = replace(WORLD, agents=(BIRCH,))


async def understand(text: str, surroundings: Surroundings = WORLD) -> Understanding:
    return await GrammarInterpreter().interpret(Transcript(text, text, "test"), surroundings)


async def meaning(text: str, surroundings: Surroundings = WORLD) -> Intent:
    return (await understand(text, surroundings)).intent
