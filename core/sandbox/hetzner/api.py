"""Hetzner's API, as much of it as servers of people need, by Hetzner's own client (docs.hetzner.cloud)."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

import requests
from hcloud import APIException, Client
from hcloud.firewalls import BoundFirewall
from hcloud.images import Image
from hcloud.locations import Location
from hcloud.server_types import BoundServerType, ServerType
from hcloud.servers import BoundServer

from core.model.errors import ProviderError, Refusal
from core.sandbox.hetzner.choice import Offer

_TIMEOUT: Final = (10.0, 30.0)
_NO_ROOM: Final = {"resource_unavailable", "placement_error", "resource_limit_exceeded"}
_NOT_ALLOWED: Final = {"unauthorized", "forbidden", "token_readonly"}
_T = TypeVar("_T")


class NoRoom(ProviderError):
    """There is no server of that type to be had in that location just now."""


@dataclass(frozen=True, slots=True)
class HetznerServer:
    """A server as Hetzner tells it."""

    id: int
    name: str
    status: str
    server_type: str
    location: str
    labels: dict[str, str]
    created: datetime


@dataclass(frozen=True, slots=True)
class HetznerApi:
    """The client waits for its answers, and asks again where that may help, so it is called in threads."""

    client: Client

    async def offers(self) -> list[Offer]:
        """What there is to be had, wherever it can be had now and is not on its way out."""
        types = await self._ask(self.client.server_types.get_all)
        return [offer for each in types for offer in _offers(each)]

    async def firewall(self, name: str, labels: dict[str, str]) -> BoundFirewall:
        """The firewall of this name, made if need be. It has no rules, so nothing comes in."""

        def find_or_make() -> BoundFirewall:
            known = self.client.firewalls.get_by_name(name)
            # The client's annotation says str; the API and the client's own description say a mapping.
            given: Any = labels
            return known or self.client.firewalls.create(name, rules=[], labels=given).firewall

        return await self._ask(find_or_make)

    async def create(
        self, name: str, offer: Offer, *, image: str, firewall: BoundFirewall, user_data: str, labels: dict[str, str]
    ) -> HetznerServer:
        """A server without a key to log in with; the password that Hetzner makes is looked at by nobody.

        Raises NoRoom, and ProviderError also when there is a server of this name already.
        """

        def make() -> BoundServer:
            return self.client.servers.create(
                name,
                ServerType(name=offer.server_type),
                Image(name=image),
                location=Location(name=offer.location),
                firewalls=[firewall],
                user_data=user_data,
                labels=labels,
            ).server

        return _server(await self._ask(make))

    async def named(self, name: str) -> HetznerServer | None:
        """The server of this name, if there is one; names are unique in a project."""
        server = await self._ask(lambda: self.client.servers.get_by_name(name))
        return None if server is None else _server(server)

    async def labelled(self, selector: str) -> list[HetznerServer]:
        """Every server whose labels fit."""
        servers = await self._ask(lambda: self.client.servers.get_all(label_selector=selector))
        return [_server(each) for each in servers]

    async def delete(self, name: str) -> None:
        """The server of this name, if it is still there."""
        await self._unless_gone(name, lambda server: server.delete())

    async def put_away(self, name: str, labels: dict[str, str]) -> None:
        """Switch a server off, and say so on its label, if it is still there."""

        def switch_off(server: BoundServer) -> None:
            server.power_off()
            server.update(labels=labels)

        await self._unless_gone(name, switch_off)

    async def _unless_gone(self, name: str, act: Callable[[BoundServer], object]) -> None:
        def find_and_act() -> None:
            server = self.client.servers.get_by_name(name)
            if server is None:
                return
            try:
                act(server)
            except APIException as problem:
                if problem.code != "not_found":
                    raise

        await self._ask(find_and_act)

    async def _ask(self, question: Callable[[], _T]) -> _T:
        try:
            return await asyncio.to_thread(question)
        except APIException as problem:
            raise _problem(problem) from problem
        except requests.RequestException as problem:
            raise ProviderError(f"Hetzner could not be reached: {type(problem).__name__}.") from problem


def open_hetzner(endpoint: str, token: str) -> HetznerApi:
    """The API at ``endpoint``, which ends in ``/v1``."""
    return HetznerApi(Client(token, endpoint, "cadence", poll_interval=1.0, timeout=_TIMEOUT))


def _offers(kind: BoundServerType) -> Iterator[Offer]:
    prices = {str(price["location"]): Decimal(price["price_monthly"]["gross"]) for price in kind.prices or []}
    for place in kind.locations or []:
        name = place.location.name or ""
        # The field is younger than the rest of the list: where it is missing, only asking can tell.
        if place.deprecation is None and place.available is not False and name in prices:
            yield Offer(
                kind.name or "",
                name,
                kind.cores or 0,
                kind.memory or 0,
                kind.disk or 0,
                kind.architecture or "",
                prices[name],
            )


def _server(server: BoundServer) -> HetznerServer:
    kind, place = server.server_type, server.location
    return HetznerServer(
        server.id or 0,
        server.name or "",
        server.status or "unknown",
        (kind.name or "") if kind else "",
        (place.name or "") if place else "",
        dict(server.labels or {}),
        server.created or datetime.now(UTC),
    )


def _problem(problem: APIException) -> ProviderError | Refusal:
    if problem.code in _NO_ROOM:
        return NoRoom("Hetzner has no such server to give just now.")
    if problem.code in _NOT_ALLOWED:
        return Refusal("Hetzner refuses HCLOUD_TOKEN: make one that may read and write, in the project's Security.")
    return ProviderError(f"Hetzner answered {problem.code}: {problem.message[:200]}")
