"""The embedded Valkey: private, refuses to forget under pressure, and comes back when killed."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis.asyncio
from redis.exceptions import ConnectionError as NotConnected

from cadence.embedded import EmbeddedRedis
from cadence.instance import AlreadyRunning


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cadence-") as name:
        yield Path(name)


def redis_in(folder: Path) -> EmbeddedRedis:
    return EmbeddedRedis(folder / "run", folder / "redis.log")


async def ping_until_answered(client: redis.asyncio.Redis) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                await client.ping()
            except NotConnected:
                await asyncio.sleep(0.02)
            else:
                return


async def test_it_answers_and_evicts_nothing(folder: Path) -> None:
    async with redis_in(folder) as url, redis.asyncio.from_url(url) as client:
        assert (await client.config_get("maxmemory-policy"))["maxmemory-policy"] == "noeviction"
        assert (await client.config_get("port"))["port"] == "0"


async def test_only_we_may_use_its_socket(folder: Path) -> None:
    async with redis_in(folder):
        assert (folder / "run" / "redis.sock").stat().st_mode & 0o777 == 0o700


async def test_a_killed_server_is_started_again(folder: Path) -> None:
    async with redis_in(folder) as url, redis.asyncio.from_url(url) as client:
        killed = int((folder / "run" / "redis.pid").read_text())
        os.kill(killed, signal.SIGKILL)
        await ping_until_answered(client)
        assert int((folder / "run" / "redis.pid").read_text()) != killed


async def test_a_second_one_in_the_same_folder_is_refused(folder: Path) -> None:
    async with redis_in(folder):
        with pytest.raises(AlreadyRunning):
            await redis_in(folder).__aenter__()
