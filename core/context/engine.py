"""Answers which files a task needs, from a person's own indexes; the newest few stay in memory."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from core.context.analysis import ANALYSIS
from core.context.corpus import Corpus, build
from core.context.ranking import find, rank
from core.model.code import IndexState
from core.model.context import CodebaseContext, RelevantFile
from core.store.database import Database

_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class ContextEngine:
    """``corpora`` are kept by index and version: a new version is loaded when somebody asks for it."""

    database: Database
    corpora: OrderedDict[tuple[int, int], Corpus] = field(default_factory=OrderedDict[tuple[int, int], Corpus])

    async def relevant(self, person_id: UUID, repo_name: str, task: str, most: int = 20) -> tuple[RelevantFile, ...]:
        """The files that ``task`` is likely to need; none as long as nothing is indexed for this person."""
        corpus = await self._corpus(person_id, repo_name)
        return () if corpus is None else await asyncio.to_thread(find, task, corpus, most)

    async def context(self, person_id: UUID, repo_name: str, task: str | None) -> CodebaseContext | None:
        """All that is known of a person's repository; None as long as nothing is indexed."""
        async with self.database.transaction() as tx:
            state = await tx.code.find(person_id, repo_name)
            files = 0 if state is None else await tx.code.count_files(state.id)
        if state is None or state.synced_at is None:
            return None
        return CodebaseContext(
            repo_name=state.repo_name,
            branch=state.branch or "HEAD",
            commit=state.commit,
            framework=state.stack.framework,
            language=state.stack.language,
            relevant_files=await self.relevant(person_id, repo_name, task) if task else (),
            dependencies=state.stack.dependencies,
            left_out=state.left_out,
            files=files,
            analyzed_at=state.synced_at,
        )

    async def paths(self, person_id: UUID, repo_name: str, task: str, most: int) -> list[str]:
        """Paths alone, best first."""
        corpus = await self._corpus(person_id, repo_name)
        if corpus is None:
            return []
        _, _, ranked = await asyncio.to_thread(rank, task, corpus)
        return [corpus.files[each.place].path for each in ranked[:most]]

    async def _corpus(self, person_id: UUID, repo_name: str) -> Corpus | None:
        async with self.database.transaction() as tx:
            state = await tx.code.find(person_id, repo_name)
        if state is None:
            return None
        kept = self.corpora.get((state.id, state.version))
        return kept or await self._load(person_id, state)

    async def _load(self, person_id: UUID, state: IndexState) -> Corpus | None:
        async with self.database.transaction() as tx:
            snapshot = await tx.code.snapshot(person_id, state.id, ANALYSIS)
        if snapshot is None:
            return None
        corpus = await asyncio.to_thread(build, snapshot)
        for key in [key for key in self.corpora if key[0] == state.id]:
            del self.corpora[key]
        self.corpora[snapshot.state.id, snapshot.state.version] = corpus
        while len(self.corpora) > _KEPT:
            self.corpora.popitem(last=False)
        return corpus
