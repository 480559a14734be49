"""The fixtures that the other integration tests stand on."""

import asyncpg
import redis.asyncio


async def _tables(database_url: str) -> set[str]:
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        await connection.execute("create table left_over ()")
    finally:
        await connection.close()
    return {row["tablename"] for row in rows}


async def test_a_test_finds_the_whole_schema(database_url: str) -> None:
    tables = await _tables(database_url)
    assert {"agents", "migrations"} <= tables
    assert "left_over" not in tables


async def test_what_one_test_leaves_another_does_not_find(database_url: str) -> None:
    assert "left_over" not in await _tables(database_url)


async def test_valkey_is_empty_for_each_test(redis_url: str) -> None:
    async with redis.asyncio.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("left", "over")


async def test_valkey_is_empty_for_the_next_test_too(redis_url: str) -> None:
    async with redis.asyncio.from_url(redis_url) as client:
        assert await client.dbsize() == 0
