"""Real git through the git gateway: a run reads its repository, pushes its branch, and nothing else goes through."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from api.app import create_app
from api.gateway import Porter
from api.git_gateway import git_gateway_routes
from cadence.demo.telegram_server import serve_on_loopback
from cadence.forge.seed import seed_repo
from core.model.agent import Agent, Move
from core.sandbox.local import LOCAL_MACHINE
from core.sandbox.tokens import RunTokens
from core.store.database import Database
from tests.conftest import RequireTool
from tests.integration.core_world import orchestrator_of, placed_agent, remembering
from tests.integration.forge_server import TOKEN, GitSaidNo, RunningForge, git, running_forge, write_files

TOKENS = RunTokens(SecretStr("k" * 32))


@dataclass
class World:
    database: Database
    forge: RunningForge
    gateway: str
    agent: Agent
    folder: Path

    @property
    def token(self) -> str:
        return TOKENS.issue(self.agent.id, self.agent.leg)

    async def git(self, *arguments: str, token: str | None = None) -> str:
        """Git as the daemon runs it: with the run's token and no other credential."""
        header = f"http.extraHeader=Authorization: Bearer {self.token if token is None else token}"
        return await git(self.folder, "-c", header, *arguments)

    async def clone(self, repo: str = "wallet-frontend", token: str | None = None) -> None:
        await self.git("clone", "--quiet", f"{self.gateway}/local/{repo}.git", "clone", token=token)

    async def commit(self) -> None:
        write_files(self.folder / "clone", {"README.md": "# Changed\n"})
        await self.git("-C", "clone", "commit", "--quiet", "--all", "--message", "Change it")

    async def push(self, *refs: str, token: str | None = None) -> None:
        await self.git("-C", "clone", "push", "--quiet", "origin", *refs, token=token)

    async def upstream(self) -> str:
        """All that the code host has, asked past the gateway."""
        listed = [
            await git(self.folder, "ls-remote", f"{self.forge.url}/local/{name}.git", token=TOKEN)
            for name in ("wallet-frontend", "other")
        ]
        return "\n".join(listed)


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path, require_tool: RequireTool) -> AsyncGenerator[World]:
    require_tool("git", "apt install git")
    write_files(tmp_path / "tree", {"README.md": "# Wallet\n"})
    for name in ("wallet-frontend", "other"):
        await seed_repo(tmp_path / "forge", "local", name, tmp_path / "tree")
    async with (
        running_forge(tmp_path / "forge") as forge,
        remembering(database_url) as database,
        httpx.AsyncClient(trust_env=False) as http,
        forge.github() as github,
    ):
        app = create_app([git_gateway_routes(Porter(database, TOKENS), http, github)])
        async with serve_on_loopback(app) as url:
            agent = await placed_agent(database, orchestrator_of(database, github))
            yield World(database, forge, f"{url}/gateway/git", agent, tmp_path)


async def test_a_run_clones_its_repository_and_pushes_its_branch_again_and_again(world: World) -> None:
    await world.clone()
    for _ in range(2):
        await world.commit()
        await world.push(f"+HEAD:refs/heads/{world.agent.work_branch}")
        write_files(world.folder / "clone", {"README.md": "# Changed back\n"})
        tip = await world.git("-C", "clone", "rev-parse", "HEAD")
        assert f"{tip}\trefs/heads/{world.agent.work_branch}" in await world.upstream()
        await world.git("-C", "clone", "commit", "--quiet", "--all", "--message", "Back")


@pytest.mark.parametrize(
    "refs",
    [
        ("HEAD:refs/heads/main",),
        ("HEAD:refs/tags/v1",),
        (":refs/heads/main",),
        ("HEAD:refs/heads/{branch}", "HEAD:refs/heads/main"),
        (":refs/heads/{branch}",),
        ("HEAD:refs/heads/{branch}x",),
        ("HEAD:refs/heads/cadence/another",),
    ],
)
async def test_a_run_pushes_nothing_but_its_own_branch(world: World, refs: tuple[str, ...]) -> None:
    await world.clone()
    await world.push(f"HEAD:refs/heads/{world.agent.work_branch}")
    await world.commit()
    before = await world.upstream()
    with pytest.raises(GitSaidNo, match="403"):
        await world.push(*(ref.format(branch=world.agent.work_branch) for ref in refs))

    assert await world.upstream() == before


