"""How quickly agents begin, hold, come back and end, and how many one control plane bears.

Everything is what ``cadence up`` runs: real servers, processes, boxes and the real Claude CLI. Only the model is
scripted, and answers at once. The baseline of what a session costs is the bare CLI with the same model in the same run.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import httpx

from benchmarks.figures import report, timed
from benchmarks.fleet import bench_home, measure_fleet
from cadence.demo.script import ToolCall, ToolOutcome, Turn
from cadence.demo.scripted_model import scripted_model
from cadence.demo.telegram_server import serve_on_loopback
from cadence.given import nobody_listens
from cadence.system import System, run_system
from core.model.event import Event, Parked, Paused
from core.sandbox.daemon.claude import claude_binary
from core.store.database import Database, open_database

LIVES: Final = 15
_PATIENCE: Final = 60
_LOOK_EVERY: Final = 0.02


@dataclass(frozen=True, slots=True)
class TirelessModel:
    """Lets every agent use one tool after another for ever; notes when it hears what came of them."""

    heard: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def play(self, task: str, outcomes: Sequence[ToolOutcome]) -> Turn:
        (number,) = (word for word in task.split() if word.startswith("bench-"))
        times = self.heard.setdefault(number.strip(".,"), [])
        if outcomes:
            times.append(time.time())
        return Turn("On I go.", ToolCall("Bash", {"command": "true", "description": "Work"}))

    async def next_outcome(self, number: str, after: float) -> float:
        """When the first tool after a moment was done, in seconds since the epoch."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                later = [moment for moment in self.heard.get(number, []) if moment > after]
                if later:
                    return later[0]
                await asyncio.sleep(_LOOK_EVERY)


MODEL: Final = TirelessModel()


@dataclass(frozen=True, slots=True)
class Bench:
    """A running Cadence, and somebody who speaks to it."""

    system: System
    database: Database
    model: TirelessModel
    http: httpx.AsyncClient

    async def say(self, text: str) -> float:
        """Say something; when it was accepted."""
        answer = await self.http.post("/api/commands", json={"text": text})
        answer.raise_for_status()
        return time.time()

    async def agent_of(self, number: str) -> tuple[UUID, str]:
        async with asyncio.timeout(_PATIENCE):
            while True:
                async with self.database.transaction() as tx:
                    row = await tx.connection.fetchrow(
                        "select id, name from agents where task_description like '%' || $1 || '%'", number
                    )
                if row is not None:
                    return row["id"], row["name"]
                await asyncio.sleep(_LOOK_EVERY)

    async def event(self, agent_id: UUID, kind: type[Paused | Parked]) -> Event:
        """The first event of a kind, which carries the machine's own time."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                async with self.database.transaction() as tx:
                    events = await tx.events.after(agent_id, 0, 0)
                found = [event for event in events if isinstance(event.happening, kind)]
                if found:
                    return found[0]
                await asyncio.sleep(_LOOK_EVERY)


@dataclass(frozen=True, slots=True)
class Lives:
    """What was measured, in seconds."""

    begun: list[float] = field(default_factory=list[float])
    held: list[float] = field(default_factory=list[float])
    back: list[float] = field(default_factory=list[float])
    ended: list[float] = field(default_factory=list[float])


async def one_life(bench: Bench, number: str, lives: Lives) -> None:
    """Begin, pause, be parked, resume on a machine that has forgotten everything, and stop."""
    said = await bench.say(f"start an agent on wallet frontend to count {number} sheep")
    lives.begun.append(await bench.model.next_outcome(number, said) - said)
    agent_id, name = await bench.agent_of(number)
    said = await bench.say(f"pause {name}")
    lives.held.append((await bench.event(agent_id, Paused)).at.timestamp() - said)
    await bench.event(agent_id, Parked)
    await until_gone(set(descendants(daemon_pid())))
    said = await bench.say(f"resume {name}")
    lives.back.append(await bench.model.next_outcome(number, said) - said)
    working = set(descendants(daemon_pid()))
    said = await bench.say(f"stop {name}")
    lives.ended.append(await until_gone(working) - said)


async def until_gone(pids: set[int]) -> float:
    """Wait until none of these processes is left; when that was."""
    async with asyncio.timeout(_PATIENCE):
        while any(is_there(pid) for pid in pids):  # noqa: ASYNC110 (other processes' ends raise no event here)
            await asyncio.sleep(0.005)
    return time.time()


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def bare_session(number: str, model_url: str, folder: Path) -> None:
    """The CLI alone, until its first tool is done and the model has heard so."""
    home = folder / number
    home.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "ANTHROPIC_BASE_URL": model_url,
        "ANTHROPIC_API_KEY": "none",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    }
    process = await asyncio.create_subprocess_exec(
        str(claude_binary()),
        "-p",
        f"count {number} sheep",
        "--allowedTools",
        "Bash",
        cwd=home,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await MODEL.next_outcome(number, 0)
    finally:
        process.kill()
        await process.wait()


async def measure_lives(bench: Bench, model_url: str, folder: Path) -> None:
    """Print what a life costs, next to the bare CLI and a committed row."""
    lives = Lives()
    await one_life(bench, "bench-warm", Lives())  # The first run imports the SDK; that is once in a machine's life.
    bare: list[float] = []
    for turn in range(LIVES):
        number = f"bench-bare-{turn}"
        bare += await timed(1, lambda number=number: bare_session(number, model_url, folder))
        await one_life(bench, f"bench-{turn}", lives)
    report("bare CLI, started → first tool done (baseline)", bare, bare)
    report("command accepted → first tool done", lives.begun, bare)
    report("resume of a parked agent → next tool done", lives.back, bare)
    report("pause → held at the next tool call", lives.held, bare)
    report("stop → every process gone", lives.ended, bare)


def daemon_pid() -> int:
    return next(pid for pid in descendants(os.getpid()) if b"daemon" in _command(pid)[-2:])


def serve_pid() -> int:
    return next(pid for pid in descendants(os.getpid()) if b"serve" in _command(pid)[-2:])


def _command(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def descendants(ancestor: int) -> list[int]:
    """Every process below one."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # It has ended meanwhile.
    found: list[int] = []
    level = {ancestor}
    while level:
        level = {pid for pid, parent in parents.items() if parent in level}
        found += level
    return found


async def main() -> None:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cadence-bench-")))
        model_url = await stack.enter_async_context(serve_on_loopback(scripted_model(MODEL.play)))
        home, environ = bench_home(folder)
        environ |= {
            "CADENCE_PARK_AFTER_MINUTES": "0.001",
            "CADENCE_UNDERSTANDING": "grammar",
            "ANTHROPIC_API_KEY": "none",
            "ANTHROPIC_BASE_URL": model_url,
        }
        system = await stack.enter_async_context(run_system(home, environ))
        database = await stack.enter_async_context(open_database(system.environment["DATABASE_URL"], nobody_listens))
        headers = {"Authorization": f"Bearer {home.secrets().local_token}"}
        client = httpx.AsyncClient(base_url=system.url, headers=headers, trust_env=False)
        http = await stack.enter_async_context(client)
        await measure_lives(Bench(system, database, MODEL, http), model_url, folder)
        await measure_fleet(database, f"{system.url.replace('http', 'ws', 1)}/ws/daemon", serve_pid())


if __name__ == "__main__":
    asyncio.run(main())
