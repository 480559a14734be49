"""Words that point back: what "it", "the other one" and "no, I meant three" mean here."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from core.model.command import (
    CheckStatus,
    CreateAgent,
    Intent,
    MessageAgent,
    PauseAgent,
    ResumeAgent,
    StopAgent,
    Unclear,
)
from core.model.dialogue import Confirming, Memory, Pending, Trust
from core.model.messages import Transcript
from core.voice.answers import chosen_repo
from core.voice.assent import small_words, without_lead
from core.voice.branches import find_branch
from core.voice.interpreter import Surroundings
from core.voice.resolve import resolve_agents, resolve_repo

_UNDONE: Final = {PauseAgent: ResumeAgent, ResumeAgent: PauseAgent}
OnAgents = PauseAgent | ResumeAgent | StopAgent | CheckStatus


@dataclass(frozen=True, slots=True)
class Heard:
    """A message, and all that it may refer to."""

    transcript: Transcript
    surroundings: Surroundings
    memory: Memory
    trust: Trust
    now: datetime

    @property
    def text(self) -> str:
        """The words."""
        return self.transcript.text

    @property
    def pending(self) -> Pending | None:
        """What is still open. What has expired is not, and nothing revives it."""
        pending = self.memory.pending
        return None if pending is None or pending.expires_at <= self.now else pending

    def among(self, agents: tuple[UUID, ...]) -> Surroundings:
        """The same world with these agents only."""
        return replace(
            self.surroundings, agents=tuple(agent for agent in self.surroundings.agents if agent.id in agents)
        )


def spoken_of(heard: Heard) -> tuple[UUID, ...]:
    """Those that "it" means: the ones we are asking about, else the ones talked about last, if they are there."""
    there = {agent.id for agent in heard.surroundings.agents}
    pending = heard.pending
    asked = agents_of(pending.question.acts) if pending and isinstance(pending.question, Confirming) else ()
    return tuple(agent for agent in asked or heard.memory.agents if agent in there)


def other(heard: Heard) -> OnAgents | None:
    """As in "the other one, too": what was done, to the one that we named and that it was not done to."""
    others = tuple(agent for agent in heard.memory.offered if agent not in heard.memory.agents)
    if small_words().other.search(heard.text) is None or len(others) != 1:
        return None
    match heard.memory.done:
        case (PauseAgent() | ResumeAgent() | StopAgent() | CheckStatus() as done,):
            return type(done)(others)
        case _:
            return None


def likewise(heard: Heard) -> OnAgents | None:
    """As in "and agent four too": what was done, to others that are named."""
    rest = without_lead(heard.text, small_words().more)
    if rest is None and small_words().too.search(heard.text) is None:
        return None
    named = resolve_agents(small_words().too.sub(" ", rest or heard.text).strip(" ,.!"), heard.surroundings)
    match heard.memory.done:
        case (PauseAgent() | ResumeAgent() | StopAgent() | CheckStatus() as done,) if isinstance(named, tuple):
            return type(done)(tuple(agent.id for agent in named)) if named else None
        case _:
            return None


def is_addition(heard: Heard, intent: Intent) -> bool:
    """As in "oh, and cover the settings page": more for the agent that we have just talked about."""
    adds = without_lead(heard.text, small_words().more) is not None or _is_branch(heard.text) or _asks_more(heard.text)
    if not adds or not heard.memory.done:
        return False
    names_repo = resolve_repo(heard.text, heard.surroundings) is not None
    return isinstance(intent, Unclear) or (isinstance(intent, CreateAgent) and not names_repo)


def _asks_more(said: str) -> bool:
    """As in "make sure it works on phones too"."""
    return small_words().too.search(said) is not None and small_words().it.search(said) is not None


def _is_branch(said: str) -> bool:
    """Whether nothing but a branch is named."""
    branch = find_branch(said)
    return branch is not None and not f"{said[: branch.start]}{said[branch.end :]}".strip(" ,.!")


def corrected(heard: Heard) -> tuple[tuple[Intent, ...], bool] | None:
    """As in "no, I meant three": what to do instead of what was done, and whether it may be done at once."""
    rest = without_lead(heard.text, small_words().meant)
    if len(heard.memory.done) != 1 or not rest:
        return None
    (done,) = heard.memory.done
    match done:
        case PauseAgent(before) | ResumeAgent(before):
            meant = resolve_agents(rest, heard.surroundings)
            if not isinstance(meant, tuple) or not meant or {agent.id for agent in meant} == set(before):
                return None
            return (type(done)(tuple(agent.id for agent in meant)), _UNDONE[type(done)](before)), True
        case CreateAgent(repo, task, branch, plan_first) if heard.memory.agents:
            names = tuple(one.full_name for one in heard.surroundings.repos if one != repo)
            meant_repo = chosen_repo(
                rest,
                names,
                replace(heard.surroundings, repos=tuple(one for one in heard.surroundings.repos if one != repo)),
            )
            if meant_repo is None:
                return None
            return (StopAgent(heard.memory.agents), CreateAgent(meant_repo, task, branch, plan_first)), False
        case _:
            return None


def agents_of(acts: tuple[Intent, ...]) -> tuple[UUID, ...]:
    """The agents that are named in these commands, each once."""
    named: list[UUID] = []
    for act in acts:
        match act:
            case PauseAgent(agents) | ResumeAgent(agents) | StopAgent(agents) | CheckStatus(agents):
                named += agents
            case MessageAgent(agent):
                named.append(agent)
            case _:
                pass
    return tuple(dict.fromkeys(named))
