"""Which agents a phrase means: numbers, "everything", "it", "the paused ones", or words of a task or a repository."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from core.model.agent import LIVE, Agent, Status
from core.model.command import Act, Doubt, Unclear
from core.voice.agent_numbers import agents_by_number, numbers_at_start, numbers_in
from core.voice.clauses import strip_courtesies
from core.voice.doubts import offer
from core.voice.languages.language import Language, Phrases, either, holds
from core.voice.names import EXACT, find_mentions, spoken
from core.voice.spoken_numbers import THING, numbered
from core.voice.states import count_at, state_at
from core.voice.topics import weigh

_CONCERNED: Final[dict[Act | None, frozenset[Status]]] = {
    Act.PAUSE: frozenset({Status.RUNNING, Status.PENDING}),
    Act.RESUME: frozenset({Status.PAUSED}),
    Act.STOP: frozenset({Status.RUNNING, Status.PENDING, Status.PAUSED}),
}
_FEW_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Target:
    """The agents that were meant, and what was said after them.

    ``pointed`` if only a pronoun said which, ``named`` if they were called agents or things and not just described.
    """

    agents: tuple[Agent, ...]
    tail: str = ""
    pointed: bool = False
    named: bool = True


@dataclass(frozen=True, slots=True)
class _Reading:
    """A phrase that may begin with a reference, its numbers in digits, and what it is to be understood against."""

    said: str
    agents: tuple[Agent, ...]
    act: Act | None
    language: Language
    it: tuple[Agent, ...]

    def tail(self, position: int) -> str | None:
        """What follows a reference; None when it runs on into something that is no ending."""
        tail = self.said[position:]
        return tail if is_ending(tail, self.language) else None

    def consists_of(self, phrases: Phrases) -> re.Match[str] | None:
        """The phrase that the reference is, from its beginning to where a sentence may end."""
        return _whole(phrases, (*self.language.endings, *self.language.conditions)).match(self.said)

    def begins(self, phrases: Phrases, position: int = 0) -> re.Match[str] | None:
        """The phrase that stands at a position, if one does."""
        return _at(phrases).match(self.said, position)


def find_target(
    phrase: str, agents: tuple[Agent, ...], act: Act | None, language: Language, it: tuple[Agent, ...] = ()
) -> Target | Unclear | None:
    """Read an agent reference at the start of ``phrase``. None: these words are about something else.

    ``it`` is whom a pronoun can mean, where that is known.
    Only a phrase that is a reference from end to end counts, apart from a known ending such as "for now, please".
    """
    said = _put_right(numbered(strip_courtesies(phrase, language), language).strip(" ,.!?"), agents)
    reading = _Reading(said, agents, act, language, it)
    if not said:
        return _the_only(reading, "")
    for read in (_read_others, _read_everything, _read_newest, _read_it, _read_numbers, _read_state, _read_words):
        found = read(reading)
        if found is not None:
            return found
    return _read_each(reading)


def _put_right(said: str, agents: tuple[Agent, ...]) -> str:
    """The phrase with the names of agents' repositories as they are, where they were misheard: "fire bridge"."""
    names = tuple(dict.fromkeys(agent.repo_name for agent in agents))
    for mention in reversed(find_mentions(said, names)):
        if mention.score < EXACT and len(mention.names) == 1:
            said = f"{said[: mention.start]}{spoken(mention.names[0])}{said[mention.end :]}"
    return said


def is_ending(tail: str, language: Language) -> bool:
    """True for what may follow the agents of an order: nothing, a pause, "for now", "please", "if it fails"."""
    return _ending((*language.endings, *language.conditions)).fullmatch(tail) is not None


def calls_it_an_agent(said: str, language: Language) -> bool:
    """True for "the login agent" and "the login thing", not for "the login"."""
    return holds((*language.agents, THING, "ones?", "stuff", "work", "task", "run")).search(said) is not None


def points_at_agents(said: str, language: Language) -> bool:
    """True where somebody speaks of agents, or of "the login thing", at all."""
    return holds((*language.agents, THING, "stuff")).search(said) is not None


