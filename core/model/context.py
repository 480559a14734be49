"""What is known about a codebase before an agent reads a line of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names a listener should expect, most recently used first."""

    repos: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
