"""The names a recogniser should expect, in the forms that recognisers take them in."""

from typing import Final

from core.model.context import Vocabulary

_MOST_HINTS: Final = 50
_MOST_PROMPT: Final = 500


def spoken_hints(hints: Vocabulary) -> tuple[str, ...]:
    """The names as one says them, without their owners. What the person put into their dictionary comes first."""
    names = (*hints.dictionary, *map(_said, hints.repos), *hints.agents, *map(_said, hints.branches))
    return tuple(dict.fromkeys(name for name in names if name))[:_MOST_HINTS]


def prompt_from(hints: Vocabulary) -> str | None:
    """The names as a sentence. Whisper keeps the end of a prompt, so the most likely ones come last."""
    names: list[str] = []
    for name in spoken_hints(hints):
        if sum(map(len, names)) + len(name) > _MOST_PROMPT:
            break
        names.append(name)
    return f"{', '.join(reversed(names))}." if names else None


def _said(name: str) -> str:
    """``acme/wallet-frontend`` is said “wallet frontend”, and so is ``feature/login_page`` “login page”."""
    return name.rsplit("/", 1)[-1].replace("-", " ").replace("_", " ")
