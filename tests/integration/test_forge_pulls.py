"""One pull request per branch, over real connections, whatever becomes of the answers."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.github.pulls import PullRequestDraft
from core.model.errors import Refusal
from core.model.people import Repo
from tests.integration.forge_server import RunningForge, git, push_branch, running_forge, seeded_clone

DRAFT = PullRequestDraft(title="Round totals", body="They were not.", head="cadence/1", base="main")


@pytest.fixture
async def forge(tmp_path: Path) -> AsyncGenerator[RunningForge]:
    async with running_forge(tmp_path / "forge") as running:
        clone = await seeded_clone(running, tmp_path)
        await push_branch(clone, "cadence/1", {"src/cart.py": "TOTAL = 2\n"})
        yield running


async def test_asking_again_gives_the_same_pull_request(forge: RunningForge) -> None:
    async with forge.github() as host:
        first = await host.open_pull(forge.repo("shop"), DRAFT)
        assert await host.open_pull(forge.repo("shop"), DRAFT) == first
    assert first.url == f"{forge.url}/local/shop/pull/1"
    assert (first.number, first.open, first.draft) == (1, True, True)


async def test_eight_askers_at_once_get_one_pull_request(forge: RunningForge) -> None:
    async with forge.github() as host:
        pulls = await asyncio.gather(*(host.open_pull(forge.repo("shop"), DRAFT) for _ in range(8)))
    assert {pull.number for pull in pulls} == {1}


async def test_a_lost_answer_does_not_make_a_second_pull_request(forge: RunningForge) -> None:
    async with losing_the_first_answer_to_a_post(forge.url) as (url, lost), forge.github(url) as host:
        pull = await host.open_pull(forge.repo("shop"), DRAFT)
        assert lost.is_set()
        assert await host.open_pull(forge.repo("shop"), DRAFT) == pull
    assert pull.number == 1


async def test_branches_are_numbered_one_after_the_other(forge: RunningForge, tmp_path: Path) -> None:
    await push_branch(tmp_path / "clone", "cadence/2", {"src/cart.py": "TOTAL = 3\n"})
    second = PullRequestDraft(title="Other", body="", head="cadence/2", base="main")
    async with forge.github() as host:
        numbers = [(await host.open_pull(forge.repo("shop"), draft)).number for draft in (DRAFT, second)]
    assert numbers == [1, 2]


@pytest.mark.parametrize(
    ("head", "base", "reason"),
    [
        ("missing", "main", "head invalid"),
        ("cadence/1", "missing", "base invalid"),
        ("cadence/1~1", "main", "head invalid"),
        ("--output=/tmp/x", "main", "head invalid"),
        ("main", "main", "No commits between main and main"),
        ("orphan", "main", "The orphan branch has no history in common with main"),
    ],
)
async def test_what_github_would_decline_is_declined(forge: RunningForge, head: str, base: str, reason: str) -> None:
    bare = forge.root / "git/local/shop.git"
    orphan = await git(bare, "commit-tree", "main^{tree}", "-m", "Alone")
    await git(bare, "branch", "orphan", orphan)
    async with forge.github() as host:
        with pytest.raises(Refusal) as refused:
            await host.open_pull(forge.repo("shop"), PullRequestDraft("Title", "", head, base))
    assert str(refused.value) == reason


async def test_a_wrong_token_is_refused_in_words(forge: RunningForge) -> None:
    stranger = type(forge.github())(forge.url, f"{forge.url}/api/v3", "wrong")
    async with stranger as host:
        with pytest.raises(Refusal, match="GitHub refuses the token"):
            await host.list_repos()


async def test_a_repository_that_is_not_there_is_none(forge: RunningForge) -> None:
    async with forge.github() as host:
        assert await host.get_repo("local", "other") is None
        assert await host.get_repo("local", "shop") == Repo("local", "shop", f"{forge.url}/local/shop.git", "main")


@asynccontextmanager
async def losing_the_first_answer_to_a_post(upstream: str) -> AsyncGenerator[tuple[str, asyncio.Event]]:
    """A relay that lets the first POST through and hangs up instead of passing on its answer."""
    lost = asyncio.Event()
    port = int(upstream.rpartition(":")[2])

    async def relay(reader: StreamReader, writer: StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", port)
        posted = asyncio.Event()

        async def ask() -> None:
            while asked := await reader.read(65536):
                if asked.startswith(b"POST "):
                    posted.set()
                up_writer.write(asked)
            up_writer.close()

        asking = asyncio.create_task(ask())
        while answer := await up_reader.read(65536):
            if posted.is_set() and not lost.is_set():
                lost.set()
                break
            writer.write(answer)
        writer.close()
        await asking

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", lost
