"""What the API answers its people, and what it keeps from everybody else."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
import quart.typing
import redis.asyncio

from api.limits import Allowance, RateLimit
from core.context.indexing import Indexer
from core.context.source import GitSource
from core.model.agent import Agent
from core.model.event import Event, Started, StepTaken
from core.model.messages import Address, Channel, Reply
from core.model.people import Plan
from core.model.ring import WatchRing
from core.model.schedule import Rhythm, Schedule
from core.sandbox.local import LOCAL_MACHINE
from tests.builders import PERSON, SENDER, stored_agent
from tests.integration.api_world import BEARER, MALLORYS, ApiWorld, api_world, bearing, signed_in
from tests.integration.core_world import PATIENCE, TASK, eventually
from tests.integration.forge_server import git

NEW = {"repo": "local/wallet-frontend", "taskDescription": "fix the login redirect bug"}


@pytest_asyncio.fixture
async def world(database_url: str, redis_url: str, tmp_path: Path) -> AsyncGenerator[ApiWorld]:
    async with api_world(database_url, redis_url, tmp_path) as world:
        yield world


async def some_agents(world: ApiWorld, count: int) -> list[Agent]:
    return [await stored_agent(world.database, f"Agent{number}") for number in range(1, count + 1)]


async def some_schedule(world: ApiWorld) -> Schedule:
    schedule = Schedule(
        id=uuid4(),
        number=0,
        person_id=PERSON.id,
        repo_url="https://example.org/r",
        repo_name="local/wallet-frontend",
        branch="main",
        task="update the dependencies",
        rhythm=Rhythm(),
        time_zone="UTC",
        reply_to=Address(Channel.APP, "x"),
        next_at=datetime.now(UTC) + timedelta(days=1),
    )
    async with world.database.transaction() as tx:
        return await tx.schedules.add(schedule)


# Nobody but the person


async def test_nothing_of_mine_is_there_for_somebody_else(world: ApiWorld) -> None:
    (agent,) = await some_agents(world, 1)
    schedule = await some_schedule(world)
    _, sent = await world.ask("POST", "/api/commands?wait=0", {"text": "status"})
    _, token = await world.ask("POST", "/api/tokens", {"name": "mine"})
    _, device = await world.ask("POST", "/api/devices", browser())
    request_id = uuid4()
    async with world.database.transaction() as tx:
        await tx.code.ask(request_id, PERSON.id, "local/wallet-frontend", "main")
    things = {
        "request_id": request_id,
        "agent_id": agent.id,
        "schedule_id": schedule.id,
        "command_id": sent["id"],
        "token_id": token["id"],
        "device_id": device["id"],
    }
    bodies = {"messages": {"text": "x"}, "answers": {"text": "x"}, "schedules": {"paused": True}}
    walked = 0
    for rule in world.app.url_map.iter_rules():
        if not rule.rule.startswith("/api/") or not rule.arguments:
            continue
        path = rule.rule
        for name, thing in things.items():
            path = path.replace(f"<uuid:{name}>", str(thing))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            body = next((body for part, body in bodies.items() if part in path), None) if method != "GET" else None
            status, problem = await world.ask(method, path, body, MALLORYS)
            assert status == 404, (method, path, problem)
            walked += 1
    mine = {agent["id"] for agent in (await world.ask("GET", "/api/agents"))[1]["agents"]}

    assert walked >= 13
    assert mine == {str(agent.id)}
    assert (await world.ask("GET", "/api/agents", headers=MALLORYS))[1]["agents"] == []
    assert (await world.ask("GET", "/api/tokens", headers=MALLORYS))[1] == {"tokens": []}
    assert (await world.ask("GET", "/api/schedules", headers=MALLORYS))[1] == {"schedules": []}


async def test_two_people_with_the_same_idempotency_key_have_two_commands(world: ApiWorld) -> None:
    keyed = {"Idempotency-Key": "same"}
    _, mine = await world.ask("POST", "/api/commands?wait=0", {"text": "status"}, {**BEARER, **keyed})
    _, hers = await world.ask("POST", "/api/commands?wait=0", {"text": "status"}, {**MALLORYS, **keyed})

    assert mine["id"] != hers["id"]


async def test_every_route_that_is_described_wants_to_know_who_asks(world: ApiWorld) -> None:
    _, described = await world.ask("GET", "/openapi.json")
    open_to_all = {"/api/auth/github", "/api/auth/refresh"}
    for path, operations in described["paths"].items():
        if path in open_to_all or not path.startswith("/api/"):
            continue
        for method in operations:
            body = {"text": "x"} if method in {"post", "patch"} else None
            filled = path
            for name in ("agent_id", "command_id", "schedule_id", "token_id", "device_id", "request_id"):
                filled = filled.replace(f"{{{name}}}", str(uuid4()))
            status, _ = await world.ask(method.upper(), filled, body, {})
            assert status == 401, (method, path)


# Agents


async def test_agents_are_listed_in_pages_and_by_status(world: ApiWorld) -> None:
    agents = await some_agents(world, 5)
    async with world.database.transaction() as tx:
        await tx.connection.execute("update agents set status = 'running' where id = $1", agents[1].id)
    _, first = await world.ask("GET", "/api/agents?limit=2")
    _, second = await world.ask("GET", f"/api/agents?limit=2&cursor={first['nextCursor']}")
    _, third = await world.ask("GET", f"/api/agents?limit=2&cursor={second['nextCursor']}")
    _, running = await world.ask("GET", "/api/agents?status=running,paused")

    numbers = [agent["number"] for page in (first, second, third) for agent in page["agents"]]
    assert numbers == [5, 4, 3, 2, 1]
    assert third["nextCursor"] is None
    assert [agent["id"] for agent in running["agents"]] == [str(agents[1].id)]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "status=nope", "cursor=!!", "cursor=bm8", "x=1"])
async def test_what_cannot_be_asked_is_said_in_a_sentence(world: ApiWorld, query: str) -> None:
    status, problem = await world.ask("GET", f"/api/agents?{query}")

    assert (status, problem["status"]) == (400, 400)
    assert problem["detail"]
    assert problem["requestId"]


async def test_an_agent_is_put_to_work_once_however_often_it_is_asked_for(world: ApiWorld) -> None:
    keyed = {**BEARER, "Idempotency-Key": "k"}
    answers = await asyncio.gather(*(world.ask("POST", "/api/agents", NEW, keyed) for _ in range(4)))
    _, other = await world.ask("POST", "/api/agents", {**NEW, "planFirst": True, "branch": "develop"})

    assert {status for status, _ in answers} == {201}
    assert len({agent["id"] for _, agent in answers}) == 1
    assert (other["branch"], other["status"], other["source"]) == ("develop", "pending", "app")
    assert len((await world.ask("GET", "/api/agents"))[1]["agents"]) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**NEW, "repo": "local/nothing"}, 404),
        ({**NEW, "taskDescription": " "}, 400),
        ({**NEW, "branch": "--upload-pack=x"}, 400),
        ({**NEW, "unknown": 1}, 400),
        ({"repo": "local/wallet-frontend"}, 400),
        ([], 400),
    ],
)
async def test_work_that_cannot_be_is_refused(world: ApiWorld, body: object, status: int) -> None:
    assert (await world.ask("POST", "/api/agents", body))[0] == status
    assert (await world.ask("GET", "/api/agents"))[1]["agents"] == []


async def test_the_free_plan_ends_in_a_sentence(world: ApiWorld) -> None:
    async with world.database.transaction() as tx:
        await tx.connection.execute("update people set plan = $1 where id = $2", Plan.FREE, PERSON.id)
    statuses = [(await world.ask("POST", "/api/agents", NEW))[0] for _ in range(3)]
    _, problem = await world.ask("POST", "/api/agents", NEW)

    assert statuses == [201, 201, 409]
    assert "as many as there can be" in problem["detail"]


async def test_an_agent_is_paused_resumed_told_and_stopped(world: ApiWorld) -> None:
    _, agent = await world.ask("POST", "/api/agents", NEW)
    url = f"/api/agents/{agent['id']}"
    paused = await world.ask("POST", f"{url}/pause")
    too_early = await world.ask("POST", f"{url}/resume")
    told = await world.ask("POST", f"{url}/messages", {"text": "and add a test"})
    unasked = await world.ask("POST", f"{url}/answers", {"text": "yes"})
    neither = await world.ask("POST", f"{url}/answers", {})
    stopped = await world.ask("DELETE", url)
    again = await world.ask("DELETE", url)

    assert (paused[0], told[0], stopped[0]) == (202, 202, 202)
    assert (too_early[0], unasked[0], neither[0], again[0]) == (409, 409, 400, 409)
    assert stopped[1]["status"] == "cancelled"
    assert "cancelled" in again[1]["detail"]


async def test_an_answer_by_its_number_answers_the_question_that_is_open(world: ApiWorld) -> None:
    (agent,) = await some_agents(world, 1)
    question = {"leg": 1, "seq": 3, "text": "Which one?", "options": ["left", "right"]}
    async with world.database.transaction() as tx:
        await tx.connection.execute(
            "update agents set status = 'running', question = $2 where id = $1", agent.id, question
        )
    beyond, _ = await world.ask("POST", f"/api/agents/{agent.id}/answers", {"option": 2})
    status, shown = await world.ask("POST", f"/api/agents/{agent.id}/answers", {"option": 1})
    async with world.database.transaction() as tx:
        (followup,) = await tx.followups.waiting(agent.id)

    assert (beyond, status, shown["question"]) == (409, 202, None)
    assert followup.text == "right"


# Live


def happened(agent: Agent, seq: int, *, leg: int = 1) -> Event:
    happening = Started("laptop") if seq == 1 else StepTaken("Bash", f"step {seq}")
    return Event(agent.id, leg, seq, datetime.now(UTC), happening)


async def report(world: ApiWorld, *events: Event) -> None:
    async with world.database.transaction() as tx:
        for event in events:
            assert await tx.events.record(event)
        await tx.connection.execute("update agents set updated_at = now() where id = $1", events[0].agent_id)
        tx.ring(WatchRing(PERSON.id))


async def test_logs_are_read_in_pages_and_followed(world: ApiWorld) -> None:
    (agent,) = await some_agents(world, 1)
    await report(world, *(happened(agent, seq) for seq in (1, 2, 3)))
    url = f"/api/agents/{agent.id}/logs"
    _, first = await world.ask("GET", f"{url}?limit=2")
    _, second = await world.ask("GET", f"{url}?cursor={first['nextCursor']}")
    following = asyncio.create_task(world.ask("GET", f"{url}?follow=true&cursor={second['nextCursor']}"))
    await asyncio.sleep(0)
    await report(world, happened(agent, 4))
    _, third = await asyncio.wait_for(following, PATIENCE)

    assert [event["id"] for page in (first, second, third) for event in page["events"]] == ["1.1", "1.2", "1.3", "1.4"]
    assert (first["events"][0]["kind"], second["events"][0]["happening"]["summary"]) == ("started", "step 3")
    assert (await world.ask("GET", f"{url}?cursor=x"))[0] == 400


class Stream:
    """An open event stream."""

    def __init__(self, connection: quart.typing.TestHTTPConnectionProtocol) -> None:
        self.connection = connection
        self.text = ""

    async def next(self) -> tuple[str, str, dict[str, Any]]:
        """The next event: its id, its name and its data."""
        async with asyncio.timeout(PATIENCE):
            while True:
                while "\n\n" not in self.text:
                    self.text += (await self.connection.receive()).decode()
                block, _, self.text = self.text.partition("\n\n")
                lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
                if "data" in lines:
                    return lines["id"], lines["event"], json.loads(lines["data"])


async def watched(world: ApiWorld, path: str, last: str | None = None) -> Stream:
    headers = {**BEARER, **({"Last-Event-ID": last} if last else {})}
    connection = world.client.request(path, headers=headers)
    await connection.__aenter__()
    await connection.send_complete()
    stream = Stream(connection)
    async with asyncio.timeout(PATIENCE):
        stream.text = (await connection.receive()).decode()
    return stream


async def test_an_agents_events_are_watched_and_taken_up_where_they_broke_off(world: ApiWorld) -> None:
    (agent,) = await some_agents(world, 1)
    await report(world, happened(agent, 1), happened(agent, 2))
    url = f"/api/agents/{agent.id}/events"
    stream = await watched(world, url)
    seen = [await stream.next(), await stream.next()]
    await report(world, happened(agent, 3))
    seen.append(await stream.next())
    later = await watched(world, url, seen[1][0])
    taken_up = [await later.next()]
    await report(world, happened(agent, 1, leg=2))
    taken_up.append(await later.next())
    seen.append(await stream.next())

    assert [place for place, _, _ in seen] == ["1.1", "1.2", "1.3", "2.1"]
    assert [place for place, _, _ in taken_up] == ["1.3", "2.1"]
    assert seen[0][1] == "started"


async def test_all_agents_are_watched_as_they_change_and_nobody_elses(world: ApiWorld) -> None:
    stream = await watched(world, "/api/events")
    _, created = await world.ask("POST", "/api/agents", NEW)
    place, kind, shown = await stream.next()
    await world.ask("DELETE", f"/api/agents/{created['id']}")
    later = await watched(world, "/api/events", place)
    missed = await later.next()

    assert (kind, shown["id"], shown["status"]) == ("agent", created["id"], "pending")
    assert missed[2]["status"] == "cancelled"


async def test_when_the_process_ends_so_do_its_streams(world: ApiWorld) -> None:
    (agent,) = await some_agents(world, 1)
    stream = await watched(world, f"/api/agents/{agent.id}/events")
    await world.watch.close()
    async with asyncio.timeout(PATIENCE):
        await stream.connection.disconnect()


# Commands


async def test_a_command_is_answered_with_what_came_of_it(world: ApiWorld) -> None:
    running = asyncio.create_task(world.reception.run())
    status, told = await world.ask("POST", "/api/commands", {"text": TASK})
    _, asked = await world.ask("POST", "/api/commands", {"text": f"stop {told['agent']['name']}"})
    action = asked["reply"]["actions"][0]["token"]
    _, pressed = await world.ask("POST", "/api/commands", {"action": action})
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert (status, told["done"], told["command"]["intent"]) == (200, True, "create_agent")
    assert told["command"]["entities"]["taskDescription"]
    assert "is starting on wallet-frontend" in told["reply"]["text"]
    assert asked["reply"]["actions"]
    assert pressed["done"]
    assert (await world.ask("GET", told["url"]))[1]["agent"]["status"] == "cancelled"


# One's own


async def test_settings_are_changed_one_by_one(world: ApiWorld) -> None:
    _, changed = await world.ask(
        "PATCH", "/api/me", {"language": "de", "dictionary": ["Ledricor", " Zod ", "Zod"], "timeZone": "Europe/Berlin"}
    )
    _, again = await world.ask("PATCH", "/api/me", {"language": "", "planFirst": True})
    bad = [await world.ask("PATCH", "/api/me", body) for body in ({"timeZone": "Mars"}, {"language": "german"})]

    assert (changed["language"], changed["dictionary"]) == ("de", ["Ledricor", "Zod"])
    assert (again["language"], again["dictionary"], again["timeZone"]) == (None, ["Ledricor", "Zod"], "Europe/Berlin")
    assert again["planFirst"]
    assert [status for status, _ in bad] == [400, 400]


async def test_usage_says_what_is_left(world: ApiWorld) -> None:
    await world.ask("POST", "/api/agents", NEW)
    _, pro = await world.ask("GET", "/api/usage")
    _, free = await world.ask("GET", "/api/usage", headers=MALLORYS)

    assert (pro["agentsThisMonth"], pro["agentsLeft"], pro["agentsAtWork"]) == (1, None, 1)
    assert (free["plan"], free["agentsLeft"]) == ("free", 5)
    assert {cap["purse"] for cap in pro["caps"]} == {"day", "month"}


async def test_whoever_leaves_takes_everything_along(world: ApiWorld) -> None:
    session = await signed_in(world)
    hers = bearing(session)
    await world.ask("POST", "/api/commands?wait=0", {"text": "my secret plan"}, hers)
    _, agent = await world.ask("POST", "/api/agents", NEW, hers)
    early, _ = await world.ask("DELETE", "/api/me", headers=hers)
    await world.ask("DELETE", f"/api/agents/{agent['id']}", headers=hers)
    left, _ = await world.ask("DELETE", "/api/me", headers=hers)
    async with world.database.transaction() as tx:
        people = await tx.connection.fetchval("select count(*) from people where name = 'Ada' and plan = 'free'")
        sent = await tx.connection.fetchval("select count(*) from inbox where content::text like '%secret plan%'")

    assert (early, left, people, sent) == (409, 204, 0, 0)
    assert (await world.ask("GET", "/api/me", headers=hers))[0] == 401


async def test_schedules_are_listed_paused_and_deleted(world: ApiWorld) -> None:
    schedule = await some_schedule(world)
    url = f"/api/schedules/{schedule.id}"
    _, paused = await world.ask("PATCH", url, {"paused": True})
    _, resumed = await world.ask("PATCH", url, {"paused": False})
    deleted, _ = await world.ask("DELETE", url)

    assert (paused["paused"], resumed["paused"], deleted) == (True, False, 204)
    assert (await world.ask("GET", "/api/schedules"))[1] == {"schedules": []}


def browser(endpoint: str = "https://updates.push.services.mozilla.com/wpush/v2/abc") -> dict[str, str]:
    return {"endpoint": endpoint, "p256dh": "B" * 87, "auth": "a" * 22}


async def test_a_browser_is_told_of_news_until_it_is_removed_and_nobody_takes_it_over(world: ApiWorld) -> None:
    _, device = await world.ask("POST", "/api/devices", browser())
    again, _ = await world.ask("POST", "/api/devices", browser())
    taken_over, _ = await world.ask("POST", "/api/devices", browser(), MALLORYS)
    inward, _ = await world.ask("POST", "/api/devices", browser("http://169.254.169.254/"))
    _, listed = await world.ask("GET", "/api/devices")
    removed, _ = await world.ask("DELETE", f"/api/devices/{device['id']}")

    assert (again, taken_over, inward, removed) == (201, 409, 400, 204)
    assert len(listed["devices"]) == 1


async def test_repositories_are_found_by_a_part_of_their_name(world: ApiWorld) -> None:
    _, found = await world.ask("GET", "/api/repos?q=WALLET")
    _, nothing = await world.ask("GET", "/api/repos?q=zzz")

    assert [repo["fullName"] for repo in found["repos"]] == ["local/wallet-frontend"]
    assert nothing == {"repos": [], "installUrl": None}


async def test_an_account_is_unlinked_and_is_a_strangers(world: ApiWorld) -> None:
    unlinked, _ = await world.ask("DELETE", "/api/links", {"channel": "telegram", "externalId": "42"})
    again, _ = await world.ask("DELETE", "/api/links", {"channel": "telegram", "externalId": "42"})
    own, _ = await world.ask("DELETE", "/api/links", {"channel": "app", "externalId": "local"})
    nobody, _ = await world.ask("DELETE", "/api/links", {"channel": "telegram", "externalId": "4\x002"})

    assert (unlinked, again, own, nobody) == (204, 404, 409, 400)


async def test_what_is_wrong_just_now_is_said(world: ApiWorld) -> None:
    _, alone = await world.ask("GET", "/api/usage")
    async with world.database.transaction() as tx:
        await tx.machines.seen(LOCAL_MACHINE)
        await tx.replies.promise(Address(Channel.TELEGRAM, SENDER), Reply("Done."), once="1")
        await tx.connection.execute("update replies set abandoned_at = now()")
    _, lost = await world.ask("GET", "/api/usage")
    _, hers = await world.ask("GET", "/api/usage", headers=MALLORYS)

    assert alone["health"] == ["No machine is connected: agents wait until there is one."]
    assert lost["health"] == ["1 message could not be delivered by Telegram this week."]
    assert hers["health"] == []


# Limits and manners


async def test_limits_are_exact_however_many_ask_at_once(database_url: str, redis_url: str, tmp_path: Path) -> None:
    async with api_world(database_url, redis_url, tmp_path, quota=120) as world:
        answers = await asyncio.gather(*(world.client.get("/api/me", headers=BEARER) for _ in range(200)))
    statuses = [answer.status_code for answer in answers]
    refused = next(answer for answer in answers if answer.status_code == 429)

    assert (statuses.count(200), statuses.count(429)) == (120, 80)
    assert refused.content_type == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert (
        next(answer for answer in answers if answer.status_code == 200).headers["RateLimit"].startswith('"default";r=')
    )


async def test_no_window_however_it_lies_has_more_requests_than_the_limit(redis_url: str) -> None:
    async with redis.asyncio.from_url(redis_url) as client:
        limit = RateLimit(client, "test", 10, window=1)

        async def let_through() -> int:
            spent = await asyncio.gather(*(limit.spend("ada") for _ in range(5)), return_exceptions=True)
            return sum(isinstance(each, Allowance) for each in spent)

        first, second = await let_through(), await _after(0.6, let_through)
        # The first five have left the window, the second five have not.
        third = [await _after(0.6, let_through), await let_through()]
        other = await limit.spend("grace")

    assert (first, second, third) == (5, 5, [5, 0])
    assert other is not None
    assert other.left == 9


async def _after(seconds: float, act: Callable[[], Awaitable[int]]) -> int:
    await asyncio.sleep(seconds)
    return await act()


async def test_whoever_looks_again_is_spared_what_they_know(world: ApiWorld) -> None:
    first = await world.client.get("/api/agents", headers=BEARER)
    again = await world.client.get("/api/agents", headers={**BEARER, "If-None-Match": first.headers["ETag"]})
    await world.ask("POST", "/api/agents", NEW)
    changed = await world.client.get("/api/agents", headers={**BEARER, "If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert await again.get_data() == b""


async def test_only_pages_that_were_named_may_use_the_api_in_a_browser(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    ours = "https://app.example"
    async with api_world(database_url, redis_url, tmp_path, origins=frozenset({ours})) as world:
        asked = {"Origin": ours, "Access-Control-Request-Method": "POST"}
        preflight = await world.client.options("/api/agents", headers=asked)
        allowed = await world.client.get("/api/me", headers={**BEARER, "Origin": ours})
        foreign = await world.client.get("/api/me", headers={**BEARER, "Origin": "https://evil.example"})

    assert preflight.status_code == 204
    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    assert allowed.headers["Access-Control-Allow-Origin"] == ours
    assert "Access-Control-Allow-Origin" not in foreign.headers


async def test_a_request_has_a_name_and_a_body_has_an_end(world: ApiWorld) -> None:
    named = await world.client.get("/api/me", headers={**BEARER, "X-Request-Id": "abc-1"})
    forged = await world.client.get("/api/me", headers={**BEARER, "X-Request-Id": "a b\tc"})
    status, problem = await world.ask("POST", "/api/agents", {**NEW, "taskDescription": "x" * (1 << 20)})

    assert named.headers["X-Request-Id"] == "abc-1"
    assert forged.headers["X-Request-Id"] not in {"", "a b\tc"}
    assert (status, problem["title"]) == (413, "Request Entity Too Large")


async def test_the_api_describes_itself_to_machines_and_to_people(world: ApiWorld) -> None:
    _, described = await world.ask("GET", "/openapi.json")
    page = await world.client.get("/docs")

    assert described["openapi"].startswith("3.1")
    assert {"/api/agents", "/api/commands", "/api/me", "/api/auth/github"} <= set(described["paths"])
    assert not [path for path in described["paths"] if "gateway" in path or "webhooks" in path]
    assert "GET /api/agents" in (await page.get_data(as_text=True))


# Codebase


async def read_by(world: ApiWorld, source: GitSource) -> None:
    """Play the worker: read what has been asked for."""

    async def asked() -> bool:
        async with world.database.transaction() as tx:
            return await tx.connection.fetchval("select count(*) from code_requests where done_at is null") == 1

    await eventually(asked)
    synced = await Indexer(world.database).sync(PERSON.id, "local/wallet-frontend", source)
    async with world.database.transaction() as tx:
        await tx.code.on_branch(synced.state.id, "main")
        await tx.code.settle(await tx.connection.fetchval("select id from code_requests"), None)
        tx.ring(WatchRing(PERSON.id))


async def test_a_repository_is_read_and_what_is_known_about_it_is_said(world: ApiWorld, tmp_path: Path) -> None:
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "login.ts").write_text("export function loginRedirect(next: string) {\n  return next\n}\n")
    (folder / "package.json").write_text('{"dependencies": {"react": "19.2.7"}}')
    for command in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "begin")):
        await git(folder, *command)
    wanted = {"repo": "local/wallet-frontend", "task": "the login redirect is broken"}
    asking = asyncio.create_task(world.ask("POST", "/api/codebase/analyze", wanted))
    await read_by(world, GitSource(folder))
    status, context = await asking
    _, listed = await world.ask("GET", "/api/codebase")
    nothing, _ = await world.ask("POST", "/api/codebase/analyze", {"repo": "local/nothing"})

    assert (status, nothing) == (200, 404)
    assert (context["framework"], context["language"], context["branch"]) == ("react", "typescript", "main")
    assert context["dependencies"] == [{"name": "react", "version": "19.2.7"}]
    assert context["relevantFiles"][0]["path"] == "login.ts"
    assert context["relevantFiles"][0]["reason"]
    assert [each["repoName"] for each in listed["codebases"]] == ["local/wallet-frontend"]
    assert (await world.ask("GET", "/api/codebase", headers=MALLORYS))[1] == {"codebases": []}


async def test_whoever_signs_in_may_do_no_more_than_github_lets_them(world: ApiWorld) -> None:
    hers = bearing(await signed_in(world))
    world.github.repos = {"local/wallet-frontend": True, "ada-l/private": True}
    _, listed = await world.ask("GET", "/api/repos", headers=hers)
    allowed, agent = await world.ask("POST", "/api/agents", NEW, hers)
    await world.ask("DELETE", f"/api/agents/{agent['id']}", headers=hers)
    world.github.repos = {"local/wallet-frontend": False}
    reading, _ = await world.ask("POST", "/api/agents", NEW, hers)
    world.github.repos = {}
    nothing, _ = await world.ask("POST", "/api/agents", NEW, hers)
    world.github.token = "another"
    signed_out, problem = await world.ask("GET", "/api/repos", headers=hers)

    assert [repo["fullName"] for repo in listed["repos"]] == ["local/wallet-frontend"]
    assert (allowed, reading, nothing, signed_out) == (201, 409, 404, 409)
    assert "Sign in again" in problem["detail"]


# Schedules


async def test_a_schedule_is_made_once_and_by_the_persons_clock(world: ApiWorld) -> None:
    wanted = {
        "repo": "local/wallet-frontend",
        "taskDescription": "update the dependencies",
        "rhythm": {"days": [4, 0], "at": "07:30"},
    }
    keyed = {**BEARER, "Idempotency-Key": "k"}
    status, made = await world.ask("POST", "/api/schedules", wanted, keyed)
    _, again = await world.ask("POST", "/api/schedules", wanted, keyed)
    _, listed = await world.ask("GET", "/api/schedules")
    nowhere, _ = await world.ask("POST", "/api/schedules", {**wanted, "repo": "local/nothing"})
    never, problem = await world.ask("POST", "/api/schedules", {**wanted, "rhythm": {"at": "25:00"}})

    assert (status, made["taskDescription"]) == (201, "update the dependencies")
    assert (made["repoName"], made["branch"], made["timeZone"]) == ("local/wallet-frontend", "main", "UTC")
    assert "Monday" in made["rhythm"]
    assert "Friday" in made["rhythm"]
    assert listed["schedules"] == [made] == [again]
    assert datetime.fromisoformat(made["nextAt"]).hour == 7
    assert (nowhere, never) == (404, 400)
    assert "rhythm.at" in problem["detail"]
