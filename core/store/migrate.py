"""Brings a database's schema up to date: numbered SQL files, forward only, each in one transaction."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

import asyncpg

from core.model.errors import Refusal

_LOCK = 0x63616465  # Any number that only Cadence's migrations use; it spells "cade".


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of ``core/store/migrations``."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Tells whether a file was changed after it had been applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> Iterator[Migration]:
    """Every migration in the order of its number."""
    folder = resources.files("core.store") / "migrations"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".sql"):
            yield Migration(file.name.removesuffix(".sql"), file.read_text(encoding="utf-8"))


async def migrate(database_url: str) -> list[str]:
    """Apply what is missing and return its names. Several processes may call this at once.

    Raises Refusal when a migration that is already applied has been edited.
    """
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        await connection.execute(
            "create table if not exists migrations"
            " (name text primary key, checksum text not null, applied_at timestamptz not null default now())"
        )
        applied = {row["name"]: row["checksum"] for row in await connection.fetch("select * from migrations")}
        return [migration.name for migration in migrations() if await _apply(connection, migration, applied)]
    finally:
        await connection.close()


async def _apply(
    connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration, applied: dict[str, str]
) -> bool:
    if migration.name in applied:
        if applied[migration.name] != migration.checksum:
            raise Refusal(
                f"Migration {migration.name} was changed after this database had applied it;"
                " put the file back as it was and add a new migration instead."
            )
        return False
    async with connection.transaction():
        await connection.execute(migration.sql)
        await connection.execute(
            "insert into migrations (name, checksum) values ($1, $2)", migration.name, migration.checksum
        )
    return True
