"""Machines at Fly: each run has one of its own, none is used twice, none is forgotten. Ids as in the matrix: P1 to P8.

Fly is simulated behind HTTP; whatever either side says is held against Fly's own description.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from jsonschema import Draft202012Validator

from cadence.simulated_fly.app import simulated_fly
from cadence.simulated_fly.state import Fly, Json
from core.agents.pool import FlyPool
from core.model.agent import Agent
from core.model.errors import ProviderError, Refusal
from core.sandbox.fly.api import FlyApi
from core.sandbox.fly.machine import FlyMachineKind
from core.store.database import Database
from tests.builders import stored_agent
from tests.integration.core_world import execute, remembering

CONTRACT: dict[str, Any] = json.loads((Path(__file__).parents[1] / "contract/fly.json").read_text())
KIND = FlyMachineKind("images.example/cadence-agent-runner@sha256:00", "test", "wss://cadence.example.org/ws/daemon")


@dataclass
class Powered:
    """A machine that only has a switch."""

    off: asyncio.Event = field(default_factory=asyncio.Event)

    async def end(self) -> None:
        self.off.set()

    async def ended(self) -> None:
        await self.off.wait()


@dataclass
class Wire(httpx.AsyncBaseTransport):
    """The way to Fly. Every exchange is checked as it passes."""

    app: httpx.ASGITransport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.app.handle_async_request(request)
        body = await response.aread()
        check(request, response.status_code, body)
        return httpx.Response(response.status_code, headers=response.headers, content=body, request=request)


def check(request: httpx.Request, status: int, body: bytes) -> None:
    path = request.url.path.removeprefix("/v1")
    (template,) = [known for known in CONTRACT["paths"] if _fits(known, path)]
    operation = CONTRACT["paths"][template][request.method.lower()]
    if request.content:
        _validate(operation["requestBody"]["content"]["application/json"]["schema"], json.loads(request.content))
    allowed = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"}
    assert set(request.url.params.keys()) <= allowed
    if str(status) in {"401", "404", "429", "502"} or status >= 500:
        return
    described = operation["responses"][str(status)].get("content", {}).get("application/json")
    if described and body:
        _validate(described["schema"], json.loads(body))


def _fits(template: str, path: str) -> bool:
    parts, given = template.split("/"), path.split("/")
    return len(parts) == len(given) and all(a == b or a.startswith("{") for a, b in zip(parts, given, strict=True))


def _validate(schema: dict[str, Any], value: object) -> None:
    closed = {"components": _closed(CONTRACT["components"]), **cast("dict[str, Any]", _closed(schema))}
    Draft202012Validator(closed).validate(value)  # pyright: ignore[reportUnknownMemberType]


def _closed(schema: Any) -> Any:  # noqa: ANN401 (JSON)
    """The description with every object closed: what it does not name is wrong."""
    match schema:
        case dict():
            named = cast("dict[str, Any]", schema)
            closed = {key: _closed(value) for key, value in named.items() if key != "nullable"}
            if named.get("type") == "object" and "properties" in named and "allOf" not in named:
                closed.setdefault("additionalProperties", False)
            return closed
        case list():
            return [_closed(item) for item in cast("list[Any]", schema)]
        case _:
            return schema


class World:
    def __init__(self, database: Database, fly: Fly, pool: FlyPool) -> None:
        self.database, self.fly, self.pool = database, fly, pool

    async def dial_in(self) -> None:
        """Every machine says Hello."""
        await execute(self.database, "update machines set seen_at = now(), self_test = '{\"passed\": true}'")

    async def warm(self) -> None:
        await self.pool.tend()
        await self.dial_in()
        await self.pool.tend()

    async def statuses(self) -> list[str]:
        async with self.database.transaction() as tx:
            rows = await tx.connection.fetch("select status from pool order by created_at")
        return [row["status"] for row in rows]

    async def agents(self, count: int) -> list[Agent]:
        return [await stored_agent(self.database, f"Agent{number}") for number in range(count)]

    async def place(self, agent: Agent, machine_id: UUID) -> None:
        async with self.database.transaction() as tx:
            assert await tx.legs.place(agent.id, machine_id, agent.leg)


@pytest_asyncio.fixture
async def world(database_url: str) -> AsyncGenerator[World]:
    async def launch(_config: Json) -> Powered:
        return Powered()

    fly = Fly("personal", "fly-token", launch)
    app = simulated_fly(fly)
    wire = Wire(httpx.ASGITransport(cast("Any", app)))
    async with (
        remembering(database_url) as database,
        app.test_app(),
        httpx.AsyncClient(
            base_url="http://fly.example/v1", headers={"Authorization": "Bearer fly-token"}, transport=wire
        ) as client,
    ):
        yield World(database, fly, FlyPool(database, FlyApi(client, "personal"), KIND, ("fra", "iad"), 2, every=0.05))


async def test_the_pool_is_filled_and_what_has_dialled_in_is_ready(world: World) -> None:
    await world.pool.tend()
    before = await world.statuses()
    await world.dial_in()
    await world.pool.tend()
    await world.pool.tend()

    assert before == ["provisioning", "provisioning"]
    assert await world.statuses() == ["ready", "ready"]
    assert len(world.fly.apps) == 2


async def test_a_machine_is_nobodys_but_its_runs(world: World) -> None:
    await world.warm()
    first, second = await world.agents(2)
    mine, again, other = [await world.pool.machine_for(agent) for agent in (first, first, second)]
    (machine,) = [each for app in world.fly.apps.values() for each in app.values() if str(first.id) in str(each.config)]

    assert mine == again != other
    assert len(world.fly.apps) == 2
    assert machine.config["metadata"]["agent"] == str(first.id)
    assert not machine.leased


async def test_a_machine_holds_a_token_of_its_own_and_listens_on_nothing(world: World) -> None:
    await world.pool.tend()
    configs = [machine.config for app in world.fly.apps.values() for machine in app.values()]

    assert len({config["files"][0]["raw_value"] for config in configs}) == 2
    assert all(config["auto_destroy"] and config["restart"] == {"policy": "no"} for config in configs)
    assert not any("services" in config or "token" in json.dumps(config["env"]).lower() for config in configs)


async def test_p1_fifty_at_once_share_ten_machines_without_sharing_one(world: World) -> None:
    world.pool = FlyPool(world.database, world.pool.api, KIND, ("fra", "iad"), 10)
    await world.warm()
    agents = await world.agents(50)
    machines = await asyncio.gather(*(world.pool.machine_for(agent) for agent in agents))

    assert len(set(machines)) == 50
    assert (await world.statuses()).count("claimed") == 50
    assert len(world.fly.apps) == 50
    assert world.fly.hurried == 0


async def test_p2_a_machine_that_somebody_else_holds_is_left_alone(world: World) -> None:
    await world.warm()
    world.fly.moods.append(("lease", 409))
    (agent,) = await world.agents(1)
    machine_id = await world.pool.machine_for(agent)

    assert sorted(await world.statuses()) == ["claimed", "leaving"]
    async with world.database.transaction() as tx:
        known = await tx.pool.of_leg(agent.id, 1)
    assert known is not None
    assert known.machine_id == machine_id


async def test_p3_a_machine_of_another_version_is_not_ours(world: World) -> None:
    await world.warm()
    for app in world.fly.apps.values():
        for machine in app.values():
            machine.instance_id = "ANOTHER"
    (agent,) = await world.agents(1)
    await world.pool.machine_for(agent)

    assert len(world.fly.apps) == 3
    assert sorted(await world.statuses()) == ["claimed", "leaving", "leaving"]


async def test_p4_an_answer_that_is_lost_makes_no_second_machine(world: World) -> None:
    world.fly.lost_answers += ["create_app", "create_machine"]
    (agent,) = await world.agents(1)
    await world.pool.machine_for(agent)

    assert [len(machines) for machines in world.fly.apps.values()] == [1]


async def test_p4_two_jobs_for_one_leg_make_one_machine(world: World) -> None:
    (agent,) = await world.agents(1)
    outcomes = await asyncio.gather(*(world.pool.machine_for(agent) for _ in range(4)), return_exceptions=True)

    assert len(world.fly.apps) == 1
    assert len({outcome for outcome in outcomes if isinstance(outcome, UUID)}) == 1
    assert all(isinstance(outcome, (UUID, ProviderError)) for outcome in outcomes)


async def test_p4_what_was_begun_by_somebody_who_died_is_done_anew_and_cleaned_up(world: World) -> None:
    (agent,) = await world.agents(1)
    async with world.database.transaction() as tx:
        await tx.machines.register(UUID(int=9), "fly", "cad-test-dead", b"dead")
        await tx.pool.add(UUID(int=9), "cad-test-dead", KIND.generation, agent.id, 1)
    with pytest.raises(ProviderError, match="is being made"):
        await world.pool.machine_for(agent)
    await execute(world.database, "update pool set changed_at = now() - interval '7 minutes'")
    machine_id = await world.pool.machine_for(agent)
    await world.pool.tend()

    assert machine_id != UUID(int=9)
    assert "cad-test-dead" not in world.fly.apps
    async with world.database.transaction() as tx:
        assert "cad-test-dead" not in await tx.pool.apps()


async def test_p5_a_machine_whose_run_is_over_is_deleted_and_its_token_is_dead(world: World) -> None:
    await world.warm()
    (agent,) = await world.agents(1)
    machine_id = await world.pool.machine_for(agent)
    await world.place(agent, machine_id)
    await execute(world.database, "update pool set changed_at = now() - interval '1 minute'")
    await world.dial_in()
    await world.pool.tend()
    kept = await world.statuses()
    async with world.database.transaction() as tx:
        await tx.connection.execute("update agents set status = 'completed', completed_at = now()")
    await world.pool.tend()

    assert kept.count("claimed") == 1
    assert "claimed" not in await world.statuses()
    async with world.database.transaction() as tx:
        assert machine_id.hex[:20] not in str(await tx.pool.apps())
    assert not any(machine_id.hex[:20] in app for app in world.fly.apps)


async def test_p6_the_reaper_touches_what_is_ours_and_nothing_else(world: World) -> None:
    await world.warm()
    for app in ("cad-test-orphan", "cad-other-orphan", "somebody-elses"):
        world.fly.apps[app] = {}
        world.fly.new_machine(app, "fra", {}).state = "started"
    orphans = await world.pool.reap()

    assert orphans == ["cad-test-orphan"]
    assert len(world.fly.apps) == 4


async def test_p6_the_reaper_is_not_fooled_by_a_list_that_is_late(world: World) -> None:
    await world.warm()
    await world.pool.api.create_app("cad-test-gone")
    world.fly.new_machine("cad-test-gone", "fra", {}).made_at = 0
    world.fly.delete_app("cad-test-gone")
    world.fly.lag = 60
    known = set(world.fly.apps)

    assert await world.pool.reap() == ["cad-test-gone"]
    assert set(world.fly.apps) == known
    assert await world.statuses() == ["ready", "ready"]


async def test_p7_a_machine_that_ended_before_anybody_wanted_it_is_replaced(world: World) -> None:
    await world.warm()
    first, second = (machine for app in world.fly.apps.values() for machine in app.values())
    first.state = "destroyed"
    del world.fly.apps[second.app][second.id]
    await execute(world.database, "update pool set changed_at = now() - interval '2 minutes'")
    await world.pool.reap()
    left = await world.statuses()
    await world.warm()

    assert left == ["leaving", "leaving"]
    assert await world.statuses() == ["ready", "ready"]
    assert world.fly.apps.keys().isdisjoint({first.app, second.app})


async def test_p7_a_machine_that_is_destroyed_and_one_that_is_unknown_are_alike(world: World) -> None:
    await world.warm()
    first, second = (machine for app in world.fly.apps.values() for machine in app.values())
    first.state = "destroyed"
    del world.fly.apps[second.app][second.id]
    (agent,) = await world.agents(1)
    await world.pool.machine_for(agent)

    assert sorted(await world.statuses()) == ["claimed", "leaving", "leaving"]


async def test_p8_where_there_is_no_room_another_region_is_tried(world: World) -> None:
    world.fly.full.add("fra")
    (agent,) = await world.agents(1)
    await world.pool.machine_for(agent)
    regions = [machine.region for app in world.fly.apps.values() for machine in app.values()]
    world.fly.full.add("iad")
    (full,) = [await stored_agent(world.database, "Full")]

    assert regions == ["iad"]
    with pytest.raises(ProviderError, match="no room"):
        await world.pool.machine_for(full)


async def test_machines_that_never_dial_in_or_are_of_old_are_replaced(world: World) -> None:
    await world.pool.tend()
    old = set(world.fly.apps)
    await execute(world.database, "update pool set changed_at = now() - interval '11 minutes'")
    await world.pool.tend()
    async with world.database.transaction() as tx:
        assert await tx.pool.used_up("another generation", timedelta(minutes=10)) == []
    await world.dial_in()
    await world.pool.tend()
    async with world.database.transaction() as tx:
        of_old = await tx.pool.used_up("another generation", timedelta(minutes=10))

    assert old & set(world.fly.apps) == set()
    assert len(of_old) == 2


async def test_whoever_asks_too_often_is_told_so_and_we_never_do(world: World) -> None:
    (agent,) = await world.agents(1)
    machine_id = await world.pool.machine_for(agent)
    (app,) = world.fly.apps
    kept_apart = [await world.pool.api.machine_of(app) for _ in range(4)]
    before = world.fly.hurried
    answers = [await world.pool.api.client.get(f"/apps/{app}/machines") for _ in range(3)]

    assert machine_id
    assert all(kept_apart)
    assert before == 0
    assert answers[-1].status_code == 429


@pytest.mark.parametrize("status", [429, 503])
async def test_what_passes_is_waited_for(world: World, status: int) -> None:
    world.fly.moods += [("create_app", status), ("create_app", status)]
    (agent,) = await world.agents(1)

    assert isinstance(await world.pool.machine_for(agent), UUID)


async def test_a_token_that_fly_refuses_is_said_to_be_refused(world: World) -> None:
    world.fly.token = "another"
    (agent,) = await world.agents(1)

    with pytest.raises(Refusal, match="FLY_API_TOKEN"):
        await world.pool.machine_for(agent)