@cache
def _at(phrases: Phrases) -> re.Pattern[str]:
    """Matches a phrase at the position where matching begins, spaces and commas before it included."""
    return re.compile(rf"[\s,]*{either(phrases)}", re.IGNORECASE)


@cache
def _ending(endings: Phrases) -> re.Pattern[str]:
    return re.compile(rf"[\s,.!?]*(?:$|[,.!?].*|{either(endings)}.*)|[,.!?].*", re.IGNORECASE | re.DOTALL)


@cache
def _whole(phrases: Phrases, endings: Phrases) -> re.Pattern[str]:
    return re.compile(rf"{either(phrases)}(?=[\s,.!?]*$|[,.!?]|\s+{either(endings)})", re.IGNORECASE)


def _read_everything(reading: _Reading) -> Target | Unclear | None:
    found = reading.begins(reading.language.everything)
    if found is None:
        return None
    concerned = _CONCERNED.get(reading.act)
    agents = tuple(agent for agent in reading.agents if concerned is None or agent.status in concerned)
    end = count_at(reading.said, found.end())
    stated = state_at(reading.said, end, reading.language)
    if stated is not None:
        status, end = stated
        agents = tuple(agent for agent in reading.agents if agent.status is status)
    exception = reading.begins(reading.language.exceptions, end)
    if exception is not None:
        return _without(reading, agents, reading.said[exception.end() :])
    tail = reading.tail(end)
    if tail is not None:
        return _some(agents, tail)
    return _everything_placed(reading, agents, end)


def _read_others(reading: _Reading) -> Target | Unclear | None:
    """Read "the other two", "the rest": who is left besides those that were spoken of."""
    found = reading.begins(reading.language.others)
    if found is None:
        return None
    if not reading.it:
        return offer(agent for agent in reading.agents if agent.live)
    concerned = _CONCERNED.get(reading.act, LIVE)
    stated = state_at(reading.said, found.end(), reading.language)
    statuses, end = (concerned, found.end()) if stated is None else (frozenset({stated[0]}), stated[1])
    spoken_of = {agent.id for agent in reading.it}
    others = tuple(agent for agent in reading.agents if agent.id not in spoken_of and agent.status in statuses)
    tail = reading.tail(end)
    return None if tail is None else _some(others, tail)


def _everything_placed(reading: _Reading, agents: tuple[Agent, ...], end: int) -> Target | Unclear | None:
    """Read "everything on the wallet": the place is a repository of agents."""
    place = reading.begins(reading.language.places, end)
    if place is None:
        return None
    words = weigh(reading.said[place.end() :], agents, reading.language)
    for last in range(len(words.words) - 1, -1, -1):
        tail = reading.tail(place.end() + words.words[last].end)
        meant = words.fits(0, last)
        if tail is not None and meant:
            return Target(tuple(agents[number] for number in sorted(meant)), tail)
    return None


def _without(reading: _Reading, agents: tuple[Agent, ...], exception: str) -> Target | Unclear | None:
    spared = find_target(exception, reading.agents, None, reading.language)
    if not isinstance(spared, Target):
        return spared or offer(agents)
    kept = {agent.id for agent in spared.agents}
    return _some(tuple(agent for agent in agents if agent.id not in kept), spared.tail)


def _some(agents: tuple[Agent, ...], tail: str) -> Target | Unclear:
    return Target(agents, tail) if agents else Unclear(Doubt.NO_SUCH_AGENT)


def _read_it(reading: _Reading) -> Target | Unclear | None:
    found = reading.consists_of(reading.language.pronouns)
    tail = reading.tail(found.end()) if found else None
    return None if tail is None else _the_only(reading, tail)


def _the_only(reading: _Reading, tail: str) -> Target | Unclear:
    if len(reading.it) == 1:
        return Target(reading.it, tail, pointed=True)
    live = tuple(agent for agent in reading.agents if agent.live)
    candidates = live if reading.act is not None or live else reading.agents
    if len(candidates) == 1:
        return Target(candidates, tail, pointed=True)
    concerned = _CONCERNED.get(reading.act, LIVE)
    return offer(tuple(agent for agent in candidates if agent.status in concerned) or candidates)


