"""Questions about agents."""

import re
from typing import Final

from core.model.agent import Agent
from core.model.command import CheckStatus, Doubt, Unclear
from core.voice.names import find_mentions, read_words
from core.voice.phrases import HELP, OVERVIEW, PREFIX, QUESTION, STATUS_TAIL
from core.voice.spoken_numbers import ordinals_as_numbers, with_digits
from core.voice.targets import Target, find_target, match_words, offer

_SHORT: Final = 8
_NUMBERED: Final = re.compile(r"\b(?:agents?|number)\s+(?:number )?(\d+)\b|\bthe (\d+) 1\b", re.IGNORECASE)
_NAMED: Final = re.compile(
    r"\b(?:the|that|my|on|about|of)\s+((?:[\w'-]+\s+){1,5}?)(?:agent|one|1|thing|job|stuff|task)\b", re.IGNORECASE
)
_PLACED: Final = re.compile(r"\b(?:on|in|for)\s+((?:the\s+)?\w+)\b", re.IGNORECASE)
_LAST: Final = re.compile(r"\bthe (?:last|latest|newest) (?:one|1|agent)\b", re.IGNORECASE)
_ANY_OF_THEM: Final = re.compile(
    r"\b(?:all|any|anything|everything|which|list|agents|them|do i have|how many)\b", re.IGNORECASE
)
_IT: Final = re.compile(r"\b(?:it|that one|the agent|my agent)\b", re.IGNORECASE)


def read_question(text: str, agents: tuple[Agent, ...]) -> CheckStatus | Unclear | None:
    """A question about agents; ``None`` for everything else, questions about the world included."""
    said = ordinals_as_numbers(with_digits(PREFIX.sub("", text.strip()) or text)).strip()
    asks = QUESTION.match(said) or (STATUS_TAIL.search(said) and len(read_words(said)) <= _SHORT)
    if asks is None or HELP.search(text):
        return None
    asked = _asked_about(said, agents)
    if isinstance(asked, Target):
        return CheckStatus(tuple(agent.id for agent in asked.agents))
    if asked is not None:
        return asked
    if not OVERVIEW.search(said):
        return None
    return CheckStatus()


def _asked_about(said: str, agents: tuple[Agent, ...]) -> Target | Unclear | None:
    numbers = {int(first or second) for first, second in _NUMBERED.findall(said)}
    if numbers:
        meant = tuple(agent for agent in agents if agent.number in numbers)
        return Target(meant) if len(meant) == len(numbers) else Unclear(Doubt.NO_SUCH_AGENT)
    if _LAST.search(said):
        return find_target("the last one", agents, None)
    by_words = _by_words(said, agents)
    if by_words is not None:
        return by_words
    if _IT.search(said) and not _ANY_OF_THEM.search(said) and len(read_words(said)) <= _SHORT:
        return find_target("it", agents, None)
    return None


def _by_words(said: str, agents: tuple[Agent, ...]) -> Target | Unclear | None:
    named = [match_words(found[1], agents) for found in _NAMED.finditer(said)]
    placed = [match_words(found[1], agents) for found in _PLACED.finditer(said)]
    for meant in (*named, _best_topic(said, agents), _in_repo(said, agents), *placed):
        if len(meant) == 1:
            return Target(meant)
        if meant:
            return Target(meant) if _ANY_OF_THEM.search(said) else offer(meant)
    return None


def _best_topic(said: str, agents: tuple[Agent, ...]) -> tuple[Agent, ...]:
    """The agents that account for the longest run of words, of two words at least."""
    words = read_words(said)
    for size in range(5, 1, -1):
        for first in range(len(words) - size + 1):
            meant = match_words(said[words[first].start : words[first + size - 1].end], agents)
            if meant and _content(words[first].start, words[first + size - 1].end, said):
                return meant
    return ()


def _content(start: int, end: int, said: str) -> bool:
    return sum(len(word.key) > 3 for word in read_words(said[start:end])) > 1  # noqa: PLR2004 -- "is it" is no topic.


def _in_repo(said: str, agents: tuple[Agent, ...]) -> tuple[Agent, ...]:
    repos = tuple(dict.fromkeys(agent.repo_name for agent in agents))
    named = {name for mention in find_mentions(said, repos) for name in mention.names}
    return tuple(agent for agent in agents if agent.repo_name in named)
