"""Reads a repository at a commit out of git's own store: on the disk there may be links and stray files."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from core.model.code import PastCommit
from core.model.errors import CadenceError
from core.sandbox.daemon.git import run_git

_BATCH: Final = 400
_RECORD: Final = "\x1e"
_FIELD: Final = "\x1f"
_REGULAR: Final = frozenset({b"100644", b"100755"})
_MARKS: Final = ("vendored", "generated", "documentation")
_TRUTHS: Final = {"set": True, "true": True, "unset": False, "false": False}
MOST_COMMITS: Final = 4000


class Unreadable(CadenceError):
    """Git cannot read this repository, or not at this commit."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A regular file of a commit. ``size`` is in bytes.

    ``marks`` are what the repository itself says of it (Linguist's attributes): that it is ``vendored``, ``generated``
    or ``documentation``, or that it is not.
    """

    path: str
    sha: str
    size: int
    marks: Mapping[str, bool] = field(default_factory=dict[str, bool])


@dataclass(frozen=True, slots=True)
class GitSource:
    """A git folder, bare or not."""

    folder: Path

    async def commit(self, revision: str = "HEAD") -> str | None:
        """The full name of a commit; None where there is none, as in an empty repository."""
        found = await run_git(
            self.folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        return found.printed.decode().strip() or None

    async def root(self, commit: str) -> str:
        """The oldest commit that leads here: what forks have in common."""
        return (await self._git("rev-list", "--max-parents=0", commit)).decode().split()[-1]

    async def files(self, commit: str) -> tuple[list[Entry], int]:
        """All regular files, and how many links, submodules and missing ones there are beside them."""
        entries: list[Entry] = []
        others = 0
        for line in (await self._git("ls-tree", "-r", "-l", "-z", commit)).split(b"\0")[:-1]:
            meta, _, path = line.partition(b"\t")
            mode, _, sha, size = meta.split()
            if mode in _REGULAR and size.isdigit():  # Of an object that is missing, git says that it is bad.
                entries.append(Entry(path.decode(errors="replace"), sha.decode(), int(size)))
            else:
                others += 1
        marks = await self._marks(commit, entries)
        return [replace(entry, marks=marks[entry.path]) if entry.path in marks else entry for entry in entries], others

    async def _marks(self, commit: str, entries: Sequence[Entry]) -> dict[str, dict[str, bool]]:
        """What ``.gitattributes`` say, by path. Git itself reads them, out of an index of the commit."""
        saying = [entry.sha for entry in entries if PurePosixPath(entry.path).name == ".gitattributes"]
        if not any([b"linguist-" in content async for _, content in self.contents(saying)]):
            return {}
        with TemporaryDirectory(prefix="cadence-index-") as folder:
            index = Path(folder) / "index"
            await self._git("read-tree", commit, index=index)
            paths = "".join(f"{entry.path}\0" for entry in entries).encode()
            names = [f"linguist-{mark}" for mark in _MARKS]
            said = await self._git("check-attr", "--cached", "-z", "--stdin", *names, stdin=paths, index=index)
        marks: dict[str, dict[str, bool]] = {}
        fields = said.decode(errors="replace").split("\0")[:-1]
        for path, name, value in zip(fields[::3], fields[1::3], fields[2::3], strict=True):
            if value in _TRUTHS:
                marks.setdefault(path, {})[name.removeprefix("linguist-")] = _TRUTHS[value]
        return marks

    async def contents(self, shas: Sequence[str]) -> AsyncIterator[tuple[str, bytes]]:
        """The contents of blobs, in batches, so that no more than some of them are in memory."""
        for first in range(0, len(shas), _BATCH):
            asked = "".join(f"{sha}\n" for sha in shas[first : first + _BATCH]).encode()
            for found in _unpack(await self._git("cat-file", "--batch", stdin=asked)):
                yield found

    async def history(self, commit: str) -> tuple[PastCommit, ...]:
        """The newest commits that lead here, newest first, without merges."""
        form = f"--format={_RECORD}%H{_FIELD}%ct{_FIELD}%s"
        printed = await self._git(
            "log", "-z", "--no-merges", "--no-renames", "--name-only", f"--max-count={MOST_COMMITS}", form, commit
        )
        return tuple(map(_past_commit, printed.decode(errors="replace").split(_RECORD)[1:]))

    async def _git(self, *arguments: str, stdin: bytes = b"", index: Path | None = None) -> bytes:
        try:
            done = await run_git(self.folder, *arguments, stdin=stdin, index=index)
        except OSError as error:
            raise Unreadable(str(error)) from error
        if done.status != 0:
            raise Unreadable(done.complaints.decode(errors="replace").strip())
        return done.printed


def _unpack(printed: bytes) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    place = 0
    while place < len(printed):
        end = printed.index(b"\n", place)
        sha, kind, *size = printed[place:end].decode().split()
        if kind == "missing":
            raise Unreadable(f"The object {sha} is missing.")
        place = end + 1 + int(size[0]) + 1
        found.append((sha, printed[end + 1 : place - 1]))
    return found


def _past_commit(record: str) -> PastCommit:
    sha, at, rest = record.split(_FIELD, 2)
    subject, _, names = rest.partition("\0")
    files = tuple(name for name in names.replace("\n", "\0", 1).split("\0") if name)
    return PastCommit(sha, int(at), subject.replace("\0", " "), files)
