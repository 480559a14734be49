"""The questions that a phrase about agents can leave open."""

from collections.abc import Iterable
from typing import Final

from core.model.agent import Agent
from core.model.command import Doubt, Unclear

_MOST_OPTIONS: Final = 3


def offer(agents: Iterable[Agent], doubt: Doubt = Doubt.WHICH_AGENT) -> Unclear:
    """The question which of these agents was meant."""
    names = tuple(agent.name for agent in agents)
    return Unclear(doubt if names else Doubt.NO_SUCH_AGENT, names[:_MOST_OPTIONS])
