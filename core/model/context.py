"""What is known about a codebase before an agent reads a line of it."""

from dataclasses import dataclass
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
class RelevantFile:
    """A file that a task is likely to need. ``reason`` is for people; ``score`` is a probability.

    ``lines`` are the first and the last of the piece that fits best.
    """

    path: str
    reason: str
    priority: Priority
    score: float
    lines: tuple[int, int]
