import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio

from core.model.agent import Move, Phase, Status
from core.model.command import Wish
from core.model.event import Said, Started
from core.model.messages import AudioClip, Channel, Reply, Spoken
from core.model.people import Identity, Person
from core.model.ring import RelayRing, Ring
from core.store.database import Database, open_database
from core.store.migrate import migrate
from core.store.replies import Shown
from tests.builders import ADDRESS, PERSON, event, message, stored_agent

LEASE = timedelta(seconds=30)
NOW = timedelta(0)


@pytest.fixture
def rings() -> list[Ring]:
    return []


@pytest_asyncio.fixture
async def database(database_url: str, rings: list[Ring]) -> AsyncIterator[Database]:
    async def remember(ring: Ring) -> None:
        rings.append(ring)

    async with open_database(database_url, remember) as database:
        yield database


async def test_migrating_twice_applies_nothing_more(database_url: str) -> None:
    assert await migrate(database_url) == []


async def test_a_redelivered_message_finds_the_first_ones_row(database: Database) -> None:
    first, again = message(key="telegram:7:1"), message(key="telegram:7:1")
    async with database.transaction() as tx:
        assert await tx.inbox.accept(first) == first.id
        assert await tx.inbox.accept(again) == first.id

        assert [(found.id, attempt) for found, attempt in await tx.inbox.lease(Channel.TELEGRAM, LEASE, 10)] == [
            (first.id, 1)
        ]


async def test_a_recording_comes_back_byte_for_byte_and_is_dropped_when_settled(database: Database) -> None:
    spoken = message(Spoken(AudioClip("audio/ogg", 2.5, 3, None, b"\x00\xff\x01")))
    async with database.transaction() as tx:
        await tx.inbox.accept(spoken)
        ((found, _),) = await tx.inbox.lease(Channel.TELEGRAM, LEASE, 1)
        await tx.inbox.settle(spoken.id)

        assert found.content == spoken.content
        assert await tx.connection.fetchval("select audio from inbox") is None


