"""Agents by their numbers: "agent two", "one and three", "the second"."""

import re
from functools import cache
from typing import Final

from core.model.agent import Agent
from core.model.command import Doubt, Unclear
from core.voice.doubts import offer
from core.voice.languages.language import Language, Phrases
from core.voice.spoken_numbers import NUMBER_WORDS, THING

_DIGITS: Final = re.compile(r"(\d+)(th)?")


def numbers_in(text: str, language: Language) -> str | None:
    """The first numbers of agents anywhere in a text: "agents 1 and 3"."""
    found = _numbers(language.agents, language.joints, must_say_agent=True).search(text)
    return found[0] if found else None


def agents_by_number(said: str, agents: tuple[Agent, ...]) -> tuple[Agent, ...] | Unclear:
    """The agents that numbers in digits mean. "The 2nd" is number 2 unless numbers have gaps: then nobody knows."""
    wanted = {int(number) for number, _ in _DIGITS.findall(said)}
    ordinal = any(suffix for _, suffix in _DIGITS.findall(said))
    if ordinal and {agent.number for agent in agents} != set(range(1, len(agents) + 1)):
        return offer(agent for agent in agents if agent.live)
    meant = tuple(agent for agent in agents if agent.number in wanted)
    return meant if len(meant) == len(wanted) else offer((), Doubt.NO_SUCH_AGENT)


def numbers_at_start(text: str, language: Language) -> re.Match[str] | None:
    """The numbers that a text begins with, whether or not it says that they are agents'."""
    return _numbers(language.agents, language.joints).match(text)


@cache
def _numbers(agents: Phrases, joints: Phrases, *, must_say_agent: bool = False) -> re.Pattern[str]:
    called = rf"(?:{'|'.join((*agents, NUMBER_WORDS))})"
    little = r"(?:(?:the|both|el|la|los|las|der|die|den|dem|le|les|o|a|os|as|al|del|du|au|do|ao|mal|bitte)\s+|l'\s*)"
    one = rf"{little}{{0,2}}(?:{called}[\s-]*){{0,2}}\s*#?\d+(?:th\b|\b)(?:\s+(?:{THING}|{'|'.join(agents)})\b)?"
    said_so = rf"(?:{called}[\s-]*{one}|\d+th\b|\d+(?=(?:\s*,\s*|\s+)(?:{'|'.join(joints)})\s+(?:{called}\s+)?\d))"
    first = said_so if must_say_agent else one
    return re.compile(rf"(?<!\w){first}(?:(?:\s*,\s*|\s+)(?:(?:{'|'.join(joints)})\s+)?{one})*", re.IGNORECASE)
