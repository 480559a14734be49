"""The embedded Postgres: what it survives, and what it says when it cannot start."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from cadence.embedded import EmbeddedPostgres
from cadence.instance import AlreadyRunning
from core.model.errors import Refusal


@pytest.fixture
def state() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cadence-") as folder:
        yield Path(folder)


def postgres_in(state: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(state / "postgres", state / "run", state / "postgres.log")


def postmaster(state: Path) -> int:
    return int((state / "postgres" / "postmaster.pid").read_text().split()[0])


async def ask(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def ask_until_answered(url: str, sql: str) -> object:
    async with asyncio.timeout(20):
        while True:
            try:
                return await ask(url, sql)
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.02)


async def test_what_was_written_is_there_after_a_restart(state: Path) -> None:
    async with postgres_in(state) as url:
        await ask(url, "create table note as select 'kept' as text")
    async with postgres_in(state) as url:
        assert await ask(url, "select text from note") == "kept"


async def test_it_brings_pgvector(state: Path) -> None:
    async with postgres_in(state) as url:
        await ask(url, "create extension vector")
        assert await ask(url, "select '[3,4]'::vector <-> '[0,0]'::vector") == 5.0


async def test_a_killed_server_is_started_again_with_every_committed_row(state: Path) -> None:
    async with postgres_in(state) as url:
        await ask(url, "create table note as select 'committed' as text")
        os.kill(postmaster(state), signal.SIGKILL)
        assert await ask_until_answered(url, "select text from note") == "committed"


async def test_a_number_that_another_process_bears_by_now_does_not_keep_it_from_starting(state: Path) -> None:
    async with postgres_in(state):
        pid_file = (state / "postgres" / "postmaster.pid").read_text().splitlines()
    stale = "\n".join([str(os.getppid()), *pid_file[1:]]) + "\n"
    (state / "postgres" / "postmaster.pid").write_text(stale)
    async with postgres_in(state) as url:
        assert await ask(url, "select 1") == 1


async def test_a_second_one_on_the_same_folder_is_refused_and_harms_nothing(state: Path) -> None:
    async with postgres_in(state) as url:
        with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"):
            await postgres_in(state).__aenter__()
        assert await ask(url, "select 1") == 1


async def test_an_interrupted_first_start_is_made_good_by_the_next(state: Path) -> None:
    half_made = state / "postgres.new" / "base"
    half_made.mkdir(parents=True)
    async with postgres_in(state) as url:
        assert await ask(url, "select 1") == 1
    assert not half_made.exists()


async def test_data_of_another_version_is_named_and_left_alone(state: Path) -> None:
    (state / "postgres").mkdir()
    (state / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(Refusal, match=r"made by Postgres 16.* DATABASE_URL"):
        await postgres_in(state).__aenter__()
    assert (state / "postgres" / "PG_VERSION").read_text() == "16\n"


async def test_a_folder_with_other_things_in_it_is_left_alone(state: Path) -> None:
    (state / "postgres").mkdir()
    (state / "postgres" / "holiday.jpg").write_bytes(b"")
    with pytest.raises(Refusal, match="something other than a database"):
        await postgres_in(state).__aenter__()


async def test_a_folder_that_cannot_be_made_is_refused_in_words() -> None:
    with pytest.raises(Refusal, match="cannot make the folder /proc/cadence"):
        await postgres_in(Path("/proc/cadence")).__aenter__()


async def test_nobody_else_may_enter_the_folders(state: Path) -> None:
    async with postgres_in(state):
        assert [(state / name).stat().st_mode & 0o777 for name in ("postgres", "run")] == [0o700, 0o700]


async def test_the_ports_and_settings_of_the_surroundings_do_not_matter(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGPORT": "1", "PGHOST": "nowhere.invalid", "PGDATA": "/nowhere", "PGUSER": "nobody"}.items():
        monkeypatch.setenv(name, value)
    async with postgres_in(state) as url:
        assert await ask(url, "select current_user::text") == "postgres"
