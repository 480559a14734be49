"""An agent asks where something is in its repository: through the real Claude CLI, and what it may ask about."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from api.app import create_app
from api.code_gateway import code_gateway_routes
from api.gateway import Porter
from cadence.demo.telegram_server import serve_on_loopback
from core.context.engine import ContextEngine
from core.context.indexing import Indexer
from core.context.source import GitSource
from core.model.agent import Agent
from core.model.event import StepTaken
from core.sandbox.local import LOCAL_MACHINE
from core.sandbox.protocol import FoundCode, FoundFile
from core.store.database import Database
from tests.builders import PERSON
from tests.conftest import RequireTool
from tests.integration.core_world import forge_behind_github, orchestrator_of, placed_agent, remembering
from tests.integration.sandbox_world import daemon, git, world
from tests.integration.test_api_snapshot_gateway import TOKENS
from tests.plays import searches_first

LOGIN = FoundFile(path="wallet/login.py", lines=(3, 9), priority="high", reason="defines `after_login`")


@pytest.fixture
def _box(require_tool: RequireTool, box: None) -> None:  # noqa: ARG001 # pyright: ignore[reportUnusedFunction]
    require_tool("git", "sudo apt install git")


@pytest.mark.usefixtures("_box")
@pytest.mark.parametrize(
    ("found", "token", "told"),
    [
        (FoundCode(files=(LOGIN,)), None, "wallet/login.py:3-9  high: defines `after_login`"),
        (FoundCode(files=()), None, "Nothing was found. Try other words, or use Grep and Glob."),
        (FoundCode(files=()), "another", "The code index does not answer just now. Use Grep and Glob."),
    ],
)
async def test_an_agent_is_told_where_it_is_or_how_to_do_without(
    tmp_path: Path, found: FoundCode, token: str | None, told: str
) -> None:
    async with world(tmp_path, play=searches_first) as here, daemon(here.config()):
        here.doors.found = found
        task = here.task()
        if token is not None:
            task = task.model_copy(update={"search_url": f"{here.doors.url}/gateway/nothing"})
        await here.begin(task)
        await here.plane.until_over(task.agent_id)
        steps = [each for each in here.plane.happenings(task.agent_id) if isinstance(each, StepTaken)]
        written = git(here.origin, "show", f"{task.work_branch}:FOUND.md")

    assert written == told
    assert steps[0].summary == "looks for where people return to"


@dataclass(frozen=True, slots=True)
class Gateway:
    database: Database
    http: httpx.AsyncClient
    agent: Agent

    async def ask(self, query: object, leg: int = 1) -> httpx.Response:
        headers = {"Authorization": f"Bearer {TOKENS.issue(self.agent.id, leg)}"}
        return await self.http.post("/gateway/code", json={"query": query}, headers=headers)


@pytest_asyncio.fixture
async def gateway(database_url: str, tmp_path: Path) -> AsyncGenerator[Gateway]:
    async with remembering(database_url) as database, forge_behind_github(tmp_path) as (github, _):
        app = create_app([code_gateway_routes(Porter(database, TOKENS), ContextEngine(database))])
        async with serve_on_loopback(app) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
            yield Gateway(database, http, await placed_agent(database, orchestrator_of(database, github)))


def repository(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "returning.py").write_text("def return_address(query):\n    return query.get('next', '/')\n")
    (folder / "colours.py").write_text("def colour(name):\n    return {'red': 1}[name]\n")
    git(folder, "add", ".")
    git(folder, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "Begin")
    return folder


async def index(gateway: Gateway, folder: Path, repo: str) -> None:
    await Indexer(gateway.database).sync(PERSON.id, repo, GitSource(folder), "main")


async def test_a_run_finds_the_files_of_its_own_repository(gateway: Gateway, tmp_path: Path) -> None:
    await index(gateway, repository(tmp_path / "own"), gateway.agent.repo_name)
    found = FoundCode.model_validate_json((await gateway.ask("the return address")).content)

    assert found.files[0].path == "returning.py"
    assert found.files[0].reason


async def test_a_run_learns_nothing_of_other_repositories(gateway: Gateway, tmp_path: Path) -> None:
    await index(gateway, repository(tmp_path / "other"), "acme/secret")
    answer = await gateway.ask("the return address")

    assert answer.json() == {"files": []}


async def test_a_run_that_was_fenced_off_asks_nothing_any_more(gateway: Gateway) -> None:
    async with gateway.database.transaction() as tx:
        await tx.legs.lose(gateway.agent.id, 1)
        assert await tx.legs.place(gateway.agent.id, LOCAL_MACHINE, 1)

    assert (await gateway.ask("anything")).status_code == 403
    assert (await gateway.ask("anything", leg=2)).status_code == 200


@pytest.mark.parametrize("query", ["", "x" * 1001, None, 7, ["x"]])
async def test_what_is_no_query_is_said_to_be_none(gateway: Gateway, query: object) -> None:
    assert (await gateway.ask(query)).status_code == 400
