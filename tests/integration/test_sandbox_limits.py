"""What a box may take of its machine: memory, processes, processors and disk. Ids as in the test matrix: L1 to L4."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from core.model.errors import Refusal
from core.model.event import Blocked, Happening
from core.sandbox.daemon.box_spec import Bind
from core.sandbox.daemon.cgroups import find_cgroups
from core.sandbox.daemon.jail import Boxed, BoxResult, Jail
from core.sandbox.daemon.limits import Limits, in_words, limits_for
from core.sandbox.daemon.self_test import make_jail
from core.sandbox.daemon.upkeep import Upkeep, size_of

MIB = 1 << 20
OWNER = "cadence-tests"


@pytest.fixture
def jail(box: None) -> Iterator[Jail]:  # noqa: ARG001 (skips where there can be no box)
    jail = make_jail(None, Limits(memory=256 * MIB, cpus=0.5, processes=60, file=8 * MIB, scratch=16 * MIB), OWNER)
    yield jail
    jail.cgroups.clear()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where a box can be laid out, with a short name."""
    path = Path(tempfile.mkdtemp(prefix="cadence-limits-"))
    yield path
    shutil.rmtree(path)


@pytest_asyncio.fixture
async def grouped(jail: Jail) -> AsyncGenerator[Jail]:
    if not jail.cgroups.bases:
        pytest.skip("this machine lets us make no cgroups")
    async with jail.of_run("run") as confined:
        yield confined


async def python(jail: Jail, folder: Path, code: str, *binds: Bind) -> BoxResult:
    return await jail.run(folder / "box", Boxed(("python3", "-I", "-c", code), binds))


async def test_l1_who_takes_too_much_memory_is_killed_and_we_are_not(grouped: Jail, folder: Path) -> None:
    taken = await python(grouped, folder, "held = [bytearray(1 << 20) for _ in range(2000)]; print('all of it')")
    modest = await python(grouped, folder, "held = [bytearray(1 << 20) for _ in range(50)]; print('enough')")

    assert "all of it" not in taken.output
    assert taken.status != 0
    assert modest.output == "enough\n"
    assert grouped.group is not None
    assert grouped.group.hits()["memory"] >= 1


async def test_l2_a_fork_bomb_stops_at_the_limit(grouped: Jail, folder: Path) -> None:
    bomb = """
import os, time
made = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(60)
        made += 1
except OSError as problem:
    print(made, type(problem).__name__, flush=True)
"""
    result = await python(grouped, folder, bomb)
    made, problem = result.output.split()

    assert 20 < int(made) < 60
    assert problem == "BlockingIOError"
    assert grouped.group is not None
    assert grouped.group.hits()["processes"] >= 1


async def test_l3_who_computes_without_end_gets_its_share_of_the_processors(grouped: Jail, folder: Path) -> None:
    burn = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        while True:
            pass
began = time.monotonic()
while time.monotonic() - began < 1.5:
    pass
"""
    await python(grouped, folder, burn)

    assert grouped.group is not None
    (stat,) = [folder / "cpu.stat" for folder in grouped.group.folders if (folder / "cpu.stat").exists()]
    # The kernel's own count of the tenths of a second in which it had to hold the run back.
    assert int(dict(line.split() for line in stat.read_text().splitlines())["nr_throttled"]) >= 5


async def test_l4_no_file_and_no_folder_in_memory_grows_beyond_its_limit(jail: Jail, folder: Path) -> None:
    work = folder / "work"
    work.mkdir()
    jail.give(work)
    file = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); open('/w/big', 'wb').write(b'x' * (9 << 20))"
    memory = "open('/tmp/a', 'wb').write(b'x' * (7 << 20)); open('/tmp/b', 'wb').write(b'x' * (7 << 20));"
    memory += "open('/tmp/c', 'wb').write(b'x' * (7 << 20))"
    too_large = await python(jail, folder, file, Bind(str(work), "/w", writable=True))
    too_much = await python(jail, folder, memory)

    assert "File too large" in too_large.errors
    assert (work / "big").stat().st_size <= 8 * MIB
    assert "No space left" in too_much.errors


async def test_l4_a_run_that_fills_the_disk_is_ended_in_words(folder: Path) -> None:
    (folder / "many").mkdir()
    for number in range(40):
        (folder / "many" / str(number)).write_bytes(b"x" * 100_000)
    upkeep = Upkeep(replace(Limits(), disk=3 * MIB), None, folder, lambda _: None)

    assert 3 * MIB < size_of(folder) < 6 * MIB
    with pytest.raises(Refusal, match="filled the 3 MB of disk"):
        await asyncio.wait_for(upkeep.watch(), 5)


async def test_a_limit_that_is_reached_is_told_once(grouped: Jail, folder: Path) -> None:
    told: list[Happening] = []
    await python(grouped, folder, "held = [bytearray(1 << 20) for _ in range(2000)]")
    upkeep = Upkeep(grouped.limits, grouped.group, folder, told.append)
    upkeep.tell_what_is_reached()
    upkeep.tell_what_is_reached()

    assert told == [Blocked("more memory than 256 MB")]


async def test_nothing_of_a_group_is_left(jail: Jail, folder: Path) -> None:
    if not jail.cgroups.bases:
        pytest.skip("this machine lets us make no cgroups")
    async with jail.of_run("short") as confined:
        await python(confined, folder, "print(1)")
        assert all((base / "short").exists() for base in jail.cgroups.bases)
    assert not any((base / "short").exists() for base in jail.cgroups.bases)
    async with jail.of_run("killed"):
        find_cgroups(OWNER).clear()
        assert not any(base.exists() for base in jail.cgroups.bases)


def test_limits_are_what_was_set_and_otherwise_leave_the_machine_a_part() -> None:
    assert limits_for(512, 1.5, 2048) == Limits(memory=512 * MIB, cpus=1.5, scratch=256 * MIB, disk=2048 * MIB)
    unset = limits_for(None, None, None)
    assert unset.memory <= 4 << 30
    assert (unset.disk, unset.processes) == (10 << 30, 1024)
    assert (in_words(256 * MIB), in_words(4 << 30)) == ("256 MB", "4 GB")
