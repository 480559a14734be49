"""Agents by what they are about: the words of their task, their repository and their name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from jellyfish import metaphone
from rapidfuzz.fuzz import ratio

from core.model.agent import Agent
from core.voice.languages.language import Language, starts
from core.voice.names import Word, read_words, spoken

_ALIKE: Final = 82.0
_SAME_SOUND: Final = 70.0
_SHORTEST_ALIKE: Final = 4
_SHORTEST_STEM: Final = 3
_LEFT_OVER: Final = 2
_DOUBLED: Final = re.compile(r"([bdgmnprt])\1$")
_MOST_FOREIGN: Final = 1 / 3
_SUFFIX: Final = re.compile(r"(?:ions?|ings?|ments?|ers?|ed|es|e|s|ado|ada|ando|ierung|ung|en|ción|ção)$")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words of a phrase, and for each that says something the agents it speaks for."""

    words: tuple[Word, ...]
    speaks_for: tuple[frozenset[int] | None, ...]  # None: an article or the like; numbers are positions of agents.

    def fits(self, first: int, last: int) -> frozenset[int]:
        """The agents that account for every word from ``first`` to ``last``."""
        telling = [agents for agents in self.speaks_for[first : last + 1] if agents is not None]
        everyone: frozenset[int] = frozenset[int]().union(*telling)
        return everyone.intersection(*telling)

    def fits_mostly(self, first: int, last: int) -> frozenset[int]:
        """The one agent that any word speaks for, if few words speak for none: "the flaky login redirect agent"."""
        telling = [agents for agents in self.speaks_for[first : last + 1] if agents is not None]
        known = [agents for agents in telling if agents]
        spoken_for: frozenset[int] = frozenset[int]().union(*known)
        enough = bool(known) and 1 - len(known) / len(telling) <= _MOST_FOREIGN
        return spoken_for if enough and len(spoken_for) == 1 else frozenset()


def weigh(phrase: str, agents: Sequence[Agent], language: Language) -> Evidence:
    """What each word of a phrase says about the agents."""
    words = read_words(phrase)
    vocabularies = [_vocabulary(agent.name, agent.task_description, agent.repo_name) for agent in agents]
    neutral = [_is_neutral(word.key, language) for word in words]
    joined = [first.key + second.key for first, second in pairwise(words)]
    speaks_for: list[frozenset[int] | None] = []
    for position, word in enumerate(words):
        compounds = {*joined[max(0, position - 1) : position + 1]}
        meant = frozenset(
            number
            for number, vocabulary in enumerate(vocabularies)
            if (not neutral[position] and _knows(vocabulary, word.key)) or compounds & vocabulary.parts
        )
        speaks_for.append(None if neutral[position] and not meant else meant)
    return Evidence(words, tuple(speaks_for))


def mentioned(text: str, agents: Sequence[Agent], language: Language) -> tuple[Agent, ...]:
    """The agents that account for the longest run of telling words; of runs as long, those of the fewest."""
    evidence = weigh(text, agents, language)
    size = len(evidence.words)
    best: tuple[int, frozenset[int]] = (0, frozenset())
    for first in range(size):
        if not evidence.speaks_for[first]:
            continue
        meant: frozenset[int] = frozenset(range(len(agents)))
        length = 0
        for speaks_for in evidence.speaks_for[first:]:
            if speaks_for is None:
                continue
            if not meant & speaks_for:
                break
            meant &= speaks_for
            length += 1
        if length > best[0] or (length == best[0] and 0 < len(meant) < len(best[1])):
            best = (length, meant)
    return tuple(agents[number] for number in sorted(best[1]))


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    parts: frozenset[str]  # Words, and each two neighbours as one: "time zone" is "timezone".
    stems: frozenset[str]
    sounds: frozenset[str]


@lru_cache(maxsize=4096)
def _vocabulary(name: str, task: str, repo: str) -> _Vocabulary:
    parts = [part.key for part in read_words(f"{name} {task} {spoken(repo)}")]
    joined = {first + second for first, second in pairwise(parts)}
    sounds = frozenset(metaphone(part) for part in parts if len(part) >= _SHORTEST_ALIKE)
    return _Vocabulary(frozenset(parts) | joined, frozenset(map(_stem, parts)), sounds)


@lru_cache(maxsize=4096)
def _is_neutral(word: str, language: Language) -> bool:
    found = starts((*language.articles, *language.agents)).match(word)
    return found is not None and found.end() == len(word)


@lru_cache(maxsize=16384)
def _knows(vocabulary: _Vocabulary, word: str) -> bool:
    """The same word but for its ending or a slip of the recogniser; short words must be equal."""
    stem = _stem(word)
    if word in vocabulary.parts or any(_same_stem(stem, other) for other in vocabulary.stems):
        return True
    if len(word) < _SHORTEST_ALIKE:
        return False
    sound = metaphone(word)
    return any(
        len(part) >= _SHORTEST_ALIKE
        and (
            ratio(word, part) >= _ALIKE
            or (sound and sound in vocabulary.sounds and metaphone(part) == sound and ratio(word, part) >= _SAME_SOUND)
        )
        for part in vocabulary.parts
    )


def _same_stem(one: str, other: str) -> bool:
    """The same but for what is left of an ending: "optimiz" and "optimizat"."""
    short, long = sorted((one, other), key=len)
    return one == other or (
        len(short) >= _SHORTEST_ALIKE and long.startswith(short) and len(long) - len(short) <= _LEFT_OVER
    )


def _stem(word: str) -> str:
    stem = _DOUBLED.sub(r"\1", _SUFFIX.sub("", word))
    return stem if len(stem) >= _SHORTEST_STEM else word
