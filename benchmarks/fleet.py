"""Two hundred agents in flight on one control plane: real sockets, Postgres and Valkey, and played machines."""

import asyncio
import gc
import os
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.figures import report, timed
from cadence.home import Home
from cadence.listening import free_port
from cadence.owner import OWNER
from core.model.agent import Agent
from core.model.event import Happening, Said, Started, StepTaken
from core.model.messages import Address, Channel, InboundMessage, Typed
from core.sandbox.protocol import (
    DOWNWARD,
    PROTOCOL_VERSION,
    Acknowledge,
    EventReport,
    Heartbeat,
    Hello,
    Run,
    SelfTest,
)
from core.sandbox.tokens import hash_token
from core.store.agents import NewAgent
from core.store.database import Database

AGENTS: Final = 200
EVENTS_A_SECOND: Final = 10
SECONDS: Final = 20
_HEARTBEAT_SECONDS: Final = 10


@dataclass(slots=True)
class Machine:
    """A played machine with one agent on it. It notes how long each event takes to be acknowledged."""

    agent: Agent
    connection: ClientConnection
    sent: dict[int, float] = field(default_factory=dict[int, float])
    taken: list[float] = field(default_factory=list[float])
    acknowledged: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def greet(self) -> None:
        run = Run(agent_id=self.agent.id, leg=self.agent.leg, seq=0)
        test = SelfTest(passed=True, isolation="played")
        hello = Hello(version=PROTOCOL_VERSION, machine="bench", self_test=test, runs=(run,))
        await self.connection.send(hello.model_dump_json())

    async def report(self, happening: Happening) -> None:
        seq = len(self.sent) + 1
        event = EventReport(
            agent_id=self.agent.id, leg=self.agent.leg, seq=seq, at=datetime.now(UTC), happening=happening
        )
        self.sent[seq] = time.perf_counter()
        await self.connection.send(event.model_dump_json())

    async def listen(self) -> None:
        """An acknowledged event has been committed: everybody can see it."""
        async for frame in self.connection:
            message = DOWNWARD.validate_json(frame)
            if isinstance(message, Acknowledge):
                now = time.perf_counter()
                self.taken += [now - self.sent[seq] for seq in range(self.acknowledged + 1, message.seq + 1)]
                self.acknowledged = max(self.acknowledged, message.seq)
                self.changed.set()

    async def beat(self) -> None:
        while True:
            run = Run(agent_id=self.agent.id, leg=self.agent.leg, seq=len(self.sent))
            await self.connection.send(Heartbeat(runs=(run,)).model_dump_json())
            await asyncio.sleep(_HEARTBEAT_SECONDS)

    async def work(self, delay: float) -> None:
        await asyncio.sleep(delay)
        began = time.perf_counter()
        for number in range(SECONDS * EVENTS_A_SECOND):
            await asyncio.sleep(max(0, began + number / EVENTS_A_SECOND - time.perf_counter()))
            step = StepTaken("Edit", f"edited src/module_{number}.py")
            await self.report(Said("I have a look at the next one.") if number % 2 else step)
        await self.until_known()

    async def until_known(self) -> None:
        while self.acknowledged < len(self.sent):
            self.changed.clear()
            await self.changed.wait()


async def measure_fleet(database: Database, socket_url: str, serve_pid: int) -> None:
    """Print how long events take to be seen, and what an idle agent costs; fail when one is lost or out of order."""
    gc.freeze()  # Pauses of the played machines are no concern of the control plane.
    commits = await timed(500, lambda: _one_commit(database))
    placed = [await _placed(database, number) for number in range(AGENTS)]
    await asyncio.sleep(1)
    before = resident(serve_pid)
    async with AsyncExitStack() as stack:
        machines = [await stack.enter_async_context(_machine(*each, socket_url)) for each in placed]
        for machine in machines:
            await machine.report(Started("bench"))
        await asyncio.gather(*(machine.until_known() for machine in machines))
        await asyncio.sleep(_HEARTBEAT_SECONDS + 1)
        idle = (resident(serve_pid) - before) / AGENTS
        for machine in machines:
            machine.taken.clear()
        await asyncio.gather(*(machine.work(number / AGENTS) for number, machine in enumerate(machines)))
        await _check(database, machines)
        taken = [seconds for machine in machines for seconds in machine.taken]
    report("one committed row (baseline)", commits, commits)
    report(f"event → seen, {AGENTS} agents × {EVENTS_A_SECOND} a second", taken, commits)
    print(f"{'memory of an idle agent':<46} {idle / 1000:8.1f} kB")


