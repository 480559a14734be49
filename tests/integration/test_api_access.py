"""Who the API lets in, how far, and for how long."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from core.model.ring import WatchRing
from core.vault import Vault
from tests.builders import PERSON
from tests.integration.api_world import BEARER, KEY, MALLORYS, ApiWorld, api_world, bearing, served, signed_in
from tests.integration.core_world import PATIENCE, TASK, execute
from tests.integration.test_api import NEW, happened, report, some_agents


@pytest_asyncio.fixture
async def world(database_url: str, redis_url: str, tmp_path: Path) -> AsyncGenerator[ApiWorld]:
    async with api_world(database_url, redis_url, tmp_path) as world:
        yield world


async def made(world: ApiWorld, **wanted: object) -> tuple[dict[str, Any], dict[str, str]]:
    """A token, and the header that it makes."""
    _, token = await world.ask("POST", "/api/tokens", {"name": "program", "scope": "write", **wanted})
    return token, {"Authorization": f"Bearer {token['token']}"}


# Deny by default


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/agents", {"nobody": "knows this"}),
        ("GET", "/api/agents?limit=many", None),
        ("GET", "/api/no-such-thing", None),
        ("PUT", "/api/agents", None),
    ],
)
async def test_a_stranger_learns_nothing_from_what_is_wrong_with_a_request(
    world: ApiWorld, method: str, path: str, body: object
) -> None:
    assert (await world.ask(method, path, body, {}))[0] == 401


async def test_a_strangers_slow_body_is_not_waited_for(world: ApiWorld) -> None:
    async with served(world) as url, asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
        writer.write(b"POST /api/agents HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
        writer.write(b"Content-Length: 1000\r\n\r\n{")
        await writer.drain()
        status = await reader.readline()
        writer.close()

    assert status.startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize("path", ["/api/agents", "/api/commands", "/api/tokens"])
async def test_a_text_nested_without_end_is_a_bad_request(world: ApiWorld, path: str) -> None:
    headers = {**BEARER, "Content-Type": "application/json", "Content-Length": "200000"}
    answer = await world.client.post(path, data=b"[" * 200_000, headers=headers)

    assert answer.status_code == 400


async def test_a_database_that_does_not_answer_is_said_to_be_unavailable(
    world: ApiWorld, postgres_server: str, database_url: str
) -> None:
    name = urlsplit(database_url).path.strip("/")
    server = await asyncpg.connect(postgres_server)
    await server.execute(f"alter database {name} allow_connections false")
    await server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
    gone = [await world.ask("GET", path) for path in ("/readyz", "/api/agents", "/api/repos")]
    alive, _ = await world.ask("GET", "/healthz")
    await server.execute(f"alter database {name} allow_connections true")
    await server.close()
    back, _ = await world.ask("GET", "/api/agents")

    assert [status for status, _ in gone] == [503, 503, 503]
    assert "Try again" in gone[1][1]["detail"]
    assert (alive, back) == (200, 200)


async def test_strangers_behind_our_proxy_do_not_share_an_allowance(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with (
        api_world(database_url, redis_url, tmp_path, quota=1) as world,
        served(world, proxies=1) as url,
        httpx.AsyncClient(base_url=url) as http,
    ):
        # What a client says about itself stands in front of what the proxy has seen.
        loud = [{"X-Forwarded-For": f"10.0.0.{number}, 198.51.100.7"} for number in range(4)]
        shouted = [(await http.get("/api/me", headers=headers)).status_code for headers in loud]
        other = await http.get("/api/me", headers={"X-Forwarded-For": "198.51.100.8"})

    assert shouted == [401, 401, 429, 429]
    assert other.status_code == 401


# Tokens


async def test_a_token_is_shown_once_and_opens_what_its_scope_says_until_it_is_revoked(world: ApiWorld) -> None:
    _, reading = await world.ask("POST", "/api/tokens", {"name": "dashboard"})
    _, writing = await world.ask("POST", "/api/tokens", {"name": "ci", "scope": "write", "days": 1})
    read, write = ({"Authorization": f"Bearer {made['token']}"} for made in (reading, writing))
    _, listed = await world.ask("GET", "/api/tokens", headers=read)
    refused, problem = await world.ask("POST", "/api/agents", NEW, read)
    allowed, _ = await world.ask("POST", "/api/agents", NEW, write)
    revoked, _ = await world.ask("DELETE", f"/api/tokens/{writing['id']}")
    await execute(world.database, "update access_tokens set expires_at = now() where name = 'dashboard'")

    assert "token" not in listed["tokens"][0]
    assert (refused, allowed, revoked) == (403, 201, 204)
    assert "only read" in problem["detail"]
    assert (await world.ask("GET", "/api/me", headers=write))[0] == 401
    assert (await world.ask("GET", "/api/me", headers=read))[0] == 401
    async with world.database.transaction() as tx:
        kept = await tx.connection.fetchval("select string_agg(access_tokens::text, ' ') from access_tokens")
    assert reading["token"] not in kept


async def test_a_page_of_somebody_elses_does_nothing_in_my_name(world: ApiWorld) -> None:
    client = world.client
    await client.get("/?token=the-local-token")
    foreign = await client.post("/api/tokens", json={"name": "x"}, headers={"Origin": "https://evil.example"})
    fetched = await client.post("/api/tokens", json={"name": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    ours = await client.post("/api/tokens", json={"name": "x"}, headers={"Sec-Fetch-Site": "same-origin"})

    assert (foreign.status_code, fetched.status_code, ours.status_code) == (403, 403, 201)


# Signing in


async def test_somebody_signs_in_with_github_and_is_the_same_person_the_next_time(world: ApiWorld) -> None:
    first, second = await signed_in(world), await signed_in(world)
    _, me = await world.ask("GET", "/api/me", headers=bearing(second))
    async with world.database.transaction() as tx:
        kept = await tx.connection.fetchval("select token from github_accounts")

    assert first["person"]["id"] == second["person"]["id"] == me["id"]
    assert (me["name"], me["plan"]) == ("Ada", "free")
    assert b"gho_1" not in kept
    assert (await world.ask("GET", "/api/agents", headers=bearing(first)))[1]["agents"] == []


async def test_a_sign_in_that_was_not_begun_here_or_is_not_its_own_comes_to_nothing(world: ApiWorld) -> None:
    _, begun = await world.ask("GET", "/api/auth/github", headers={})
    _, other = await world.ask("GET", "/api/auth/github", headers={})
    code = world.github.authorize(begun["authorizeUrl"])
    forged, _ = await world.ask("POST", "/api/auth/github", {"code": code, "state": "made-up"}, {})
    crossed, _ = await world.ask("POST", "/api/auth/github", {"code": code, "state": other["state"]}, {})
    replayed, _ = await world.ask("POST", "/api/auth/github", {"code": code, "state": other["state"]}, {})

    assert (forged, crossed, replayed) == (401, 401, 401)


async def test_only_accounts_that_the_installation_is_open_to_come_in(world: ApiWorld) -> None:
    world.github.login = "mallory"
    _, begun = await world.ask("GET", "/api/auth/github", headers={})
    code = world.github.authorize(begun["authorizeUrl"])
    status, problem = await world.ask("POST", "/api/auth/github", {"code": code, "state": begun["state"]}, {})

    assert status == 403
    assert "not open to your GitHub account" in problem["detail"]


async def test_a_github_that_is_down_is_said_to_be(world: ApiWorld) -> None:
    world.github.down = True
    _, begun = await world.ask("GET", "/api/auth/github", headers={})
    status, problem = await world.ask("POST", "/api/auth/github", {"code": "c", "state": begun["state"]}, {})

    assert (status, "Try again" in problem["detail"]) == (503, True)


async def test_a_refresh_token_is_good_once_and_a_stolen_one_ends_the_session(world: ApiWorld) -> None:
    session = await signed_in(world)
    spent = {"refreshToken": session["refreshToken"]}
    status, following = await world.ask("POST", "/api/auth/refresh", spent, {})
    fresh, _ = await world.ask("GET", "/api/me", headers=bearing(following))
    reused, _ = await world.ask("POST", "/api/auth/refresh", spent, {})
    after, _ = await world.ask("GET", "/api/me", headers=bearing(following))
    thief, _ = await world.ask("POST", "/api/auth/refresh", {"refreshToken": following["refreshToken"]}, {})

    assert (status, fresh, reused, after, thief) == (200, 200, 401, 401, 401)


async def test_an_account_that_signs_in_everywhere_at_once_for_the_first_time_is_one_person(world: ApiWorld) -> None:
    sessions = await asyncio.gather(*(signed_in(world) for _ in range(6)))

    assert len({session["person"]["id"] for session in sessions}) == 1


async def test_a_browser_finishes_only_the_sign_in_that_it_has_begun(world: ApiWorld) -> None:
    _, elsewhere = await world.ask("GET", "/api/auth/github", headers={})
    code = world.github.authorize(elsewhere["authorizeUrl"])
    browser = world.client
    begun = await (await browser.get("/api/auth/github")).get_json()
    ours = {"Sec-Fetch-Site": "same-origin"}
    theirs = await browser.post("/api/auth/github", json={"code": code, "state": elsewhere["state"]}, headers=ours)
    code = world.github.authorize(begun["authorizeUrl"])
    own = await browser.post("/api/auth/github", json={"code": code, "state": begun["state"]}, headers=ours)

    assert (theirs.status_code, own.status_code) == (401, 200)


async def test_a_browser_stays_signed_in_by_cookies_that_no_script_can_read(world: ApiWorld) -> None:
    browser, ours = world.client, {"Sec-Fetch-Site": "same-origin"}
    begun = await (await browser.get("/api/auth/github", headers=ours)).get_json()
    code = world.github.authorize(begun["authorizeUrl"])
    signed = await browser.post("/api/auth/github", json={"code": code, "state": begun["state"]}, headers=ours)
    me = await browser.get("/api/me", headers=ours)
    changed = await browser.patch("/api/me", json={"name": "Ada"}, headers=ours)
    foreign = await browser.patch("/api/me", json={"name": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    next_pair = await browser.post("/api/auth/refresh", json={}, headers=ours)
    again = await browser.get("/api/me", headers=ours)
    stranger = await world.client.post("/api/auth/refresh", json={}, headers=ours)
    session = await signed.get_json()

    assert (session["accessToken"], session["refreshToken"]) == (None, None)
    cookies = signed.headers.getlist("Set-Cookie")
    assert all("SameSite=Strict" in cookie for cookie in cookies)
    # That somebody is signed in is no secret.
    assert [cookie.partition(";")[0] for cookie in cookies if "HttpOnly" not in cookie] == ["cadence_here=yes"]
    assert (me.status_code, changed.status_code, foreign.status_code) == (200, 200, 403)
    assert (next_pair.status_code, again.status_code, stranger.status_code) == (200, 200, 401)


async def test_a_new_key_closes_anew_what_the_old_one_has_closed(world: ApiWorld) -> None:
    session = await signed_in(world)
    new = SecretStr("n" * 40)
    async with world.database.transaction() as tx:
        await tx.access.renew_github(Vault([new, KEY]).renew)
        closed = await tx.access.github_token(UUID(session["person"]["id"]))
        await tx.access.renew_github(Vault([KEY]).renew)
        lost = await tx.access.github_token(UUID(session["person"]["id"]))

    assert closed is not None
    assert Vault([new]).open(closed) == "gho_1"
    assert lost == closed


async def test_signing_out_ends_every_session(world: ApiWorld) -> None:
    phone, laptop = await signed_in(world), await signed_in(world)
    status, _ = await world.ask("POST", "/api/auth/sign-out", headers=bearing(phone))

    assert status == 204
    assert [(await world.ask("GET", "/api/me", headers=bearing(each)))[0] for each in (phone, laptop)] == [401, 401]
    assert (await world.ask("POST", "/api/auth/refresh", {"refreshToken": laptop["refreshToken"]}, {}))[0] == 401


async def test_a_token_neither_outlives_itself_nor_locks_anybody_out(world: ApiWorld) -> None:
    token, program = await made(world, days=1)
    asked = [
        ("POST", "/api/tokens", {"name": "for ever"}),
        ("DELETE", f"/api/tokens/{token['id']}", None),
        ("POST", "/api/links", None),
        ("DELETE", "/api/links", {"channel": "telegram", "externalId": "42"}),
        ("POST", "/api/auth/sign-out", None),
        ("DELETE", "/api/me", None),
    ]
    answers = [await world.ask(method, path, body, program) for method, path, body in asked]

    assert [status for status, _ in answers] == [403] * len(asked)
    assert "Sign in yourself" in answers[0][1]["detail"]
    assert len((await world.ask("GET", "/api/tokens"))[1]["tokens"]) == 1


async def test_a_persons_commands_are_theirs_however_they_have_signed_in(world: ApiWorld) -> None:
    _, program = await made(world)
    handling = asyncio.create_task(world.reception.run())
    status, by_program = await world.ask("POST", "/api/commands", {"text": TASK}, program)
    read, at_the_computer = await world.ask("GET", by_program["url"])
    handling.cancel()
    await asyncio.gather(handling, return_exceptions=True)

    assert (status, read) == (200, 200)
    assert "is starting on wallet-frontend" in by_program["reply"]["text"]
    assert at_the_computer == by_program


@pytest.mark.parametrize("ending", ["revoked", "run out", "signed out"])
async def test_what_somebody_has_opened_is_shut_when_their_way_in_ends(world: ApiWorld, ending: str) -> None:
    (agent,) = await some_agents(world, 1)
    token, program = await made(world)
    opened = MALLORYS if ending == "signed out" else program
    paths = ["/api/events"] if ending == "signed out" else ["/api/events", f"/api/agents/{agent.id}/events"]

    async def end() -> None:
        match ending:
            case "revoked":
                await world.ask("DELETE", f"/api/tokens/{token['id']}")
            case "run out":
                await execute(world.database, "update access_tokens set expires_at = now()")
            case _:
                await world.ask("POST", "/api/auth/sign-out", headers=MALLORYS)
        async with world.database.transaction() as tx:
            await tx.connection.execute("update agents set step = 'a secret', updated_at = now()")
            tx.ring(WatchRing(PERSON.id))

    async with served(world) as url, httpx.AsyncClient(base_url=url, headers=opened) as http, AsyncExitStack() as stack:
        streams = [(await stack.enter_async_context(http.stream("GET", path))).aiter_lines() for path in paths]
        assert [await anext(stream) for stream in streams] == ["retry: 1000"] * len(paths)
        await end()
        async with asyncio.timeout(5):
            told = [line for stream in streams async for line in stream]

    assert not [line for line in told if "secret" in line]


async def test_a_watcher_who_comes_while_the_last_one_leaves_is_told(world: ApiWorld) -> None:
    one, other = await some_agents(world, 2)
    await report(world, happened(one, 1))
    await report(world, happened(other, 1))
    leaving, coming = world.watch.events(one, (0, 0)), world.watch.events(other, (0, 0))
    await anext(leaving)
    waits = asyncio.create_task(anext(leaving))
    first = asyncio.create_task(anext(coming))
    # One turn of the loop: whoever comes has begun, and asks the database where the agent is.
    await asyncio.sleep(0)
    waits.cancel()
    await asyncio.gather(waits, return_exceptions=True)
    await first
    told = asyncio.create_task(anext(coming))
    # It has nothing to tell yet; meanwhile it has read all that there was, so that only its reader can tell the rest.
    early, _ = await asyncio.wait({told}, timeout=0.3)
    await report(world, happened(other, 2))
    async with asyncio.timeout(PATIENCE):
        event = await told
    await coming.aclose()

    assert not early
    assert event is not None
    assert event.seq == 2
