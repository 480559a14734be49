"""What has been accepted is handled, whatever happens to whoever is handling it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, MutableMapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest_asyncio
from structlog.testing import capture_logs

from core.model.context import Vocabulary
from core.model.messages import AudioClip, Channel, InboundMessage, Spoken, Transcript, Typed
from core.reception import Reception
from core.store.database import Database
from core.voice.transcriber import Tell
from tests.builders import message
from tests.integration.core_world import (
    PATIENCE,
    Shelved,
    TextTranscriber,
    eventually,
    execute,
    forge_behind_github,
    pipeline_of,
    promised,
    remembering,
)

_RUN_OUT = "update inbox set leased_until = now() where handled_at is null"


@dataclass
class SlowEar(TextTranscriber):
    """Listens for as long as the gate is closed, and counts who is at it."""

    open: asyncio.Event = field(default_factory=asyncio.Event)
    entered: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    at_it: int = 0
    most: int = 0

    async def transcribe(self, clip: AudioClip, hints: Vocabulary, tell: Tell | None = None) -> Transcript:
        self.at_it += 1
        self.most = max(self.most, self.at_it)
        self.entered.release()
        try:
            await self.open.wait()
        finally:
            self.at_it -= 1
        return await super().transcribe(clip, hints, tell)


@dataclass
class World:
    database: Database
    reception: Reception
    ear: SlowEar

    async def handled(self) -> int:
        async with self.database.transaction() as tx:
            return await tx.connection.fetchval("select count(*) from inbox where handled_at is not null")

    async def attempts(self) -> int:
        async with self.database.transaction() as tx:
            return await tx.connection.fetchval("select max(attempts) from inbox")


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    async with remembering(database_url) as database, forge_behind_github(tmp_path) as (github, _):
        ear = SlowEar()
        reception = Reception(Channel.TELEGRAM, database, pipeline_of(database, github, ear, Shelved()))
        yield World(database, reception, ear)


@asynccontextmanager
async def open_for_business(reception: Reception) -> AsyncGenerator[None]:
    running = asyncio.create_task(reception.run())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def spoken(text: str = "status") -> InboundMessage:
    return message(Spoken(AudioClip("audio/ogg", data=text.encode())))


async def test_what_was_accepted_is_handled_once_and_answered_once(world: World) -> None:
    first = message(Typed("status"), key="telegram:7:1")
    async with open_for_business(world.reception):
        ids = [await world.reception.accept(each) for each in (first, message(Typed("status"), key="telegram:7:1"))]
        await eventually(lambda: _is(world.handled(), 1))

    assert ids == [first.id, first.id]
    assert len(await promised(world.database)) == 1
    assert await world.attempts() == 1


async def test_what_was_accepted_before_the_start_is_handled_after_it(world: World) -> None:
    await world.reception.accept(message(Typed("status")))
    async with open_for_business(world.reception):
        await eventually(lambda: _is(world.handled(), 1))


async def test_a_message_whose_handler_breaks_is_handled_again_when_its_lease_runs_out(world: World) -> None:
    world.ear.open.set()
    world.ear.failure = KeyError("a bug")
    async with open_for_business(world.reception):
        await world.reception.accept(spoken())
        await asyncio.wait_for(world.ear.entered.acquire(), PATIENCE)
        await eventually(lambda: _is(_busy(world.reception), 0))
        assert await world.handled() == 0
        world.ear.failure = None
        await execute(world.database, _RUN_OUT)
        await eventually(lambda: _is(world.handled(), 1))

    assert await world.attempts() == 2
    assert "no agents yet" in (await promised(world.database))[0]


async def test_a_message_that_breaks_every_handler_is_given_up_and_the_person_is_told(world: World) -> None:
    world.ear.open.set()
    world.ear.failure = KeyError("a bug")
    async with open_for_business(world.reception):
        await world.reception.accept(spoken())
        for _ in range(4):
            await asyncio.wait_for(world.ear.entered.acquire(), PATIENCE)
            await eventually(lambda: _is(_busy(world.reception), 0))
            await execute(world.database, _RUN_OUT)
        await eventually(lambda: _is(world.handled(), 1))

    assert len(world.ear.hints) == 4
    assert ["given it up" in text for text in await promised(world.database)] == [True]


async def test_the_person_sees_how_far_a_long_recording_has_been_listened_to(world: World) -> None:
    world.ear.open.set()
    world.ear.halfway = True
    async with open_for_business(world.reception):
        await world.reception.accept(spoken())
        await eventually(lambda: _is(world.handled(), 1))

    progress, answer = await promised(world.database)
    assert progress == "I am listening to your recording: 50 percent so far."
    assert "no agents yet" in answer


async def test_whoever_is_stopped_in_the_middle_leaves_the_message_to_the_next(world: World) -> None:
    async with open_for_business(world.reception):
        await world.reception.accept(spoken())
        await asyncio.wait_for(world.ear.entered.acquire(), PATIENCE)
    assert world.ear.at_it == 0
    assert await world.handled() == 0

    world.ear.open.set()
    await execute(world.database, _RUN_OUT)
    async with open_for_business(world.reception):
        await eventually(lambda: _is(world.handled(), 1))
    assert len(await promised(world.database)) == 1


async def test_eight_are_handled_at_once_and_the_ninth_waits(world: World) -> None:
    async with open_for_business(world.reception):
        for _ in range(9):
            await world.reception.accept(spoken())
        for _ in range(8):
            await asyncio.wait_for(world.ear.entered.acquire(), PATIENCE)
        async with world.database.transaction() as tx:
            waiting = await tx.connection.fetchval("select count(*) from inbox where attempts = 0")
        world.ear.open.set()
        await eventually(lambda: _is(world.handled(), 9))

    assert waiting == 1
    assert world.ear.most == 8


async def test_a_message_of_another_version_does_not_keep_the_others_waiting(world: World) -> None:
    await world.reception.accept(message(Typed("status")))
    await execute(world.database, """update inbox set content = '{"hologram": 1}'""")
    await world.reception.accept(message(Typed("status")))
    async with open_for_business(world.reception):
        await eventually(lambda: _is(world.handled(), 2))

    assert len(await promised(world.database)) == 1


async def test_a_reception_outlives_its_database_and_says_so(world: World) -> None:
    await execute(world.database, "alter table inbox rename to elsewhere")
    with capture_logs() as logs:
        async with open_for_business(world.reception):
            await eventually(lambda: _said(logs, "loop_stumbled"))
            await execute(world.database, "alter table elsewhere rename to inbox")
            await world.reception.accept(message(Typed("status")))
            await eventually(lambda: _is(world.handled(), 1))


async def _said(logs: Sequence[MutableMapping[str, object]], event: str) -> bool:
    return any(line["event"] == event for line in logs)


async def _busy(reception: Reception) -> int:
    return len(reception._busy)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


async def _is(value: Awaitable[int], wanted: int) -> bool:
    return await value == wanted
