"""Brings a person's index of a repository to a commit, reading only what nobody has read for them before."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from core.context.analysis import ANALYSIS, analyse
from core.context.chunks import language_of
from core.context.selection import kind_of, why_not, why_not_content
from core.context.source import Entry, GitSource
from core.context.stack import describe
from core.model.code import Blob, IndexState, Kind, TrackedFile
from core.store.database import Database

_log = structlog.get_logger(__name__)
_KEPT_AT_ONCE: Final = 200
MOST_FILES: Final = 50_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the contents that are new have been read."""

    read: int
    of: int


@dataclass(frozen=True, slots=True)
class Synced:
    """The index as it is now, and how many contents had to be read for it."""

    state: IndexState
    read: int


@dataclass(frozen=True, slots=True)
class Indexer:
    """``executor`` reads files beside the event loop: another process, or a thread."""

    database: Database
    executor: Executor | None = None
    most_files: int = MOST_FILES

    async def sync(
        self,
        person_id: UUID,
        repo_name: str,
        source: GitSource,
        revision: str = "HEAD",
        watch: Callable[[Progress], None] = lambda _: None,
    ) -> Synced:
        """Index ``revision``. Until it is done the old index answers; cancelled, what was read stays known.

        Raises Unreadable when git cannot read the repository.
        """
        commit = await source.commit(revision)
        project = await source.root(commit) if commit else f"empty:{repo_name.lower()}"
        async with self.database.transaction() as tx:
            state = await tx.code.index(person_id, project, repo_name)
        if state.version and state.commit == commit:
            return Synced(state, 0)
        entries, others = await source.files(commit) if commit else ([], 0)
        left_out: Counter[str] = Counter({"link, submodule or missing": others} if others else {})
        chosen = self._choose(entries, left_out)
        fresh = await self._unknown(state.id, chosen)
        unfit = await self._read(state.id, source, fresh, watch)
        history = await source.history(commit) if commit else ()
        stack = await describe(source, entries)
        async with self.database.transaction() as tx:
            known = await tx.code.known(state.id, ANALYSIS, [entry.sha for entry in chosen])
            files = [_tracked(entry) for entry in chosen if entry.sha in known]
            left_out.update(unfit[entry.sha] for entry in chosen if entry.sha in unfit)
            await tx.code.publish(state.id, commit, files, history, left_out=left_out, stack=stack)
            state = await tx.code.index(person_id, project, repo_name)
        _log.info("code_indexed", repo=repo_name, files=len(files), read=len(fresh), left_out=dict(left_out))
        return Synced(state, len(fresh))

    def _choose(self, entries: Sequence[Entry], left_out: Counter[str]) -> list[Entry]:
        """What is worth reading; of too many files code comes first."""
        chosen: list[Entry] = []
        for entry in entries:
            reason = why_not(entry.path, entry.size, entry.marks)
            if reason is None:
                chosen.append(entry)
            else:
                left_out[reason] += 1
        if len(chosen) > self.most_files:
            left_out["too many files"] += len(chosen) - self.most_files
            chosen.sort(key=lambda entry: kind_of(entry.path, entry.marks) is not Kind.CODE)
            del chosen[self.most_files :]
        return chosen

    async def _unknown(self, index_id: int, chosen: Sequence[Entry]) -> dict[str, str]:
        """The contents that were never read, and a path of each."""
        async with self.database.transaction() as tx:
            known = await tx.code.known(index_id, ANALYSIS, [entry.sha for entry in chosen])
        return {entry.sha: entry.path for entry in chosen if entry.sha not in known}

    async def _read(
        self, index_id: int, source: GitSource, fresh: dict[str, str], watch: Callable[[Progress], None]
    ) -> dict[str, str]:
        """Read and keep contents; those that turn out not to be worth it, with the reason."""
        unfit: dict[str, str] = {}
        batch: list[tuple[str, bytes, str]] = []
        done = 0
        async for sha, content in source.contents(list(fresh)):
            reason = why_not_content(content)
            if reason is not None:
                unfit[sha] = reason
            else:
                batch.append((sha, content, language_of(fresh[sha])))
            if len(batch) >= _KEPT_AT_ONCE:
                done += await self._keep(index_id, batch)
                batch = []
                watch(Progress(done, len(fresh)))
        done += await self._keep(index_id, batch)
        watch(Progress(done + len(unfit), len(fresh)))
        return unfit

    async def _keep(self, index_id: int, batch: Sequence[tuple[str, bytes, str]]) -> int:
        loop = asyncio.get_running_loop()
        blobs = await loop.run_in_executor(self.executor, analyse_all, batch)
        async with self.database.transaction() as tx:
            await tx.code.keep(index_id, ANALYSIS, blobs)
        return len(blobs)


def analyse_all(batch: Sequence[tuple[str, bytes, str]]) -> list[Blob]:
    """Read several contents: what a process of its own is asked for."""
    return [analyse(*each) for each in batch]


def _tracked(entry: Entry) -> TrackedFile:
    return TrackedFile(entry.path, entry.sha, kind_of(entry.path, entry.marks))
