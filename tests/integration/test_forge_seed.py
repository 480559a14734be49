"""How repositories come to the forge: from a folder of ours, or from a person's own repository."""

from pathlib import Path

import pytest

from cadence.forge.seed import import_repo, seed_repo
from core.model.errors import Refusal
from tests.integration.forge_server import git, write_files


@pytest.fixture
async def own(tmp_path: Path) -> Path:
    """A person's repository with one commit."""
    folder = tmp_path / "My Shop"
    write_files(folder, {"app.py": "print()\n"})
    await git(folder, "init", "--quiet", "--initial-branch=trunk")
    await git(folder, "add", ".")
    await git(folder, "commit", "--quiet", "--message=Begin")
    return folder


async def test_a_seeded_repository_is_the_same_every_time(tmp_path: Path) -> None:
    write_files(
        tmp_path / "tree", {"README.md": "# A\n", "a.py": "1\n", "tests/test_a.py": "1\n", "__pycache__/x": "x"}
    )
    first = await seed_repo(tmp_path / "one", "local", "a", tmp_path / "tree")
    second = await seed_repo(tmp_path / "two", "local", "a", tmp_path / "tree")
    assert await git(first, "log", "--format=%s") == "Cover it with tests\nMake it work\nStart a"
    assert await git(first, "rev-parse", "main") == await git(second, "rev-parse", "main")
    assert await git(first, "ls-tree", "-r", "--name-only", "main") == "README.md\na.py\ntests/test_a.py"


async def test_seeding_again_keeps_what_has_been_pushed(tmp_path: Path) -> None:
    write_files(tmp_path / "tree", {"README.md": "# A\n"})
    place = await seed_repo(tmp_path, "local", "a", tmp_path / "tree")
    await git(place, "branch", "cadence/1", "main")
    assert await seed_repo(tmp_path, "local", "a", tmp_path / "tree") == place
    assert await git(place, "branch", "--list", "--format=%(refname:short)") == "cadence/1\nmain"


async def test_a_persons_branches_and_tags_are_taken_and_nothing_else(own: Path, tmp_path: Path) -> None:
    await git(own, "branch", "topic")
    await git(own, "tag", "v1")
    await git(own, "update-ref", "refs/notes/private", "HEAD")
    place = await import_repo(tmp_path / "forge", "local", own)
    assert place == tmp_path / "forge/git/local/My-Shop.git"
    names = await git(place, "for-each-ref", "--format=%(refname)")
    assert names.splitlines() == ["refs/heads/topic", "refs/heads/trunk", "refs/tags/v1"]
    assert await git(place, "symbolic-ref", "HEAD") == "refs/heads/trunk"
    assert str(own) not in (place / "config").read_text()


async def test_a_bare_repository_can_be_taken_too(own: Path, tmp_path: Path) -> None:
    await git(tmp_path, "clone", "--quiet", "--bare", str(own), "own.git")
    place = await import_repo(tmp_path / "forge", "local", tmp_path / "own.git")
    assert place.name == "own.git"
    assert await git(place, "log", "--format=%s") == "Begin"


@pytest.mark.parametrize(("branch", "head"), [("main", "main"), ("topic", "topic")])
async def test_a_detached_head_becomes_a_branch(own: Path, tmp_path: Path, branch: str, head: str) -> None:
    await git(own, "branch", branch)
    await git(own, "checkout", "--quiet", "--detach")
    await git(own, "commit", "--quiet", "--allow-empty", "--message=On no branch")
    place = await import_repo(tmp_path / "forge", "local", own)
    assert await git(place, "symbolic-ref", "HEAD") == f"refs/heads/{head}"


async def test_a_path_that_looks_like_an_address_is_still_a_path(own: Path, tmp_path: Path) -> None:
    await git(tmp_path, "clone", "--quiet", str(own), "./host:shop")
    assert (await import_repo(tmp_path / "forge", "local", tmp_path / "host:shop")).name == "host-shop.git"


async def test_a_name_can_be_chosen(own: Path, tmp_path: Path) -> None:
    assert (await import_repo(tmp_path / "forge", "local", own, name="store")).name == "store.git"


@pytest.mark.parametrize("name", ["../store", "a/b", ".git", "store.git", "-x", ""])
async def test_a_name_leads_nowhere_else(own: Path, tmp_path: Path, name: str) -> None:
    if name:
        with pytest.raises(Refusal, match="cannot be a repository's name"):
            await import_repo(tmp_path / "forge", "local", own, name=name)
    with pytest.raises(ValueError, match="not a repository's name"):
        await seed_repo(tmp_path / "forge", "local", name, own)
    assert not (tmp_path / "forge").exists()


async def test_what_cannot_be_taken_is_explained_and_leaves_nothing_behind(own: Path, tmp_path: Path) -> None:
    write_files(own, {"src/deep.py": "1\n"})
    (tmp_path / "plain").mkdir()
    (tmp_path / "empty").mkdir()
    await git(tmp_path / "empty", "init", "--quiet")
    reasons = {
        tmp_path / "plain": "is not a git repository",
        tmp_path / "missing": "is not a git repository",
        tmp_path / "empty": "has no commits yet",
        own / "src": "is a folder inside a repository",
    }
    for path, reason in reasons.items():
        with pytest.raises(Refusal, match=reason):
            await import_repo(tmp_path / "forge", "local", path)
    assert list((tmp_path / "forge").glob("git/local/*")) == []


async def test_a_damaged_repository_is_not_taken(own: Path, tmp_path: Path) -> None:
    blob = await git(own, "rev-parse", "HEAD:app.py")
    (own / f".git/objects/{blob[:2]}/{blob[2:]}").unlink()
    with pytest.raises(Refusal, match="git cannot read"):
        await import_repo(tmp_path / "forge", "local", own)
    assert list((tmp_path / "forge").glob("git/local/*")) == []


async def test_a_taken_name_is_refused(own: Path, tmp_path: Path) -> None:
    await import_repo(tmp_path / "forge", "local", own)
    with pytest.raises(Refusal, match="There is a repository called My-Shop already"):
        await import_repo(tmp_path / "forge", "local", own)
