"""Where the forge keeps its bare repositories, and which names they may have."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_OWNER: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})")
_NAME: Final = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")


def allowed(owner: str, name: str) -> bool:
    """Say whether both are names, and so neither can lead out of the shelf nor look like a git suffix."""
    return bool(_OWNER.fullmatch(owner) and _NAME.fullmatch(name)) and not name.endswith((".git", ".lock"))


@dataclass(frozen=True, slots=True)
class BareRepo:
    """One repository of the forge."""

    owner: str
    name: str
    path: Path

    @property
    def full_name(self) -> str:
        """``owner/name``."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The bare repositories under ``root/git``."""

    root: Path

    def place(self, owner: str, name: str) -> Path:
        """Where the repository of that name is or would be. Raises ValueError for what is no name."""
        if not allowed(owner, name):
            raise ValueError(f"{owner}/{name} is not a repository's name")
        return self.root / "git" / owner / f"{name}.git"

    def find(self, owner: str, name: str) -> BareRepo | None:
        """The repository of that name, if it exists."""
        if not allowed(owner, name):
            return None
        path = self.place(owner, name)
        return BareRepo(owner, name, path) if path.is_dir() else None

    def repos(self) -> tuple[BareRepo, ...]:
        """All repositories, by name."""
        return tuple(sorted(self._walk(), key=lambda repo: repo.full_name))

    def _walk(self) -> Iterator[BareRepo]:
        for path in self.root.glob("git/*/*.git"):
            owner, name = path.parent.name, path.name.removesuffix(".git")
            if allowed(owner, name):
                yield BareRepo(owner, name, path)
