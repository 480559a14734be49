"""Questions about agents."""

import re
from typing import Final

from core.model.agent import Agent
from core.model.command import Act, CheckStatus, Doubt, Draft, Unclear
from core.voice.agent_numbers import agents_by_number, numbers_in
from core.voice.clauses import strip_courtesies
from core.voice.doubts import offer
from core.voice.languages.language import Language, ends, holds, starts
from core.voice.names import read_words
from core.voice.spoken_numbers import numbered
from core.voice.targets import Target, find_target
from core.voice.topics import mentioned

_SHORT: Final = 8
_BARE_NUMBER: Final = re.compile(
    r"\s*(?:(?:is|does|va|está|läuft|steht|vai|est)\s+)?(\d+)\b(?!\s*(?:[ap]\.?m|o'clock|percent|%|minutes?|hours?|days?))",
    re.IGNORECASE,
)

# "How much did 9 burn": a number between a verb and another word that is no unit.
_NUMBER_BESIDE_VERB: Final = re.compile(
    r"\b(?:(?:did|has|is|was|does|will|hat|ist|ha|está|va|est|a|foi|vai|with|of|about|on|by)\s+(?:el\s+|la\s+|o\s+|le\s+)?"
    r"(?=\d)|(?=\d+\s+(?:has|is|did|was|does|hat|ist|est)\b))(\d+)\b"
    r"(?=\s+[a-zà-ÿ]|\s*$)(?!\s*(?:[ap]\.?m\b|o'clock|percent|%|"
    r"\w*(?:minut|hour|day|test|file|dollar|euro|stund|tag|hora|d[ií]a|heure|jour)\w*))",
    re.IGNORECASE,
)


def read_question(text: str, agents: tuple[Agent, ...], language: Language) -> CheckStatus | Unclear | None:
    """A question about agents; ``None`` for everything else, questions about the world included."""
    said = numbered(strip_courtesies(text, language), language)
    if not _asks(text, said, agents, language) or holds(language.help).search(text):
        return None
    return _asked_about(said, agents, language)


def _asks(text: str, said: str, agents: tuple[Agent, ...], language: Language) -> bool:
    """True for a question, for a name and a question, and for a name alone in the tone of one."""
    if is_question(said, language):
        return True
    short = len(read_words(said)) <= _SHORT
    if ends(language.progress).search(said) is not None and short:
        return True
    name, comma, question = said.partition(",")
    named = isinstance(find_target(name, agents, None, language), Target)
    return named and (is_question(question.strip(), language) or (not comma and text.rstrip().endswith("?")))


def is_question(said: str, language: Language) -> bool:
    """True for what begins as a question does."""
    return starts(language.questions).match(said) is not None


def _asked_about(said: str, agents: tuple[Agent, ...], language: Language) -> CheckStatus | Unclear | None:
    numbers = numbers_in(said, language)
    if numbers is not None:
        return _about(agents_by_number(numbers, agents))
    asked = starts(language.questions).match(said)
    bare = _BARE_NUMBER.match(said, asked.end() if asked else 0)
    # In other languages 1 is an article as well.
    if bare is None and len(read_words(said)) <= _SHORT:
        bare = _NUMBER_BESIDE_VERB.search(said)
    if bare is not None and bare[1] != "1" and any(agent.number == int(bare[1]) for agent in agents):
        return _about(agents_by_number(bare[1], agents))
    several = holds(language.several).search(said) is not None
    if holds(language.newest).search(said) and not several:
        newest = max(agents, key=lambda agent: agent.number, default=None)
        return _about(Unclear(Doubt.NO_SUCH_AGENT) if newest is None else (newest,))
    overall = holds(language.overall).search(said)
    if overall is not None and overall[0].strip() == said.strip(" .?!") and len(agents) != 1:
        return CheckStatus()
    spoken_of = mentioned(said, agents, language)
    if len(spoken_of) == 1 or (spoken_of and several):
        return _about(spoken_of)
    if spoken_of:
        return _about(offer(spoken_of))
    live = tuple(agent for agent in agents if agent.live)
    points = holds(language.pronouns).search(said) is not None and len(read_words(said)) <= _SHORT
    if points and not several and (overall is None or len(live) == 1):
        return _about(live if len(live) == 1 else offer(live or agents))
    return CheckStatus() if overall is not None or holds(language.overview).search(said) else None


def _about(agents: tuple[Agent, ...] | Unclear) -> CheckStatus | Unclear:
    if isinstance(agents, Unclear):
        return Unclear(agents.doubt, agents.options, Draft(Act.STATUS))
    return CheckStatus(tuple(agent.id for agent in agents))
