"""From a message to a reply, with everything real but the ear."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from core.agents.directory import hash_code
from core.model.agent import Agent, Move, Status
from core.model.command import Wish
from core.model.errors import NothingHeard, TranscriptionFailed
from core.model.messages import AudioClip, Channel, Content, InboundMessage, Pressed, Reply, Spoken, Typed
from core.model.people import Identity, Person
from core.model.ring import JobRing, Ring
from core.pipeline import CommandPipeline
from core.store.database import Database
from tests.builders import PERSON, message, stored_agent
from tests.integration.core_world import (
    TASK,
    FlakyWire,
    Shelved,
    TextTranscriber,
    fetched,
    forge_behind_github,
    pipeline_of,
    remembering,
)

MALLORY = Person(UUID(int=2), "Mallory")


@dataclass
class World:
    database: Database
    pipeline: CommandPipeline
    ear: TextTranscriber
    shelved: Shelved
    wire: FlakyWire
    rings: list[Ring]

    async def hear(self, content: Content | InboundMessage) -> Reply:
        asked = content if isinstance(content, InboundMessage) else message(content)
        async with self.database.transaction() as tx:
            await tx.inbox.accept(asked)
        return await self.pipeline.handle(asked)

    async def say(self, text: str) -> Reply:
        return await self.hear(Spoken(AudioClip("audio/ogg", data=text.encode())))

    async def type(self, text: str) -> Reply:
        return await self.hear(Typed(text))

    async def agents(self) -> list[Agent]:
        async with self.database.transaction() as tx:
            return await tx.agents.of(PERSON.id)

    async def wish(self, agent: Agent) -> Wish | None:
        async with self.database.transaction() as tx:
            return await tx.agents.wish_of(agent.id)

    async def offer(self, code: str, person: Person, good_for: timedelta = timedelta(minutes=1)) -> None:
        async with self.database.transaction() as tx:
            await tx.people.add(person)
            await tx.people.offer_code(hash_code(code), person.id, good_for)


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    rings: list[Ring] = []
    async with remembering(database_url, rings) as database, forge_behind_github(tmp_path) as (github, wire):
        ear, shelved = TextTranscriber(), Shelved()
        yield World(database, pipeline_of(database, github, ear, shelved), ear, shelved, wire, rings)


async def test_a_stranger_is_shown_the_way_in_and_costs_nothing(world: World) -> None:
    reply = await world.hear(message(Spoken(AudioClip("audio/ogg", data=b"status")), sender="666"))

    assert "don't know this Telegram account" in reply.text
    assert world.ear.hints == []
    assert world.wire.asked == 0


async def test_a_spoken_task_becomes_an_agent_and_the_reply_says_what_was_heard(world: World) -> None:
    reply = await world.say(f"um, {TASK}")
    (agent,) = await world.agents()

    assert reply.text.startswith(f"{agent.name} is starting on wallet-frontend")
    assert reply.heard == TASK
    assert (agent.status, agent.branch) == (Status.PENDING, "main")
    assert "login redirect bug" in agent.task_description
    assert world.rings == [JobRing("start_agent", agent.id)]


async def test_who_listens_is_told_the_names_to_expect(world: World) -> None:
    await world.say(TASK)
    await world.say("status")
    (agent,) = await world.agents()

    assert world.ear.hints[-1].repos == ("wallet-frontend",)
    assert world.ear.hints[-1].agents == (agent.name,)


async def test_who_listens_is_told_the_language_and_the_words_of_the_person(world: World) -> None:
    async with world.database.transaction() as tx:
        await tx.people.change(PERSON.id, language="de", dictionary=["Ledricor", "Zod"])
    await world.say("status")

    assert world.ear.hints[-1].language == "de"
    assert world.ear.hints[-1].dictionary == ("Ledricor", "Zod")


async def test_what_hearing_a_command_took_is_kept_with_it(world: World) -> None:
    await world.say("status")
    await world.type("status")

    async with world.database.transaction() as tx:
        heard, typed = await tx.connection.fetch("select * from commands order by at")
    assert (heard["hearer"], heard["heard_seconds"], heard["hearing_cost"]) == ("text", 2.0, pytest.approx(0.01))
    assert (typed["hearer"], typed["heard_seconds"], typed["hearing_cost"]) == ("typed", 0.0, 0.0)


async def test_a_recording_that_the_platform_keeps_is_fetched_first(world: World) -> None:
    world.shelved.kept["file-7"] = TASK.encode()
    await world.hear(Spoken(AudioClip("audio/ogg", reference="file-7")))

    assert len(await world.agents()) == 1


async def test_a_recording_that_the_platform_has_lost_is_asked_for_again(world: World) -> None:
    reply = await world.hear(Spoken(AudioClip("audio/ogg", reference="gone")))

    assert reply.text == "That recording is no longer here. Please send it again."


async def test_a_written_task_is_not_read_back(world: World) -> None:
    reply = await world.type(TASK)

    assert reply.heard is None
    assert len(await world.agents()) == 1
    assert world.ear.hints == []


async def test_a_button_does_what_it_says_even_while_the_code_host_is_away(world: World) -> None:
    agent = await stored_agent(world.database)
    world.wire.failures = 100
    reply = await world.hear(Pressed(f"stop:{agent.id}"))

    assert reply.text.startswith("Stopping Birch")
    assert (await fetched(world.database, agent.id)).status is Status.CANCELLED


@pytest.mark.parametrize("token", ["", "stop:", "explode:1", "stop:not-an-id", "\N{PILE OF POO}"])
async def test_a_button_that_we_never_made_does_nothing(world: World, token: str) -> None:
    agent = await stored_agent(world.database)
    reply = await world.hear(Pressed(token))

    assert "did not take that as a command" in reply.text
    assert await world.wish(agent) is None


async def test_nobody_stops_what_is_not_theirs(world: World) -> None:
    agent = await stored_agent(world.database)
    async with world.database.transaction() as tx:
        await tx.people.add(MALLORY)
        await tx.people.link(Identity(Channel.TELEGRAM, "666"), MALLORY.id)
    reply = await world.hear(message(Pressed(f"stop:{agent.id}"), sender="666"))

    assert reply.text == "There is nothing to be stopped right now."
    assert (await fetched(world.database, agent.id)).status is Status.PENDING


async def test_a_refusal_is_told_in_its_own_words(world: World) -> None:
    world.ear.failure = NothingHeard("I heard nothing in that recording. Please say it again.")

    assert (await world.say("")).text == "I heard nothing in that recording. Please say it again."


async def test_a_provider_that_fails_is_no_fault_of_the_persons(world: World) -> None:
    world.ear.failure = TranscriptionFailed("the key sk-123 was refused by 10.0.0.7")
    reply = await world.say(TASK)

    assert "please try again in a minute" in reply.text
    assert "sk-123" not in reply.text
    assert await world.agents() == []


async def test_while_the_code_host_is_away_the_repos_known_from_before_are_used(world: World) -> None:
    await world.type("status")
    world.pipeline.directory.shelf._read_at = float("-inf")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    world.wire.failures = 100
    await world.type(TASK)

    assert len(await world.agents()) == 1


async def test_a_code_host_that_never_answered_is_a_provider_that_fails(world: World) -> None:
    world.wire.failures = 100

    assert "please try again in a minute" in (await world.type(TASK)).text


async def test_a_message_handled_twice_makes_one_agent_and_one_reply(world: World) -> None:
    asked = message(Typed(TASK))
    first, again = await world.hear(asked), await world.pipeline.handle(asked)

    assert again == first
    assert len(await world.agents()) == 1
    async with world.database.transaction() as tx:
        assert await tx.connection.fetchval("select count(*) from commands") == 1


async def test_more_agents_than_there_are_words_all_get_a_name(world: World) -> None:
    for _ in range(55):
        await world.type(TASK)
    async with world.database.transaction() as tx:
        names = await tx.agents.live_names(PERSON.id)

    assert len(names) == 55


async def test_nothing_takes_the_place_of_a_stop(world: World) -> None:
    agent = await stored_agent(world.database)
    async with world.database.transaction() as tx:
        machine = uuid4()
        await tx.machines.register(machine, "local", "other", b"other")
        await tx.legs.place(agent.id, machine, 0)
        await tx.agents.move(agent.id, Move.START)
    await world.hear(Pressed(f"stop:{agent.id}"))
    reply = await world.hear(Pressed(f"pause:{agent.id}"))
    again = await world.hear(Pressed(f"stop:{agent.id}"))

    assert "cannot be paused" in reply.text
    assert again.text.startswith("Stopping Birch")
    assert await world.wish(agent) is Wish.CANCEL


@pytest.mark.parametrize("text", ["/start", "/help", "help", " Help "])
async def test_whoever_asks_for_help_gets_an_example(world: World, text: str) -> None:
    assert "start an agent on my repo" in (await world.type(text)).text


async def test_a_code_links_a_stranger_however_often_the_message_is_handled(world: World) -> None:
    await world.offer("GOOD2CODE", PERSON)
    asked = message(Typed("/link good2code"), sender="77")
    first, again = await world.hear(asked), await world.pipeline.handle(asked)

    assert first.text.startswith("Linked: you are Ada here now")
    assert again == first
    assert "command" in (await world.hear(message(Typed("hello"), sender="77"))).text


async def test_the_code_in_telegrams_deep_link_links_too(world: World) -> None:
    await world.offer("DEEP", PERSON)

    assert (await world.hear(message(Typed("/start DEEP"), sender="77"))).text.startswith("Linked")


async def test_a_code_that_has_run_out_or_was_never_given_out_links_nobody(world: World) -> None:
    await world.offer("OLD", PERSON, timedelta(seconds=-1))
    for text in ("/link OLD", "/link MADEUP"):
        assert "not good" in (await world.hear(message(Typed(text), sender="77"))).text
    assert "don't know" in (await world.hear(message(Typed("status"), sender="77"))).text


async def test_whoever_is_known_stays_who_they_are_and_uses_nobodys_code_up(world: World) -> None:
    await world.offer("MALLORYS", MALLORY)
    reply = await world.type("/link MALLORYS")

    assert reply.text.startswith("Linked: you are Ada here now")
    assert (await world.hear(message(Typed("/link MALLORYS"), sender="77"))).text.startswith("Linked: you are Mallory")


async def test_a_command_is_kept_in_the_users_own_fields(world: World) -> None:
    await world.say(f"um, {TASK}")
    (agent,) = await world.agents()
    await world.hear(Pressed(f"pause:{agent.id}"))
    await world.type("what is the weather like")
    async with world.database.transaction() as tx:
        created, paused, unknown = await tx.connection.fetch("select * from commands order by at")

    assert created["intent"] == "create_agent"
    assert (created["transcript"], created["raw_transcript"]) == (TASK, f"um, {TASK}")
    assert created["entities"]["repoUrl"] == agent.repo_url
    assert created["entities"]["branch"] == "main"
    assert created["entities"]["taskDescription"] == agent.task_description
    assert 0 <= created["confidence"] <= 1
    assert created["processing_ms"] >= 0
    assert (paused["intent"], paused["entities"]) == ("pause_agent", {"agentId": str(agent.id)})
    assert unknown["intent"] == "unknown"
    assert json.dumps(unknown["entities"]["doubt"]) == '"not_a_command"'


@pytest.mark.parametrize(
    ("access", "reason"),
    [({"permissions": {"push": False, "pull": True}}, "may only read"), ({"archived": True}, "is archived")],
)
async def test_a_repository_that_cannot_be_written_to_is_refused_before_anything_starts(
    world: World, access: dict[str, object], reason: str
) -> None:
    world.wire.repo = access
    reply = await world.say(TASK)

    assert reason in reply.text
    assert await world.agents() == []
