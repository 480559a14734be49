"""What a person at this computer can ask of the API, and what comes back when they get it wrong."""

import asyncio
import gzip
import io
import json
import re
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from quart import Response
from quart.datastructures import FileStorage

from api.agents import agent_routes
from api.app import create_app
from api.auth import LocalSignIn
from api.callers import Callers
from api.notifier import AppRecordings
from api.sessions import SessionTokens
from api.webhooks import webhook_routes
from core.agents.directory import hash_code
from core.model.errors import UnusableRecording
from core.model.messages import AudioClip, Channel
from core.model.people import Identity, Person
from tests.builders import PERSON
from tests.integration.api_world import BEARER, KEY, TOKEN, ApiWorld, api_world
from tests.integration.core_world import TASK, eventually

EVERYTHING = (
    ("GET", "/api/about"),
    ("GET", "/api/agents"),
    ("POST", "/api/commands"),
    ("GET", "/api/links"),
    ("POST", "/api/links"),
)


class World(ApiWorld):
    async def post(self, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = await self.client.post(
            "/api/commands?wait=0",
            data=raw,
            headers={**BEARER, "Content-Type": "application/json", "Content-Length": str(len(raw)), **headers},
        )
        return answer.status_code, await answer.get_json()

    async def accepted(self) -> int:
        async with self.database.transaction() as tx:
            return await tx.connection.fetchval("select count(*) from inbox")


@pytest_asyncio.fixture
async def world(database_url: str, redis_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    async with api_world(database_url, redis_url, tmp_path) as world:
        yield World(*(getattr(world, each.name) for each in fields(world)))


async def _ask(world: World, method: str, path: str, headers: dict[str, str]) -> Response:
    call = world.client.get if method == "GET" else world.client.post
    return await call(path, headers=headers)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
@pytest.mark.parametrize(("method", "path"), EVERYTHING)
async def test_without_the_token_nothing_is_told_and_nothing_is_done(
    world: World, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = await _ask(world, method, path, headers)
    problem = await answer.get_json()

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert problem["title"] == "Unauthorized"
    assert "cadence up" in problem["detail"]
    assert await world.accepted() == 0


async def test_an_installation_without_a_token_lets_nobody_in(world: World) -> None:
    desk, directory = world.reception.pipeline.desk, world.reception.pipeline.directory
    callers = Callers(LocalSignIn(None), world.database, SessionTokens(KEY))
    app = create_app([agent_routes(desk, directory)], callers)

    assert (await app.test_client().get("/api/agents", headers={"Authorization": "Bearer "})).status_code == 401


async def test_a_written_command_is_accepted_and_its_replies_are_read_under_its_url(world: World) -> None:
    status, accepted = await world.post({"text": TASK})
    before = await (await world.client.get(accepted["url"], headers=BEARER)).get_json()
    running = asyncio.create_task(world.reception.run())

    async def answered() -> bool:
        return bool((await (await world.client.get(accepted["url"], headers=BEARER)).get_json())["replies"])

    await eventually(answered)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    after = await (await world.client.get(accepted["url"], headers=BEARER)).get_json()
    listed = await (await world.client.get("/api/agents", headers=BEARER)).get_json()

    assert status == 202
    assert (before["replies"], before["agent"]) == ([], None)
    assert "is starting on wallet-frontend" in after["replies"][0]["text"]
    assert after["agent"] == listed["agents"][0]
    assert after["agent"]["status"] == "pending"
    assert set(after["agent"]) >= {"id", "userId", "repoUrl", "repoName", "branch", "taskDescription", "metadata"}


async def test_a_recording_is_accepted_by_value(world: World) -> None:
    recording = FileStorage(io.BytesIO(TASK.encode()), filename="note.ogg", content_type="audio/ogg")
    answer = await world.client.post(
        "/api/commands?wait=0", files={"audio": recording}, headers={**BEARER, "Content-Length": "999"}
    )
    async with world.database.transaction() as tx:
        row = await tx.connection.fetchrow("select audio, content from inbox")

    assert answer.status_code == 202
    assert row is not None
    assert (row["audio"], row["content"]["clip"]["media_type"]) == (TASK.encode(), "audio/ogg")


async def test_a_recording_that_is_to_be_checked_is_heard_and_nothing_is_done(world: World) -> None:
    recording = FileStorage(io.BytesIO(TASK.encode()), filename="note.ogg", content_type="audio/ogg")
    running = asyncio.create_task(world.reception.run())
    answer = await world.client.post(
        "/api/commands?check=true", files={"audio": recording}, headers={**BEARER, "Content-Length": "999"}
    )
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    heard = await answer.get_json()
    agents = await (await world.client.get("/api/agents", headers=BEARER)).get_json()
    usage = await (await world.client.get("/api/usage", headers=BEARER)).get_json()

    assert (heard["command"]["transcript"], heard["command"]["intent"]) == (TASK, "unknown")
    assert "Read what I heard" in heard["reply"]["text"]
    assert agents["agents"] == []
    # Whoever only listens has heard as much.
    assert usage["heardMinutesThisMonth"] > 0


async def test_the_same_idempotency_key_is_the_same_command(world: World) -> None:
    answers = await asyncio.gather(*(world.post({"text": "status"}, **{"Idempotency-Key": "k-1"}) for _ in range(4)))
    _, other = await world.post({"text": "status"}, **{"Idempotency-Key": "k-2"})

    assert len({accepted["id"] for _, accepted in answers}) == 1
    assert other["id"] != answers[0][1]["id"]
    assert await world.accepted() == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"text": "a\\u0000b"}',
        b'{"text": "\\ud800"}',
        [],
        "status",
        None,
        {},
        {"text": 7},
        {"text": ""},
        {"text": " \n\t"},
        {"text": "x" * 4097},
    ],
)
async def test_a_text_that_cannot_be_one_is_a_bad_request(world: World, body: object) -> None:
    status, problem = await world.post(body)

    assert (status, problem["status"], problem["title"]) == (400, 400, "Bad Request")
    assert "Send JSON with a text" in problem["detail"]
    assert await world.accepted() == 0


