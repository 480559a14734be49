"""Promised replies arrive: in order, once, and in spite of what the platform and the database do meanwhile."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress

import pytest
import pytest_asyncio
import redis.asyncio

from core.bell import Bell
from core.model.errors import DeliveryFailed, Undeliverable
from core.model.messages import Address, Channel, Reply
from core.redaction.redactor import Redactor
from core.replies.relay import ReplyRelay
from core.store.database import Database
from core.store.replies import Shown
from tests.builders import ADDRESS
from tests.integration.core_world import PATIENCE, PaperChannel, eventually, execute, remembering

_DUE = "update replies set next_attempt_at = now()"
OTHER = Address(Channel.TELEGRAM, "8")


@pytest.fixture
def paper() -> PaperChannel:
    return PaperChannel()


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    async with remembering(database_url) as database:
        yield database


@pytest_asyncio.fixture
async def relay(database: Database, redis_url: str, paper: PaperChannel) -> AsyncGenerator[ReplyRelay]:
    async with redis.asyncio.from_url(redis_url) as client:
        yield ReplyRelay(Channel.TELEGRAM, database, Bell(client), paper, Redactor())


async def promise(database: Database, *texts: str, address: Address = ADDRESS) -> None:
    async with database.transaction() as tx:
        for text in texts:
            await tx.replies.promise(address, Reply(text), once=f"{address.conversation} {text}")


async def show(database: Database, text: str) -> None:
    async with database.transaction() as tx:
        await tx.replies.show([Shown("progress:1", ADDRESS, Reply(text))])


async def drain(relay: ReplyRelay, database: Database) -> int:
    """Deliver all there is as if no time had to pass; the number of attempts."""
    attempts = 0
    while tried := await relay.deliver_due():
        attempts += tried
        await execute(database, _DUE)
    return attempts


async def column(database: Database, name: str) -> Sequence[object]:
    async with database.transaction() as tx:
        rows = await tx.connection.fetch(f"select {name} as it from replies order by id")  # noqa: S608 (ours)
    return [row["it"] for row in rows]


async def test_a_conversation_hears_its_replies_in_order_though_one_has_to_be_repeated(
    relay: ReplyRelay, database: Database, paper: PaperChannel
) -> None:
    await promise(database, "first", "second", "third")
    paper.failures = [DeliveryFailed("busy")]
    await drain(relay, database)

    assert [text for _, text in paper.sent] == ["first", "second", "third"]


async def test_one_conversation_does_not_wait_for_another(
    relay: ReplyRelay, database: Database, paper: PaperChannel
) -> None:
    await promise(database, "first")
    await promise(database, "first", address=OTHER)
    paper.failures = [DeliveryFailed("busy", retry_after=600)]
    await relay.deliver_due()

    assert len(paper.sent) == 1


async def test_the_platforms_own_wish_to_wait_is_obeyed(
    relay: ReplyRelay, database: Database, paper: PaperChannel
) -> None:
    await promise(database, "hello")
    paper.failures = [DeliveryFailed("slow down", retry_after=40)]
    await relay.deliver_due()

    (wait,) = await column(database, "extract(epoch from next_attempt_at - now())::int")
    assert wait in range(35, 41)
    assert await relay.deliver_due() == 0


async def test_each_attempt_waits_twice_as_long_as_the_one_before(
    relay: ReplyRelay, database: Database, paper: PaperChannel
) -> None:
    await promise(database, "hello")
    paper.failures = [DeliveryFailed("busy")] * 4
    waits: list[object] = []
    for _ in range(4):
        await relay.deliver_due()
        waits += await column(database, "round(extract(epoch from next_attempt_at - now()))::int")
        await execute(database, _DUE)

    assert waits == [1, 2, 4, 8]


@pytest.mark.parametrize("failure", [DeliveryFailed("busy"), KeyError("a bug")])
async def test_a_reply_is_abandoned_after_eight_attempts_and_the_next_gets_its_turn(
    relay: ReplyRelay, database: Database, paper: PaperChannel, failure: Exception
) -> None:
    await promise(database, "first", "second")
    paper.failures = [failure] * 8

    assert await drain(relay, database) == 9
    assert [text for _, text in paper.sent] == ["second"]
    assert [gone is not None for gone in await column(database, "abandoned_at")] == [True, False]


async def test_a_reply_that_can_never_be_delivered_is_abandoned_at_once(
    relay: ReplyRelay, database: Database, paper: PaperChannel
) -> None:
    await promise(database, "first")
    paper.failures = [Undeliverable("blocked")]

    assert await drain(relay, database) == 1
    assert paper.sent == []


async def test_of_the_states_between_two_edits_only_the_newest_is_shown(
    relay: ReplyRelay, database: Database, paper: PaperChannel
) -> None:
    await show(database, "10 percent")
    await drain(relay, database)
    for percent in (20, 30, 40):
        await show(database, f"{percent} percent")
    await drain(relay, database)

    assert [text for _, text in paper.sent] == ["10 percent"]
    assert paper.edits == [("message 1", "40 percent")]


async def test_a_state_that_is_newer_than_the_one_under_way_is_shown_after_it(
    relay: ReplyRelay, database: Database, paper: PaperChannel
) -> None:
    paper.gate = asyncio.Event()
    await show(database, "10 percent")
    sending = asyncio.create_task(relay.deliver_due())
    await asyncio.wait_for(paper.entered.wait(), PATIENCE)
    await show(database, "20 percent")
    paper.gate.set()
    await sending
    await execute(database, _DUE)
    await drain(relay, database)

    assert paper.edits == [("message 1", "20 percent")]


async def test_two_relays_on_one_channel_never_send_one_reply_twice(relay: ReplyRelay, database: Database) -> None:
    papers = [PaperChannel(), PaperChannel()]
    relays = [ReplyRelay(relay.channel, database, relay.bell, paper, str) for paper in papers]
    for number in range(30):
        await promise(database, "hello", address=Address(Channel.TELEGRAM, str(number)))
    await asyncio.gather(*(each.deliver_due() for _ in range(3) for each in relays))
    for each in relays:
        await each.deliver_due()

    assert sorted(papers[0].sent + papers[1].sent) == sorted((str(number), "hello") for number in range(30))


async def test_a_reply_that_was_sent_but_not_settled_is_sent_again_rather_than_never(
    relay: ReplyRelay, database: Database, paper: PaperChannel
) -> None:
    paper.gate = asyncio.Event()
    await promise(database, "hello")
    running = asyncio.create_task(relay.run())
    await asyncio.wait_for(paper.entered.wait(), PATIENCE)
    await execute(database, "alter table replies rename to elsewhere")
    paper.gate.set()
    await eventually(lambda: _any(paper.sent))
    await execute(database, "alter table elsewhere rename to replies")
    await execute(database, _DUE)
    await eventually(lambda: _settled(database))
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

    assert paper.sent == [("7", "hello")] * 2


async def test_a_running_relay_delivers_at_the_ring(relay: ReplyRelay, database: Database, paper: PaperChannel) -> None:
    running = asyncio.create_task(relay.run())
    await promise(database, "hello")
    await relay.bell.ring("relay:telegram")
    await asyncio.wait_for(paper.entered.wait(), PATIENCE)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_reply_of_another_version_does_not_keep_the_others_waiting(
    relay: ReplyRelay, database: Database, paper: PaperChannel
) -> None:
    await promise(database, "old")
    await execute(database, """update replies set body = '{"hologram": 1}'""")
    await promise(database, "new")
    await relay.deliver_due()
    await relay.deliver_due()

    assert [text for _, text in paper.sent] == ["new"]


async def _any(things: Sequence[object]) -> bool:
    return bool(things)


async def _settled(database: Database) -> bool:
    return (await column(database, "sent_version")) == [1]


async def test_nothing_secret_is_said_whoever_said_it_first(
    relay: ReplyRelay, database: Database, paper: PaperChannel
) -> None:
    await promise(database, "It failed: cannot log in to postgres://app:Xk29vbQ7pLm@db.internal/app")
    await show(database, "export STRIPE_KEY=sk_live_4eC39HqLyjWDarjtT1zdp7dc")
    await drain(relay, database)

    assert [text for _, text in paper.sent] == [
        "It failed: cannot log in to postgres://app:[redacted]@db.internal/app",
        "export STRIPE_KEY=[redacted]",
    ]
