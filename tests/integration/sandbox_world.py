"""What surrounds a daemon in these tests: a control plane, its two gateways, a code host, all real and on loopback."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import create_server
from uuid import UUID, uuid4

import httpx
from aiohttp import web
from hypercorn.asyncio import serve as serve_asgi  # pyright: ignore[reportUnknownVariableType]
from hypercorn.config import Config
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from cadence.demo.script import Play, next_turn
from cadence.demo.scripted_model import scripted_model
from core.model.event import Happening
from core.sandbox.daemon.app import DaemonConfig, run_daemon
from core.sandbox.protocol import (
    UPWARD,
    Abandon,
    Acknowledge,
    EventReport,
    FoundCode,
    Heartbeat,
    Hello,
    Renew,
    Signal,
    Start,
    Task,
    Tell,
    Welcome,
)

MACHINE_TOKEN = "machine-token-b1f0"
RUN_TOKEN = "run-token-6f1d2c9e"
SAMPLE = Path(__file__).parents[2] / "cadence/demo/sample/wallet-frontend"
FIX_LOGIN = "Repository acme/wallet-frontend. Task: fix the login redirect bug."
PATIENCE = 40


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def make_origin(folder: Path, extra: dict[str, str] | None = None) -> Path:
    """A bare repository that holds the sample and ``extra`` files."""
    work = folder / "origin-work"
    shutil.copytree(SAMPLE, work)
    for name, text in (extra or {}).items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)
    git(work, "init", "--quiet")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "Sample")
    origin = folder / "git" / "acme" / "wallet-frontend.git"
    origin.parent.mkdir(parents=True)
    git(folder, "clone", "--quiet", "--bare", str(work), str(origin))
    git(origin, "config", "http.receivepack", "true")
    return origin


async def _git_backend(root: Path, token: str, request: web.Request) -> web.Response:
    """Answer as ``git http-backend`` does, for whoever has the run's token."""
    if request.headers.get("Authorization") != f"Bearer {token}":
        return web.Response(status=401)
    env = {
        "PATH": os.environ["PATH"],
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "REMOTE_USER": "run",
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.query_string,
        "PATH_INFO": "/" + request.match_info["path"],
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        "HTTP_GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
    }
    process = await asyncio.create_subprocess_exec(
        "git", "http-backend", env=env, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate(await request.read())
    head, _, body = out.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    status = int(headers.pop("Status", "200").split()[0])
    return web.Response(status=status, body=body, headers=headers)


@dataclass
class Gateways:
    """The control plane's side of git and of the model. ``llm`` may be replaced to make the model fail."""

    root: Path
    model_url: str
    keys_seen: set[str] = field(default_factory=set[str])
    asked: list[bytes] = field(default_factory=list[bytes])
    llm_status: int | None = None
    llm_stuck: bool = False
    snapshots: list[bytes] = field(default_factory=list[bytes])
    snapshot_status: int | None = None
    found: FoundCode = field(default_factory=lambda: FoundCode(files=()))
    searched: list[str] = field(default_factory=list[str])
    url: str = ""
    token: str = RUN_TOKEN

    async def git(self, request: web.Request) -> web.Response:
        return await _git_backend(self.root, self.token, request)

    async def snapshot(self, request: web.Request) -> web.Response:
        """Keeps every archive it is sent; the newest is what is brought back."""
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.Response(status=403)
        if self.snapshot_status is not None:
            return web.Response(status=self.snapshot_status)
        if request.method == "PUT":
            self.snapshots.append(await request.read())
            return web.Response(status=204)
        return web.Response(body=self.snapshots[-1]) if self.snapshots else web.Response(status=404)

    async def code(self, request: web.Request) -> web.Response:
        """Finds the same for every query, and remembers what was asked."""
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.Response(status=403)
        self.searched.append((await request.json())["query"])
        return web.Response(text=self.found.model_dump_json(), content_type="application/json")

    async def llm(self, request: web.Request) -> web.StreamResponse:
        self.keys_seen.add(request.headers.get("x-api-key", ""))
        if request.headers.get("x-api-key") != self.token:
            return web.Response(status=401)
        if self.llm_stuck:
            await asyncio.Event().wait()
        if self.llm_status is not None:
            error = {"type": "invalid_request_error", "message": "Your credit balance is too low to access the API."}
            return web.json_response({"type": "error", "error": error}, status=self.llm_status)
        path = request.path.removeprefix("/gateway/llm")
        self.asked.append(await request.read())
        async with httpx.AsyncClient() as client:
            answer = await client.post(self.model_url + path, content=self.asked[-1])
        return web.Response(
            status=answer.status_code, body=answer.content, headers={"Content-Type": answer.headers["content-type"]}
        )


@asynccontextmanager
async def _model(play: Play) -> AsyncGenerator[str]:
    """The scripted model, on a socket that listens before its server is up."""
    listener = create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.errorlog = None
    done = asyncio.Event()
    serving = asyncio.create_task(serve_asgi(scripted_model(play), config, shutdown_trigger=done.wait))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        done.set()
        await serving


@asynccontextmanager
async def gateways(root: Path, play: Play) -> AsyncGenerator[Gateways]:
    async with _model(play) as model_url:
        doors = Gateways(root, model_url)
        app = web.Application(client_max_size=1 << 26)
        app.router.add_route("*", "/gateway/git/{path:.*}", doors.git)
        app.router.add_route("*", "/gateway/snapshot", doors.snapshot)
        app.router.add_route("POST", "/gateway/code", doors.code)
        app.router.add_route("*", "/gateway/llm/{path:.*}", doors.llm)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            doors.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield doors
        finally:
            await runner.cleanup()


@dataclass
class ControlPlane:
    """The other end of /ws/daemon: it records events once, and tells whoever waits."""

    acknowledging: bool = True
    hellos: list[Hello] = field(default_factory=list[Hello])
    heartbeats: list[Heartbeat] = field(default_factory=list[Heartbeat])
    received: list[EventReport] = field(default_factory=list[EventReport])
    connections: list[ServerConnection] = field(default_factory=list[ServerConnection])
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    url: str = ""

    async def serve_daemon(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        assert connection.request.headers["Authorization"] == f"Bearer {MACHINE_TOKEN}"
        self.connections.append(connection)
        with suppress(ConnectionClosed):
            async for frame in connection:
                await self._take(connection, UPWARD.validate_json(frame))

    async def _take(self, connection: ServerConnection, message: Hello | EventReport | Heartbeat) -> None:
        match message:
            case Hello():
                self.hellos.append(message)
                await connection.send(Welcome(machine_id=uuid4()).model_dump_json())
            case EventReport():
                self.received.append(message)
                if self.acknowledging:
                    known = Acknowledge(agent_id=message.agent_id, leg=message.leg, seq=message.seq)
                    await connection.send(known.model_dump_json())
            case Heartbeat():
                self.heartbeats.append(message)
        async with self.changed:
            self.changed.notify_all()

    async def send(self, message: Start | Renew | Signal | Tell | Abandon) -> None:
        await self.connections[-1].send(message.model_dump_json())

    async def until(self, fact: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(fact)

    def events(self, agent_id: UUID) -> list[EventReport]:
        """Each event once, in order."""
        return [e for _, e in sorted({e.seq: e for e in self.received if e.agent_id == agent_id}.items())]

    def happenings(self, agent_id: UUID) -> list[Happening]:
        return [event.happening for event in self.events(agent_id)]

    def kinds(self, agent_id: UUID) -> list[str]:
        return [happening.kind for happening in self.happenings(agent_id)]

    async def until_kind(self, agent_id: UUID, *kinds: str) -> None:
        await self.until(lambda: bool(set(kinds) & set(self.kinds(agent_id))))

    async def until_over(self, agent_id: UUID) -> None:
        await self.until_kind(agent_id, "finished", "failed", "stopped", "parked")


@asynccontextmanager
async def control_plane() -> AsyncGenerator[ControlPlane]:
    plane = ControlPlane()
    async with serve(plane.serve_daemon, "127.0.0.1", 0) as server:
        plane.url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/ws/daemon"
        yield plane


@dataclass
class World:
    """All of it together."""

    folder: Path
    plane: ControlPlane
    doors: Gateways
    origin: Path

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def config(self, silence_limit: float = 60, machine: str = "state", snapshot_every: float = 30) -> DaemonConfig:
        state = self.folder / machine
        return DaemonConfig(self.plane.url, MACHINE_TOKEN, state, "test-machine", None, silence_limit, snapshot_every)

    def task(
        self, brief: str = FIX_LOGIN, agent_id: UUID | None = None, leg: int = 1, going_on: str | None = None
    ) -> Task:
        agent = agent_id or uuid4()
        return Task(
            agent_id=agent,
            leg=leg,
            repo_name="acme/wallet-frontend",
            git_url=f"{self.doors.url}/gateway/git/acme/wallet-frontend.git",
            llm_url=f"{self.doors.url}/gateway/llm",
            branch="main",
            work_branch=f"cadence/{agent}",
            brief=brief,
            snapshot_url=f"{self.doors.url}/gateway/snapshot",
            search_url=f"{self.doors.url}/gateway/code",
            going_on=going_on,
            commit_message="Fix the login redirect",
            model="claude-sonnet-5-5",
            token=RUN_TOKEN,
        )

    async def begin(self, task: Task) -> None:
        await self.plane.until(lambda: bool(self.plane.hellos))
        await self.plane.send(Start(task=task))


@asynccontextmanager
async def world(folder: Path, extra: dict[str, str] | None = None, play: Play = next_turn) -> AsyncGenerator[World]:
    origin = make_origin(folder, extra)
    async with gateways(folder / "git", play) as doors, control_plane() as plane:
        yield World(folder, plane, doors, origin)


@asynccontextmanager
async def daemon(config: DaemonConfig) -> AsyncGenerator[None]:
    running = asyncio.create_task(run_daemon(config))
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def _parents() -> dict[int, int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    return parents


def descendants(ancestor: int) -> set[int]:
    """Every process that came from ``ancestor``, the dead that nobody has asked after left out."""
    parents = _parents()
    found: set[int] = set()
    while more := {pid for pid, parent in parents.items() if parent in found | {ancestor}} - found:
        found |= more
    return {pid for pid in found if _alive(pid)}


def _alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


async def until_gone(descriptors: list[int]) -> None:
    """Wait for the processes behind these pidfds, and close them."""
    loop = asyncio.get_running_loop()
    for descriptor in descriptors:
        gone = asyncio.Event()
        loop.add_reader(descriptor, gone.set)
        async with asyncio.timeout(PATIENCE):
            await gone.wait()
        loop.remove_reader(descriptor)
        os.close(descriptor)
