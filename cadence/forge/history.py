"""Reading a bare repository: its branches, its commits and what changed between them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cadence.forge.git import GitFailed, read_git, run_git

MOST_COMMITS: Final = 200
MOST_DIFF_BYTES: Final = 4 << 20
_FIELDS: Final = "%H%x00%an%x00%aI%x00%s%x00"


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch and the commit at its tip."""

    name: str
    commit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, as a list shows it."""

    id: str
    author: str
    at: datetime
    subject: str


async def default_branch(repo: Path) -> str:
    """The branch that HEAD names, whether or not it has a commit yet."""
    return (await run_git(repo, "symbolic-ref", "--short", "HEAD")).decode().strip()


async def tip(repo: Path, branch: str) -> str | None:
    """The commit of a branch; None when there is no branch of exactly that name."""
    try:
        return (await run_git(repo, "show-ref", "--verify", "--hash", f"refs/heads/{branch}")).decode().strip()
    except GitFailed:
        return None


async def branches(repo: Path) -> tuple[Branch, ...]:
    """Every branch, newest commit first."""
    form = "--format=%(refname:lstrip=2)%00%(objectname)%00%(committerdate:iso-strict)"
    lines = (await run_git(repo, "for-each-ref", "--sort=-committerdate", form, "refs/heads")).decode(errors="replace")
    rows = (line.split("\0") for line in lines.splitlines())
    return tuple(Branch(name, commit, _time(at)) for name, commit, at in rows)


async def commits(repo: Path, end: str, start: str | None = None, *, limit: int = MOST_COMMITS) -> tuple[Commit, ...]:
    """The commits of ``end`` that ``start`` lacks, newest first."""
    span = end if start is None else f"{start}..{end}"
    printed = await run_git(repo, "log", "-z", f"--format={_FIELDS}", f"--max-count={limit}", span, "--")
    fields = printed.decode(errors="replace").split("\0")
    rows = zip(*(fields[offset::5] for offset in range(4)), strict=False)
    return tuple(Commit(id_, author, _time(at), subject) for id_, author, at, subject in rows if id_)


async def count_commits(repo: Path, end: str, start: str) -> int:
    """How many commits of ``end`` ``start`` lacks."""
    return int(await run_git(repo, "rev-list", "--count", f"{start}..{end}", "--"))


async def common_ancestor(repo: Path, one: str, other: str) -> str | None:
    """The newest commit both contain; None when their histories never met."""
    try:
        return (await run_git(repo, "merge-base", one, other)).decode().strip()
    except GitFailed:
        return None


async def patch(repo: Path, start: str, end: str) -> tuple[str, bool]:
    """The unified diff from ``start`` to ``end``, and whether it is whole: a huge one is cut."""
    options = ("--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--src-prefix=a/", "--dst-prefix=b/")
    printed, whole = await read_git(repo, "diff", *options, start, end, "--", limit=MOST_DIFF_BYTES)
    return printed.decode(errors="replace"), whole


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
