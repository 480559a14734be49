"""What the simulated Fly knows, and how it misbehaves when it is asked to."""

import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

Json = dict[str, Any]


class Running(Protocol):
    """A machine that runs."""

    async def end(self) -> None:
        """Power it off."""
        ...

    async def ended(self) -> None:
        """Return when it has ended by itself."""
        ...


Launch = Callable[[Json], Awaitable[Running]]


@dataclass(slots=True)
class Machine:
    """One machine, with whoever holds its lease."""

    id: str
    instance_id: str
    app: str
    region: str
    config: Json
    state: str = "created"
    nonce: str | None = None
    lease_until: float = 0.0
    running: Running | None = None
    made_at: float = field(default_factory=time.monotonic)
    gone_at: float | None = None

    @property
    def leased(self) -> bool:
        """Whether somebody holds it just now."""
        return self.nonce is not None and time.monotonic() < self.lease_until

    def shape(self) -> Json:
        """As the API tells it."""
        return {
            "id": self.id,
            "instance_id": self.instance_id,
            "name": "runner",
            "state": self.state,
            "region": self.region,
            "config": {name: value for name, value in self.config.items() if name != "files"},
            "host_status": "ok",
            "private_ip": "fdaa:0:1::3",
        }

    def summary(self) -> Json:
        """As the organisation's list tells it."""
        kept = ("id", "instance_id", "name", "state", "region", "private_ip")
        return {"app_name": self.app, **{name: value for name, value in self.shape().items() if name in kept}}


@dataclass(frozen=True, slots=True)
class Pace:
    """How often something may be asked: ``burst`` times in a row, and then ``rate`` times a second."""

    rate: float
    burst: int


# As Fly documents them: for each action on each app, except where it says otherwise.
_PACE: Final = Pace(rate=1.0, burst=3)
_PACES: Final = {"show_machine": Pace(rate=5.0, burst=10), "delete_app": Pace(rate=100 / 60, burst=100)}


@dataclass(slots=True)
class Fly:
    """The whole of it. ``full`` regions have no room; ``moods`` are statuses that come instead of the next answers.

    ``latency`` is how many seconds every answer takes. What the organisation's list tells is ``lag`` seconds old.
    ``hurried`` counts the requests that came too fast.
    """

    org: str
    token: str
    launch: Launch
    apps: dict[str, dict[str, Machine]] = field(default_factory=dict[str, dict[str, Machine]])
    full: set[str] = field(default_factory=set[str])
    moods: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    lost_answers: list[str] = field(default_factory=list[str])
    latency: float = 0.0
    lag: float = 0.0
    hurried: int = 0
    _gone: list[Machine] = field(default_factory=list[Machine])
    _asked: dict[tuple[str, str], tuple[float, float]] = field(
        default_factory=dict[tuple[str, str], tuple[float, float]]
    )

    def too_fast(self, operation: str, app: str) -> bool:
        """Whether this request is one too many for now."""
        pace, now = _PACES.get(operation, _PACE), time.monotonic()
        key = (operation, "" if operation == "delete_app" else app)
        left, at = self._asked.get(key, (float(pace.burst), now))
        left = min(pace.burst, left + (now - at) * pace.rate)
        fast = left < 1
        self.hurried += fast
        self._asked[key] = (left if fast else left - 1, now)
        return fast

    def delete_app(self, name: str) -> list[Machine] | None:
        """The machines that went with an app; None when there is no such app."""
        machines = self.apps.pop(name, None)
        if machines is None:
            return None
        for machine in machines.values():
            machine.state, machine.gone_at = "destroyed", time.monotonic()
        self._gone += machines.values()
        return list(machines.values())

    def listed(self) -> list[Machine]:
        """The machines of the organisation as they were some time ago."""
        then = time.monotonic() - self.lag
        there = [machine for machines in self.apps.values() for machine in machines.values()]
        gone = [machine for machine in self._gone if machine.gone_at is not None and machine.gone_at > then]
        return [machine for machine in there + gone if machine.made_at <= then]

    def new_machine(self, app: str, region: str, config: Json) -> Machine:
        """A machine that does not run yet."""
        machine = Machine(secrets.token_hex(7), secrets.token_hex(13).upper(), app, region, config)
        self.apps[app][machine.id] = machine
        return machine

    def mood(self, operation: str) -> int | None:
        """The status that comes instead of this operation's answer, if one does."""
        for place, (which, status) in enumerate(self.moods):
            if which == operation:
                del self.moods[place]
                return status
        return None

    async def end_all(self) -> None:
        """Leave nothing running."""
        for machine in [machine for machines in self.apps.values() for machine in machines.values()]:
            if machine.running is not None:
                await machine.running.end()
