"""Postgres and Valkey from their wheels, for a computer where nobody has installed a server.

Both listen on unix sockets in a folder that only we may enter, are started again when they die, and end when we end.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from cadence import binaries
from cadence.folders import private_folder
from cadence.instance import InstanceLock
from cadence.orphans import end_orphan
from cadence.pgdata import as_server, disown_pid_file, is_ready, prepare_data
from cadence.processes import Program
from cadence.supervisor import keep
from core.commands import run_command
from core.model.errors import Refusal

_READY_WITHIN = 60.0
_PAUSE = 0.005
_PORT = "5432"
_NOT_DURABLE = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


class KeptServer:
    """A server that is up, and is started again when it dies."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._keeping: asyncio.Task[NoReturn] | None = None

    async def start(self, ready: Callable[[], Awaitable[bool]]) -> None:
        """Return when ``ready`` says yes. Raises Refusal when that does not happen within a minute."""
        self._keeping = asyncio.create_task(keep(self._program), name=self._program.name)
        try:
            async with asyncio.timeout(_READY_WITHIN):
                while not await ready():
                    if self._keeping.done():
                        self._keeping.result()
                    await asyncio.sleep(_PAUSE)
        except TimeoutError:
            await self.stop()
            raise Refusal(f"{self._program.name} does not start:\n{self._program.last_lines()}") from None
        except BaseException:
            await self.stop()
            raise

    async def watch(self) -> None:
        """Return when it was stopped; raises KeepsCrashing when it cannot be kept running."""
        if self._keeping is not None:
            await asyncio.wait({self._keeping})
            if not self._keeping.cancelled():
                self._keeping.result()

    async def stop(self) -> None:
        """Stop it and wait until it is gone."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait({self._keeping})


class EmbeddedPostgres:
    """``async with EmbeddedPostgres(...) as database_url``: Postgres with pgvector, for this process and its children.

    ``durable=False`` is for tests: faster, and empty-handed after a crash of the computer.
    """

    def __init__(self, data_dir: Path, run_dir: Path, log: Path, *, durable: bool = True) -> None:
        self._data_dir, self._run_dir, self._durable = data_dir.absolute(), run_dir.absolute(), durable
        self._server = KeptServer(Program("Postgres", self._command(), log, quit_signal=signal.SIGINT))
        self._held = AsyncExitStack()

    async def __aenter__(self) -> str:
        """Raises Refusal when the folders cannot be used or the server does not start."""
        private_folder(self._data_dir.parent)
        private_folder(self._run_dir)
        async with AsyncExitStack() as held:
            held.enter_context(InstanceLock(self._data_dir.with_name(self._data_dir.name + ".lock")))
            await prepare_data(self._data_dir, durable=self._durable)
            await end_orphan(self._data_dir / "postmaster.pid", str(self._data_dir), signal.SIGINT)
            disown_pid_file(self._data_dir)
            await self._server.start(self._answers)
            held.push_async_callback(self._server.stop)
            await self._make_database()
            self._held = held.pop_all()
        return self.url

    async def __aexit__(self, *_: object) -> None:
        await self._held.aclose()

    @property
    def url(self) -> str:
        """Names the port too, or PGPORT in the environment would decide."""
        return f"postgresql://postgres@/cadence?host={quote(str(self._run_dir))}&port={_PORT}"

    async def watch(self) -> None:
        """Raises KeepsCrashing when the server cannot be kept running."""
        await self._server.watch()

    def _command(self) -> tuple[str, ...]:
        return as_server(
            str(binaries.postgres_folder() / "postgres"),
            *("-D", str(self._data_dir), "-k", str(self._run_dir), "-p", _PORT),
            *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"),
            *(() if self._durable else _NOT_DURABLE),
        )

    async def _answers(self) -> bool:
        return is_ready(self._data_dir) and await self._ask("select 1") == "1"

    async def _make_database(self) -> None:
        if not await self._ask("select 1 from pg_database where datname = 'cadence'"):
            await self._ask("create database cadence")

    async def _ask(self, sql: str) -> str:
        """The answer of psql; it reads no one's settings."""
        psql = await run_command(
            str(binaries.postgres_folder() / "psql"),
            *("-X", "-qAt", "-h", str(self._run_dir), "-p", _PORT, "-U", "postgres", "-d", "postgres", "-c", sql),
            environment={"PATH": os.defpath},
        )
        return psql.printed.decode().strip()


class EmbeddedRedis:
    """``async with EmbeddedRedis(...) as redis_url``: Valkey, which speaks Redis. It keeps nothing on disk."""

    def __init__(self, run_dir: Path, log: Path) -> None:
        self._run_dir = run_dir.absolute()
        self._socket, self._pid_file = self._run_dir / "redis.sock", self._run_dir / "redis.pid"
        self._server = KeptServer(Program("Valkey", self._command(), log))
        self._held = AsyncExitStack()

    async def __aenter__(self) -> str:
        """Raises Refusal when the folder cannot be used or the server does not start."""
        private_folder(self._run_dir)
        async with AsyncExitStack() as held:
            held.enter_context(InstanceLock(self._run_dir / "redis.lock"))
            await end_orphan(self._pid_file, str(self._socket), signal.SIGTERM)
            await self._server.start(self._answers)
            held.push_async_callback(self._server.stop)
            self._held = held.pop_all()
        return self.url

    async def __aexit__(self, *_: object) -> None:
        await self._held.aclose()

    @property
    def url(self) -> str:
        """A path, so there is no port to collide on."""
        return f"unix://{quote(str(self._socket))}"

    async def watch(self) -> None:
        """Raises KeepsCrashing when the server cannot be kept running."""
        await self._server.watch()

    def _command(self) -> tuple[str, ...]:
        return (
            str(binaries.valkey_server()),
            *("--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700"),
            *("--maxmemory-policy", "noeviction", "--save", "", "--appendonly", "no"),
            *("--dir", str(self._run_dir), "--pidfile", str(self._pid_file)),
        )

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_unix_connection(self._socket)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        writer.write(b"PING\r\n")
        answer = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return answer == b"+PONG\r\n"
