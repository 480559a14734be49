"""Real git against the forge: what the token opens, and what nothing opens."""

import asyncio
import gzip
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.integration.forge_server import (
    TOKEN,
    GitSaidNo,
    RunningForge,
    git,
    push_branch,
    running_forge,
    seeded_clone,
)


@pytest.fixture
async def forge(tmp_path: Path) -> AsyncGenerator[RunningForge]:
    async with running_forge(tmp_path / "forge") as running:
        yield running


@pytest.fixture
async def clone(forge: RunningForge, tmp_path: Path) -> Path:
    return await seeded_clone(forge, tmp_path)


async def test_the_token_clones_what_was_seeded(clone: Path) -> None:
    assert (clone / "src/cart.py").read_text() == "TOTAL = 1\n"
    assert await git(clone, "log", "--format=%s") == "Make it work\nStart shop"


async def test_a_pushed_branch_is_there_for_the_next_clone(forge: RunningForge, clone: Path, tmp_path: Path) -> None:
    await push_branch(clone, "cadence/1", {"src/cart.py": "TOTAL = 2\n"})
    await git(tmp_path, "clone", "--quiet", "--branch=cadence/1", f"{forge.url}/local/shop.git", "again", token=TOKEN)
    assert (tmp_path / "again/src/cart.py").read_text() == "TOTAL = 2\n"


async def test_a_push_of_12_megabytes_arrives_whole(forge: RunningForge, clone: Path) -> None:
    (clone / "video.bin").write_bytes(os.urandom(12 << 20))
    await push_branch(clone, "big", {})
    bare = forge.root / "git/local/shop.git"
    assert await git(bare, "cat-file", "-s", "big:video.bin") == str(12 << 20)
    assert await git(bare, "fsck", "--full") == ""


@pytest.mark.usefixtures("clone")
async def test_the_token_as_basic_password_of_the_code_host_opens_git(forge: RunningForge) -> None:
    async with forge.github() as host, httpx.AsyncClient() as http:
        answer = await http.get(
            f"{host.git_base}/local/shop.git/info/refs?service=git-upload-pack",
            headers={"Authorization": str(await host.git_authorization("local"))},
        )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-git-upload-pack-advertisement"


@pytest.mark.parametrize("token", [None, "wrong", ""])
async def test_without_the_token_nothing_is_read_or_written(
    forge: RunningForge, clone: Path, tmp_path: Path, token: str | None
) -> None:
    with pytest.raises(GitSaidNo, match=r"could not read Username|Authentication failed"):
        await git(tmp_path, "ls-remote", f"{forge.url}/local/shop.git", token=token)
    with pytest.raises(GitSaidNo, match=r"could not read Username|Authentication failed"):
        await git(clone, "push", "origin", "HEAD:refs/heads/intruder", token=token)
    assert await git(forge.root / "git/local/shop.git", "branch", "--list", "intruder") == ""


async def test_a_repository_that_does_not_exist_is_not_made(forge: RunningForge, clone: Path) -> None:
    with pytest.raises(GitSaidNo, match="not found"):
        await git(clone, "push", f"{forge.url}/local/other.git", "main", token=TOKEN)
    assert [path.name for path in (forge.root / "git/local").iterdir()] == ["shop.git"]


@pytest.mark.parametrize(
    "path",
    [
        "/local/shop.git/config",
        "/local/shop.git/HEAD",
        "/local/shop.git/objects/info/packs",
        "/local/shop.git/info/refs",
        "/local/shop.git/info/refs?service=git-upload-archive",
        "/local/../pulls.sqlite3",
        "/local/..%2f..%2fpulls.sqlite3",
        "/..%2flocal/shop.git/info/refs?service=git-upload-pack",
        "/local/..%2f..%2foutside.git/info/refs?service=git-upload-pack",
        "/../outside.git/info/refs?service=git-upload-pack",
        "/%2e%2e/outside.git/info/refs?service=git-upload-pack",
        "/-/static/../app.py",
        "/-/static/..%2fapp.py",
    ],
)
async def test_nothing_but_the_smart_protocol_of_known_repositories_is_served(
    forge: RunningForge, clone: Path, path: str
) -> None:
    await git(clone, "clone", "--quiet", "--bare", str(clone), str(forge.root / "outside.git"))
    address = httpx.URL(forge.url)
    async with httpx.AsyncClient() as http:
        request = httpx.Request("GET", address.copy_with(raw_path=path.encode()), headers=_authorization())
        answer = await http.send(request)
    # 405 is what a path gets that only a push or a fetch may POST to.
    assert answer.status_code in (404, 405)
    assert not answer.content.startswith((b"ref:", b"001e"))