async def test_a_leased_message_is_nobody_elses_until_the_lease_runs_out(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.inbox.accept(message())
    async with database.transaction() as tx:
        assert len(await tx.inbox.lease(Channel.TELEGRAM, NOW, 1)) == 1
    async with database.transaction() as tx:
        ((_, attempt),) = await tx.inbox.lease(Channel.TELEGRAM, LEASE, 1)
        assert attempt == 2
    async with database.transaction() as tx:
        assert await tx.inbox.lease(Channel.TELEGRAM, LEASE, 1) == []


async def test_a_message_creates_one_agent_however_often_it_is_handled(database: Database) -> None:
    agent = await stored_agent(database)
    async with database.transaction() as tx:
        row = await tx.connection.fetchrow("select message_id from agents")
        assert row is not None
        found = await tx.agents.from_message(row["message_id"])

    assert found == agent
    assert (agent.number, agent.status, agent.phase) == (1, Status.PENDING, Phase.QUEUED)


async def test_numbers_and_rings_follow_the_commit_order(database: Database, rings: list[Ring]) -> None:
    agents = [await stored_agent(database, name) for name in ("Birch", "Cedar", "Maple")]
    async with database.transaction() as tx:
        await tx.replies.promise(ADDRESS, Reply("hello"), once="x")
        assert rings == []

    assert [agent.number for agent in agents] == [1, 2, 3]
    assert rings == [RelayRing(Channel.TELEGRAM)]


async def test_a_failed_transaction_rings_for_nobody(database: Database, rings: list[Ring]) -> None:
    async def fail() -> None:
        async with database.transaction() as tx:
            await tx.replies.promise(ADDRESS, Reply("hello"), once="x")
            raise KeyError

    with pytest.raises(KeyError):
        await fail()

    assert rings == []


async def test_of_many_attempts_at_one_move_exactly_one_succeeds(database: Database) -> None:
    agent = await stored_agent(database)

    async def cancel() -> bool:
        async with database.transaction() as tx:
            return await tx.agents.move(agent.id, Move.CANCEL) is not None

    assert sum(await asyncio.gather(*(cancel() for _ in range(8)))) == 1


async def test_a_terminal_agent_stays_what_it_is(database: Database) -> None:
    agent = await stored_agent(database)
    async with database.transaction() as tx:
        await tx.agents.move(agent.id, Move.FAIL)

        assert not any([await tx.agents.move(agent.id, move) for move in Move if move is not Move.GO_ON])
        assert await tx.agents.wish(agent.id, PERSON.id, Wish.CANCEL, tuple(Status)[:3]) is None
        assert await tx.legs.place(agent.id, uuid4(), 0) is None


async def test_nobody_can_wish_anything_of_another_persons_agent(database: Database) -> None:
    agent = await stored_agent(database)
    async with database.transaction() as tx:
        assert await tx.agents.wish(agent.id, uuid4(), Wish.CANCEL, (Status.PENDING,)) is None


async def test_progress_never_goes_back(database: Database) -> None:
    agent = await stored_agent(database)
    async with database.transaction() as tx:
        await tx.work.progress(replace(agent, phase=Phase.WORKING, progress=50))
        (later,) = await tx.work.progress(replace(agent, phase=Phase.WORKING, progress=20))

    assert later is not None
    assert later.progress == 50


async def test_a_leg_is_given_out_once(database: Database) -> None:
    agent = await stored_agent(database)
    machine = uuid4()
    async with database.transaction() as tx:
        await tx.machines.register(machine, "local", "laptop", b"hash")
        placed = await tx.legs.place(agent.id, machine, 0)
        assert placed is not None
        assert placed.leg == 1
        assert await tx.legs.place(agent.id, machine, 0) is None


async def test_events_are_recorded_once_and_without_gaps(database: Database) -> None:
    agent = await stored_agent(database)
    async with database.transaction() as tx:
        assert await tx.events.record(event(agent, 1, Started("laptop")))
        assert not await tx.events.record(event(agent, 1, Started("laptop")))
        assert not await tx.events.record(event(agent, 3, Said("too early")))
        assert await tx.events.record(event(agent, 2, Said("hello")))

        assert await tx.events.last_seq(agent.id, agent.leg) == 2
        assert [found.happening for found in await tx.events.after(agent.id, agent.leg, 0)] == [
            Started("laptop"),
            Said("hello"),
        ]


async def test_a_conversation_hears_its_replies_one_after_another(database: Database) -> None:
    async with database.transaction() as tx:
        for text in ("first", "second"):
            await tx.replies.promise(ADDRESS, Reply(text), once=text)
            await tx.replies.promise(ADDRESS, Reply("never said twice"), once=text)
    async with database.transaction() as tx:
        (first,) = await tx.replies.claim(Channel.TELEGRAM, LEASE, 10)
        assert await tx.replies.claim(Channel.TELEGRAM, LEASE, 10) == []
        await tx.replies.settle(first, "100", NOW)
        (second,) = await tx.replies.claim(Channel.TELEGRAM, LEASE, 10)

    assert (first.reply.text, second.reply.text) == ("first", "second")


async def test_a_claimed_reply_is_tried_again_when_its_relay_dies(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.replies.promise(ADDRESS, Reply("hello"), once="x")
    attempts: list[int] = []
    for _ in range(2):
        async with database.transaction() as tx:
            (claimed,) = await tx.replies.claim(Channel.TELEGRAM, NOW, 10)
            attempts.append(claimed.attempt)

    assert attempts == [1, 2]


async def test_of_a_slots_states_only_the_newest_is_shown(database: Database) -> None:
    async with database.transaction() as tx:
        for percent in (10, 20, 30):
            await tx.replies.show([Shown("progress:1", ADDRESS, Reply(f"{percent} percent"))])
    async with database.transaction() as tx:
        (shown,) = await tx.replies.claim(Channel.TELEGRAM, LEASE, 10)
        await tx.replies.settle(shown, "100", NOW)
        await tx.replies.show([Shown("progress:1", ADDRESS, Reply("30 percent"))])
        assert await tx.replies.claim(Channel.TELEGRAM, LEASE, 10) == []
        await tx.replies.show([Shown("progress:1", ADDRESS, Reply("40 percent"))])
    async with database.transaction() as tx:
        (edit,) = await tx.replies.claim(Channel.TELEGRAM, LEASE, 10)

    assert (shown.reply.text, shown.message) == ("30 percent", None)
    assert (edit.reply.text, edit.message) == ("40 percent", "100")


async def test_a_linked_identity_cannot_be_taken_over(database: Database) -> None:
    identity, mallory = Identity(Channel.TELEGRAM, "42"), Person(uuid4(), "Mallory")
    async with database.transaction() as tx:
        await tx.people.add(PERSON)
        await tx.people.add(mallory)

        assert await tx.people.link(identity, PERSON.id)
        assert not await tx.people.link(identity, mallory.id)
        assert await tx.people.who_is(identity) == PERSON


async def test_a_linking_code_works_once_and_not_after_its_time(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.people.add(PERSON)
        await tx.people.offer_code(b"good", PERSON.id, timedelta(minutes=1))
        await tx.people.offer_code(b"old", PERSON.id, timedelta(seconds=-1))

        assert await tx.people.redeem_code(b"good") == PERSON
        assert await tx.people.redeem_code(b"good") is None
        assert await tx.people.redeem_code(b"old") is None
