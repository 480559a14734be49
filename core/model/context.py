"""What is known about a codebase before an agent reads a line of it."""

from dataclasses import dataclass


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
