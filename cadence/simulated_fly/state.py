"""What the simulated Fly knows, and how it misbehaves when it is asked to."""

import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

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


@dataclass(slots=True)
class Fly:
    """The whole of it. ``full`` regions have no room; ``moods`` are statuses that come instead of the next answers."""

    org: str
    token: str
    launch: Launch
    apps: dict[str, dict[str, Machine]] = field(default_factory=dict[str, dict[str, Machine]])
    full: set[str] = field(default_factory=set[str])
    moods: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    lost_answers: list[str] = field(default_factory=list[str])

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
