"""Real servers: one Postgres and one Valkey for the whole run, an empty database and an empty Valkey for each test."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
import redis.asyncio

from cadence.embedded import EmbeddedPostgres, EmbeddedRedis
from cadence.folders import socket_folder

_TEMPLATE = "template_cadence"


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """Short, because sockets lie in it, which pytest's own folders are not."""
    with tempfile.TemporaryDirectory(prefix="cadence-") as folder:
        yield Path(folder)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_server(server_folder: Path) -> AsyncIterator[str]:
    """A server that has the schema in a template database, so that a test's own costs a copy of a few files."""
    from core.store.migrate import migrate  # noqa: PLC0415 -- Tests that need no schema run without the store.

    postgres = EmbeddedPostgres(
        server_folder / "postgres", socket_folder(server_folder), server_folder / "postgres.log", durable=False
    )
    async with postgres as url:
        await _execute(url, f"create database {_TEMPLATE}")
        await migrate(_named(url, _TEMPLATE))
        yield url


@pytest.fixture(scope="session")
def database_names() -> Iterator[str]:
    return (f"test_{number}" for number in count())


@pytest_asyncio.fixture
async def database_url(postgres_server: str, database_names: Iterator[str]) -> AsyncIterator[str]:
    """A database of the test's own with the whole schema and no rows."""
    name = next(database_names)
    await _execute(postgres_server, f"create database {name} template {_TEMPLATE}")
    yield _named(postgres_server, name)
    await _execute(postgres_server, f"drop database {name} with (force)")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def redis_server(server_folder: Path) -> AsyncIterator[str]:
    async with EmbeddedRedis(socket_folder(server_folder), server_folder / "redis.log") as url:
        yield url


@pytest_asyncio.fixture
async def redis_url(redis_server: str) -> str:
    """An empty Valkey. What the test before left running may still write to it; end it there."""
    async with redis.asyncio.from_url(redis_server) as client:
        await client.flushall()
    return redis_server


def _named(url: str, database: str) -> str:
    return url.replace("/cadence?", f"/{database}?")


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
