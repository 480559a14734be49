"""One run on this machine, from the task to its last event."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from core.model.agent import Phase
from core.model.errors import CadenceError
from core.model.event import Failed, Finished, Happening, PhaseEntered, Started, Stopped
from core.sandbox.daemon.correspondence import Correspondence
from core.sandbox.daemon.hold import Hold
from core.sandbox.daemon.jail import Jail
from core.sandbox.daemon.mirror import Mirrors
from core.sandbox.daemon.pulse import Pulse
from core.sandbox.daemon.workspace import Workspace, open_workspace
from core.sandbox.protocol import Task

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Machine:
    """What every run on this machine works with."""

    name: str
    runs: Path
    jail: Jail
    mirrors: Mirrors
    silence_limit: float


@dataclass(slots=True)
class LiveRun:
    """A run and the task that carries it out."""

    task: Task
    machine: Machine
    report: Callable[[Happening], None]
    hold: Hold = field(init=False)
    correspondence: Correspondence = field(init=False)
    _working: asyncio.Task[None] | None = None
    _ending: bool = False

    def __post_init__(self) -> None:
        self.hold = Hold(self.report)
        self.correspondence = Correspondence(self.report)

    def begin(self, ended: Callable[[], None]) -> None:
        """Carry the task out in the background; ``ended`` is called when all of it is over and gone."""
        self._working = asyncio.create_task(self._carry_out())
        self._working.add_done_callback(lambda _: ended())

    async def end(self) -> None:
        """End every process of the run and remove its files. Reports nothing.

        It is cancelled once only: a second time would interrupt its tidying up.
        """
        if self._working is None:
            return
        if not self._ending:
            self._ending = True
            self._working.cancel()
        await asyncio.wait({self._working})

    async def stop(self) -> None:
        """End the run because the person wants it ended, and say so."""
        await self.end()
        self.report(Stopped())

    async def _carry_out(self) -> None:
        try:
            self.report(await self._work())
        except CadenceError as problem:
            self.report(Failed(str(problem)))
        except Exception:  # noqa: BLE001  A bug ends this run, loudly, and not the machine's other runs.
            _log.exception("run_broken", agent_id=str(self.task.agent_id), leg=self.task.leg)
            self.report(Failed("Something broke on the machine, which is our fault. Try again."))

    async def _work(self) -> Finished:
        machine, task = self.machine, self.task
        self.report(Started(machine.name))
        self.report(PhaseEntered(Phase.CLONING))
        folder = machine.runs / f"{task.agent_id}.{task.leg}"
        async with open_workspace(folder, task, machine.jail, machine.mirrors.mirror(task.git_url)) as workspace:
            self.report(PhaseEntered(Phase.WORKING))
            summary = await self._converse(workspace)
            await self.hold.pass_through()
            self.report(PhaseEntered(Phase.PUBLISHING))
            pushed = await workspace.publish()
        if pushed is not None:
            self.report(pushed)
        return Finished(summary, changed=pushed is not None)

    async def _converse(self, workspace: Workspace) -> str:
        """Import Claude at the first run only: it takes two seconds that a waiting daemon need not spend."""
        from core.sandbox.daemon.session import Session  # noqa: PLC0415

        pulse = Pulse(self.machine.silence_limit, lambda: self.hold.holding or self.correspondence.asking)
        session = Session(self.task, self.machine.jail, self.hold, self.correspondence, pulse, self.report)
        return await session.work(workspace.folder / "session", workspace.bind)
