"""How quickly the grammar understands a command, with many repositories and agents to tell apart.

The baseline is reading the words of the same command. The first command is timed alone: it compiles the phrases.
"""

import asyncio
import time
from datetime import UTC, datetime
from itertools import cycle, islice
from uuid import UUID

from benchmarks.figures import report, timed
from core.model.agent import Agent, Phase, Status
from core.model.messages import Address, Channel, Transcript
from core.model.people import Repo
from core.voice.grammar import GrammarInterpreter
from core.voice.interpreter import Surroundings
from core.voice.names import read_words

COMMANDS = 3000
REPOS, AGENTS = 200, 20
AREAS = "wallet billing search checkout reports ledger profile inventory catalog messages".split()
PARTS = "frontend backend service gateway worker importer admin mobile library docs".split()
CHORES = ("fix the login redirect", "add rate limiting", "dark mode for the settings", "migrate the history")
SENTENCES = (
    "start an agent on wallet frontend to fix the login redirect bug",
    "Hey uh can you spin up someone on the billing back end, the totals are wrong when the currency changes twice",
    "search gateway two, branch feature slash retries dash v two, add exponential backoff to every call",
    "pause agent three",
    "stop agent one, sorry, the dark mode one",
    "don't kill the rate limiting agent, just pause it until tomorrow",
    "kill everything except agent four and agent five",
    "how is the history migration coming along",
    "status",
    "what happens if I stop an agent",
    "so I told him the same thing like you can't just deploy on a Friday and then go home",
    "mets l'agent trois en pause",
    "Starte einen Agenten auf checkout service, der den Timeout beim Bezahlen behebt",
    "reanuda el agente dos",
    "coloca o agente quatro em espera",
    "the lay jar importer drops rows with a missing date, somebody should have a look",
)


def world() -> Surroundings:
    """Two hundred repositories that are called alike, and twenty agents."""
    names = [f"{area}-{part}{suffix}" for suffix in ("", "-v2") for area in AREAS for part in PARTS][:REPOS]
    repos = tuple(Repo("acme", name, f"https://code.example/acme/{name}", "main") for name in names)
    return Surroundings(repos, tuple(agent(number, repos[number * 7]) for number in range(AGENTS, 0, -1)), repos[0])


def agent(number: int, repo: Repo) -> Agent:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    return Agent(
        id=UUID(int=number),
        number=number,
        name=f"Birch{number}",
        user_id=UUID(int=0),
        repo_url=repo.url,
        repo_name=repo.full_name,
        branch="main",
        task_description=f"{CHORES[number % len(CHORES)]} of {repo.name}",
        status=Status.PAUSED if number % 3 else Status.RUNNING,
        phase=Phase.WORKING,
        progress=0,
        model="",
        source=Channel.APP,
        reply_to=Address(Channel.APP, "benchmark"),
        created_at=began,
        updated_at=began,
    )


async def run() -> None:
    grammar, surroundings = GrammarInterpreter(), world()
    texts = cycle(SENTENCES)

    async def understand() -> None:
        # A number that changes: no command is answered from a cache of the one before.
        text = f"{next(texts)} {next(turns)}"
        await grammar.interpret(Transcript(text=text, raw=text, provider="benchmark"), surroundings)

    async def read() -> None:
        read_words(next(texts))

    turns = iter(range(10 * COMMANDS))
    began = time.perf_counter()
    await understand()
    print(f"{'the first command of a process':<46} {(time.perf_counter() - began) * 1000:8.1f} ms")
    for _ in islice(texts, len(SENTENCES)):
        await understand()
    report(
        f"a command, {REPOS} repositories, {AGENTS} agents",
        *[await timed(COMMANDS, work) for work in (understand, read)],
    )


if __name__ == "__main__":
    asyncio.run(run())
