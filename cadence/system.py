"""Everything in one place: servers, stand-ins and our own processes, up together and down together."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import httpx

from cadence.embedded import EmbeddedPostgres, EmbeddedRedis
from cadence.folders import socket_folder
from cadence.given import check_postgres, check_redis, nobody_listens
from cadence.home import Home, Secrets
from cadence.instance import InstanceLock
from cadence.listening import check_free
from cadence.owner import introduce_machine
from cadence.processes import Program
from cadence.stand_ins import stand_ins
from cadence.supervisor import keep_all
from core.model.errors import Refusal
from core.store.database import open_database
from core.store.migrate import migrate

_READY_WITHIN = 60.0
_LOOK_EVERY = 0.05
Watch = Callable[[], Awaitable[None]]
# What a daemon needs of our environment; no provider's key is among it.
_FOR_DAEMON = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("CADENCE_AGENT_UID", "CADENCE_AGENT_MEMORY_MB", "CADENCE_AGENT_CPUS", "CADENCE_AGENT_DISK_MB"),
    *("CADENCE_AGENT_HOSTS", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "NPM_CONFIG_USERCONFIG"),
)


@dataclass(frozen=True, slots=True)
class System:
    """A running Cadence. ``environment`` is what its own processes were given."""

    url: str
    environment: Mapping[str, str]
    programs: asyncio.Task[None]

    async def watch(self) -> None:
        """Return at Ctrl-C, the way it is meant to end; raises KeepsCrashing when it cannot be kept running."""
        with suppress(asyncio.CancelledError):
            await asyncio.shield(self.programs)


@asynccontextmanager
async def run_system(home: Home, environ: Mapping[str, str]) -> AsyncGenerator[System, None]:
    """Start everything, yield when it is ready, and leave nothing running. Raises Refusal with what to do."""
    bind = environ.get("CADENCE_BIND", "127.0.0.1:8765")
    if shutil.which("git") is None:
        raise Refusal("Cadence needs git: install it (on Debian: apt install git) and try again.")
    async with AsyncExitStack() as stack:
        lock = stack.enter_context(InstanceLock(home.lock))
        check_free(bind, "CADENCE_BIND")
        servers, kept = await _open_servers(stack, home, environ)
        missing = await stack.enter_async_context(stand_ins(home, environ))
        secrets = home.secrets()
        environment = {**environ, **servers, **missing, **_ours(secrets, bind, home)}
        ours = _programs(home, environment, secrets, bind)
        programs = asyncio.create_task(_watch(lambda: keep_all(*ours), *kept))
        stack.push_async_callback(_end, programs)
        url = environ.get("PUBLIC_URL") or f"http://{bind}"
        await _ready(f"http://{bind}", programs)
        lock.announce(f"http://{bind}")
        yield System(url, environment, programs)


async def _open_servers(
    stack: AsyncExitStack, home: Home, environ: Mapping[str, str]
) -> tuple[dict[str, str], list[Watch]]:
    """Postgres and Redis, ours or those that the settings name, with the schema up to date and our machine known.

    Returns the settings that point to them, and what watches over those that are ours.
    """
    run_dir = socket_folder(home.path)
    database_url, redis_url = environ.get("DATABASE_URL"), environ.get("REDIS_URL")
    postgres = EmbeddedPostgres(home.path / "postgres", run_dir, home.logs / "postgres.log")
    redis = EmbeddedRedis(run_dir, home.logs / "redis.log")
    ours = [server for server, url in ((postgres, database_url), (redis, redis_url)) if not url]
    database_url, redis_url = await _both(
        check_postgres(database_url) if database_url else stack.enter_async_context(postgres),
        check_redis(redis_url) if redis_url else stack.enter_async_context(redis),
    )
    await migrate(database_url)
    async with open_database(database_url, nobody_listens, connections=2) as database:
        await introduce_machine(database, socket.gethostname(), home.secrets().machine_token)
    return {"DATABASE_URL": database_url, "REDIS_URL": redis_url}, [server.watch for server in ours]


async def _both(database: Coroutine[None, None, str], redis: Coroutine[None, None, str]) -> tuple[str, str]:
    """Their addresses. When one cannot be had, the other is not left half started."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = group.create_task(database), group.create_task(redis)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return tasks[0].result(), tasks[1].result()


async def _watch(*watches: Watch) -> None:
    """Until cancelled, or until one of them cannot be kept running: then it raises that one's KeepsCrashing."""
    try:
        async with asyncio.TaskGroup() as group:
            for watch in watches:
                group.create_task(_run(watch))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def _run(watch: Watch) -> None:
    await watch()


def _ours(secrets: Secrets, bind: str, home: Home) -> dict[str, str]:
    return {
        "CADENCE_BIND": bind,
        "CADENCE_SECRET_KEY": secrets.secret_key,
        "CADENCE_LOCAL_TOKEN": secrets.local_token,
        "CADENCE_CACHE": str(home.cache),
    }


def _programs(home: Home, environment: Mapping[str, str], secrets: Secrets, bind: str) -> tuple[Program, ...]:
    for_daemon = {name: os.environ[name] for name in _FOR_DAEMON if name in os.environ} | {
        "CADENCE_DAEMON_URL": f"ws://{bind}/ws/daemon",
        "CADENCE_MACHINE_TOKEN": secrets.machine_token,
        "CADENCE_MACHINE_DIR": str(home.machine),
    }
    return (
        Program("serve", _command("serve"), home.logs / "serve.log", environment),
        Program("worker", _command("worker"), home.logs / "worker.log", environment),
        Program("daemon", _command("daemon"), home.logs / "daemon.log", for_daemon),
    )


def _command(name: str) -> tuple[str, ...]:
    return (sys.executable, "-P", "-m", "cadence.cli", name)


async def _ready(url: str, programs: asyncio.Task[None]) -> None:
    """Wait until the API answers and our machine has dialled in."""
    async with httpx.AsyncClient(base_url=url, timeout=5, trust_env=False) as http:
        try:
            async with asyncio.timeout(_READY_WITHIN):
                while not await _is_ready(http):
                    if programs.done():
                        programs.result()
                    await asyncio.sleep(_LOOK_EVERY)
        except TimeoutError:
            raise Refusal("Cadence did not get ready within a minute; its logs say why.") from None


async def _is_ready(http: httpx.AsyncClient) -> bool:
    try:
        answer = await http.get("/readyz")
    except httpx.TransportError:
        return False
    return answer.is_success and bool(answer.json()["machines"])


async def _end(programs: asyncio.Task[None]) -> None:
    programs.cancel()
    await asyncio.wait({programs})
