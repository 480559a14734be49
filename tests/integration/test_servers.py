"""Servers at Hetzner: everybody on the pro plan has one, and none is made twice."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
import pytest_asyncio

from core.model.errors import ProviderError, Refusal
from core.sandbox.hetzner.choice import Need
from core.sandbox.tokens import hash_token
from tests.builders import PERSON, stored_agent
from tests.integration.core_world import execute
from tests.integration.hetzner_world import CONTRACT, KIND, World, hetzner_world, problems


@pytest_asyncio.fixture
async def world(database_url: str) -> AsyncGenerator[World]:
    async with hetzner_world(database_url) as world:
        yield world


async def test_a_person_has_one_server_and_every_agent_of_theirs_goes_there(world: World) -> None:
    agent = await world.ready()
    another = await stored_agent(world.database, "Boreas")
    places = {await world.servers.machine_for(each) for each in (agent, another, agent)}
    (server,) = world.hetzner.servers.values()

    assert len(places) == 1
    assert await world.statuses() == ["ready"]
    assert server["labels"] == {"managed-by": "cadence", "environment": "test", "person": PERSON.id.hex}


async def test_nobody_waits_on_a_server_that_does_not_answer(world: World) -> None:
    agent = await world.ready()
    await execute(world.database, "update machines set seen_at = now() - interval '1 minute'")

    with pytest.raises(ProviderError, match="does not answer"):
        await world.servers.machine_for(agent)


async def test_nothing_comes_in_and_nobody_can_log_in(world: World) -> None:
    await world.wanted()
    await world.tend()
    (server,) = world.hetzner.servers.values()
    (firewall,) = world.hetzner.firewalls.values()
    config = json.loads(world.hetzner.user_data[server["name"]].removeprefix("#cloud-config\n"))

    assert firewall["rules"] == []
    assert [each["id"] for each in server["public_net"]["firewalls"]] == [firewall["id"]]
    assert config["ssh_pwauth"] is False
    assert ["systemctl", "disable", "--now", "ssh.service", "ssh.socket"] in config["runcmd"]


async def test_the_cheapest_server_that_is_enough_is_taken_and_its_price_is_kept(world: World) -> None:
    agent = await world.wanted()
    await world.tend()
    (server,) = world.hetzner.servers.values()
    async with world.database.transaction() as tx:
        known = await tx.servers.of(agent.user_id)

    assert (server["server_type"]["name"], server["location"]["name"]) == ("cx23", "fsn1")
    assert known is not None
    assert str(known.monthly_price) == "4.15"


async def test_types_that_are_on_their_way_out_or_sold_out_are_not_asked_for(world: World) -> None:
    gone = {"announced": "2026-01-01T00:00:00+00:00", "unavailable_after": "2026-12-01T00:00:00+00:00"}
    for place in world.hetzner.types["cx23"]["locations"]:
        place["deprecation" if place["name"] == "fsn1" else "available"] = gone if place["name"] == "fsn1" else False
    offers = await world.servers.offers()

    assert {offer.server_type for offer in offers} == {"cpx22"}


async def test_where_there_is_no_room_another_location_is_tried_but_not_at_any_price(world: World) -> None:
    world.hetzner.full |= {"fsn1", "nbg1"}
    await world.wanted()
    await world.tend()
    (server,) = world.hetzner.servers.values()

    assert (server["server_type"]["name"], server["location"]["name"]) == ("cx23", "hel1")
    assert "ccx63" not in {offer.server_type for offer in await world.servers.offers()}


async def test_nothing_that_is_enough_is_said_at_once(world: World) -> None:
    agent = await world.wanted()
    world.servers = replace(world.servers, kind=replace(KIND, need=Need(memory=4000)))
    await world.tend()

    with pytest.raises(Refusal, match="could not be set up"):
        await world.servers.machine_for(agent)
    assert any("could not be set up" in text for text in await world.told())


async def test_whoever_dies_before_asking_or_before_hearing_leaves_one_server(world: World) -> None:
    agent = await world.wanted()
    world.hetzner.moods.append(("create_server", 500, "server_error"))
    await world.tend()
    before = len(world.hetzner.servers)
    # Hetzner makes it, the answer is lost, and the client's second try hears that it is there.
    world.hetzner.lost_answers.append("create_server")
    await world.tend()
    unheard = await world.statuses()
    await world.tend()

    assert before == 0
    assert unheard == ["wanted"]
    assert await world.statuses() == ["made"]
    assert len(world.hetzner.servers) == 1
    async with world.database.transaction() as tx:
        known = await tx.servers.of(agent.user_id)
    assert known is not None
    assert known.monthly_price is not None


async def test_a_server_that_lists_do_not_show_yet_is_not_made_twice_and_can_still_enrol(world: World) -> None:
    await world.wanted()
    world.hetzner.lag = 2
    world.hetzner.lost_answers.append("create_server")
    for _ in range(4):
        await world.tend()
    enrolment = world.enrolment()["enrolment"]
    async with world.database.transaction() as tx:
        assert await tx.servers.enrol(hash_token(enrolment), b"key") is not None

    assert len(world.hetzner.servers) == 1
    assert await world.statuses() == ["made"]


async def test_two_at_once_want_one_server(world: World) -> None:
    agents = [await stored_agent(world.database, f"Agent{number}") for number in range(6)]
    outcomes = await asyncio.gather(*(world.servers.machine_for(each) for each in agents), return_exceptions=True)
    await world.tend()

    assert all(isinstance(outcome, ProviderError) for outcome in outcomes)
    assert len(world.hetzner.servers) == 1


@pytest.mark.parametrize(("status", "word"), [(409, "conflict"), (429, "rate_limit_exceeded"), (502, "bad_gateway")])
async def test_what_passes_is_waited_for(world: World, status: int, word: str) -> None:
    world.hetzner.moods.append(("create_server", status, word))
    await world.wanted()
    await world.tend()

    assert await world.statuses() == ["made"]


async def test_more_questions_than_hetzner_takes_are_asked_later(world: World) -> None:
    world.hetzner.allowance = 2
    await world.wanted()
    await world.tend()

    assert await world.statuses() == ["made"]


async def test_what_hetzner_finds_wrong_leaves_the_others_alone(world: World) -> None:
    await world.wanted()
    world.hetzner.moods.append(("create_server", 422, "invalid_input"))
    await world.tend()
    wanted = await world.statuses()
    await world.tend()

    assert wanted == ["wanted"]
    assert await world.statuses() == ["made"]


async def test_a_token_that_hetzner_refuses_is_said_to_be_refused(world: World) -> None:
    world.hetzner.token = "another"

    with pytest.raises(Refusal, match="HCLOUD_TOKEN"):
        await world.servers.offers()


async def test_whoever_waits_for_a_server_that_hetzner_will_never_give_is_told(world: World) -> None:
    agent = await world.wanted()
    world.hetzner.token = "another"
    await world.tend()

    with pytest.raises(Refusal, match="could not be set up"):
        await world.servers.machine_for(agent)
    assert any("could not be set up" in text for text in await world.told())


def test_what_hetzner_does_not_describe_is_found_out() -> None:
    described = CONTRACT["components"]["schemas"]["create_server_request"]
    sent = {"name": "a", "image": "debian-13", "server_type": "cx23", "location": "fsn1"}

    assert problems(described, sent) == []
    assert problems(described, sent | {"datacenter": "fsn1-dc14"}) != []
    assert problems(described, sent | {"server_type": 1}) != []
