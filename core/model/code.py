"""What is kept of a repository so that the files of a task are found in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from core.model.context import Dependency


class Kind(IntEnum):
    """What a file is for, read from its path."""

    CODE = 0
    TEST = 1
    DOCS = 2
    EXAMPLE = 3
    CONFIG = 4


@dataclass(frozen=True, slots=True)
class TrackedFile:
    """A file of a commit that is worth finding. ``sha`` is git's name of its content, in hex."""

    path: str
    sha: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a blob: its lines (from one, both ends belong to it), its first word, and what it defines."""

    start: int
    end: int
    first: int
    symbols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blob:
    """A file's content, as it is searched: ``sequence`` are places in ``words``, four bytes each, in reading order."""

    sha: str
    language: str
    words: tuple[str, ...]
    sequence: bytes
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True)
class PastCommit:
    """A commit that led here. ``at`` counts seconds since 1970; ``files`` are the paths it touched."""

    sha: str
    at: int
    subject: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """What a repository is made of. ``unknown`` where it does not show."""

    language: str = "unknown"
    framework: str = "unknown"
    dependencies: tuple[Dependency, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexState:
    """How far the index of a repository is. ``version`` grows with every change that can be seen in answers."""

    id: int
    commit: str | None
    version: int
    left_out: dict[str, int]
    repo_name: str = ""
    branch: str | None = None
    stack: Stack = Stack()
    synced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """Somebody wants a repository to be read. ``failure`` is why it could not be, in words."""

    id: UUID
    person_id: UUID
    repo_name: str
    branch: str
    done: bool
    failure: str | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is searched for one repository at one commit."""

    state: IndexState
    files: tuple[TrackedFile, ...]
    blobs: dict[str, Blob]
    history: tuple[PastCommit, ...]
