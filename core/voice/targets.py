"""Which agents a phrase means: numbers, names, "everything", "it", or the words of a task or a repository."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rapidfuzz.fuzz import ratio

from core.model.agent import Agent, Status
from core.model.command import Act, Doubt, Unclear
from core.voice.names import read_words, spoken
from core.voice.phrases import TAIL
from core.voice.spoken_numbers import ordinals_as_numbers, with_digits

_MOST_OPTIONS: Final = 3
_ALIKE: Final = 82.0
_SHORTEST_ALIKE: Final = 4
_ENDING: Final = 3
_NUMBER: Final = r"(?:the )?(?:agents?|numbers?|agent number|no\.?)?\s*(?:the )?\d+(?: one| 1\b)?"
_NUMBERS: Final = re.compile(rf"{_NUMBER}(?:(?:\s*,\s*(?:and )?|\s+and\s+|\s+){_NUMBER})*", re.IGNORECASE)
_ALL: Final = re.compile(
    r"(?:everything|everyone|everybody"
    r"|(?:all|every)(?: (?:single|of|my|the|our|running|paused|active|live|1|one|agents?|them|work)\b)*"
    r"|them all|the lot|both(?: of them| agents)?)(?![\w'])",
    re.IGNORECASE,
)
_EXCEPT: Final = re.compile(r"[\s,]*\b(?:except(?: for)?|but(?: not)?|apart from|other than)\s+", re.IGNORECASE)
_IT: Final = re.compile(
    r"(?:it|that|this|him|her|(?:the|that|this|my) (?:agent|one|1|job|task)|that thing)(?![\w'])", re.IGNORECASE
)
_LAST: Final = re.compile(
    r"(?:the |my )?(?:last|latest|newest|most recent)(?: (?:one|1|agent))?(?![\w'])", re.IGNORECASE
)
_NOUNS: Final = frozenset(
    {
        "agent",
        "agents",
        "one",
        "1",
        "job",
        "task",
        "thing",
        "stuff",
        "work",
        "run",
        "repo",
        "repository",
        "fix",
        "fixed",
        "bug",
        "issue",
    }
)
_STOPWORDS: Final = frozenset(
    {"the", "a", "an", "my", "our", "that", "this", "on", "for", "in", "of", "to", "and", "with", "at"}
)

Choose = Callable[[Agent], bool]
_CONCERNED: Final[dict[Act | None, frozenset[Status]]] = {
    Act.PAUSE: frozenset({Status.RUNNING, Status.PENDING}),
    Act.RESUME: frozenset({Status.PAUSED}),
    Act.STOP: frozenset({Status.RUNNING, Status.PENDING, Status.PAUSED}),
}


@dataclass(frozen=True, slots=True)
class Target:
    """The agents that were meant, and what was said after them."""

    agents: tuple[Agent, ...]
    tail: str = ""


def find_target(phrase: str, agents: tuple[Agent, ...], act: Act | None) -> Target | Unclear | None:
    """Read an agent reference at the start of ``phrase``. None: these words are about something else.

    Only a phrase that is a reference from end to end counts, apart from a known ending such as "for now, please".
    """
    said = ordinals_as_numbers(with_digits(phrase)).strip(" ,.!?")
    if not said:
        return _the_only(agents, act, "")
    for read in (_read_all, _read_it, _read_last, _read_numbers, _read_words):
        found = read(said, agents, act)
        if found is not None:
            return found
    return None


def offer(agents: Iterable[Agent], doubt: Doubt = Doubt.WHICH_AGENT) -> Unclear:
    """The question which of these agents was meant."""
    names = tuple(agent.name for agent in agents)
    return Unclear(doubt if names else Doubt.NO_SUCH_AGENT, names[:_MOST_OPTIONS])


def match_words(phrase: str, agents: Iterable[Agent]) -> tuple[Agent, ...]:
    """The agents whose name, task or repository accounts for every word of the phrase."""
    words = [word.key for word in read_words(phrase)]
    if not set(words) - _STOPWORDS - _NOUNS:
        return ()
    return tuple(agent for agent in agents if _accounts_for(_vocabulary(agent), words))


def _ends(said: str, position: int) -> str | None:
    """What follows a reference; None when it runs on into something that is no ending."""
    tail = said[position:]
    return tail if TAIL.fullmatch(tail) else None


def _read_all(said: str, agents: tuple[Agent, ...], act: Act | None) -> Target | Unclear | None:
    found = _ALL.match(said)
    if found is None:
        return None
    concerned = tuple(agent for agent in agents if act not in _CONCERNED or agent.status in _CONCERNED[act])
    exception = _EXCEPT.match(said, found.end())
    if exception is not None:
        spared = find_target(said[exception.end() :], agents, None)
        if not isinstance(spared, Target):
            return spared or offer(concerned)
        kept = {agent.id for agent in spared.agents}
        return _some(tuple(agent for agent in concerned if agent.id not in kept), spared.tail)
    tail = _ends(said, found.end())
    return None if tail is None else _some(concerned, tail)


def _some(agents: tuple[Agent, ...], tail: str) -> Target | Unclear:
    return Target(agents, tail) if agents else Unclear(Doubt.NO_SUCH_AGENT)


def _read_it(said: str, agents: tuple[Agent, ...], act: Act | None) -> Target | Unclear | None:
    found = _IT.match(said)
    tail = _ends(said, found.end()) if found else None
    return None if tail is None else _the_only(agents, act, tail)


def _the_only(agents: tuple[Agent, ...], act: Act | None, tail: str) -> Target | Unclear:
    live = tuple(agent for agent in agents if agent.live)
    candidates = live if act is not None or live else agents
    return Target(candidates, tail) if len(candidates) == 1 else offer(candidates)


def _read_last(said: str, agents: tuple[Agent, ...], _act: Act | None) -> Target | Unclear | None:
    found = _LAST.match(said)
    tail = _ends(said, found.end()) if found else None
    if tail is None:
        return None
    newest = max(agents, key=lambda agent: agent.number, default=None)
    return Unclear(Doubt.NO_SUCH_AGENT) if newest is None else Target((newest,), tail)


def _read_numbers(said: str, agents: tuple[Agent, ...], _act: Act | None) -> Target | Unclear | None:
    found = _NUMBERS.match(said)
    tail = _ends(said, found.end()) if found else None
    if found is None or tail is None:
        return None
    wanted = {int(number) for number in re.findall(r"\d+(?! 1\b)|\d+", re.sub(r"(?<=\d) (?:1|one)\b", "", found[0]))}
    meant = tuple(agent for agent in agents if agent.number in wanted)
    return Target(meant, tail) if len(meant) == len(wanted) else offer((), Doubt.NO_SUCH_AGENT)


def _read_words(said: str, agents: tuple[Agent, ...], _act: Act | None) -> Target | Unclear | None:
    """The longest opening that agents' own words account for and that ends where a command may end."""
    for word in reversed(read_words(said)):
        tail = _ends(said, word.end)
        if tail is None:
            continue
        meant = _likeliest(match_words(said[: word.end], agents))
        if len(meant) == 1:
            return Target(meant, tail)
        if meant:
            return offer(meant)
    return None


