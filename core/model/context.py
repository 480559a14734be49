"""What is known about a codebase before an agent reads a line of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names a listener should expect, most recently used first.

    ``dictionary`` are words of the person's own. ``language`` is what they speak, as a code of two letters; None is
    unknown.
    """

    repos: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    dictionary: tuple[str, ...] = ()
    language: str | None = None


class Priority(StrEnum):
    """How likely a file is to be needed."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something that a repository depends on, in the version that is locked, or else in those that are wanted."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class RelevantFile:
    """A file that a task is likely to need. ``reason`` is for people; ``score`` is a probability.

    ``lines`` are the first and the last of the piece that fits best.
    """

    path: str
    reason: str
    priority: Priority
    score: float
    lines: tuple[int, int]


@dataclass(frozen=True, slots=True)
class CodebaseContext:
    """What is known about a repository at a commit, and which of its files a task is likely to need."""

    repo_name: str
    branch: str
    commit: str | None
    framework: str
    language: str
    relevant_files: tuple[RelevantFile, ...]
    dependencies: tuple[Dependency, ...]
    left_out: dict[str, int]
    files: int
    analyzed_at: datetime
