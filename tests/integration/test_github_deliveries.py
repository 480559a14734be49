"""Everything that GitHub tells, as it has recorded it: taken in once each, in whatever order, and from nobody else."""

import gzip
import hashlib
import hmac
import json
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
import structlog.testing
from pydantic import SecretStr
from rich.console import Console

from api.app import create_app
from api.webhooks import GitHubWebhook, webhook_routes
from cadence.deliveries import replay_delivery
from core.agents.caretaker import Caretaker
from core.agents.directory import RepoShelf
from core.github.github import GitHub
from core.model.errors import Refusal
from core.settings import CoreSettings
from core.store.database import Database
from tests.integration.api_world import FakeGitHub
from tests.integration.core_world import remembering

RECORDED: dict[str, Any] = json.loads(
    gzip.decompress((Path(__file__).parents[1] / "payloads/github/webhooks.json.gz").read_bytes())
)
SECRET = "it's a secret to everybody"
Deliver = Callable[..., Awaitable[int]]


def every_delivery() -> list[tuple[str, bytes]]:
    return [
        (event, json.dumps(payload).encode())
        for event, payloads in RECORDED.items()
        if event != "source"
        for payload in payloads
    ]


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    async with remembering(database_url) as database:
        yield database


@pytest_asyncio.fixture
async def wire() -> FakeGitHub:
    return FakeGitHub()


@pytest_asyncio.fixture
async def github(wire: FakeGitHub) -> AsyncGenerator[GitHub]:
    async with GitHub("https://github.test", "https://api.github.test", "gho_1", wire) as github:
        yield github


@pytest_asyncio.fixture
async def shelf(github: GitHub) -> RepoShelf:
    return RepoShelf(github)


@pytest_asyncio.fixture
async def deliver(database: Database, shelf: RepoShelf) -> Deliver:
    hook = GitHubWebhook(SecretStr(SECRET), database, shelf)
    client = create_app([webhook_routes(None, hook)]).test_client()

    async def deliver(event: str, body: bytes, key: str, signed: bytes | None = None) -> int:
        digest = hmac.new(SECRET.encode(), body if signed is None else signed, hashlib.sha256).hexdigest()
        headers = {
            "X-Hub-Signature-256": f"sha256={digest}",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": key,
            "Content-Type": "application/json",
        }
        return (await client.post("/webhooks/github", data=body, headers=headers)).status_code

    return deliver


@pytest.mark.parametrize("seed", range(3))
async def test_what_github_has_recorded_is_taken_in_once_each_and_nobody_stumbles(
    database: Database, github: GitHub, deliver: Deliver, seed: int
) -> None:
    keyed = [(event, body, f"{number}") for number, (event, body) in enumerate(every_delivery())]
    sent = [*keyed, *keyed]
    random.Random(seed).shuffle(sent)  # noqa: S311 (an order, no secret)
    statuses = [await deliver(*each) for each in sent]
    forged = [await deliver(event, body, f"forged {key}", signed=body[:-1] + b" }") for event, body, key in keyed]
    async with database.transaction() as tx:
        kept = await tx.connection.fetchval("select count(*) from deliveries")
    caretaker = Caretaker(database, github)
    with structlog.testing.capture_logs() as logs:
        while await caretaker.handle_next():
            pass
    async with database.transaction() as tx:
        open_ones = await tx.connection.fetchval("select count(*) from deliveries where handled_at is null")

    assert len(keyed) >= 30
    assert set(statuses) == {202}
    assert set(forged) == {401}
    assert 20 <= kept <= len(keyed)
    assert open_ones == 0
    assert [log for log in logs if log["log_level"] in {"warning", "error"}] == []


async def test_repositories_are_asked_for_again_once_github_says_that_they_have_changed(
    shelf: RepoShelf, wire: FakeGitHub, deliver: Deliver
) -> None:
    first = await shelf.repos()
    wire.repos["local/brand-new"] = True
    cached = await shelf.repos()
    await deliver("repository", b'{"action": "created"}', "1")
    fresh = await shelf.repos()

    assert cached == first
    assert [repo.full_name for repo in fresh] == ["local/wallet-frontend", "local/brand-new"]


async def test_a_delivery_is_handled_once_more_when_somebody_wants_it(
    database: Database, github: GitHub, deliver: Deliver, database_url: str
) -> None:
    settings = CoreSettings.model_validate({"database_url": database_url, "redis_url": "", "secret_key": "k" * 32})
    event, body = next((event, body) for event, body in every_delivery() if event == "push")
    key = str(uuid4())
    await deliver(event, body, key)
    caretaker = Caretaker(database, github)
    handled = [await caretaker.handle_next(), await caretaker.handle_next()]
    await replay_delivery(settings, key, Console(quiet=True))
    again = [await caretaker.handle_next(), await caretaker.handle_next()]
    with pytest.raises(Refusal, match="There is no delivery"):
        await replay_delivery(settings, "made up", Console(quiet=True))

    assert handled == again == [True, False]
