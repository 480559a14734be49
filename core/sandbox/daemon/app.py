"""The daemon: dials out to the control plane, for ever, and runs what it is given."""

import asyncio
import fcntl
import hashlib
import random
import signal
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from core.model.errors import Refusal
from core.sandbox.daemon.desk import RunDesk
from core.sandbox.daemon.firewall import raise_firewall
from core.sandbox.daemon.journal import Journal
from core.sandbox.daemon.limits import Limits
from core.sandbox.daemon.link import Link
from core.sandbox.daemon.mirrors import Mirrors
from core.sandbox.daemon.one_shot import Contact, OneShot
from core.sandbox.daemon.registries import Outside, Registries, find_registries
from core.sandbox.daemon.removal import remove_folder
from core.sandbox.daemon.run import Machine
from core.sandbox.daemon.self_test import Isolation, try_isolation
from core.sandbox.protocol import MAX_FRAME_BYTES

_log = structlog.get_logger(__name__)

_SHORTEST_WAIT: Final = 0.25
_LONGEST_WAIT: Final = 30.0


@dataclass(frozen=True, slots=True)
class DaemonConfig:
    """Where to dial, as which machine, and where to keep things. ``agent_uid`` matters to a daemon run as root only.

    A ``one_shot`` daemon takes one run and ends with it; nobody's run is seen by anybody else's.
    Without ``registries`` they are those of the machine's pip and npm. Agents may talk to ``hosts`` by HTTPS.
    A ``firewall`` is for a machine that does nothing else: it holds for everything on it.
    """

    url: str
    token: str
    state_dir: Path
    machine: str
    agent_uid: int | None = None
    silence_limit: float = 900.0
    snapshot_every: float = 30.0
    limits: Limits = field(default_factory=Limits)
    registries: Registries | None = None
    hosts: frozenset[str] = frozenset()
    one_shot: bool = False
    firewall: bool = False


@dataclass(slots=True)
class Daemon:
    """One machine's daemon."""

    config: DaemonConfig
    desk: RunDesk
    journal: Journal
    contact: Contact = field(default_factory=Contact)

    async def run(self) -> None:
        """Stay connected until cancelled, and leave no process behind."""
        wait = _SHORTEST_WAIT
        try:
            while True:
                welcomed = await self._connect()
                wait = _SHORTEST_WAIT if welcomed else min(2 * wait, _LONGEST_WAIT)
                await asyncio.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311  Spreads reconnects; hides nothing.
        finally:
            await self.desk.end_all()

    async def _connect(self) -> bool:
        """Hold one connection for as long as it lasts; True when the control plane had accepted us."""
        link: Link | None = None
        try:
            async with connect(
                self.config.url,
                additional_headers={"Authorization": f"Bearer {self.config.token}"},
                max_size=MAX_FRAME_BYTES,
                compression=None,  # Frames are small, and the other side would keep 100 kB for each of us.
            ) as connection:
                link = Link(connection, self.desk, self.journal, self.config.machine, self.contact)
                await link.serve()
        except* (OSError, InvalidHandshake, ConnectionClosed) as lost:
            _log.info("control_plane_lost", error=str(lost.exceptions[0]))
        finally:
            self.contact.lost()
        return link is not None and link.welcomed


@contextmanager
def _only_daemon(state_dir: Path) -> Generator[None]:
    """Keep ``state_dir`` to one daemon. Raise Refusal when another one has it."""
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (state_dir / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise Refusal(f"Another daemon is already using {state_dir}.") from taken
        yield


def _clear(runs: Path) -> None:
    """Remove what a daemon that was killed left of its runs; their boxes died with it."""
    runs.mkdir(mode=0o700, exist_ok=True)
    for folder in runs.iterdir():
        remove_folder(folder)


def _machine(config: DaemonConfig, isolation: Isolation, registries: Registries) -> Machine | None:
    if isolation.jail is None:
        return None
    return Machine(
        config.machine,
        config.state_dir / "runs",
        isolation.jail,
        Mirrors(config.state_dir / "mirrors"),
        config.silence_limit,
        config.snapshot_every,
        Outside(registries, config.hosts),
    )


async def _registries(config: DaemonConfig) -> Registries:
    return config.registries or await asyncio.to_thread(find_registries)


@contextmanager
def _ending_on_sigterm() -> Generator[None]:
    """Let SIGTERM end this block in good order, unless the process we live in has its own way of ending."""
    told = False
    task = asyncio.current_task()

    def end() -> None:
        nonlocal told
        told = True
        if task is not None:
            task.cancel()

    ours = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if ours:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)
    try:
        yield
    except asyncio.CancelledError:
        if not told:
            raise
    finally:
        if ours:
            asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)


async def run_daemon(config: DaemonConfig) -> None:
    """Run this machine's daemon until SIGTERM or cancellation. Raise Refusal when it cannot run at all."""
    with _ending_on_sigterm(), _only_daemon(config.state_dir):
        _clear(config.state_dir / "runs")
        isolation, registries = await asyncio.gather(_isolation(config), _registries(config))
        _log.info("self_test", passed=isolation.report.passed, problem=isolation.report.problem)
        journal = Journal(config.state_dir / "journal")
        journal.load()
        machine, secrets = _machine(config, isolation, registries), frozenset({config.token})
        desk = RunDesk(journal, isolation.report, machine, secrets, config.one_shot)
        with _groups_of(isolation):
            await _run_until_spent(Daemon(config, desk, journal), config)


async def _isolation(config: DaemonConfig) -> Isolation:
    """What the walls are worth, tried with the firewall up where there is one."""
    firewall = ""
    if config.firewall and config.agent_uid is not None:
        firewall = f", {await raise_firewall(config.agent_uid, config.url) or 'nftables'}"
    found = await try_isolation(config.agent_uid, config.limits, _owner(config.state_dir))
    report = found.report.model_copy(update={"isolation": found.report.isolation + firewall})
    return replace(found, report=report)


async def _run_until_spent(daemon: Daemon, config: DaemonConfig) -> None:
    """For ever, but for a machine that was made for one run."""
    running = asyncio.create_task(daemon.run())
    one_shot = OneShot(daemon.desk, daemon.journal, daemon.contact)
    spent = asyncio.create_task(one_shot.spent() if config.one_shot else _for_ever())
    try:
        await asyncio.wait({running, spent}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        for task in (spent, running):
            task.cancel()
        await asyncio.gather(spent, running, return_exceptions=True)


async def _for_ever() -> None:
    await asyncio.Event().wait()


def _owner(state_dir: Path) -> str:
    """The name of this daemon's groups of processes: others on the same machine have theirs."""
    return f"cadence-{hashlib.sha256(str(state_dir.resolve()).encode()).hexdigest()[:8]}"


@contextmanager
def _groups_of(isolation: Isolation) -> Generator[None]:
    """Begin without any, and leave none."""
    if isolation.jail is None:
        yield
        return
    isolation.jail.cgroups.clear()
    try:
        yield
    finally:
        isolation.jail.cgroups.clear()
