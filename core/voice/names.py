"""Spoken names back to written ones: "wallet front end", "wallet dash frontend" and "w a l l e t" are one name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from jellyfish import metaphone
from rapidfuzz.fuzz import ratio

EXACT: Final = 100.0
_FUZZY: Final = 78.0
_MARGIN: Final = 8.0
_SAME_SOUND: Final = 92.0
_SLACK: Final = 3
_SHORTEST_FUZZY: Final = 5
_SEPARATORS: Final = frozenset({"dash", "hyphen", "slash", "dot", "underscore", "point", "minus"})
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a transcript, lower case, and where it stands."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text that sounds like these names: one is a clear winner, several are too close to call."""

    names: tuple[str, ...]
    score: float
    start: int
    end: int


def read_words(text: str) -> tuple[Word, ...]:
    """The words of a text."""
    return tuple(Word(found[0].lower(), found.start(), found.end()) for found in _WORD.finditer(text))


def spoken(name: str) -> str:
    """How people say a name: ``acme/wallet-frontend`` is "wallet frontend"."""
    return " ".join(_WORD.findall(_CAMEL.sub(" ", name.rsplit("/", 1)[-1]))).lower()


def compact(text: str) -> str:
    """What is left of a name when nobody can hear where it is joined."""
    words = _WORD.findall(_CAMEL.sub(" ", text).lower())
    return "".join(word for word in words if word not in _SEPARATORS)


def find_mentions(text: str, names: Sequence[str]) -> tuple[Mention, ...]:
    """Every stretch of ``text`` that names one of ``names``, in order; where two overlap the surer one counts."""
    keys = {name: _keys(name) for name in names}
    return _settle(chain(_exact_mentions(text, keys), _fuzzy_mentions(text, keys)))


def resolve(phrase: str, names: Sequence[str]) -> Mention | None:
    """The names that a phrase, as a whole or in part, stands for: exactly, by sound, or by the words it shares."""
    whole = find_mentions(phrase, names)
    if whole:
        return max(whole, key=lambda mention: mention.score)
    shared = tuple(name for name in names if _shares_words(phrase, name))
    return Mention(shared, _FUZZY, 0, len(phrase)) if shared else None


def closest(phrase: str, names: Sequence[str], most: int = 3) -> tuple[str, ...]:
    """The likeliest names to offer for a phrase that none of them fits."""
    said = compact(phrase)
    return tuple(sorted(names, key=lambda name: -ratio(said, compact(spoken(name)))))[:most]


def _keys(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((compact(name.rsplit("/", 1)[-1]), compact(name))))


def _windows(text: str, longest: int) -> Iterator[tuple[str, int, int]]:
    """Runs of words joined up, with and without the separators that were spoken out."""
    words = read_words(text)
    for first, word in enumerate(words):
        joined = bare = ""
        for last in words[first:]:
            joined += last.key
            bare += "" if last.key in _SEPARATORS else last.key
            if len(bare) > longest:
                break
            yield joined, word.start, last.end
            if bare != joined and not {word.key, last.key} & _SEPARATORS:
                yield bare, word.start, last.end


def _longest(keys: dict[str, tuple[str, ...]]) -> int:
    return max((len(key) for options in keys.values() for key in options), default=0)


def _exact_mentions(text: str, keys: dict[str, tuple[str, ...]]) -> Iterator[Mention]:
    by_key: dict[str, tuple[str, ...]] = {}
    for name, options in keys.items():
        for key in options:
            by_key[key] = (*by_key.get(key, ()), name)
    for said, start, end in _windows(text, _longest(keys)):
        if said in by_key:
            yield Mention(by_key[said], EXACT, start, end)


def _fuzzy_mentions(text: str, keys: dict[str, tuple[str, ...]]) -> Iterator[Mention]:
    for said, start, end in _windows(text, _longest(keys) + _SLACK):
        scores = {name: _likeness(said, options[0]) for name, options in keys.items()}
        part = text[start:end].lower().split()
        best = max(scores.values(), default=0.0)
        near = sorted((name for name in scores if scores[name] > best - _MARGIN), key=lambda name: -scores[name])
        if best >= _FUZZY and not (len(part) == 1 and part[0] in spoken(near[0]).split()):
            yield Mention(tuple(near), best, start, end)


def _likeness(said: str, key: str) -> float:
    if min(len(said), len(key)) < _SHORTEST_FUZZY:
        return 0.0
    score = ratio(said, key)
    return max(score, _SAME_SOUND) if score > _FUZZY - 2 * _MARGIN and metaphone(said) == metaphone(key) else score


def _settle(mentions: Iterator[Mention]) -> tuple[Mention, ...]:
    """Of mentions that overlap keep the best, of equals the longest: "recipe box API" is not "recipe box"."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda found: (-found.score, found.start - found.end)):
        if all(mention.end <= other.start or mention.start >= other.end for other in kept):
            kept.append(mention)
    return tuple(sorted(kept, key=lambda mention: mention.start))


def _shares_words(phrase: str, name: str) -> bool:
    said = [word.key for word in read_words(phrase)]
    parts = spoken(name).split()
    return bool(said) and all(any(ratio(word, part) > _FUZZY for part in parts) for word in said)
