"""Whether the files of a task are found, and how fast, against counting keywords and against BM25 over whole files.

Tasks are subjects of a repository's newest commits, right are the files of the code that they changed, and what is
indexed is the commit before all of them. Without an argument it is this very repository; any other one is given as
``python -m benchmarks.context DIR [HOW_MANY_COMMITS]``.
"""

import asyncio
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.figures import report
from cadence.evals.retrieval import SOMEBODY, open_scratch_database
from core.context.analysis import ANALYSIS
from core.context.corpus import Corpus, build
from core.context.engine import ContextEngine
from core.context.indexing import Indexer
from core.context.selection import kind_of
from core.context.signals import read_query
from core.context.source import GitSource
from core.model.code import Kind
from core.sandbox.daemon.git import git, run_git
from core.store.database import Database

_TOP: Final = 20


@dataclass(frozen=True, slots=True)
class Task:
    """What somebody set out to do, and the files that it took."""

    query: str
    files: frozenset[str]


async def read_tasks(source: GitSource, commits: int) -> tuple[str, list[Task]]:
    """The commit before the newest ``commits``, and these as tasks."""
    start = (await git(source.folder, "rev-list", "--first-parent", f"--max-count={commits + 1}", "HEAD")).split()[-1]
    entries, _ = await source.files(start)
    there = {entry.path for entry in entries if kind_of(entry.path) is Kind.CODE}
    head = await source.commit()
    past = await source.history(head or start)
    before = {commit.sha for commit in await source.history(start)}
    tasks = [Task(each.subject, frozenset(each.files) & there) for each in past if each.sha not in before]
    return start, [task for task in tasks if 0 < len(task.files) <= 8]  # noqa: PLR2004 -- More is no task.


def score(tasks: Sequence[Task], ranked: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Recall among the first twenty, and the mean reciprocal rank."""
    recall = [
        len(task.files.intersection(paths[:_TOP])) / len(task.files) for task, paths in zip(tasks, ranked, strict=True)
    ]
    firsts = [
        next((1 / place for place, path in enumerate(paths, 1) if path in task.files), 0.0)
        for task, paths in zip(tasks, ranked, strict=True)
    ]
    return float(np.mean(recall)), float(np.mean(firsts))


async def by_keywords(source: GitSource, start: str, query: str) -> list[str]:
    """Files by how many of the task's words are in them, as somebody with a search tool would look."""
    found: Counter[str] = Counter()
    for word in {word for word in re.findall(r"\w+", query.lower()) if len(word) > 2}:  # noqa: PLR2004
        listed = await run_git(source.folder, "grep", "-ilIzF", "-e", word, start)
        found.update(name.partition(":")[2] for name in listed.printed.decode(errors="replace").split("\0") if name)
    return [path for path, _ in found.most_common()]


def by_bm25(corpus: Corpus) -> Callable[[str], list[str]]:
    """BM25 over whole files and nothing else."""

    def ranked(query: str) -> list[str]:
        order = np.argsort(-corpus.by_file.scores(read_query(query, corpus).words), kind="stable")
        return [corpus.files[int(place)].path for place in order]

    return ranked


async def main(folder: Path, commits: int) -> None:
    source = GitSource(folder)
    start, tasks = await read_tasks(source, commits)
    with tempfile.TemporaryDirectory(prefix="cadence-bench-") as scratch:
        async with open_scratch_database(Path(scratch)) as database:
            await measure(database, source, start, tasks)


async def measure(database: Database, source: GitSource, start: str, tasks: Sequence[Task]) -> None:
    indexer, engine = Indexer(database), ContextEngine(database)
    began = time.perf_counter()
    synced = await indexer.sync(SOMEBODY.id, "bench", source, start)
    print(f"{synced.read} contents indexed in {time.perf_counter() - began:.2f} s; {len(tasks)} tasks")
    async with database.transaction() as tx:
        snapshot = await tx.code.snapshot(SOMEBODY.id, synced.state.id, ANALYSIS)
    if snapshot is None:
        raise AssertionError("what was indexed is there")
    bm25 = by_bm25(build(snapshot))
    await engine.paths(SOMEBODY.id, "bench", "warm up", 1)
    ranked: dict[str, list[list[str]]] = {"keywords": [], "BM25": [], "Cadence": []}
    took: dict[str, list[float]] = {name: [] for name in ranked}
    for task in tasks:
        for name, answers in ranked.items():
            began = time.perf_counter()
            if name == "keywords":
                paths = await by_keywords(source, start, task.query)
            else:
                paths = (
                    bm25(task.query) if name == "BM25" else await engine.paths(SOMEBODY.id, "bench", task.query, 100)
                )
            took[name].append(time.perf_counter() - began)
            answers.append(paths)
    for name, paths in ranked.items():
        recall, mrr = score(tasks, paths)
        print(f"{name:<12} recall@{_TOP} {recall:.3f}   MRR {mrr:.3f}")
    report("a query through Postgres, against keywords", took["Cadence"], took["keywords"])
    for what, revision in (("forward to the newest commit", "HEAD"), ("and back", start)):
        began = time.perf_counter()
        synced = await indexer.sync(SOMEBODY.id, "bench", source, revision)
        print(f"{what}: {synced.read} contents read, {time.perf_counter() - began:.2f} s")
    print(f"memory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else "."), int(sys.argv[2]) if len(sys.argv) > 2 else 60))  # noqa: PLR2004