@pytest.mark.usefixtures("clone")
async def test_a_compressed_request_is_understood(forge: RunningForge) -> None:
    headers = {
        **_authorization(),
        "Content-Type": "application/x-git-upload-pack-request",
        "Content-Encoding": "gzip",
        "Git-Protocol": "version=2",
    }
    asked = gzip.compress(b"0014command=ls-refs\n0000")
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{forge.url}/local/shop.git/git-upload-pack", content=asked, headers=headers)
    assert answer.status_code == 200
    assert b"refs/heads/main" in answer.content


async def test_a_push_that_breaks_off_changes_nothing(forge: RunningForge, clone: Path) -> None:
    bare = forge.root / "git/local/shop.git"
    before = await git(bare, "for-each-ref")
    commit = await git(clone, "rev-parse", "HEAD")
    command = f"{'0' * 40} {commit} refs/heads/half\0report-status\n".encode()
    content = f"{len(command) + 4:04x}".encode() + command + b"0000PACK\0\0\0\2\0\0\0\5"
    headers = {**_authorization(), "Content-Type": "application/x-git-receive-pack-request"}
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{forge.url}/local/shop.git/git-receive-pack", content=content, headers=headers)
    assert b"unpack ok" not in answer.content
    assert await git(bare, "for-each-ref") == before


async def test_git_itself_says_what_is_wrong_with_a_request(forge: RunningForge, clone: Path) -> None:
    commit = await git(clone, "rev-parse", "HEAD")
    url = f"{forge.url}/local/shop.git/git-upload-pack"
    typed = {**_authorization(), "Content-Type": "application/x-git-upload-pack-request"}
    unknown = b"0031want 1" + commit[1:].encode() + b"00000009done\n"
    async with httpx.AsyncClient() as http:
        assert (await http.post(url, content=unknown, headers=_authorization())).status_code == 415
        answer = await http.post(url, content=unknown, headers=typed)
    assert answer.status_code == 200
    assert b"PACK" not in answer.content


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc to look for processes in")
async def test_whoever_hangs_up_in_the_middle_of_a_clone_leaves_no_process(forge: RunningForge, clone: Path) -> None:
    (clone / "video.bin").write_bytes(os.urandom(4 << 20))
    await push_branch(clone, "big", {})
    commit = await git(clone, "rev-parse", "big")
    want = f"want {commit} side-band-64k no-progress\n".encode()
    content = f"{len(want) + 4:04x}".encode() + want + b"00000009done\n"
    headers = {**_authorization(), "Content-Type": "application/x-git-upload-pack-request"}
    url = f"{forge.url}/local/shop.git/git-upload-pack"
    async with httpx.AsyncClient() as http, http.stream("POST", url, content=content, headers=headers) as answer:
        pieces = answer.aiter_bytes()
        while b"PACK" not in await anext(pieces):
            pass
        assert len(_git_processes(forge.root)) > 0
    async with asyncio.timeout(5):
        while _git_processes(forge.root):  # noqa: ASYNC110 -- The forge tells nobody when its process has ended.
            await asyncio.sleep(0)


def _git_processes(folder: Path) -> list[str]:
    """The processes that work in a repository below this folder, as their environments tell."""
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, PermissionError, ProcessLookupError):
            if f"GIT_PROJECT_ROOT={folder}" in (process / "environ").read_text(errors="replace"):
                found.append(process.name)
    return found


def _authorization() -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKEN}"}
