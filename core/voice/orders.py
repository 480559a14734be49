"""Commands to agents that are there already: pause, resume, stop, and messages."""

import re
from dataclasses import dataclass, replace
from typing import Final

from core.model.agent import Agent
from core.model.command import Act, Doubt, Draft, MessageAgent, PauseAgent, ResumeAgent, StopAgent, Unclear
from core.model.dialogue import Consequence
from core.voice.agent_numbers import agents_by_number, numbers_in
from core.voice.clauses import correction, strip_courtesies
from core.voice.consequences import consequences
from core.voice.doubts import offer
from core.voice.languages.language import Language, either, holds, sentences, starts
from core.voice.spoken_numbers import THING, numbered
from core.voice.targets import (
    Target,
    calls_it_an_agent,
    find_target,
    is_ending,
    points_at_agents,
)
from core.voice.topics import mentioned

_CLAUSE: Final = re.compile(r"[,.;:!?–—]+\s+|\s+-\s+|\s+(?=(?:and|so|then|y|und|et|e)\s)", re.IGNORECASE)
_FOR_GOOD: Final = re.compile(
    r"\b(?:for good|forever|permanently|endgültig|para siempre|definitivamente|pour de bon|définitivement"
    r"|para sempre)\b",
    re.IGNORECASE,
)
_DRAFTED: Final = frozenset({Doubt.WHICH_AGENT, Doubt.NO_SUCH_AGENT})

_PLACES: Final = frozenset("in on for at inside within im auf für en sobre dans sur em no na".split())
_LONGEST_PLACE: Final = 7

# "Continue please": who gives no agent may still be polite.
_LAST_WORD: Final = re.compile(
    r"[\s,]+(?:please|now|then|thanks|bitte|jetzt|por favor|ahora|ya|agora|maintenant|s'il (?:te|vous) pla[iî]t)$",
    re.IGNORECASE,
)

_A_THING: Final = re.compile(rf"\b(?:the|that|this|my|our)\s+(?:\S+\s+){{0,3}}{THING}\b", re.IGNORECASE)

Order = PauseAgent | ResumeAgent | StopAgent
_NOT_NOW: Final = Unclear(Doubt.NOT_A_COMMAND)


def read_order(text: str, agents: tuple[Agent, ...], language: Language) -> Order | Unclear | None:
    """A command to an agent, if the whole sentence is one; ``None`` if it is about something else."""
    said = strip_courtesies(text, language)
    if starts(language.negations).match(said):
        return _read_instead(said, agents, language)
    parts = correction(language).split(said)
    if len(parts) > 1:
        corrected = _read_corrected(parts, agents, language)
        if corrected is not None:
            return corrected
    return _read_clauses(said, agents, language)


def read_message(text: str, agents: tuple[Agent, ...], language: Language) -> MessageAgent | Unclear | None:
    """Something to tell one agent."""
    for sentence in sentences(language.messages):
        found = sentence.match(strip_courtesies(text, language))
        if found is None or found["target"].lower() in {"me", "us"}:
            continue
        target = find_target(found["target"], agents, None, language)
        if not isinstance(target, Target):
            return target
        agent, *others = target.agents
        if not others and not target.tail.strip():
            return MessageAgent(agent.id, re.sub(r"^to\s+", "", found["text"]))
    return None


def read_half_order(text: str, agents: tuple[Agent, ...], language: Language) -> Unclear | None:
    """The question that "cancel the thingy" leaves open: an agent's verb, but nothing that says which agent."""
    said = strip_courtesies(text, language)
    for match in _matches(said, language):
        if calls_it_an_agent(match.target, language):
            return replace(offer(agent for agent in agents if agent.live), draft=Draft(match.act))
    return None


@dataclass(frozen=True, slots=True)
class _Match:
    """A way to read a sentence: the act, the words about agents, and how the sentence goes on, if it may."""

    act: Act
    target: str
    ending: str | None


def _matches(said: str, language: Language) -> list[_Match]:
    """Every way to read a sentence as an order."""
    found: list[_Match] = []
    for act, templates in language.orders.items():
        for sentence in sentences(templates):
            match = sentence.match(said) or sentence.match(_LAST_WORD.sub("", said))
            if match is not None:
                groups = match.groupdict()
                found.append(_Match(act, groups.get("target") or "", groups.get("ending")))
    return found


def _read_clauses(
    said: str, agents: tuple[Agent, ...], language: Language, it: tuple[Agent, ...] = ()
) -> Order | Unclear | None:
    """The first clause that an order begins with; what stands before it may only say why, or which agent."""
    starts_of_clauses = [0, *(found.end() for found in _CLAUSE.finditer(said))]
    for start in starts_of_clauses:
        before = said[:start]
        if before and (_is_talk(before, language) or _is_work(before, language)):
            return None
        clause = strip_courtesies(said[start:], language)
        if before and starts(language.negations).match(clause):
            return None
        order = _read_sentence(clause, agents, language, it or _antecedents(before, agents, language))
        if (
            before
            and isinstance(order, Unclear | PauseAgent | ResumeAgent | StopAgent)
            and _is_about_code(before, clause, agents, language)
        ):
            return None
        if order is not None:
            return order
    return None


def _is_talk(before: str, language: Language) -> bool:
    """True for what is no beginning of an order: small talk, a question, a condition, or "ignore your rules and"."""
    said = strip_courtesies(before, language)
    chats = starts((*language.talk, *language.questions, *language.conditions)).match(said) is not None
    return chats or Consequence.OVERRIDE in consequences(before)