@pytest.mark.parametrize("text", ["x" * 4096, "fix it\nand test it", "räum auf \N{BROOM}", "\\u0000 as text"])
async def test_any_text_that_a_person_can_write_is_accepted(world: World, text: str) -> None:
    assert (await world.post({"text": text}))[0] == 202


async def test_an_endless_idempotency_key_is_a_bad_request(world: World) -> None:
    status, problem = await world.post({"text": "status"}, **{"Idempotency-Key": "k" * 3000})

    assert (status, await world.accepted()) == (400, 0)
    assert "Idempotency-Key" in problem["detail"]


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data", "multipart/form-data; boundary=x", ""])
async def test_what_is_neither_text_nor_recording_is_a_bad_request(world: World, content_type: str) -> None:
    answer = await world.client.post(
        "/api/commands?wait=0", data=b"hello", headers={**BEARER, "Content-Type": content_type, "Content-Length": "5"}
    )

    assert answer.status_code in {400, 415}


async def test_a_recording_that_is_too_large_is_refused_by_its_announced_length(world: World) -> None:
    status, problem = await world.post({"text": "status"}, **{"Content-Length": str((26 << 20) + 1)})

    assert (status, await world.accepted()) == (413, 0)
    assert "Send a shorter one" in problem["detail"]


async def test_a_body_of_unknown_length_is_refused(world: World) -> None:
    answer = await world.client.post("/api/commands?wait=0", data=b"{}", headers=BEARER)

    assert answer.status_code == 411


@pytest.mark.parametrize("path", ["/webhooks/telegram", "/api/nothing"])
async def test_a_strangers_huge_body_is_refused_before_it_fills_the_memory(world: World, path: str) -> None:
    answer = await world.client.post(path, data=bytes((33 << 20) + 1))

    assert answer.status_code in {401, 413}


@pytest.mark.parametrize(("body", "secret", "status"), [(b"{}", "hush", 200), (b"{}", "x", 401), (b"", "hush", 401)])
async def test_a_webhook_is_for_its_channel_to_judge(world: World, body: bytes, secret: str, status: int) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}

    assert (await world.client.post("/webhooks/telegram", data=body, headers=headers)).status_code == status


async def test_a_channel_that_is_not_connected_has_no_webhook() -> None:
    assert (await create_app([webhook_routes(None)]).test_client().post("/webhooks/telegram")).status_code == 404


async def test_an_unknown_command_is_not_there(world: World) -> None:
    answer = await world.client.get(f"/api/commands/{uuid4()}", headers=BEARER)
    nonsense = await world.client.get("/api/commands/not-an-id", headers=BEARER)

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert (nonsense.status_code, nonsense.content_type) == (404, "application/problem+json")


