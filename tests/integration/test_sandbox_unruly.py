"""Agents that do not behave: what they leave is what it should be, and what is said of it. With the real Claude CLI."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from cadence.demo.script import ToolCall, ToolOutcome, Turn
from core.model.event import BranchPushed, Failed, Finished
from tests.conftest import RequireTool
from tests.integration.sandbox_world import daemon, git, world
from tests.plays import runs


@pytest.fixture(autouse=True)
def _tools(require_tool: RequireTool, box: None) -> None:  # noqa: ARG001 # pyright: ignore[reportUnusedFunction]
    require_tool("git", "sudo apt install git")


async def test_two_hundred_files_are_one_commit_on_one_branch(tmp_path: Path) -> None:
    many = "for n in $(seq 200); do mkdir -p d/$n; echo $n > d/$n/file.txt; done"
    async with world(tmp_path, play=runs(many)) as here, daemon(here.config()):
        task = here.task()
        await here.begin(task)
        await here.plane.until_over(task.agent_id)
        happenings = here.plane.happenings(task.agent_id)
    (pushed,) = [happening for happening in happenings if isinstance(happening, BranchPushed)]

    assert (pushed.files_changed, pushed.lines_added) == (200, 200)
    assert len(git(here.origin, "diff", "--name-only", f"main...{task.work_branch}").splitlines()) == 200


async def test_an_agent_that_commits_pushes_and_opens_pull_requests_itself_reaches_nobody(tmp_path: Path) -> None:
    commands = (
        "echo mine >> README.md && git -c user.name=A -c user.email=a@b.c commit -qam 'My own commit'",
        "git push origin HEAD:main || git push --force origin HEAD:refs/heads/mine",
        "curl -sS -m 5 -X POST https://api.github.com/repos/acme/wallet-frontend/pulls -d '{}' || true",
        "python3 -c \"import urllib.request as u; u.urlopen('https://api.github.com', timeout=5)\"",
    )
    async with world(tmp_path, play=runs(*commands)) as here, daemon(here.config()):
        task = here.task()
        before = git(here.origin, "rev-parse", "main")
        await here.begin(task)
        await here.plane.until_over(task.agent_id)
        kinds = here.plane.kinds(task.agent_id)

    assert git(here.origin, "rev-parse", "main") == before
    assert git(here.origin, "branch", "--list", "mine") == ""
    assert "blocked" in kinds
    assert kinds[-1] == "finished"
    # What it has committed is its work, like anything that it leaves in the tree.
    assert git(here.origin, "show", f"{task.work_branch}:README.md").endswith("mine")


async def test_an_agent_that_kills_its_own_session_fails_in_words(tmp_path: Path) -> None:
    async with world(tmp_path, play=runs("kill -9 -1")) as here, daemon(here.config()):
        task = here.task()
        await here.begin(task)
        await here.plane.until_over(task.agent_id)
        end = here.plane.happenings(task.agent_id)[-1]

    assert isinstance(end, Failed)
    assert "Claude" in end.reason
    assert list((here.state / "runs").iterdir()) == []


async def test_an_agent_that_never_comes_to_an_end_is_ended(tmp_path: Path) -> None:
    def loops(_task: str, outcomes: Sequence[ToolOutcome]) -> Turn:
        reading = {"file_path": "/workspace/repo/README.md", "limit": 1 + len(outcomes)}
        return Turn("Once more.", ToolCall("Read", reading))

    async with world(tmp_path, play=loops) as here, daemon(here.config()):
        task = here.task()
        await here.begin(task)
        await here.plane.until_over(task.agent_id)
        end = here.plane.happenings(task.agent_id)[-1]

    assert isinstance(end, Failed)
    assert "very many steps" in end.reason
    assert here.plane.kinds(task.agent_id).count("step_taken") >= 199
    assert here.doors.snapshots


async def test_an_agent_that_only_looks_changes_nothing_and_says_so(tmp_path: Path) -> None:
    async with world(tmp_path, play=runs("git log --oneline")) as here, daemon(here.config()):
        task = here.task()
        await here.begin(task)
        await here.plane.until_over(task.agent_id)
        end = here.plane.happenings(task.agent_id)[-1]

    assert end == Finished("That was all.", changed=False)
    assert git(here.origin, "branch", "--list", task.work_branch) == ""