def _is_work(before: str, language: Language) -> bool:
    said = strip_courtesies(before, language)
    if holds(language.launches).search(said) is not None or starts(language.work).match(said) is not None:
        return True
    # "In the mail worker, add …": where to work comes first, and then the work.
    place, *words = said.split() or [""]
    rest = (" ".join(words[count:]) for count in range(1, min(_LONGEST_PLACE, len(words))))
    return place.lower() in _PLACES and any(starts(language.work).match(said) for said in rest)


def _antecedents(before: str, agents: tuple[Agent, ...], language: Language) -> tuple[Agent, ...]:
    """Whom "it" means after a clause that speaks of one agent."""
    spoken_of = agents_spoken_of(before, agents, language) if before else ()
    return spoken_of if len(spoken_of) == 1 else ()


def agents_spoken_of(text: str, agents: tuple[Agent, ...], language: Language) -> tuple[Agent, ...]:
    """The agents that a text is about, by number or by the words of their work."""
    said = numbered(text, language)
    numbers = numbers_in(said, language)
    if numbers is not None:
        meant = agents_by_number(numbers, agents)
        return () if isinstance(meant, Unclear) else meant
    return mentioned(said, agents, language)


def _read_sentence(
    said: str, agents: tuple[Agent, ...], language: Language, it: tuple[Agent, ...]
) -> Order | Unclear | None:
    for match in _matches(said, language):
        ending = match.ending or ""
        target = find_target(match.target, agents, match.act, language, it)
        if target is None or not is_ending(ending, language):
            continue
        if isinstance(target, Target) and not target.named and starts(language.work).match(said):
            continue
        return _carry(match.act, target, said, language, ending)
    return None


def _carry(
    act: Act, target: Target | Unclear, said: str, language: Language, ending: str = ""
) -> Order | Unclear | None:
    """Turn an act and its target into the order, unless a condition or a second command hangs on to it."""
    lasting = holds(language.for_a_while).search(said) is None
    meant = Act.PAUSE if act is Act.STOP and not lasting else act
    if meant is Act.PAUSE and _FOR_GOOD.search(said) is not None:
        meant = Act.STOP
    if isinstance(target, Unclear):
        return replace(target, draft=Draft(meant)) if target.doubt in _DRAFTED else target
    if _is_conditional(target.tail + ending, language) and (lasting or meant is not Act.PAUSE):
        return _NOT_NOW
    ids = tuple(agent.id for agent in target.agents)
    match meant:
        case Act.PAUSE:
            return PauseAgent(ids)
        case Act.RESUME:
            return ResumeAgent(ids)
        case _:
            return StopAgent(ids)


def _is_conditional(tail: str, language: Language) -> bool:
    """True for a condition or a second command right behind the agents, or at the beginning of a later clause."""
    first, *later = re.split(r"(?<=\w)\s*[,.;!?]+\s*", tail.lstrip(" ,.;"))
    begins = starts(language.conditions)
    return holds(language.conditions).search(first) is not None or any(begins.match(clause) for clause in later)


def _read_instead(said: str, agents: tuple[Agent, ...], language: Language) -> Order | Unclear | None:
    """What to do rather: in "Don't kill the CSV agent, just pause it" the pronoun stands for what was spared."""
    for turn in re.finditer(rf"(?:[,.;]\s*|\s+(?={either(language.instead)}))(?:{either(language.instead)}\s*)?", said):
        meant = _read_after(turn, said, agents, language)
        if meant is not None:
            return meant
    return None


def _read_after(
    turn: re.Match[str], said: str, agents: tuple[Agent, ...], language: Language
) -> Order | Unclear | None:
    refused = starts(language.negations).sub("", said[: turn.start()], count=1).strip()
    named = find_target(refused, agents, None, language)
    for match in _matches(refused, language):
        named = named or find_target(match.target, agents, match.act, language)
    spared = named.agents if isinstance(named, Target) else _antecedents(refused, agents, language)
    return _read_sentence(strip_courtesies(said[turn.end() :], language), agents, language, spared)


def _read_corrected(parts: list[str], agents: tuple[Agent, ...], language: Language) -> Order | Unclear | None:
    """The last correction wins; a bare "fifty" after "stop agent fifteen" corrects the number alone."""
    last = strip_courtesies(re.sub(r"^not [^,.]+[,.]\s*", "", parts[-1]), language)
    if not last:
        return None
    before = " ".join(parts[:-1])
    if starts(language.negations).match(last):
        return _read_instead(last, agents, language) or _NOT_NOW
    spoken_again = _read_clauses(last, agents, language, _antecedents(before, agents, language))
    if spoken_again is not None:
        return spoken_again
    for match in _matches(strip_courtesies(parts[0], language), language):
        target = find_target(last, agents, match.act, language)
        return None if target is None else _carry(match.act, target, last, language)
    return None


def _is_about_code(before: str, clause: str, agents: tuple[Agent, ...], language: Language) -> bool:
    """True for "it" after words that are about an agent's topic but no agent: "the login is broken, get rid of it"."""
    points = any(holds(language.pronouns).fullmatch(match.target.strip()) for match in _matches(clause, language))
    named = points_at_agents(f"{before} {clause}", language) or _A_THING.search(numbered(before, language)) is not None
    broken = holds(language.defects).search(before) is not None
    return points and broken and not named and bool(mentioned(before, agents, language))
