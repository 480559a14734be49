"""Ranks the files of a checkout for a file of tasks, through a real database: what agents are given, measured."""

import json
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from rich.console import Console

from cadence.embedded import EmbeddedPostgres
from cadence.folders import socket_folder
from core.context.engine import ContextEngine
from core.context.indexing import Indexer
from core.context.source import GitSource
from core.model.people import Person
from core.model.ring import Ring
from core.store.database import Database, open_database
from core.store.migrate import migrate

SOMEBODY: Final = Person(UUID(int=9), "eval")
_MOST: Final = 100


class Task(BaseModel):
    """A line of the file of tasks."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    query: str


def read_tasks(queries: Path) -> list[Task]:
    """The tasks of a file."""
    lines = queries.read_text(encoding="utf-8").splitlines()
    return [Task.model_validate_json(line) for line in lines if line.strip()]


async def run_retrieval(repo: Path, tasks: Sequence[Task], out: Path, console: Console, revision: str = "HEAD") -> None:
    """Index ``repo`` and write the ranked files of each task. Raises Refusal and Unreadable with what is wrong."""
    with TemporaryDirectory(prefix="cadence-eval-") as name:
        async with open_scratch_database(Path(name)) as database:
            await _index(database, repo, console, revision)
            await _rank(database, repo, tasks, out)


async def _index(database: Database, repo: Path, console: Console, revision: str) -> None:
    began = time.perf_counter()
    synced = await Indexer(database).sync(SOMEBODY.id, repo.name, GitSource(repo), revision)
    took = time.perf_counter() - began
    console.print(f"{repo.name}: {synced.read} files read in {took:.1f} s; left out {synced.state.left_out}")


async def _rank(database: Database, repo: Path, tasks: Sequence[Task], out: Path) -> None:
    engine = ContextEngine(database)
    await engine.paths(SOMEBODY.id, repo.name, "warm up", 1)
    with out.open("w", encoding="utf-8") as file:
        for task in tasks:
            began = time.perf_counter()
            ranked = await engine.paths(SOMEBODY.id, repo.name, task.query, _MOST)
            line = {"id": task.id, "ranked": ranked, "ms": round((time.perf_counter() - began) * 1000, 2)}
            file.write(json.dumps(line) + "\n")


@asynccontextmanager
async def open_scratch_database(folder: Path) -> AsyncGenerator[Database, None]:
    """A database in ``folder`` that lives as long as the block, with one person in it."""
    postgres = EmbeddedPostgres(folder / "postgres", socket_folder(folder), folder / "postgres.log", durable=False)
    async with postgres as url:
        await migrate(url)
        async with open_database(url, _nobody_hears) as database:
            async with database.transaction() as tx:
                await tx.people.add(SOMEBODY)
            yield database


async def _nobody_hears(_: Ring) -> None:
    """Nothing waits for what an evaluation commits."""
