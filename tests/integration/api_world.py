"""The API as a whole, on a real database and a real Redis, with a forge for repositories and a GitHub to sign in at."""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import quart.typing
import redis.asyncio
from pydantic import SecretStr
from quart import Quart, Response

from api.agents import agent_routes
from api.app import create_app
from api.auth import LOCAL, LocalSignIn
from api.belongings import device_routes, repo_routes, schedule_routes
from api.callers import Callers
from api.codebase import codebase_routes
from api.commands import command_routes
from api.github_oauth import GitHubOAuth
from api.health import health_routes
from api.home import home_routes
from api.limits import RateLimit
from api.links import link_routes
from api.live import live_routes
from api.me import me_routes
from api.push import PushKey
from api.sessions import REFRESH_FOR, SessionTokens
from api.sign_in import sign_in_routes
from api.tokens import token_routes
from api.webhooks import webhook_routes
from cadence.listening import free_port, serve_app
from core.agents.budget import Budgets
from core.agents.rights import Rights
from core.bell import Bell
from core.context.engine import ContextEngine
from core.github.github import GitHub
from core.jobs import JobBell, open_broker
from core.model.messages import Channel
from core.model.people import Identity, Person
from core.reception import Reception
from core.sandbox.local import LOCAL_MACHINE
from core.store.database import Database, open_database
from core.vault import Vault
from core.watch import Watch
from core.wiring import make_ring
from tests.builders import PERSON, SENDER
from tests.integration.core_world import Shelved, TextTranscriber, eventually, forge_behind_github, pipeline_of

TOKEN = "the-local-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
MALLORY = Person(UUID(int=2), "Mallory")
KEY = SecretStr("k" * 40)
MALLORYS_SESSION = UUID(int=22)
MALLORYS = {"Authorization": f"Bearer {SessionTokens(KEY).access(MALLORYS_SESSION)}"}


@dataclass
class FakeGitHub(httpx.AsyncBaseTransport):
    """GitHub's side of signing in: codes are good once, and only with the verifier of their challenge."""

    login: str = "ada-l"
    account: int = 4711
    challenges: dict[str, str] = field(default_factory=dict[str, str])
    asked: list[httpx.Request] = field(default_factory=list[httpx.Request])
    down: bool = False
    token: str = "gho_1"
    # What the person may see, and whether they may write to it.
    repos: dict[str, bool] = field(default_factory=lambda: {"local/wallet-frontend": True})

    def authorize(self, url: str) -> str:
        """What the person's consent comes to: a code."""
        query = parse_qs(urlsplit(url).query)
        assert query["code_challenge_method"] == ["S256"]
        code = uuid4().hex
        self.challenges[code] = query["code_challenge"][0]
        return code

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.down:
            return httpx.Response(502)
        if request.url.path == "/login/oauth/access_token":
            form = {name: value[0] for name, value in parse_qs(request.content.decode()).items()}
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            good = self.challenges.pop(form["code"], None) == challenge and form["client_secret"] == "shh"
            # GitHub says what is wrong with a 200.
            return httpx.Response(200, json={"access_token": "gho_1"} if good else {"error": "bad_verification_code"})
        if request.headers["Authorization"] != f"Bearer {self.token}":
            return httpx.Response(401, json={"message": "Bad credentials"})
        if request.url.path == "/user/repos":
            return httpx.Response(200, json=[_listed(name, push=push) for name, push in self.repos.items()])
        return httpx.Response(200, json={"id": self.account, "login": self.login, "name": "Ada"})


def _listed(full_name: str, *, push: bool) -> dict[str, Any]:
    owner, name = full_name.split("/")
    return {
        "name": name,
        "owner": {"login": owner},
        "clone_url": f"https://github.test/{full_name}.git",
        "default_branch": "main",
        "archived": False,
        "permissions": {"admin": False, "push": push, "pull": True},
    }


@dataclass
class ApiWorld:
    database: Database
    bell: Bell
    app: Quart
    reception: Reception
    watch: Watch
    github: FakeGitHub

    @property
    def client(self) -> quart.typing.TestClientProtocol:
        return self.app.test_client()

    async def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """The status and the JSON of an answer, as the person at this computer unless the headers say otherwise."""
        raw = b"" if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", "Content-Length": str(len(raw))} if raw else {}
        # The protocol of the client leaves ``open`` out.
        answer: Response = await cast("Any", self.client).open(
            path, method=method, data=raw or None, headers={**(BEARER if headers is None else headers), **sent}
        )
        text: str = await answer.get_data(as_text=True)
        return answer.status_code, json.loads(text) if text else None


