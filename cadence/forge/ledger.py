"""The forge's pull requests, in one SQLite file."""

import asyncio
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_SCHEMA: Final = """
create table if not exists pulls (
    owner text not null, name text not null, number integer not null,
    title text not null, body text not null, head text not null, base text not null, draft integer not null,
    head_commit text not null, start_commit text not null, created_at text not null,
    primary key (owner, name, number)
);
create unique index if not exists one_pull_per_head on pulls (owner, name, head);
"""

_INSERT: Final = """
insert into pulls
select :owner, :name, coalesce(max(number), 0) + 1, :title, :body, :head, :base, :draft,
    :head_commit, :start_commit, :created_at
from pulls where owner = :owner and name = :name
on conflict (owner, name, head) do nothing
returning *
"""


@dataclass(frozen=True, slots=True)
class NewPull:
    """A pull request to be recorded. ``start_commit`` is where its work begins."""

    owner: str
    name: str
    title: str
    body: str
    head: str
    base: str
    draft: bool
    head_commit: str
    start_commit: str


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request as recorded."""

    owner: str
    name: str
    number: int
    title: str
    body: str
    head: str
    base: str
    draft: bool
    head_commit: str
    start_commit: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PullLedger:
    """Records pull requests and finds them again. SQLite blocks, so each call has a thread of its own."""

    file: Path

    async def record(self, new: NewPull) -> Pull | None:
        """Record a pull request under the next number. None when its branch has one already."""
        return await asyncio.to_thread(self._record, new)

    async def find(self, owner: str, name: str, number: int) -> Pull | None:
        """One pull request, if it exists."""
        found = await asyncio.to_thread(self._select, owner, name)
        return next((pull for pull in found if pull.number == number), None)

    async def pulls(self, owner: str, name: str) -> tuple[Pull, ...]:
        """A repository's pull requests, newest first."""
        return await asyncio.to_thread(self._select, owner, name)

    def _record(self, new: NewPull) -> Pull | None:
        values = {field: getattr(new, field) for field in NewPull.__slots__}
        with self._connection() as connection:
            row = connection.execute(_INSERT, {**values, "created_at": datetime.now(UTC).isoformat()}).fetchone()
        return None if row is None else _pull(row)

    def _select(self, owner: str, name: str) -> tuple[Pull, ...]:
        query = "select * from pulls where owner = ? and name = ? order by number desc"
        with self._connection() as connection:
            return tuple(_pull(row) for row in connection.execute(query, (owner, name)))

    @contextmanager
    def _connection(self) -> Generator[sqlite3.Connection]:
        """Open the file for one transaction; the schema costs nothing once it is there."""
        connection = sqlite3.connect(self.file, timeout=10)
        connection.row_factory = sqlite3.Row
        try:
            connection.executescript(_SCHEMA)
            with connection:
                yield connection
        finally:
            connection.close()


def _pull(row: sqlite3.Row) -> Pull:
    return Pull(
        owner=row["owner"],
        name=row["name"],
        number=row["number"],
        title=row["title"],
        body=row["body"],
        head=row["head"],
        base=row["base"],
        draft=bool(row["draft"]),
        head_commit=row["head_commit"],
        start_commit=row["start_commit"],
        created_at=datetime.fromisoformat(row["created_at"]),
    )