def _read_newest(reading: _Reading) -> Target | Unclear | None:
    found = reading.consists_of(reading.language.newest)
    tail = reading.tail(found.end()) if found else None
    if tail is None:
        return None
    newest = max(reading.agents, key=lambda agent: agent.number, default=None)
    return Unclear(Doubt.NO_SUCH_AGENT) if newest is None else Target((newest,), tail)


def _read_numbers(reading: _Reading) -> Target | Unclear | None:
    language = reading.language
    found = numbers_at_start(reading.said, language)
    if found is None:
        return None
    meant = agents_by_number(found[0], reading.agents)
    tail = reading.tail(found.end())
    if tail is None:
        tail = _tail_after_more_words(reading, found.end(), meant)
    if tail is None and numbers_in(found[0], language) and len(reading.said[found.end() :].split()) <= _FEW_WORDS:
        tail = reading.said[found.end() :]
    if tail is None:
        return None
    return meant if isinstance(meant, Unclear) else Target(meant, tail)


def _tail_after_more_words(reading: _Reading, position: int, meant: tuple[Agent, ...] | Unclear) -> str | None:
    """What follows "agent 2 on the API": the number is explained by words that are the agent's own."""
    if isinstance(meant, Unclear):
        return None
    evidence = weigh(reading.said[position:], meant, reading.language)
    for last in range(len(evidence.words) - 1, -1, -1):
        tail = reading.tail(position + evidence.words[last].end)
        if tail is not None and evidence.fits(0, last):
            return tail
    return None


def _read_state(reading: _Reading) -> Target | Unclear | None:
    stated = state_at(reading.said, 0, reading.language)
    if stated is None:
        return None
    status, end = stated
    tail = reading.tail(end)
    if tail is None:
        return None
    meant = tuple(agent for agent in reading.agents if agent.status is status)
    several = re.search(r"\b(?:ones|\w*agent(?:s|es|en))\b", reading.said[:end], re.IGNORECASE)
    return Target(meant, tail) if len(meant) == 1 or (meant and several) else offer(meant)


def _read_words(reading: _Reading) -> Target | Unclear | None:
    """The longest opening that agents' own words account for and that ends where a command may end."""
    evidence = weigh(reading.said, reading.agents, reading.language)
    for fits in (evidence.fits, evidence.fits_mostly):
        for last in range(len(evidence.words) - 1, -1, -1):
            end = evidence.words[last].end
            tail = reading.tail(end)
            named = calls_it_an_agent(reading.said[:end], reading.language)
            if tail is None or (fits == evidence.fits_mostly and not named):
                continue
            meant = _likeliest(tuple(reading.agents[number] for number in sorted(fits(0, last))))
            if len(meant) == 1:
                return Target(meant, tail, named=named)
            if meant:
                return offer(meant)
    return None


def _read_each(reading: _Reading) -> Target | Unclear | None:
    """Read "login and dark mode": every part means agents of its own, and only the last may go on."""
    *firsts, last = _joint(reading.language.joints).split(reading.said)
    named = [find_target(part, reading.agents, reading.act, reading.language) for part in (*firsts, last) if firsts]
    if not named or any(not isinstance(target, Target) or target.pointed for target in named):
        return None
    targets = [target for target in named if isinstance(target, Target)]
    if any(target.tail.strip() for target in targets[:-1]):
        return None
    meant = {agent.id for target in targets for agent in target.agents}
    return Target(tuple(agent for agent in reading.agents if agent.id in meant), targets[-1].tail, named=False)


@cache
def _joint(joints: Phrases) -> re.Pattern[str]:
    """What stands between two of several: "and", or a comma."""
    return re.compile(rf"\s*,\s*(?:{either(joints)}\s+)?|\s+{either(joints)}\s+", re.IGNORECASE)


def _likeliest(meant: tuple[Agent, ...]) -> tuple[Agent, ...]:
    """Of agents that match alike: the one that is at work; of those that bear one name, the newest."""
    live = tuple(agent for agent in meant if agent.live)
    if len(live) == 1:
        return live
    return meant[:1] if not live and len({agent.name for agent in meant}) == 1 else meant
