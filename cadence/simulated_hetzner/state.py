"""What the simulated Hetzner knows, and how it misbehaves when it is asked to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from cadence.simulated_fly.state import Running

Json = dict[str, Any]
Boot = Callable[[str], Awaitable[Running]]
LOCATIONS = {"fsn1": 1, "nbg1": 2, "hel1": 3, "ash": 4}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def location(name: str) -> Json:
    """One of Hetzner's locations."""
    return {
        "id": LOCATIONS[name],
        "name": name,
        "description": name,
        "country": "DE",
        "city": name,
        "latitude": 50.0,
        "longitude": 12.0,
        "network_zone": "eu-central",
    }


def server_type(number: int, name: str, cores: int, memory: float, price: str, *, architecture: str = "x86") -> Json:
    """A type as the API lists it, to be had everywhere at one price."""
    prices = [
        {
            "location": place,
            "price_hourly": {"net": "0.0060", "gross": "0.0071"},
            "price_monthly": {"net": price, "gross": price},
            "included_traffic": 20 << 40,
            "price_per_tb_traffic": {"net": "1.0", "gross": "1.19"},
        }
        for place in LOCATIONS
    ]
    places = [
        {"id": n, "name": place, "deprecation": None, "available": True, "recommended": True}
        for place, n in LOCATIONS.items()
    ]
    return {
        "id": number,
        "name": name,
        "description": name.upper(),
        "category": "cost_optimized",
        "cores": cores,
        "memory": memory,
        "disk": 20 * cores,
        "deprecated": False,
        "deprecation": None,
        "architecture": architecture,
        "cpu_type": "shared",
        "storage_type": "local",
        "prices": prices,
        "locations": places,
    }


def _types() -> dict[str, Json]:
    types = (
        server_type(1, "tiny1", 1, 2, "2.99"),
        server_type(2, "cx23", 2, 4, "4.15"),
        server_type(3, "cax11", 2, 4, "3.95", architecture="arm"),
        server_type(4, "cpx22", 2, 4, "7.72"),
        server_type(5, "ccx63", 48, 192, "409.00"),
    )
    return {each["name"]: each for each in types}


@dataclass(slots=True)
class Hetzner:
    """The whole of it. ``full`` locations have no room; ``moods`` are answers that come instead of the next ones.

    A mood is an operation, a status and Hetzner's word for it. A ``lost_answers`` operation is done, and its answer
    replaced by a 502. A server is in lists only once ``lag`` of them have been answered without it. With ``allowance``
    there are so many questions left before 429.
    """

    token: str
    boot: Boot
    servers: dict[str, Json] = field(default_factory=dict[str, Json])
    firewalls: dict[str, Json] = field(default_factory=dict[str, Json])
    types: dict[str, Json] = field(default_factory=_types)
    running: dict[str, Running] = field(default_factory=dict[str, Running])
    user_data: dict[str, str] = field(default_factory=dict[str, str])
    full: set[str] = field(default_factory=set[str])
    moods: list[tuple[str, int, str]] = field(default_factory=list[tuple[str, int, str]])
    lost_answers: list[str] = field(default_factory=list[str])
    lag: int = 0
    allowance: int | None = None
    _hidden: dict[str, int] = field(default_factory=dict[str, int])
    _ids: "count[int]" = field(default_factory=lambda: count(42))

    def mood(self, operation: str) -> tuple[int, str] | None:
        """What comes instead of this operation's answer, if something does."""
        for place, (which, status, word) in enumerate(self.moods):
            if which == operation:
                del self.moods[place]
                return status, word
        return None

    def new_server(self, asked: Json) -> Json:
        """A server that is being started."""
        name, number = asked["name"], next(self._ids)
        self._hidden[name] = self.lag
        self.user_data[name] = asked.get("user_data", "")
        firewalls = [{"id": each["firewall"], "status": "applied"} for each in asked.get("firewalls", [])]
        self.servers[name] = {
            "id": number,
            "name": name,
            "status": "initializing",
            "created": _now(),
            "labels": asked.get("labels", {}),
            "location": location(asked["location"]),
            "server_type": self.types[asked["server_type"]],
            "public_net": {"ipv4": None, "ipv6": None, "floating_ips": [], "firewalls": firewalls},
            **dict.fromkeys(("image", "iso", "backup_window", "ingoing_traffic", "outgoing_traffic")),
            "included_traffic": 0,
            "primary_disk_size": 40,
            "locked": False,
            "rescue_enabled": False,
            "private_net": [],
            "volumes": [],
            "protection": {"delete": False, "rebuild": False},
        }
        return self.servers[name]

    def new_firewall(self, asked: Json) -> Json:
        """A firewall with the rules that were asked for."""
        self.firewalls[asked["name"]] = {
            "id": next(self._ids),
            "name": asked["name"],
            "created": _now(),
            "labels": asked.get("labels", {}),
            "rules": asked.get("rules", []),
            "applied_to": [],
        }
        return self.firewalls[asked["name"]]

    def listed(self, name: str | None, selector: str | None) -> list[Json]:
        """The servers that a list shows by now."""
        wanted = dict(each.split("=", 1) for each in (selector or "").split(",") if each)
        shown: list[Json] = []
        for server in self.servers.values():
            fits = name in {None, server["name"]} and wanted.items() <= server["labels"].items()
            if fits and self._hidden.get(server["name"], 0) > 0:
                self._hidden[server["name"]] -= 1
            elif fits:
                shown.append(server)
        return shown

    def by_id(self, number: int) -> Json | None:
        """A server by its number."""
        return next((each for each in self.servers.values() if each["id"] == number), None)

    def action(self, command: str, server: Json) -> Json:
        """Something that is being done to a server."""
        return {
            "id": next(self._ids),
            "command": command,
            "status": "running",
            "progress": 0,
            "started": _now(),
            "finished": None,
            "error": None,
            "resources": [{"id": server["id"], "type": "server"}],
        }

    async def switch_off(self, server: Json) -> None:
        """End what runs on it."""
        server["status"] = "off"
        running = self.running.pop(server["name"], None)
        if running is not None:
            await running.end()

    async def end_all(self) -> None:
        """Leave nothing running."""
        for server in list(self.servers.values()):
            await self.switch_off(server)
