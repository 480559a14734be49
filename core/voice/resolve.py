"""Names as people say them, against what this person has: the one way for every interpreter and every dialogue."""

import re
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from core.model.agent import Agent
from core.model.command import Act, Unclear
from core.model.people import Repo
from core.voice.branches import find_branch, write_branch
from core.voice.interpreter import Surroundings
from core.voice.languages.known import language_of
from core.voice.names import resolve
from core.voice.targets import Target, find_target

# Little words around a name that is all that was said.
_AROUND: Final = re.compile(
    r"^(?:(?:on|in|for|from|off|the|my|our|a|el|la|en|der|die|das|dem|im|auf|le|les|sur|dans|o|no|na)\s+)+"
    r"|\s+(?:repo|repository|project|branch|one|please)$",
    re.IGNORECASE,
)
Named = TypeVar("Named", Repo, Agent)
MOST_OPTIONS = 3


@dataclass(frozen=True, slots=True)
class Close(Generic[Named]):
    """Too close to call: at most three, likeliest first."""

    options: tuple[Named, ...]


def resolve_repo(said: str, surroundings: Surroundings) -> Repo | Close[Repo] | None:
    """The repository that ``said`` ("the wallet front end") names; None when it names none of the person's."""
    names = {repo.full_name: repo for repo in surroundings.repos}
    bare = _AROUND.sub("", said.strip(" ,.!?"))
    mention = resolve(bare, tuple(names))
    match mention.names if mention is not None else ():
        case ():
            return None
        case (name,):
            return names[name]
        case several:
            return Close(tuple(names[name] for name in several[:MOST_OPTIONS]))


def resolve_agents(
    said: str, surroundings: Surroundings, act: Act | None = None
) -> tuple[Agent, ...] | Close[Agent] | None:
    """The agents that ``said`` ("two and three", "the login one", "all but the last") means; None when it means none.

    ``act`` is what shall be done to them: "everything" is what it can be done to.
    """
    target = find_target(said, surroundings.agents, act, language_of(said))
    match target:
        case Target(agents):
            return agents
        case Unclear(_, options) if options:
            by_name = {agent.name: agent for agent in reversed(surroundings.agents)}
            return Close(tuple(by_name[name] for name in options[:MOST_OPTIONS]))
        case _:
            return None


def resolve_branch(said: str) -> str | None:
    """The branch that ``said`` ("feature slash login", "branch main") names as git writes it; None for no words."""
    found = find_branch(said)
    return found.name if found is not None else write_branch(_AROUND.sub("", said)) or None
