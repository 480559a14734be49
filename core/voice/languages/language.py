"""What Cadence knows of a language: one table of phrases each. A phrase may be a regular expression."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from core.model.agent import Status
from core.model.command import Act

Phrases = tuple[str, ...]


def either(phrases: Iterable[str]) -> str:
    """One of these phrases, as whole words; nothing at all where there are none."""
    return rf"(?<![\w'])(?:{'|'.join(phrases) or '(?!)'})(?![\w'])"


@cache
def starts(phrases: Phrases) -> re.Pattern[str]:
    """Matches a text that begins with one of the phrases."""
    return _compiled("^" + either(phrases))


@cache
def holds(phrases: Phrases) -> re.Pattern[str]:
    """Finds one of the phrases anywhere."""
    return _compiled(either(phrases))


@cache
def ends(phrases: Phrases) -> re.Pattern[str]:
    """Finds one of the phrases at the end of a text."""
    return _compiled(either(phrases) + r"[\s.,!?]*$")


@cache
def sentences(templates: Phrases) -> tuple[re.Pattern[str], ...]:
    """Whole sentences with a place for ``target`` and one for ``ending``, and for ``text`` in messages."""
    places = {"{t}": "(?P<target>.+?)", "{e}": r"(?P<ending>(?:[\s,.!].*)?)", "{x}": "(?P<text>.+)"}
    patterns: list[re.Pattern[str]] = []
    for template in templates:
        pattern = template
        for place, group in places.items():
            pattern = pattern.replace(place, group)
        patterns.append(_compiled(f"^{pattern}$"))
    return tuple(patterns)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, eq=False)
class Language:
    """The phrases of one language, by what they do in a sentence. To teach Cadence a phrase, add it to its table.

    In ``orders`` and ``messages``, ``{t}`` is where the agents stand that are meant, ``{e}`` where the sentence may
    go on; an order without ``{t}`` can only mean the one agent there is.
    """

    code: str
    marks: str  # Words that give the language away.
    # Around a command.
    fillers: Phrases  # Hesitation. Left out everywhere.
    courtesies: Phrases  # Stand in front of a command and change nothing.
    endings: Phrases  # May follow the agents of an order; anything else means that it was none.
    corrections: Phrases  # What follows replaces what came before.
    negations: Phrases  # At the beginning of a sentence: do not do it.
    instead: Phrases  # Between what not to do and what to do.
    withdrawals: Phrases  # At the end: forget what I said.
    conditions: Phrases  # Behind the agents of an order: not now, or more than one order.
    times: Phrases  # When something is to be done that is not to be done now.
    for_a_while: Phrases  # Makes a pause of a stop.
    # Agents, and how they are meant.
    orders: Mapping[Act, Phrases]
    agents: Phrases  # What agents are called.
    articles: Phrases  # Little words in the name of an agent that say nothing.
    everything: Phrases
    several: Phrases  # "any", "which": a question with them may be about more than one.
    exceptions: Phrases
    pronouns: Phrases
    newest: Phrases
    ordinals: Phrases  # First, second, third and so on.
    states: Mapping[Status, Phrases]
    joints: Phrases  # "and"
    places: Phrases  # "on", "in", "for"
    # Questions, talk, and requests for work.
    questions: Phrases  # How questions begin.
    overview: Phrases  # What a question must speak of when it names no agent.
    overall: Phrases  # Questions about everything, though they say "it".
    progress: Phrases  # What makes an agent's name a question: "agent three, any news".
    help: Phrases
    talk: Phrases  # How talk begins that gives no order.
    settings: Phrases  # How wishes begin that are about Cadence itself, or about other things in the world.
    launches: Phrases  # A new agent, in so many words.
    asking: Phrases  # "Can you", in the middle of a sentence.
    work: Phrases  # Orders about code; each opens a task by itself.
    other_work: Phrases  # Could be meant for an agent as well, or be small talk.
    diagnosis: Phrases  # Questions that only work can answer, unless they are about agents.
    others: Phrases  # "The other two", "the rest".
    subjects: Phrases  # How statements begin, and orders do not.
    wishes: Phrases
    defects: Phrases  # What makes a sentence about a repository a report of something to be done.
    messages: Phrases = ()
    one_as_noun: str = r"(?!)"  # Where the word for 1 stands for a thing: "the login one".
    homophones: Mapping[str, int] = field(default_factory=dict[str, int])  # "agent for"

    @cached_property
    def words(self) -> frozenset[str]:
        """The marks, one by one."""
        return frozenset(self.marks.split())
