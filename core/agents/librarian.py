"""Finds the files of a task before its agent begins. Nothing waits for it for long: an agent can do without."""

import asyncio
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog

from core.context.engine import ContextEngine
from core.context.indexing import Indexer
from core.context.source import GitSource
from core.github.host import CodeHost
from core.model.agent import Agent
from core.model.errors import CadenceError
from core.sandbox.daemon.git import GitRemote
from core.sandbox.daemon.mirrors import Mirrors
from core.store.database import Database

_log = structlog.get_logger(__name__)
_PATIENCE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Librarian:
    """Fetches into ``mirrors``, which people share; what is read of them is each person's own."""

    database: Database
    code_host: CodeHost
    mirrors: Mirrors
    patience: float = _PATIENCE_SECONDS
    engine: ContextEngine = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "engine", ContextEngine(self.database))

    async def prepare(self, agent: Agent) -> None:
        """Index what the agent will work on, and note the files its task is likely to need.

        What was read when the patience ends is known the next time.
        """
        try:
            async with asyncio.timeout(self.patience):
                await self._sync(agent.user_id, agent.repo_name, agent.branch)
                files = await self.engine.relevant(agent.user_id, agent.repo_name, agent.task_description)
        except (CadenceError, TimeoutError) as error:
            _log.warning("no_files_found", agent=str(agent.id), error=str(error) or type(error).__name__)
            return
        async with self.database.transaction() as tx:
            await tx.work.brief_with(agent.id, files)
        _log.info("files_found", agent=str(agent.id), files=len(files))

    async def follow(self, repo_name: str, branch: str) -> None:
        """A branch has moved: whoever has an index of the repository gets it brought up to date."""
        async with self.database.transaction() as tx:
            readers = await tx.code.readers(repo_name)
        try:
            async with asyncio.timeout(self.patience):
                for person_id in readers:
                    await self._sync(person_id, repo_name, branch)
        except (CadenceError, TimeoutError) as error:
            # The old index goes on answering; the next agent, or the next push, tries again.
            _log.warning("not_followed", repo=repo_name, error=str(error) or type(error).__name__)

    async def _sync(self, person_id: UUID, repo_name: str, branch: str) -> None:
        url = f"{self.code_host.git_base}/{repo_name}.git"
        scheme, _, token = (self.code_host.git_authorization() or "").partition(" ")
        async with self.mirrors.borrowed(url) as mirror:
            # The same name twice: there is no other branch that is wanted.
            heads = await mirror.fetch(GitRemote(url, token, scheme), branch, branch)
            await Indexer(self.database).sync(person_id, repo_name, GitSource(mirror.path), heads.start)