async def test_a_run_neither_reads_nor_writes_another_repository(world: World) -> None:
    with pytest.raises(GitSaidNo, match="403"):
        await world.clone("other")
    await world.clone()
    before = await world.upstream()
    with pytest.raises(GitSaidNo, match="403"):
        await world.git(
            "-C", "clone", "push", f"{world.gateway}/local/other.git", f"HEAD:refs/heads/{world.agent.work_branch}"
        )

    assert await world.upstream() == before


@pytest.mark.parametrize("offered", ["", "nonsense", TOKEN, "cadrun_00_1_ff"])
async def test_a_token_that_we_did_not_issue_opens_nothing(world: World, offered: str) -> None:
    with pytest.raises(GitSaidNo, match="403"):
        await world.clone(token=offered)


async def test_a_finished_agents_token_opens_nothing(world: World) -> None:
    await world.clone()
    async with world.database.transaction() as tx:
        await tx.agents.move(world.agent.id, Move.CANCEL)
    before = await world.upstream()
    for attempt in (world.push(f"HEAD:refs/heads/{world.agent.work_branch}"), world.git("-C", "clone", "fetch")):
        with pytest.raises(GitSaidNo, match="403"):
            await attempt

    assert await world.upstream() == before


async def test_an_older_legs_token_opens_nothing_and_the_new_ones_does(world: World) -> None:
    await world.clone()
    branch = f"HEAD:refs/heads/{world.agent.work_branch}"
    async with world.database.transaction() as tx:
        await tx.legs.lose(world.agent.id, world.agent.leg)
    with pytest.raises(GitSaidNo, match="403"):
        await world.push(branch)
    async with world.database.transaction() as tx:
        assert await tx.legs.place(world.agent.id, LOCAL_MACHINE, world.agent.leg)
    with pytest.raises(GitSaidNo, match="403"):
        await world.push(branch)
    assert world.agent.work_branch not in await world.upstream()

    await world.push(branch, token=TOKENS.issue(world.agent.id, world.agent.leg + 1))
    assert world.agent.work_branch in await world.upstream()


async def test_what_is_no_smart_git_is_refused(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.token}"}
    repo = f"{world.gateway}/local/wallet-frontend.git"
    async with httpx.AsyncClient(headers=headers, trust_env=False) as http:
        statuses = [
            (await http.get(f"{repo}/info/refs")).status_code,
            (await http.get(f"{repo}/info/refs", params={"service": "git-upload-archive"})).status_code,
            (await http.get(f"{repo}/HEAD")).status_code,
            (
                await http.post(f"{repo}/git-receive-pack", content=b"0000", headers={"Content-Encoding": "gzip"})
            ).status_code,
            (await http.post(f"{repo}/git-receive-pack", content=b"not a push")).status_code,
            (await http.post(f"{repo}/git-upload-pack", headers={"Authorization": "Basic eDp5"})).status_code,
        ]

    assert statuses == [403, 403, 404, 415, 403, 403]


async def test_the_code_hosts_own_token_never_comes_back(world: World) -> None:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {world.token}"}, trust_env=False) as http:
        answer = await http.get(
            f"{world.gateway}/local/wallet-frontend.git/info/refs", params={"service": "git-upload-pack"}
        )

    assert answer.status_code == 200
    assert TOKEN not in answer.text + str(answer.headers)


async def test_a_code_host_that_is_away_is_a_bad_gateway(world: World) -> None:
    async with world.forge.github("http://127.0.0.1:9") as nobody, httpx.AsyncClient(trust_env=False) as http:
        app = create_app([git_gateway_routes(Porter(world.database, TOKENS), http, nobody)])
        client = app.test_client()
        async with asyncio.timeout(20):
            answer = await client.get(
                "/gateway/git/local/wallet-frontend.git/info/refs?service=git-upload-pack",
                headers={"Authorization": f"Bearer {world.token}"},
            )

    assert answer.status_code == 502
