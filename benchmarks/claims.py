"""How long a warm machine takes from its claim to its task, and what fifty agents at once make of ten machines.

The control plane is what ``cadence up`` runs, with a pool at a simulated Fly that takes 20 ms an answer. Machines are
played: they dial in with the token they were made with, and note when their task comes. The baseline is what a claim
costs at the provider, whoever asks: the four requests that fence a machine off, in the same run.
"""

import asyncio
import base64
import json
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from redis.asyncio import Redis
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.figures import report
from benchmarks.fleet import bench_agent, bench_home, bench_message
from cadence.demo.telegram_server import serve_on_loopback
from cadence.owner import OWNER
from cadence.simulated_fly.app import simulated_fly
from cadence.simulated_fly.state import Fly, Json
from cadence.system import run_system
from core.bell import Bell
from core.jobs import START_AGENT, JobBell, open_broker
from core.model.ring import JobRing
from core.sandbox.fly.api import FlyApi, open_fly
from core.sandbox.protocol import DOWNWARD, HEARTBEAT_SECONDS, PROTOCOL_VERSION, Heartbeat, Hello, Run, SelfTest, Start
from core.store.database import Database, open_database
from core.wiring import make_ring

POOL: Final = 10
AT_ONCE: Final = 50
ONE_BY_ONE: Final = 30
LATENCY: Final = 0.02
NUMBERS: Final = count()
_PATIENCE: Final = 180
_LOOK_EVERY: Final = 0.05


@dataclass(frozen=True, slots=True)
class Tasks:
    """When the task of each agent reached a machine, and which machines have had one."""

    reached: dict[UUID, float] = field(default_factory=dict[UUID, float])
    machines: Counter[str] = field(default_factory=Counter[str])
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def note(self, machine: str, agent_id: UUID) -> None:
        now = time.time()
        async with self.news:
            self.reached[agent_id] = now
            self.machines[machine] += 1
            self.news.notify_all()

    async def of(self, *agents: UUID) -> list[float]:
        """The moments at which these agents' tasks came, once all have."""
        async with asyncio.timeout(_PATIENCE), self.news:
            await self.news.wait_for(lambda: self.reached.keys() >= set(agents))
            return [self.reached[agent] for agent in agents]


class PlayedMachine:
    """A machine that does nothing but take its task."""

    def __init__(self, config: Json, tasks: Tasks) -> None:
        self._runs: tuple[Run, ...] = ()
        bootstrap = json.loads(base64.b64decode(config["files"][0]["raw_value"]))
        self._dialling = asyncio.create_task(self._dial(bootstrap["url"], bootstrap["token"], tasks))

    async def end(self) -> None:
        self._dialling.cancel()
        await self.ended()

    async def ended(self) -> None:
        await asyncio.wait({self._dialling})

    async def _dial(self, url: str, token: str, tasks: Tasks) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        # The pool may make machines before the API listens: like a real one, it dials until somebody answers.
        async for connection in connect(url, additional_headers=headers, proxy=None, compression=None):
            beating = asyncio.create_task(self._beat(connection))
            try:
                await self._take(connection, token, tasks)
            finally:
                beating.cancel()

    async def _take(self, connection: ClientConnection, token: str, tasks: Tasks) -> None:
        test = SelfTest(passed=True, isolation="played")
        hello = Hello(version=PROTOCOL_VERSION, machine="bench", self_test=test, runs=self._runs)
        await connection.send(hello.model_dump_json())
        async for frame in connection:
            message = DOWNWARD.validate_json(frame)
            if isinstance(message, Start):
                await tasks.note(token, message.task.agent_id)
                self._runs = (Run(agent_id=message.task.agent_id, leg=message.task.leg, seq=0),)

    async def _beat(self, connection: ClientConnection) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await connection.send(Heartbeat(runs=self._runs).model_dump_json())


async def begin(database: Database) -> UUID:
    """An agent that a worker is asked to place."""
    message = bench_message()
    async with database.transaction() as tx:
        await tx.people.hold(OWNER)
        await tx.inbox.settle(await tx.inbox.accept(message))
        agent = await tx.agents.create(bench_agent(message, next(NUMBERS)))
        tx.ring(JobRing(START_AGENT, agent.id))
    return agent.id


async def claims_of(database: Database, agents: list[UUID]) -> list[float]:
    """When each agent's machine became its own."""
    async with database.transaction() as tx:
        rows = await tx.connection.fetch("select agent_id, changed_at from pool where agent_id = any($1)", agents)
    moments = {row["agent_id"]: row["changed_at"].timestamp() for row in rows}
    return [moments[agent] for agent in agents]


