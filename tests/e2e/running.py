"""A whole Cadence as a person runs it: real processes in a folder of their own, with the outside world played here."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from quart import Quart, request

from cadence.demo.script import Play, ToolOutcome, Turn, next_turn
from cadence.demo.telegram_exchange import TelegramExchange
from cadence.demo.telegram_handset import Handset
from cadence.demo.telegram_server import serve_on_loopback, serve_telegram
from cadence.demo.telegram_shapes import Shown
from cadence.home import Home
from cadence.listening import free_port
from cadence.stand_ins import scripted_model

CADENCE = (sys.executable, "-P", "-m", "cadence.cli")
OWNER = 4711
PATIENCE = 60.0


class HeldModel:
    """The scripted model behind a gate: while it is held, every answer waits. ``play`` may be another one."""

    def __init__(self) -> None:
        self.play: Play = next_turn
        self.open = asyncio.Event()
        self.open.set()
        self.asked = asyncio.Event()

    def _current_play(self, task: str, outcomes: Sequence[ToolOutcome]) -> Turn:
        return self.play(task, outcomes)

    def app(self) -> Quart:
        app = scripted_model(self._current_play)

        @app.before_request
        async def wait() -> None:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
            # The CLI's small talk (titles and the like) brings no tools and is never held.
            if request.path.endswith("/messages") and (await request.get_json()).get("tools"):
                self.asked.set()
                await self.open.wait()

        return app


@dataclass(frozen=True, slots=True)
class Installation:
    """One installation: its folder, its settings, the phone of its owner and the model behind it."""

    home: Home
    environ: dict[str, str]
    handset: Handset
    exchange: TelegramExchange
    model: HeldModel

    @property
    def url(self) -> str:
        return f"http://{self.environ['CADENCE_BIND']}"

    async def run(self, *arguments: str) -> tuple[int, str]:
        """Run a ``cadence`` command to its end; its exit code and what it printed."""
        process = await start(self, *arguments)
        output, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        return process.returncode or 0, output.decode()

    async def get(self, path: str) -> httpx.Response:
        return await self._ask("GET", path)

    async def patch(self, path: str, changes: dict[str, Any]) -> httpx.Response:
        return await self._ask("PATCH", path, changes)

    async def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.home.secrets().local_token}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, trust_env=False) as http:
            return await http.request(method, path, json=body)

    async def agents(self) -> list[dict[str, Any]]:
        """Newest first."""
        agents: list[dict[str, Any]] = (await self.get("/api/agents")).json()["agents"]
        return sorted(agents, key=lambda agent: agent["number"], reverse=True)

    async def command(self, text: str) -> dict[str, Any]:
        """Write a command that creates an agent; the agent. Others may still be at work, so it is known by its name."""
        await self.handset.send_text(text)
        answer = await self.handset.next_message(lambda shown: "is starting on" in shown.text)
        name = answer.text.split()[0]
        return next(agent for agent in await self.agents() if agent["name"] == name)

    async def until_done(self, agent: dict[str, Any]) -> Shown:
        """The agent's final reply."""
        return await self.handset.next_message(lambda shown: f"{agent['name']} is done" in shown.text, timeout=90)

    async def pulls_of(self, agent: dict[str, Any]) -> int:
        """How many pull requests there are of the agent's branch."""
        return [pull["head"]["ref"] for pull in await self.pulls()].count(f"cadence/{agent['id']}")

    async def pulls(self) -> list[dict[str, Any]]:
        """Every pull request on the forge."""
        headers = {"Authorization": f"Bearer {self.home.secrets().forge_token}"}
        base = f"http://{self.environ['CADENCE_FORGE_BIND']}/api/v3"
        async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as http:
            return (await http.get("/repos/local/wallet-frontend/pulls", params={"state": "all"})).json()


async def start(installation: Installation, *arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        *CADENCE, *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=PIPE, stderr=STDOUT, env=installation.environ
    )


@asynccontextmanager
async def installed(folder: Path) -> AsyncGenerator[Installation, None]:
    """An installation that is not running yet, with Telegram and the model served by the test."""
    exchange, model = TelegramExchange("77:telegram-token-of-the-test"), HeldModel()
    async with serve_telegram(exchange) as telegram_url, serve_on_loopback(model.app()) as model_url:
        environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ} | {
            "CADENCE_HOME": str(folder),
            "CADENCE_BIND": f"127.0.0.1:{free_port()}",
            "CADENCE_FORGE_BIND": f"127.0.0.1:{free_port()}",
            "CADENCE_WHISPER_MODEL": "tiny.en",
            "CADENCE_TELEGRAM_USERS": str(OWNER),
            "TELEGRAM_BOT_TOKEN": exchange.token,
            "TELEGRAM_API_URL": telegram_url,
            "ANTHROPIC_API_KEY": "the-real-key",
            "CADENCE_UNDERSTANDING": "grammar",
            "ANTHROPIC_BASE_URL": model_url,
        }
        yield Installation(Home(folder), environ, Handset(exchange, user_id=OWNER), exchange, model)


@asynccontextmanager
async def up(installation: Installation) -> AsyncGenerator[Process, None]:
    """``cadence up``, ready; stopped by Ctrl-C afterwards."""
    process = await start(installation, "up")
    try:
        await says(process, "cadence doctor")
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.communicate(), PATIENCE)


async def says(process: Process, words: str) -> str:
    """Wait until the process prints a line with these words; the line."""
    assert process.stdout is not None
    said: list[str] = []
    async with asyncio.timeout(PATIENCE):
        while line := (await process.stdout.readline()).decode():
            said.append(line)
            if words in line:
                return line
    raise AssertionError("".join(said))


async def eventually(claim: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that only polling can see: another process's state."""
    async with asyncio.timeout(PATIENCE):
        while not await claim():  # noqa: ASYNC110 (no event of ours reaches into another process)
            await asyncio.sleep(0.1)


def children(pid: int) -> dict[str, int]:
    """The programs that a running ``cadence up`` keeps, by name."""
    found: dict[str, int] = {}
    for folder in Path("/proc").iterdir():
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            continue
        if int(fields[1]) == pid:
            found[command[-2].decode() if b"cadence.cli" in command else command[0].decode()] = int(folder.name)
    return found


def processes_naming(text: str) -> list[str]:
    """The command lines of all processes that have ``text`` in their command or environment."""
    return list(processes_with(text).values())


def processes_with(text: str) -> dict[int, str]:
    """The same by their ids."""
    found: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        try:
            content = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            if text.encode() in content and int(folder.name) != os.getpid():
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, ValueError):
            continue
    return found
