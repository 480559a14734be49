"""Spoken names back to written ones: "wallet front end", "wallet dash frontend" and "w a l l e t" are one name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Final

from jellyfish import metaphone
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract

EXACT: Final = 100.0
_FUZZY: Final = 78.0
_MARGIN: Final = 8.0
_SAME_SOUND: Final = 92.0
_SLACK: Final = 3
_SHORTEST_FUZZY: Final = 5
# What is written short is said long, and the other way round.
_SHORT: Final[dict[str, str]] = {
    "administration": "admin", "application": "app", "authentication": "auth", "authorization": "auth",
    "configuration": "config", "database": "db", "development": "dev", "documentation": "docs",
    "infrastructure": "infra", "javascript": "js", "kubernetes": "k8s", "library": "lib", "libraries": "libs",
    "production": "prod", "specification": "spec", "typescript": "ts", "utilities": "utils",
}  # fmt: skip
_OF: Final = frozenset({"of", "for", "de", "del", "da", "do", "du", "von", "vom", "für"})
_THE: Final = frozenset({"the", "our", "la", "el", "le", "der", "dem", "den", "die", "das", "o", "a", "l"})
_MOST_SWAPPED: Final = 3
_SEPARATORS: Final = frozenset({"dash", "hyphen", "slash", "dot", "underscore", "point", "minus"})
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NATO: Final = frozenset(
    "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa "
    "quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu".split()
)
_LETTERS: Final = {
    sound: letter
    for letter, sounds in {
        "A": "ay", "B": "bee be", "C": "see sea", "D": "dee", "F": "eff", "G": "gee", "H": "aitch", "I": "eye",
        "J": "jay", "K": "kay", "L": "el", "M": "em", "N": "en", "O": "oh", "P": "pee pea", "Q": "queue cue",
        "R": "are", "S": "ess", "T": "tea tee", "U": "you", "V": "vee", "X": "ex", "Y": "why", "Z": "zee zed",
    }.items()
    for sound in sounds.split()
}  # fmt: skip
_SOUND: Final = rf"(?i:{'|'.join(_LETTERS)})"
_INITIALS: Final = re.compile(rf"\b(?:{_SOUND} )?[A-Z]{{1,3}}(?: (?:[A-Z]{{1,2}}\b|(?:{_SOUND})(?= [A-Z]\b)))*\b")


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
    words: list[str] = _WORD.findall(_CAMEL.sub(" ", text).lower())
    return "".join(_SHORT.get(word, word) for word in words if word not in _SEPARATORS)


def find_mentions(text: str, names: Sequence[str]) -> tuple[Mention, ...]:
    """Every stretch of ``text`` that names one of ``names``, in order; where two overlap the surer one counts."""
    return _find_mentions(text, tuple(names))


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


def spell_out(text: str) -> str:
    """The text with initials as recognisers write them put together: "see SV" is "CSV", "P D F" is "PDF"."""
    return _INITIALS.sub(lambda found: "".join(map(_letter, found[0].split())), text)


def _letter(said: str) -> str:
    return said if said.isupper() else _LETTERS.get(said.lower(), said)


@dataclass(frozen=True, slots=True)
class _Index:
    """Names by their keys: ``exact`` with and without the owner, ``near`` as they are mostly said."""

    exact: dict[str, tuple[str, ...]]
    near: dict[str, str]
    longest: int


@lru_cache(maxsize=64)
def _index(names: tuple[str, ...]) -> _Index:
    exact: dict[str, tuple[str, ...]] = {}
    for name in names:
        for key in dict.fromkeys((compact(name.rsplit("/", 1)[-1]), compact(name))):
            exact[key] = (*exact.get(key, ()), name)
    near = {name: compact(name.rsplit("/", 1)[-1]) for name in names}
    return _Index(exact, near, max((len(key) for key in exact), default=0))


# A command is searched several times on its way through the grammar.
@lru_cache(maxsize=16)
def _find_mentions(text: str, names: tuple[str, ...]) -> tuple[Mention, ...]:
    index = _index(names)
    words = tuple(replace(word, key=_SHORT.get(word.key, word.key)) for word in _as_letters(read_words(text)))
    found = chain(_exact_mentions(words, index), _swapped_mentions(words, index), _fuzzy_mentions(text, words, index))
    return _settle(found)


def _as_letters(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words with "alpha uniform" as "a u": at least two words for letters in a row are letters."""
    spelled = [word.key in _NATO or word.key in _LETTERS for word in words]
    beside = [
        spelled[position] and any(spelled[max(0, position - 1) : position] + spelled[position + 1 : position + 2])
        for position in range(len(words))
    ]
    return tuple(
        replace(word, key=_LETTERS.get(word.key, word.key[0]).lower()) if letter else word
        for word, letter in zip(words, beside, strict=True)
    )


def _windows(words: Sequence[Word], longest: int) -> Iterator[tuple[str, int, int]]:
    """Runs of words joined up, with and without the separators that were spoken out."""
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


def _exact_mentions(words: Sequence[Word], index: _Index) -> Iterator[Mention]:
    for said, start, end in _windows(words, index.longest):
        if said in index.exact:
            yield Mention(index.exact[said], EXACT, start, end)


def _swapped_mentions(words: Sequence[Word], index: _Index) -> Iterator[Mention]:
    """Names told from behind: "the SDK for relay", "la app de Android"."""
    for position, word in enumerate(words):
        if word.key not in _OF:
            continue
        behind = position + 1 + sum(other.key in _THE for other in words[position + 1 : position + 2])
        for first in range(max(0, position - _MOST_SWAPPED), position):
            for last in range(behind, min(len(words), behind + _MOST_SWAPPED)):
                key = "".join(other.key for other in (*words[behind : last + 1], *words[first:position]))
                if key in index.exact:
                    yield Mention(index.exact[key], EXACT, words[first].start, words[last].end)


def _fuzzy_mentions(text: str, words: Sequence[Word], index: _Index) -> Iterator[Mention]:
    for said, start, end in _windows(words, index.longest + _SLACK):
        scores = _likeness(said, index)
        best = max(scores.values(), default=0.0)
        if best < _FUZZY:
            continue
        near = sorted((name for name in scores if scores[name] > best - _MARGIN), key=lambda name: -scores[name])
        part = text[start:end].lower().split()
        if not (len(part) == 1 and part[0] in spoken(near[0]).split()):
            yield Mention(tuple(near), best, start, end)


def _likeness(said: str, index: _Index) -> dict[str, float]:
    """How alike the names are that are alike at all, 0–100; the same sound lifts a score."""
    if len(said) < _SHORTEST_FUZZY:
        return {}
    scores: dict[str, float] = {}
    found = extract(said, index.near, scorer=ratio, score_cutoff=_FUZZY - 2 * _MARGIN, limit=None)
    for key, score, name in found:
        if len(key) >= _SHORTEST_FUZZY:
            scores[name] = max(score, _SAME_SOUND) if metaphone(said) == metaphone(key) else score
    return scores


def _settle(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
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
