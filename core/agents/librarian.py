"""Finds the files of a task before its agent begins. Nothing waits for it for long: an agent can do without."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from core.agents.rights import Rights
from core.context.engine import ContextEngine
from core.context.indexing import Indexer
from core.context.source import GitSource
from core.github.host import CodeHost
from core.model.agent import Agent
from core.model.errors import CadenceError
from core.model.ring import WatchRing
from core.sandbox.daemon.git import GitRemote
from core.sandbox.daemon.mirrors import Mirrors
from core.steady import repeat
from core.store.database import Database

_log = structlog.get_logger(__name__)
_PATIENCE_SECONDS: Final = 15.0
_READING_SECONDS: Final = 100.0
_LOOK_EVERY_SECONDS: Final = 600.0
_STALE: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Librarian:
    """Fetches into ``mirrors``, which people share; what is read of them is each person's own."""

    database: Database
    code_host: CodeHost
    mirrors: Mirrors
    rights: Rights | None = None
    patience: float = _PATIENCE_SECONDS
    engine: ContextEngine = field(init=False)
    _turns: defaultdict[UUID, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def __post_init__(self) -> None:
        object.__setattr__(self, "engine", ContextEngine(self.database))

    async def prepare(self, agent: Agent) -> None:
        """Index what the agent will work on, and note the files its task is likely to need.

        What was read when the patience ends is known the next time.
        """
        try:
            # One index has one branch at a time: what is asked must be what was just read.
            async with asyncio.timeout(self.patience), self._turns[agent.user_id]:
                await self._sync(agent.user_id, agent.repo_name, agent.branch)
                files = await self.engine.relevant(agent.user_id, agent.repo_name, agent.task_description)
        except (CadenceError, TimeoutError) as error:
            _log.warning("no_files_found", agent=str(agent.id), error=str(error) or type(error).__name__)
            return
        async with self.database.transaction() as tx:
            await tx.work.brief_with(agent.id, files)
        _log.info("files_found", agent=str(agent.id), files=len(files))

    async def read(self, request_id: UUID) -> None:
        """Do what somebody has asked for: read a repository now. They are told by the request, however it ends."""
        async with self.database.transaction() as tx:
            request = await tx.code.request(request_id)
        if request is None or request.done:
            return
        failure = None
        try:
            async with asyncio.timeout(_READING_SECONDS):
                await self._sync(request.person_id, request.repo_name, request.branch)
        except (CadenceError, TimeoutError) as error:
            failure = str(error) or "That took too long. What was read is kept, so try again."
        async with self.database.transaction() as tx:
            await tx.code.settle(request_id, failure)
            tx.ring(WatchRing(request.person_id))

    async def follow(self, repo_name: str, branch: str) -> None:
        """A branch has moved: whoever has an index of the repository, and may see it, gets it brought up to date."""
        async with self.database.transaction() as tx:
            readers = await tx.code.readers(repo_name)
        try:
            async with asyncio.timeout(self.patience), self._fetched(repo_name, branch) as (source, commit):
                for person_id in readers:
                    if await self._may_see(person_id, repo_name):
                        await self._index(person_id, repo_name, branch, source, commit)
        except (CadenceError, TimeoutError) as error:
            # The old index goes on answering; the next agent, or the next push, tries again.
            _log.warning("not_followed", repo=repo_name, error=str(error) or type(error).__name__)

    async def run(self) -> None:
        """Look after indexes of which no push has told us, until cancelled."""

        async def turn() -> None:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            async with self.database.transaction() as tx:
                stale = await tx.code.stalest(_STALE)
                if stale is not None:
                    await tx.code.touch(stale[0])
            if stale is not None:
                await self.follow(*stale)

        await repeat("librarian", turn)

    async def _may_see(self, person_id: UUID, repo_name: str) -> bool:
        """What was read for somebody who may not see the repository any more is forgotten."""
        if self.rights is None or await self.rights.sees(person_id, repo_name):
            return True
        async with self.database.transaction() as tx:
            await tx.code.forget(person_id, repo_name)
        _log.info("code_forgotten", person=str(person_id), repo=repo_name)
        return False

    async def _sync(self, person_id: UUID, repo_name: str, branch: str) -> None:
        async with self._fetched(repo_name, branch) as (source, commit):
            await self._index(person_id, repo_name, branch, source, commit)

    @asynccontextmanager
    async def _fetched(self, repo_name: str, branch: str) -> AsyncGenerator[tuple[GitSource, str], None]:
        """The repository as it is now, and the branch's newest commit."""
        url = f"{self.code_host.git_base}/{repo_name}.git"
        scheme, _, token = (await self.code_host.git_authorization(repo_name.partition("/")[0]) or "").partition(" ")
        async with self.mirrors.borrowed(url) as mirror:
            # The same name twice: there is no other branch that is wanted.
            heads = await mirror.fetch(GitRemote(url, token, scheme), branch, branch)
            yield GitSource(mirror.path), heads.start

    async def _index(self, person_id: UUID, repo_name: str, branch: str, source: GitSource, commit: str) -> None:
        synced = await Indexer(self.database).sync(person_id, repo_name, source, commit)
        async with self.database.transaction() as tx:
            await tx.code.on_branch(synced.state.id, branch)
