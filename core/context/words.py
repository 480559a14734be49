"""Turns text and code into the words that are searched: identifiers are split, joined forms kept, endings dropped."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, cast

import Stemmer

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[^\W\d_]+")
_PART: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\W\d_A-Za-z]+")
_STOP: Final = frozenset(
    """a an and are as at be but by can do does for from has have if in into is it its not of on or so such that the
    their then there these they this to was we when where which will with you your should would""".split()
)
_LONGEST: Final = 40
_stem_word = cast("Callable[[str], str]", Stemmer.Stemmer("porter", 0).stemWord)  # pyright: ignore[reportUnknownVariableType]


@lru_cache(maxsize=200_000)
def words_of(identifier: str) -> tuple[str, ...]:
    """The words of one identifier: ``parseHttpUrl`` gives its parts, and itself in small letters."""
    if len(identifier) > _LONGEST * 2:
        return ()
    parts = _PART.findall(identifier)
    words = [stem(part.lower()) for part in parts if part.lower() not in _STOP]
    if len(parts) > 1:
        words.append(joined("".join(parts)))
    return tuple(word for word in words if len(word) <= _LONGEST)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A word without its ending."""
    return _stem_word(word) if word.isascii() else word


def joined(name: str) -> str:
    """A name in small letters without anything between its parts."""
    return name.replace("_", "").lower()


def as_one_word(symbol: str) -> str:
    """How a symbol that is used anywhere shows among the words of a text."""
    words = words_of(symbol)
    return words[-1] if words else ""


def words_in(text: str) -> list[str]:
    """The words of a text, in reading order."""
    found: list[str] = []
    for identifier in _IDENTIFIER.findall(text):
        found += words_of(identifier)
    return found