async def until_warm(database: Database, count: int) -> None:
    async with asyncio.timeout(_PATIENCE):
        while True:
            async with database.transaction() as tx:
                ready = await tx.connection.fetchval("select count(*) from pool where status = 'ready'")
            if ready >= count:
                return
            await asyncio.sleep(_LOOK_EVERY)


async def fence_off(api: FlyApi, number: int) -> float:
    """What a claim asks of Fly, on a machine that nobody else has; how long it takes."""
    app = f"baseline-{number}-{uuid4().hex[:6]}"
    await api.create_app(app)
    machine = await api.create_machine(app, "fra", {"metadata": {}})
    await api.wait_started(app, machine)
    began = time.perf_counter()
    async with api.lease(app, machine.id, "bench"):
        known = await api.state_of(app, machine.id)
        if known is None:
            raise AssertionError("The machine is gone.")
        await api.label(app, known, {"agent": "bench"})
    return time.perf_counter() - began


async def measure(database: Database, api: FlyApi, tasks: Tasks) -> None:
    baseline = [await fence_off(api, number) for number in range(ONE_BY_ONE)]
    one_by_one: list[float] = []
    for _ in range(ONE_BY_ONE):
        await until_warm(database, 1)
        agent = await begin(database)
        (reached,), (claimed,) = await tasks.of(agent), await claims_of(database, [agent])
        one_by_one.append(reached - claimed)
    beyond = sorted(taken - sorted(baseline)[len(baseline) // 2] for taken in one_by_one)
    report("a claim's requests to Fly (baseline)", baseline, baseline)
    report("claimed → the daemon has its task", one_by_one, baseline)
    print(f"{'  beyond Fly itself, p50':<46} {beyond[len(beyond) // 2] * 1000:8.1f} ms")
    await measure_rush(database, tasks)


async def measure_rush(database: Database, tasks: Tasks) -> None:
    """Fail when a machine gets two runs, or an agent none."""
    await until_warm(database, POOL)
    began = time.time()
    agents = list(await asyncio.gather(*(begin(database) for _ in range(AT_ONCE))))
    reached = await tasks.of(*agents)
    async with database.transaction() as tx:
        rows = await tx.connection.fetch(
            "select machine_id, pool.created_at from pool where agent_id = any($1)", agents
        )
    warm = sum(row["created_at"].timestamp() < began for row in rows)
    if len({row["machine_id"] for row in rows}) != AT_ONCE or tasks.machines.most_common(1)[0][1] != 1:
        raise AssertionError("Two agents share a machine.")
    print(f"{AT_ONCE} agents at once, {POOL} machines: {warm} warm, {AT_ONCE - warm} cold, none twice", end="; ")
    print(f"all have their task after {max(reached) - began:.1f} s")


@asynccontextmanager
async def rung(database_url: str, redis_url: str) -> AsyncGenerator[Database]:
    """The database, with bells that the running Cadence hears."""
    with open_broker(redis_url) as broker:
        async with (
            Redis.from_url(redis_url) as redis,
            open_database(database_url, make_ring(Bell(redis), JobBell(broker))) as database,
        ):
            yield database


async def main() -> None:
    tasks = Tasks()

    async def launch(config: Json) -> PlayedMachine | Idle:
        return PlayedMachine(config, tasks) if "files" in config else Idle()

    async with AsyncExitStack() as stack:
        fly = Fly("personal", "bench", launch, latency=LATENCY)
        fly_url = await stack.enter_async_context(serve_on_loopback(simulated_fly(fly)))
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="cadence-bench-"))
        home, environ = bench_home(Path(folder))
        environ |= {
            "CADENCE_HOST": "fly",
            "FLY_API_TOKEN": "bench",
            "FLY_API_URL": f"{fly_url}/v1",
            "FLY_IMAGE": "bench",
            "FLY_POOL_SIZE": str(POOL),
        }
        system = await stack.enter_async_context(run_system(home, environ))
        servers = system.environment["DATABASE_URL"], system.environment["REDIS_URL"]
        database = await stack.enter_async_context(rung(*servers))
        api = await stack.enter_async_context(open_fly(f"{fly_url}/v1", "bench", "personal"))
        await measure(database, api, tasks)


@dataclass(frozen=True, slots=True)
class Idle:
    """A machine that never says anything."""

    off: asyncio.Event = field(default_factory=asyncio.Event)

    async def end(self) -> None:
        self.off.set()

    async def ended(self) -> None:
        await self.off.wait()


if __name__ == "__main__":
    asyncio.run(main())
