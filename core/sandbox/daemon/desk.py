"""Makes true what the control plane asks of this machine, however often it asks."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Final

import structlog

from core.model.command import Wish
from core.model.event import Failed, Happening, Stopped
from core.redaction.happenings import redacted
from core.redaction.redactor import Redactor
from core.sandbox.daemon.journal import Journal, RunKey
from core.sandbox.daemon.run import LiveRun, Machine
from core.sandbox.protocol import Abandon, Acknowledge, Renew, Run, SelfTest, Signal, Start, Task, Tell, Welcome

_log = structlog.get_logger(__name__)

_CLAIMED: Final = "That machine was made for another run. Try again."
_LOST: Final = "The machine was restarted in the middle of the work. Try again."


@dataclass(slots=True)
class RunDesk:
    """The runs of this machine. ``machine`` is None when the self-test failed: then every task is refused.

    ``secrets`` are the machine's own.
    """

    journal: Journal
    self_test: SelfTest
    machine: Machine | None
    secrets: frozenset[str] = frozenset()
    one_shot: bool = False
    _live: dict[RunKey, LiveRun] = field(default_factory=dict[RunKey, LiveRun])
    _redactors: dict[RunKey, list[Redactor]] = field(default_factory=dict[RunKey, list[Redactor]])
    _endings: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def runs(self) -> tuple[Run, ...]:
        """Those still alive."""
        return tuple(self.journal.run(key) for key in self._live if self.journal.knows(key))

    def handle(self, frame: Welcome | Start | Renew | Signal | Tell | Acknowledge | Abandon) -> None:
        """Do what a frame asks. What takes time goes on in the background."""
        match frame:
            case Start(task=task):
                self._start(RunKey(task.agent_id, task.leg), task)
            case Renew(agent_id=agent_id, leg=leg, token=token):
                self._renew(RunKey(agent_id, leg), token)
            case Signal(agent_id=agent_id, leg=leg, wish=wish):
                self._signal(RunKey(agent_id, leg), wish)
            case Tell():
                self._tell(frame)
            case Acknowledge(agent_id=agent_id, leg=leg, seq=seq):
                self.journal.acknowledge(RunKey(agent_id, leg), seq)
            case Abandon(agent_id=agent_id, leg=leg):
                self._abandon(RunKey(agent_id, leg))
            case Welcome():
                pass

    async def end_all(self) -> None:
        """End every process of every run."""
        endings = [*self._endings, *(asyncio.create_task(run.end()) for run in self._live.values())]
        if endings:
            await asyncio.wait(endings)

    def _start(self, key: RunKey, task: Task) -> None:
        if self.journal.over(key) or key in self._live:
            return
        if self.machine is None:
            self.journal.record(key, Failed(self.self_test.problem or "This machine cannot isolate agents."))
        elif self.one_shot and self.journal.begun and not self.journal.knows(key):
            self.journal.record(key, Failed(_CLAIMED))
        elif self.journal.knows(key):
            self.journal.record(key, Failed(_LOST))
        else:
            run = LiveRun(task, self.machine, self._reporting(key, task))
            self._live[key] = run
            run.begin(ended=lambda: self._ended(key))

    def _reporting(self, key: RunKey, task: Task) -> Callable[[Happening], None]:
        """Nothing that is secret is even written down here, also of what a run reports after its end."""
        current = self._redactors[key] = [Redactor((task.token, *self.secrets))]
        return lambda happening: self.journal.record(key, redacted(happening, current[0]))

    def _renew(self, key: RunKey, token: str) -> None:
        run = self._live.get(key)
        if run is not None:
            # The agent never sees a token; should it ever, it would be the old one as well as the new one.
            self._redactors[key][0] = Redactor((run.task.token, token, *self.secrets))
            run.renew(token)

    def _ended(self, key: RunKey) -> None:
        self._live.pop(key, None)
        self._redactors.pop(key, None)
        _log.info("run_ended", agent_id=str(key.agent_id), leg=key.leg)

    def _signal(self, key: RunKey, wish: Wish) -> None:
        run = self._live.get(key)
        if run is None:
            self._signal_to_none(key, wish)
            return
        match wish:
            case Wish.PAUSE:
                run.hold.pause()
            case Wish.RESUME:
                run.hold.resume()
            case Wish.PARK:
                run.park()
            case Wish.CANCEL:
                self._in_background(run.stop())

    def _tell(self, tell: Tell) -> None:
        """A run that is not here is not told: the control plane still has it, for the next leg."""
        run = self._live.get(RunKey(tell.agent_id, tell.leg))
        if run is not None:
            run.correspondence.take(tell)

    def _signal_to_none(self, key: RunKey, wish: Wish) -> None:
        """A run that is not here has certainly stopped, and will not be started any more."""
        if wish is Wish.CANCEL:
            self.journal.record(key, Stopped())

    def _abandon(self, key: RunKey) -> None:
        self.journal.forget(key)
        run = self._live.get(key)
        if run is not None:
            self._in_background(run.end())

    def _in_background(self, ending: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(ending)
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)
