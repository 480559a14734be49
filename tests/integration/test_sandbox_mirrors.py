"""A machine keeps the repositories that were used last, and no more of them than it has room for."""

import asyncio
import os
from pathlib import Path

import pytest

from core.sandbox.daemon.git import GitRemote
from core.sandbox.daemon.mirrors import Mirrors
from tests.integration.sandbox_world import git, make_origin


def url(number: int) -> str:
    return f"http://control.example/gateway/git/acme/repo-{number}.git"


async def use(mirrors: Mirrors, number: int, size: int = 1000) -> Path:
    """A run with a repository; how long ago is its number."""
    async with mirrors.borrowed(url(number)) as mirror:
        mirror.path.mkdir(parents=True, exist_ok=True)
        (mirror.path / "pack").write_bytes(b"x" * size)
    if mirror.path.exists():
        os.utime(mirror.path, (1_000_000 + number, 1_000_000 + number))
    return mirror.path


async def test_the_ones_used_last_are_kept(tmp_path: Path) -> None:
    mirrors = Mirrors(tmp_path / "mirrors", most=3)
    paths = [await use(mirrors, number) for number in range(5)]

    assert [path.exists() for path in paths] == [False, False, True, True, True]


async def test_what_would_not_fit_goes_oldest_first(tmp_path: Path) -> None:
    mirrors = Mirrors(tmp_path / "mirrors", largest=250_000)
    paths = [await use(mirrors, number, size=100_000) for number in range(4)]

    assert [path.exists() for path in paths] == [False, False, True, True]


async def test_what_is_in_use_stays_however_old_it_is(tmp_path: Path) -> None:
    mirrors = Mirrors(tmp_path / "mirrors", most=1)
    async with mirrors.borrowed(url(0)) as mirror:
        mirror.path.mkdir(parents=True)
        os.utime(mirror.path, (1, 1))
        await use(mirrors, 1)
        await use(mirrors, 2)
        assert mirror.path.exists()


async def test_one_repository_has_one_mirror_whatever_port_its_control_plane_has_today(tmp_path: Path) -> None:
    mirrors = Mirrors(tmp_path / "mirrors")
    async with (
        mirrors.borrowed("http://127.0.0.1:1234/gateway/git/acme/a.git") as one,
        mirrors.borrowed("http://127.0.0.1:4321/gateway/git/acme/a.git") as two,
        mirrors.borrowed("http://127.0.0.1:1234/gateway/git/acme/b.git") as other,
    ):
        assert one is two
        assert one.path != other.path


@pytest.mark.parametrize("at_once", [8])
async def test_many_at_once_do_not_get_in_each_others_way(tmp_path: Path, at_once: int) -> None:
    mirrors = Mirrors(tmp_path / "mirrors", most=2)
    await asyncio.gather(*(use(mirrors, number % 4) for number in range(at_once)))

    assert len(list((tmp_path / "mirrors").iterdir())) <= 2


async def test_what_a_git_that_was_killed_has_locked_is_fetched_into_all_the_same(tmp_path: Path) -> None:
    origin = make_origin(tmp_path)
    mirrors, remote = Mirrors(tmp_path / "mirrors"), GitRemote(f"file://{origin}", "unused")
    branch = git(origin, "symbolic-ref", "--short", "HEAD")
    async with mirrors.borrowed(url(0)) as mirror:
        await mirror.fetch(remote, branch, "cadence/1")
        for name in ("config", f"refs/heads/{branch}"):
            (mirror.path / f"{name}.lock").touch()
        (mirror.path / f"refs/heads/{branch}").unlink()
        heads = await mirror.fetch(remote, branch, "cadence/1")

    assert heads.start == git(origin, "rev-parse", branch)
