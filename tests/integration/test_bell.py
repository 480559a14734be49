"""A ring that is lost costs seconds and nothing else, whatever becomes of Redis."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
import pytest_asyncio
import redis.asyncio
from dramatiq.brokers.redis import RedisBroker

from core.bell import Bell
from core.jobs import START_AGENT, JobBell, open_broker
from core.model.messages import Channel, Reply
from core.model.ring import JobRing, MachineRing, RelayRing, Ring
from core.store.database import open_database
from core.wiring import machine_topic, make_ring
from tests.builders import ADDRESS
from tests.integration.core_world import PATIENCE

NOWHERE = "redis://127.0.0.1:9/0"


@pytest_asyncio.fixture
async def bell(redis_url: str) -> AsyncGenerator[Bell]:
    async with redis.asyncio.from_url(redis_url) as client:
        yield Bell(client)


async def test_whoever_listens_hears_the_ring_of_their_topic_only(bell: Bell) -> None:
    async with bell.listen("mine") as ear:
        await asyncio.wait_for(ear.rung.wait(), PATIENCE)  # The subscription stands.
        ear.rung.clear()
        await bell.ring("other")
        await bell.ring("mine")
        await asyncio.wait_for(ear.rung.wait(), PATIENCE)
        await ear.wait(PATIENCE)

        assert not ear.rung.is_set()


async def test_whoever_hears_nothing_looks_anyway(bell: Bell) -> None:
    async with bell.listen("mine") as ear:
        await asyncio.wait_for(ear.rung.wait(), PATIENCE)
        ear.rung.clear()
        async with asyncio.timeout(PATIENCE):
            await ear.wait(0.01)


async def test_all_who_listen_in_a_process_share_one_connection(bell: Bell) -> None:
    async with AsyncExitStack() as stack:
        ears = [await stack.enter_async_context(bell.listen(f"topic:{number}")) for number in range(300)]
        await asyncio.wait_for(asyncio.gather(*(ear.rung.wait() for ear in ears)), PATIENCE)
        for ear in ears:
            ear.rung.clear()
        await asyncio.gather(*(bell.ring(f"topic:{number}") for number in range(7)))
        await asyncio.wait_for(asyncio.gather(*(ear.rung.wait() for ear in ears[:7])), PATIENCE)

        assert not any(ear.rung.is_set() for ear in ears[7:])
        assert len(await bell.redis.client_list(_type="pubsub")) == 1


async def test_who_listens_after_all_have_stopped_is_heard_again(bell: Bell) -> None:
    for _ in range(3):
        async with bell.listen("mine") as ear:
            await asyncio.wait_for(ear.rung.wait(), PATIENCE)


async def test_a_listener_whose_connection_is_cut_listens_again(bell: Bell) -> None:
    async with bell.listen("mine") as ear:
        await asyncio.wait_for(ear.rung.wait(), PATIENCE)
        ear.rung.clear()
        await bell.redis.client_kill_filter(_type="pubsub")
        await asyncio.wait_for(ear.rung.wait(), PATIENCE)
        ear.rung.clear()
        async with asyncio.timeout(PATIENCE):
            while not ear.rung.is_set():
                await bell.ring("mine")
                await asyncio.sleep(0.05)


async def test_whoever_stops_listening_is_let_go_at_once_however_far_the_connection_had_come(redis_url: str) -> None:
    for turns in range(40):
        async with (
            asyncio.timeout(PATIENCE),
            redis.asyncio.from_url(redis_url) as client,
            Bell(client).listen("mine"),
        ):
            for _ in range(turns):
                await asyncio.sleep(0)


@pytest.mark.parametrize("ring", [RelayRing(Channel.APP), MachineRing(uuid4()), JobRing(START_AGENT, uuid4())])
async def test_what_is_committed_stays_committed_when_nobody_can_be_rung(database_url: str, ring: Ring) -> None:
    with open_broker(NOWHERE) as broker:
        async with (
            redis.asyncio.from_url(NOWHERE) as client,
            open_database(database_url, make_ring(Bell(client), JobBell(broker))) as database,
        ):
            async with database.transaction() as tx:
                await tx.replies.promise(ADDRESS, Reply("hello"), once="x")
                tx.ring(ring)
            async with database.transaction() as tx:
                assert len(await tx.replies.in_conversation(ADDRESS, 0)) == 1


async def test_a_redis_that_hangs_holds_up_nobody_who_has_committed(database_url: str) -> None:
    held: list[asyncio.StreamWriter] = []

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    with open_broker(url) as broker:
        async with (
            asyncio.timeout(PATIENCE),
            redis.asyncio.from_url(url) as client,
            open_database(database_url, make_ring(Bell(client), JobBell(broker))) as database,
            database.transaction() as tx,
        ):
            await tx.replies.promise(ADDRESS, Reply("hello"), once="x")
    server.close()
    for writer in held:
        writer.close()
        await writer.wait_closed()
    await server.wait_closed()


async def test_each_ring_wakes_whom_it_is_for(bell: Bell, redis_url: str) -> None:
    agent_id, machine_id = uuid4(), uuid4()
    with open_broker(redis_url) as broker:
        ring = make_ring(bell, JobBell(broker))
        async with bell.listen(machine_topic(machine_id)) as machine, bell.listen("relay:app") as relay:
            for ear in (machine, relay):
                await asyncio.wait_for(ear.rung.wait(), PATIENCE)
                ear.rung.clear()
            for each in (MachineRing(machine_id), RelayRing(Channel.APP), JobRing(START_AGENT, agent_id)):
                await ring(each)
            for ear in (machine, relay):
                await asyncio.wait_for(ear.rung.wait(), PATIENCE)

        assert await _waiting(broker) == [str(agent_id)]


async def _waiting(broker: RedisBroker) -> list[object]:
    broker.declare_queue("default")
    consumer = broker.consume("default", timeout=100)
    message = await asyncio.to_thread(next, consumer)
    assert message is not None
    return list(message.args)
