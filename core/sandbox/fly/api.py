"""Fly's Machines API, as much of it as machines that live for one run need (docs.machines.dev)."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import httpx
import stamina
import structlog
from pydantic import BaseModel

from core.model.errors import ProviderError, Refusal

_log = structlog.get_logger(__name__)

_TIMEOUT: Final = httpx.Timeout(30, connect=10)
_WAIT_SECONDS: Final = 60
_PATIENCE_SECONDS: Final = 60.0
_GONE: Final = "destroyed"
# Fly allows one request a second for each action on each app, and three in a row.
_EVERY_SECONDS: Final = 1.0
_IN_A_ROW: Final = 3


class NoCapacity(ProviderError):
    """A region has no room for another machine."""


class Conflict(ProviderError):
    """Somebody else holds the machine, or it is in a state that does not allow this."""


class Gone(ProviderError):
    """There is no such machine, or no longer."""


class FlyMachine(BaseModel):
    """A machine as Fly tells it. ``instance_id`` changes with every version of it."""

    id: str
    instance_id: str = ""
    state: str = ""
    region: str = ""
    app_name: str = ""


class _Lease(BaseModel):
    nonce: str


class _LeaseEnvelope(BaseModel):
    data: _Lease


class _Machines(BaseModel):
    machines: list[FlyMachine] = []
    next_cursor: str | None = None


@dataclass(slots=True)
class _Bucket:
    """As many requests in a row as Fly takes, then one at a time."""

    left: float = _IN_A_ROW
    at: float = field(default_factory=time.monotonic)

    async def take(self) -> None:
        now = time.monotonic()
        self.left = min(_IN_A_ROW, self.left + (now - self.at) / _EVERY_SECONDS) - 1
        self.at = now
        if self.left < 0:
            await asyncio.sleep(-self.left * _EVERY_SECONDS)


@dataclass(frozen=True, slots=True)
class FlyApi:
    """``org`` is the organisation that all apps belong to."""

    client: httpx.AsyncClient
    org: str
    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict[tuple[str, str], _Bucket])

    async def create_app(self, app: str) -> None:
        """An app with a network of its own. One that is there already is ours: nobody else makes such names."""
        body = {"name": app, "org_slug": self.org, "network": app}
        answer = await self._ask("POST", "/apps", app, json=body, again=True)
        if answer.status_code != HTTPStatus.CREATED and not await self._is_there(app):
            raise _problem(answer)

    async def create_machine(self, app: str, region: str, config: dict[str, Any]) -> FlyMachine:
        """The one machine of an app. Asked again, it is the same one: an answer that was lost made no second."""
        body = {"name": "runner", "region": region, "config": config, "skip_service_registration": True}
        try:
            answer = await self._ask("POST", f"/apps/{app}/machines", app, json=body)
        except ProviderError:
            known = await self.machine_of(app)
            if known is None:
                raise
            return known
        if answer.status_code == HTTPStatus.CONFLICT:
            known = await self.machine_of(app)
            if known is not None:
                return known
        return FlyMachine.model_validate(_checked(answer))

    async def machine_of(self, app: str) -> FlyMachine | None:
        """The machine of an app, if it has one that is not gone."""
        answer = await self._ask("GET", f"/apps/{app}/machines", app, again=True)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        machines = [FlyMachine.model_validate(machine) for machine in _checked(answer)]
        return next((machine for machine in machines if machine.state != _GONE), None)

    async def wait_started(self, app: str, machine: FlyMachine) -> bool:
        """Wait up to a minute for a machine to start; False when it has failed or is not there yet."""
        parameters = [("instance_id", machine.instance_id), ("state", "started"), ("timeout", str(_WAIT_SECONDS))]
        path = f"/apps/{app}/machines/{machine.id}/wait"
        answer = await self._ask("GET", path, app, params=parameters, timeout=_WAIT_SECONDS + 10, again=True)
        if answer.status_code in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.NOT_FOUND}:
            return False
        return bool(_checked(answer).get("ok"))

    async def state_of(self, app: str, machine_id: str) -> FlyMachine | None:
        """A machine as it is now. One that was destroyed is still told of for a while, or not at all: that is one."""
        answer = await self._ask("GET", f"/apps/{app}/machines/{machine_id}", app, again=True)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        machine = FlyMachine.model_validate(_checked(answer))
        return None if machine.state == _GONE else machine

    @asynccontextmanager
    async def lease(self, app: str, machine_id: str, why: str, seconds: int = 60) -> AsyncGenerator[str]:
        """Hold a machine alone for the length of the block. Raises Conflict when somebody else does."""
        path = f"/apps/{app}/machines/{machine_id}/lease"
        answer = await self._ask("POST", path, app, json={"description": why, "ttl": seconds})
        nonce = _LeaseEnvelope.model_validate(_checked(answer)).data.nonce
        try:
            yield nonce
        finally:
            try:
                await self._ask("DELETE", path, app, headers={"fly-machine-lease-nonce": nonce})
            except ProviderError as problem:
                _log.warning("lease_not_given_back", app=app, error=str(problem))  # It runs out by itself.

    async def label(self, app: str, machine: FlyMachine, labels: dict[str, str]) -> None:
        """Write labels on a machine that is still the version we know. Raises Conflict when it is not."""
        body = {"machine_version": machine.instance_id, "metadata": labels}
        _checked(await self._ask("PATCH", f"/apps/{app}/machines/{machine.id}/metadata", app, json=body, again=True))

    async def delete_app(self, app: str) -> None:
        """The app and everything in it, if it is still there."""
        answer = await self._ask("DELETE", f"/apps/{app}", "deletions", params=[("force", "true")], again=True)
        if answer.status_code != HTTPStatus.NOT_FOUND:
            _checked(answer)

    async def machines(self) -> list[FlyMachine]:
        """Every machine of the organisation, as Fly knew it some seconds ago."""
        found: list[FlyMachine] = []
        cursor: str | None = None
        while True:
            parameters = [("summary", "true"), *([("cursor", cursor)] if cursor else [])]
            path = f"/orgs/{self.org}/machines"
            page = _Machines.model_validate(
                _checked(await self._ask("GET", path, "org", params=parameters, again=True))
            )
            found += page.machines
            cursor = page.next_cursor
            if not cursor:
                return found

    async def _is_there(self, app: str) -> bool:
        return (await self._ask("GET", f"/apps/{app}", app, again=True)).status_code == HTTPStatus.OK

    async def _ask(self, method: str, path: str, about: str, *, again: bool = False, **sent: Any) -> httpx.Response:  # noqa: ANN401 (httpx's own)
        """Ask within Fly's limits; whatever may be asked ``again`` is, for as long as it may help."""
        bucket = self._buckets.setdefault((method, about), _Bucket())
        async for attempt in stamina.retry_context(
            on=ProviderError, attempts=None if again else 1, timeout=_PATIENCE_SECONDS, wait_initial=0.5, wait_max=8.0
        ):
            with attempt:
                await bucket.take()
                try:
                    answer = await self.client.request(method, path, **sent)
                except httpx.HTTPError as problem:
                    raise ProviderError(f"Fly could not be reached: {type(problem).__name__}.") from problem
                if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or answer.is_server_error:
                    raise ProviderError(f"Fly answered {answer.status_code}.")
                return answer
        raise AssertionError("stamina either returns or raises")


@asynccontextmanager
async def open_fly(base_url: str, token: str, org: str) -> AsyncGenerator[FlyApi]:
    """The API at ``base_url``, which ends in ``/v1`` at Fly."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=_TIMEOUT) as client:
        yield FlyApi(client, org)


def _checked(answer: httpx.Response) -> Any:  # noqa: ANN401 (JSON)
    if not answer.is_success:
        raise _problem(answer)
    return answer.json() if answer.content else {}


def _problem(answer: httpx.Response) -> ProviderError | Refusal:
    said: dict[str, Any] = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    match answer.status_code, said.get("status"):
        case _, "insufficient_capacity":
            return NoCapacity("Fly has no room for another machine there.")
        case ((HTTPStatus.CONFLICT | HTTPStatus.PRECONDITION_FAILED), _):
            return Conflict("Somebody else has that machine.")
        case HTTPStatus.NOT_FOUND, _:
            return Gone("Fly knows no such machine.")
        case ((HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN), _):
            return Refusal("Fly refuses FLY_API_TOKEN: make a new one with `fly tokens create org`.")
        case status, _:
            return ProviderError(f"Fly answered {status}: {str(said.get('error', ''))[:200]}")