def _likeliest(meant: tuple[Agent, ...]) -> tuple[Agent, ...]:
    """Of agents that match alike: the one that is at work; of those that bear one name, the newest."""
    live = tuple(agent for agent in meant if agent.live)
    if len(live) == 1:
        return live
    return meant[:1] if not live and len({agent.name for agent in meant}) == 1 else meant


def _vocabulary(agent: Agent) -> frozenset[str]:
    """An agent's own words, and each two neighbours as one: "time zone" is "timezone"."""
    own = f"{agent.name} {agent.task_description} {spoken(agent.repo_name)}"
    parts = [part.key for part in read_words(own)]
    return frozenset(parts) | {first + second for first, second in pairwise(parts)}


def _accounts_for(vocabulary: frozenset[str], words: list[str]) -> bool:
    if not words:
        return True
    first, rest = words[0], words[1:]
    if rest and any(first + rest[0] == part for part in vocabulary):
        return _accounts_for(vocabulary, rest[1:])
    known = first in _STOPWORDS | _NOUNS or any(_alike(first, part) for part in vocabulary)
    return known and _accounts_for(vocabulary, rest)


def _alike(word: str, part: str) -> bool:
    """The same word but for its ending or a slip of the recogniser; short words must be equal."""
    if word == part or word.rstrip("s") == part.rstrip("s"):
        return True
    short, long = sorted((word, part), key=len)
    if len(short) < _SHORTEST_ALIKE:
        return False
    return (long.startswith(short) and len(long) - len(short) <= _ENDING) or ratio(word, part) >= _ALIKE
