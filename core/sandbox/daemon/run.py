"""One run on this machine, from the task to its last event."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from core.model.agent import Parking, Phase
from core.model.errors import CadenceError
from core.model.event import (
    Failed,
    Finished,
    Happening,
    Parked,
    PhaseEntered,
    Restored,
    Started,
    StartedOver,
    StepTaken,
    Stopped,
)
from core.sandbox.daemon.correspondence import Correspondence
from core.sandbox.daemon.hold import Hold
from core.sandbox.daemon.jail import Jail
from core.sandbox.daemon.mirrors import Mirrors
from core.sandbox.daemon.pulse import Pulse
from core.sandbox.daemon.registries import Outside
from core.sandbox.daemon.snapshots import NotRestored, Snapshots
from core.sandbox.daemon.troubles import OutOfMoney
from core.sandbox.daemon.workspace import Workspace, open_workspace
from core.sandbox.protocol import Task

if TYPE_CHECKING:
    from core.sandbox.daemon.session import Session

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Machine:
    """What every run on this machine works with. The limits are in seconds."""

    name: str
    runs: Path
    jail: Jail
    mirrors: Mirrors
    silence_limit: float
    snapshot_every: float
    outside: Outside = field(default_factory=Outside)


@dataclass(slots=True)
class LiveRun:
    """A run and the task that carries it out."""

    task: Task
    machine: Machine
    report: Callable[[Happening], None]
    hold: Hold = field(init=False)
    correspondence: Correspondence = field(init=False)
    _working: asyncio.Task[None] | None = None
    _talking: asyncio.Task[Finished] | None = None
    _session: "Session | None" = None
    _workspace: Workspace | None = None
    _parking: Parking | None = None
    _ending: bool = False
    _steps: int = 0

    def __post_init__(self) -> None:
        self.hold = Hold(self.report, lambda: self.correspondence.asking)
        self.correspondence = Correspondence(self.report, self.hold.pass_through)

    def begin(self, ended: Callable[[], None]) -> None:
        """Carry the task out in the background; ``ended`` is called when all of it is over and gone."""
        self._working = asyncio.create_task(self._carry_out())
        self._working.add_done_callback(lambda _: ended())

    def renew(self, token: str) -> None:
        """Go on with another token, at every door."""
        self.task = self.task.model_copy(update={"token": token})
        if self._workspace is not None:
            self._workspace.task = self.task
        if self._session is not None:
            self._session.renew(token)

    def park(self) -> None:
        """Save the run and end it, if it stands still for its person: the machine has better things to do."""
        if self._talking is None or self._talking.done() or self._parking is not None:
            return
        if self.hold.holding or self.correspondence.asking:
            self._parking = Parking.PAUSED if self.hold.holding else Parking.UNANSWERED
            if self._session is not None:
                self._session.parking = True
            self._talking.cancel()

    async def end(self) -> None:
        """End every process of the run and remove its files. Reports nothing.

        It is cancelled once only: a second time would interrupt its tidying up.
        """
        if self._working is None:
            return
        if not self._ending:
            self._ending = True
            if self._parking is not None and self._talking is not None:
                await asyncio.wait({self._talking})
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

    async def _work(self) -> Finished | Parked:
        machine, task = self.machine, self.task
        self.report(Started(machine.name))
        self.report(PhaseEntered(Phase.CLONING))
        folder = machine.runs / f"{task.agent_id}.{task.leg}"
        async with (
            machine.mirrors.borrowed(task.git_url) as mirror,
            open_workspace(folder, task, machine.jail, mirror) as workspace,
        ):
            workspace.task, self._workspace = self.task, workspace
            snapshots = Snapshots(workspace)
            restored = await self._restore(workspace, snapshots)
            self.report(PhaseEntered(Phase.WORKING))
            try:
                done = await self._converse(workspace, snapshots, restored=restored)
            except CadenceError:
                # Whoever tells the agent to go on in spite of it shall not begin from nothing.
                await snapshots.save()
                raise
            if isinstance(done, Parking):
                return Parked(done, saved=await snapshots.save())
            self.report(PhaseEntered(Phase.PUBLISHING))
            pushed = await workspace.publish()
            if pushed is not None:
                self.report(pushed)
            # Whoever has more to say about the work later says it to somebody who remembers.
            await snapshots.save()
        return replace(done, changed=pushed is not None)

    async def _restore(self, workspace: Workspace, snapshots: Snapshots) -> bool:
        if self.task.going_on is None:
            return False
        try:
            self.report(Restored(await snapshots.restore(self.task.session)))
        except NotRestored as problem:
            self.report(StartedOver(str(problem)))
            await workspace.clone()
            return False
        return True

    async def _converse(self, workspace: Workspace, snapshots: Snapshots, *, restored: bool) -> Finished | Parking:
        """What the agent has to say in the end, or why it was parked before."""
        self._talking = asyncio.create_task(self._talk(workspace, restored=restored))
        saving = asyncio.create_task(snapshots.save_regularly(self.machine.snapshot_every, lambda: self._steps))
        try:
            return await self._talking
        except OutOfMoney:
            return Parking.BUDGET
        except asyncio.CancelledError:
            if self._parking is None or self._ending:
                raise
            return self._parking
        finally:
            saving.cancel()
            await asyncio.gather(saving, return_exceptions=True)

    async def _talk(self, workspace: Workspace, *, restored: bool) -> Finished:
        """Import Claude at the first run only: it takes two seconds that a waiting daemon need not spend."""
        from core.sandbox.daemon.session import Session  # noqa: PLC0415

        pulse = Pulse(self.machine.silence_limit, lambda: self.hold.holding or self.correspondence.asking)
        session = self._session = Session(
            self.task,
            workspace.jail,
            self.hold,
            self.correspondence,
            pulse,
            self._note,
            self.machine.outside,
            restored=restored,
        )
        done = await session.work(workspace.folder / "session", workspace.binds)
        await self.hold.pass_through()
        return done

    def _note(self, happening: Happening) -> None:
        self._steps += isinstance(happening, StepTaken)
        self.report(happening)
