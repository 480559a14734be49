"""Several transcribers in turn: who is asked, who is spared, and what the person gets to know of it."""

import asyncio
from dataclasses import dataclass, field

import pytest

from core.model.context import Vocabulary
from core.model.errors import NothingHeard, TranscriptionFailed, UnusableRecording
from core.model.messages import AudioClip, Transcript
from core.voice.fallback import Breaker, FallbackTranscriber, Link
from core.voice.transcriber import Tell

CLIP = AudioClip("audio/ogg", data=b"OggS")
NO_HINTS = Vocabulary()


@dataclass
class Provider:
    """A transcriber that answers with its own name, fails, or never answers."""

    name: str
    failure: Exception | None = None
    hangs: bool = False
    asked: int = 0

    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def transcribe(self, clip: AudioClip, hints: Vocabulary, tell: Tell | None = None) -> Transcript:
        del clip, hints, tell
        self.asked += 1
        self.begun.set()
        if self.hangs:
            await asyncio.get_running_loop().create_future()
        if self.failure is not None:
            raise self.failure
        return Transcript(self.name, self.name, self.name)


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    first: Provider
    last: Provider = field(default_factory=lambda: Provider("last"))
    clock: Clock = field(default_factory=Clock)
    chain: FallbackTranscriber = field(init=False)

    def __post_init__(self) -> None:
        links = [Link(each.name, each, Breaker(self.clock)) for each in (self.first, self.last)]
        self.chain = FallbackTranscriber(links, patience=0.05)

    async def hear(self) -> str:
        return (await self.chain.transcribe(CLIP, NO_HINTS)).text


async def test_the_first_provider_answers_and_nobody_else_is_asked() -> None:
    world = World(Provider("first"))
    assert await world.hear() == "first"
    assert world.last.asked == 0


@pytest.mark.parametrize(
    "first",
    [
        Provider("failing", failure=TranscriptionFailed("no")),
        Provider("picky", failure=UnusableRecording("no")),
        Provider("slow", hangs=True),
    ],
    ids=lambda provider: provider.name,
)
async def test_one_that_fails_refuses_or_is_slow_is_passed_over_without_a_word(first: Provider) -> None:
    assert await World(first).hear() == "last"


async def test_silence_is_silence_whoever_hears_it() -> None:
    world = World(Provider("first", failure=NothingHeard("nothing")))
    with pytest.raises(NothingHeard):
        await world.hear()
    assert world.last.asked == 0


async def test_the_last_ones_failure_is_everybodys() -> None:
    world = World(
        Provider("first", failure=TranscriptionFailed("no")), Provider("last", failure=TranscriptionFailed("x"))
    )
    with pytest.raises(TranscriptionFailed, match="x"):
        await world.hear()


@pytest.mark.parametrize(
    "first", [Provider("failing", failure=TranscriptionFailed("no")), Provider("slow", hangs=True)]
)
async def test_one_that_keeps_failing_is_spared_and_tried_again_after_a_rest(first: Provider) -> None:
    world = World(first)
    for _ in range(5):
        assert await world.hear() == "last"
    assert first.asked == 3

    world.clock.now = 31
    first.failure, first.hangs = None, False
    assert [await world.hear() for _ in range(2)] == [first.name, first.name]


async def test_one_try_after_the_rest_is_enough_to_rest_again() -> None:
    first = Provider("failing", failure=TranscriptionFailed("no"))
    world = World(first)
    for _ in range(3):
        await world.hear()
    world.clock.now = 31
    for _ in range(3):
        await world.hear()
    assert first.asked == 4


async def test_a_person_who_gives_up_cancels_whoever_listens() -> None:
    world = World(Provider("slow", hangs=True), Provider("last", hangs=True))
    task = asyncio.create_task(world.hear())
    async with asyncio.timeout(5):
        await world.last.begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
