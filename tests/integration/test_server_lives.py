"""What becomes of servers at Hetzner: they enrol, are replaced, are let go, and none is forgotten."""

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from cadence.bill import price_up
from cadence.enrolment import enrol
from cadence.listening import free_port, serve_app
from core.agents.placement import TieredHost, hosts_by_plan
from core.model.errors import ProviderError, Refusal
from core.model.people import Plan
from core.sandbox.local import LOCAL_MACHINE, LocalHost
from core.sandbox.tokens import hash_token
from core.settings import CoreSettings, HetznerSettings
from tests.integration.core_world import execute
from tests.integration.hetzner_world import KEY, KIND, World, hetzner_world, listening


@pytest_asyncio.fixture
async def world(database_url: str) -> AsyncGenerator[World]:
    async with hetzner_world(database_url) as world:
        yield world


async def test_an_enrolment_works_once_and_a_second_one_is_refused(world: World) -> None:
    agent = await world.wanted()
    await world.tend()
    enrolment = hash_token(world.enrolment()["enrolment"])
    async with world.database.transaction() as tx:
        first = await tx.servers.enrol(enrolment, b"mine")
        # An answer that was lost is asked for again, with the same key.
        again = await tx.servers.enrol(enrolment, b"mine")
        thief = await tx.servers.enrol(enrolment, b"a thief's")
        known = await tx.servers.of(agent.user_id)

    assert known is not None
    assert first == again == known.machine_id
    assert thief is None
    async with world.database.transaction() as tx:
        assert await tx.machines.by_token(b"mine") == first
        assert await tx.machines.by_token(b"a thief's") is None


async def test_an_enrolment_runs_out(world: World) -> None:
    await world.wanted()
    await world.tend()
    await execute(world.database, "update servers set enrolment_expires_at = now() - interval '1 second'")

    async with world.database.transaction() as tx:
        assert await tx.servers.enrol(hash_token(world.enrolment()["enrolment"]), b"late") is None


async def test_a_server_that_never_comes_is_replaced_once_and_then_reported(world: World) -> None:
    agent = await world.wanted()
    await world.tend()
    late = "update servers set changed_at = now() - interval '16 minutes' where status = 'made'"
    await execute(world.database, late)
    await world.tend()
    second = set(world.hetzner.servers)
    await world.tend()
    await execute(world.database, late)
    await world.tend()

    assert len(second) <= 2
    assert await world.statuses() == ["failed"]
    with pytest.raises(Refusal, match="could not be set up"):
        await world.servers.machine_for(agent)
    assert len(world.hetzner.servers) == 1
    await execute(world.database, "update servers set changed_at = now() - interval '2 hours'")
    await world.tend()
    await world.tend()
    assert world.hetzner.servers == {}


async def test_a_server_whose_walls_do_not_hold_is_never_used(world: World) -> None:
    agent = await world.wanted()
    await world.tend()
    await execute(world.database, "update machines set seen_at = now(), self_test = '{\"passed\": false}'")
    await world.tend()

    with pytest.raises(ProviderError, match="being set up"):
        await world.servers.machine_for(agent)


async def test_a_downgrade_leaves_the_server_for_a_week_and_says_so(world: World) -> None:
    await world.ready()
    await world.plan(Plan.FREE)
    await world.tend()
    await world.tend()
    kept = await world.statuses()
    await execute(world.database, "update agents set status = 'completed', completed_at = now()")
    await execute(world.database, "update servers set leave_at = now() - interval '1 second'")
    await world.tend()
    await world.tend()

    assert kept == ["ready"]
    assert [text for text in await world.told() if "is then deleted" in text] != []
    assert len([text for text in await world.told() if "is then deleted" in text]) == 1
    assert await world.statuses() == []
    assert world.hetzner.servers == {}


async def test_an_upgrade_in_time_keeps_the_server_and_says_so(world: World) -> None:
    agent = await world.ready()
    await world.plan(Plan.FREE)
    await world.tend()
    await world.plan(Plan.PRO)
    await world.tend()
    await world.dial_in()

    assert isinstance(await world.servers.machine_for(agent), UUID)
    assert any("pro plan again" in text for text in await world.told())


async def test_a_server_is_not_deleted_under_an_agent_that_works_on_it(world: World) -> None:
    agent = await world.ready()
    machine_id = await world.servers.machine_for(agent)
    async with world.database.transaction() as tx:
        assert await tx.legs.place(agent.id, machine_id, agent.leg)
    await world.plan(Plan.FREE)
    await world.tend()
    await execute(world.database, "update servers set leave_at = now() - interval '1 second'")
    await world.tend()

    assert await world.statuses() == ["ready"]


