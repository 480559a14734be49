"""A simulated Hetzner behind HTTP; whatever either side says is held against Hetzner's own description."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator
from pydantic import SecretStr
from quart import Quart, Response, request

from cadence.listening import free_port, serve_app
from cadence.simulated_hetzner.app import simulated_hetzner
from cadence.simulated_hetzner.state import Hetzner
from core.agents.servers import HetznerServers
from core.model.agent import Agent
from core.model.errors import ProviderError
from core.model.people import Plan
from core.sandbox.hetzner.api import open_hetzner
from core.sandbox.hetzner.cloud_init import BOOTSTRAP, Source
from core.sandbox.hetzner.kind import ServerKind
from core.store.database import Database
from tests.builders import PERSON, stored_agent
from tests.integration.core_world import execute, remembering

CONTRACT: dict[str, Any] = json.loads((Path(__file__).parents[1] / "contract/hetzner.json").read_text())
KIND = ServerKind("test", "https://cadence.example.org", Source("https://example.org/cadence.tar.gz", "0" * 64))
KEY = SecretStr("k" * 32)
TOKEN = "hetzner-token"


@dataclass
class Powered:
    """A server that only has a switch."""

    off: asyncio.Event = field(default_factory=asyncio.Event)

    async def end(self) -> None:
        self.off.set()

    async def ended(self) -> None:
        await self.off.wait()


def checked(app: Quart, wrong: list[str]) -> Quart:
    """Every exchange is held against the description as it passes."""

    @app.after_request
    async def check(response: Response) -> Response:  # pyright: ignore[reportUnusedFunction] (Quart calls it)
        path = request.path.removeprefix("/v1")
        (template,) = [known for known in CONTRACT["paths"] if _fits(known, path)]
        operation = CONTRACT["paths"][template][request.method.lower()]
        if request.method in {"POST", "PUT"} and "requestBody" in operation:
            sent = operation["requestBody"]["content"]["application/json"]["schema"]
            wrong.extend(problems(sent, await request.get_json()))
        allowed = {each["name"] for each in operation.get("parameters", []) if each["in"] == "query"}
        wrong.extend(f"?{name}" for name in request.args if name not in allowed)
        ok = response.status_code < 400
        described = operation["responses"][str(response.status_code) if ok else f"{response.status_code // 100}xx"]
        answer = json.loads(await response.get_data(as_text=False))
        wrong.extend(problems(described["content"]["application/json"]["schema"], answer))
        return response

    return app


def _fits(template: str, path: str) -> bool:
    parts, given = template.split("/"), path.split("/")
    return len(parts) == len(given) and all(a == b or a.startswith("{") for a, b in zip(parts, given, strict=True))


def problems(schema: dict[str, Any], value: object) -> list[str]:
    closed = {"components": _closed(CONTRACT["components"]), **cast("dict[str, Any]", _closed(schema))}
    validator = Draft202012Validator(closed)
    errors = validator.iter_errors(cast("Any", value))  # pyright: ignore[reportUnknownMemberType]
    return [f"{error.json_path}: {error.message}" for error in errors]


def _closed(schema: Any) -> Any:  # noqa: ANN401 (JSON)
    """The description with every object closed: what it does not name is wrong."""
    match schema:
        case dict():
            named = cast("dict[str, Any]", schema)
            closed = {key: _closed(value) for key, value in named.items()}
            if named.get("type") == "object" and "properties" in named and "allOf" not in named:
                closed.setdefault("additionalProperties", False)
            return closed
        case list():
            return [_closed(item) for item in cast("list[Any]", schema)]
        case _:
            return schema


class World:
    def __init__(self, database: Database, hetzner: Hetzner, servers: HetznerServers) -> None:
        self.database, self.hetzner, self.servers = database, hetzner, servers

    async def tend(self) -> None:
        """Look, as though the last look had been a while ago."""
        await execute(self.database, "update servers set tried_at = null")
        await self.servers.tend()

    async def wanted(self) -> Agent:
        agent = await stored_agent(self.database, "Atlas")
        with pytest.raises(ProviderError, match="being set up"):
            await self.servers.machine_for(agent)
        return agent

    async def dial_in(self) -> None:
        """Every server says Hello."""
        await execute(self.database, "update machines set seen_at = now(), self_test = '{\"passed\": true}'")

    async def ready(self) -> Agent:
        agent = await self.wanted()
        await self.tend()
        await self.dial_in()
        await self.tend()
        return agent

    async def statuses(self) -> list[str]:
        async with self.database.transaction() as tx:
            rows = await tx.connection.fetch("select status from servers order by created_at")
        return [row["status"] for row in rows]

    async def told(self) -> list[str]:
        async with self.database.transaction() as tx:
            rows = await tx.connection.fetch("select body->>'text' as text from replies order by id")
        return [row["text"] for row in rows]

    async def plan(self, plan: Plan) -> None:
        async with self.database.transaction() as tx:
            await tx.people.add(replace(PERSON, plan=plan))

    def enrolment(self) -> dict[str, str]:
        """What the newest server was told to enrol with."""
        config = json.loads(list(self.hetzner.user_data.values())[-1].removeprefix("#cloud-config\n"))
        (file,) = [each for each in config["write_files"] if each["path"] == BOOTSTRAP]
        return json.loads(file["content"])


@asynccontextmanager
async def hetzner_world(database_url: str) -> AsyncGenerator[World]:
    async def boot(_user_data: str) -> Powered:
        return Powered()

    hetzner, wrong, over, port = Hetzner(TOKEN, boot), list[str](), asyncio.Event(), free_port()
    app = checked(simulated_hetzner(hetzner), wrong)
    async with remembering(database_url) as database, asyncio.TaskGroup() as group:
        group.create_task(serve_app(app, f"127.0.0.1:{port}", over.wait))
        await listening(port)
        api = open_hetzner(f"http://127.0.0.1:{port}/v1", TOKEN)
        world = World(database, hetzner, HetznerServers(database, api, KIND, KEY))
        await world.plan(Plan.PRO)
        try:
            yield world
        finally:
            api.client._client._session.close()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] (it has no other way)
            over.set()
    assert wrong == []


async def listening(port: int) -> None:
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await writer.wait_closed()
            return
