"""What a repository's git directory says about the repository as a whole."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from cadence.forge.history import branches, default_branch
from cadence.forge.shelf import BareRepo


@dataclass(frozen=True, slots=True)
class RepoState:
    """A repository, its default branch and when something was last committed to it, if ever."""

    repo: BareRepo
    default_branch: str
    pushed_at: datetime | None


async def read_state(repo: BareRepo) -> RepoState:
    """Read it."""
    newest, default = await asyncio.gather(branches(repo.path), default_branch(repo.path))
    return RepoState(repo, default, newest[0].at if newest else None)


async def read_states(repos: tuple[BareRepo, ...]) -> list[RepoState]:
    """Read all of them, last written first; what was never written comes last."""
    states = await asyncio.gather(*(read_state(repo) for repo in repos))
    return sorted(states, key=lambda state: state.pushed_at.timestamp() if state.pushed_at else 0.0, reverse=True)
