"""The daemon's own copy of a repository: filled from the control plane, never seen by an agent."""

import asyncio
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Final

import stamina
import structlog

from core.model.errors import ProviderError, Refusal
from core.model.event import BranchPushed
from core.sandbox.daemon.git import GitFailed, GitRemote, git, run_git

_log = structlog.get_logger(__name__)

_PATIENCE_SECONDS: Final = 60.0
_MAY_NOT_PUSH: Final = (
    "The code host did not let me push: give my token the right to write to this repository, then tell the agent to try"
    " again."
)
# What git says when the other side has understood and declines.
_FINAL_ANSWERS: Final = (
    "could not read Username",
    "error: 403",
    "error: 404",
    "error: 415",
    "rejected",
    "not found",
)


@dataclass(frozen=True, slots=True)
class Heads:
    """Where the branch to start from stands on the code host, and the work branch, if there is one yet."""

    start: str
    work: str | None


@dataclass(frozen=True, slots=True)
class Mirror:
    """One bare repository. ``lock`` keeps two runs from fetching into it at once."""

    path: Path
    lock: asyncio.Lock

    async def fetch(self, remote: GitRemote, start: str, work: str) -> Heads:
        """Bring in the branch to start from, and the work branch if there is one."""
        wanted = [f"refs/heads/{start}", f"refs/heads/{work}"]
        try:
            async with self.lock:
                await self._make()
                listed = await _patiently(self.path, "ls-remote", remote.url, *wanted, remote=remote)
                found = {line.split("\t")[1]: line.split("\t")[0] for line in listed.splitlines()}
                if wanted[0] not in found:
                    raise Refusal(f"The branch {start} does not exist in this repository.")
                refs = [f"+{name}:{name}" for name in wanted if name in found]
                await _patiently(self.path, "fetch", "--quiet", "--no-tags", remote.url, *refs, remote=remote)
        except GitFailed as failure:
            _log.warning("fetch_failed", error=str(failure))
            raise ProviderError("The repository could not be fetched just now. Try again in a moment.") from failure
        return Heads(found[wanted[0]], found.get(wanted[1]))

    async def _make(self) -> None:
        """Making it again changes nothing, and repairs what a run that was cancelled here left half made."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Nobody else makes or fetches here while we hold the lock: these were left by a git that was killed.
        for stale in (self.path / "config.lock", *(self.path / "refs/heads").rglob("*.lock")):
            stale.unlink(missing_ok=True)
        await git(self.path, "init", "--quiet", "--bare", ".")

    async def bundle(self, branches: tuple[str, ...], target: Path) -> None:
        """Pack these branches, as far as they exist, into a file that a box can clone from."""
        existing = await git(self.path, "for-each-ref", "--format=%(refname)", *(f"refs/heads/{b}" for b in branches))
        await git(self.path, "bundle", "create", "--quiet", str(target), *existing.split())

    async def take_in(self, bundle: Path, run: str) -> str:
        """Fetch an agent's work from its bundle, checking every object, and return its commit."""
        ref = f"refs/cadence/{run}"
        try:
            await git(self.path, "fetch", "--quiet", "--no-tags", str(bundle), f"+HEAD:{ref}")
        except GitFailed as failure:
            _log.warning("bundle_refused", error=str(failure))
            raise Refusal("The agent's commits are damaged, so they were not published.") from failure
        return (await git(self.path, "rev-parse", "--verify", f"{ref}^{{commit}}")).strip()

    async def push(self, remote: GitRemote, commit: str, branch: str) -> None:
        """Move ``branch`` forward to ``commit`` on the control plane. Nothing else is ever pushed."""
        try:
            await _patiently(self.path, "push", "--quiet", remote.url, f"{commit}:refs/heads/{branch}", remote=remote)
        except GitFailed as failure:
            _log.warning("push_failed", error=str(failure))
            if "non-fast-forward" in str(failure) or "fetch first" in str(failure):
                raise Refusal("Somebody else has changed the agent's branch, so its work was not pushed.") from failure
            if "403" in str(failure):
                raise Refusal(_MAY_NOT_PUSH) from failure
            raise ProviderError("The work could not be pushed just now. Try again in a moment.") from failure

    async def compare(self, start: str, commit: str, branch: str) -> BranchPushed | None:
        """What ``commit`` changes against the start branch; None when that is nothing."""
        flags = ("--numstat", "--no-ext-diff", "--no-textconv", "--no-renames")
        counted = await git(self.path, "diff", *flags, f"refs/heads/{start}...{commit}")
        rows = [line.split("\t") for line in counted.splitlines()]
        if not rows:
            return None
        added, removed = (sum(int(row[column]) for row in rows if row[column] != "-") for column in (0, 1))
        return BranchPushed(branch, commit, len(rows), added, removed)

    async def against_newest(self, remote: GitRemote, start: str, pushed: BranchPushed) -> BranchPushed:
        """Say how the work stands to the start branch as it is by now. If that cannot be found out, nothing is said."""
        base = f"refs/heads/{start}"
        try:
            async with self.lock:
                await git(self.path, "fetch", "--quiet", "--no-tags", remote.url, f"+{base}:{base}", remote=remote)
            behind = int(await git(self.path, "rev-list", "--count", f"{pushed.commit}..{base}"))
            conflicts = await self._conflicts(base, pushed.commit) if behind else ()
        except GitFailed as failure:
            _log.warning("not_compared", error=str(failure))
            return pushed
        return replace(pushed, behind=behind, conflicts=conflicts)

    async def _conflicts(self, base: str, commit: str) -> tuple[str, ...]:
        """The files in which a merge would fail. git's first line is a tree, and an empty one ends the names."""
        merge = await run_git(self.path, "merge-tree", "--write-tree", "--name-only", "-z", base, commit)
        if merge.status not in {0, 1}:
            raise GitFailed(merge.complaints.decode(errors="replace"))
        _, *names = merge.printed.decode(errors="replace").split("\0")
        return tuple(takewhile(bool, names)) if merge.status else ()

    async def forget(self, run: str) -> None:
        """Drop the name under which a run's work was taken in; the pushed branch keeps the commits."""
        await git(self.path, "update-ref", "-d", f"refs/cadence/{run}")


async def _patiently(repo: Path, *arguments: str, remote: GitRemote) -> str:
    """Ask the control plane again for about a minute: it may be restarting, and an agent's work is worth the wait."""
    async for attempt in stamina.retry_context(
        on=_may_pass, attempts=None, timeout=_PATIENCE_SECONDS, wait_initial=0.5, wait_max=8.0
    ):
        with attempt:
            return await git(repo, *arguments, remote=remote)
    raise AssertionError("stamina either returns or raises")


def _may_pass(error: Exception) -> bool:
    return isinstance(error, GitFailed) and not any(answer in str(error) for answer in _FINAL_ANSWERS)
