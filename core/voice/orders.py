"""Commands to agents that are there already: pause, resume, stop, and messages."""

import re
from typing import Final

from core.model.agent import Agent
from core.model.command import Act, MessageAgent, PauseAgent, ResumeAgent, StopAgent, Unclear
from core.voice.phrases import ACTS, CONDITIONAL, CORRECTION, FOR_A_WHILE, INSTEAD, MESSAGE, NEGATED, PREFIX, TAIL
from core.voice.targets import Target, find_target

_NAMED: Final = re.compile(
    r".*\b(?:the|that|my) ((?:\w+ ){1,4}?)(?:agent|one|thing|stuff|job)\b", re.IGNORECASE | re.DOTALL
)
_STUTTER: Final = re.compile(r"^(?:(\w+)[\s,.]+(?=\1\b))+", re.IGNORECASE)

Order = PauseAgent | ResumeAgent | StopAgent


def read_order(text: str, agents: tuple[Agent, ...]) -> Order | Unclear | None:
    """A command to an agent, if the whole sentence is one; ``None`` if it is about something else."""
    said = _strip(text)
    if NEGATED.match(said):
        return _read_instead(said, agents)
    parts = CORRECTION.split(said)
    if len(parts) > 1:
        return _read_corrected(parts, agents)
    return _read_sentence(said, agents) or _read_afterthought(said, agents)


def read_message(text: str, agents: tuple[Agent, ...]) -> MessageAgent | Unclear | None:
    """Something to tell one agent."""
    found = MESSAGE.match(_strip(text))
    if found is None or found["target"].lower() in {"me", "us"}:
        return None
    target = find_target(found["target"], agents, None)
    if not isinstance(target, Target):
        return target
    agent, *others = target.agents
    if others or target.tail.strip():
        return None
    return MessageAgent(agent.id, re.sub(r"^to\s+", "", found["text"]))


def _strip(text: str) -> str:
    said = PREFIX.sub("", text.strip()).strip(" ,.!?") or text.strip(" ,.!?")
    return _STUTTER.sub("", said)


def _read_sentence(said: str, agents: tuple[Agent, ...]) -> Order | Unclear | None:
    for act, sentences in ACTS.items():
        for sentence in sentences:
            found = sentence.match(said)
            if found is None:
                continue
            groups = found.groupdict()
            target = find_target(groups.get("target") or "", agents, act)
            ending = groups.get("ending") or ""
            if target is not None and TAIL.fullmatch(ending):
                return _carry(act, target, said, ending)
    return None


def _carry(act: Act, target: Target | Unclear, said: str, ending: str = "") -> Order | Unclear | None:
    """Turn an act and its target into the order, unless a condition or a second command hangs on to it."""
    if isinstance(target, Unclear):
        return target
    if CONDITIONAL.search(target.tail + ending) and not FOR_A_WHILE.search(target.tail):
        return None
    ids = tuple(agent.id for agent in target.agents)
    if act is Act.STOP and not FOR_A_WHILE.search(said):
        return StopAgent(ids)
    return ResumeAgent(ids) if act is Act.RESUME else PauseAgent(ids)


def _read_instead(said: str, agents: tuple[Agent, ...]) -> Order | Unclear | None:
    """What to do rather: in "Don't kill the CSV agent, just pause it" the pronoun stands for what was spared."""
    rest = INSTEAD.sub("", said, count=1)
    if rest == said:
        return None
    spared = _read_sentence(_strip(NEGATED.sub("", said[: len(said) - len(rest)])).rsplit(",", 1)[0], agents)
    return _read_sentence(rest, _meant(spared, agents))


def _read_corrected(parts: list[str], agents: tuple[Agent, ...]) -> Order | Unclear | None:
    """The last correction wins; a bare "fifty" after "stop agent fifteen" corrects the number alone."""
    last = _strip(re.sub(r"^not [^,.]+[,.]\s*", "", parts[-1]))
    spoken_again = _read_sentence(last, agents) or _read_sentence(last.rsplit(". ", 1)[-1], agents)
    if spoken_again is not None:
        return spoken_again
    for act, sentences in ACTS.items():
        if any(sentence.match(_strip(parts[0])) for sentence in sentences):
            target = find_target(last, agents, act)
            return None if target is None or not last else _carry(act, target, last)
    return None


def _read_afterthought(said: str, agents: tuple[Agent, ...]) -> Order | Unclear | None:
    """An order behind a comma: "The rate limit agent has been paused since this morning, get it moving"."""
    before, comma, after = said.rpartition(",")
    named = _NAMED.search(before)
    if not comma or named is None or CONDITIONAL.search(before):
        return None
    target = find_target(named[1], agents, None)
    if not isinstance(target, Target):
        return None
    return _read_sentence(_strip(after), target.agents)


def _meant(order: Order | Unclear | None, agents: tuple[Agent, ...]) -> tuple[Agent, ...]:
    if order is None or isinstance(order, Unclear):
        return agents
    return tuple(agent for agent in agents if agent.id in order.agents)
