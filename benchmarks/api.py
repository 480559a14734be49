"""How quickly the API answers, and how many watch at once, against everything that ``cadence up`` runs.

The baseline is ``/healthz``, which does nothing, asked as often in the same run. Requests are sent at a fixed rate,
whether or not the ones before have been answered.
"""

import asyncio
import json
import resource
import socket
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import aiohttp
from redis.asyncio import Redis

from benchmarks.agents import serve_pid
from benchmarks.figures import report
from benchmarks.fleet import bench_agent, bench_home, bench_message, resident
from cadence.given import nobody_listens
from cadence.owner import OWNER
from cadence.system import run_system
from core.bell import Bell
from core.store.database import Database, open_database
from core.watch import watch_topic

AGENTS: Final = 200
LISTS_A_SECOND: Final = 300
COMMANDS_A_SECOND: Final = 100
SECONDS: Final = 10
WATCHERS: Final = 1000
CHANGES: Final = 50
SLOW: Final = 50


async def at_rate(a_second: int, ask: Callable[[], Awaitable[None]]) -> list[float]:
    """How long each request takes, in seconds, from when it was due."""
    began = time.perf_counter()
    taken: list[float] = []

    async def one(due: float) -> None:
        await ask()
        taken.append(time.perf_counter() - due)

    tasks: list[asyncio.Task[None]] = []
    for number in range(a_second * SECONDS):
        due = began + number / a_second
        await asyncio.sleep(max(0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(max(due, time.perf_counter()))))
    await asyncio.gather(*tasks)
    return taken


async def measure_requests(http: aiohttp.ClientSession) -> None:
    async def get(path: str) -> None:
        async with http.get(path) as answer:
            answer.raise_for_status()
            await answer.read()

    async def say() -> None:
        async with http.post("/api/commands?wait=0", json={"text": "what is the weather like"}) as answer:
            answer.raise_for_status()
            await answer.read()

    await at_rate(50, lambda: get("/api/agents?limit=100"))
    nothing = await at_rate(LISTS_A_SECOND, lambda: get("/healthz"))
    report(f"/healthz, {LISTS_A_SECOND} a second (baseline)", nothing, nothing)
    page = await at_rate(LISTS_A_SECOND, lambda: get("/api/agents"))
    report(f"a page of 50 of {AGENTS} agents, {LISTS_A_SECOND} a second", page, nothing)
    nothing = await at_rate(COMMANDS_A_SECOND, lambda: get("/healthz"))
    accepted = await at_rate(COMMANDS_A_SECOND, say)
    report(f"a written command accepted, {COMMANDS_A_SECOND} a second", accepted, nothing)


async def measure_watching(http: aiohttp.ClientSession, database: Database, bell: Bell) -> None:
    """How long a change takes to be told to everybody who watches, and what a watcher costs."""
    sent: dict[str, float] = {}
    taken: list[float] = []
    ready = asyncio.Semaphore(0)
    before = resident(serve_pid())

    async def watch() -> None:
        async with http.get("/api/events", timeout=aiohttp.ClientTimeout(total=None)) as stream:
            async for line in stream.content:
                if line.startswith(b"retry"):
                    ready.release()
                elif line.startswith(b"data: "):
                    step = json.loads(line[6:])["step"]
                    if step in sent:
                        taken.append(time.perf_counter() - sent[step])

    watching = [asyncio.create_task(watch()) for _ in range(WATCHERS)]
    for _ in watching:
        await ready.acquire()
    await asyncio.sleep(2)
    held = (resident(serve_pid()) - before) / WATCHERS
    baseline: list[float] = []
    for number in range(CHANGES):
        began = time.perf_counter()
        async with database.transaction() as tx:
            await tx.connection.execute(
                "update agents set step = $1, updated_at = now() where number = 1", f"change {number}"
            )
        baseline.append(time.perf_counter() - began)
        sent[f"change {number}"] = time.perf_counter()
        await bell.ring(watch_topic(OWNER))
        await asyncio.sleep(0.5)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    if len(taken) < CHANGES * WATCHERS:
        raise AssertionError(f"{CHANGES * WATCHERS - len(taken)} changes were not told.")
    report(f"a change → told to {WATCHERS} who watch", taken, baseline)
    print(f"{'memory of one who watches':<46} {held / 1000:8.1f} kB")


async def measure_dawdling(http: aiohttp.ClientSession, port: int) -> None:
    """When those are let go of who never end their headers; the others must not notice."""
    dawdlers = [socket.create_connection(("127.0.0.1", port)) for _ in range(SLOW)]
    began = time.perf_counter()
    for dawdler in dawdlers:
        dawdler.sendall(b"GET /api/agents HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        dawdler.settimeout(30)
    served: list[float] = []
    for _ in range(50):
        asked = time.perf_counter()
        async with http.get("/healthz") as answer:
            await answer.read()
        served.append(time.perf_counter() - asked)
    await asyncio.to_thread(lambda: [dawdler.recv(1000) for dawdler in dawdlers])
    closed = time.perf_counter() - began
    for dawdler in dawdlers:
        dawdler.close()
    report(f"/healthz beside {SLOW} who dawdle", served, served)
    print(f"{'who dawdles is let go of after':<46} {closed:8.1f} s")


async def main() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cadence-bench-")))
        home, environ = bench_home(folder)
        environ |= {"CADENCE_REQUESTS_A_MINUTE": "100000000"}
        port = int(environ["CADENCE_BIND"].rpartition(":")[2])
        system = await stack.enter_async_context(run_system(home, environ))
        database = await stack.enter_async_context(open_database(system.environment["DATABASE_URL"], nobody_listens))
        redis = await stack.enter_async_context(Redis.from_url(system.environment["REDIS_URL"]))
        async with database.transaction() as tx:
            for number in range(AGENTS):
                message = bench_message()
                await tx.inbox.settle(await tx.inbox.accept(message))
                await tx.agents.create(bench_agent(message, number))
            await tx.connection.execute("update agents set status = 'completed'")
        headers = {"Authorization": f"Bearer {home.secrets().local_token}"}
        connector = aiohttp.TCPConnector(limit=2 * WATCHERS)
        client = aiohttp.ClientSession(system.url, headers=headers, connector=connector)
        http = await stack.enter_async_context(client)
        await measure_requests(http)
        await measure_watching(http, database, Bell(redis))
        await measure_dawdling(http, port)


if __name__ == "__main__":
    asyncio.run(main())