@asynccontextmanager
async def api_world(
    database_url: str, redis_url: str, folder: Path, *, quota: int = 100_000, origins: frozenset[str] = frozenset()
) -> AsyncGenerator[ApiWorld]:
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(redis.asyncio.from_url(redis_url))
        bell = Bell(client)
        broker = stack.enter_context(open_broker(redis_url))
        database = await stack.enter_async_context(open_database(database_url, make_ring(bell, JobBell(broker))))
        async with database.transaction() as tx:
            await tx.people.add(PERSON)
            await tx.people.add(MALLORY)
            await tx.people.link(LOCAL, PERSON.id)
            await tx.people.link(Identity(Channel.TELEGRAM, SENDER), PERSON.id)
            await tx.machines.register(LOCAL_MACHINE, "local", "laptop", b"hash of the laptop's token")
            await tx.access.begin_session(MALLORYS_SESSION, MALLORY.id, b"hash of her refresh token", REFRESH_FOR)
        github, _ = await stack.enter_async_context(forge_behind_github(folder))
        fake = FakeGitHub()

        def as_owner_of(token: str) -> GitHub:
            return GitHub("https://github.test", "https://api.github.test", token, fake)

        rights = Rights(database, Vault([KEY]), as_owner_of, fresh_for=0)
        plain = pipeline_of(database, github, TextTranscriber(), Shelved())
        pipeline = replace(plain, directory=replace(plain.directory, rights=rights))
        reception, watch = Reception(Channel.APP, database, pipeline), Watch(database, bell)
        http = await stack.enter_async_context(httpx.AsyncClient(transport=fake))
        oauth = GitHubOAuth(
            http, "https://github.test", "https://api.github.test", "client", SecretStr("shh"), frozenset({"ada-l"})
        )
        local, tokens = LocalSignIn(SecretStr(TOKEN)), SessionTokens(KEY)
        strangers = RateLimit(client, "address", 2 * quota)
        callers = Callers(local, database, tokens, RateLimit(client, "person", quota), strangers)

        async def receive(body: bytes, secret: str | None) -> int:
            return 200 if (body, secret) == (b"{}", "hush") else 401

        app = create_app(
            [
                home_routes(local, database, ("Telegram: off",), github=True),
                agent_routes(pipeline.desk, pipeline.directory),
                live_routes(database, watch),
                command_routes(reception, database, bell),
                me_routes(database, pipeline.desk.quota, Budgets(5, 20, 100)),
                token_routes(database),
                link_routes(database),
                repo_routes(pipeline.directory),
                codebase_routes(ContextEngine(database), pipeline.directory, bell),
                schedule_routes(database, pipeline.directory),
                device_routes(database, PushKey(KEY)),
                sign_in_routes(database, tokens, oauth, Vault([KEY])),
                webhook_routes(receive),
                health_routes(database),
            ],
            callers,
            origins=origins,
        )
        yield ApiWorld(database, bell, app, reception, watch, fake)
        await watch.close()


@asynccontextmanager
async def served(world: ApiWorld, *, proxies: int = 0) -> AsyncGenerator[str]:
    """Over a real socket; the address, once it answers."""
    port, over = free_port(), asyncio.Event()
    serving = asyncio.create_task(serve_app(world.app, f"127.0.0.1:{port}", over.wait, proxies=proxies))

    async def answers() -> bool:
        async with httpx.AsyncClient() as http:
            try:
                return (await http.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200
            except httpx.ConnectError:
                return False

    await eventually(answers)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        over.set()
        await serving


async def signed_in(world: ApiWorld) -> dict[str, Any]:
    _, begun = await world.ask("GET", "/api/auth/github", headers={})
    code = world.github.authorize(begun["authorizeUrl"])
    status, session = await world.ask("POST", "/api/auth/github", {"code": code, "state": begun["state"]}, {})
    assert status == 200, session
    return session


def bearing(session: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {session['accessToken']}"}
