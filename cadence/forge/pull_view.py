"""A pull request with everything its page shows."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cadence.forge.diff import FileDiff, parse_diff
from cadence.forge.history import Commit, commits, common_ancestor, patch, tip
from cadence.forge.ledger import Pull
from cadence.forge.shelf import BareRepo

MOST_LINES_OF_A_FILE: Final = 3_000
MOST_LINES: Final = 20_000


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file of the diff; ``shown`` is false where it is too long to be read in a browser."""

    diff: FileDiff
    shown: bool


@dataclass(frozen=True, slots=True)
class PullView:
    """A pull request as it stands. ``whole`` is false when the diff was cut."""

    pull: Pull
    merged: bool
    commits: tuple[Commit, ...]
    files: tuple[ShownFile, ...]
    whole: bool

    @property
    def added(self) -> int:
        """How many lines were added."""
        return sum(file.diff.added for file in self.files)

    @property
    def removed(self) -> int:
        """How many lines were removed."""
        return sum(file.diff.removed for file in self.files)


async def view_pull(repo: BareRepo, pull: Pull) -> PullView:
    """Compare the branches as they are now; a branch that is gone counts with the commit recorded at the opening."""
    head_tip, base = await asyncio.gather(tip(repo.path, pull.head), tip(repo.path, pull.base))
    head = head_tip or pull.head_commit
    start = await common_ancestor(repo.path, base or pull.start_commit, head) or pull.start_commit
    merged = start == head
    if merged:
        # What was merged is no longer a difference between the branches: it is shown from where the work began.
        start = pull.start_commit
    history, (text, whole) = await asyncio.gather(commits(repo.path, head, start), patch(repo.path, start, head))
    return PullView(pull, merged, history, tuple(_shown(parse_diff(text))), whole)


def _shown(files: tuple[FileDiff, ...]) -> Iterator[ShownFile]:
    left = MOST_LINES
    for file in files:
        fits = len(file.lines) <= min(left, MOST_LINES_OF_A_FILE)
        left -= len(file.lines) if fits else 0
        yield ShownFile(file, shown=fits)