async def test_a_deleted_servers_token_opens_nothing(world: World) -> None:
    agent = await world.ready()
    await execute(world.database, "update machines set token_hash = 'key' where host = 'hetzner'")
    machine_id = await world.servers.machine_for(agent)
    async with world.database.transaction() as tx:
        assert await tx.machines.by_token(b"key") == machine_id
        await tx.servers.leave(machine_id)
        assert await tx.machines.by_token(b"key") is None


async def test_orphans_are_switched_off_and_deleted_a_day_later_and_others_are_left_alone(world: World) -> None:
    await world.ready()
    for name, labels in (("orphan", KIND.labels()), ("others", {"managed-by": "cadence", "environment": "prod"})):
        server = world.hetzner.new_server({"name": name, "server_type": "cx23", "location": "fsn1", "labels": labels})
        server["status"], server["created"] = "running", "2026-01-01T00:00:00+00:00"
    await world.servers.reap()
    off = {name: server["status"] for name, server in world.hetzner.servers.items()}
    day = datetime.now(UTC) - timedelta(hours=25)
    world.hetzner.servers["orphan"]["labels"]["put-away"] = str(int(day.timestamp()))
    await world.servers.reap()

    assert off["orphan"] == "off"
    assert off["others"] == "running"
    assert sorted(off.values()) == ["off", "running", "running"]
    assert "orphan" not in world.hetzner.servers
    assert len(world.hetzner.servers) == 2


async def test_a_server_that_somebody_has_deleted_is_replaced(world: World) -> None:
    await world.ready()
    old = set(world.hetzner.servers)
    world.hetzner.servers.clear()
    await execute(world.database, "update servers set changed_at = now() - interval '1 minute'")
    await world.servers.reap()
    await world.tend()

    assert len(world.hetzner.servers) == 1
    assert old & set(world.hetzner.servers) == set()
    assert await world.statuses() == ["made"]


async def test_plans_decide_where_agents_run_unless_the_settings_do(world: World) -> None:
    agent = await world.ready()
    local = LocalHost()
    by_plan = TieredHost(world.database, hosts_by_plan({"local": local, "hetzner": world.servers}, None))
    all_here = TieredHost(world.database, hosts_by_plan({"local": local, "hetzner": world.servers}, "local"))
    there = await by_plan.machine_for(agent)
    here = await all_here.machine_for(agent)
    await world.plan(Plan.FREE)

    assert there != LOCAL_MACHINE == here
    assert await by_plan.machine_for(agent) == LOCAL_MACHINE
    with pytest.raises(Refusal, match="HCLOUD_TOKEN"):
        hosts_by_plan({"local": local}, "hetzner")


async def test_a_server_trades_its_enrolment_for_a_key_that_only_it_has(world: World, tmp_path: Path) -> None:
    from api.app import create_app  # noqa: PLC0415
    from api.enrolment import enrolment_routes  # noqa: PLC0415

    agent = await world.wanted()
    await world.tend()
    port, over = free_port(), asyncio.Event()
    settings = CoreSettings(DATABASE_URL="-", REDIS_URL="-", CADENCE_SECRET_KEY=KEY)  # pyright: ignore[reportCallIssue]
    bootstrap = world.enrolment() | {"enrol_at": f"http://127.0.0.1:{port}/machines/enrol"}
    (tmp_path / "enrolment.json").write_text(json.dumps(bootstrap))
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    async with asyncio.TaskGroup() as group:
        app = create_app([enrolment_routes(world.database, settings)])
        group.create_task(serve_app(app, f"127.0.0.1:{port}", over.wait))
        await listening(port)
        given = await enrol(tmp_path / "enrolment.json", first)
        (first / "server.json").unlink()  # It died before it could write this down.
        again = await enrol(tmp_path / "enrolment.json", first)
        with pytest.raises(Refusal, match="refuses"):
            await enrol(tmp_path / "enrolment.json", second)
        over.set()

    async with world.database.transaction() as tx:
        known = await tx.servers.of(agent.user_id)
        assert known is not None
        assert await tx.machines.by_token(hash_token(given.token)) == known.machine_id
    assert given == again
    assert given.url == f"ws://127.0.0.1:{port}/ws/daemon"
    assert (first / "server.json").stat().st_mode & 0o777 == 0o600


async def test_the_doctor_says_what_servers_cost(world: World) -> None:
    settings = HetznerSettings(CADENCE_ENVIRONMENT="test")  # pyright: ignore[reportCallIssue] (pydantic's aliases)
    before = await price_up(world.servers.api, settings)
    await world.ready()

    assert before == "4.15 a month for a server (cx23 in fsn1); 0 there now, 0 a month together"
    assert "1 there now, 4.15 a month together" in await price_up(world.servers.api, settings)
