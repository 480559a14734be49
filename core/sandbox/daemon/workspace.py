"""A run's own copy of the repository: cloned for the agent, and taken back from it without trusting it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from core.model.errors import CadenceError, Refusal
from core.model.event import BranchPushed
from core.sandbox.daemon.box_spec import Bind
from core.sandbox.daemon.git import GitRemote
from core.sandbox.daemon.jail import AGENT_HOME, REPO, WORKSPACE, Boxed, Jail
from core.sandbox.daemon.mirror import Mirror
from core.sandbox.daemon.removal import remove_folder
from core.sandbox.protocol import Task

_log = structlog.get_logger(__name__)

_INCOMING: Final = "/incoming.bundle"

# Both scripts run inside the box, as the agent's user and without a network: what the repository's own configuration
# may make git do there is no more than the agent can do anyhow.
_CLONE: Final = f"""set -eu
git clone --quiet --no-checkout {_INCOMING} {REPO}
cd {REPO}
git config user.name "$3"
git config user.email "$4"
git checkout --quiet -B "$1" "$2"
"""
_COMMIT: Final = f"""set -eu
cd {REPO}
quietly="-c core.hooksPath=/dev/null -c commit.gpgSign=false"
git $quietly add --all >&2
git diff --cached --quiet || git $quietly commit --quiet --no-verify --message "$1" >&2
if [ "$(git rev-list --count HEAD "^$2")" != 0 ]; then git bundle create --quiet - HEAD "^$2"; fi
"""


class BoxFailed(CadenceError):
    """A command that should work in any box did not."""


@dataclass(slots=True)
class Workspace:
    """``folder`` is the run's own: ``work`` in it is what the box sees as its workspace, ``memory`` holds the session.

    The run goes on from the commit ``start``; ``pushed`` is the head of the work branch, if there is one yet.
    """

    folder: Path
    start: str
    pushed: str | None
    task: Task
    jail: Jail
    mirror: Mirror

    @property
    def binds(self) -> tuple[Bind, Bind]:
        """The workspace and the session's memory, as the box sees them."""
        memory = Bind(str(self.folder / "memory"), f"{AGENT_HOME}/.claude", writable=True)
        return Bind(str(self.folder / "work"), WORKSPACE, writable=True), memory

    @property
    def _remote(self) -> GitRemote:
        return GitRemote(self.task.git_url, self.task.token)

    @property
    def _run(self) -> str:
        return f"{self.task.agent_id}/{self.task.leg}"

    async def clone(self) -> None:
        """Fill the workspace with a fresh clone that knows the start branch and the work branch only."""
        for folder in (self.folder / "work", self.folder / "memory"):
            if folder.exists():
                remove_folder(folder)
            folder.mkdir(mode=0o755)
            self.jail.give(folder)
        bundle = self.folder / "incoming.bundle"
        await self.mirror.bundle((self.task.branch, self.task.work_branch), bundle)
        bundle.chmod(0o644)
        author = (self.task.author_name, self.task.author_email)
        command = ("/bin/sh", "-c", _CLONE, "clone", self.task.work_branch, self.start, *author)
        boxed = Boxed(command, (*self.binds, Bind(str(bundle), _INCOMING)))
        result = await self.jail.run(self.folder / "clone", boxed)
        bundle.unlink()
        if result.status != 0:
            _log.error("clone_failed", error=result.errors.strip())
            raise BoxFailed("The repository could not be set up on the machine.")

    async def publish(self) -> BranchPushed | None:
        """Commit what the agent left, push it, and say what it comes to; None when nothing has changed."""
        bundle = self.folder / "outgoing.bundle"
        await self._commit(bundle)
        commit = self.start if bundle.stat().st_size == 0 else await self.mirror.take_in(bundle, self._run)
        pushed = await self.mirror.compare(self.task.branch, commit, self.task.work_branch)
        if pushed is not None and commit != self.start:
            await self.mirror.push(self._remote, commit, self.task.work_branch)
        if pushed is not None:
            pushed = await self.mirror.against_newest(self._remote, self.task.branch, pushed)
        await self.mirror.forget(self._run)
        return pushed

    async def _commit(self, bundle: Path) -> None:
        """Have the box commit and pack the work; the pack leaves it by a file of ours, never by a path of its own."""
        command = ("/bin/sh", "-c", _COMMIT, "commit", self.task.commit_message, self.start)
        with bundle.open("wb") as output:
            result = await self.jail.run(self.folder / "commit", Boxed(command, self.binds), output)
        if result.status != 0:
            _log.warning("commit_failed", error=result.errors.strip()[-2000:])
            raise Refusal("The agent left its repository in a state that git cannot commit.")


@asynccontextmanager
async def open_workspace(folder: Path, task: Task, jail: Jail, mirror: Mirror) -> AsyncGenerator[Workspace]:
    """Fetch, clone, and at the end of the block remove everything that was the run's."""
    _make_folder(folder)
    try:
        async with jail.of_run(folder.name) as confined:
            heads = await mirror.fetch(GitRemote(task.git_url, task.token), task.branch, task.work_branch)
            workspace = Workspace(folder, heads.work or heads.start, heads.work, task, confined, mirror)
            await workspace.clone()
            yield workspace
    finally:
        remove_folder(folder)


def _make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True)