async def test_a_wrong_method_is_told_the_right_one(world: World) -> None:
    answer = await world.client.delete("/api/commands", headers=BEARER)

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.content_type == "application/problem+json"


async def test_every_answer_carries_the_security_headers(world: World) -> None:
    for path in ("/", "/api/agents", "/healthz", "/nothing"):
        headers = (await world.client.get(path, headers=BEARER)).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")


async def test_the_printed_link_trades_its_token_for_a_cookie_and_leaves_the_address_bar(world: World) -> None:
    client = world.client
    answer = await client.get(f"/?token={TOKEN}")
    page = await client.get("/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Strict" in answer.headers["Set-Cookie"]
    assert page.status_code == 200
    assert "Telegram: off" in (await (await client.get("/api/about")).get_json())["connected"]


async def test_a_wrong_token_in_the_link_sets_no_cookie(world: World) -> None:
    answer = await world.client.get("/?token=wrong")

    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


async def test_the_page_is_the_same_for_everybody_and_runs_nothing_but_its_own_files(world: World) -> None:
    page = await world.client.get("/")
    text = await page.get_data(as_text=True)
    policy = page.headers["Content-Security-Policy"]

    assert page.status_code == 200
    assert "Telegram: off" not in text
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    assert re.search(r"<script(?! type=\"module\" src=)|<style| on[a-z]+=| style=", text) is None
    assert (await world.client.get("/api/about")).status_code == 401


async def test_what_works_without_a_connection_is_there_and_changes_its_name_with_its_content(world: World) -> None:
    worker = await (await world.client.get("/sw.js")).get_data(as_text=True)
    files = json.loads(re.findall(r"const FILES = (.*);", worker)[0])
    manifest = await (await world.client.get("/static/manifest.webmanifest")).get_json(force=True)
    sizes = [len(gzip.compress(await (await world.client.get(path)).get_data(as_text=False))) for path in files]

    assert {(await world.client.get(path)).status_code for path in files} == {200}
    assert re.search(r'"cadence-shell-[0-9a-f]{16}"', worker)
    assert {icon["src"] for icon in manifest["icons"]} <= set(files)
    assert sum(sizes) <= 200_000


async def test_a_linking_code_is_kept_by_its_hash_only(world: World) -> None:
    answer = await world.client.post("/api/links", headers=BEARER)
    code = (await answer.get_json())["code"]
    async with world.database.transaction() as tx:
        kept = await tx.connection.fetchval("select code_hash from link_codes")
        person = await tx.people.redeem_code(hash_code(f" {code.lower()} "))

    assert (answer.status_code, kept, person) == (201, hash_code(code), PERSON)


async def test_the_channels_that_know_me_are_listed_and_nobody_elses(world: World) -> None:
    stranger = Person(uuid4(), "Mallory")
    async with world.database.transaction() as tx:
        await tx.people.add(stranger)
        await tx.people.link(Identity(Channel.SLACK, "T1:U1"), stranger.id)
        await tx.people.link(Identity(Channel.TELEGRAM, "4711"), PERSON.id)
    answer = await world.client.get("/api/links", headers=BEARER)

    links = await answer.get_json()
    assert links["channels"] == ["app", "telegram"]
    assert {"channel": "telegram", "externalId": "4711"} in links["identities"]
    assert "T1:U1" not in str(links)


async def test_before_the_owner_is_introduced_nobody_is_signed_in(world: World) -> None:
    async with world.database.transaction() as tx:
        await tx.connection.execute("delete from identities where channel = 'app'")
    for method, path in (("GET", "/api/agents"), ("POST", "/api/links")):
        answer = await _ask(world, method, path, BEARER)
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


async def test_whoever_watches_over_us_learns_how_we_are(world: World) -> None:
    alive, ready, metrics = [await world.client.get(path) for path in ("/healthz", "/readyz", "/metrics")]

    assert await alive.get_json() == {"alive": True}
    assert await ready.get_json() == {"ready": True, "machines": []}
    assert "python_info" in (await metrics.get_data(as_text=True))


async def test_a_bug_is_a_problem_without_its_details(world: World) -> None:
    @world.app.get("/bug")
    async def bug() -> str:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        raise KeyError("a secret")

    world.app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = await world.client.get("/bug")

    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert "a secret" not in (await answer.get_data(as_text=True))


async def test_the_app_sends_its_recordings_along() -> None:
    with pytest.raises(UnusableRecording):
        await AppRecordings().fetch(AudioClip("audio/ogg"))