async def _check(database: Database, machines: list[Machine]) -> None:
    """Every event is there, in its order, and the agent shows its last step."""
    for machine in machines:
        async with database.transaction() as tx:
            rows = await tx.connection.fetch(
                "select seq, at from events where agent_id = $1 order by seq", machine.agent.id
            )
            agent = await tx.agents.get(machine.agent.id)
        numbers, times = [row["seq"] for row in rows], [row["at"] for row in rows]
        last = SECONDS * EVENTS_A_SECOND
        if numbers != list(range(1, last + 2)) or times != sorted(times):
            raise AssertionError(f"{machine.agent.name} lost events: {len(numbers)} of {last + 1}.")
        if agent is None or agent.step != f"edited src/module_{last - 2}.py":
            raise AssertionError(f"{machine.agent.name} does not show its last step.")


async def _placed(database: Database, number: int) -> tuple[Agent, str]:
    """An agent on a machine of its own, and the machine's token."""
    machine_id, token = uuid4(), f"bench-{uuid4()}"
    message = bench_message()
    async with database.transaction() as tx:
        await tx.machines.register(machine_id, "bench", f"bench-{number}", hash_token(token))
        await tx.inbox.settle(await tx.inbox.accept(message))
        await tx.agents.create(bench_agent(message, number))
        agent = await tx.agents.from_message(message.id)
        placed = None if agent is None else await tx.legs.place(agent.id, machine_id, 0)
    if placed is None:
        raise AssertionError("The agent could not be placed.")
    return placed, token


def bench_message() -> InboundMessage:
    """A message that asks for an agent."""
    return InboundMessage(
        id=uuid4(),
        key=f"fleet:{uuid4()}",
        sender_id="bench",
        reply_to=Address(Channel.APP, str(uuid4())),
        content=Typed("work"),
        received_at=datetime.now(UTC),
    )


def bench_home(folder: Path) -> tuple[Home, dict[str, str]]:
    """A Cadence of the benchmark's own in this folder, and the settings to run it with."""
    home = Home(folder / "home")
    home.path.mkdir(mode=0o700)
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return home, environ | {
        "CADENCE_HOME": str(home.path),
        "CADENCE_BIND": f"127.0.0.1:{free_port()}",
        "CADENCE_FORGE_BIND": f"127.0.0.1:{free_port()}",
        "CADENCE_WHISPER_MODEL": "tiny.en",
    }


def bench_agent(message: InboundMessage, number: int) -> NewAgent:
    """The agent it asks for."""
    return NewAgent(
        id=uuid4(),
        name=f"Bench{number}",
        person_id=OWNER,
        message_id=message.id,
        repo_url="http://code.example/acme/bench.git",
        repo_name="acme/bench",
        branch="main",
        task="look at every module",
        model="claude-sonnet-5-5",
        reply_to=message.reply_to,
    )


@asynccontextmanager
async def _machine(agent: Agent, token: str, url: str) -> AsyncGenerator[Machine, None]:
    async with connect(
        url, additional_headers={"Authorization": f"Bearer {token}"}, proxy=None, compression=None
    ) as connection:
        machine = Machine(agent, connection)
        await machine.greet()
        tasks = [asyncio.create_task(machine.listen()), asyncio.create_task(machine.beat())]
        try:
            yield machine
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def resident(pid: int) -> int:
    """What a process holds of the memory, in bytes."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss_Anon:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("This kernel does not say how much memory a process holds.")


async def _one_commit(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.machines.register(UUID(int=1), "bench", "baseline", b"nobody's")
