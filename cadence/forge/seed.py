"""Putting repositories on the forge's shelf: one grown from a folder of files, or one that a person already has."""

import re
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cadence.forge.git import GitFailed, run_git
from cadence.forge.history import branches, tip
from cadence.forge.shelf import Shelf, allowed
from core.model.errors import Refusal

_AUTHOR: Final = {
    "GIT_AUTHOR_NAME": "Robin Ito",
    "GIT_AUTHOR_EMAIL": "robin@example.com",
    "GIT_COMMITTER_NAME": "Robin Ito",
    "GIT_COMMITTER_EMAIL": "robin@example.com",
    # Pathnames are names here, never patterns.
    "GIT_LITERAL_PATHSPECS": "1",
}
_PLAIN_FILES: Final = re.compile(r"(?i)(readme|license|changelog|makefile|\.).*|.*\.(md|toml|cfg|ini|lock|json)")
_UNTRACKED: Final = ("--others", "--exclude-standard", "--exclude=__pycache__", "-z")


async def seed_repo(root: Path, owner: str, name: str, tree: Path) -> Path:
    """Make a bare repository whose main branch holds ``tree``, in a few commits that are the same every time.

    One that exists already is left as it is. Returns where it is.
    """
    place = Shelf(root).place(owner, name)
    if place.is_dir():
        return place
    with _put_in_place(place) as repo:
        await run_git(None, "init", "--quiet", "--bare", "--initial-branch=main", "--template=", str(repo))
        listed = await run_git(repo, f"--work-tree={tree}", "ls-files", *_UNTRACKED)
        files = [file for file in listed.decode().split("\0") if file]
        for day, (subject, chapter) in enumerate(_chapters(name, files), start=12):
            await _commit(repo, tree, subject, chapter, f"2026-01-{day}T09:30:00+00:00")
        (repo / "index").unlink(missing_ok=True)
    return place


async def import_repo(root: Path, owner: str, path: Path, name: str | None = None) -> Path:
    """Take the branches and tags of a person's own repository at ``path``; theirs is read and never written.

    Returns where the copy is. Raises Refusal when there is nothing to take or the name is taken.
    """
    name = name or _name_for(path)
    await _check_is_repository(path)
    if not allowed(owner, name):
        raise Refusal(f"“{name}” cannot be a repository's name. Choose one of letters, digits, dots and dashes.")
    place = Shelf(root).place(owner, name)
    if place.is_dir():
        raise Refusal(f"There is a repository called {name} already. Choose another name for this one.")
    with _put_in_place(place) as repo:
        await _clone(path, repo)
        await _settle_head(repo, path)
    return place


def _chapters(name: str, files: list[str]) -> list[tuple[str, list[str]]]:
    """Sort the files into commits as somebody might have made them; a commit without files is left out."""
    tests = [file for file in files if "test" in file.lower()]
    plain = [file for file in files if file not in tests and "/" not in file and _PLAIN_FILES.fullmatch(file)]
    code = [file for file in files if file not in tests and file not in plain]
    chapters = [(f"Start {name}", plain), ("Make it work", code), ("Cover it with tests", tests)]
    return [(subject, chapter) for subject, chapter in chapters if chapter]


async def _commit(repo: Path, tree: Path, subject: str, files: list[str], date: str) -> None:
    environment = {**_AUTHOR, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    names = "\0".join(files).encode()
    place = f"--work-tree={tree}"
    add = ("add", "--pathspec-from-file=-", "--pathspec-file-nul")
    await run_git(repo, place, *add, stdin=names, environment=environment)
    await run_git(repo, place, "commit", "--quiet", f"--message={subject}", environment=environment)


async def _check_is_repository(path: Path) -> None:
    try:
        prefix = await run_git(None, "-C", str(path), "rev-parse", "--show-prefix")
    except GitFailed as error:
        raise Refusal(f"{path} is not a git repository. Run “git init” there and commit something first.") from error
    if prefix.strip():
        raise Refusal(f"{path} is a folder inside a repository. Add that repository's top folder instead.")


def _name_for(path: Path) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", path.resolve().name.removesuffix(".git")).strip("-.") or "repository"


async def _clone(path: Path, repo: Path) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".gitconfig") as trust:
        # The other side of a clone sees only settings in files, and refuses folders that belong to another user;
        # this person has just named this folder.
        trust.write("[safe]\n\tdirectory = *\n")
        trust.flush()
        options = ("--quiet", "--bare", "--no-local", "--template=")
        environment = {"GIT_CONFIG_GLOBAL": trust.name}
        try:
            await run_git(None, "clone", *options, "--", _address(path), str(repo), environment=environment)
        except GitFailed as error:
            raise Refusal(f"git cannot read {path}: {error}") from error
    await run_git(repo, "remote", "remove", "origin")


def _address(path: Path) -> str:
    """An absolute path, for git reads ``host:folder`` as a place on the network."""
    return str(path.absolute())


async def _settle_head(repo: Path, path: Path) -> None:
    """Make HEAD name a branch that exists: a person may have checked out a bare commit."""
    names = [branch.name for branch in await branches(repo)]
    if not names:
        raise Refusal(f"{path} has no commits yet. Commit something there first.")
    try:
        named = (await run_git(repo, "symbolic-ref", "--short", "HEAD")).decode().strip()
    except GitFailed:
        named = ""
    if await tip(repo, named) is None:
        best = next((name for name in ("main", "master") if name in names), names[0])
        await run_git(repo, "symbolic-ref", "HEAD", f"refs/heads/{best}")


@contextmanager
def _put_in_place(place: Path) -> Generator[Path]:
    """Build a repository aside and move it to ``place`` when it is whole, so that nobody ever sees half of one."""
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".coming-", dir=place.parent))
    try:
        yield aside
        aside.rename(place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
